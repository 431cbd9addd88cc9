"""The log's SQL and the mapping of its rows, apart from who runs them.

Every statement is a constant; what varies goes in as a parameter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jobwatch.model.formats import encode
from jobwatch.model.job import Job, Phase
from jobwatch.model.query import SortKey, View
from jobwatch.model.row import JobRow
from jobwatch.store.values import from_column, preview, to_column

GET_BY_ID = """
SELECT id, status, type, user, start_datetime, end_datetime, created_datetime, createdtime,
       updatedtime, message, other, job_body, seq
FROM jobs WHERE id = ?
"""

# One parameter, a JSON array of ids, whatever its length.
GET_BY_IDS = """
SELECT id, status, type, user, start_datetime, end_datetime, created_datetime, createdtime,
       updatedtime, message, other, job_body, seq
FROM jobs WHERE id IN (SELECT value FROM json_each(?))
"""

GET_WITHOUT_BODY = """
SELECT id, status, type, user, start_datetime, end_datetime, created_datetime, createdtime,
       updatedtime, message, other, NULL, seq
FROM jobs WHERE id = ?
"""

GET_BODY = "SELECT job_body FROM jobs WHERE id = ?"

NODES = "SELECT node FROM job_nodes JOIN jobs USING (seq) WHERE id = ? ORDER BY node"

# The first parameter is a seq, which only a new job takes.
UPSERT = """
INSERT INTO jobs (seq, arrival, id, started, ended, status, type, user,
                  start_datetime, end_datetime, created_datetime, createdtime, updatedtime,
                  message, other, job_body)
VALUES (?1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
ON CONFLICT (id) DO UPDATE SET
    started = excluded.started, ended = excluded.ended, status = excluded.status,
    type = excluded.type, user = excluded.user, start_datetime = excluded.start_datetime,
    end_datetime = excluded.end_datetime, created_datetime = excluded.created_datetime,
    createdtime = excluded.createdtime, updatedtime = excluded.updatedtime,
    message = excluded.message, other = excluded.other, job_body = excluded.job_body
"""

ADD_NODE = """
INSERT INTO job_nodes (seq, node) SELECT seq, ? FROM jobs WHERE id = ?
ON CONFLICT DO NOTHING
"""

DELETE_NODES = "DELETE FROM job_nodes WHERE seq = (SELECT seq FROM jobs WHERE id = ?)"
DELETE = "DELETE FROM jobs WHERE id = ?"

# The newest start, and the last seq given.
NEWEST = "SELECT max(started), (SELECT coalesce(max(seq), 0) FROM jobs) FROM jobs"

ADD_REORDER = "INSERT INTO reorders (lowest) VALUES (?)"
# Readers that are further behind than this read their keys anew.
TRIM_REORDERS = (
    "DELETE FROM reorders WHERE generation < (SELECT max(generation) FROM reorders) - 999"
)
REORDERS_SINCE = """
SELECT coalesce(max(generation), 0), min(lowest) FILTER (WHERE generation > ?1),
       coalesce(min(generation), 0)
FROM reorders
"""

COUNT_RUNNING = "SELECT count(*) FROM jobs INDEXED BY jobs_running WHERE ended = 0"
COUNT_FAILED = "SELECT count(*) FROM jobs INDEXED BY jobs_failed WHERE status = 'ERROR'"
# As many as there are where nothing was ever deleted, and read in no time.
ESTIMATE_ALL = "SELECT coalesce(max(seq), 0) FROM jobs"

# ?1: JSON array of instants, each the end of the day before it; counts of the days between.
COUNT_DAYS = """
SELECT (SELECT count(*) FROM jobs INDEXED BY jobs_by_start
        WHERE started >= day.value AND started < (SELECT value FROM json_each(?1) AS next
                                                  WHERE next.key = day.key + 1))
FROM json_each(?1) AS day
WHERE day.key < json_array_length(?1) - 1
ORDER BY day.key
"""

START_BEFORE = "SELECT max(started) FROM jobs WHERE started < ?"
START_FROM = "SELECT min(started) FROM jobs WHERE started >= ?"

ROW_BY_ID = """
SELECT seq, started, id, status, type, user, ended, start_datetime, end_datetime,
       substr(message, 1, 1000)
FROM jobs WHERE id = ?
"""

# How each view finds its jobs: an index in the order of a list, and what makes it partial.
_SOURCES = {
    View.ALL: "jobs INDEXED BY jobs_by_start WHERE TRUE",
    View.RUNNING: "jobs INDEXED BY jobs_running WHERE ended = 0",
    View.FAILED: "jobs INDEXED BY jobs_failed WHERE status = 'ERROR'",
}


def _for_each_view(statement: str) -> dict[View, str]:
    return {view: statement.replace("{source}", source) for view, source in _SOURCES.items()}


_ROW = """
SELECT seq, started, id, status, type, user, ended, start_datetime, end_datetime,
       substr(message, 1, 1000)
"""

# In all of these: ?1 ?2 the range [from, to) of starts.
NEWEST_ROWS = _for_each_view(
    _ROW + "FROM {source} AND started >= ?1 AND started < ?2"
    " ORDER BY started DESC, arrival DESC LIMIT ?3"
)
FIRST_KEY = _for_each_view(
    "SELECT started, seq FROM {source} AND started >= ?1 AND started < ?2"
    " ORDER BY started, arrival LIMIT 1"
)
COUNT_RANGE = _for_each_view("SELECT count(*) FROM {source} AND started >= ?1 AND started < ?2")
IS_LISTED = _for_each_view(
    "SELECT count(*) FROM {source} AND started = ?3 AND arrival = ?4 AND ?3 >= ?1 AND ?3 < ?2"
)

# In these: ?1 the end of the range, (?2, ?3) a key in it. A second lower bound would be taken for
# the seek, and the key for a filter behind it.
# The next ?5 keys from the key on, each ?4 rows apart.
NEXT_KEYS = _for_each_view("""
WITH RECURSIVE hop (started, seq) AS (
    VALUES (?2, ?3)
    UNION ALL
    SELECT next.started, next.seq FROM hop CROSS JOIN jobs AS next
    WHERE next.seq = (SELECT seq FROM {source} AND started < ?1
                      AND (started, arrival) >= (hop.started, hop.seq)
                      ORDER BY started, arrival LIMIT 1 OFFSET ?4)
    LIMIT ?5 + 1
)
SELECT started, seq FROM hop LIMIT -1 OFFSET 1
""")
COUNT_FROM = _for_each_view(
    "SELECT count(*) FROM {source} AND started < ?1 AND (started, arrival) >= (?2, ?3)"
)
# From the key (?1, ?2) to, but without, the key (?3, ?4).
COUNT_BETWEEN = _for_each_view(
    "SELECT count(*) FROM {source} AND (started, arrival) >= (?1, ?2)"
    " AND (started, arrival) < (?3, ?4)"
)
# ?5 rows from the ?4th behind the key on.
ROWS_FROM = _for_each_view(
    _ROW + "FROM {source} AND started < ?1 AND (started, arrival) >= (?2, ?3)"
    " ORDER BY started, arrival LIMIT ?5 OFFSET ?4"
)

_MATCHES = r"""
 AND (id LIKE ?3 ESCAPE '\' OR type LIKE ?3 ESCAPE '\' OR user LIKE ?3 ESCAPE '\'
      OR message LIKE ?3 ESCAPE '\'
      OR typeof(message) = 'blob' AND CAST(message AS TEXT) LIKE ?4 ESCAPE '\')
"""

# A result that no index has in order is numbered once, in a table of the reader's own.
CREATE_FOUND = "CREATE TEMP TABLE found (position INTEGER PRIMARY KEY, seq INTEGER NOT NULL)"
CREATE_FOUND_SEQ = "CREATE INDEX temp.found_by_seq ON found (seq)"
DROP_FOUND = "DROP TABLE IF EXISTS temp.found"
COUNT_FOUND = "SELECT coalesce(max(position), 0) FROM temp.found"

# The start of the ?3th row from the range's end (or beginning): where a slice of a search ends.
SLICE_DOWN = _for_each_view(
    "SELECT started FROM {source} AND started >= ?1 AND started < ?2"
    " ORDER BY started DESC, arrival DESC LIMIT 1 OFFSET ?3"
)
SLICE_UP = _for_each_view(
    "SELECT started FROM {source} AND started >= ?1 AND started < ?2"
    " ORDER BY started, arrival LIMIT 1 OFFSET ?3"
)
# Upwards even where the newest are wanted first: SQLite steps from row to next row at half the cost
# of a step back.
FIND = _for_each_view(
    "SELECT seq FROM {source} AND started >= ?1 AND started < ?2"
    + _MATCHES
    + " ORDER BY started, arrival"
)
ADD_FOUND = "INSERT INTO temp.found (seq) VALUES (?)"

# ?5 is now, for those that go on.
_DURATION = """
CASE WHEN typeof(start_datetime) NOT IN ('integer', 'real') THEN NULL
     WHEN typeof(end_datetime) IN ('integer', 'real') THEN end_datetime - start_datetime
     WHEN NOT ended THEN ?5 - start_datetime END
"""
_SORTS = {
    SortKey.STARTED: "started",
    SortKey.DURATION: _DURATION,
    SortKey.STATUS: "status",
    SortKey.TYPE: "type",
    SortKey.USER: "user",
}


def _sorted(order: str) -> dict[tuple[View, SortKey], str]:
    head = (
        "INSERT INTO temp.found (seq) SELECT seq FROM {source} AND started >= ?1 AND started < ?2"
    )
    return {
        (view, key): (head + _MATCHES + order).replace("{source}", source).replace("{sort}", sort)
        for view, source in _SOURCES.items()
        for key, sort in _SORTS.items()
    }


SORT_DOWN = _sorted(" ORDER BY {sort} DESC NULLS LAST, started DESC, arrival DESC")
SORT_UP = _sorted(" ORDER BY {sort} NULLS LAST, started DESC, arrival DESC")

FOUND_ROWS = """
SELECT jobs.seq, started, id, status, type, user, ended, start_datetime, end_datetime,
       substr(message, 1, 1000)
FROM temp.found LEFT JOIN jobs USING (seq)
WHERE position > ?1 AND position <= ?2
ORDER BY position
"""
FOUND_POSITION = "SELECT position FROM temp.found WHERE seq = ?"
FOUND_NEAREST = """
SELECT position FROM temp.found JOIN jobs USING (seq) ORDER BY abs(started - ?1), position LIMIT 1
"""

COUNT_MATCHES = _for_each_view(
    "SELECT count(*) FROM {source} AND started >= ?1 AND started < ?2" + _MATCHES
)
_JOB = """
SELECT id, status, type, user, start_datetime, end_datetime, created_datetime, createdtime,
       updatedtime, message, other, job_body, seq, started
"""
# Whole jobs from behind a key on, up to ?6 of them: to the range's other end ?1.
JOBS_DOWN = _for_each_view(
    _JOB
    + "FROM {source} AND started >= ?1 AND (started, arrival) < (?2, ?5)"
    + _MATCHES
    + " ORDER BY started DESC, arrival DESC LIMIT ?6"
)
JOBS_UP = _for_each_view(
    _JOB
    + "FROM {source} AND started < ?1 AND (started, arrival) > (?2, ?5)"
    + _MATCHES
    + " ORDER BY started, arrival LIMIT ?6"
)


# Beyond any date, and within SQLite's integers.
_FAR = 1 << 62


def order_of(job: Job) -> int | float:
    """Return the time that orders a job, within what SQLite can hold."""
    return min(max(job.started, -_FAR), _FAR)


def job_columns(job: Job) -> tuple[Any, ...]:
    """Return the parameters of `UPSERT` for one job, but for its seq."""
    return (
        to_column(job.id),
        order_of(job),
        job.phase is Phase.ENDED,
        to_column(job.status),
        to_column(job.type),
        to_column(job.user),
        to_column(job.start_datetime),
        to_column(job.end_datetime),
        to_column(job.created_datetime),
        to_column(job.createdtime),
        to_column(job.updatedtime),
        to_column(job.message),
        encode(job.other) if job.other else None,
        to_column(job.job_body),
    )


def job_of(row: Sequence[Any]) -> Job:
    """Return the job of one row of the ``GET_`` and ``JOBS_`` statements."""
    other = from_column(row[10])
    return Job(
        id=from_column(row[0]),
        status=from_column(row[1]),
        type=from_column(row[2]),
        user=from_column(row[3]),
        start_datetime=from_column(row[4]),
        end_datetime=from_column(row[5]),
        created_datetime=from_column(row[6]),
        createdtime=from_column(row[7]),
        updatedtime=from_column(row[8]),
        message=from_column(row[9]),
        other=other if isinstance(other, dict) else {},
        job_body=from_column(row[11]),
    )


def key_of(row: Sequence[Any]) -> tuple[float, int]:
    """Return what orders jobs from one row of the ``JOBS_`` statements."""
    return row[13], row[12]


def row_of(row: Sequence[Any]) -> JobRow:
    """Return the line of one row of the statements that read `JobRow`."""
    return JobRow(
        row[0],
        row[1],
        from_column(row[2]),
        from_column(row[3]),
        from_column(row[4]),
        from_column(row[5]),
        bool(row[6]),
        from_column(row[7]),
        from_column(row[8]),
        preview(row[9]),
    )


def like(text: str) -> tuple[str, str]:
    r"""Return the LIKE patterns (escape ``\``) for text as it is, and as it stands within JSON."""
    return _pattern(text), _pattern(encode(text)[1:-1].decode())


def _pattern(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
