"""The option that says in which zone times are."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from jobwatch.cli import jobwatch


@pytest.mark.parametrize("command", ["watch", "search", "sync http://n1:9925", "demo", "show a"])
def test_an_unknown_zone_is_an_error_that_names_the_option_and_the_nearest(command: str) -> None:
    result = CliRunner().invoke(jobwatch, [*command.split(), "--zone", "Europe/Zurick"])
    assert (result.exit_code, result.stdout) == (2, "")
    said = re.sub(r"\s+", " ", result.stderr)
    assert "Invalid value for '--zone': there is no zone 'Europe/Zurick'" in said
    assert "did you mean Europe/Zurich?" in said


def test_a_place_that_several_zones_have_is_an_error_with_all_of_them() -> None:
    result = CliRunner().invoke(jobwatch, ["watch", "--zone", "louisville"])
    assert result.exit_code == 2
    assert "America/Kentucky/Louisville, America/Louisville" in re.sub(r"\s+", " ", result.stderr)
