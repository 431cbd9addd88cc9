"""Which browser is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.chromium import DRIVER, PROGRAMS, installed


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_browser_is_found_by_each_of_its_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert installed() is None
    for name in (program, DRIVER):
        assert installed() is None
        (tmp_path / name).touch(mode=0o700)
    assert installed() == (str(tmp_path / program), str(tmp_path / DRIVER))


def test_what_runs_all_tests_knows_no_names_of_its_own() -> None:
    script = (Path(__file__).parents[2] / ".ci" / "run").read_text("utf-8")
    assert "tests.browser.chromium import installed" in script
    assert "command -v chrom" not in script
