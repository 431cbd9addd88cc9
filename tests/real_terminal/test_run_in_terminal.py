"""``jobwatch run`` in a terminal: the command has one, and the user's stays what it was."""

from __future__ import annotations

import os
import re
import shlex
import signal
import sys
import termios
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pexpect
import pytest

from jobwatch.model.job import Job
from jobwatch.model.query import JobQuery
from jobwatch.store.plain_log import PlainJobLog
from tests.real_terminal.terminal import PATIENCE, environment

PROMPT = "what-next> "

# A key alone may come while the terminal isn't raw yet: each test waits for what a command says
# once it runs, and that the words which it types aren't found in what it says.
READS_ONE_KEY = (
    "import sys, tty; tty.setraw(0); print('raw', 'mode', flush=True);"
    " print('key', sys.stdin.buffer.raw.read(1))"
)

# For a signal, which a shell takes between two commands, but not for ever.
WAITS = "for i in $(seq 400); do sleep 0.05; done"


class Typing:
    """A program in a terminal of 90 columns and 30 lines, and what it has said since."""

    def __init__(self, program: str, *arguments: str, home: Path) -> None:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*fork", DeprecationWarning)
            self.child: Any = pexpect.spawn(
                program,
                list(arguments),
                cwd=str(home),
                env={**environment(home), "PS1": PROMPT},
                dimensions=(30, 90),
                timeout=PATIENCE,
                encoding="utf-8",
            )
        self.child.delaybeforesend = None

    def type(self, text: str) -> None:
        self.child.send(text)

    def says(self, pattern: str) -> re.Match[str]:
        self.child.expect(pattern)
        match: re.Match[str] = self.child.match
        return match

    def ends(self) -> int:
        """Wait for its end; return what a shell's `$?` would be."""
        self.child.expect(pexpect.EOF)
        self.child.wait()
        if self.child.signalstatus is not None:
            return 128 + int(self.child.signalstatus)
        return int(self.child.exitstatus)

    @property
    def is_raw(self) -> bool:
        flags: int = termios.tcgetattr(self.child.child_fd)[3]
        return not flags & termios.ICANON


Start = Callable[..., Typing]


@pytest.fixture
def terminals(tmp_path: Path) -> Iterator[Start]:
    """Return what starts a program in a terminal; it ends with the test."""
    started: list[Typing] = []

    def start(program: str, *arguments: str) -> Typing:
        started.append(Typing(program, *arguments, home=tmp_path))
        return started[-1]

    yield start
    for terminal in started:
        terminal.child.close(force=True)


@pytest.fixture
def run(terminals: Start) -> Start:
    """Return what runs a command as a job, as the first program of a terminal."""
    return lambda *command: terminals(sys.executable, *ours(), *command)


@pytest.fixture
def shell(terminals: Start) -> Typing:
    """Return a shell with job control that knows `job` as the command to run a job."""
    bash = which("bash")
    if bash is None:
        pytest.skip("job control is tested with bash")
    terminal = terminals(bash, "--norc", "--noediting", "-i")
    terminal.says(PROMPT)
    terminal.type(f'job() {{ {shlex.join([sys.executable, *ours()])} "$@"; }}\n')
    terminal.says(PROMPT)
    return terminal


def ours() -> list[str]:
    return ["-m", "jobwatch", "--store", "jobs.db", "run", "--"]


def jobs(home: Path) -> list[Job]:
    with PlainJobLog.read(home / "jobs.db") as log:
        return list(log.jobs(JobQuery()))


def test_each_stream_is_a_terminal_of_the_same_size(run: Start) -> None:
    terminal = run("sh", "-c", "test -t 0 && test -t 1 && test -t 2 && stty size && tty")

    terminal.says("30 90\r\n/dev/")
    assert terminal.ends() == 0


def test_the_terminal_controls_the_command(run: Start) -> None:
    terminal = run("sh", "-c", "printf 'pass%s ' word >/dev/tty; read word </dev/tty; echo =$word")

    terminal.says("password ")
    terminal.type("sesame\n")
    terminal.says("=sesame")
    assert terminal.ends() == 0


def test_what_is_typed_is_echoed_once_and_read(run: Start) -> None:
    terminal = run("sh", "-c", "echo rea''dy; read line; echo \"[$line]\"; exit 4")

    terminal.says("ready\r\n")
    terminal.type("hello\n")
    assert terminal.says(r"(.*)\[hello\]")[1] == "hello\r\n"
    assert terminal.ends() == 4


def test_a_newline_is_written_as_a_terminal_does(run: Start) -> None:
    terminal = run("sh", "-c", "echo one; echo two >&2")

    terminal.says("one\r\ntwo\r\n")
    assert terminal.ends() == 0


def test_a_new_size_is_passed_on(run: Start) -> None:
    terminal = run("sh", "-c", f"trap 'stty size; exit' WINCH; echo rea''dy; {WAITS}")

    terminal.says("ready")
    terminal.child.setwinsize(40, 100)
    terminal.says("40 100")
    assert terminal.ends() == 0


def test_ctrl_c_interrupts_the_command_and_we_end_as_it_does(run: Start, tmp_path: Path) -> None:
    terminal = run("sh", "-c", "echo rea''dy; exec sleep 20")

    terminal.says("ready")
    terminal.type("\x03")
    assert terminal.ends() == 130
    [job] = jobs(tmp_path)
    assert (job.status, job.other["exit_status"]) == ("ERROR", 130)
    assert job.message == "ended by SIGINT: ready"


@pytest.mark.parametrize("modes", ["echoctl", "-echoctl", "intr ^C -echo"])
def test_the_echo_of_a_key_is_no_line_of_the_message(
    run: Start, tmp_path: Path, modes: str
) -> None:
    terminal = run("sh", "-c", f"stty {modes}; : > begun; exec sleep 20")

    while not (tmp_path / "begun").exists():
        assert terminal.child.isalive()
    terminal.type("\x03")
    assert terminal.ends() == 130
    assert [job.message for job in jobs(tmp_path)] == ["ended by SIGINT"]


def test_the_echo_of_a_key_is_no_begin_of_a_line_of_the_message(run: Start, tmp_path: Path) -> None:
    terminal = run("sh", "-c", f"trap 'echo caught; exit 7' INT; printf rea''dy; {WAITS}")

    terminal.says("ready")
    terminal.type("\x03")
    assert terminal.ends() == 7
    assert [job.message for job in jobs(tmp_path)] == ["exit status 7: readycaught"]


def test_what_a_command_says_of_a_key_is_in_the_message(run: Start, tmp_path: Path) -> None:
    terminal = run("sh", "-c", "echo press ^C; echo then ^Z; false")

    assert terminal.ends() == 1
    [job] = jobs(tmp_path)
    assert job.message == "exit status 1: then ^Z\npress ^C\nthen ^Z"


def test_ctrl_c_is_no_end_where_the_command_makes_something_else_of_it(run: Start) -> None:
    terminal = run("sh", "-c", f"trap 'echo cau''ght; exit 7' INT; echo rea''dy; {WAITS}")

    terminal.says("ready")
    terminal.type("\x03")
    terminal.says("caught")
    assert terminal.ends() == 7


def test_the_end_of_input_ends_what_reads_it(run: Start) -> None:
    terminal = run("sh", "-c", "echo rea''dy; cat; echo en''d")

    terminal.says("ready")
    terminal.type("\x04")
    terminal.says("end")
    assert terminal.ends() == 0


def test_each_key_reaches_a_program_that_takes_all_of_them(run: Start) -> None:
    terminal = run(sys.executable, "-c", READS_ONE_KEY)

    terminal.says("raw mode")
    terminal.type("\x1a")
    terminal.says(r"key b'\\x1a'")
    assert terminal.ends() == 0


def test_the_terminal_is_raw_while_the_command_runs_and_restored_after_it(shell: Typing) -> None:
    shell.type("job sh -c 'echo rea''dy; read line; exit 3'\n")
    shell.says("ready\r\n")
    assert shell.is_raw

    shell.type("go\n")
    shell.says(PROMPT)
    assert not shell.is_raw
    shell.type("echo status $?\n")
    shell.says("status 3")


@pytest.mark.parametrize("ending", ["KILL", "SEGV", "TERM"])
def test_the_terminal_is_restored_after_a_command_that_was_killed(
    shell: Typing, ending: str
) -> None:
    shell.type(f"job sh -c 'stty raw; kill -{ending} $$'\n")
    shell.says(PROMPT)
    shell.type("echo st''atus $?\n")

    status = {"KILL": 137, "SEGV": 139, "TERM": 143}[ending]
    shell.says(f"status {status}")
    assert not shell.is_raw


def test_ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_back(shell: Typing) -> None:
    shell.type("job sh -c 'echo rea''dy; exec cat'\n")
    shell.says("ready")
    shell.type("\x1a")
    shell.says(f"Stopped.*{PROMPT}")
    assert not shell.is_raw
    shell.type("echo be''tween\n")
    shell.says("between")
    shell.says(PROMPT)

    shell.type("fg\n")
    shell.says(r"fg\r\n.*\r\n")
    shell.type("hello\n")
    shell.says("hello\r+\nhello")
    shell.type("\x04")
    shell.says(PROMPT)
    assert not shell.is_raw


def test_ctrl_z_stops_nothing_where_nobody_could_continue_it(run: Start) -> None:
    terminal = run("sh", "-c", "echo rea''dy; read line; echo \"[$line]\"")

    terminal.says("ready")
    terminal.type("\x1ahello\n")
    terminal.says(r"\[hello\]")
    assert terminal.ends() == 0


def test_ctrl_z_stops_the_job_of_a_shell_that_is_run_and_not_the_shell(shell: Typing) -> None:
    shell.type(f"PS1='inn''er> ' job {which('bash')} --norc --noediting -i\n")
    shell.says("inner> $")
    shell.type("sh -c 'echo rea''dy; exec sleep 20'\n")
    shell.says("ready")
    shell.type("\x1a")

    shell.says(r"Stopped.*inner> ")
    # To leave it otherwise, it asks twice as long as it has a job.
    shell.type("kill -KILL %1; exec true\n")
    shell.says(PROMPT)


def test_what_runs_on_in_the_background_leaves_the_keys_to_the_shell(shell: Typing) -> None:
    shell.type("job sh -c 'echo pid $PPID; read line; echo \"[$line]\"'\n")
    wrapper = int(shell.says(r"pid (\d+)\r")[1])
    os.kill(wrapper, signal.SIGSTOP)
    shell.says(f"Stopped.*{PROMPT}")
    shell.type("bg\n")
    shell.says(PROMPT)
    for number in range(5):
        shell.type(f"sleep 0.3; echo lin''e {number}\n")
        shell.says(f"line {number}")
        shell.says(PROMPT)
    shell.type("jobs\n")
    shell.says("Running")

    shell.type("fg\n")
    shell.says(r"fg\r\n.*\r\n")
    shell.type("hello\n")
    shell.says(r"\[hello\]")


def test_in_the_background_it_leaves_the_terminal_alone_until_it_is_brought_back(
    shell: Typing,
) -> None:
    shell.type("job sh -c 'echo rea''dy; read line; echo \"[$line]\"' &\n")
    shell.says("ready")
    shell.type("echo sh''ell\n")
    shell.says("shell\r\n")

    shell.type("fg\n")
    shell.says(r"fg\r\n.*\r\n")
    shell.type("hello\n")
    shell.says(r"\[hello\]")
    shell.says(PROMPT)
    assert not shell.is_raw


def test_a_terminal_stays_one_where_the_input_is_a_pipe(shell: Typing) -> None:
    shell.type(
        "echo pi''ped | job sh -c 'cat; test -t 1 && stty size <&1;"
        ' read word </dev/tty; echo "[$word]"\'\n'
    )
    shell.says("piped\r\n30 90\r\n")
    shell.type("sesame\n")

    shell.says(r"\[sesame\]")
    shell.says(PROMPT)
    assert not shell.is_raw


def test_a_pipe_stays_one_where_the_input_is_a_terminal(shell: Typing) -> None:
    shell.type("job sh -c 'test -t 0 && ! test -t 1 && test -t 2 && echo pi''pe' | cat\n")

    shell.says("pipe\r\n")
    shell.says(PROMPT)


def test_ctrl_c_comes_once_to_a_command_that_shares_our_terminal(shell: Typing) -> None:
    counts = "import signal, time; signal.signal(signal.SIGINT, lambda *_: print('int'))"
    waits = "print('rea' + 'dy', file=sys.stderr); time.sleep(1); time.sleep(1)"
    shell.type(f'job {sys.executable} -c "import sys; {counts}; {waits}" > out; cat out\n')
    shell.says("ready")
    shell.type("\x03")

    shell.says(f"{PROMPT}")
    shell.type("grep -c int out\n")
    shell.says("1\r\n")


def test_ctrl_z_stops_a_command_that_shares_our_terminal_too(shell: Typing) -> None:
    shell.type("job sh -c 'echo rea''dy >&2; read line; echo \"[$line]\"' | cat\n")
    shell.says("ready")
    shell.type("\x1a")
    shell.says(f"Stopped.*{PROMPT}")
    shell.type("fg\n")
    shell.says(r"fg\r\n.*\r\n")
    shell.type("hello\n")

    shell.says(r"\[hello\]")
    shell.says(PROMPT)


def test_what_is_left_behind_in_a_shared_terminal_writes_on_into_it(shell: Typing) -> None:
    shell.type("mkfifo go; job sh -c '(read line < go; echo trou''ble >&2) & echo x' > out\n")
    shell.says(PROMPT)
    shell.type("echo > go\n")

    shell.says("trouble")


def test_what_is_left_behind_outlives_the_command_where_its_input_is_none(
    shell: Typing,
) -> None:
    shell.type("mkfifo go; job sh -c '(read line < go; echo al''ive) &' < /dev/null\n")
    shell.says(PROMPT)
    shell.type("echo > go\n")

    shell.says("alive")


def test_a_terminal_that_is_closed_ends_the_command_whose_input_is_another(
    terminals: Start, tmp_path: Path
) -> None:
    command = shlex.join([sys.executable, *ours(), "sh", "-c", "echo rea''dy; exec sleep 20"])
    terminal = terminals("sh", "-c", f"exec {command} </dev/null")
    terminal.says("ready")
    terminal.child.ptyproc.fileobj.close()  # which tells the first program alone
    terminal.child.wait()

    [job] = jobs(tmp_path)
    assert job.other["exit_status"] == 129


def test_a_terminal_that_is_closed_ends_the_command(run: Start, tmp_path: Path) -> None:
    terminal = run("sh", "-c", "echo $$ > pid; echo rea''dy; exec sleep 20")
    terminal.says("ready")
    terminal.child.close(force=False)

    [job] = jobs(tmp_path)
    assert job.other["exit_status"] == 129
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
