"""The log's SQL for following which jobs begin and end."""

from __future__ import annotations

__all__ = ["GOING_ON", "LAST", "MATCHING", "MATCHING_BEGUN", "NEW", "STATES"]

LAST = "SELECT seq, id FROM jobs ORDER BY seq DESC LIMIT 1"

GOING_ON = "SELECT seq, status FROM jobs INDEXED BY jobs_running WHERE outcome = 0"

# What arrived behind a seq, and what became of those of a JSON array of seqs.
_STATE = """
SELECT seq, id, status, outcome, started, typeof(start_datetime) IN ('integer', 'real'), ended
FROM jobs
"""
NEW = _STATE + "WHERE seq > ?"
STATES = _STATE + "WHERE seq IN (SELECT value FROM json_each(?))"

# Those of a JSON array of seqs that a query finds...
MATCHING = """
SELECT seq FROM jobs
WHERE seq IN (SELECT value FROM json_each(:seqs)) AND started >= :start AND started < :end
  AND {where}
"""

# ...and those that it would have found when they had begun, though they are over: a condition asks
# for columns of `jobs` by name, and gets these.
MATCHING_BEGUN = (
    """
WITH jobs AS (
    SELECT seq, id, started, facet, node, type, user, start_datetime, created_datetime, job_body,
           'IN_PROGRESS' AS status, 0 AS outcome, NULL AS end_datetime, NULL AS ended,
           NULL AS took, NULL AS message, NULL AS kind, NULL AS done, NULL AS total
    FROM main.jobs WHERE seq IN (SELECT value FROM json_each(:seqs))
)
"""
    + MATCHING
)
