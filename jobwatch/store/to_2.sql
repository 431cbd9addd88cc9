-- From schema version 1 to 2: jobs have one node, and their outcome where they had whether they
-- ended. The table is made anew, so that its columns keep the order that pages are fast in.

DROP INDEX jobs_by_start;
DROP INDEX jobs_running;
DROP INDEX jobs_failed;
ALTER TABLE jobs RENAME TO jobs_1;
ALTER TABLE job_nodes RENAME TO job_nodes_1;

CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY,
    id NOT NULL UNIQUE,
    arrival INTEGER NOT NULL,
    started NOT NULL,
    outcome INTEGER NOT NULL,
    node INTEGER,
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

INSERT INTO nodes (name) SELECT DISTINCT node FROM job_nodes_1 ORDER BY node;

INSERT INTO jobs
SELECT seq, id, arrival, started, CASE status WHEN 'ERROR' THEN 2 ELSE ended END,
       (SELECT min(nodes.node) FROM job_nodes_1 JOIN nodes ON name = job_nodes_1.node
        WHERE job_nodes_1.seq = jobs_1.seq),
       status, type, user, start_datetime, end_datetime, created_datetime, createdtime,
       updatedtime, message, other, job_body
FROM jobs_1;

DROP TABLE jobs_1;
DROP TABLE job_nodes_1;

CREATE INDEX jobs_by_start ON jobs (started, arrival);
CREATE INDEX jobs_by_node ON jobs (node, started, arrival) WHERE node IS NOT NULL;
CREATE INDEX jobs_running ON jobs (outcome, started, arrival, node) WHERE outcome = 0;
CREATE INDEX jobs_failed ON jobs (started, arrival, outcome, node) WHERE outcome >= 2;
