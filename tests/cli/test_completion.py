"""What shells are told that a line may go on with, by their own protocols and in a real one."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pexpect
import pytest

from jobwatch.cli import COMMANDS, jobwatch
from jobwatch.cli.completing import VARIABLE, Bash, Fish, Zsh
from jobwatch.model.job import UNSET, Job
from jobwatch.store.connect import SCHEMA_VERSION
from jobwatch.store.plain_log import PlainJobLog

ROOT = Path(__file__).parents[2]
PATIENCE = 30
START = 1_795_392_000_000  # 2026-11-23T00:00Z
SHELLS = {"bash": Bash, "zsh": Zsh, "fish": Fish}


class Item(NamedTuple):
    """One completion as a script gets it."""

    kind: str
    text: str
    help: str = ""


Ask = Callable[..., list[Item]]


def a_job(number: int, **fields: object) -> Job:
    return Job(
        id=f"job-{number}",
        type="csv_data_load",
        user="ada",
        status="COMPLETE",
        start_datetime=START + number,
        end_datetime=START + number + 5,
    ).replace(**fields)


JOBS = [
    a_job(1),
    a_job(2, type="export_local", user="grace", status="ERROR"),
    a_job(3, type="create_backup", status="IN_PROGRESS", end_datetime=UNSET),
    a_job(4, type="nightly report", user="bob:x"),
]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "jobs.db"
    with PlainJobLog.open(path) as log:
        log.upsert_many(JOBS)
    monkeypatch.setenv("JOBWATCH_STORE", str(path))
    return path


def told(shell: str, words: list[str]) -> dict[str, str]:
    """Return what a shell's script sets: the words of the line, the last of them being typed."""
    if shell == "fish":
        # The line up to the cursor, and the word at it.
        return {"COMP_WORDS": " ".join(words), "COMP_CWORD": words[-1]}
    joiner = "\n" if shell == "bash" else " "
    return {"COMP_WORDS": joiner.join(words), "COMP_CWORD": str(len(words) - 1)}


def items(shell: str, answer: str) -> list[Item]:
    """Read an answer as the shell's script does."""
    lines = answer.splitlines()
    if shell == "zsh":
        triples = zip(lines[::3], lines[1::3], lines[2::3], strict=True)
        return [Item(kind, text, "" if help == "_" else help) for kind, text, help in triples]
    found = []
    for line in lines:
        kind, _, text = line.partition(",")
        found.append(Item(kind, *text.split("\t")))
    return found


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Return what asks in this process how a line goes on."""

    def answer(shell: str, *words: str) -> list[Item]:
        for name, value in told(shell, ["jobwatch", *words]).items():
            monkeypatch.setenv(name, value)
        return items(shell, SHELLS[shell](jobwatch, {}, "jobwatch", VARIABLE).complete())

    return answer


def texts(found: list[Item]) -> list[str]:
    return [item.text for item in found]


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Return a folder with an executable ``jobwatch``, as an installation has one."""
    script = tmp_path / "lib" / "jobwatch"
    script.parent.mkdir()
    script.write_text("from jobwatch.__main__ import main\n\nmain()\n")
    folder = tmp_path / "bin"
    folder.mkdir()
    starter = folder / "jobwatch"
    starter.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
    starter.chmod(0o755)
    return folder


def environment(program: Path, **more: str) -> dict[str, str]:
    return {
        "PATH": f"{program}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(program.parent),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "TZ": "UTC",
    } | more


def run(program: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program / "jobwatch", *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=environment(program, **more),
    )


# What completes


@pytest.mark.parametrize("shell", SHELLS)
def test_commands_complete_by_how_they_begin(ask: Ask, shell: str) -> None:
    assert texts(ask(shell, "sea")) == ["search"]
    assert texts(ask(shell, "s")) == sorted(name for name in COMMANDS if name.startswith("s"))


@pytest.mark.parametrize("shell", SHELLS)
def test_options_and_their_choices_complete(ask: Ask, store: Path, shell: str) -> None:
    assert texts(ask(shell, "search", "--lim")) == ["--limit"]
    assert texts(ask(shell, "export", "--format", "nd")) == ["ndjson"]
    assert ask(shell, "import", "x")[0].kind == "file"


@pytest.mark.parametrize("shell", SHELLS)
def test_files_complete_behind_run_as_they_do_without_it(ask: Ask, shell: str) -> None:
    for words in (("run", "--", "./ca"), ("run", "--", "cat", "fi"), ("run", "cat", "fi")):
        assert [item.kind for item in ask(shell, *words)] == ["file"]


@pytest.mark.parametrize("shell", SHELLS)
def test_programs_complete_where_the_command_of_run_begins(
    ask: Ask, shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, mode in (("load-dogs", 0o755), ("load-cats", 0o755), ("load.txt", 0o644)):
        (tmp_path / name).touch(mode)
    (tmp_path / "load-folder").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/no/such/folder")

    for words in (("run", "--", "load"), ("run", "--type", "x", "load")):
        assert ask(shell, *words) == [Item("plain", "load-cats"), Item("plain", "load-dogs")]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_command_that_there_is_not_completes_nothing(ask: Ask, shell: str) -> None:
    assert texts(ask(shell, "serch", "a")) == []


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_ids_are_those_of_the_newest_jobs_with_what_they_are(
    ask: Ask, store: Path, shell: str
) -> None:
    assert ask(shell, "show", "job-") == [
        Item("plain", "job-4", "nightly report complete"),
        Item("plain", "job-3", "create_backup running"),
        Item("plain", "job-2", "export_local error"),
        Item("plain", "job-1", "csv_data_load complete"),
    ]


@pytest.mark.parametrize("command", ["fail", "wait"])
def test_only_jobs_that_go_on_complete_where_their_end_is_the_matter_and_none_twice(
    ask: Ask, store: Path, command: str
) -> None:
    assert texts(ask("bash", command, "")) == ["job-3"]
    assert texts(ask("bash", command, "job-3", "")) == []


def test_ids_among_many_jobs_are_as_many_as_one_can_look_at(ask: Ask, store: Path) -> None:
    with PlainJobLog.open(store) as log:
        log.upsert_many([a_job(number) for number in range(10, 2_000)])
    found = texts(ask("bash", "show", ""))
    assert found[:2] == ["job-1999", "job-1998"]
    assert len(found) == 200


@pytest.mark.parametrize("shell", SHELLS)
def test_fields_of_a_query_complete(ask: Ask, store: Path, shell: str) -> None:
    assert "status:" in [text.replace("\\", "") for text in texts(ask(shell, "search", ""))]
    assert "before:" in [text.replace("\\", "") for text in texts(ask(shell, "search", "be"))]


def test_a_field_that_is_the_only_one_comes_with_its_values(ask: Ask, store: Path) -> None:
    found = texts(ask("fish", "search", "typ"))
    assert found == [
        "type:",
        "type:create_backup",
        "type:csv_data_load",
        "type:export_local",
        'type:"nightly report"',
    ]


def test_values_are_those_that_the_log_has_all_of_them(ask: Ask, store: Path) -> None:
    with PlainJobLog.open(store) as log:
        log.upsert_many([a_job(100 + number, type=f"csv_{number:02}") for number in range(30)])
    found = texts(ask("bash", "stats", "type", ":", "csv_"))
    assert found == [*(f"csv_{number:02}" for number in range(30)), "csv_data_load"]


def test_zsh_gets_colons_as_its_own_function_wants_them(ask: Ask, store: Path) -> None:
    found = ask("zsh", "search", "is:lo")
    # With a help, _describe would cut the text at the colon; without, nothing does.
    assert found == [Item("plain", r"is\:lost", "nothing will end them")]
    assert texts(ask("zsh", "search", "status:er")) == ["status:error"]


def test_bash_gets_what_stands_behind_the_colons_at_which_it_cuts_words(
    ask: Ask, store: Path
) -> None:
    assert texts(ask("bash", "search", "status", ":", "er")) == ["error"]
    assert texts(ask("bash", "search", "type", ":")) == [
        "create_backup",
        "csv_data_load",
        "export_local",
        "'\"nightly report\"'",
    ]
    assert texts(ask("bash", "search", "status", ":", "error", "type", ":", "exp")) == [
        "export_local"
    ]
    assert texts(ask("bash", "search", "user", ":", "ada,g")) == ["ada,grace"]
    assert texts(ask("bash", "export", "--format", "=", "nd")) == ["ndjson"]


def test_bash_gets_what_a_word_in_quotes_goes_on_with(ask: Ask, store: Path) -> None:
    assert texts(ask("bash", "search", "'status:er")) == ["status:error"]
    assert texts(ask("bash", "search", '"status:error ty'))[0] == "status:error type:"
    assert "dur>" in texts(ask("bash", "search", "'du"))


def test_what_the_shell_would_obey_is_quoted_for_bash(ask: Ask, store: Path) -> None:
    found = texts(ask("bash", "search", "du"))
    assert "during:" in found
    assert "dur'>'" in found


@pytest.mark.parametrize("shell", SHELLS)
def test_a_term_that_is_turned_round_completes_beside_the_options(
    ask: Ask, store: Path, shell: str
) -> None:
    found = [text.replace("\\", "") for text in texts(ask(shell, "search", "-st"))]
    assert "-status:" in found
    assert "--limit" in texts(ask(shell, "search", "-"))
    assert all(text.startswith("--") for text in texts(ask(shell, "search", "--")))


@pytest.mark.parametrize("shell", SHELLS)
def test_dates_complete(ask: Ask, shell: str) -> None:
    assert texts(ask(shell, "search", "--from", "yes")) == ["yesterday"]
    assert texts(ask(shell, "search", "--to", "3")) == ["3s", "3m", "3h", "3d", "3w"]


@pytest.mark.parametrize("shell", SHELLS)
def test_zones_complete_by_their_names_or_by_a_place_that_is_the_only_one(
    ask: Ask, shell: str
) -> None:
    assert texts(ask(shell, "search", "--zone", "europe/zu")) == ["Europe/Zurich"]
    assert texts(ask(shell, "show", "--zone", "zur")) == ["Europe/Zurich"]
    assert texts(ask(shell, "show", "--zone", "san")) == []  # of several, what all begin with
    assert "local" in texts(ask(shell, "watch", "--zone", ""))


@pytest.mark.parametrize("shell", SHELLS)
def test_nodes_that_the_log_knows_complete(
    ask: Ask, tmp_path: Path, store: Path, shell: str
) -> None:
    with sqlite3.connect(store) as connection:
        connection.execute("INSERT INTO nodes (name, url) VALUES ('n1', 'http://n1:9925')")
    connection.close()
    words = ["http", ":", "//n"] if shell == "bash" else ["http://n"]
    for command in ("sync", "watch"):
        found = [text.replace("\\", "") for text in texts(ask(shell, command, *words))]
        assert found == ["//n1:9925" if shell == "bash" else "http://n1:9925"]
    assert texts(ask(shell, "list", "--node", "n")) == ["n1"]


def test_the_log_that_the_line_names_is_the_one_that_is_read(
    ask: Ask, store: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    with PlainJobLog.open(other) as log:
        log.upsert_many([a_job(9)])
    assert texts(ask("bash", "--store", str(other), "show", "")) == ["job-9"]


# Never an error


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("words", [("show", ""), ("search", "user:"), ("sync", "")])
def test_a_log_that_is_missing_completes_nothing_and_is_not_made(
    ask: Ask,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    shell: str,
    words: tuple[str, ...],
) -> None:
    missing = tmp_path / "nowhere" / "jobs.db"
    monkeypatch.setenv("JOBWATCH_STORE", str(missing))
    assert ask(shell, *words) == []
    assert not missing.parent.exists()


def damaged(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 20)


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def of_others(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE jobs (id)")
    connection.close()


def of_an_older_version(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(f"CREATE TABLE x (y); PRAGMA user_version = {SCHEMA_VERSION - 1}")
    connection.close()


@pytest.mark.parametrize("make", [damaged, a_folder, a_pipe, of_others, of_an_older_version])
def test_what_is_no_log_completes_nothing_and_stays_as_it_is(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "jobs.db"
    make(path)
    before = path.stat()
    monkeypatch.setenv("JOBWATCH_STORE", str(path))
    assert ask("bash", "show", "") == []
    assert ask("bash", "search", "user", ":") == []
    after = path.stat()
    assert (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)


HOSTILE = ("a\nplain,b", "a\x1b[31mb", "a\tb", "a\\b", "a\u202eb", "a\x00b", "a\ud800b", "")


@pytest.mark.parametrize("shell", SHELLS)
def test_what_would_break_a_line_of_the_protocol_is_left_out(
    ask: Ask, store: Path, shell: str
) -> None:
    with PlainJobLog.open(store) as log:
        log.upsert_many(
            [
                a_job(50 + number, id=text or "x", user=text, type=text)
                for number, text in enumerate(HOSTILE)
            ]
        )
    for words in (("show", ""), ("search", "user:"), ("search", "id:"), ("search", "type:")):
        for item in ask(shell, *words):
            assert item.kind == "plain"
            assert item.text.replace("\\:", "").isprintable()
            assert item.help.isprintable()
            assert not re.search(r"\\[^:]", item.text)


@pytest.mark.parametrize("shell", SHELLS)
def test_what_a_shell_could_take_for_its_own_completes_all_the_same(
    ask: Ask, store: Path, shell: str
) -> None:
    with PlainJobLog.open(store) as log:
        log.upsert_many([a_job(60, id="one,two*[?]", type="load, fast")])
    [found] = ask(shell, "show", "one")
    assert found.text == ("one,two'*[?]'" if shell == "bash" else "one,two*[?]")
    assert found.help == ("" if shell == "bash" else "load, fast complete")


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "words",
    [
        ("nonsense", ""),
        ("--store", ""),
        ("search", "--from", ""),
        ("search", "((((", ""),
        ("search", "'"),
        ("search", '"a b'),
        ("search", ":::", ""),
        ("search", "status:error,"),
        ("show", "--nonsense", ""),
        ("show", "a", "b", "c", ""),
        ("",),
    ],
)
def test_no_line_is_an_error(ask: Ask, store: Path, shell: str, words: tuple[str, ...]) -> None:
    assert {item.kind for item in ask(shell, *words)} <= {"plain", "file"}


# By the protocols, in processes


@pytest.mark.parametrize("shell", SHELLS)
def test_a_process_answers_as_the_scripts_ask(program: Path, store: Path, shell: str) -> None:
    words = ["search", "type", ":", "exp"] if shell == "bash" else ["search", "type:exp"]
    for line, expected in (
        (["jobwatch", "sea"], ["search"]),
        (["jobwatch", *words], ["export_local" if shell == "bash" else "type:export_local"]),
        (["jobwatch", "show", "job-1"], ["job-1"]),
    ):
        done = run(
            program,
            JOBWATCH_STORE=str(store),
            **{VARIABLE: f"{shell}_complete"},
            **told(shell, line),
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert texts(items(shell, done.stdout.rstrip("\n"))) == expected


@pytest.mark.parametrize("shell", SHELLS)
def test_the_command_prints_the_script_that_the_variable_asks_for(
    program: Path, shell: str
) -> None:
    printed = run(program, "completion", shell)
    sourced = run(program, **{VARIABLE: f"{shell}_source"})
    assert (printed.returncode, printed.stderr) == (0, "")
    assert printed.stdout == sourced.stdout
    assert f"{VARIABLE}={shell}_complete" in printed.stdout


def test_another_shell_is_wrong_usage(program: Path) -> None:
    done = run(program, "completion", "ksh")
    assert done.returncode == 2
    assert "'ksh' is not one of" in done.stderr


@pytest.mark.parametrize("shell", SHELLS)
def test_a_real_shell_can_read_its_script(program: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} isn't installed")
    script = program.parent / "script"
    script.write_text(run(program, "completion", shell).stdout)
    done = subprocess.run(
        [shell, "-n", script], check=False, capture_output=True, text=True, timeout=PATIENCE
    )
    assert (done.returncode, done.stderr) == (0, "")


# What the scripts do to a shell


def told_by(program: Path, shell: str, script: str, **more: str) -> list[str]:
    """Return the lines that a shell prints when it runs a script."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} isn't installed")
    plain = {"bash": ["--norc", "--noprofile"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    done = subprocess.run(
        [shell, *plain, "-c", script],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        cwd=program.parent,
        env=environment(program, **more),
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


OWN = "type value completion response kind item answer program text means key descr bare"
"""Names of variables that a user may have."""


def test_bash_keeps_every_variable_of_its_user_and_takes_no_answer_for_a_pattern(
    program: Path, store: Path
) -> None:
    if version_of_bash() < (4, 4):
        pytest.skip("there is no bash 4.4 or newer")
    with PlainJobLog.open(store) as log:
        log.upsert_many([a_job(60, type="*"), a_job(61, type="two  words,")])
    script = f"""
        source <(jobwatch completion bash)
        set -u
        for name in {OWN}; do declare "$name=keep $name"; done
        IFS=x
        COMP_WORDS=(jobwatch search type :) COMP_CWORD=3
        _jobwatch_completion jobwatch '' :
        printf '%s\n' "${{COMPREPLY[@]}}"
        for name in {OWN}; do [[ ${{!name}} == "keep $name" ]] || echo "lost $name"; done
        [[ $IFS == x ]] || echo lost IFS
    """
    assert told_by(program, "bash", script, JOBWATCH_STORE=str(store)) == [
        "'\"*\"'",
        "create_backup",
        "csv_data_load",
        "export_local",
        "'\"nightly report\"'",
        "'\"two  words,\"'",
    ]


def test_bash_finds_the_program_by_the_path_that_is_typed(program: Path) -> None:
    script = """
        source <(jobwatch completion bash)
        PATH=/usr/bin:/bin
        COMP_WORDS=('~/bin/jobwatch' sea) COMP_CWORD=1
        _jobwatch_completion '~/bin/jobwatch' sea
        echo "${COMPREPLY[@]}"
    """
    assert told_by(program, "bash", script) == ["search"]


def test_zsh_keeps_every_variable_of_its_user(program: Path, store: Path) -> None:
    script = f"""
        compdef() {{}}
        _describe() {{ print -rl -- "${{(@P)3}}" }}
        compadd() {{ print -rl -- "${{(@P)5}}" }}
        source <(jobwatch completion zsh)
        for name in {OWN}; do typeset -g "$name=keep $name"; done
        words=(jobwatch show job-) CURRENT=3; _jobwatch_completion
        words=(jobwatch search type:exp) CURRENT=3; _jobwatch_completion
        words=(jobwatch nonsense x) CURRENT=3; _jobwatch_completion
        for name in {OWN}; do [[ ${{(P)name}} == "keep $name" ]] || print "lost $name"; done
    """
    assert told_by(program, "zsh", script, JOBWATCH_STORE=str(store)) == [
        "job-4:nightly report complete",
        "job-3:create_backup running",
        "job-2:export_local error",
        "job-1:csv_data_load complete",
        "type:export_local",
    ]


def test_fish_shows_the_newest_job_first(program: Path, store: Path) -> None:
    with PlainJobLog.open(store) as log:
        log.upsert_many([a_job(10, id="a-new-one", type="one, two")])
    script = "source (jobwatch completion fish | psub); complete -C 'jobwatch show '"
    assert told_by(program, "fish", script, JOBWATCH_STORE=str(store)) == [
        "a-new-one\tone, two complete",
        "job-4\tnightly report complete",
        "job-3\tcreate_backup running",
        "job-2\texport_local error",
        "job-1\tcsv_data_load complete",
    ]


# In a real bash


def version_of_bash() -> tuple[int, ...]:
    if shutil.which("bash") is None:
        return ()
    said = subprocess.run(
        ["bash", "--norc", "-c", "echo ${BASH_VERSINFO[0]}.${BASH_VERSINFO[1]}"],
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    ).stdout
    return tuple(map(int, said.strip().split(".")))


@pytest.fixture
def bash(program: Path, store: Path) -> Iterator[pexpect.spawn[str]]:
    """Return an interactive bash that has read the script, and waits at its prompt."""
    if version_of_bash() < (4, 4):
        pytest.skip("there is no bash 4.4 or newer")
    with warnings.catch_warnings():
        # The child does nothing between fork and exec that a thread could hold up.
        warnings.filterwarnings("ignore", ".*fork", DeprecationWarning)
        child = pexpect.spawn(
            "bash",
            ["--norc", "--noprofile", "-i"],
            cwd=str(program.parent),
            env=environment(program, JOBWATCH_STORE=str(store), PS1="@@ "),
            dimensions=(24, 120),
            timeout=PATIENCE,
            encoding="utf-8",
        )
    child.delaybeforesend = None
    child.expect("@@ ")
    for line in (
        "bind 'set enable-bracketed-paste off'",
        "bind 'set bell-style none'",
        "source <(jobwatch completion bash)",
    ):
        child.sendline(line)
        child.expect("\r\n@@ ")
    yield child
    child.close(force=True)


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("sea", "search "),
        ("search status:er", "search status:error "),
        ("search typ", "search type:"),
        ("search 'typ", "search 'type:"),
        ("search type:exp", "search type:export_local "),
        ("search 'status:er", "search 'status:error' "),
        ("search -status:er", "search -status:error "),
        ("show job-1", "show job-1 "),
        ("export --format=nd", "export --format=ndjson "),
    ],
)
def test_a_tab_in_a_real_bash_types_the_rest(
    bash: pexpect.spawn[str], typed: str, becomes: str
) -> None:
    bash.send(f"jobwatch {typed}\t")
    bash.expect_exact(f"jobwatch {becomes}")
