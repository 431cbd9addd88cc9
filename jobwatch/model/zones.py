"""Zones by their names: the machine's own, a typed one, all that there are."""

from __future__ import annotations

import os
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from jobwatch.model.when import UTC, WhenError, Zone

__all__ = ["local_zone", "zone_named", "zone_names", "zones_matching"]

# What the systems' lists have besides: the machine's own zone, and what stands for none.
_NO_NAMES = {"localtime", "Factory"}


def local_zone() -> Zone:
    """Return the machine's zone: ``TZ`` where it is set, else the system's own."""
    name = os.environ.get("TZ", "").lstrip(":")
    if not name:
        try:
            name = os.readlink("/etc/localtime")
        except OSError:
            name = ""
    found = _zone(name.rpartition("zoneinfo/")[2])
    if found is None:
        from jobwatch.model.dates import system_zone

        found = system_zone()
    return _zone(found.name) or found


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """Return IANA's names of zones, in the order of the alphabet."""
    return tuple(sorted(available_timezones() - _NO_NAMES))


def zone_named(text: str) -> Zone:
    """Return the zone that is meant by a typed name; `WhenError` if none is, or several are.

    It is ``local``, ``UTC``, a name of IANA's, or the last part of one if no other ends so:
    ``berlin``, ``new york``. Case doesn't count.
    """
    typed = "_".join(text.split())
    if typed.lower() == "local":
        return local_zone()
    found = _zone(typed)
    if found is not None:
        return found
    by_name = {name.lower(): name for name in zone_names()}
    by_place = _by_place(by_name.values())
    meant = [by_name[typed.lower()]] if typed.lower() in by_name else by_place.get(typed.lower())
    if meant is None:
        near = get_close_matches(typed.lower(), [*by_name, *by_place], n=1)
        hint = f"; did you mean {by_name.get(near[0]) or by_place[near[0]][0]}?" if near else ""
        raise WhenError(
            f"there is no zone {text!r}: local, UTC or a name such as Europe/Zurich is accepted"
            f"{hint}"
        )
    if len(meant) > 1:
        raise WhenError(f"several zones are called {text!r}: {', '.join(meant)}")
    return Zone(meant[0], ZoneInfo(meant[0]))


def zones_matching(text: str, names: Iterable[str]) -> list[str]:
    """Return the names in which all words of a text occur, the best first.

    Best is a name, or its last part, that is the text; then a last part that begins with it; then
    names in which each word begins a part. What is as good stays in its order.
    """
    words = _plain(text).split()
    found = [name for name in names if all(word in _plain(name) for word in words)]
    return sorted(found, key=lambda name: _distance(words, _plain(name)))


def _distance(words: list[str], name: str) -> int:
    place, typed = name.rpartition("/")[2], " ".join(words)
    if typed in (name, place):
        return 0
    if place.startswith(typed):
        return 1
    starts = f" {name}".replace("/", " ")
    return 2 if all(f" {word}" in starts for word in words) else 3


def _plain(text: str) -> str:
    return text.lower().replace("_", " ")


def _by_place(names: Iterable[str]) -> dict[str, list[str]]:
    """Return the names by their last parts, in lower case."""
    places: dict[str, list[str]] = {}
    for name in names:
        # Etc/GMT+5 is five hours behind UTC: who types GMT+5 may well mean the opposite.
        if not name.startswith("Etc/"):
            places.setdefault(name.rpartition("/")[2].lower(), []).append(name)
    return places


def _zone(name: str) -> Zone | None:
    if name.upper() in ("UTC", "ETC/UTC"):
        return UTC
    try:
        return Zone(name, ZoneInfo(name)) if name else None
    except (KeyError, OSError, ValueError):  # no such zone; a folder of zones; a path
        return None
