"""The log's SQL for searches: what finds the jobs of any condition, a slice of starts at a time.

``{facets}`` stands for a condition on the distinct values of `facets`, ``{of_facets}`` for that a
job is of these, and ``{where}`` for the rest (`condition_statements`). Every value is a parameter:
``:start`` and ``:end`` the half-open range of starts of a slice, ``:now`` (ms).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from jobwatch.model.query import SortKey
from jobwatch.store.list_statements import DURATION, JOB
from jobwatch.store.statements import ROW

__all__ = ["IN_RANGE", "MATCHES", "OF_FACETS", "Way", "for_each_way"]


class Way(Enum):
    """By which index the jobs of a search are found."""

    START = auto()
    """All of the range, in order of start."""
    FACET = auto()
    """Those of each facet that the query has."""
    ID = auto()
    """Those whose ids begin as the query says."""
    BEFORE = auto()
    """Those that began before the instant ``:before`` and went on at it."""


# A way may find more than the condition does, never less: the condition stands behind it all the
# same.
_IDS = """
SELECT seq FROM json_each(:ids) AS ids CROSS JOIN jobs
WHERE jobs.id >= ids.value ->> 0 AND jobs.id < ids.value ->> 1
"""
# What ran for up to a minute began up to a minute before; for what ran longer there is an index by
# the class of the length, so that each class is looked for as far back as it reaches. What is of a
# class ran for a quarter of its reach at least: few are looked at in vain.
_BEFORE = """
WITH spans (class, reach) AS (VALUES (1, 262144), (2, 1048576), (3, 4194304), (4, 16777216),
    (5, 67108864), (6, 268435456), (7, 1073741824), (8, 4294967296), (9, 9e18))
SELECT seq FROM spans CROSS JOIN jobs INDEXED BY jobs_long
WHERE span > 0 AND span = class AND started >= :before - reach AND started < :before
  AND ended >= :before
UNION ALL
SELECT seq FROM jobs INDEXED BY jobs_by_start
WHERE started >= :before - 65536 AND started < :before AND span = 0 AND ended >= :before
UNION ALL
SELECT seq FROM jobs INDEXED BY jobs_running WHERE outcome = 0 AND started < :before
"""
OF_FACETS = "facet IN (SELECT facet FROM facets WHERE {facets})"
_SOURCES: Mapping[Way, str] = {
    Way.START: "jobs INDEXED BY jobs_by_start WHERE {of_facets}",
    Way.FACET: f"jobs INDEXED BY jobs_by_facet WHERE {OF_FACETS}",
    Way.ID: f"jobs WHERE seq IN ({_IDS}) AND {{of_facets}}",
    Way.BEFORE: f"jobs WHERE seq IN ({_BEFORE}) AND {{of_facets}}",
}
IN_RANGE = " AND started >= :start AND started < :end"
MATCHES = f"{IN_RANGE} AND {{where}}"


def for_each_way(statement: str) -> Mapping[Way, str]:
    """Return a statement with ``{source}`` in it, for each way."""
    return {way: statement.replace("{source}", source) for way, source in _SOURCES.items()}


# How many facets a query has, and how many jobs those ways would look at, up to :limit.
COUNT_FACETS = "SELECT count(*) FROM facets WHERE {facets}"
PROBE = for_each_way("SELECT count(*) FROM (SELECT 1 FROM {source}" + IN_RANGE + " LIMIT :limit)")

# The start of the :offset-th job from the range's end (or beginning): where a slice ends.
SLICE_DOWN = """
SELECT started FROM jobs INDEXED BY jobs_by_start WHERE started >= :start AND started < :end
ORDER BY started DESC, arrival DESC LIMIT 1 OFFSET :offset
"""
SLICE_UP = """
SELECT started FROM jobs INDEXED BY jobs_by_start WHERE started >= :start AND started < :end
ORDER BY started, arrival LIMIT 1 OFFSET :offset
"""

# A result is numbered in a table of the reader's own: positions without gaps, from any number on.
CREATE_FOUND = """
CREATE TEMP TABLE found (
    position INTEGER PRIMARY KEY, seq INTEGER NOT NULL, started NOT NULL
)
"""
CREATE_FOUND_SEQ = "CREATE INDEX temp.found_by_seq ON found (seq)"
DROP_FOUND = "DROP TABLE IF EXISTS temp.found"
FOUND_ROWS = (
    ROW
    + "FROM temp.found LEFT JOIN jobs USING (seq)"
    + " WHERE position >= ? AND position < ? ORDER BY position"
)
# Each for itself: together they would be a scan.
FOUND_ENDS = """
SELECT (SELECT min(position) FROM temp.found), (SELECT max(position) FROM temp.found)
"""
FOUND_KEY = "SELECT started, seq FROM temp.found WHERE position = ?"
FOUND_POSITION = "SELECT position FROM temp.found WHERE seq = ?"
FOUND_NEAREST = "SELECT position FROM temp.found ORDER BY abs(started - ?), position LIMIT 1"
FORGET_BEFORE = "DELETE FROM temp.found WHERE position < ?"
FORGET_FROM = "DELETE FROM temp.found WHERE position >= ?"

# Behind the last row, and before the first: SQLite numbers rows upwards by itself, at a third of
# the cost. The order is one of expressions, so that it walks the index upwards and sorts what it
# found: a step down costs it twice a step up.
_APPEND = "INSERT INTO temp.found (seq, started) SELECT seq, started FROM {source}" + MATCHES
APPEND_UP = for_each_way(_APPEND + " ORDER BY +started, arrival")
APPEND_DOWN = for_each_way(_APPEND + " ORDER BY +started DESC, arrival DESC")
PREPEND_UP = for_each_way(
    "INSERT INTO temp.found"
    " SELECT :first - row_number() OVER (ORDER BY +started, arrival), seq, started"
    " FROM {source}" + MATCHES
)

# Up to :limit jobs or lines of a part behind a key on, where it is short enough to be sorted each
# time.
_BEHIND_UP = " AND (started, arrival) > (:key, :seq) ORDER BY started, arrival LIMIT :limit"
_BEHIND_DOWN = (
    " AND (started, arrival) < (:key, :seq) ORDER BY started DESC, arrival DESC LIMIT :limit"
)
JOBS_UP = for_each_way(JOB + "FROM {source}" + MATCHES + _BEHIND_UP)
JOBS_DOWN = for_each_way(JOB + "FROM {source}" + MATCHES + _BEHIND_DOWN)
ROWS_UP = for_each_way(ROW + "FROM {source}" + MATCHES + _BEHIND_UP)
ROWS_DOWN = for_each_way(ROW + "FROM {source}" + MATCHES + _BEHIND_DOWN)

# What ended later than :as_of had come to nothing then.
COUNT_BY_OUTCOME = for_each_way(
    "SELECT CASE WHEN ended > :as_of THEN 0 ELSE outcome END AS then_outcome, count(*)"
    " FROM {source}" + MATCHES + " GROUP BY then_outcome"
)
# On the index alone, where nothing else is asked than what it has.
COUNT_BY_FACET = (
    "SELECT (SELECT outcome FROM facets WHERE facets.facet = jobs.facet), count(*)"
    f" FROM {_SOURCES[Way.FACET]}{IN_RANGE} GROUP BY jobs.facet"
)
COUNT_ALL = for_each_way("SELECT count(*) FROM {source}" + MATCHES)

# How many jobs failed by kind of error and facet, and when the first and the last of them started;
# also on the index alone, where no more is asked than a range.
_BY_KIND = "SELECT kind, facet, count(*), min(started), max(started) FROM "
COUNT_KINDS = for_each_way(
    _BY_KIND + "{source}" + MATCHES + " AND kind IS NOT NULL GROUP BY kind, facet"
)
COUNT_ALL_KINDS = (
    _BY_KIND + "jobs INDEXED BY jobs_amiss WHERE outcome >= 2 AND kind IS NOT NULL"
    " AND started >= :start AND started < :end GROUP BY kind, facet"
)
KINDS = "SELECT kind, fingerprint FROM kinds WHERE kind IN (SELECT value FROM json_each(?))"
TYPES = "SELECT facet, type FROM facets"

# How many jobs started in each length of :length ms from :since on, by its number.
COUNT_BUCKETS = for_each_way(
    "SELECT CAST((started - :since) / :length AS INTEGER) AS bucket, count(*)"
    " FROM {source}" + MATCHES + " GROUP BY bucket"
)

# The lines of a part, those first that are most like a job of this :type and :user and :started.
MOST_ALIKE = for_each_way(
    ROW + "FROM {source}" + MATCHES + " AND seq <> :seq"
    " ORDER BY type IS :type AND user IS :user DESC, type IS :type DESC, user IS :user DESC,"
    " abs(started - :started) LIMIT :limit"
)

# Of what went on at :before, the first end behind an :instant, or the last before it.
_ENDS = f"FROM jobs WHERE seq IN ({_BEFORE})"
NEXT_END = f"SELECT min(ended) {_ENDS} AND ended > :instant"
LAST_END = f"SELECT max(ended) {_ENDS} AND ended < :instant"

_SORTS = {
    SortKey.STARTED: "started",
    SortKey.DURATION: DURATION,
    SortKey.STATUS: "status",
    SortKey.TYPE: "type",
    SortKey.USER: "user",
    SortKey.NODE: "(SELECT name FROM nodes WHERE nodes.node = jobs.node)",
    SortKey.MESSAGE: "substr(message, 1, 200)",
    SortKey.ID: "id",
}


def _sorted(direction: str) -> Mapping[tuple[Way, SortKey], str]:
    return {
        (way, key): _APPEND.replace("{source}", source)
        + f" ORDER BY {sort}{direction} NULLS LAST, started DESC, arrival DESC"
        for way, source in _SOURCES.items()
        for key, sort in _SORTS.items()
    }


SORT_DOWN = _sorted(" DESC")
SORT_UP = _sorted("")
