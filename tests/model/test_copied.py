"""What is copied of jobs."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.copied import Part, bodies, messages, of_jobs, records, table
from jobwatch.model.job import UNSET, Job
from jobwatch.model.text import clean

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def job(**fields: object) -> Job:
    return Job(id="a").replace(**fields)


def test_rows_are_lines_with_tabs_between_their_cells() -> None:
    assert table([("2:03", "✓ complete", "a\tb\nc"), ("–", "", "\x1b[31m")]) == (
        "2:03\t✓ complete\ta b c\n–\t\t\\x1b[31m"
    )


def test_a_message_alone_keeps_its_lines_and_several_are_a_line_each() -> None:
    one, two = job(message="a\n  b"), job(message={"error": "c\nd"})
    assert messages([one]) == "a\n  b"
    assert messages([two]) == '{"error":"c\\nd"}'
    assert messages([one, job(), two]) == 'a b\n\n{"error":"c\\nd"}'.replace("a b", "a   b")


def test_a_body_is_indented_json_and_text_is_as_it_is() -> None:
    assert bodies([job(job_body={"a": [1]})]) == '{\n  "a": [\n    1\n  ]\n}'
    assert bodies([job(job_body="select\n1")]) == "select\n1"


@pytest.mark.parametrize("missing", [UNSET, None])
def test_what_a_job_lacks_is_no_text(missing: object) -> None:
    assert bodies([job(job_body=missing)]) == ""
    assert messages([job(message=missing)]) == ""


def test_several_bodies_are_one_array() -> None:
    found = bodies([job(job_body={"a": 1}), job(), job(job_body="text")])
    assert json.loads(found) == [{"a": 1}, None, "text"]


def test_a_record_is_as_documented_on_one_line_and_several_are_an_array() -> None:
    one = job(status="ERROR", start_datetime=0, message="x\ny")
    assert "\n" not in records([one])
    assert json.loads(records([one])) == one.to_record()
    assert json.loads(records([one, job()])) == [one.to_record(), {"id": "a"}]
    assert records([one, job()]).count("\n") == 1


def test_what_the_jobs_alone_dont_tell_is_not_asked_of_them() -> None:
    assert of_jobs(Part.MESSAGE, [job(message="m")]) == "m"
    for part in (Part.ROW, Part.COMMAND):
        with pytest.raises(KeyError):
            of_jobs(part, [job()])


@given(
    st.lists(VALUES, min_size=1, max_size=3),
    st.sampled_from([Part.MESSAGE, Part.BODY, Part.RECORD]),
)
def test_no_copied_text_has_what_a_terminal_obeys(values: list[object], part: Part) -> None:
    text = of_jobs(part, [job(message=value, job_body=value) for value in values])
    assert clean(text) == text
    assert text.encode() or not text


@given(VALUES.filter(lambda value: value is not None and not isinstance(value, str)))
def test_a_copied_body_is_the_same_value(value: object) -> None:
    assert json.loads(bodies([job(job_body=value)])) == value
