"""Which words of a command only its program tells to be secrets, and masks them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import basename
from types import MappingProxyType
from typing import NamedTuple

from jobwatch.model.secret_names import is_secret

__all__ = ["ASSIGNMENT", "MASK", "masked_line", "of_programs"]

MASK = "***"

ASSIGNMENT = r"(?P<name>-{0,2}[A-Za-z_][\w.-]{0,80})="
# What says it without a dash: nmcli ... password X.
_BARE = r"(?i)(?:[\w-]+\.)*(?:password|passphrase|psk)"

# What is behind the colon of a user; all of it; the same where there is no user; a setting.
_AFTER_USER, _ALL, _AFTER_ANY_USER, _SETTING = "[^:]*:(?=.)", "", "(?:[^:]*:)?", "(?=.*=)"

# The options of a program, or of a command of its, whose values have secrets, and what isn't secret
# of such a value: none is where that doesn't match. Other programs mean ports and paths by them.
_CURL = (
    (r"-[#afgGiIjJkLMnNOpqRsSvZ0-9]*[EuU]|--(?:proxy-)?(?:cert|user)(?:=|\Z)", _AFTER_USER),
    (r"-[#afgGiIjJkLMnNOpqRsSvZ0-9]*b|--cookie(?:=|\Z)", _SETTING),
)
_ATTACHED = ((r"-p(?=.)", _ALL),)
_LOGIN = ((r"-p", _ALL),)
_CREDENTIALS = ((r"--(?:(?:src|dest)-)?creds(?:=|\Z)", _AFTER_USER),)
_ACCOUNT = r"(?i:userid=)?(?=[^-@/=]+/)"
# How a path ends that looks like an account, where others have the name of the program too.
_FILE = r"(?i:csv|dat|dmp|gz|json|log|py|sh|sql|tar|toml|tsv|txt|xml|ya?ml|zip)"
_PROGRAMS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "curl": _CURL,
        **dict.fromkeys(
            (
                *("mysql", "mysqldump", "mysqladmin", "mysqlcheck", "mysqlimport", "mysqlsh"),
                *("mariadb", "mariadb-dump", "mariadb-admin", "mariadb-check", "mariadb-import"),
            ),
            _ATTACHED,
        ),
        **dict.fromkeys(("7z", "7za", "7zz"), _ATTACHED),
        **dict.fromkeys(
            (
                *("docker login", "podman login", "helm login", "az login", "sshpass"),
                *("twine upload", "useradd", "usermod"),
            ),
            _LOGIN,
        ),
        **dict.fromkeys(("skopeo", "podman", "buildah"), _CREDENTIALS),
        **dict.fromkeys(
            ("mongo", "mongosh", "mongodump", "mongorestore", "mongoexport", "mongoimport"), _LOGIN
        ),
        **dict.fromkeys(("sqlcmd", "bcp", "zip", "unzip"), ((r"-P", _ALL),)),
        **dict.fromkeys(
            ("ldapsearch", "ldapmodify", "ldapadd", "ldapdelete", "ldapwhoami", "ldappasswd"),
            ((r"-w", _ALL),),
        ),
        **dict.fromkeys(("http", "https"), ((r"-a|--auth(?:=|\Z)", _AFTER_ANY_USER),)),
        **dict.fromkeys(
            ("sqlplus", "sqlldr", "expdp", "impdp", "rman"), ((_ACCOUNT, "[^/]*/(?=.)"),)
        ),
        **dict.fromkeys(("exp", "imp"), ((rf"{_ACCOUNT}(?![^@]*\.{_FILE}\Z)", "[^/]*/(?=.)"),)),
        **dict.fromkeys(
            (
                *("snmpget", "snmpgetnext", "snmpbulkget", "snmpwalk", "snmpbulkwalk", "snmpset"),
                *("snmptable", "snmptrap", "snmpinform"),
            ),
            ((r"-[AXc]", _ALL),),
        ),
        **dict.fromkeys(("xfreerdp", "xfreerdp3", "wlfreerdp"), ((r"/g?p(?::|\Z)", _ALL),)),
        "lftp": ((r"-u|--user(?:=|\Z)", "[^,]*,(?=.)"),),
        "openssl": ((r"-[kK]\Z", _ALL),),
        "redis-cli": ((r"-a", _ALL),),
        "ssh-keygen": ((r"-[NP]", _ALL),),
        "smbclient": ((r"-U|--user(?:=|\Z)", "[^%]*%(?=.)"), (r"//.*\Z", "(?!-)")),
        "vault login": ((r"(?=[^-])", "(?!.*=)"),),
    }
)
# From which of a program's arguments on, without its options, they are secrets, and the option
# that says so where one must.
_PLACES: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "htpasswd": (2, r"-\w*b"),
        "cargo login": (1, ""),
        "mc alias set": (3, ""),
        "mysqladmin password": (1, ""),
        **dict.fromkeys(
            (
                *("rabbitmqctl add_user", "rabbitmqctl change_password"),
                "rabbitmqctl authenticate_user",
            ),
            (2, ""),
        ),
    }
)
# The names of all of these, and what they begin with.
_KNOWN = frozenset(
    " ".join(words[: end + 1])
    for words in map(str.split, (*_PROGRAMS, *_PLACES))
    for end in range(len(words))
)
# What runs the command in its arguments.
_RUNNERS = frozenset(
    (
        *("sudo", "doas", "su", "env", "nice", "ionice", "nohup", "time", "timeout", "setsid"),
        *("exec", "command", "xargs", "stdbuf", "flock", "watch", "chroot", "strace", "ssh"),
        *("docker", "podman", "kubectl", "docker-compose", "systemd-run", "sshpass"),
        *("runuser", "gosu", "taskset", "nsenter", "unshare", "parallel", "chronic", "jobwatch"),
    )
)
# The options of theirs whose values may be called as a program is: docker run --name mysql.
_NAMING = (
    r"--(?:[a-z]+-)*(?:alias|container|group|host|hostname|label|link|name|namespace|net|network"
    r"|type|unit|user|volumes-from)"
)
# What a shell reads before a command.
_KEYWORDS = frozenset(("!", "{", "do", "elif", "else", "if", "then", "until", "while"))
# A word of a shell, or what stands between two commands.
_SHELL_WORD = r"""[|;&()`\n]+|(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\;&|()`])+"""


class _Argument(NamedTuple):
    """A word of a command, the program that it is for, and its place among those without a dash.

    The program's own name has place 0, and no program.
    """

    word: str
    program: str
    place: int


def _arguments(words: Iterable[str]) -> Iterator[_Argument]:
    first = program = before = ""
    place = 0
    for word in words:
        named = ""
        if not first:
            if word not in _KEYWORDS and not ("=" in word and re.match(ASSIGNMENT, word)):
                named = first = basename(word)
        elif first in _RUNNERS and (before == "--" or _is_run(word, before)):
            named = basename(word)
        elif f"{program} {word}" in _KNOWN:
            named = f"{program} {word}"
        program, place = (named, 0) if named else (program, place + (word[:1] != "-"))
        yield _Argument(word, "" if named else program, place)
        before = word


def _is_run(word: str, before: str) -> bool:
    """Return whether a word is a program that a runner runs, as far as one can tell.

    Whether an option takes it for its value only the runner knows: to mask in vain hurts less.
    """
    return basename(word) in _KNOWN and not re.fullmatch(_NAMING, before)


def of_programs(words: Iterable[str]) -> Iterator[str]:
    """Return the words of a command with what only the program tells to be a secret masked."""
    before = setting = ""
    kept: str | None = None
    is_asked = False
    for word, program, place in _arguments(words):
        from_place, option = _PLACES.get(program, (0, ""))
        is_asked = bool(program) and (is_asked or bool(option and re.match(option, word)))
        is_placed = 0 < from_place <= place and (is_asked or not option)
        shown = word
        if kept is not None and (new := _kept(word, kept)) != word:
            shown, kept = new, None
        elif (setting == "set" and is_secret(before)) or (
            word[:1] != "-" and (is_placed or _is_behind_bare(before, setting, place))
        ):
            shown = MASK
        else:
            shown, kept = _of_option(word, program)
        setting, before = before, word
        yield shown


def _is_behind_bare(before: str, setting: str, place: int) -> bool:
    """Return whether a word is the value of one without a dash that says it: password X.

    Not of a first argument, or an option's: grep password file, find -name password file.
    """
    return place > 2 and setting[:1] != "-" and re.fullmatch(_BARE, before) is not None


def _of_option(word: str, program: str) -> tuple[str, str | None]:
    """Return a word as it is shown, and what isn't secret of the one behind it.

    That is None where the one behind it has nothing to do with it.
    """
    for option, pattern in _PROGRAMS.get(program, ()):
        if taken := re.match(option, word):
            if taken.end() == len(word):
                return word, pattern
            return taken[0] + _kept(word[taken.end() :], pattern), None
    return word, None


def _kept(value: str, pattern: str) -> str:
    """Return a value with all masked but what the pattern finds at its begin."""
    kept = re.match(pattern, value)
    return value if kept is None or not value else kept[0] + MASK


def masked_line(text: str) -> str:
    """Return a line for a shell with what only its programs tell to be a secret masked."""
    commands: list[list[re.Match[str]]] = [[]]
    joints: list[str] = []
    for word in re.finditer(_SHELL_WORD, text, re.DOTALL):
        if word[0][0] in "|;&()`\n":
            commands.append([])
            joints.append(word[0])
        else:
            commands[-1].append(word)
    shown: list[str] = []
    at = 0
    told = [[_unquoted(word[0]) for word in command] for command in commands]
    for command, words, joint, reader in zip(
        commands, told, [*joints, ""], [*told[1:], []], strict=True
    ):
        is_said = joint == "|" and words[:1] in _SAYING and _reads_secret(reader)
        masks = map(_said, words) if is_said else of_programs(words)
        for word, old, mask in zip(command, words, masks, strict=True):
            # What is quoted may be a line for another shell.
            new = masked_line(old) if mask == old != word[0] else mask
            if new != old:
                shown.extend((text[at : word.start()], word[0].replace(old, new)))
                at = word.end()
    return "".join([*shown, text[at:]])


# What says a secret to a program that reads it: echo X | sudo -S true.
_SAYING = (["echo"], ["printf"])
_READING = r"--(?:[a-z]+-)?stdin|--passphrase-fd(?:=0)?"


def _reads_secret(words: Sequence[str]) -> bool:
    """Return whether a command reads a secret from its input."""
    option = rf"-[A-Za-z]*S|{_READING}" if words[:1] == ["sudo"] else _READING
    return "chpasswd" in words or any(re.fullmatch(option, word) for word in words)


def _said(word: str) -> str:
    return word if word in ("echo", "printf") or re.fullmatch("-[neE]+", word) else MASK


def _unquoted(word: str) -> str:
    return word[1:-1] if len(word) > 2 and word[0] in "'\"" and word[-1] == word[0] else word
