r"""Conditions as SQL on the table ``jobs``: constant fragments, every value a parameter.

A fragment is true or false and never NULL, so that it can be turned round: a job without a type is
one whose type isn't ``x``. ``:now`` (ms) is for measures of what goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from jobwatch.model.condition import (
    And,
    Comparison,
    Condition,
    Ended,
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
    Shows,
    Started,
    Trait,
)
from jobwatch.model.formats import encode
from jobwatch.model.insight import BEYOND_LEAST, BEYOND_TIMES, OWN_RUNS
from jobwatch.store.list_statements import DURATION

__all__ = ["Fragment", "cases", "fragment"]


class Fragment(NamedTuple):
    """A condition in SQL, and its parameters by name."""

    sql: str
    parameters: dict[str, Any]


_LIKE = r"ifnull({column} LIKE :{like} ESCAPE '\', 0)"
# Kinds may differ by the case of a letter alone, and each has its own list.
_IS_KIND = "ifnull(kind = (SELECT kind FROM kinds WHERE fingerprint = :{kind}), 0)"
_LIKE_KIND = r"""
ifnull(kind IN (SELECT kind FROM kinds WHERE fingerprint LIKE :{like} ESCAPE '\'), 0)
"""
_LIKE_NOTE = r"""
ifnull((SELECT note LIKE :{like} ESCAPE '\' FROM notes WHERE notes.id = jobs.id), 0)
"""
_LIKE_NODE = r"""
ifnull(node IN (SELECT node FROM nodes WHERE name LIKE :{like} ESCAPE '\'), 0)
"""
_LIKE_ELSEWHERE = {Field.NODE: _LIKE_NODE, Field.KIND: _LIKE_KIND, Field.NOTE: _LIKE_NOTE}
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
MANY = 8
_ONE_OF = "ifnull(lower({column}) IN (SELECT lower(value) FROM json_each(:{{values}})), 0)"
_LISTED = {
    Field.STATUS: _ONE_OF.format(column="status"),
    Field.TYPE: _ONE_OF.format(column="type"),
    Field.USER: _ONE_OF.format(column="user"),
    Field.ID: "(id IN (SELECT value FROM json_each(:{values})))",
}
_ONE_OF_PREFIXES = """
EXISTS (SELECT 1 FROM json_each(:{values}) AS ids WHERE substr(jobs.id, 1, length(value)) = value)
"""
_WAIT = """
CASE WHEN typeof(created_datetime) NOT IN ('integer', 'real') THEN NULL
     WHEN typeof(start_datetime) IN ('integer', 'real') THEN start_datetime - created_datetime
     WHEN outcome = 0 THEN :now - created_datetime END
"""
_MEASURES = {
    Measure.DURATION: DURATION,
    Measure.WAIT: _WAIT,
    # Of one that goes on, or was lost, they are its progress.
    Measure.RECORDS: "CASE WHEN status = 'COMPLETE' THEN total END",
    Measure.SHORTFALL: "CASE WHEN status = 'COMPLETE' THEN total - done END",
    Measure.RATE: "done * 1000.0 / nullif(max(took, 0), 0)",
}
# What goes on runs until now, whatever end its record has, and what was but created doesn't run:
# as `Signs` says. The temporary tables are those that `usual` prepares.
_GOES_ON = "outcome = 0 AND status IS NOT 'CREATED'"
_TAKEN = f"""
CASE WHEN outcome <> 0 THEN took
     WHEN {_GOES_ON} AND typeof(start_datetime) IN ('integer', 'real')
     THEN :now + ifnull((SELECT skew FROM nodes WHERE nodes.node = jobs.node), 0)
          - start_datetime END
"""
_LATE = f"""
ifnull({_TAKEN} > (SELECT p95 FROM temp.usual WHERE usual.facet = jobs.facet), 0)
"""
_UNENDING = f"""
({_GOES_ON} AND (seq IN (SELECT seq FROM temp.gone) OR ifnull({_TAKEN} > (
    SELECT max({BEYOND_LEAST}, {BEYOND_TIMES} * longest) FROM temp.usual
    WHERE usual.facet = jobs.facet AND runs >= {OWN_RUNS}
), 0)))
"""
_TRAITS: Mapping[Trait, str] = {
    Trait.LATE: _LATE,
    Trait.OVERDUE: f"(outcome = 0 AND {_LATE})",
    Trait.UNENDING: _UNENDING,
    Trait.NOTED: "(id IN (SELECT id FROM notes))",
    Trait.START: "(typeof(start_datetime) IN ('integer', 'real'))",
    Trait.END: "(typeof(end_datetime) IN ('integer', 'real'))",
    Trait.CREATED: "(typeof(created_datetime) IN ('integer', 'real'))",
    Trait.MESSAGE: "(message IS NOT NULL AND message NOT IN ('', CAST('null' AS BLOB)))",
    Trait.BODY: "(job_body IS NOT NULL AND job_body <> CAST('null' AS BLOB))",
}
_OPERATORS = {comparison: comparison.value for comparison in Comparison}
_STARTED = "(started >= :{start} AND started < :{end})"
_RAN = "(started < :{end} AND (started >= :{start} OR ended IS NULL OR ended >= :{start}))"
_ENDED = "ifnull(ended >= :{start} AND ended < :{end}, 0)"
_RANGES: Mapping[type[Condition], str] = {Started: _STARTED, Ran: _RAN, Ended: _ENDED}


def fragment(condition: Condition, name: str = "where") -> Fragment:
    """Return a condition in SQL; the names of its parameters begin with `name`."""
    parameters = _Parameters(name)
    return Fragment(_sql(condition, parameters), parameters.values)


class _Parameters:
    def __init__(self, name: str) -> None:
        self._name = name
        self.values: dict[str, Any] = {}

    def add(self, value: object) -> str:
        name = f"{self._name}_{len(self.values)}"
        self.values[name] = value
        return name


def _sql(condition: Condition, into: _Parameters) -> str:
    match condition:
        case And(parts):
            return _joined([_sql(part, into) for part in parts], " AND ") if parts else "TRUE"
        case Or(parts):
            many = _one_of_many(parts, into)
            return many or _joined([_sql(part, into) for part in parts], " OR ")
        case Not(part):
            return f"(NOT {_sql(part, into)})"
        case Matches(field, pattern):
            return _matches(field, pattern, into)
        case Mentions(pattern):
            id = _LIKE.format(column="id", like=into.add(_like(pattern.pieces)))
            fields = (Field.TYPE, Field.USER, Field.MESSAGE)
            return _joined([id, *(_matches(field, pattern, into) for field in fields)], " OR ")
        case Measures(measure, comparison, than):
            name = into.add(than)
            return f"ifnull({_MEASURES[measure]} {_OPERATORS[comparison]} :{name}, 0)"
        case Started(range) | Ran(range) | Ended(range):
            return _RANGES[type(condition)].format(
                start=into.add(range.bounds[0]),
                end=into.add(range.bounds[1]),
            )
        case Shows(trait):
            return _TRAITS[trait]
        case Has(outcomes):
            names = ", ".join(f":{into.add(int(outcome))}" for outcome in sorted(outcomes))
            return f"(outcome IN ({names}))"


def _matches(field: Field, pattern: Pattern, into: _Parameters) -> str:
    if field is Field.ID:
        globs = [_glob(pieces) for pieces in cases(pattern.pieces)]
        return _joined([f"(id GLOB :{into.add(glob)})" for glob in globs], " OR ")
    if field is Field.KIND and len(pattern.pieces) == 1:
        return _IS_KIND.format(kind=into.add(pattern.pieces[0]))
    like = into.add(_like(pattern.pieces))
    if field in _LIKE_ELSEWHERE:
        return _LIKE_ELSEWHERE[field].format(like=like)
    column = _COLUMNS[field]
    if field not in (Field.MESSAGE, Field.BODY):
        return _LIKE.format(column=column, like=like)
    escaped = [encode(piece)[1:-1].decode() for piece in pattern.pieces]
    return _LIKE_JSON.format(column=column, like=like, json=into.add(_like(escaped)))


def _like(pieces: Sequence[str]) -> str:
    return "%".join(
        piece.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for piece in pieces
    )


def _one_of_many(parts: Sequence[Condition], into: _Parameters) -> str | None:
    """Return the SQL where many whole values of one field, or beginnings of ids, are listed.

    They are one parameter: thousands of terms take SQLite minutes to read. None for anything else.
    """
    found = [part for part in parts if isinstance(part, Matches) and part.field in _LISTED]
    shapes = {(part.field, part.pattern.pieces[1:]) for part in found}
    if len(found) < max(MANY, len(parts)) or len(shapes) > 1:
        return None
    [(field, rest)] = shapes
    firsts = [part.pattern.pieces[0] for part in found]
    if field is Field.ID:
        firsts = [case for first in firsts for (case,) in cases((first,))]
    statement = {(): _LISTED[field], ("",): _ONE_OF_PREFIXES if field is Field.ID else None}.get(
        rest
    )
    return statement and statement.format(values=into.add(encode(firsts).decode()))


def cases(pieces: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return an id's pieces as they are, all small, and all capital: what an index can find.

    An id differs from others by its case alone nowhere but in theory; a column sorted for any case
    would be one more index on the longest of the short columns.
    """
    ways = (pieces, tuple(map(str.lower, pieces)), tuple(map(str.upper, pieces)))
    return list(dict.fromkeys(ways))


def _glob(pieces: Sequence[str]) -> str:
    return "*".join("".join(f"[{c}]" if c in "*?[" else c for c in piece) for piece in pieces)


def _joined(parts: Sequence[str], operator: str) -> str:
    # As a balanced tree: SQLite bounds its depth, and who pastes a thousand ids means it.
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return f"({_joined(parts[:half], operator)}{operator}{_joined(parts[half:], operator)})"
