-- The job log, schema version 1.
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
    ended INTEGER NOT NULL,    -- 0 or 1
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

-- Each is in the order of a list. A partial index leads with its condition's column, so that it
-- covers counts and keys.
CREATE INDEX jobs_by_start ON jobs (started, arrival);
CREATE INDEX jobs_running ON jobs (ended, started, arrival) WHERE ended = 0;
CREATE INDEX jobs_failed ON jobs (status, started, arrival) WHERE status = 'ERROR';

-- The nodes that a job was seen on.
CREATE TABLE job_nodes (
    seq INTEGER NOT NULL,
    node TEXT NOT NULL,
    PRIMARY KEY (seq, node)
) WITHOUT ROWID;

-- From which start on the order of jobs changed other than by growing at its newest end.
-- Written in the transaction that changed it; the oldest entries are dropped.
CREATE TABLE reorders (
    generation INTEGER PRIMARY KEY,
    lowest NOT NULL
);
