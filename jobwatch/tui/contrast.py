"""Textual's themes with the colours of jobs readable on them, under the cursor too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import dist

from textual.color import BLACK, WHITE, Color, rgb_to_lab
from textual.theme import BUILTIN_THEMES, Theme

from jobwatch.tui.theme import THEME

__all__ = ["APART", "ENOUGH", "contrast", "difference", "theme_named"]

ENOUGH = 4.5
"""The contrast of text that the W3C asks for: WCAG 2.2, 1.4.3."""

APART = 20.0
"""The difference of two colours that tell states apart: 2 to 3 can just be seen, side by side."""

TEXTS = tuple(
    f"text-{meaning}"
    for meaning in ("primary", "secondary", "accent", "success", "warning", "error")
)
"""The colours that tell states and kinds of values."""

AMISS_OR_OVER = ("text-success", "text-warning", "text-error")
"""Those of jobs that don't just run, whose colour is the accent."""

# The terminal's own colours can't be weighed: greys that its coloured text is seldom near to.
_ANSI_CURSOR = {
    True: {
        "block-cursor-background": "ansi_bright_black",
        "block-cursor-foreground": "ansi_bright_white",
    },
    False: {"block-cursor-background": "ansi_white", "block-cursor-foreground": "ansi_black"},
}


def theme_named(name: str) -> Theme:
    """Return a theme of this monitor or of Textual; `KeyError` if there is none of the name."""
    if name == THEME.name:
        return THEME
    theme = BUILTIN_THEMES[name]
    own = _ansi_colours(theme) if theme.ansi else _colours(theme)
    return replace(theme, variables={**theme.variables, **own})


def contrast(one: Color, other: Color) -> float:
    """Return the contrast of two colours, from 1 to 21, as the W3C defines it."""
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def difference(one: Color, other: Color) -> float:
    """Return how different two colours look: their distance in CIELAB of 1976."""
    lab, other_lab = rgb_to_lab(one), rgb_to_lab(other)
    return dist((lab.L, lab.a, lab.b), (other_lab.L, other_lab.a, other_lab.b))


def _ansi_colours(theme: Theme) -> dict[str, str]:
    own = dict(_ANSI_CURSOR[theme.dark])
    if theme.accent in (theme.success, theme.warning, theme.error) and theme.secondary:
        own["text-accent"] = theme.secondary
    return own


def _colours(theme: Theme) -> dict[str, str]:
    """Return the variables that a theme is to have: a quiet cursor, and texts that stand out."""
    given = theme.to_color_system().generate()
    background, foreground = Color.parse(given["background"]), Color.parse(given["foreground"])
    cursor = background.blend(Color.parse(given["primary"]), 0.25, 1)
    blurred = background.blend(foreground, 0.12, 1)
    grounds = [background, cursor, blurred, *(Color.parse(given[n]) for n in ("surface", "panel"))]
    # Textual's own greys are whatever stands out from what is behind: lines of a table don't tell.
    texts = {
        "text": foreground,
        "text-muted": foreground.blend(background, 0.35, 1),
        "block-cursor-foreground": foreground,
        **{name: Color.parse(given[name]) for name in TEXTS},
    }
    read = {name: _readable(one, grounds, dark=theme.dark) for name, one in texts.items()}
    read["text-accent"] = _running(read)
    return {
        "block-cursor-background": cursor.hex,
        "block-cursor-blurred-background": blurred.hex,
        "text-disabled": foreground.blend(background, 0.5, 1).hex,
        **{name: one.hex for name, one in read.items()},
    }


def _running(texts: Mapping[str, Color]) -> Color:
    """Return the accent, or what is most apart from all other states where it is near to one."""

    def least(name: str) -> float:
        return min(difference(texts[name], texts[other]) for other in AMISS_OR_OVER)

    if least("text-accent") >= APART:
        return texts["text-accent"]
    return texts[max("text-primary", "text-secondary", key=least)]


def _readable(color: Color, grounds: Iterable[Color], *, dark: bool) -> Color:
    """Return a colour as it is, or as much lighter or darker as it takes to be read on others."""
    end, grounds = WHITE if dark else BLACK, list(grounds)
    shades = (color.blend(end, step / 20, 1) for step in range(20))
    return next((one for one in shades if min(contrast(one, g) for g in grounds) >= ENOUGH), end)


def _luminance(color: Color) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
