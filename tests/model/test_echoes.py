"""The echoes of keys, which are no words of a command."""

from hypothesis import given
from hypothesis import strategies as st

from jobwatch.model.echoes import SOON, Echoes


def pressed(*echoes: bytes) -> Echoes:
    """Return what expects these at the time 0."""
    expected = Echoes()
    for echo in echoes:
        expected.expect(echo, 0.0)
    return expected


def test_an_echo_is_left_out_wherever_it_stands_in_a_line() -> None:
    assert pressed(b"^C").left_out(b"^CTraceback", 0.1) == b"Traceback"
    assert pressed(b"^C").left_out(b"re^Cady\r\n", 0.1) == b"ready\r\n"
    assert pressed(b"^C").left_out(b"50 %^C\r\n", 0.1) == b"50 %\r\n"
    assert pressed(b"\x03").left_out(b"\x03", 0.1) == b""


def test_each_echo_is_left_out_once_for_a_key() -> None:
    terminal = pressed(b"^C", b"^\\", b"^C")

    assert terminal.left_out(b"a^C^\\", 0.1) == b"a"
    assert terminal.left_out(b"^C press ^C again", 0.2) == b" press ^C again"


def test_what_a_command_says_without_a_key_stays() -> None:
    assert pressed().left_out(b"press ^C", 0.1) == b"press ^C"
    assert pressed(b"^C").left_out(b"^Z ^D", 0.1) == b"^Z ^D"


def test_what_comes_long_after_a_key_is_no_echo_of_it() -> None:
    assert pressed(b"^C").left_out(b"press ^C", SOON + 0.1) == b"press ^C"


def test_half_an_echo_waits_for_its_rest() -> None:
    terminal = pressed(b"^C")

    assert terminal.left_out(b"a^", 0.1) == b"a"
    assert terminal.left_out(b"Cb", 0.2) == b"b"


def test_half_an_echo_that_was_none_comes_with_what_follows() -> None:
    terminal = pressed(b"^C")

    assert terminal.left_out(b"2^", 0.1) == b"2"
    assert terminal.left_out(b"3", 0.2) == b"^3"


@given(st.lists(st.binary(max_size=9)))
def test_without_a_key_nothing_is_left_out(pieces: list[bytes]) -> None:
    terminal = pressed()

    assert [terminal.left_out(piece, 0.0) for piece in pieces] == pieces
