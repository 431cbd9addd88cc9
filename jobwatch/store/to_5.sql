-- From schema version 4 to 5: what was pruned stays away from mirrors.

CREATE TABLE floors (
    status TEXT NOT NULL PRIMARY KEY,
    ended_before INTEGER NOT NULL
) WITHOUT ROWID;
