"""Records cut out of a stream of bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.entries import entries
from jobwatch.model.formats import Entry, Format, FormatError

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
TRICKY = st.sampled_from(['"', "\\", "}", "{", "},{", "]", '"}', '\\"', "\n", "response", ""])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | TEXTS | TRICKY
VALUES = st.recursive(
    LEAVES,
    lambda v: st.lists(v, max_size=3) | st.dictionaries(TEXTS | TRICKY, v, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(TEXTS | TRICKY, VALUES, max_size=3)
RECORDS = st.builds(lambda name, rest: {"id": name} | rest, TEXTS, OBJECTS)
SIZES = st.integers(1, 40) | st.just(1 << 18)
LAYOUTS = st.fixed_dictionaries(
    {
        "indent": st.sampled_from([None, 0, 1, 4, "\t", "\r\n"]),
        "separators": st.sampled_from([None, (",", ":"), (" , ", "\t:\n"), ("\n,", " : ")]),
        "ensure_ascii": st.booleans(),
    }
)
BOM = b"\xef\xbb\xbf"


def chunks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def cut(data: bytes, kind: Format | None = None, size: int = 7) -> list[Entry]:
    return list(entries(chunks(data, size), kind))


def outcome(data: bytes, kind: Format | None, size: int) -> list[str]:
    found: list[str] = []
    try:
        found.extend(repr(entry) for entry in entries(chunks(data, size), kind))
    except FormatError as error:
        found.append(str(error))
    return found


def same(found: list[Entry], values: list[Any]) -> bool:
    """All good, and equal as JSON with 1, 1.0 and true kept apart."""
    good = not any(entry.reason for entry in found)
    return good and json.dumps([entry.value for entry in found]) == json.dumps(values)


# Whole files


@given(st.lists(VALUES, max_size=5), LAYOUTS, SIZES)
def test_an_array_is_cut_into_its_elements(
    values: list[Any], layout: dict[str, Any], size: int
) -> None:
    data = json.dumps(values, **layout).encode()
    found = cut(data, size=size)
    assert same(found, values)
    assert [entry.place for entry in found] == [f"index {index}" for index in range(len(values))]
    assert all(entry.raw in data and entry.raw == entry.raw.strip() for entry in found)


@given(st.lists(VALUES, max_size=5), LAYOUTS, SIZES, OBJECTS, st.booleans())
def test_an_answer_is_cut_into_the_elements_of_its_array(
    values: list[Any], layout: dict[str, Any], size: int, head: dict[str, Any], tail: bool
) -> None:
    head = {key: value for key, value in head.items() if key not in ("id", "response")}
    answer = head | {"response": values} | ({"status": 200} if tail else {})
    assert same(cut(json.dumps(answer, **layout).encode(), size=size), values)


@given(RECORDS, LAYOUTS, SIZES)
def test_one_object_is_one_record_in_any_layout(
    record: dict[str, Any], layout: dict[str, Any], size: int
) -> None:
    [entry] = cut(json.dumps(record, **layout).encode(), size=size)
    assert same([entry], [record])
    assert entry.place == "line 1"


@given(st.lists(RECORDS, max_size=5), st.sampled_from([b"\n", b"\r\n", b"\n\n", b" \n \n"]), SIZES)
def test_a_record_a_line_is_told_apart_and_named_by_its_line(
    records: list[Any], end: bytes, size: int
) -> None:
    data = b"".join(json.dumps(record).encode() + end for record in records)
    found = cut(data, size=size)
    assert same(found, records)
    lines = [1 + index * end.count(b"\n") for index in range(len(records))]
    assert [entry.place for entry in found] == [f"line {line}" for line in lines]


@given(st.lists(RECORDS, max_size=5), LAYOUTS, SIZES)
def test_objects_one_after_another_are_records(
    records: list[Any], layout: dict[str, Any], size: int
) -> None:
    data = "".join(json.dumps(record, **layout) for record in records).encode()
    assert same(cut(data, Format.JSON, size), records)


@given(st.lists(VALUES, max_size=5), st.lists(VALUES, max_size=5))
def test_arrays_one_after_another_count_their_indexes_on(one: list[Any], two: list[Any]) -> None:
    found = cut(json.dumps(one).encode() + b"\n" + json.dumps(two).encode())
    assert same(found, one + two)
    assert [entry.place for entry in found] == [f"index {i}" for i in range(len(one + two))]


@pytest.mark.parametrize("data", [b"", BOM, b" \n\t\r\n", b"[]", b" [ ] ", b'{"response": []}'])
def test_a_file_can_hold_nothing(data: bytes) -> None:
    assert cut(data, size=1) == []


@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize(
    "data", [b'[{"id":"a"}]', b'{"id":"a"}\n{"id":"b"}', b'{\n"id":\n"a"}', b"id\na\nb"]
)
def test_a_byte_order_mark_is_no_part_of_the_text(data: bytes, size: int) -> None:
    assert outcome(BOM + data, None, size) == outcome(data, None, size)


def test_a_record_with_a_response_of_its_own_stays_a_record() -> None:
    for record in ({"id": "a", "response": [1]}, {"response": "text", "id": "a"}):
        for indent in (None, 1):
            assert same(cut(json.dumps(record, indent=indent).encode()), [record])


# A few megabytes in one record, in small chunks: quadratic work would take minutes.


@pytest.mark.parametrize("filler", ["x", '"', "\\", "}", "{", "\n", "é"])
def test_one_record_of_many_megabytes(filler: str) -> None:
    record = {"id": "a", "message": filler * 4_000_000}
    text = json.dumps(record).encode()
    for data in (text, b"[" + text + b"]", b'{"response":[' + text + b"]}", b"\n" + text + b"\n"):
        [entry] = cut(data, size=10_000)
        assert entry.value == record


def test_one_record_of_many_small_values() -> None:
    record = {"id": "a", "job_body": [{"a": [index]} for index in range(100_000)]}
    [entry] = cut(b"[" + json.dumps(record).encode() + b"]", size=1000)
    assert entry.value == record


def test_a_first_line_too_long_to_look_at_is_read_all_the_same() -> None:
    records = [{"id": "a", "message": "x" * 2_000_000}, {"id": "b"}, {"id": "c"}]
    data = b"\n".join(json.dumps(record).encode() for record in records)
    found = cut(data, size=100_000)
    assert same(found, records)
    assert [entry.place for entry in found] == ["line 1", "line 2", "line 3"]


def test_reading_goes_only_as_far_as_the_record_asked_for() -> None:
    def source() -> Iterator[bytes]:
        yield b'{\n"response": [{"id": 1}, '
        yield b'{"id": 2}, '
        raise OSError("read too far")

    found = entries(source())
    assert next(found).value == {"id": 1}
    assert next(found).value == {"id": 2}
    with pytest.raises(OSError, match="read too far"):
        next(found)


# Damaged files


@given(st.lists(RECORDS, min_size=1, max_size=5), LAYOUTS, SIZES, st.data())
def test_a_file_cut_short_gives_all_before_the_cut(
    records: list[Any], layout: dict[str, Any], size: int, data: st.DataObject
) -> None:
    texts = [json.dumps(record, **layout).encode() for record in records]
    whole = b"[" + b",".join(texts) + b"]"
    length = data.draw(st.integers(1, len(whole) - 1))
    ends = [len(b",".join(texts[: index + 1])) + 1 for index in range(len(texts))]
    before = sum(end <= length for end in ends)
    found = cut(whole[:length], size=size)
    assert same(found[:before], records[:before])
    [last] = found[before:]
    assert last.reason.startswith("the file ends")
    assert last.raw == [*texts, b""][before][: len(last.raw)]


@given(st.lists(RECORDS, min_size=1, max_size=5), st.data(), SIZES)
def test_a_damaged_line_costs_that_line(records: list[Any], data: st.DataObject, size: int) -> None:
    lines = [json.dumps(record).encode() for record in records]
    at = data.draw(st.integers(0, len(lines) - 1))
    length = data.draw(st.integers(1, len(lines[at]) - 1))
    lines[at] = lines[at][:length]
    found = cut(b"\n".join(lines), Format.NDJSON, size)
    assert found[at].reason
    assert found[at].raw == lines[at].strip()
    assert same(found[:at] + found[at + 1 :], records[:at] + records[at + 1 :])


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b'{"id": "b"} junk', "Extra data"),
        (b'{"id": "b"} {"id": "x"}', "Extra data"),
        (b'{"id": "b",}', "Expecting property name"),
        (b'{"id": "b", "message": [1, {"x": 2}}', "Expecting ',' delimiter"),
        (b'{"id": "\xff"}', "not UTF-8 at byte 9"),
        (b'{"id": NaN}', "NaN"),
        (b"junk", "Expecting value"),
        (b"", "Expecting value"),
        (b'{"id": "b", "message": ' + b"[" * 300 + b"]" * 300 + b"}", "nested deeper"),
    ],
)
@pytest.mark.parametrize("size", [1, 1000])
def test_a_damaged_element_is_named_and_reading_goes_on(bad: bytes, reason: str, size: int) -> None:
    found = cut(b'[{"id": "a"}, ' + bad + b', {"id": "c"}]', size=size)
    assert [entry.value for entry in found] == [{"id": "a"}, None, {"id": "c"}]
    assert (found[1].place, found[1].raw) == ("index 1", bad)
    assert reason in found[1].reason


def test_text_between_objects_is_named_by_its_line() -> None:
    found = cut(b'[{"id": "a"}] tail\n{\n"id": "b"}\n]\n{"id": "c"}')
    assert [(entry.place, bool(entry.reason)) for entry in found] == [
        ("index 0", False),
        ("line 1", True),
        ("line 2", False),
        ("line 4", True),
        ("line 5", False),
    ]
    assert found[1].raw == b"tail"


@pytest.mark.parametrize(
    ("data", "places"),
    [
        (b'{"id":"a","message":"cu\n{"id":"b"}\n', ["line 2"]),
        (b'{"id":"a",\n{"id":"b"}\n', []),
        (b'{"id":"a"\n{"id":"b"}\n', ["line 2"]),
        (b'{"id":"a"\n,"message":\n{"x":1}}', ["line 1"]),
        (b'{"id":"a","message":\n{"x":1}}', ["line 1"]),
    ],
)
def test_a_damaged_first_line_is_told_from_an_object_over_lines(
    data: bytes, places: list[str]
) -> None:
    assert [entry.place for entry in cut(data) if not entry.reason] == places


def test_an_array_cut_short_after_a_whole_record_says_so() -> None:
    found = cut(b'[{"id": "a"}')
    assert [(entry.place, entry.reason) for entry in found] == [
        ("index 0", ""),
        ("after index 0", "the file ends before the array does"),
    ]


@pytest.mark.parametrize(
    "data", [b'{"response": {"error": "no"}}', b'{\n"status": 1, "response": "[1]"\n}']
)
def test_an_answer_without_records_says_so(data: bytes) -> None:
    for size in (1, 100):
        with pytest.raises(FormatError, match="no job records in it: its response"):
            cut(data, size=size)


@pytest.mark.parametrize("data", [b"<html>", b"null", b"\xff\xfei\x00d\x00", b"\x00", b'"', b"a;b"])
def test_a_file_of_something_else_says_so(data: bytes) -> None:
    with pytest.raises(FormatError, match="no job records in it: neither JSON nor"):
        cut(data)


PIECES = [b"[", b"]", b"{", b"}", b",", b":", b'"', b"\\", b"\n", b" ", b'"id"', b'"response"']
WORDS = [
    b"1",
    b"null",
    b"x",
    b"\xff",
    b"\x00",
    BOM,
    b'{"id":"a"}',
    b'"response":[',
    b"id,message\n",
]


@given(
    st.lists(st.sampled_from(PIECES + WORDS)).map(b"".join) | st.binary(),
    st.sampled_from([None, *Format]),
    st.integers(1, 20),
)
def test_any_bytes_give_the_same_however_they_arrive(
    data: bytes, kind: Format | None, size: int
) -> None:
    assert outcome(data, kind, size) == outcome(data, kind, 1000)


# CSV


CELLS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.tuples(CELLS, CELLS)), st.sampled_from(["\n", "\r\n"]), SIZES)
def test_any_text_survives_a_table(rows: list[tuple[str, str]], end: str, size: int) -> None:
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] for row in rows]
    data = end.join(chain(["id,type"], (",".join(row) for row in quoted))).encode()
    expected = [
        {key: cell for key, cell in zip(("id", "type"), row, strict=True) if cell} for row in rows
    ]
    assert same(cut(data, size=size), expected)


def table(*lines: str) -> list[Entry]:
    return cut("\n".join(lines).encode())


def test_empty_and_missing_cells_are_absent_keys() -> None:
    found = table("id,user,message", "a,,", 'b,"",', "c", "", "d,x,y")
    assert [entry.value for entry in found] == [
        {"id": "a"},
        {"id": "b"},
        {"id": "c"},
        {"id": "d", "user": "x", "message": "y"},
    ]
    assert [entry.place for entry in found] == ["line 2", "line 3", "line 4", "line 6"]


def test_times_are_numbers_and_ids_are_text() -> None:
    found = table(
        "id,start_datetime,__updatedtime__",
        "1,1795471017788,1795471017788.25",
        "2,-1,1e3",
        "3,yesterday,null",
        "4,NaN,true",
    )
    assert same(
        found,
        [
            {"id": "1", "start_datetime": 1795471017788, "__updatedtime__": 1795471017788.25},
            {"id": "2", "start_datetime": -1, "__updatedtime__": 1000.0},
            {"id": "3", "start_datetime": "yesterday", "__updatedtime__": "null"},
            {"id": "4", "start_datetime": "NaN", "__updatedtime__": "true"},
        ],
    )


def test_a_cell_of_json_is_its_value_in_open_columns_only() -> None:
    row = '"{""a"":1}","[1]",{bad,{,1,true'
    [entry] = table("id,message,job_body,extra,a,b", row)
    assert entry.value == {
        "id": '{"a":1}',
        "message": [1],
        "job_body": "{bad",
        "extra": "{",
        "a": "1",
        "b": "true",
    }


def test_a_row_over_lines_is_named_by_its_first_line_and_kept_verbatim() -> None:
    found = table("id,message", 'a,"one', '""two"', "b,x,y", "c,z")
    assert [(entry.place, entry.raw) for entry in found] == [
        ("line 2", b'a,"one\n""two"'),
        ("line 4", b"b,x,y"),
        ("line 5", b"c,z"),
    ]
    assert found[0].value == {"id": "a", "message": 'one\n"two'}
    assert found[1].reason == "3 cells under 2 columns"


def test_a_damaged_row_costs_that_row() -> None:
    found = cut(b'id,message\na,\xff\nb,"x"y\nc,\x00\nd,"open\ne,z', Format.CSV)
    assert [entry.reason for entry in found] == [
        "not UTF-8 at byte 3",
        "not CSV: ',' expected after '\"'",
        "",
        "not CSV: unexpected end of data",
    ]
    assert found[2].value == {"id": "c", "message": "\0"}
    assert found[3].raw == b'd,"open\ne,z'


def test_a_cell_may_be_megabytes() -> None:
    [entry] = table("id,message", f'a,"{"x" * 1_000_000}"')
    assert entry.value == {"id": "a", "message": "x" * 1_000_000}


def test_a_header_that_names_a_column_twice_is_refused() -> None:
    with pytest.raises(FormatError, match="names the column 'user' twice"):
        table("id,user,user", "a,b,c")
