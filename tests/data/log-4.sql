-- A log of schema version 4: nothing is in it of what was pruned.

PRAGMA application_id = 1785684599;
PRAGMA user_version = 4;

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

INSERT INTO nodes (node, name, url, state, reason, checked_at, retry_at, skew, process_started, loading, loaded_from, seen_until)
VALUES (1, 'n1', 'http://n1:9925', 'not watched', '', NULL, NULL, NULL, 50000, 0, NULL, NULL);
INSERT INTO kinds (kind, fingerprint)
VALUES (1, 'Table ''…'' does not exist');
INSERT INTO facets (facet, outcome, status, type, user, node)
VALUES (1, 1, 'COMPLETE', 'csv_data_load', 'ada', NULL);
INSERT INTO facets (facet, outcome, status, type, user, node)
VALUES (2, 4, 'COMPLETE', 'csv_data_load', 'ada', NULL);
INSERT INTO facets (facet, outcome, status, type, user, node)
VALUES (3, 2, 'ERROR', 'csv_url_load', 'bob', NULL);
INSERT INTO facets (facet, outcome, status, type, user, node)
VALUES (4, 0, 'IN_PROGRESS', 'export_local', 'bob', NULL);
INSERT INTO facets (facet, outcome, status, type, user, node)
VALUES (5, 0, 'IN_PROGRESS', 'csv_data_load', 'ada', 1);
INSERT INTO facets (facet, outcome, status, type, user, node)
VALUES (6, 1, 'COMPLETE', 'csv_data_load', 'ada', 1);
INSERT INTO facets (facet, outcome, status, type, user, node)
VALUES (7, 3, 'IN_PROGRESS', 'csv_data_load', 'ada', 1);
INSERT INTO jobs (seq, id, arrival, started, outcome, node, facet, lost_at, done, total, kind, status, type, user, start_datetime, end_datetime, created_datetime, createdtime, updatedtime, message, other, job_body)
VALUES (1, 'whole', 1, 1000, 1, NULL, 1, NULL, 379, 379, NULL, 'COMPLETE', 'csv_data_load', 'ada', 1000, 3000, NULL, NULL, NULL, 'successfully loaded 379 of 379 records', NULL, X'7B227461626C65223A22646F67227D');
INSERT INTO jobs (seq, id, arrival, started, outcome, node, facet, lost_at, done, total, kind, status, type, user, start_datetime, end_datetime, created_datetime, createdtime, updatedtime, message, other, job_body)
VALUES (2, 'partial', 2, 2000, 4, NULL, 2, NULL, 9, 12, NULL, 'COMPLETE', 'csv_data_load', 'ada', 2000, 7000, NULL, NULL, NULL, 'successfully loaded 9 of 12 records', NULL, NULL);
INSERT INTO jobs (seq, id, arrival, started, outcome, node, facet, lost_at, done, total, kind, status, type, user, start_datetime, end_datetime, created_datetime, createdtime, updatedtime, message, other, job_body)
VALUES (3, 'failed', 3, 3000, 2, NULL, 3, NULL, NULL, NULL, 1, 'ERROR', 'csv_url_load', 'bob', 3000, 3100, NULL, NULL, NULL, X'7B226572726F72223A225461626C6520276465762E646F672720646F6573206E6F74206578697374227D', X'7B226F726967696E223A2263726F6E227D', NULL);
INSERT INTO jobs (seq, id, arrival, started, outcome, node, facet, lost_at, done, total, kind, status, type, user, start_datetime, end_datetime, created_datetime, createdtime, updatedtime, message, other, job_body)
VALUES (4, 'running', 4, 60000, 0, NULL, 4, NULL, NULL, NULL, NULL, 'IN_PROGRESS', 'export_local', 'bob', 60000, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO jobs (seq, id, arrival, started, outcome, node, facet, lost_at, done, total, kind, status, type, user, start_datetime, end_datetime, created_datetime, createdtime, updatedtime, message, other, job_body)
VALUES (5, 'lost', 5, 4000, 3, 1, 7, 50000, NULL, NULL, NULL, 'IN_PROGRESS', 'csv_data_load', 'ada', 4000, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO jobs (seq, id, arrival, started, outcome, node, facet, lost_at, done, total, kind, status, type, user, start_datetime, end_datetime, created_datetime, createdtime, updatedtime, message, other, job_body)
VALUES (6, 'there', 6, 5000, 1, 1, 6, NULL, NULL, NULL, NULL, 'COMPLETE', 'csv_data_load', 'ada', 5000, 6000, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO notes (id, at, note)
VALUES ('partial', 8000, 'the file was cut');
INSERT INTO changes (generation, reordered, changed)
VALUES (1, 4000, 4000);
INSERT INTO changes (generation, reordered, changed)
VALUES (2, NULL, 4000);
INSERT INTO changes (generation, reordered, changed)
VALUES (3, NULL, 2000);
