-- A log of schema version 3: what the records of some jobs imply is not in it yet.

PRAGMA application_id = 1785684599;
PRAGMA user_version = 3;

CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY,
    id NOT NULL UNIQUE,
    -- seq once more, under a name that isn't the rowid's: SQLite compares a key (started, seq) by its
    -- first part alone, and a thousand jobs of the same start would be a thousand steps.
    arrival INTEGER NOT NULL,
    started NOT NULL,          -- start, else created, else __createdtime__, else 0: never null
    outcome INTEGER NOT NULL,  -- 0 none yet, 1 ended, 2 failed, 3 lost
    node INTEGER,              -- that it was seen on first
    facet INTEGER,             -- null only within the write that makes it
    lost_at INTEGER,           -- of a lost one: the start of the process that doesn't know it
    -- Where its run ends, as far as that is known; what goes on has none.
    ended GENERATED ALWAYS AS (
        CASE WHEN outcome = 0 THEN NULL
             WHEN typeof(end_datetime) IN ('integer', 'real') THEN end_datetime
             WHEN outcome = 3 THEN ifnull(lost_at, started)
             ELSE started END
    ) VIRTUAL,
    -- The class of the length of its run, for queries on what ran at an instant: class n > 0 reaches
    -- up to 65,536 * 4^n ms, the last one any length (store/overlap_statements.py).
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
-- column too.
CREATE INDEX jobs_by_start ON jobs (started, arrival);
CREATE INDEX jobs_by_node ON jobs (node, started, arrival) WHERE node IS NOT NULL;
CREATE INDEX jobs_by_facet ON jobs (facet, started, arrival);
CREATE INDEX jobs_running ON jobs (outcome, started, arrival, node) WHERE outcome = 0;
CREATE INDEX jobs_failed ON jobs (started, arrival, outcome, node) WHERE outcome >= 2;
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

INSERT INTO nodes (node, name, state, process_started, loading) VALUES
    (1, 'n1', 'not watched', 60000, 0);
INSERT INTO facets (facet, outcome, status, type, user, node) VALUES
    (1, 1, 'COMPLETE', 'csv_data_load', 'ada', NULL),
    (2, 1, 'COMPLETE', 'export', 'bob', NULL),
    (3, 2, 'ERROR', 'csv_data_load', 'ada', NULL),
    (4, 2, 'ERROR', 'export', NULL, NULL),
    (5, 2, 'ERROR', 7, CAST('null' AS BLOB), NULL),
    (6, 0, 'CREATED', 'csv_data_load', '', NULL),
    (7, 1, 'DONE', NULL, NULL, NULL),
    (8, 0, 'IN_PROGRESS', 'csv_data_load', 'ada', 1),
    (9, 2, 'ERROR', 'csv_data_load', 'ada', 1),
    (10, 1, 'COMPLETE', 'csv_data_load', 'ada', 1),
    (11, 3, 'IN_PROGRESS', 'csv_data_load', 'ada', 1),
    (12, 1, 'COMPLETE', 'gone', NULL, NULL);
INSERT INTO jobs (seq, id, arrival, started, outcome, node, facet, lost_at, status, type, user,
    start_datetime, end_datetime, created_datetime, message, other, job_body) VALUES
    (1, 'whole', 1, 100, 1, NULL, 1, NULL, 'COMPLETE', 'csv_data_load', 'ada', 100, 2100, NULL, 'successfully loaded 379 of 379 records', NULL, NULL),
    (2, 'partial', 2, 200, 1, NULL, 1, NULL, 'COMPLETE', 'csv_data_load', 'ada', 200, 5200, NULL, 'successfully loaded 9 of 12 records', NULL, NULL),
    (3, 'plain', 3, 300, 1, NULL, 1, NULL, 'COMPLETE', 'csv_data_load', 'ada', 300, 400, NULL, 'ok', NULL, NULL),
    (4, 'none', 4, 400, 1, NULL, 1, NULL, 'COMPLETE', 'csv_data_load', 'ada', 400, 500, NULL, 'successfully loaded 0 of 12 records', NULL, NULL),
    (5, 'other', 5, 500, 1, NULL, 2, NULL, 'COMPLETE', 'export', 'bob', 500, 700, NULL, CAST('{"message":"7 of 8 records successfully exported","x":1}' AS BLOB), NULL, NULL),
    (6, 'failed', 6, 600, 2, NULL, 3, NULL, 'ERROR', 'csv_data_load', 'ada', 600, 700, NULL, 'Table ''dev.dogs'' does not exist', NULL, NULL),
    (7, 'failed too', 7, 700, 2, NULL, 4, NULL, 'ERROR', 'export', NULL, 700, 800, NULL, 'Table ''dev.cats'' does not exist', NULL, NULL),
    (8, 'failed in part', 8, 800, 2, NULL, 3, NULL, 'ERROR', 'csv_data_load', 'ada', 800, NULL, NULL, 'successfully loaded 3 of 12 records', NULL, NULL),
    (9, 'silent', 9, 900, 2, NULL, 5, NULL, 'ERROR', 7, CAST('null' AS BLOB), 900, 900, NULL, NULL, NULL, NULL),
    (10, CAST('"a\u0000b"' AS BLOB), 10, 950, 0, NULL, 6, NULL, 'CREATED', 'csv_data_load', '', NULL, NULL, 950, NULL, NULL, NULL),
    (11, 'ended', 11, 1000, 1, NULL, 7, NULL, 'DONE', NULL, NULL, 1000, 900, NULL, 'loaded 1 of 2 records', NULL, NULL),
    (12, 'lost', 12, 150, 3, 1, 11, 60000, 'IN_PROGRESS', 'csv_data_load', 'ada', 150, NULL, NULL, NULL, CAST('{"process":{"pid":1}}' AS BLOB), NULL),
    (13, 'failed there', 13, 1200, 2, 1, 9, NULL, 'ERROR', 'csv_data_load', 'ada', 1200, 1300, NULL, CAST('{"error":"Table ''dev.fish'' does not exist","code":42}' AS BLOB), NULL, CAST('{"a":1}' AS BLOB)),
    (14, 'partial there', 14, 1300, 1, 1, 10, NULL, 'COMPLETE', 'csv_data_load', 'ada', 1300, 1300, NULL, 'successfully loaded 11 of 12 records', NULL, NULL),
    (15, 'running', 15, 70000, 0, 1, 8, NULL, 'IN_PROGRESS', 'csv_data_load', 'ada', 70000, NULL, NULL, NULL, NULL, NULL);
INSERT INTO changes (generation, reordered, changed) VALUES
    (1, 150, 150),
    (2, NULL, 150),
    (3, 1, 1),
    (4, 1, 1);
