"""Whether the states of jobs can be read in every theme."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from jobwatch.tui.contrast import APART, ENOUGH, contrast, difference, theme_named
from jobwatch.tui.theme import THEME

GROUNDS = ("background", "block-cursor-background", "block-cursor-blurred-background")
TEXTS = ("text", "text-muted", "text-success", "text-warning", "text-error", "text-accent")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21.0), ("#ffffff", "#ffffff", 1.0), ("#777777", "#ffffff", 4.48)],
)
def test_the_contrast_is_that_of_the_w3c(one: str, other: str, expected: float) -> None:
    colours = Color.parse(one), Color.parse(other)
    assert contrast(*colours) == pytest.approx(expected, abs=0.01)
    assert contrast(*reversed(colours)) == contrast(*colours)


@pytest.mark.parametrize("name", [name for name, one in BUILTIN_THEMES.items() if not one.ansi])
def test_states_stand_out_from_the_table_and_from_its_cursor(name: str) -> None:
    theme = theme_named(name)
    variables = {**theme.to_color_system().generate(), **theme.variables}
    for ground in GROUNDS:
        for text in TEXTS:
            weighed = contrast(Color.parse(variables[text]), Color.parse(variables[ground]))
            assert weighed >= ENOUGH, (text, ground)


@pytest.mark.parametrize("name", [name for name, one in BUILTIN_THEMES.items() if not one.ansi])
def test_a_running_job_has_no_colour_of_one_that_ended_or_is_amiss(name: str) -> None:
    theme = theme_named(name)
    variables = {**theme.to_color_system().generate(), **theme.variables}
    running = Color.parse(variables["text-accent"])
    for other in ("text-success", "text-warning", "text-error"):
        assert difference(running, Color.parse(variables[other])) >= APART, other


@pytest.mark.parametrize("name", [name for name, one in BUILTIN_THEMES.items() if one.ansi])
def test_so_it_has_not_in_the_colours_of_the_terminal(name: str) -> None:
    theme = theme_named(name)
    variables = {**theme.to_color_system().generate(), **theme.variables}
    others = {variables[other] for other in ("text-success", "text-warning", "text-error")}
    assert variables["text-accent"] not in others


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 100.0), ("#ff0000", "#ff0000", 0.0), ("#ff0000", "#00ff00", 170.6)],
)
def test_the_difference_is_that_of_the_cie(one: str, other: str, expected: float) -> None:
    colours = Color.parse(one), Color.parse(other)
    assert difference(*colours) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("name", ["dracula", "monokai", "flexoki"])
def test_an_accent_that_is_apart_stays(name: str) -> None:
    own = theme_named(name).variables
    given = BUILTIN_THEMES[name].to_color_system().generate()
    assert Color.parse(own["text-accent"]) == Color.parse(given["text-accent"])


def test_a_theme_keeps_what_can_be_read_already() -> None:
    own = theme_named("dracula").variables
    assert (
        own["text-success"]
        == BUILTIN_THEMES["dracula"].to_color_system().generate()["text-success"]
    )


def test_the_themes_of_the_terminal_keep_its_colours() -> None:
    for name in ("ansi-dark", "ansi-light"):
        assert "text-success" not in theme_named(name).variables


def test_the_own_theme_is_as_it_is_and_no_other_is_known() -> None:
    assert theme_named(THEME.name) is THEME
    with pytest.raises(KeyError):
        theme_named("nrod")
