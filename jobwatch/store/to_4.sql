-- From schema version 3 to 4: what the records imply. The table is made anew, so that its columns keep
-- the order that pages are fast in. `said_done`, `said_total` and `said_kind` are functions of the
-- program (store/implied.py).

DROP INDEX jobs_by_start;
DROP INDEX jobs_by_node;
DROP INDEX jobs_by_facet;
DROP INDEX jobs_running;
DROP INDEX jobs_failed;
DROP INDEX jobs_long;
ALTER TABLE jobs RENAME TO jobs_3;

CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY,
    id NOT NULL UNIQUE,
    arrival INTEGER NOT NULL,
    started NOT NULL,
    outcome INTEGER NOT NULL,
    node INTEGER,
    facet INTEGER,
    lost_at INTEGER,
    done INTEGER,
    total INTEGER,
    kind INTEGER,
    ended GENERATED ALWAYS AS (
        CASE WHEN outcome = 0 THEN NULL
             WHEN typeof(end_datetime) IN ('integer', 'real') THEN end_datetime
             WHEN outcome = 3 THEN ifnull(lost_at, started)
             ELSE started END
    ) VIRTUAL,
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
    createdtime,
    updatedtime,
    message,
    other,
    job_body
);

CREATE TABLE kinds (
    kind INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL UNIQUE
);

CREATE TABLE notes (
    id NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    note TEXT NOT NULL
) WITHOUT ROWID;

INSERT INTO jobs (seq, id, arrival, started, outcome, node, facet, lost_at, done, total, status, type,
                  user, start_datetime, end_datetime, created_datetime, createdtime, updatedtime,
                  message, other, job_body)
SELECT seq, id, arrival, started, outcome, node, facet, lost_at, said_done(status, message),
       said_total(status, message), status, type, user, start_datetime, end_datetime,
       created_datetime, createdtime, updatedtime, message, other, job_body
FROM jobs_3;

DROP TABLE jobs_3;

UPDATE jobs SET outcome = CASE done WHEN 0 THEN 2 ELSE 4 END, facet = NULL
WHERE outcome = 1 AND done < total;

INSERT INTO kinds (fingerprint) SELECT DISTINCT said_kind(message) FROM jobs WHERE outcome = 2;
UPDATE jobs SET kind = (SELECT kind FROM kinds WHERE fingerprint = said_kind(message))
WHERE outcome = 2;

INSERT INTO facets (outcome, status, type, user, node)
SELECT DISTINCT outcome, status, type, user, node FROM jobs
WHERE facet IS NULL AND NOT EXISTS (
    SELECT 1 FROM facets
    WHERE facets.outcome = jobs.outcome AND facets.status IS jobs.status
      AND facets.type IS jobs.type AND facets.user IS jobs.user AND facets.node IS jobs.node
);
UPDATE jobs SET facet = (
    SELECT facet FROM facets
    WHERE facets.outcome = jobs.outcome AND facets.status IS jobs.status
      AND facets.type IS jobs.type AND facets.user IS jobs.user AND facets.node IS jobs.node
)
WHERE facet IS NULL;

CREATE INDEX jobs_by_start ON jobs (started, arrival);
CREATE INDEX jobs_by_node ON jobs (node, started, arrival) WHERE node IS NOT NULL;
CREATE INDEX jobs_by_facet ON jobs (facet, started, arrival, took, done);
CREATE INDEX jobs_running ON jobs (outcome, started, arrival, node) WHERE outcome = 0;
CREATE INDEX jobs_amiss ON jobs (started, arrival, outcome, node, kind, facet) WHERE outcome >= 2;
CREATE INDEX jobs_long ON jobs (span, started, ended, arrival) WHERE span > 0;
