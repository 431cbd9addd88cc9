"""The log's SQL for lists of jobs: a view, a range of starts, a node, a condition, an order.

Every statement is a constant, with its parameters by name; those that differ by `Source` are
mappings. ``:start`` and ``:end`` are the half-open range of starts, ``:node`` a node's name, and
``:started`` with ``:seq`` the key of a job in an order of start. Where ``{where}`` stands, a
condition goes in (`condition_statements`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from jobwatch.model.query import JobQuery, View
from jobwatch.store.statements import ROW

__all__ = ["DURATION", "JOB", "OF_NODE", "Source", "source_of"]


class Source(NamedTuple):
    """What finds a list's jobs in order: those of a view, of all nodes or of one."""

    view: View
    one_node: bool = False


def source_of(query: JobQuery) -> Source:
    """Return the source of a query."""
    return Source(query.view, query.node is not None)


OF_NODE = " AND node = (SELECT node FROM nodes WHERE name = :node)"
# An index in the order of a list, and what makes it partial.
_RUNNING = "jobs INDEXED BY jobs_running WHERE outcome = 0"
_FAILED = "jobs INDEXED BY jobs_amiss WHERE outcome >= 2 AND outcome <> 4"
_SOURCES: Mapping[Source, str] = {
    Source(View.ALL): "jobs INDEXED BY jobs_by_start WHERE TRUE",
    Source(View.ALL, one_node=True): "jobs INDEXED BY jobs_by_node WHERE TRUE" + OF_NODE,
    Source(View.RUNNING): _RUNNING,
    Source(View.RUNNING, one_node=True): _RUNNING + OF_NODE,
    Source(View.FAILED): _FAILED,
    Source(View.FAILED, one_node=True): _FAILED + OF_NODE,
}


def _for_each_source(statement: str) -> Mapping[Source, str]:
    return {key: statement.replace("{source}", source) for key, source in _SOURCES.items()}


JOB = """
SELECT id, status, type, user, start_datetime, end_datetime, created_datetime, createdtime,
       updatedtime, message, other, job_body, seq, started
"""
_IN_RANGE = "FROM {source} AND started >= :start AND started < :end"
# A second lower bound would be taken for the seek, and the key for a filter behind it.
_FROM_KEY = "FROM {source} AND started < :end AND (started, arrival) >= (:started, :seq)"
_UP = " ORDER BY started, arrival"
_DOWN = " ORDER BY started DESC, arrival DESC"

COUNT_RUNNING = f"SELECT count(*) FROM {_RUNNING}"
# How many failed, were lost or are partial; how many were lost; how many are partial.
COUNT_AMISS = """
SELECT count(*), ifnull(sum(outcome = 3), 0), ifnull(sum(outcome = 4), 0)
FROM jobs INDEXED BY jobs_amiss WHERE outcome >= 2 AND started >= ? AND started < ?
"""
NTH_AMISS = """
SELECT started FROM jobs INDEXED BY jobs_amiss WHERE outcome >= 2
ORDER BY started DESC, arrival DESC LIMIT 1 OFFSET ?
"""
# As many as there are where nothing was ever deleted, and read in no time.
ESTIMATE_ALL = "SELECT coalesce(max(seq), 0) FROM jobs"

NEWEST_ROWS = _for_each_source(ROW + _IN_RANGE + _DOWN + " LIMIT :limit")
FIRST_KEY = _for_each_source("SELECT started, seq " + _IN_RANGE + _UP + " LIMIT 1")
COUNT_RANGE = _for_each_source("SELECT count(*) " + _IN_RANGE)
IS_LISTED = _for_each_source(
    "SELECT count(*) FROM {source} AND started = :started AND arrival = :seq"
    " AND :started >= :start AND :started < :end"
)
# The next :limit keys from the key on, each :stride rows apart.
NEXT_KEYS = _for_each_source("""
WITH RECURSIVE hop (started, seq) AS (
    VALUES (:started, :seq)
    UNION ALL
    SELECT next.started, next.seq FROM hop CROSS JOIN jobs AS next
    WHERE next.seq = (SELECT seq FROM {source} AND started < :end
                      AND (started, arrival) >= (hop.started, hop.seq)
                      ORDER BY started, arrival LIMIT 1 OFFSET :stride)
    LIMIT :limit + 1
)
SELECT started, seq FROM hop LIMIT -1 OFFSET 1
""")
COUNT_FROM = _for_each_source("SELECT count(*) " + _FROM_KEY)
# From the key to, but without, the key (:to_started, :to_seq).
COUNT_BETWEEN = _for_each_source(
    "SELECT count(*) FROM {source} AND (started, arrival) >= (:started, :seq)"
    " AND (started, arrival) < (:to_started, :to_seq)"
)
# :limit rows from the :offset-th behind the key on.
ROWS_FROM = _for_each_source(ROW + _FROM_KEY + _UP + " LIMIT :limit OFFSET :offset")

_MATCHES = " AND {where}"
COUNT_MATCHES = _for_each_source("SELECT count(*) " + _IN_RANGE + _MATCHES)

# Up to :limit jobs from behind a key on, to the range's other end.
_BEHIND_DOWN = "FROM {source} AND started >= :start AND (started, arrival) < (:started, :seq)"
_BEHIND_UP = "FROM {source} AND started < :end AND (started, arrival) > (:started, :seq)"
JOBS_DOWN = _for_each_source(JOB + _BEHIND_DOWN + _MATCHES + _DOWN + " LIMIT :limit")
JOBS_UP = _for_each_source(JOB + _BEHIND_UP + _MATCHES + _UP + " LIMIT :limit")
ROWS_DOWN = _for_each_source(ROW + _BEHIND_DOWN + _MATCHES + _DOWN + " LIMIT :limit")
ROWS_UP = _for_each_source(ROW + _BEHIND_UP + _MATCHES + _UP + " LIMIT :limit")

# :now is for those that go on.
DURATION = """
CASE WHEN typeof(start_datetime) NOT IN ('integer', 'real') THEN NULL
     WHEN typeof(end_datetime) IN ('integer', 'real') THEN end_datetime - start_datetime
     WHEN outcome = 0 THEN :now - start_datetime END
"""
