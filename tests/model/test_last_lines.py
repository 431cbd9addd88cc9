"""The last lines of an output, and the message of a command that failed."""

from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.last_lines import KEPT, LINES, LONGEST, LastLines, failure


def said(*pieces: bytes) -> LastLines:
    lines = LastLines()
    for piece in pieces:
        lines.add(piece)
    return lines


def test_the_last_lines_are_told_without_empty_ones() -> None:
    assert said(b"\n\none\n", b"\ntw", b"o \n\n").text == "one\ntwo"


def test_no_more_lines_are_told_than_fit_a_message() -> None:
    text = said(b"".join(b"line %d\n" % number for number in range(100))).text

    assert text.split("\n") == [f"line {number}" for number in range(80, 100)]


def test_of_long_lines_the_end_is_told() -> None:
    text = said(b"a" * 3_000 + b"\n" + b"b" * 1_500).text

    assert len(text) == LONGEST
    assert text.startswith("…aaa")
    assert text.endswith("b" * 1_500)


def test_a_line_longer_than_what_is_kept_is_told_from_its_end() -> None:
    text = said(b"x" * KEPT, "é".encode() * KEPT, b" end").text

    assert text.startswith("…éé")
    assert text.endswith("éé end")


def test_what_was_cut_off_within_a_line_is_left_out() -> None:
    text = said(b"\x1b[31" + b"x" * KEPT, b"\nwhole\n").text

    assert text == "whole"


def test_escape_sequences_and_what_was_overwritten_are_left_out() -> None:
    assert said(b"\x1b[1;31mred\x1b[0m\n 10 %\r 50 %\r100 %\n").text == "red\n100 %"


def test_what_is_no_utf8_is_replaced_and_half_a_character_waits() -> None:
    assert said(b"a\xffb ", "é".encode()[:1]).text == "a\ufffdb"
    assert said(b"a ", "é".encode()[:1], "é".encode()[1:]).text == "a é"


def test_what_another_stream_says_begins_on_a_line_of_its_own() -> None:
    lines = LastLines()
    lines.add(b"50 % ", 1)
    lines.add(b"failed\n", 2)
    lines.add(b"bye", 1)

    assert lines.text == "50 %\nfailed\nbye"


def test_a_character_that_another_stream_cuts_is_told_whole_with_its_rest() -> None:
    lines = LastLines()
    lines.add("日本".encode()[:4], 1)
    lines.add("é!\n".encode(), 2)
    lines.add("日本".encode()[4:], 1)

    assert lines.text == "日\né!\n本"


@given(st.text(max_size=20), st.lists(st.integers(1, 4)))
def test_text_is_told_whole_wherever_it_is_cut(text: str, sizes: list[int]) -> None:
    data, pieces = text.encode(), []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]

    assert said(*pieces, data).text == said(text.encode()).text


def test_nothing_said_is_no_text() -> None:
    assert said().text == ""
    assert said(b"\n \r\n").text == ""


@given(st.lists(st.binary(max_size=200)))
def test_any_output_gives_a_message_within_the_limits(pieces: list[bytes]) -> None:
    text = said(*pieces).text

    assert len(text) <= LONGEST
    assert text.count("\n") < LINES
    text.encode()


def test_a_failure_begins_with_how_it_ended_and_the_last_line_of_stderr() -> None:
    message = failure(
        "exit status 3", said(b"a\ncannot open x\n"), said(b"a\ncannot open x\nbye\n")
    )

    assert message == "exit status 3: cannot open x\na\ncannot open x\nbye"


def test_a_failure_with_one_line_tells_it_once() -> None:
    assert failure("exit status 1", said(b"boom\n"), said(b"boom\n")) == "exit status 1: boom"


def test_a_failure_without_stderr_tells_the_last_line_of_all() -> None:
    assert failure("exit status 1", said(), said(b"a\nb\n")) == "exit status 1: b\na\nb"


def test_a_failure_that_says_nothing_tells_how_it_ended() -> None:
    assert failure("ended by SIGKILL", said(), said()) == "ended by SIGKILL"


def test_a_failure_stays_within_the_limits() -> None:
    lines = said(b"".join(b"%d" % number * 100 + b"\n" for number in range(100)))

    message = failure("exit status 1", lines, lines)

    assert len(message) <= LONGEST
    assert message.count("\n") < LINES
    assert message.endswith("99" * 100)
