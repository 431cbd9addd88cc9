"""The log's SQL for single jobs and nodes and the mapping of rows, apart from who runs it.

Every statement is a constant; what varies goes in as a parameter. Those of lists are in
`list_statements`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import astuple

from jobwatch.model.formats import decode, encode
from jobwatch.model.insight import Load, Progress
from jobwatch.model.job import Job, JobStatus, Outcome
from jobwatch.model.node import Node, NodeState
from jobwatch.model.row import JobRow, Note
from jobwatch.store.implied import implied
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

IDS_FROM = "SELECT id FROM jobs WHERE id >= ? ORDER BY id LIMIT ?"

GET_WITHOUT_BODY = """
SELECT id, status, type, user, start_datetime, end_datetime, created_datetime, createdtime,
       updatedtime, message, other, NULL, seq
FROM jobs WHERE id = ?
"""

GET_BODY = "SELECT job_body FROM jobs WHERE id = ?"

# Where a job is from, and the start of the process that doesn't know it if it is lost.
ORIGIN = """
SELECT name, lost_at
FROM jobs JOIN nodes USING (node) WHERE id = ?
"""

# Only a new job takes the seq ?1 and the node ?19. One that is lost stays so while its record goes
# on and begins when it did. `ADD_FACETS` and `SET_FACETS` follow: a facet that isn't there yet is
# null until then.
UPSERT = """
INSERT INTO jobs (seq, arrival, id, started, outcome, status, type, user,
                  start_datetime, end_datetime, created_datetime, createdtime, updatedtime,
                  message, other, job_body, done, total, kind, node, facet)
VALUES (?1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
        (SELECT kind FROM kinds WHERE fingerprint = ?18), ?19,
        (SELECT facet FROM facets
         WHERE outcome = ?4 AND status IS ?5 AND type IS ?6 AND user IS ?7 AND node IS ?19))
ON CONFLICT (id) DO UPDATE SET
    outcome = CASE WHEN outcome = 3 AND excluded.outcome = 0 AND started = excluded.started
                   THEN 3 ELSE excluded.outcome END,
    lost_at = CASE WHEN excluded.outcome = 0 AND started = excluded.started THEN lost_at END,
    facet = NULL,
    started = excluded.started, status = excluded.status,
    type = excluded.type, user = excluded.user, start_datetime = excluded.start_datetime,
    end_datetime = excluded.end_datetime, created_datetime = excluded.created_datetime,
    createdtime = excluded.createdtime, updatedtime = excluded.updatedtime,
    message = excluded.message, other = excluded.other, job_body = excluded.job_body,
    done = excluded.done, total = excluded.total, kind = excluded.kind
"""

ADD_KIND = "INSERT INTO kinds (fingerprint) VALUES (?) ON CONFLICT DO NOTHING"

# ?1 an id, ?2 when, ?3 the note. A job that isn't there takes none, nor one that has a later one.
SET_NOTE = """
INSERT INTO notes (id, at, note)
SELECT id, ?2, ?3 FROM jobs WHERE id = ?1
ON CONFLICT (id) DO UPDATE SET at = excluded.at, note = excluded.note WHERE excluded.at >= at
RETURNING (SELECT started FROM jobs WHERE jobs.id = notes.id)
"""
GET_NOTE = "SELECT at, note FROM notes WHERE id = ?"
DELETE_NOTE = """
DELETE FROM notes WHERE id = ?1 RETURNING (SELECT started FROM jobs WHERE jobs.id = notes.id)
"""

DELETE = "DELETE FROM jobs WHERE id = ?"
DELETE_NOTES = "DELETE FROM notes WHERE id = ?"

# The newest start, and the last seq given.
NEWEST = "SELECT max(started), (SELECT coalesce(max(seq), 0) FROM jobs) FROM jobs"

ADD_FACETS = """
INSERT INTO facets (outcome, status, type, user, node)
SELECT DISTINCT outcome, status, type, user, node FROM jobs INDEXED BY jobs_by_facet
WHERE facet IS NULL AND NOT EXISTS (
    SELECT 1 FROM facets
    WHERE facets.outcome = jobs.outcome AND facets.status IS jobs.status
      AND facets.type IS jobs.type AND facets.user IS jobs.user AND facets.node IS jobs.node
)
"""
SET_FACETS = """
UPDATE jobs INDEXED BY jobs_by_facet SET facet = (
    SELECT facet FROM facets
    WHERE facets.outcome = jobs.outcome AND facets.status IS jobs.status
      AND facets.type IS jobs.type AND facets.user IS jobs.user AND facets.node IS jobs.node
)
WHERE facet IS NULL
"""

ADD_CHANGE = "INSERT INTO changes (reordered, changed) VALUES (?, ?)"
# Readers that are further behind than this read their keys anew.
TRIM_CHANGES = "DELETE FROM changes WHERE generation < (SELECT max(generation) FROM changes) - 999"
CHANGES_SINCE = """
SELECT coalesce(max(generation), 0), coalesce(min(generation), 0),
       min(reordered) FILTER (WHERE generation > ?1), min(changed) FILTER (WHERE generation > ?1)
FROM changes
"""

ADD_NODE = "INSERT INTO nodes (name) VALUES (?) ON CONFLICT DO NOTHING"
NODE_KEY = "SELECT node, process_started FROM nodes WHERE name = ?"

_NODE = """
SELECT name, url, state, reason, checked_at, retry_at, skew, process_started, loading,
       loaded_from, seen_until
FROM nodes
"""
NODE_BY_NAME = _NODE + "WHERE name = ?"
NODES = _NODE + "ORDER BY name"
SAVE_NODE = """
INSERT INTO nodes (name, url, state, reason, checked_at, retry_at, skew, process_started, loading,
                   loaded_from, seen_until)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET
    url = excluded.url, state = excluded.state, reason = excluded.reason,
    checked_at = excluded.checked_at, retry_at = excluded.retry_at, skew = excluded.skew,
    process_started = excluded.process_started, loading = excluded.loading,
    loaded_from = excluded.loaded_from, seen_until = excluded.seen_until
"""

# ?1 a node, ?2 a JSON array of ids. Who has a node keeps it.
CLAIM = """
UPDATE jobs SET node = ?1, facet = NULL
WHERE node IS NULL AND id IN (SELECT value FROM json_each(?2))
RETURNING started
"""
# ?1 a node, ?2 the start before which what goes on is lost, ?3 that of the process that doesn't
# know it. What has no start can't be told.
MARK_LOST = """
UPDATE jobs INDEXED BY jobs_running SET outcome = 3, lost_at = ?3, facet = NULL
WHERE outcome = 0 AND started > 0 AND started < ?2 AND node = ?1
RETURNING started
"""
# What goes on by its record, but was known to be lost where that comes from.
MARK_ONE_LOST = """
UPDATE jobs SET outcome = 3, lost_at = ?2, facet = NULL WHERE id = ?1 AND outcome = 0
RETURNING started
"""

# ?1: JSON array of instants, each the end of the day before it; for each day between, how many jobs
# started and how many of them failed or were lost.
COUNT_DAYS = """
WITH edges (day, begins, ends) AS (
    SELECT key, value, lead(value) OVER (ORDER BY key) FROM json_each(?1)
)
SELECT (SELECT count(*) FROM jobs INDEXED BY jobs_by_start
        WHERE started >= begins AND started < ends),
       (SELECT count(*) FROM jobs INDEXED BY jobs_amiss
        WHERE outcome >= 2 AND outcome <> 4 AND started >= begins AND started < ends)
FROM edges
WHERE ends IS NOT NULL
ORDER BY day
"""

OLDEST_RUNNING = "SELECT min(started) FROM jobs INDEXED BY jobs_running WHERE outcome = 0"

# The distinct values that jobs have of each field of a facet, by its name in a query: of each as
# many as one can look at.
FACET_VALUES = """
WITH living AS (
    SELECT status, type, user FROM facets
    WHERE EXISTS (SELECT 1 FROM jobs WHERE jobs.facet = facets.facet)
)
SELECT 'status', value FROM (SELECT DISTINCT status AS value FROM living ORDER BY 1 LIMIT 1000)
WHERE typeof(value) IN ('text', 'integer', 'real')
UNION ALL
SELECT 'type', value FROM (SELECT DISTINCT type AS value FROM living ORDER BY 1 LIMIT 1000)
WHERE typeof(value) IN ('text', 'integer', 'real')
UNION ALL
SELECT 'user', value FROM (SELECT DISTINCT user AS value FROM living ORDER BY 1 LIMIT 1000)
WHERE typeof(value) IN ('text', 'integer', 'real')
UNION ALL
SELECT 'node', name FROM (SELECT name FROM nodes ORDER BY 1 LIMIT 1000)
"""

# 0 is for what has no time at all.
EVENT_BEFORE = "SELECT max(started) FROM jobs WHERE started < ? AND started > 0"
START_BEFORE = "SELECT max(started) FROM jobs WHERE started < ?"
START_FROM = "SELECT min(started) FROM jobs WHERE started >= ?"

# What `row_of` reads.
ROW = """
SELECT jobs.seq, jobs.started, id, status, type, user, outcome, start_datetime, end_datetime,
       substr(message, 1, 1000), (SELECT name FROM nodes WHERE nodes.node = jobs.node),
       created_datetime, ended, done, total,
       (SELECT json_array(at, note) FROM notes WHERE notes.id = jobs.id)
"""
ROW_BY_ID = ROW + "FROM jobs WHERE id = ?"

# Beyond any date, and within SQLite's integers.
_FAR = 1 << 62


def order_of(job: Job) -> int | float:
    """Return the time that orders a job, within what SQLite can hold."""
    return min(max(job.started, -_FAR), _FAR)


def job_columns(job: Job) -> tuple[Any, ...]:
    """Return the parameters of `UPSERT` for one job, but for its seq and its node."""
    said = implied(job)
    return (
        to_column(job.id),
        order_of(job),
        said.outcome,
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
        said.done,
        said.total,
        said.kind,
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


def row_key_of(row: Sequence[Any]) -> tuple[float, int]:
    """Return what orders jobs from one row of the statements that read `JobRow`."""
    return row[1], row[0]


def row_of(row: Sequence[Any]) -> JobRow:
    """Return the line of one row of the statements that read `JobRow`."""
    is_complete = row[3] == JobStatus.COMPLETE
    has_load = row[13] is not None
    return JobRow(
        row[0],
        row[1],
        from_column(row[2]),
        from_column(row[3]),
        from_column(row[4]),
        from_column(row[5]),
        Outcome(row[6]),
        from_column(row[7]),
        from_column(row[8]),
        preview(row[9]),
        row[10] or "",
        from_column(row[11]),
        row[12],
        Load(row[13], row[14]) if has_load and is_complete else None,
        None if row[15] is None else Note(*decode(row[15])),
        Progress(row[13], row[14]) if has_load and not is_complete else None,
    )


def node_of(row: Sequence[Any]) -> Node:
    """Return the node of one row of ``NODES`` and ``NODE_BY_NAME``."""
    return Node(
        name=row[0],
        url=row[1],
        state=NodeState(row[2]),
        reason=row[3],
        checked_at=row[4],
        retry_at=row[5],
        skew=row[6],
        process_started=row[7],
        loading=bool(row[8]),
        loaded_from=row[9],
        seen_until=row[10],
    )


def node_columns(node: Node) -> tuple[Any, ...]:
    """Return the parameters of ``SAVE_NODE``."""
    return astuple(node)
