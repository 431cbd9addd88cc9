"""Which dates are accepted, and which instant each is."""

from __future__ import annotations

from datetime import UTC as UTC_INFO
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.api.dates import LAST_INSTANT, read_date
from jobwatch.model.when import UTC
from jobwatch.model.zones import zone_named

ZURICH = zone_named("Europe/Zurich")
DAY = 86_400_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC_INFO)


def ms(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC_INFO)
    return round(moment.timestamp() * 1000)


NOVEMBER_23 = ms(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-23", NOVEMBER_23),
        ("20261123", NOVEMBER_23),
        ("+002026-11-23", NOVEMBER_23),
        ("+0020261123", NOVEMBER_23),
        ("2026-W48-1", NOVEMBER_23),
        ("2026W481", NOVEMBER_23),
        ("2026-W48", NOVEMBER_23),
        ("2026W48", NOVEMBER_23),
        ("2026-327", NOVEMBER_23),
        ("2026327", NOVEMBER_23),
        ("2026-11", ms(2026, 11, 1)),
        ("202611", ms(2026, 11, 1)),
        ("2026", ms(2026, 1, 1)),
        ("2026-W01", ms(2025, 12, 29)),
        ("2026-W53-7", ms(2027, 1, 3)),
        ("2024-366", ms(2024, 12, 31)),
        ("2024-02-29", ms(2024, 2, 29)),
        ("2026-11-23T21", ms(2026, 11, 23, 21)),
        ("2026-11-23T21:05", ms(2026, 11, 23, 21, 5)),
        ("2026-11-23 21:05", ms(2026, 11, 23, 21, 5)),
        ("2026-11-23T21:05:07", ms(2026, 11, 23, 21, 5, 7)),
        ("20261123T210507", ms(2026, 11, 23, 21, 5, 7)),
        ("2026-W48-1T21:05", ms(2026, 11, 23, 21, 5)),
        ("2026327T2105Z", ms(2026, 11, 23, 21, 5)),
        ("2026-11-23T00:00:00.5", NOVEMBER_23 + 500),
        ("2026-11-23T00:00:00,05", NOVEMBER_23 + 50),
        ("2026-11-23T00:00:00.123456", NOVEMBER_23 + 123),
        ("2026-11-23T00:00:00.9999999999", NOVEMBER_23 + 999),
        ("2026-11-23T24:00", NOVEMBER_23 + DAY),
        ("2026-11-23T24:00:00.000Z", NOVEMBER_23 + DAY),
        ("2026-12-31T24", ms(2027, 1, 1)),
        ("2026-11-23T00:00Z", NOVEMBER_23),
        ("2026-11-23T00Z", NOVEMBER_23),
        ("2026-11-23T00:00-0000", NOVEMBER_23),
        ("2026-11-23T00:00:00.000+0000", NOVEMBER_23),
        ("2026-11-23T00:00-07:00", ms(2026, 11, 23, 7)),
        ("2026-11-23T00:00+0530", ms(2026, 11, 22, 18, 30)),
        ("2026-11-23T00:00+02", ms(2026, 11, 22, 22)),
        (2026, ms(2026, 1, 1)),
        (2026.0, ms(2026, 1, 1)),
        (20261123, NOVEMBER_23),
    ],
)
def test_a_date_of_iso_8601_is_its_first_instant(text: object, instant: int) -> None:
    assert read_date(text, UTC) == instant


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        True,
        [],
        ["2026"],
        {"year": 2026},
        # Other notations
        "yesterday",
        "11/23/2026",
        "Mon, 23 Nov 2026 00:00:00 GMT",
        "1795392000000",
        1_795_392_000_000,
        1_795_392_000.5,
        -2026,
        12_026,
        10**400,
        1e300,
        # No such day or time
        "2026-02-30",
        "2026-02-29",
        "2026-00",
        "2026-13",
        "2026-11-00",
        "2026-000",
        "2026-366",
        "2026-W00",
        "2025-W53",
        "2026-W48-0",
        "2026-W48-8",
        "2026-11-23T24:01",
        "2026-11-23T24:00:00.001",
        "2026-11-23T25",
        "2026-11-23T12:60",
        "2026-11-23T12:00:60",
        # Not quite ISO 8601
        " 2026-11-23",
        "2026-11-23 ",
        "2026-11-23\n",
        "2026-11-23T",
        "2026-11-23T1",
        "2026-11-23t00:00",
        "2026-11-23T00:00z",
        "2026-11-23T00:00 Z",
        "2026-11-23T00:00+5",
        "2026-11-23T00:00:00.",
        "2026-11-23T10.5",
        "2026-11-23Z",
        "2026-11-23+02:00",
        "2026-1-23",
        "2026-1123",
        "202611-23",
        "2026-11-23T2105",
        "20261123T21:05",
        "2026-11T00:00",
        "2026-W48T00:00",
        "2026T00:00",
        "202",
        "20261",
        "+2026-11-23",
        "+002026",
        "+002026-11",
        "+002026-327",
        "+002026-W48-1",
        "\u0662\u0660\u0662\u0666",
    ],
)
def test_anything_else_is_refused(value: Any) -> None:
    assert read_date(value, UTC) is None


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-23", NOVEMBER_23 - 3_600_000),
        ("2026-07", ms(2026, 6, 30, 22)),
        (2026, ms(2025, 12, 31, 23)),
        ("2026-11-23T00:00Z", NOVEMBER_23),
        ("2026-11-23T00:00+01:00", NOVEMBER_23 - 3_600_000),
        ("2026-11-22T24:00", NOVEMBER_23 - 3_600_000),
        # The clock goes from 2 to 3, and from 3 to 2.
        ("2026-03-29T02:30", ms(2026, 3, 29, 1, 30)),
        ("2026-10-25T02:30", ms(2026, 10, 25, 0, 30)),
    ],
)
def test_a_date_without_a_zone_is_one_of_the_server_s(text: object, instant: int) -> None:
    assert read_date(text, ZURICH) == instant


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("0000", -62_167_219_200_000),
        ("0001-01-01T00:00+14:00", -62_135_596_800_000 - 14 * 3_600_000),
        ("-000001-01-01", -62_198_755_200_000),
        ("9999-12-31T24:00", 253_402_300_800_000),
        ("+012026-11-23", 317_364_912_000_000),
        ("+275760-09-13T00:00Z", LAST_INSTANT),
        ("-271821-04-20T00:00Z", -LAST_INSTANT),
        ("+275760-09-13T00:00:00.001Z", None),
        ("-271821-04-19T23:59:59.999Z", None),
        ("+999999-12-31", None),
        ("9999-W53-7", None),
    ],
)
def test_years_that_python_has_no_dates_for_are_dates_up_to_javascript_s_last(
    text: str, instant: int | None
) -> None:
    assert read_date(text, UTC) == instant
    assert (read_date(text, ZURICH) is None) == (instant is None)


@given(
    st.integers(ms(1, 1, 3), ms(9999, 12, 29)),
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from(["T", " "]),
)
def test_what_python_writes_is_read_as_that_instant(
    instant: int, minutes: int, separator: str
) -> None:
    zone = timezone(timedelta(minutes=minutes))
    moment = (EPOCH + timedelta(milliseconds=instant)).astimezone(zone)
    assert read_date(moment.isoformat(separator, "milliseconds"), ZURICH) == instant
    whole = moment.isoformat(separator, "seconds")
    assert read_date(whole, ZURICH) == instant // 1000 * 1000


@given(st.dates(min_value=date(1, 1, 8)))
def test_the_notations_of_a_day_agree(day: date) -> None:
    year, week, weekday = day.isocalendar()
    texts = {
        day.isoformat(),
        day.isoformat().replace("-", ""),
        f"+00{day.isoformat()}",
        f"{day.year:04}-{day.timetuple().tm_yday:03}",
        f"{year:04}-W{week:02}-{weekday}",
    }
    instant = (day - EPOCH.date()).days * DAY
    assert {read_date(text, UTC) for text in texts} == {instant}


@given(st.text(alphabet="0123456789-+:TWZ .,", max_size=26))
def test_no_text_is_more_than_refused(text: str) -> None:
    instant = read_date(text, ZURICH)
    assert instant is None or abs(instant) <= LAST_INSTANT
