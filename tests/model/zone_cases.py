"""Zones with something to them, and instants at which their clocks do something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC as UTC_INFO
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from jobwatch.model.when import UTC, Zone

NAMES = (
    "Europe/Zurich",
    "Europe/Berlin",
    "America/St_Johns",  # went back at a minute past midnight, into the day before
    "America/Sao_Paulo",  # left midnight out
    "America/Havana",  # has midnight twice
    "Africa/Cairo",
    "Africa/Casablanca",  # changes around Ramadan
    "Asia/Beirut",
    "Asia/Kathmandu",  # 05:45 ahead
    "Australia/Lord_Howe",  # changes by half an hour
    "Pacific/Kiritimati",  # 14 hours ahead, and left out a day
    "Pacific/Apia",
    "Pacific/Niue",  # 11 hours behind
    "Pacific/Midway",
)
ZONES = {"UTC": UTC, **{name: Zone(name, ZoneInfo(name)) for name in NAMES}}
ZURICH = ZONES["Europe/Zurich"]
KIRITIMATI = ZONES["Pacific/Kiritimati"]
APIA = ZONES["Pacific/Apia"]

NEVER = {(KIRITIMATI, date(1994, 12, 31)), (APIA, date(2011, 12, 30))}
"""Days that a zone never had: it went over the date line."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC_INFO)
MILLISECOND = timedelta(milliseconds=1)
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000


def wall(ms: int, zone: Zone) -> datetime:
    """Return what zoneinfo says about an instant."""
    return (EPOCH + ms * MILLISECOND).astimezone(zone.info)


def at(text: str, zone: Zone = UTC) -> int:
    """Return the instant of an ISO date, of `zone` where it has none."""
    moment = datetime.fromisoformat(text)
    return ((moment if moment.tzinfo else moment.replace(tzinfo=zone.info)) - EPOCH) // MILLISECOND


@lru_cache
def changes(zone: Zone) -> list[int]:
    """Return the instants from 1973 to 2040 at which a zone's clock changes."""

    def offset(second: int) -> timedelta | None:
        return wall(second * 1000, zone).utcoffset()

    found, step = [], 10 * 86_400
    for begin in range(94_694_400, 2_208_988_800, step):
        low, high = begin, begin + step
        if offset(low) == offset(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offset(begin) else (low, middle)
        found.append(high * 1000)
    return found


def _near_changes(reach: int) -> Callable[[Zone], st.SearchStrategy[tuple[Zone, int]]]:
    def near(zone: Zone) -> st.SearchStrategy[tuple[Zone, int]]:
        some = st.sampled_from(changes(zone) or [0])
        return st.tuples(st.just(zone), st.builds(int.__add__, some, st.integers(-reach, reach)))

    return near


zones = st.sampled_from([*ZONES.values()])
days = st.dates(date(1973, 1, 1), date(2200, 1, 1))
instants = st.integers(at("1973-01-01"), at("2200-01-01"))
moments = st.one_of(
    st.tuples(zones, instants),
    zones.flatmap(_near_changes(2 * HOUR)),
    zones.flatmap(_near_changes(2 * DAY)),
)
"""A zone and an instant, most of them about a change of its clock."""
