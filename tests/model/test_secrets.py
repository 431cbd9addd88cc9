"""Secrets in command lines: what is one never shows, and what isn't stays readable."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.secrets import masked


def shown(line: str) -> str:
    return " ".join(masked(shlex.split(line)))


@pytest.mark.parametrize(
    "option",
    [
        *("--password", "--token", "--secret", "--api-key", "--access-key", "--client-secret"),
        *(
            "--jwt",
            "--otp",
            "--pin",
            "--license-key",
            "--apiKey",
            "--auth-token",
            "--db.password",
            "-password",
            "--secret_access_key",
        ),
    ],
)
def test_the_value_of_an_option_whose_name_says_so_is_masked(option: str) -> None:
    assert masked(["x", option, "s3same", "y"]) == ["x", option, "***", "y"]
    assert masked(["x", f"{option}=s3 same", "y"]) == ["x", f"{option}=***", "y"]


@pytest.mark.parametrize(
    "line",
    [
        "x --tokenizer bpe --max-tokens 512 --token-count 3",
        "x --password-file /run/secret --password-stdin --token-ttl 5m",
        "sort --key 2 --sort-key name",
        "env PATH=/usr/bin PWD=/home/ada MONKEY=1 cmd",
        "docker run -u 1000:1000 -p 8080:80 image",
        "mysqldump -p db",
        "ssh -p 2222 ada@host",
        "curl -s http://localhost:9925/x?id=3&name=ada",
        "git clone ssh://git@example.com/a/b",
        "x sk-learn-is-a-nice-library a-token password",
        "x sk-learn-model-2024-large-v2 task-sk-abcdefgh12345678-file",
        "x --no-auth a --max-token 3 --use-token true",
        "pytest tests/test_token.py::test_secret -k test_token",
        "docker run --name mysql -p3306:3306 mysql:8 -p3306",
        "docker run --rm --network-alias mysql -p3306:3306 mysql:8",
        "kubectl exec mysql -- server -p8080",
        "jobwatch run --type mysql -- server -p8080",
        "ssh -o PasswordAuthentication=no host",
        "docker build --secret id=aws,src=f .",
        "docker build --secret=type=env,id=aws .",
        "ansible x --private-key /etc/ssl/k.pem",
        "ansible x --private-key=~/.ssh/id_rsa --ssh-private-key ./k",
        "exp data/table.csv",
        "ssh mysql-host mkdir -parents x",
        "tar cf mysql.tar -posix x",
        "python3 mysql_backup.py -path x",
        "npm i @scope/pkg@http://h:80/x@2",
        "curl -sb jar.txt -x proxy:8080 http://localhost:8080/a:b@c",
        "docker run -u 1000 -p 80:80 image login -x",
        "x --passive a --bypass b --compass c --twopass 2",
        "x -p 8080; mkdir -p x",
        "msbuild /p:Configuration=Release",
        "openssl enc -kfile a -in b",
        "htpasswd file bob",
        "smbclient //h/x -c ls",
        "sqlplus / as sysdba",
        "grep password src",
        "grep -r password src",
        "find . -name password -print",
        "pass show password",
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert shown(line) == line


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("env AWS_SECRET_ACCESS_KEY=a/b+c cmd", "env AWS_SECRET_ACCESS_KEY=*** cmd"),
        ("env GITHUB_TOKEN='a b' cmd", "env GITHUB_TOKEN=*** cmd"),
        ("docker run -e MYSQL_PWD=q image", "docker run -e MYSQL_PWD=*** image"),
        ("java -Ddb.password=q Main", "java -Ddb.password=*** Main"),
        ("x 'Server=a;Password=q;User=b'", "x Server=a;Password=***;User=b"),
    ],
)
def test_a_variable_whose_name_says_so_is_masked(line: str, expected: str) -> None:
    assert shown(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("psql postgres://ada:pw@h/db", "psql postgres://ada:***@h/db"),
        ("x postgres://ada:p@w@h/db", "x postgres://ada:***@h/db"),
        ("x postgres://ada:p/w@h/db", "x postgres://ada:***@h/db"),
        ("x postgres://ada:p'w@h/db", "x postgres://ada:***@h/db"),
        ("git clone https://a1b2c3@h/r", "git clone https://***@h/r"),
        ("x https://h/p?token=q&a=b", "x https://h/p?token=***&a=b"),
        ("x https://u:p@h/?api_key=q", "x https://u:***@h/?api_key=***"),
        (
            "x https://s3/o?X-Amz-Date=1&X-Amz-Signature=ab",
            "x https://s3/o?X-Amz-Date=1&X-Amz-Signature=***",
        ),
    ],
)
def test_the_secrets_of_an_address_are_masked(line: str, expected: str) -> None:
    assert masked(line.split()) == expected.split()


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Authorization: Bearer a.b.c", "Authorization: Bearer ***"),
        ("authorization: Basic YTpi", "authorization: Basic ***"),
        ('Authorization: Digest username="a", response="b"', "Authorization: Digest ***"),
        ("Authorization:abc", "Authorization:***"),
        ("Cookie: a=b; c=d", "Cookie: ***"),
        ("X-Api-Key: abc", "X-Api-Key: ***"),
        ("PRIVATE-TOKEN: abc", "PRIVATE-TOKEN: ***"),
        ("Content-Type: text/csv", "Content-Type: text/csv"),
    ],
)
def test_the_secrets_of_a_header_are_masked(header: str, expected: str) -> None:
    assert masked(["curl", "-H", header]) == ["curl", "-H", expected]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("curl -u ada:pw http://h", "curl -u ada:*** http://h"),
        ("/usr/bin/curl -uada:pw http://h", "/usr/bin/curl -uada:*** http://h"),
        ("curl --user ada:pw http://h", "curl --user ada:*** http://h"),
        ("curl --user=ada:pw http://h", "curl --user=ada:*** http://h"),
        ("mysql -psesame db", "mysql -p*** db"),
        ("sshpass -p sesame ssh h", "sshpass -p *** ssh h"),
        ("sshpass -psesame ssh h", "sshpass -p*** ssh h"),
        ("sudo -u root mysql -psesame db", "sudo -u root mysql -p*** db"),
        ("docker exec -it db mysqldump -psesame db", "docker exec -it db mysqldump -p*** db"),
        ("curl -su ada:pw http://h", "curl -su ada:*** http://h"),
        ("curl -sSLu ada:pw http://h", "curl -sSLu ada:*** http://h"),
        ("curl -b session=q http://h", "curl -b *** http://h"),
        ("docker login -u ada -p sesame r", "docker login -u ada -p *** r"),
        ("redis-cli -a sesame get x", "redis-cli -a *** get x"),
        ("http -a ada:pw GET h", "http -a ada:*** GET h"),
        ("ldapsearch -w sesame -D cn=x", "ldapsearch -w *** -D cn=x"),
        ("smbclient -U ada%pw //h/x", "smbclient -U ada%*** //h/x"),
        ("sqlcmd -U sa -P sesame", "sqlcmd -U sa -P ***"),
        ("mongo -u ada -p sesame", "mongo -u ada -p ***"),
        ("zip -P sesame a.zip b", "zip -P *** a.zip b"),
        ("vault login sesame", "vault login ***"),
        ("sudo docker login -u ada -p sesame r", "sudo docker login -u ada -p *** r"),
        ("keytool -storepass sesame -keypass sesame", "keytool -storepass *** -keypass ***"),
        ("env SMTPPASS=sesame -dbpwd sesame x", "env SMTPPASS=*** -dbpwd *** x"),
        ("az login --service-principal -u a -p q", "az login --service-principal -u a -p ***"),
        ("lftp -u ada,sesame h", "lftp -u ada,*** h"),
        ("openssl enc -aes-256-cbc -k sesame -in a", "openssl enc -aes-256-cbc -k *** -in a"),
        ("htpasswd -nb bob sesame", "htpasswd -nb bob ***"),
        ("sqlplus -s scott/tiger@db @/a.sql", "sqlplus -s scott/*** @/a.sql"),
        ("expdp userid=scott/tiger@db", "expdp userid=scott/***"),
        ("mc alias set s http://h KEY sesame", "mc alias set s http://h *** ***"),
        ("xfreerdp /u:ada /p:sesame /v:h", "xfreerdp /u:ada /p:*** /v:h"),
        ("snmpget -v3 -A sesame -X sesame h", "snmpget -v3 -A *** -X *** h"),
        ("smbclient //h/x sesame -c ls", "smbclient //h/x *** -c ls"),
        ("smbclient //h/x -U ada%pw", "smbclient //h/x -U ada%***"),
        ("nmcli dev wifi connect net password q", "nmcli dev wifi connect net password ***"),
        ("nmcli con modify net wifi-sec.psk q", "nmcli con modify net wifi-sec.psk ***"),
        ("rabbitmqctl add_user bob sesame", "rabbitmqctl add_user bob ***"),
        ("sudo rabbitmqctl add_user bob sesame", "sudo rabbitmqctl add_user bob ***"),
        ("mysqladmin password sesame", "mysqladmin password ***"),
        ("twine upload -u a -p sesame", "twine upload -u a -p ***"),
        ("cargo login sesame", "cargo login ***"),
        ("skopeo copy --src-creds a:q x y", "skopeo copy --src-creds a:*** x y"),
        ("skopeo copy --dest-creds=a:q x y", "skopeo copy --dest-creds=a:*** x y"),
        ("podman pull --creds a:q x", "podman pull --creds a:*** x"),
        ("ssh-keygen -N sesame -P sesame", "ssh-keygen -N *** -P ***"),
        ("useradd -p sesame bob", "useradd -p *** bob"),
        ("curl -E cert.pem:q h", "curl -E cert.pem:*** h"),
        ("curl --cert cert.pem:q h", "curl --cert cert.pem:*** h"),
        ("rabbitmqctl authenticate_user bob q", "rabbitmqctl authenticate_user bob ***"),
        ("xfreerdp /p sesame", "xfreerdp /p ***"),
        ("exp scott/tiger file=a.dmp", "exp scott/*** file=a.dmp"),
        (
            "aws configure set aws_secret_access_key a/b",
            "aws configure set aws_secret_access_key ***",
        ),
    ],
)
def test_options_of_known_programs_are_masked(line: str, expected: str) -> None:
    assert shown(line) == expected


@pytest.mark.parametrize(
    "runner",
    [
        *("kubectl exec pod --", "kubectl exec -it pod --", "sudo --", "ssh host --"),
        *("sudo --user=bob", "sudo --user bob", "systemd-run --wait", "docker run --rm"),
        *("xargs --no-run-if-empty", "runuser -u bob --", "gosu bob", "taskset 1"),
        *("nsenter -t 1", "unshare -n", "parallel", "chronic", "jobwatch run --name x --"),
        "kubectl exec mysql -- env A=1",
    ],
)
def test_what_runs_a_program_hides_none_of_its_secrets(runner: str) -> None:
    for program, expected in (
        ("mysql -pq db", "mysql -p*** db"),
        ("redis-cli -a q", "redis-cli -a ***"),
    ):
        assert shown(f"{runner} {program}") == f"{runner} {expected}"
        assert masked(["sh", "-c", f"{runner} {program}"])[2] == f"{runner} {expected}"


@pytest.mark.parametrize(
    "token",
    [
        "ghp_" + "a1" * 18,
        "github_pat_" + "a1" * 20,
        "glpat-" + "a1" * 10,
        "sk-" + "a1" * 20,
        "sk-ant-api03-" + "a1" * 20,
        "xoxb-1234567890-abcdef",
        "AKIAABCDEFGHIJKLMNOP",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP",
    ],
)
def test_a_token_of_a_known_form_is_masked_wherever_it_stands(token: str) -> None:
    assert masked(["x", token, f"a {token}, b", f"https://{token}@h"]) == [
        "x",
        "***",
        "a ***, b",
        "https://***@h",
    ]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("PGPASSWORD=x psql -c 'select 1'", "PGPASSWORD=*** psql -c 'select 1'"),
        ("cd /x && TOKEN='a b' make; ls", "cd /x && TOKEN='***' make; ls"),
        ('x --password "a b" --verbose', 'x --password "***" --verbose'),
        ("curl -s -u a:b http://h | cat", "curl -s -u a:*** http://h | cat"),
        (
            "curl -H 'Authorization: Bearer q' http://h",
            "curl -H 'Authorization: Bearer ***' http://h",
        ),
        ("mysql -psesame db | cat", "mysql -p*** db | cat"),
        (
            "if mysql -p'a b' db; then redis-cli -a q; fi",
            "if mysql -p*** db; then redis-cli -a ***; fi",
        ),
        ("cd /x && docker login -p 'a b' r", "cd /x && docker login -p '***' r"),
        ("PASSWORD=$(cat $(ls a) b) make x", "PASSWORD=*** make x"),
        ("PASSWORD=`cat a b` make x", "PASSWORD=*** make x"),
        ("PASSWORD=a`b make x", "PASSWORD=*** make x"),
        ("x=`mysql -psesame db` y", "x=`mysql -p*** db` y"),
        ("ssh h 'mysql -psesame db'", "ssh h 'mysql -p*** db'"),
        ('echo "$(mysql -psesame db)"', 'echo "$(mysql -p*** db)"'),
        (
            "mysql -e \"alter user a identified by 'q'\"",
            "mysql -e \"alter user a identified by '***'\"",
        ),
        (
            "CREATE USER a IDENTIFIED WITH x BY 'q''q' b",
            "CREATE USER a IDENTIFIED WITH x BY '***' b",
        ),
        ("alter user a identified by tiger;", "alter user a identified by ***;"),
        ("x --private-key '/etc/k.pem' y", "x --private-key '/etc/k.pem' y"),
        ("ls -p | sort -u a:b", "ls -p | sort -u a:b"),
        ("echo sesame | sudo -S ls -l", "echo *** | sudo -S ls -l"),
        (
            "printf 'a b' | docker login --password-stdin r",
            "printf '***' | docker login --password-stdin r",
        ),
        ("cd x; echo -n bob:q | chpasswd; ls", "cd x; echo -n *** | chpasswd; ls"),
        ("echo hi | sudo tee x || sudo -S y", "echo hi | sudo tee x || sudo -S y"),
        ("sqlplus scott/tiger@db && ls", "sqlplus scott/*** && ls"),
        ("import os; os.environ['TOKEN'] = 'q'", "import os; os.environ['TOKEN'] = '***'"),
    ],
)
def test_a_line_for_a_shell_is_masked_and_stays_readable(script: str, expected: str) -> None:
    assert masked(["bash", "-lc", script]) == ["bash", "-lc", expected]


def test_the_secrets_of_json_are_masked() -> None:
    body = '{"user": "ada", "password": "a \\"b\\" c", "rows": 3}'

    assert masked(["curl", "-d", body])[2] == '{"user": "ada", "password": "***", "rows": 3}'


def test_a_private_key_is_masked() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----"

    assert "MIIE" not in masked(["x", key])[1]


def test_an_option_without_a_value_hides_nothing() -> None:
    assert masked(["x", "--token", "--verbose", "a"]) == ["x", "--token", "--verbose", "a"]
    assert masked(["x", "--token"]) == ["x", "--token"]


@given(st.text(alphabet="ab -p'\"\\$()|;=:@/mysqlcurltoken", max_size=60))
def test_any_line_for_a_shell_is_taken(line: str) -> None:
    [shell, option, text] = masked(["sh", "-c", line])

    assert (shell, option) == ("sh", "-c")
    assert bool(text) == bool(line)


@given(st.lists(st.text()))
def test_any_command_keeps_its_number_of_arguments(command: list[str]) -> None:
    assert len(masked(command)) == len(command)
