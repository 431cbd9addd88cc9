"""Secrets in a command line, masked before it is written down.

Names tell what is secret, and so do the forms of well-known tokens. What is masked in vain hurts
less than what isn't, but a rule must leave the command readable.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from jobwatch.model.program_secrets import ASSIGNMENT, MASK, masked_line, of_programs
from jobwatch.model.secret_names import is_place, is_secret

__all__ = ["MASK", "masked"]

# The patterns are text until they are used: most commands need few of them, and `re` keeps those.

# Values

# A word as a shell reads it, whose quoted parts belong to it; or a string of JSON.
_VALUE = (
    r""""(?:[^"\\]|\\.)*"(?=[\s,}\]]|\Z)|(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|"""
    r"""\$\((?:[^()]|\([^()]*\))*\)|`[^`]*`|[^\s"'\\;&|])+"""
)
# A name and what leads to its value: an assignment, a header or JSON, an option.
_NAME = (
    r"(?<!\w)(?P<name>-{0,2}[A-Za-z_][\w.-]{0,80})"
    r"(?:[\"']?\]?\s?[=:](?!:)\s{0,8}|(?<=[\w-])\s{1,8}(?!--))"
)
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
    # SQL: create user ada identified by 'X'.
    r"(?P<a>(?i:\bidentified\s{1,8}(?:with\s{1,8}\S{1,80}\s{1,8})?by\s{1,8})['\"]?)"
    r"(?:(?<=')(?:[^']|'')+|(?<=\")[^\"]+|[^\s'\";]+)(?P<b>)",
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
    for argument in of_programs(arguments):
        is_value = (
            _takes_secret(before)
            and not argument.startswith("--")
            and not is_place(before, argument)
        )
        shown.append(MASK if is_value and argument else _masked_argument(argument, before))
        before = "" if is_value else argument
    return shown


def _takes_secret(option: str) -> bool:
    """Return whether the argument behind this one is a secret."""
    return len(option) > 2 and option[0] == "-" and "=" not in option and is_secret(option)


def _masked_argument(argument: str, before: str) -> str:
    if len(argument) < SHORTEST and not any(sign in argument for sign in "=: "):
        return argument
    header = re.match(_HEADER, argument)
    if header is not None:
        return argument[: header.end("a")] + MASK
    name = re.match(ASSIGNMENT, argument)
    # A line for a shell goes on behind the value; any other value may have spaces.
    if name and is_secret(name["name"]) and not re.fullmatch(_SHELL_STRING, before):
        value = argument[name.end() :]
        return argument if not value or is_place(name["name"], value) else name[0] + MASK
    return _masked_text(argument)


def _masked_text(text: str) -> str:
    if " " in text:
        text = masked_line(text)
    for form in _FORMS:
        text = re.sub(form, rf"\g<a>{MASK}\g<b>", text, flags=re.DOTALL)
    shown, at = [], 0
    for name in re.finditer(_NAME, text):
        is_option = not name[0].rstrip().endswith(("=", ":"))
        if name.end() < at or (is_option and name[0][0] != "-") or not is_secret(name["name"]):
            continue
        value = re.compile(_VALUE, re.DOTALL).match(text, name.end())
        if value is None or value[0].startswith(MASK):
            continue
        if is_place(name["name"], value[0].strip("\"'")):
            continue
        shown += [text[at : name.end()], _masked_value(value[0])]
        at = value.end()
    return "".join([*shown, text[at:]])


def _masked_value(value: str) -> str:
    """Return the mask within the quotes of a value."""
    quote = value[0] if value[0] in "'\"" and value[-1] == value[0] else ""
    return f"{quote}{MASK}{quote}"
