"""What a line says of a kind of error."""

from __future__ import annotations

from typing import Any

import pytest

from jobwatch.model.kinds import MOMENT_WIDTH, ErrorKind, moment, shown_type, times, wording
from jobwatch.model.when import UTC, Zone
from jobwatch.model.zones import zone_named

NOW = 1_795_471_396_000  # 2026-11-23T22:03:16Z
MINUTE, DAY = 60_000, 86_400_000
ZURICH = zone_named("Europe/Zurich")


def a_kind(fingerprint: str = "Table '…' does not exist", **fields: Any) -> ErrorKind:
    return ErrorKind(fingerprint, 17, NOW, NOW, "csv_data_load", 1)._replace(**fields)


def test_a_kind_tells_how_often_it_came_and_what_it_says() -> None:
    assert times(a_kind()) == "17 ×"
    assert times(a_kind(count=1_204_311)) == "1,204,311 ×"
    assert wording(a_kind()) == "Table '…' does not exist"
    assert wording(a_kind("")) == "without a message"


def test_a_kind_tells_one_type_and_how_many_others() -> None:
    assert shown_type(a_kind()) == "csv_data_load"
    assert shown_type(a_kind(types=3)) == "csv_data_load +2"
    assert shown_type(a_kind(type="")) == "–"
    assert shown_type(a_kind(type="", types=2)) == "– +1"


@pytest.mark.parametrize("text", ["a\nb\tc", "\x1b[2J", "right\u202eto", "\x9b31m"])
def test_no_text_of_a_job_reaches_a_line_as_anything_but_text(text: str) -> None:
    assert wording(a_kind(text)).isprintable()
    assert shown_type(a_kind(type=text)).isprintable()


@pytest.mark.parametrize(
    ("ms", "zone", "text"),
    [
        (NOW - 781 * MINUTE, UTC, "09:02"),
        (NOW - 781 * MINUTE, ZURICH, "10:02"),
        (NOW - 23 * 60 * MINUTE, UTC, "11-22 23:03"),
        # Past midnight in Zurich, and not in UTC.
        (NOW + 60 * MINUTE, UTC, "23:03"),
        (NOW + 60 * MINUTE, ZURICH, "11-24 00:03"),
        (NOW - 400 * DAY, UTC, "2025-10-19"),
        (0, UTC, "–"),
        (1e300, UTC, "–"),
    ],
)
def test_a_moment_has_its_day_only_where_that_is_not_today(
    ms: float, zone: Zone, text: str
) -> None:
    assert moment(ms, zone, NOW) == text
    assert len(text) <= MOMENT_WIDTH
