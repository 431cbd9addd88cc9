"""The log's SQL for its own health: what file it is, and whether that is whole."""

from __future__ import annotations

__all__ = ["INTEGRITY", "STAMP", "WHOLE"]

# One row: whose file it is, of which schema, and how many tables and indexes it has.
STAMP = """
SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master)
FROM pragma_application_id, pragma_user_version
"""

# What is wrong, up to so many messages, or the one row `WHOLE`.
INTEGRITY = "PRAGMA integrity_check(20)"
WHOLE = "ok"
