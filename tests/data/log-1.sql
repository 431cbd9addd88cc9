-- A log of schema version 1 with three jobs, one of them seen on two nodes.

PRAGMA application_id = 1785684599;
PRAGMA user_version = 1;

CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY,
    id NOT NULL UNIQUE,
    arrival INTEGER NOT NULL,
    started NOT NULL,
    ended INTEGER NOT NULL,
    status,
    type,
    user,
    start_datetime,
    end_datetime,
    created_datetime,
    createdtime,
    updatedtime,
    message,
    other,
    job_body
);

CREATE INDEX jobs_by_start ON jobs (started, arrival);
CREATE INDEX jobs_running ON jobs (ended, started, arrival) WHERE ended = 0;
CREATE INDEX jobs_failed ON jobs (status, started, arrival) WHERE status = 'ERROR';

CREATE TABLE job_nodes (
    seq INTEGER NOT NULL,
    node TEXT NOT NULL,
    PRIMARY KEY (seq, node)
) WITHOUT ROWID;

CREATE TABLE reorders (
    generation INTEGER PRIMARY KEY,
    lowest NOT NULL
);

INSERT INTO jobs VALUES
    (1, 'done', 1, 10, 1, 'COMPLETE', 't', 'u', 10, 20, NULL, NULL, NULL, 'ok', NULL, NULL),
    (2, 'failed', 2, 20, 1, 'ERROR', 't', 'u', 20, 30, NULL, NULL, NULL, 'no', NULL, CAST('{"a":1}' AS BLOB)),
    (3, 'running', 3, 30, 0, 'IN_PROGRESS', 't', 'u', 30, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO job_nodes VALUES (2, 'n1'), (2, 'n2'), (3, 'n2');
