"""The one door from data to a screen: text that can neither move the cursor nor hide."""

from __future__ import annotations

import re

__all__ = ["cells", "clean", "cut", "fitted", "json_safe", "one_line"]

# C0 but tab and newline, DEL, C1, marks and overrides of writing direction, line and paragraph
# separators, lone surrogates: what a terminal obeys, or what reorders the text around it.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_BREAKS = re.compile(r"[\t\n]+")


def clean(text: str) -> str:
    r"""Return text with every unsafe character as a visible escape (``\x1b``, ``\u202e``)."""
    return _UNSAFE.sub(_escaped, text)


def one_line(text: str) -> str:
    """Return clean text on one line: each run of tabs and newlines becomes one space."""
    return clean(_BREAKS.sub(" ", text.replace("\r\n", "\n")).strip(" "))


def cut(text: str, width: int | None) -> str:
    """Return the beginning of a clean line that takes so many cells at most; all of it for None.

    A character takes as many as `cells` says.
    """
    if width is None:
        return text
    if text.isascii():
        return text[:width]
    for place, character in enumerate(text):
        width -= cells(character)
        if width < 0:
            return text[:place]
    return text


def fitted(text: str, width: int) -> str:
    """Return a clean line in just so many cells: filled up with spaces, or cut off with an `…`."""
    shown = text if cells(text) <= width else f"{cut(text, width - 1)}…"
    return shown + " " * (width - cells(shown))


def cells(text: str) -> int:
    """Return how many cells of a terminal a clean line takes.

    Wide characters take two (Unicode Standard Annex 11), and marks upon others none.
    """
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(
        2 if east_asian_width(character) in ("W", "F") else 1
        for character in text
        if category(character) not in ("Mn", "Me", "Cf")
    )


def json_safe(json: str) -> str:
    """Return the same JSON with every unsafe character as a JSON escape."""
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", json)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
