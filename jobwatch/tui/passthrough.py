"""Sequences for the terminal, past the multiplexer that the monitor may run in."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["passed_on"]

_CHUNK = 700
"""What GNU screen passes on at once; it has room for 768 bytes."""


def passed_on(sequence: str, environ: Mapping[str, str]) -> str:
    """Return a sequence as tmux (``allow-passthrough``) or screen hands it to its terminal.

    Outside of both it is the sequence itself.
    """
    if "TMUX" in environ:
        return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if "STY" in environ:
        pieces = range(0, len(sequence), _CHUNK)
        return "".join(f"\x1bP{sequence[at : at + _CHUNK]}\x1b\\" for at in pieces)
    return sequence
