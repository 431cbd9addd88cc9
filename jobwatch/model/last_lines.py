"""The last lines of an output, as the message of a job."""

from __future__ import annotations

from codecs import utf_8_decode

from jobwatch.model.terminal_text import plain

__all__ = ["LINES", "LONGEST", "LastLines", "failure"]

LINES, LONGEST = 20, 2_000
"""How many lines and characters a message has at most."""
LONGEST_HEAD = 300
"""How many characters of the most telling line stand behind the exit status."""

KEPT = 16_384
"""How many bytes of an output are kept: more than `LONGEST`, for what isn't seen of them."""
LONGEST_BEGUN = 3
"""How many bytes of a character of UTF-8 there are at most without its last."""


class LastLines:
    """The end of an output that comes in pieces of bytes; it may be of several streams."""

    def __init__(self) -> None:
        self._kept = b""
        self._is_cut = False
        self._stream: object = None
        self._begun: dict[object, bytes] = {}

    def add(self, data: bytes, stream: object = None) -> None:
        """Take what came last; what another stream says begins on a line of its own.

        A character that isn't whole yet waits for its rest, whatever other streams say meanwhile.
        """
        data = self._begun.pop(stream, b"") + data
        end = data[-LONGEST_BEGUN:]
        if missing := len(end) - utf_8_decode(end, "replace", False)[1]:
            self._begun[stream] = data[-missing:]
            data = data[:-missing]
        if not data:
            return
        if stream != self._stream and self._kept[-1:] not in (b"", b"\n"):
            data = b"\n" + data
        self._stream = stream
        self._is_cut = self._is_cut or len(self._kept) + len(data) > KEPT
        self._kept = data[-KEPT:] if len(data) >= KEPT else (self._kept + data)[-KEPT:]

    @property
    def lines(self) -> list[str]:
        """The last lines without empty ones, what isn't UTF-8 replaced, `LINES` at most."""
        kept = self._kept
        if self._is_cut:
            # The first line, character or escape sequence isn't whole.
            kept = kept.partition(b"\n")[2] or kept.lstrip(bytes(range(0x80, 0xC0)))
        text, _ = utf_8_decode(kept, "replace", True)
        lines = map(str.rstrip, plain(text).split("\n"))
        return [line for line in lines if line][-LINES:]

    @property
    def text(self) -> str:
        """The last lines, `LONGEST` characters at most; empty where nothing is said."""
        return _end("\n".join(self.lines), LONGEST)


def failure(how: str, errors: LastLines, output: LastLines) -> str:
    """Return the message of a command that failed: how it ended, and the last lines of its output.

    The first line has the last one of what went to stderr, or else of all, since that tells the
    most: ``exit status 2: ls: cannot access 'x': No such file or directory``.
    """
    lines = output.lines
    telling = (errors.lines or lines)[-1:]
    head = ": ".join([how, *(line[:LONGEST_HEAD] for line in telling)])
    if len(lines) < 2:
        return head
    rest = "\n".join(lines[1 - LINES :])
    return f"{head}\n{_end(rest, LONGEST - len(head) - 1)}"


def _end(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"…{text[1 - longest :]}"
