"""What a terminal echoes of the keys that make signals, told apart from what a command says."""

from __future__ import annotations

__all__ = ["SOON", "Echoes"]

SOON = 1.0
"""Seconds within which a key is echoed, if it is: what comes later the command has said itself."""


class Echoes:
    """The echoes of keys that were pressed, each left out once of the output that it comes in.

    Times are seconds of any clock that doesn't go back.
    """

    def __init__(self) -> None:
        self._expected: list[tuple[float, bytes]] = []
        self._begun = b""

    def expect(self, echo: bytes, now: float) -> None:
        """Take note of what will be echoed: ``^C``, or the key as it is."""
        self._expected.append((now + SOON, echo))

    def left_out(self, data: bytes, now: float) -> bytes:
        """Return data that came from the terminal without the echoes in it.

        The first half of one that may be coming is held back until the next data.
        """
        data, self._begun = self._begun + data, b""
        self._expected = [(until, echo) for until, echo in self._expected if now <= until]
        for expected in tuple(self._expected):
            before, found, after = data.partition(expected[1])
            if found:
                data = before + after
                self._expected.remove(expected)
        if any(len(echo) > 1 and data.endswith(echo[:1]) for _, echo in self._expected):
            data, self._begun = data[:-1], data[-1:]
        return data
