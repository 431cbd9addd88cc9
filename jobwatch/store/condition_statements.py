r"""Conditions as SQL on the table ``jobs``: constant fragments, every value a parameter.

A fragment is true or false and never NULL, so that it can be turned round: a job without a type is
one whose type isn't ``x``. ``:now`` (ms) is for measures of what goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any, NamedTuple

from jobwatch.model.condition import (
    And,
    Comparison,
    Condition,
    Field,
    Has,
    Matches,
    Measure,
    Measures,
    Mentions,
    Not,
    Or,
    Pattern,
    Ran,
    Started,
)
from jobwatch.model.formats import encode
from jobwatch.store.list_statements import DURATION

__all__ = ["Fragment", "fragment"]


class Fragment(NamedTuple):
    """A condition in SQL, and its parameters by name."""

    sql: str
    parameters: dict[str, Any]


_LIKE = r"ifnull({column} LIKE :{like} ESCAPE '\', 0)"
_LIKE_NODE = r"""
ifnull(node IN (SELECT node FROM nodes WHERE name LIKE :{like} ESCAPE '\'), 0)
"""
# A text as it is, and as it stands within JSON.
_LIKE_JSON = r"""
ifnull({column} LIKE :{like} ESCAPE '\'
       OR typeof({column}) = 'blob' AND CAST({column} AS TEXT) LIKE :{json} ESCAPE '\', 0)
"""
_COLUMNS = {
    Field.STATUS: "status",
    Field.TYPE: "type",
    Field.USER: "user",
    Field.ID: "id",
    Field.MESSAGE: "message",
    Field.BODY: "job_body",
}
_WAIT = """
CASE WHEN typeof(created_datetime) NOT IN ('integer', 'real') THEN NULL
     WHEN typeof(start_datetime) IN ('integer', 'real') THEN start_datetime - created_datetime
     WHEN outcome = 0 THEN :now - created_datetime END
"""
_MEASURES = {Measure.DURATION: DURATION, Measure.WAIT: _WAIT}
_OPERATORS = {comparison: comparison.value for comparison in Comparison}
_STARTED = "(started >= :{start} AND started < :{end})"
_RAN = """
(started < :{end} AND (started >= :{start} OR outcome = 0
    OR typeof(end_datetime) IN ('integer', 'real') AND end_datetime >= :{start}))
"""


def fragment(condition: Condition) -> Fragment:
    """Return a condition in SQL."""
    parameters: dict[str, Any] = {}
    return Fragment(_sql(condition, parameters), parameters)


def _sql(condition: Condition, into: dict[str, Any]) -> str:
    match condition:
        case And(parts):
            return _joined([_sql(part, into) for part in parts], " AND ") if parts else "TRUE"
        case Or(parts):
            return _joined([_sql(part, into) for part in parts], " OR ")
        case Not(part):
            return f"(NOT {_sql(part, into)})"
        case Matches(field, pattern):
            return _matches(field, pattern, into)
        case Mentions(pattern):
            fields = (Field.ID, Field.TYPE, Field.USER, Field.MESSAGE)
            return _joined([_matches(field, pattern, into) for field in fields], " OR ")
        case Measures(measure, comparison, than):
            name = _named(than, into)
            return f"ifnull({_MEASURES[measure]} {_OPERATORS[comparison]} :{name}, 0)"
        case Started(range) | Ran(range):
            return (_STARTED if isinstance(condition, Started) else _RAN).format(
                start=_named(-inf if range.start is None else range.start, into),
                end=_named(inf if range.end is None else range.end, into),
            )
        case Has(outcomes):
            names = ", ".join(f":{_named(int(outcome), into)}" for outcome in sorted(outcomes))
            return f"(outcome IN ({names}))"


def _matches(field: Field, pattern: Pattern, into: dict[str, Any]) -> str:
    like = _named(_like(pattern.pieces), into)
    if field is Field.NODE:
        return _LIKE_NODE.format(like=like)
    column = _COLUMNS[field]
    if field not in (Field.MESSAGE, Field.BODY):
        return _LIKE.format(column=column, like=like)
    escaped = [encode(piece)[1:-1].decode() for piece in pattern.pieces]
    return _LIKE_JSON.format(column=column, like=like, json=_named(_like(escaped), into))


def _like(pieces: Sequence[str]) -> str:
    return "%".join(
        piece.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for piece in pieces
    )


def _named(value: object, into: dict[str, Any]) -> str:
    name = f"where_{len(into)}"
    into[name] = value
    return name


def _joined(parts: Sequence[str], operator: str) -> str:
    # As a balanced tree: SQLite bounds its depth, and who pastes a thousand ids means it.
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return f"({_joined(parts[:half], operator)}{operator}{_joined(parts[half:], operator)})"
