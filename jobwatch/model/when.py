"""Instants, ranges, zones and durations (first version)."""
from __future__ import annotations
import datetime as dt, os, re, time, calendar
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo
Milliseconds = int | float
class WhenError(ValueError): pass
@dataclass(frozen=True, slots=True)
class TimeRange:
    start: int | None = None
    end: int | None = None
ALWAYS = TimeRange()
@dataclass(frozen=True, slots=True)
class Zone:
    name: str
    info: dt.tzinfo
UTC = Zone("UTC", dt.UTC)
def local_zone() -> Zone:
    name = os.environ.get("TZ") or "UTC"
    return zone_named(name)
def zone_named(text: str) -> Zone:
    if text.lower() == "utc": return UTC
    if text == "local": return local_zone()
    try: return Zone(text, ZoneInfo(text))
    except Exception as e: raise WhenError(f"unknown zone {text}") from e
def now_ms() -> int: return time.time_ns() // 1_000_000
def _at(ms, zone):
    try: return dt.datetime.fromtimestamp(ms / 1000, zone.info)
    except Exception: return None
def parse_period(text, *, now, zone) -> TimeRange:
    m = re.fullmatch(r"-(\d+)([smhdw])", text)
    if m:
        t = now - int(m[1]) * {"s":1000,"m":60000,"h":3600000,"d":86400000,"w":604800000}[m[2]]
        return TimeRange(t, t)
    day = _at(now, zone).date()
    if text == "today": d = day
    elif text == "yesterday": d = day - dt.timedelta(1)
    else:
        try: d = dt.date.fromisoformat(text)
        except ValueError as e: raise WhenError(f"{text!r} is not a date: 2026-11-23, 2026-03, today, -7d") from e
    return TimeRange(day_start(d, zone), day_start(d + dt.timedelta(1), zone))
def parse_range(from_text, to_text, *, now, zone) -> TimeRange:
    a = parse_period(from_text, now=now, zone=zone).start if from_text else None
    b = parse_period(to_text, now=now, zone=zone).end if to_text else None
    if a is not None and b is not None and a > b: raise WhenError("from is after to")
    return TimeRange(a, b)
def iso(ms):
    d = _at(ms, UTC)
    return None if d is None else d.strftime("%Y-%m-%dT%H:%M:%S.") + f"{d.microsecond//1000:03}Z"
def _f(ms, zone, fmt):
    if not isinstance(ms, (int, float)): return "–"
    d = _at(ms, zone)
    return d.strftime(fmt) if d else "–"
def date_time(ms, zone): return _f(ms, zone, "%Y-%m-%d %H:%M:%S")
def day_time(ms, zone): return _f(ms, zone, "%m-%d %H:%M:%S")
def hour_minute(ms, zone): return _f(ms, zone, "%H:%M")
def date_time_exact(ms, zone): return _f(ms, zone, "%Y-%m-%d %H:%M:%S")
def offset(ms, zone): return "+00:00"
def zone_label(ms, zone): return zone.name
def duration(ms):
    if ms < 0: return "–"
    if ms < 1000: return f"{int(ms)}ms"
    if ms < 60000: return f"{ms/1000:.1f}s"
    return elapsed(ms)
def elapsed(ms):
    s = max(int(ms // 1000), 0); h, r = divmod(s, 3600); m, s = divmod(r, 60)
    return f"{h}:{m:02}:{s:02}" if h else f"{m}:{s:02}"
def describe(range, zone): return f"{date_time(range.start, zone)} → {date_time(range.end, zone)}"
class Preset(NamedTuple):
    label: str
    range: TimeRange
def presets(now, zone): return ()
def day_start(date, zone): return int(dt.datetime.combine(date, dt.time(), zone.info).timestamp() * 1000)
def day_of(ms, zone): return _at(ms, zone).date()
def month_range(y, m, zone): return TimeRange(day_start(dt.date(y, m, 1), zone), day_start(dt.date(y + m // 12, m % 12 + 1, 1), zone))
def day_edges(y, m, zone):
    n = calendar.monthrange(y, m)[1]
    return [day_start(dt.date(y, m, d), zone) for d in range(1, n + 1)] + [month_range(y, m, zone).end]
