"""Records from files into a log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from jobwatch.feeds.files import Record, Totals, import_records, read_records
from jobwatch.model.formats import Format, FormatError
from jobwatch.model.job import Job
from jobwatch.model.row import Note
from jobwatch.store.transactions import Changes

CAPTURES = sorted((Path(__file__).parents[1] / "data" / "captures").glob("*.json"))
WHOLE = {"id", "type", "status", "start_datetime"}


class Log:
    """A log that keeps its batches and their nodes; ids seen before count as unchanged."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.nodes: list[str | None] = []
        self.ids: set[str] = set()
        self.lost: dict[str, int] = {}
        self.notes: dict[str, Note] = {}

    def mark_lost(self, since: Mapping[str, int]) -> None:
        self.lost.update(since)

    def set_notes(self, notes: Mapping[str, Note]) -> None:
        self.notes.update(notes)

    def upsert_many(self, jobs: Iterable[Job], *, node: str | None = None) -> Changes:
        batch = [job.id for job in jobs]
        self.batches.append(batch)
        self.nodes.append(node)
        new = len(set(batch) - self.ids)
        self.ids |= set(batch)
        return Changes(new=new, updated=0, unchanged=len(batch) - new)


def read(data: bytes, kind: Format | None = None) -> list[Record]:
    return list(read_records(BytesIO(data), kind))


def lines(*records: Any) -> Iterator[Record]:
    return read_records(BytesIO(b"\n".join(json.dumps(record).encode() for record in records)))


# Reading


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_a_saved_answer_gives_its_records_or_says_that_it_has_none(path: Path) -> None:
    response = json.loads(path.read_bytes())["response"]
    if not isinstance(response, list):
        with path.open("rb") as source, pytest.raises(FormatError, match="no job records in it"):
            list(read_records(source))
        return
    with path.open("rb") as source:
        records = list(read_records(source))
    assert [json.loads(record.raw) for record in records] == response
    for record, value in zip(records, response, strict=True):
        if isinstance(value, dict) and "id" in value:
            assert record.job == Job.from_record(value)
            assert not record.reason
        else:
            assert record.job is None
            assert record.reason


def test_all_whole_job_records_of_the_saved_answers_are_accepted() -> None:
    accepted = 0
    for path in CAPTURES:
        with path.open("rb") as source:
            try:
                records = list(read_records(source))
            except FormatError:
                continue
        accepted += sum(r.job is not None and json.loads(r.raw).keys() >= WHOLE for r in records)
    assert accepted == 555


def test_the_table_that_a_node_writes_is_read_whole() -> None:
    [path] = [path for path in CAPTURES if path.stem == "http_accept_csv"]
    records = read(json.loads(path.read_bytes())["response"].encode())
    jobs = [record.job for record in records if record.job is not None]
    assert len(jobs) == len(records) == 36
    assert jobs[0].start_datetime == 1795471017791
    assert jobs[0].other == {}
    # A binary file was loaded as CSV; the name of its first column is in the message.
    assert any(isinstance(job.message, str) and "\0" in job.message for job in jobs)


def test_a_record_that_no_log_can_keep_has_its_place_reason_and_text() -> None:
    data = b'{"id": "a"}\n{"user": "u"}\n\n{"id": "b", "start_datetime": "now"}\n{"id": \n'
    good, *bad = read(data)
    assert good.job == Job(id="a")
    assert [(record.place, record.raw, record.job) for record in bad] == [
        ("line 2", b'{"user": "u"}', None),
        ("line 4", b'{"id": "b", "start_datetime": "now"}', None),
        ("line 5", b'{"id":', None),
    ]
    assert bad[0].reason == "the record has no id"
    assert bad[1].reason.startswith("start_datetime must be a number")
    assert bad[2].reason.startswith("not JSON")


def test_a_table_gives_the_same_jobs_as_json() -> None:
    converted = '"2026-11-23T21:56:57.791Z"'
    data = f'id,start_datetime,start_datetime_converted,message\n7,5,{converted},"{{""a"":1}}"\n'
    [record] = read(data.encode())
    assert record.job == Job(id="7", start_datetime=5, message={"a": 1})


def test_a_time_in_a_table_that_is_no_number_is_rejected() -> None:
    [record] = read(b"id,end_datetime\na,2026-11-23\n")
    assert record.reason.startswith("end_datetime must be a number of milliseconds")


def test_a_format_overrides_what_the_content_looks_like() -> None:
    [record] = read(b'[{"id": "a"}]', Format.NDJSON)
    assert record.reason == "a record must be a JSON object, this is an array"
    with pytest.raises(FormatError):
        read(b'{"id": "a"}', Format.CSV)


# Importing


def test_an_import_writes_batches_and_counts_what_came_of_them() -> None:
    log, rejected, progress = Log(), list[Record](), list[Totals]()
    records = lines({"id": "a"}, {"id": "b"}, {}, {"id": "c"}, {"id": "a"}, {"id": "d"}, [])
    totals = import_records(
        log, records, batch_size=2, on_reject=rejected.append, on_progress=progress.append
    )
    assert log.batches == [["a", "b"], ["c", "a"], ["d"]]
    assert totals == Totals(read=7, new=4, updated=0, unchanged=1, rejected=2)
    assert progress[0] == Totals(read=2, new=2)
    assert progress[-1] == totals
    assert [record.place for record in rejected] == ["line 3", "line 7"]


def ignore(_: object) -> None:
    """Take no notice."""


def test_an_import_of_nothing_writes_nothing() -> None:
    log = Log()
    assert import_records(log, [], on_reject=ignore, on_progress=ignore) == Totals()
    assert log.batches == []


def test_an_interrupted_import_leaves_whole_batches_and_can_run_again() -> None:
    def interrupted() -> Iterator[Record]:
        yield from lines({"id": "a"}, {"id": "b"}, {"id": "c"})
        raise KeyboardInterrupt

    log = Log()
    with pytest.raises(KeyboardInterrupt):
        import_records(log, interrupted(), batch_size=2, on_reject=ignore, on_progress=ignore)
    assert log.batches == [["a", "b"]]
    again = lines({"id": "a"}, {"id": "b"}, {"id": "c"})
    totals = import_records(log, again, batch_size=2, on_reject=ignore, on_progress=ignore)
    assert totals == Totals(read=3, new=1, unchanged=2)


def test_what_stands_before_a_useless_part_is_imported() -> None:
    log, progress = Log(), list[Totals]()
    records = read_records(BytesIO(b'[{"id": "a"}]\n{"response": {"error": "no"}}'))
    with pytest.raises(FormatError, match="no job records"):
        import_records(log, records, on_reject=ignore, on_progress=progress.append)
    assert log.batches == [["a"]]
    assert progress == [Totals(read=1, new=1)]


def test_large_records_make_small_batches() -> None:
    log = Log()
    large = {"message": "x" * 40_000_000}
    records = lines({"id": "a"} | large, {"id": "b"} | large, {"id": "c"} | large)
    import_records(log, records, on_reject=ignore, on_progress=ignore)
    assert log.batches == [["a", "b"], ["c"]]


# What jobwatch has exported


def at(id: str, start: int, node: str | None = None) -> dict[str, Any]:
    return {"id": id, "start_datetime": start, **({"__node__": node} if node else {})}


def test_a_batch_is_written_node_by_node() -> None:
    log = Log()
    records = lines(at("a", 1, "n1"), at("b", 2), at("c", 3, "n1"), at("d", 4, "n2"), at("e", 5))
    totals = import_records(log, records, on_reject=ignore, on_progress=ignore)
    assert log.batches == [["a", "c"], ["b", "e"], ["d"]]
    assert log.nodes == ["n1", None, "n2"]
    assert totals == Totals(read=5, new=5)


def test_jobs_of_one_start_are_written_in_the_order_of_the_file_whatever_their_nodes() -> None:
    log = Log()
    records = lines(at("a", 1, "n1"), at("b", 1, "n2"), at("c", 1, "n1"), at("d", 2, "n2"))
    import_records(log, records, on_reject=ignore, on_progress=ignore)
    assert log.batches == [["a"], ["b"], ["c"], ["d"]]
    assert log.nodes == ["n1", "n2", "n1", "n2"]


def test_what_a_log_knew_beside_the_records_is_written_too() -> None:
    log = Log()
    lost = at("a", 1, "n1") | {"__lost_since__": 0, "__lost_reason__": "x", "__state__": "lost"}
    noted = at("b", 2) | {"__note__": "known, ticket 12", "__noted_at__": 7}
    noted |= {"__late__": True, "__state__": "–"}
    [first, second] = lines(lost, noted)
    import_records(log, [first, second], on_reject=ignore, on_progress=ignore)
    assert (log.lost, log.notes) == ({"a": 0}, {"b": Note(7, "known, ticket 12")})
    assert first.job == Job(id="a", start_datetime=1)
    assert second.job == Job(id="b", start_datetime=2)
