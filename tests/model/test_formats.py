"""JSON text to values and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.formats import FormatError, decode, encode, encode_record, read_entry
from jobwatch.model.job import Job

TEXTS = st.text(st.characters(exclude_categories=()))  # unpaired surrogates too
NUMBERS = st.integers() | st.integers(-(2**80), 2**80) | st.floats(allow_nan=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS.filter(lambda number: abs(number) < 1e308) | TEXTS,
    lambda values: st.lists(values) | st.dictionaries(TEXTS, values),
)


def same(left: Any, right: Any) -> bool:
    """Equal as JSON, with 1, 1.0 and true kept apart."""
    return json.dumps(left) == json.dumps(right)


@given(VALUES)
def test_a_value_survives_encoding_and_decoding(value: Any) -> None:
    text = encode(value)
    assert b"\n" not in text
    # Two halves of a surrogate pair, escaped side by side, are one character to any reader.
    assert same(decode(text), json.loads(json.dumps(value)))


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_any_json_text_decodes_as_the_standard_library_does(
    value: Any, indent: int | None, as_text: bool
) -> None:
    text = json.dumps(value, indent=indent)
    assert same(decode(text if as_text else text.encode()), json.loads(text))


def test_unpaired_surrogates_are_written_as_escapes() -> None:
    assert encode({"message": "a\ud800"}) == rb'{"message":"a\ud800"}'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "not JSON at character 1: Expecting value"),
        (b'{"id": 1,}', "not JSON at character 10: Expecting property name"),
        (b'{"id": 1} x', "not JSON at character 11: Extra data"),
        (b'{"id": "a', "not JSON at character 8: Unterminated string"),
        (b'"a\nb"', "not JSON at character 3: Invalid control character"),
        (b'"\\ud800\xff"', "not UTF-8 at byte 8"),
        (b"NaN", "NaN is no number"),
        (b"[-Infinity]", "-Infinity is no number"),
        (b"1e400", "a number is too large"),
        (b"9" * 5000, "a number is too large"),
        (b"[" * 300 + b"]" * 300, "nested deeper than 256 levels"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "nested deeper than 256 levels"),
        ("[" * 300 + "]" * 300, "nested deeper than 256 levels"),
    ],
)
def test_a_text_without_a_value_says_why(text: bytes | str, reason: str) -> None:
    with pytest.raises(FormatError, match=reason):
        decode(text)


def test_nesting_up_to_the_limit_is_read_and_written_back() -> None:
    text = b"[" * 256 + b"]" * 256
    assert encode(decode(text)) == text


def test_many_brackets_side_by_side_are_not_deep() -> None:
    text = b"[" + b"[]," * 1000 + b"{}]"
    assert len(decode(text)) == 1001


def test_what_json_cannot_hold_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(FormatError, match="no JSON value"):
        encode({"message": object()})
    with pytest.raises(FormatError, match="nested deeper"):
        encode(deep)


def test_a_job_is_written_as_its_documented_record_on_one_line() -> None:
    record = {"id": "a", "status": "COMPLETE", "message": "one\ntwo", "start_datetime": 1, "x": []}
    text = encode_record(Job.from_record(record))
    assert b"\n" not in text
    assert decode(text) == record | {"start_datetime_converted": "1970-01-01T00:00:00.001Z"}


def test_an_entry_keeps_its_text_and_says_why_it_has_no_value() -> None:
    good, bad = read_entry("line 1", b"[1, 2]"), read_entry("line 2", b"[1, 2")
    assert (good.place, good.raw, good.value, good.reason) == ("line 1", b"[1, 2]", [1, 2], "")
    assert (bad.raw, bad.value) == (b"[1, 2", None)
    assert bad.reason.startswith("not JSON at character")
