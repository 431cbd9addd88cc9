"""The end of an output: what is kept of it, and that it is read on as it grows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jobwatch.store import output_tail
from jobwatch.store.output_tail import LONGEST_LINE, MOST_CHARACTERS, MOST_LINES, OutputTail


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "job.log"


def add(file: Path, data: str | bytes) -> None:
    with file.open("ab") as stream:
        stream.write(data.encode() if isinstance(data, str) else data)


def test_what_was_not_moved_is_not_read_again(file: Path) -> None:
    add(file, "one\ntwo\n")
    tail = OutputTail(file)
    output = tail.read()
    assert output.lines == ("one", "two")
    assert not output.earlier
    assert tail.read() is output
    os.utime(file, ns=(0, 0))
    assert tail.read().lines == output.lines


def test_what_is_added_is_read_on_and_an_unfinished_line_is_shown(file: Path) -> None:
    add(file, "one\nt")
    tail = OutputTail(file)
    assert tail.read().lines == ("one", "t")
    add(file, "wo\n")
    assert tail.read().lines == ("one", "two")
    add(file, "\nthree\n")
    output = tail.read()
    assert output.lines == ("one", "two", "", "three")
    assert (output.dropped, output.begun) == (0, 1)


@pytest.mark.parametrize("pieces", [1, 2, 3, 5, 7])
def test_characters_and_sequences_that_are_cut_by_a_read_are_whole_in_the_end(
    file: Path, pieces: int
) -> None:
    data = "10 %\r100 %\r\n\x1b[1;32m✓ grün\x1b[0m 🎉\r\n".encode()
    file.touch()
    tail = OutputTail(file)
    tail.read()
    for at in range(0, len(data), pieces):
        add(file, data[at : at + pieces])
        tail.read()
    assert tail.read().lines == ("100 %", "✓ grün 🎉")


def test_a_progress_bar_shows_how_it_stands(file: Path) -> None:
    tail = OutputTail(file)
    for percent in (5, 10, 100):
        add(file, f"\r{percent} %")
        assert tail.read().lines == (f"{percent} %",)


def test_what_a_screen_would_obey_is_shown_as_an_escape(file: Path) -> None:
    add(file, "a\u202eb\tc\x0cd\xff\n".encode() + b"\xff\n")
    assert OutputTail(file).read().lines == ("a\\u202eb" + " " * 8 + "c\\x0cdÿ", "\ufffd")


def test_of_a_large_file_only_the_end_is_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = 100_000_000
    end = b"".join(b"line %d\n" % number for number in range(20))
    with file.open("wb") as stream:
        stream.truncate(size)
        stream.seek(size)
        stream.write(b"\n" + end)
    sizes: list[int] = []
    add_to_end = output_tail._End.add

    def noted(end: output_tail._End, data: bytes) -> None:
        sizes.append(len(data))
        add_to_end(end, data)

    monkeypatch.setattr(output_tail._End, "add", noted)
    output = OutputTail(file).read()
    assert output.lines == tuple(f"line {number}" for number in range(20))
    assert output.earlier
    assert sum(sizes) == 1 << 20


def test_so_many_lines_are_kept_and_what_was_dropped_is_counted(file: Path) -> None:
    count = MOST_LINES
    add(file, "".join(f"{number}\n" for number in range(count)))
    tail = OutputTail(file)
    output = tail.read()
    assert (len(output.lines), output.dropped, output.earlier) == (count, 0, False)
    add(file, f"{count}\n")
    output = tail.read()
    assert output.earlier
    assert output.lines[-1] == f"{count}"
    assert output.lines[0] == f"{output.dropped}"
    assert len(output.lines) + output.dropped == count + 1
    assert count // 2 < len(output.lines) < count


def test_so_many_characters_are_kept(file: Path) -> None:
    tail = OutputTail(file)
    for number in range(30):
        add(file, "".join(f"{number:02} {'x' * 997}\n" for _ in range(100)))
        output = tail.read()
        assert sum(map(len, output.lines)) <= MOST_CHARACTERS
        assert len(output.lines) + output.dropped == (number + 1) * 100
    assert output.earlier
    assert output.lines[-1].startswith("29 ")


def test_more_than_is_read_at_once_leaves_a_gap_and_begins_with_a_whole_line(file: Path) -> None:
    add(file, "old\n")
    tail = OutputTail(file)
    tail.read()
    add(file, "".join(f"{number:06}\n" for number in range(400_000)))
    output = tail.read()
    assert "old" not in output.lines
    assert output.earlier
    assert {len(line) for line in output.lines} == {6}
    assert output.lines[-1] == "399999"


def test_a_long_line_is_cut_and_says_how_much_is_left(file: Path) -> None:
    half = LONGEST_LINE // 2
    add(file, "b" * half + "-" * 1_234 + "e" * half + "\nend\n")
    cut = "b" * half + " … 1,234 more characters … " + "e" * half
    assert OutputTail(file).read().lines == (cut, "end")


def test_of_a_long_line_without_an_end_the_newest_is_shown(file: Path) -> None:
    tail = OutputTail(file)
    for newest in ("1 of 2", "2 of 2"):
        for _ in range(10):
            add(file, "x" * 30_000)
        add(file, newest)
        [line] = tail.read().lines
        assert line.startswith("…x")
        assert line.endswith(f"xxx{newest}")
        assert len(line) < LONGEST_LINE + 50


def test_a_line_without_an_end_is_kept_as_far_as_it_may_matter(file: Path) -> None:
    tail = OutputTail(file)
    for _ in range(20):
        add(file, "".join(f"\r{number:03} of 1000" for number in range(1_000)))
        assert tail.read().lines == ("999 of 1000",)
    add(file, "\rdone       \nnext")
    assert tail.read().lines == ("done       ", "next")


def test_of_a_progress_bar_that_wrote_more_than_is_read_its_last_stand_is_shown(
    file: Path,
) -> None:
    tail = OutputTail(file)
    for last in (100_000, 100_001):
        add(file, "".join(f"\r{number:6} of {last}" for number in range(last)))
        output = tail.read()
        assert output.lines == (f"{last - 1:6} of {last}",)
        assert output.earlier
        add(file, "\n")
        assert tail.read().lines[-1] == f"{last - 1:6} of {last}"


@pytest.mark.parametrize("cut", range(5))
def test_a_progress_bar_is_whole_wherever_its_beginning_is_cut_off(file: Path, cut: int) -> None:
    unfinished = output_tail.LONGEST_UNFINISHED // 2
    tail = OutputTail(file)
    add(file, ("100\r" * unfinished)[: 4 * unfinished - cut])
    assert tail.read().lines == ("100",)
    add(file, "\r99 ")
    assert tail.read().lines == ("99 ",)


def test_a_line_that_is_longer_than_is_read_is_shown_from_amid(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output_tail, "READ", 30)
    add(file, "✓" * 100)
    output = OutputTail(file).read()
    assert output.lines == ("…" + "✓" * 10,)
    assert output.earlier
    for end in ("\n", "\r\n"):
        add(file, f"grün, {'✓' * 10}{end}")
        # It is read amid a character.
        [line] = OutputTail(file).read().lines
        assert line.strip("✓") == "…"


@pytest.mark.parametrize("text", ["new\n", "another\n", "other and longer than it was before\n"])
def test_a_file_that_is_written_anew_is_read_from_its_beginning(file: Path, text: str) -> None:
    add(file, "the old\n")
    tail = OutputTail(file)
    begun = tail.read().begun
    file.write_text(text, encoding="utf-8")
    output = tail.read()
    assert output.lines == (text.strip(),)
    assert output.dropped == 0
    assert output.begun > begun


def test_a_file_that_is_replaced_is_read_from_its_beginning(file: Path) -> None:
    add(file, "same\n")
    tail = OutputTail(file)
    begun = tail.read().begun
    other = file.with_name("other")
    add(other, "same\nmore\n")
    other.replace(file)
    output = tail.read()
    assert output.lines == ("same", "more")
    assert output.begun > begun


def test_a_file_that_is_missing_says_so_until_it_comes(file: Path) -> None:
    tail = OutputTail(file)
    output = tail.read()
    assert output.problem == "no such file or directory"
    assert tail.read() is output
    add(file, "there\n")
    assert tail.read().lines == ("there",)
    file.unlink()
    assert tail.read() == output._replace(begun=tail.read().begun)


def test_what_is_no_file_is_not_read(tmp_path: Path, file: Path) -> None:
    assert OutputTail(tmp_path).read().problem
    os.mkfifo(file)
    assert OutputTail(file).read().problem == "not a file"
