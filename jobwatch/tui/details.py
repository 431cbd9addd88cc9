"""The lines of the tabs of a job: pure, from record and output to text."""

from __future__ import annotations

from collections.abc import Iterator

from jobwatch.model.formats import encode
from jobwatch.model.job import TIMES, UNSET, Job, Json, Phase
from jobwatch.model.node import Origin
from jobwatch.model.pretty import Kind, Line, Path, Token, pretty, text_lines
from jobwatch.model.row import Note
from jobwatch.model.text import clean, one_line
from jobwatch.model.when import Zone, date_time, date_time_exact
from jobwatch.store.alive import process_of
from jobwatch.store.output import KEY
from jobwatch.store.output_tail import Output

__all__ = [
    "body_lines",
    "message_lines",
    "note_lines",
    "output_lines",
    "output_same",
    "output_shift",
    "record_lines",
]

LABEL = 17
ABBREVIATED = 200


def message_lines(
    job: Job | None, origin: Origin, folded: frozenset[Path], zone: Zone
) -> list[Line]:
    """Return what a job said, and first why it is lost if it is."""
    if job is not None and origin.lost_since is not None:
        said = message_lines(job, Origin(), folded, zone) if _has_message(job) else []
        return [*_lost(origin, zone), *said]
    if job is None:
        return [_dim("No job is selected.")]
    if not _has_message(job):
        ended = job.phase is Phase.ENDED
        return [_dim("It ended without a message." if ended else "No message yet.")]
    return text_lines(job.message) if isinstance(job.message, str) else pretty(job.message, folded)


def note_lines(note: Note | None, zone: Zone) -> list[Line]:
    """Return what somebody wrote to a job, and when; nothing where nobody has."""
    if note is None:
        return []
    said = Token(f"✎ {one_line(note.text) or 'seen'}", Kind.KEY)
    return [Line((said, Token(f"  {date_time(note.at, zone)}", Kind.DIM))), Line(())]


def body_lines(body: tuple[Json] | None, folded: frozenset[Path]) -> list[Line]:
    """Return what a job was asked; None is a body that has yet to be read."""
    if body is None:
        return [_dim("Reading …")]
    if body[0] is UNSET:
        return [_dim("The record has no body.")]
    return text_lines(body[0]) if isinstance(body[0], str) else pretty(body[0], folded)


def record_lines(job: Job, body: tuple[Json] | None, origin: Origin, zone: Zone) -> list[Line]:
    """Return all fields of a record, its times both as epoch milliseconds and as dates."""
    lines = [
        _field("id", Token(clean(job.id))),
        *(_field(name, _value(getattr(job, name))) for name in ("user", "type", "status")),
        *(_time(key, getattr(job, name), zone) for key, name in TIMES.items()),
        _field("message", _value(job.message)),
        _field("job_body", Token("…", Kind.DIM) if body is None else _value(body[0])),
        *(_field(one_line(key), _value(value)) for key, value in job.other.items()),
    ]
    if origin.node:
        lines.append(_field("seen on", Token(one_line(origin.node))))
    return lines


def output_lines(job: Job, output: Output | None) -> Iterator[Line]:
    """Yield the kept output of a job, or why there is none; None is one that has yet to be read."""
    if output is None:
        yield _dim("Reading …")
    elif output.problem:
        process = process_of(job.other)
        where = "" if process is None else f" on {one_line(process.host)}"
        kept = one_line(str(job.other.get(KEY)))[:ABBREVIATED]
        yield _dim(f"Its output can't be read here ({output.problem}): kept as {kept}{where}.")
    elif not output.lines and not output.earlier:
        yield _dim("No output yet." if job.phase is not Phase.ENDED else "It ended without output.")
    else:
        if output.earlier:
            yield _dim(f"Earlier output is in {one_line(str(output.path))}")
        for line in output.lines:
            yield Line((Token(line),))


def output_shift(old: Output, new: Output) -> int:
    """Return by how many lines what both hold has moved down in `output_lines`."""
    return old.dropped - new.dropped + new.earlier - old.earlier


def output_same(old: Output | None, new: Output) -> int:
    """Return how many lines `output_lines` has for both: all but the last, which may go on."""
    if old is None or old[2:] != new[2:]:
        return 0
    return max(len(old.lines) - 1, 0) + new.earlier


def _has_message(job: Job) -> bool:
    return not (job.message is UNSET or job.message is None or job.message == "")


def _lost(origin: Origin, zone: Zone) -> list[Line]:
    restart = date_time(origin.lost_since, zone)
    return [
        Line(
            (Token(f"Lost: {one_line(origin.node)} was started anew at {restart}.", Kind.LITERAL),)
        ),
        _dim("Nothing will end its record, which is shown as it stands."),
        Line(()),
    ]


def _field(label: str, *values: Token) -> Line:
    return Line((Token(f"{label:<{LABEL}}", Kind.KEY), *values), hanging=LABEL)


def _time(key: str, time: object, zone: Zone) -> Line:
    if not isinstance(time, int | float):
        return _field(key, _value(time))
    return _field(key, Token(f"{time:<13} ", Kind.NUMBER), Token(date_time_exact(time, zone)))


def _value(value: Json) -> Token:
    if value is UNSET:
        return Token("–", Kind.DIM)
    if value is None:
        return Token("null", Kind.LITERAL)
    text = value if isinstance(value, str) else encode(value).decode("utf-8", "replace")
    left = len(text) - ABBREVIATED
    shown = one_line(text[:ABBREVIATED])
    return Token(f"{shown} … {left:,} more characters" if left > 0 else shown)


def _dim(text: str) -> Line:
    return Line((Token(text, Kind.DIM),))
