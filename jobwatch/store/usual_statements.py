"""The log's SQL for what is usual, and for what goes on by its record alone.

All of it is put into temporary tables of the connection: queries such as ``is:late`` look there.
"""

from __future__ import annotations

__all__ = [
    "ADD_GONE",
    "ARE_THERE",
    "CREATE",
    "FILL_LONGEST",
    "FILL_PACES",
    "FILL_USUAL",
    "FORGET_GONE",
    "FORGET_LONGEST",
    "FORGET_PACES",
    "FORGET_USUAL",
    "GONE",
    "IS_FRESH",
    "LENGTHS",
    "PACES",
    "RUNNING_PROCESSES",
    "SET_MADE",
    "SKEWS",
]

# `paces`: by type and user, or by type and '' for all users, in ms; `usual`: what holds for the
# jobs of a facet; `longest`: by type, the longest run that it ever had; `gone`: the jobs that go on
# while their process doesn't.
CREATE = (
    """
CREATE TEMP TABLE IF NOT EXISTS paces (type, user, p50, p95, runs, PRIMARY KEY (type, user))
""",
    """
CREATE TEMP TABLE IF NOT EXISTS usual (facet INTEGER PRIMARY KEY, p50, p95, longest, runs)
""",
    "CREATE TEMP TABLE IF NOT EXISTS longest (type PRIMARY KEY, took)",
    "CREATE TEMP TABLE IF NOT EXISTS gone (seq INTEGER PRIMARY KEY)",
    "CREATE TEMP TABLE IF NOT EXISTS made (what TEXT PRIMARY KEY, at INTEGER)",
)
# The last of them.
ARE_THERE = "SELECT 1 FROM temp.sqlite_master WHERE name = 'made'"
# By SQLite's own clock, for it is of no meaning to the jobs.
IS_FRESH = """
SELECT 1 FROM temp.made
WHERE what = ? AND at > strftime('%s', 'now') - ? AND at <= strftime('%s', 'now') + 0
"""
SET_MADE = "REPLACE INTO temp.made VALUES (?, strftime('%s', 'now'))"

FORGET_PACES = "DELETE FROM temp.paces"
FORGET_LONGEST = "DELETE FROM temp.longest"
FORGET_USUAL = "DELETE FROM temp.usual"
FORGET_GONE = "DELETE FROM temp.gone"

# :last runs that ended well, of each type and of each user's, :fewest at least. None of them began
# before the :last-th of any of its facets, so that few are looked at.
FILL_PACES = """
WITH good AS MATERIALIZED (
    SELECT facet, type, user, (
        SELECT started FROM jobs INDEXED BY jobs_by_facet
        WHERE jobs.facet = facets.facet AND took >= 0
        ORDER BY started DESC, arrival DESC LIMIT 1 OFFSET :last - 1
    ) AS edge
    FROM facets WHERE outcome = 1 AND typeof(type) = 'text'
),
parts AS MATERIALIZED (
    SELECT type, user, facet,
           ifnull(max(edge) OVER (PARTITION BY type, user), -9e18) AS edge
    FROM good WHERE typeof(user) = 'text' AND user <> ''
    UNION ALL
    SELECT type, '', facet, ifnull(max(edge) OVER (PARTITION BY type), -9e18) FROM good
),
runs AS (
    SELECT parts.type, parts.user, took, row_number() OVER (
        PARTITION BY parts.type, parts.user ORDER BY started DESC, arrival DESC
    ) AS place
    FROM parts CROSS JOIN jobs INDEXED BY jobs_by_facet
    WHERE jobs.facet = parts.facet AND started >= parts.edge AND took >= 0
),
ranked AS (
    SELECT type, user, took,
           row_number() OVER (PARTITION BY type, user ORDER BY took) AS rank,
           count(*) OVER (PARTITION BY type, user) AS runs
    FROM runs WHERE place <= :last
)
INSERT INTO temp.paces
SELECT type, user,
       max(took) FILTER (WHERE rank <= (50 * runs + 99) / 100),
       max(took) FILTER (WHERE rank <= (95 * runs + 99) / 100),
       runs
FROM ranked GROUP BY type, user HAVING runs >= :fewest
"""
# Of the types of which any job goes on: only these may be beyond anything. What took longer than
# 262,144 ms is in the index of long runs; a longest run that was shorter tells no more than that.
FILL_LONGEST = """
INSERT INTO temp.longest
SELECT type, max(262144, ifnull(took, 0))
FROM (
    SELECT DISTINCT type FROM facets WHERE facet IN (
        SELECT facet FROM jobs INDEXED BY jobs_running WHERE outcome = 0
    )
) LEFT JOIN (
    SELECT facets.type, max(took) AS took
    FROM jobs INDEXED BY jobs_long CROSS JOIN facets USING (facet)
    WHERE span > 0 AND span >= 2 GROUP BY facets.type
) USING (type)
"""
# :own runs of the same user tell more than those of all.
FILL_USUAL = """
INSERT INTO temp.usual
SELECT facet, p50, p95, longest.took, runs
FROM facets LEFT JOIN temp.longest USING (type)
JOIN temp.paces ON paces.type = facets.type AND paces.user = ifnull((
    SELECT user FROM temp.paces AS own
    WHERE own.type = facets.type AND own.user = facets.user AND own.runs >= :own
), '')
"""
PACES = """
SELECT type, user, p50, p95, ifnull(longest.took, 9e999), runs
FROM temp.paces LEFT JOIN temp.longest USING (type) WHERE user = '' OR runs >= :own
"""
SKEWS = "SELECT name, skew FROM nodes WHERE skew IS NOT NULL"

# The lengths of the last runs that ended well of a :type, and of a :user if it is not null, and
# began before a key.
LENGTHS = """
WITH good AS MATERIALIZED (
    SELECT facet, (
        SELECT started FROM jobs INDEXED BY jobs_by_facet
        WHERE jobs.facet = facets.facet AND (started, arrival) < (:started, :seq) AND took >= 0
        ORDER BY started DESC, arrival DESC LIMIT 1 OFFSET :last - 1
    ) AS edge
    FROM facets WHERE outcome = 1 AND type = :type AND (:user IS NULL OR user = :user)
)
SELECT took FROM (
    SELECT took FROM good CROSS JOIN jobs INDEXED BY jobs_by_facet
    WHERE jobs.facet = good.facet AND started >= (SELECT ifnull(max(edge), -9e18) FROM good)
      AND (started, arrival) < (:started, :seq) AND took >= 0
    ORDER BY started DESC, arrival DESC LIMIT :last
)
ORDER BY took
"""

RUNNING_PROCESSES = """
SELECT seq, other FROM jobs INDEXED BY jobs_running
WHERE outcome = 0 AND other IS NOT NULL
ORDER BY started, arrival LIMIT :most
"""
GONE = "SELECT id FROM temp.gone JOIN jobs USING (seq) WHERE outcome = 0"
ADD_GONE = "INSERT INTO temp.gone SELECT value FROM json_each(?)"
