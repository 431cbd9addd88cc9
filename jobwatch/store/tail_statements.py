"""The log's SQL for following which jobs begin and end."""

from __future__ import annotations

__all__ = ["GOING_ON", "LAST", "MATCHING", "NEW", "STATES"]

LAST = "SELECT seq, id FROM jobs ORDER BY seq DESC LIMIT 1"

GOING_ON = "SELECT seq, status FROM jobs INDEXED BY jobs_running WHERE outcome = 0"

# What arrived behind a seq, and what became of those of a JSON array of seqs.
_STATE = "SELECT seq, status, outcome, started, ended, id FROM jobs "
NEW = _STATE + "WHERE seq > ?"
STATES = _STATE + "WHERE seq IN (SELECT value FROM json_each(?))"

# Those of a JSON array of seqs that a query finds.
MATCHING = """
SELECT seq FROM jobs
WHERE seq IN (SELECT value FROM json_each(:seqs)) AND started >= :start AND started < :end
  AND {where}
"""
