"""Secrets in a command line, masked before it is written down.

Names tell what is secret, and so do the forms of well-known tokens. What is masked in vain hurts
less than what isn't, but a rule must leave the command readable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from posixpath import basename
from types import MappingProxyType

__all__ = ["MASK", "masked"]

MASK = "***"

# The patterns are text until they are used: most commands need few of them, and `re` keeps those.

# Names

# The ends of words that say it: PGPASSWORD, --client-secret, accessToken. Not --tokenizer.
_TELLING = (
    r"(?:passwords?|passwd|passphrase|passcode|secrets?|token|credentials?|apikey|accesskey"
    r"|secretkey|privatekey|authkey|signature)\Z"
)
# Those that say it as a whole word only, and as the last.
_SECRET_WORDS = frozenset(
    ("pass", "pwd", "pw", "pat", "pin", "otp", "jwt", "sig", "auth", "cookie", "bearer")
)
# Whose key it is that is none to sort by.
_KEYS = frozenset(
    (
        *("api", "access", "secret", "private", "auth", "account", "signing", "encryption"),
        *("master", "license"),
    )
)
# What is only about a secret, or says where it is: --password-file, --token-ttl.
_ABOUT = frozenset(
    (
        *("file", "files", "path", "dir", "url", "uri", "name", "names", "id", "env", "stdin"),
        *("count", "limit", "length", "size", "type", "ttl", "expiry", "expires", "version"),
        *("format", "mode", "policy", "store", "manager", "prompt", "provider", "command", "cmd"),
    )
)
# What begins a name that says whether or how many, and not which: --no-auth, --max-token.
_WHETHER = frozenset(("no", "use", "max", "min", "num"))
_WORD = r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+"


def _is_secret(name: str) -> bool:
    """Return whether what has this name is a secret."""
    words = [word.lower() for word in re.findall(_WORD, name)]
    if not words or words[-1] in _ABOUT or words[0] in _WHETHER or name in ("PWD", "OLDPWD"):
        return False
    pairs = pairwise(words)
    return (
        any(re.search(_TELLING, word) for word in words)
        or words[-1] in _SECRET_WORDS
        or any(second == "key" and first in _KEYS for first, second in pairs)
    )


# Values

# A word as a shell reads it, whose quoted parts belong to it; or a string of JSON.
_VALUE = (
    r""""(?:[^"\\]|\\.)*"(?=[\s,}\]]|\Z)|(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|"""
    r"""\$\((?:[^()]|\([^()]*\))*\)|[^\s"'\\;&|])+"""
)
# A name and what leads to its value: an assignment, a header or JSON, an option.
_NAME = (
    r"(?<!\w)(?P<name>-{0,2}[A-Za-z_][\w.-]{0,80})"
    r"(?:[\"']?\]?\s?[=:](?!:)\s{0,8}|(?<=[\w-])\s{1,8}(?!--))"
)
_ASSIGNMENT = r"(?P<name>-{0,2}[A-Za-z_][\w.-]{0,80})="
_SHELL_STRING = r"-[A-Za-z]*c"

_SCHEMES = "(?:bearer|basic|digest|token|negotiate|apikey|aws4-hmac-sha256)"
_HEADERS = r"(?:(?<![\w-])|(?<=-H))(?:proxy-authorization|authorization|set-cookie|cookie)"

# Each keeps what is named `a` and `b`, and masks what is between.
_FORMS = (
    # Headers (RFC 9110, 11.6; RFC 6265), up to the quote that ends them.
    rf"(?i:(?P<a>{_HEADERS}\s?:\s{{0,8}}(?:{_SCHEMES}\s+)?))[^\s'\"][^'\"\r\n]*(?P<b>)",
    r"(?P<a>(?i:\bbearer)\s{1,8})[\w.~+/=-]{8,}(?P<b>)",
    # The password of a URL (RFC 3986, 3.2.1), which may be written wrongly with a slash in it, but
    # isn't a port; and a token in the place of the user.
    r"(?P<a>\b[A-Za-z][\w+.-]{0,30}://[^\s/:@'\"]{0,200}:)"
    r"(?:[^\s/'\"]{1,300}|(?!\d{1,5}[/?#])\S{1,300}?)(?P<b>@)",
    r"(?P<a>\b(?i:https?)://)[^\s/:@'\"]{1,300}(?P<b>@)",
    # Tokens that say what they are.
    r"(?P<a>(?<![A-Za-z0-9]))(?:gh[oprsu]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{15,}"
    r"|(?<!-)sk-(?:(?:admin|ant|or|proj|svcacct)-[\w-]{16,}|(?=\w{0,60}\d)\w{20,})|[rs]k_(?:live|test)_\w{10,}|xox[abeprs]-[\w-]{8,}"
    r"|(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[\w-]{30,}|ya29\.[\w-]{10,}|npm_\w{30,}|hf_\w{30,}"
    r"|pypi-[\w-]{16,}|SG\.[\w-]{16,}\.[\w-]{16,}|eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*)(?P<b>)",
    r"(?P<a>-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----).+?(?P<b>-----END|\Z)",
)
SHORTEST = 12
"""Characters of the shortest of those tokens."""

_HEADER = rf"(?i)(-H)?(?P<a>{_HEADERS}\s?:\s*(?:{_SCHEMES}\s+)?)\S"


def masked(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of a command with their secrets masked, each in its place.

    An argument may itself be a line for a shell, or anything else with names and values in it.
    """
    shown: list[str] = []
    before = ""
    for argument in _of_programs(arguments):
        is_value = _takes_secret(before) and not argument.startswith("--")
        shown.append(MASK if is_value and argument else _masked_argument(argument, before))
        before = "" if is_value else argument
    return shown


def _takes_secret(option: str) -> bool:
    """Return whether the argument behind this one is a secret."""
    return len(option) > 2 and option[0] == "-" and "=" not in option and _is_secret(option)


def _masked_argument(argument: str, before: str) -> str:
    if len(argument) < SHORTEST and not any(sign in argument for sign in "=: "):
        return argument
    header = re.match(_HEADER, argument)
    if header is not None:
        return argument[: header.end("a")] + MASK
    name = re.match(_ASSIGNMENT, argument)
    # A line for a shell goes on behind the value; any other value may have spaces.
    if name and _is_secret(name["name"]) and not re.fullmatch(_SHELL_STRING, before):
        return name[0] + MASK if argument != name[0] else argument
    return _masked_text(argument)


def _masked_text(text: str) -> str:
    if " " in text:
        text = _masked_line(text)
    for form in _FORMS:
        text = re.sub(form, rf"\g<a>{MASK}\g<b>", text, flags=re.DOTALL)
    shown, at = [], 0
    for name in re.finditer(_NAME, text):
        is_option = not name[0].rstrip().endswith(("=", ":"))
        if name.end() < at or (is_option and name[0][0] != "-") or not _is_secret(name["name"]):
            continue
        value = re.compile(_VALUE, re.DOTALL).match(text, name.end())
        if value is not None and not value[0].startswith(MASK):
            shown += [text[at : name.end()], _masked_value(value[0])]
            at = value.end()
    return "".join([*shown, text[at:]])


def _masked_value(value: str) -> str:
    """Return the mask within the quotes of a value."""
    quote = value[0] if value[0] in "'\"" and value[-1] == value[0] else ""
    return f"{quote}{MASK}{quote}"


# Programs

# What is behind the colon of a user; all of it; the same where there is no user; a setting.
_AFTER_USER, _ALL, _AFTER_ANY_USER, _SETTING = "[^:]*:(?=.)", "", "(?:[^:]*:)?", "(?=.*=)"

# The options of a program, or of a command of its, whose values have secrets, and what isn't secret
# of such a value: none is where that doesn't match. Other programs mean ports and paths by them.
_CURL = (
    (r"-[#afgGiIjJkLMnNOpqRsSvZ0-9]*[uU]|--(?:proxy-)?user(?:=|\Z)", _AFTER_USER),
    (r"-[#afgGiIjJkLMnNOpqRsSvZ0-9]*b|--cookie(?:=|\Z)", _SETTING),
)
_ATTACHED = ((r"-p(?=.)", _ALL),)
_LOGIN = ((r"-p", _ALL),)
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
        **dict.fromkeys(("docker login", "podman login", "helm login", "sshpass"), _LOGIN),
        **dict.fromkeys(
            ("mongo", "mongosh", "mongodump", "mongorestore", "mongoexport", "mongoimport"), _LOGIN
        ),
        **dict.fromkeys(("sqlcmd", "bcp", "zip", "unzip"), ((r"-P", _ALL),)),
        **dict.fromkeys(
            ("ldapsearch", "ldapmodify", "ldapadd", "ldapdelete", "ldapwhoami", "ldappasswd"),
            ((r"-w", _ALL),),
        ),
        **dict.fromkeys(("http", "https"), ((r"-a|--auth(?:=|\Z)", _AFTER_ANY_USER),)),
        "redis-cli": ((r"-a", _ALL),),
        "smbclient": ((r"-U|--user(?:=|\Z)", "[^%]*%(?=.)"),),
        "vault login": ((r"(?=[^-])", "(?!.*=)"),),
    }
)
# What runs the command in its arguments.
_RUNNERS = frozenset(
    (
        *("sudo", "doas", "su", "env", "nice", "ionice", "nohup", "time", "timeout", "setsid"),
        *("exec", "command", "xargs", "stdbuf", "flock", "watch", "chroot", "strace", "ssh"),
        *("docker", "podman", "kubectl", "docker-compose", "systemd-run", "sshpass"),
    )
)
# What a shell reads before a command.
_KEYWORDS = frozenset(("!", "{", "do", "elif", "else", "if", "then", "until", "while"))
# A word of a shell, or what stands between two commands.
_SHELL_WORD = r"""[|;&()\n]+|(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\;&|()])+"""


def _of_programs(words: Iterable[str]) -> Iterator[str]:
    """Return the words of a command with what only the program tells to be a secret masked."""
    first = program = before = setting = ""
    kept: str | None = None
    for word in words:
        name = basename(word)
        shown = word
        if kept is not None:
            shown, kept = _kept(word, kept), None
        elif setting == "set" and _is_secret(before):
            shown = MASK
        elif not first:
            if word not in _KEYWORDS and not ("=" in word and re.match(_ASSIGNMENT, word)):
                first = program = name
        elif name in _PROGRAMS and first in _RUNNERS and not before.startswith("--"):
            program = name
        elif f"{program} {word}" in _PROGRAMS:
            program = f"{program} {word}"
        else:
            for option, pattern in _PROGRAMS.get(program, ()):
                if taken := re.match(option, word):
                    if taken.end() < len(word):
                        shown = taken[0] + _kept(word[taken.end() :], pattern)
                    else:
                        kept = pattern
                    break
        setting, before = before, word
        yield shown


def _kept(value: str, pattern: str) -> str:
    """Return a value with all masked but what the pattern finds at its begin."""
    kept = re.match(pattern, value)
    return value if kept is None or not value else kept[0] + MASK


def _masked_line(text: str) -> str:
    """Return a line for a shell with what only its programs tell to be a secret masked."""
    shown: list[str] = []
    at = 0
    command: list[re.Match[str]] = []

    def flush() -> None:
        nonlocal at
        words = [_unquoted(word[0]) for word in command]
        for word, old, new in zip(command, words, _of_programs(words), strict=True):
            if new != old:
                shown.extend((text[at : word.start()], word[0].replace(old, new)))
                at = word.end()
        command.clear()

    for word in re.finditer(_SHELL_WORD, text, re.DOTALL):
        if word[0][0] in "|;&()\n":
            flush()
        else:
            command.append(word)
    flush()
    return "".join([*shown, text[at:]])


def _unquoted(word: str) -> str:
    return word[1:-1] if len(word) > 2 and word[0] in "'\"" and word[-1] == word[0] else word
