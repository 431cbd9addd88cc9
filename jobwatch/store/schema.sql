-- The job log, schema version 5.
--
-- The columns of a record have no type, so that SQLite keeps each value as it was given:
--   NULL      the record has no such key
--   TEXT      a string
--   INTEGER,
--   REAL      a number
--   BLOB      any other JSON value, as JSON (null too)
--
-- The columns that a list shows come first and the body last: a page never reads the
-- overflow pages of a large body.

CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY,
    id NOT NULL UNIQUE,
    -- seq once more, under a name that isn't the rowid's: SQLite compares a key (started, seq) by its
    -- first part alone, and a thousand jobs of the same start would be a thousand steps.
    arrival INTEGER NOT NULL,
    started NOT NULL,          -- start, else created, else __createdtime__, else 0: never null
    outcome INTEGER NOT NULL,  -- 0 none yet, 1 ended, 2 failed, 3 lost, 4 partial
    node INTEGER,              -- that it was seen on first
    facet INTEGER,             -- null only within the write that makes it
    lost_at INTEGER,           -- of a lost one: the start of the process that doesn't know it
    done INTEGER,              -- how many records it did, of how many: null where it doesn't say
    total INTEGER,
    kind INTEGER,              -- of its error, if it failed
    -- Where its run ends, as far as that is known; what goes on has none.
    ended GENERATED ALWAYS AS (
        CASE WHEN outcome = 0 THEN NULL
             WHEN typeof(end_datetime) IN ('integer', 'real') THEN end_datetime
             WHEN outcome = 3 THEN ifnull(lost_at, started)
             ELSE started END
    ) VIRTUAL,
    -- The class of the length of its run, for queries on what ran at an instant: class n > 0 reaches
    -- up to 65,536 * 4^n ms, the last one any length (store/search_statements.py).
    span GENERATED ALWAYS AS (
        CASE WHEN ended IS NULL OR ended - started <= 65536 THEN 0
             WHEN ended - started <= 262144 THEN 1
             WHEN ended - started <= 1048576 THEN 2
             WHEN ended - started <= 4194304 THEN 3
             WHEN ended - started <= 16777216 THEN 4
             WHEN ended - started <= 67108864 THEN 5
             WHEN ended - started <= 268435456 THEN 6
             WHEN ended - started <= 1073741824 THEN 7
             WHEN ended - started <= 4294967296 THEN 8
             ELSE 9 END
    ) VIRTUAL,
    -- How long it took, where that is known.
    took GENERATED ALWAYS AS (
        CASE WHEN outcome <> 0 AND typeof(start_datetime) IN ('integer', 'real')
              AND typeof(end_datetime) IN ('integer', 'real')
             THEN end_datetime - start_datetime END
    ) VIRTUAL,
    status,
    type,
    user,
    start_datetime,
    end_datetime,
    created_datetime,
    createdtime,               -- __createdtime__
    updatedtime,               -- __updatedtime__
    message,
    other,                     -- keys that jobwatch doesn't know, as one JSON object
    job_body
);

-- Each is in the order of a list, and covers counts and keys: a partial index has its condition's
-- column too. Statistics and what is usual come from jobs_by_facet alone.
CREATE INDEX jobs_by_start ON jobs (started, arrival);
CREATE INDEX jobs_by_node ON jobs (node, started, arrival) WHERE node IS NOT NULL;
CREATE INDEX jobs_by_facet ON jobs (facet, started, arrival, took, done);
CREATE INDEX jobs_running ON jobs (outcome, started, arrival, node) WHERE outcome = 0;
CREATE INDEX jobs_amiss ON jobs (started, arrival, outcome, node, kind, facet)
WHERE outcome >= 2;
CREATE INDEX jobs_long ON jobs (span, started, ended, arrival) WHERE span > 0;

-- The distinct values that jobs have of what a query can ask for by name; a job's `facet` is its row
-- here. A query runs on this short table first, and finds the jobs by an index then.
CREATE TABLE facets (
    facet INTEGER PRIMARY KEY,
    outcome INTEGER NOT NULL,
    status,
    type,
    user,
    node INTEGER
);
CREATE INDEX facets_by_value ON facets (outcome, status, type, user, node);

-- The kinds of errors, each as what all of its messages say (model/insight.py).
CREATE TABLE kinds (
    kind INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL UNIQUE
);

-- What somebody wrote to a job that needed attention, and when (epoch ms).
CREATE TABLE notes (
    id NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    note TEXT NOT NULL
) WITHOUT ROWID;

-- The nodes that are mirrored or were, each as its mirror last knew it (model/node.py). Its times
-- are epoch milliseconds.
CREATE TABLE nodes (
    node INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'not watched',
    reason TEXT NOT NULL DEFAULT '',
    checked_at INTEGER,
    retry_at INTEGER,
    skew INTEGER,
    process_started INTEGER,
    loading INTEGER NOT NULL DEFAULT 0,
    loaded_from INTEGER,
    seen_until REAL
);

-- What readers that keep something must know: from which start on a write changed the order of jobs
-- other than by growing at its newest end, and the lowest start of the jobs that it changed at all.
-- Written in the transaction that changed it; the oldest entries are dropped.
CREATE TABLE changes (
    generation INTEGER PRIMARY KEY,
    reordered,
    changed NOT NULL
);

-- Before which end (epoch ms) the jobs of each status were pruned: a mirror brings none of them back
-- (store/pruning.py). The status is in upper case, and '' is any.
CREATE TABLE floors (
    status TEXT NOT NULL PRIMARY KEY,
    ended_before INTEGER NOT NULL
) WITHOUT ROWID;
