"""The job log: the only place with SQL or aiosqlite."""
