"""The log's SQL for exports. Every statement has one parameter."""

from __future__ import annotations

from jobwatch.store.list_statements import JOB

__all__ = ["JOBS", "KNOWN", "SEQS_OF_IDS", "SEQ_OF_ID"]

# Of a JSON array of ids, or of one: what orders those jobs.
SEQS_OF_IDS = """
SELECT started, seq FROM jobs WHERE id IN (SELECT value FROM json_each(?))
"""
SEQ_OF_ID = "SELECT started, seq FROM jobs WHERE id = ?"

# Of a JSON array of seqs: those jobs in order of start, as `job_of` reads them.
JOBS = JOB + "FROM jobs WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY started, arrival"

# ...and what is known of them: the seq, what makes an `Origin`, and what makes a `Note`.
KNOWN = """
SELECT seq, name, lost_at, at, note
FROM jobs LEFT JOIN nodes USING (node) LEFT JOIN notes USING (id)
WHERE seq IN (SELECT value FROM json_each(?))
"""
