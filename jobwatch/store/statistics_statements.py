"""The log's SQL for statistics: what is counted of each group of a slice of jobs.

The statements are filled in as those of `search_statements`. Further parameters are ``:as_of``
(ms, infinite for now) and, by day, ``:origin`` and ``:length``: when days begin that are equally
long, in ms.
"""

from __future__ import annotations

from collections.abc import Mapping

from jobwatch.model.statistics import By
from jobwatch.store.search_statements import IN_RANGE, MATCHES, Way, for_each_way

__all__ = ["BY_FACET", "BY_WAY", "NEWEST_START"]

# What orders jobs is 0 where they have no time at all: they are of no day.
_DAY = "CASE WHEN started <> 0 THEN CAST((started - :origin) / :length AS INTEGER) END"
_PARTS: Mapping[By, str] = {
    By.TYPE: "{source}.type",
    By.USER: "{source}.user",
    By.NODE: "{source}.node",
    By.DAY: _DAY,
}
_NAMES: Mapping[By, str] = {
    By.TYPE: "part",
    By.USER: "part",
    By.NODE: "(SELECT name FROM nodes WHERE nodes.node = part)",
    By.DAY: "part",
}

# What makes a `Counted`; the lengths are a JSON array. Sums are of floats: they know no overflow.
# The limit is none, but without it SQLite would read from the table what a job's result is made of,
# to make it anew behind the sort.
_COUNTED = """
SELECT {name}, count(*), count(*) FILTER (WHERE result <> 0),
       count(*) FILTER (WHERE result IN (2, 3)), count(*) FILTER (WHERE result = 4),
       json_group_array(length) FILTER (WHERE length IS NOT NULL),
       total(done) FILTER (WHERE length IS NOT NULL),
       total(length) FILTER (WHERE done IS NOT NULL)
FROM ({jobs} LIMIT -1) GROUP BY part
"""

# What ended later than :as_of had come to nothing then. A length that is negative, or of thousands
# of years, is none.
_JOB = """
SELECT {part} AS part, CASE WHEN {over} > :as_of THEN 0 ELSE {outcome} END AS result,
       CASE WHEN {over} <= :as_of AND took >= 0 AND took < 1e15 THEN took END AS length,
       CASE WHEN {over} <= :as_of THEN done END AS done
"""

# On the index alone, where nothing else is asked than what it and its facets have; only for what
# has no length the job itself is looked at.
_JOBS_BY_FACET = (
    _JOB.replace("{over}", "ifnull(started + took, ended)").replace("{outcome}", "chosen.outcome")
    + "FROM (SELECT facet, outcome, type, user, node FROM facets WHERE {facets}) AS chosen"
    " CROSS JOIN jobs INDEXED BY jobs_by_facet"
    f" WHERE jobs.facet = chosen.facet{IN_RANGE}"
)
_JOBS_BY_WAY = (
    _JOB.replace("{over}", "ended").replace("{outcome}", "outcome") + "FROM {source}" + MATCHES
)


def _for_each_part(jobs: str, source: str) -> Mapping[By, str]:
    return {
        by: _COUNTED.replace("{name}", _NAMES[by])
        .replace("{jobs}", jobs)
        .replace("{part}", part.replace("{source}", source))
        for by, part in _PARTS.items()
    }


BY_FACET = _for_each_part(_JOBS_BY_FACET, "chosen")
BY_WAY: Mapping[By, Mapping[Way, str]] = {
    by: for_each_way(statement) for by, statement in _for_each_part(_JOBS_BY_WAY, "jobs").items()
}

# The newest start of a slice.
NEWEST_START = """
SELECT max(started) FROM jobs INDEXED BY jobs_by_start WHERE started >= :start AND started < :end
"""
