"""What a terminal would show of a program's output, as plain text."""

from __future__ import annotations

import re

__all__ = ["plain"]

# ECMA-48: control sequences (5.4), control strings (5.6) and the other escape sequences, each of
# them in 7 bits or in 8. One that is cut off or malformed ends where it can't go on.
_ERASE_REST = "(?:\x1b\\[|\x9b)0?K"
_ERASE_LINE = "(?:\x1b\\[|\x9b)2K"
_TO_BEGINNING = "\r|(?:\x1b\\[|\x9b)[01]?G"
_SEQUENCE = (
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?"
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\\\|\x9c)?"
    "|\x1b[ -/]*[0-~]?"
)
# Bell, NUL and shifts of the character set: nothing is seen of them.
_UNSEEN = re.compile(f"{_SEQUENCE}|[\x00\x07\x0e\x0f]")
_MOVES = re.compile(
    f"(?P<rest>{_ERASE_REST})|(?P<line>{_ERASE_LINE})|(?P<begin>{_TO_BEGINNING})|(?P<back>\b+)"
)
_MOVING = re.compile(f"{_ERASE_REST}|{_ERASE_LINE}|{_TO_BEGINNING}|\b")


def plain(text: str) -> str:
    """Return text without escape sequences, and without what was overwritten on its line.

    What a carriage return goes back over and what backspaces do is overwritten character by
    character, and a line can be erased, as on a terminal; nothing moves between lines. Other unsafe
    characters stay (see `model.text`). It takes time in proportion to the text.
    """
    text = text.replace("\r\n", "\n")
    if _MOVING.search(text) is not None:
        text = "\n".join(map(_overwritten, text.split("\n")))
    return _UNSEEN.sub("", text)


def _overwritten(line: str) -> str:
    """Return what is left of one line."""
    if _MOVING.search(line) is None:
        return line
    shown: list[str] = []  # a list: equal parts are exchanged in it without moving the others
    at = start = 0
    for move in (*_MOVES.finditer(line), None):
        written = _UNSEEN.sub("", line[start : None if move is None else move.start()])
        shown[at : at + len(written)] = written
        at += len(written)
        if move is None:
            break
        start = move.end()
        if move["back"]:
            at = max(at - len(move["back"]), 0)
        elif move["rest"]:
            del shown[at:]
        else:
            at = 0  # a line is erased where one is about to write it anew
            if move["line"]:
                shown.clear()
    return "".join(shown)
