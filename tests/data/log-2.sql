-- A log of schema version 2 with four jobs of one node, one of them lost, and one of none.

PRAGMA application_id = 1785684599;
PRAGMA user_version = 2;

CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY,
    id NOT NULL UNIQUE,
    -- seq once more, under a name that isn't the rowid's: SQLite compares a key (started, seq) by its
    -- first part alone, and a thousand jobs of the same start would be a thousand steps.
    arrival INTEGER NOT NULL,
    started NOT NULL,          -- start, else created, else __createdtime__, else 0: never null
    outcome INTEGER NOT NULL,  -- 0 none yet, 1 ended, 2 failed, 3 lost
    node INTEGER,              -- that it was seen on first
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
CREATE INDEX jobs_running ON jobs (outcome, started, arrival, node) WHERE outcome = 0;
CREATE INDEX jobs_failed ON jobs (started, arrival, outcome, node) WHERE outcome >= 2;

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

-- From which start on the order of jobs changed other than by growing at its newest end.
-- Written in the transaction that changed it; the oldest entries are dropped.
CREATE TABLE reorders (
    generation INTEGER PRIMARY KEY,
    lowest NOT NULL
);

INSERT INTO nodes (name, process_started) VALUES ('n1', 500);
INSERT INTO jobs VALUES
    (1, 'own', 1, 10, 1, NULL, 'COMPLETE', 't', 'u', 10, 20, NULL, NULL, NULL, 'ok', NULL, NULL),
    (2, 'failed', 2, 20, 2, 1, 'ERROR', 't', NULL, 20, 30, NULL, NULL, NULL, 'no', NULL, NULL),
    (3, 'running', 3, 900, 0, 1, 'IN_PROGRESS', 't', 'u', 900, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (4, 'lost', 4, 40, 3, 1, 'IN_PROGRESS', 7, 'u', 40, NULL, NULL, NULL, NULL, NULL, CAST('{"x":1}' AS BLOB), CAST('{"a":1}' AS BLOB));
