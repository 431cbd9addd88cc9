"""The look: colours that every terminal of 256 colours has, and their short names.

A colour of that palette takes 8 bytes on its way to the terminal where its RGB value takes up to
16: a tick of fifty running jobs is a third cheaper for it, over ssh most of all.
"""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.style import Style
from textual.theme import Theme

__all__ = ["STATES", "THEME", "by_number"]

FIXED = 16
"""The first number whose colour is the same in every terminal of 256 colours."""

THEME = Theme(
    name="jobwatch",
    dark=True,
    background="#121212",
    surface="#1c1c1c",
    panel="#262626",
    foreground="#e4e4e4",
    primary="#5fafff",
    secondary="#87afd7",
    accent="#5fd7ff",
    success="#87d787",
    warning="#ffd75f",
    error="#ff8787",
    variables={
        "text": "#e4e4e4",
        "text-muted": "#9e9e9e",
        "text-disabled": "#767676",
        "text-primary": "#87afff",
        "text-secondary": "#87afd7",
        "text-accent": "#5fd7ff",
        "text-success": "#87d787",
        "text-warning": "#ffd75f",
        "text-error": "#ff8787",
        "primary-muted": "#26425f",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-background": "#26527f",
        "block-cursor-blurred-foreground": "#e4e4e4",
        "block-cursor-blurred-background": "#303030",
        "scrollbar": "#4e4e4e",
        "scrollbar-hover": "#767676",
        "scrollbar-active": "#5fafff",
        "scrollbar-background": "#1c1c1c",
        "border": "#5f87af",
        "footer-key-foreground": "#5fafff",
    },
)

STATES = frozenset(
    f"state--{style}"
    for style in (
        *("created", "running", "complete", "partial", "error", "overdue", "lost", "other"),
    )
)
"""The component classes of the states of jobs; styles/monitor.tcss has their colours."""


@lru_cache(maxsize=512)
def by_number(style: Style) -> Style:
    """Return the same style with its colours by their numbers in the palette, where they have one.

    Those below `FIXED` are whatever the terminal's owner likes.
    """
    return style + Style(color=_numbered(style.color), bgcolor=_numbered(style.bgcolor))


def _numbered(color: Color | None) -> Color | None:
    return None if color is None else _NUMBERED.get(color.triplet, color)


# The triplet stays: Textual looks up what a colour without one is, and forgets the number.
_NUMBERED: dict[ColorTriplet | None, Color] = {
    color.get_truecolor(): color._replace(triplet=color.get_truecolor())
    for color in map(Color.from_ansi, range(FIXED, 256))
}
