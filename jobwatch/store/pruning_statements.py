"""The log's SQL for pruning: what is old, how it goes, and what is known of it from then on."""

from __future__ import annotations

from jobwatch.store.connect import BUSY_TIMEOUT

__all__ = [
    "AUTO_VACUUM",
    "CHECKPOINT",
    "DELETE",
    "DELETE_NOTES",
    "ENDED_STATUSES",
    "FLOORS",
    "FREE_PAGES",
    "GIVE_BACK",
    "LOOK",
    "LOOK_AGAIN",
    "PAGES",
    "PAGE_SIZE",
    "RAISE_FLOOR",
    "SLICE",
    "TRUNCATE",
    "UNKNOWN_IDS",
    "WAIT_AS_EVER",
    "WAIT_FOR_NOBODY",
]

SLICE = 1_000
"""How many jobs `LOOK` looks at, whatever they are."""

# ?1, ?2 the key behind which it begins, ?3 the instant before which what has ended is old: the last
# column says whether a job has. What has no time at all could be of any age.
LOOK = f"""
SELECT seq, started, arrival, status, outcome <> 0 AND ended < ?3 AND ended <> 0
FROM jobs INDEXED BY jobs_by_start
WHERE (started, arrival) > (?1, ?2) AND started < ?3
ORDER BY started, arrival
LIMIT {SLICE}
"""

# The same of those that are still there of a JSON array ?1 of seqs, but for the id; ?2 as ?3 above.
LOOK_AGAIN = """
SELECT seq, started, id, status, outcome <> 0 AND ended < ?2 AND ended <> 0
FROM jobs WHERE seq IN (SELECT value FROM json_each(?1)) AND started < ?2
"""

# One parameter, a JSON array of seqs. The notes go first: they are found by their jobs.
DELETE_NOTES = """
DELETE FROM notes
WHERE id IN (SELECT id FROM jobs WHERE seq IN (SELECT value FROM json_each(?1)))
"""
DELETE = "DELETE FROM jobs WHERE seq IN (SELECT value FROM json_each(?1))"

# Those of a JSON array of ids that no job has.
UNKNOWN_IDS = """
SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE id = value)
"""

ENDED_STATUSES = """
SELECT DISTINCT status FROM facets
WHERE outcome <> 0 AND typeof(status) = 'text'
  AND EXISTS (SELECT 1 FROM jobs WHERE jobs.facet = facets.facet)
"""

FLOORS = "SELECT status, ended_before FROM floors"
RAISE_FLOOR = """
INSERT INTO floors (status, ended_before) VALUES (?, ?)
ON CONFLICT (status) DO UPDATE SET ended_before = max(ended_before, excluded.ended_before)
"""

# 0: free pages are used again, but the file never gets smaller.
AUTO_VACUUM = "PRAGMA auto_vacuum"
PAGE_SIZE = "PRAGMA page_size"
PAGES = "PRAGMA page_count"
FREE_PAGES = "PRAGMA freelist_count"
# So few pages that how long they take tells how long the next will.
GIVE_BACK = "PRAGMA incremental_vacuum(16)"

# The first lets everybody work on, and leaves little to the second, which others must wait for, and
# which waits for nobody.
CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)"
WAIT_FOR_NOBODY = "PRAGMA busy_timeout = 0"
TRUNCATE = "PRAGMA wal_checkpoint(TRUNCATE)"
WAIT_AS_EVER = f"PRAGMA busy_timeout = {BUSY_TIMEOUT}"
