"""Commands that run as jobs: their output, their end, their signals, and what the log says of them.

Each runs in a process of its own, since it takes that over.
"""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from jobwatch.feeds.command.copying import BLOCK, LEFT, copy, write_all
from jobwatch.feeds.command.signals import TICK, name_of
from jobwatch.model.job import UNSET, Job
from jobwatch.model.query import JobQuery
from jobwatch.store.alive import is_gone, process_of
from jobwatch.store.output import output_path
from jobwatch.store.plain_log import PlainJobLog

PATIENCE = 30.0
ROOT = Path(__file__).parents[2]

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "jobs.db"


@pytest.fixture
def start(store: Path, tmp_path: Path) -> Iterator[Start]:
    """Return what starts a command as a job; it ends with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def call(*command: str, options: tuple[str, ...] = (), **how: Any) -> subprocess.Popen[bytes]:
        ours = (sys.executable, "-m", "jobwatch", "--store", str(store), "run", *options, "--")
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        how = {"cwd": tmp_path, "env": environment, "process_group": 0, **streams, **how}
        started.append(subprocess.Popen([*ours, *command], **how))
        return started[-1]

    yield call
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # what outlived it, too
        process.communicate()


@pytest.fixture
def run(start: Start) -> Callable[..., tuple[int, bytes, bytes]]:
    """Return what runs a command to its end, and returns its status and what it wrote."""

    def call(*command: str, given: bytes = b"", **how: Any) -> tuple[int, bytes, bytes]:
        process = start(*command, **how)
        out, err = process.communicate(given, timeout=PATIENCE)
        return process.returncode, out, err

    return call


Run = Callable[..., tuple[int, bytes, bytes]]


def only_job(store: Path) -> Job:
    with PlainJobLog.read(store) as log:
        [job] = log.jobs(JobQuery())
    return job


def all_jobs(store: Path) -> list[Job]:
    with PlainJobLog.read(store) as log:
        return list(log.jobs(JobQuery()))


def wait_for_line(process: subprocess.Popen[bytes], line: bytes) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == line + b"\n"


def wait_for(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end


def read_or_nothing(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return is_in_state(pid, b"Z")  # whoever should take note of its end may not


def is_in_state(pid: int, state: bytes) -> bool:
    """Return whether a process is in a state of proc(5)."""
    return b") %c " % state in read_or_nothing(Path(f"/proc/{pid}/stat"))


# Output


def test_both_streams_pass_through_apart_and_untouched(run: Run) -> None:
    script = r"printf 'a\0b\377\r\n\033[1m'; printf 'c\n' >&2"

    assert run("sh", "-c", script) == (0, b"a\0b\xff\r\n\x1b[1m", b"c\n")


def test_the_input_is_the_commands(run: Run) -> None:
    text = os.urandom(300_000)

    assert run("cat", given=text) == (0, text, b"")


def test_what_comes_is_passed_on_at_once_though_no_line_is_full(start: Start) -> None:
    process = start("sh", "-c", "printf asked:; read answer; echo $answer")
    assert process.stdout is not None

    assert process.stdout.read(6) == b"asked:"
    assert process.communicate(b"yes\n", timeout=PATIENCE)[0] == b"yes\n"


def test_a_reader_that_has_had_enough_ends_the_command_as_without_us(
    start: Start, store: Path
) -> None:
    process = start("yes")
    wait_for_line(process, b"y")
    assert process.stdout is not None
    process.stdout.close()

    assert process.wait(PATIENCE) == -signal.SIGPIPE
    assert only_job(store).other["exit_status"] == 128 + signal.SIGPIPE


def test_a_process_that_is_left_behind_with_the_output_is_not_waited_for(start: Start) -> None:
    process = start("sh", "-c", "sleep 20 & echo $!; exit 3")
    assert process.stdout is not None
    left = int(process.stdout.readline())

    assert process.wait(PATIENCE) == 3
    os.kill(left, signal.SIGKILL)  # by what it still runs
    assert process.stdout.read() == b""


def test_a_process_that_is_left_behind_and_goes_on_writing_is_not_waited_for(
    start: Start, store: Path
) -> None:
    process = start("sh", "-c", "echo begin; yes & exit 3", stdout=subprocess.DEVNULL)

    assert process.wait(PATIENCE) == 3
    assert only_job(store).other["exit_status"] == 3


# The background writes once it is told to, and does something then.
LEAVES_A_WRITER = (
    "exec 3<&0; (read line; echo later; echo trouble >&2; : > alive) <&3 & echo started; exit 3"
)


@pytest.fixture
def leave_a_writer(start: Start) -> Start:
    """Return what starts a command that leaves a writer behind, and waits for its own end."""

    def call(**how: Any) -> subprocess.Popen[bytes]:
        process = start("sh", "-c", LEAVES_A_WRITER, **how)
        assert process.wait(PATIENCE) == 3
        return process

    return call


def test_what_is_left_behind_writes_on_as_without_us(leave_a_writer: Start, tmp_path: Path) -> None:
    process = leave_a_writer()

    assert process.communicate(b"\n", timeout=PATIENCE) == (b"started\nlater\n", b"trouble\n")
    assert (tmp_path / "alive").exists()


def test_what_is_left_behind_writes_on_into_files(leave_a_writer: Start, tmp_path: Path) -> None:
    with open(tmp_path / "out", "wb") as out, open(tmp_path / "err", "wb") as err:
        process = leave_a_writer(stdout=out, stderr=err)
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.close()

    wait_for(lambda: (tmp_path / "err").read_bytes() == b"trouble\n")
    wait_for(lambda: (tmp_path / "out").read_bytes() == b"started\nlater\n")


def test_what_is_left_behind_is_kept_though_it_is_not_of_the_job(
    leave_a_writer: Start, store: Path
) -> None:
    process = leave_a_writer(options=("--keep-output",))
    process.communicate(b"\n", timeout=PATIENCE)

    job = only_job(store)
    assert (job.status, job.message) == ("ERROR", "exit status 3: started")
    path = output_path(store, job.id)
    wait_for(lambda: sorted(path.read_bytes().split()) == [b"later", b"started", b"trouble"])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process has open")
def test_what_passes_on_what_is_left_behind_has_nothing_else_open(
    start: Start, store: Path
) -> None:
    process = start("sh", "-c", "sleep 20 2>/dev/null & echo $!; exit 3")
    assert process.stdout is not None
    left = int(process.stdout.readline())
    assert process.wait(PATIENCE) == 3
    [behind] = [
        folder
        for folder in Path("/proc").glob("[0-9]*")
        if str(store).encode() in read_or_nothing(folder / "cmdline")
    ]

    def names() -> list[str]:
        return sorted(os.readlink(number) for number in (behind / "fd").iterdir())

    # Our stdout, the pipe of what is left behind, and nothing in the place of the others.
    wait_for(lambda: len(names()) == 4)
    assert [name.partition(":")[0] for name in names()] == ["/dev/null"] * 2 + ["pipe"] * 2
    assert (behind / "cwd").resolve() == Path("/")
    assert os.getsid(int(behind.name)) == int(behind.name)  # a terminal's keys are not for it
    os.kill(left, signal.SIGKILL)
    wait_for(lambda: not read_or_nothing(behind / "cmdline"))


def test_without_a_writer_left_behind_no_process_is() -> None:
    script = (
        "import os, sys; from jobwatch.feeds.command import running\n"
        "from jobwatch.feeds.command.signals import block\n"
        "os.fork = lambda: sys.exit('forked')\n"
        "running.run(['echo', 'x'], os.environ, block(), lambda *_: None)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, timeout=PATIENCE)

    assert done.returncode == 0


def test_a_reader_that_goes_away_ends_what_is_left_behind_as_without_us(start: Start) -> None:
    process = start("sh", "-c", "yes & echo $!; exit 3")
    assert process.stdout is not None
    left = next(int(line) for line in process.stdout if line != b"y\n")
    while process.poll() is None:  # which it isn't before what the command wrote is read
        os.read(process.stdout.fileno(), BLOCK)
    assert process.returncode == 3
    process.stdout.close()

    wait_for(lambda: has_ended(left))


def test_output_that_cannot_be_passed_on_does_not_end_the_command_but_is_no_success(
    start: Start, store: Path, tmp_path: Path
) -> None:
    with open("/dev/full", "wb") as full:
        process = start(
            *("sh", "-c", "echo hi; sleep 0.2; echo bye; : > ended"),
            options=("--keep-output",),
            stdout=full,
        )
    _, err = process.communicate(timeout=PATIENCE)

    problem = "the output couldn't be passed on: No space left on device"
    job = only_job(store)
    assert (process.returncode, err) == (1, f"jobwatch: {problem}\n".encode())
    assert (tmp_path / "ended").exists()
    assert (job.status, job.other["exit_status"]) == ("ERROR", 1)
    assert job.message == f"{problem}: bye\nhi\nbye"
    assert output_path(store, job.id).read_bytes() == b"hi\nbye\n"


def test_output_that_cannot_be_passed_on_leaves_a_failure_as_it_is(
    start: Start, store: Path
) -> None:
    with open("/dev/full", "wb") as full:
        process = start("sh", "-c", "echo hi; exit 3", stdout=full)
    process.communicate(timeout=PATIENCE)

    problem = "the output couldn't be passed on: No space left on device"
    assert process.returncode == 3
    assert only_job(store).message == f"exit status 3; {problem}: hi"


def test_stderr_that_cannot_be_passed_on_is_no_failure(start: Start, store: Path) -> None:
    with open("/dev/full", "wb") as full:
        process = start("sh", "-c", "echo hi >&2; exit 0", stderr=full)
    process.communicate(timeout=PATIENCE)

    assert process.returncode == 0
    assert (only_job(store).status, only_job(store).message) == ("COMPLETE", "hi")


def test_nothing_of_a_large_output_is_lost_though_it_is_read_late(start: Start) -> None:
    process = start("sh", "-c", "head -c 3000000 /dev/zero; echo end")
    assert process.stdout is not None
    os.read(process.stdout.fileno(), 1)

    out, _ = process.communicate(timeout=PATIENCE)
    assert (len(out), out[-4:]) == (3_000_003, b"end\n")


def test_streams_that_are_closed_are_no_obstacle(run: Run, store: Path) -> None:
    ours = f'"{sys.executable}" -m jobwatch --store "{store}" run -- echo hello'
    subprocess.run(["sh", "-c", f"{ours} <&- >&- 2>&-"], check=True, timeout=PATIENCE, cwd=ROOT)

    assert only_job(store).message == "hello"


# The end


def test_a_command_that_succeeds_is_complete_with_its_last_lines(run: Run, store: Path) -> None:
    run("sh", "-c", "echo one; echo two >&2")

    job = only_job(store)
    assert (job.status, job.other["exit_status"]) == ("COMPLETE", 0)
    assert sorted(str(job.message).split("\n")) == ["one", "two"]


def test_a_command_that_says_nothing_has_no_message(run: Run, store: Path) -> None:
    run("true")

    assert only_job(store).message is UNSET


def test_a_command_that_fails_is_an_error_that_tells_how_and_why(run: Run, store: Path) -> None:
    status, _, _ = run("sh", "-c", "echo 'cannot open x' >&2; exit 3")

    job = only_job(store)
    assert status == 3
    assert (job.status, job.other["exit_status"]) == ("ERROR", 3)
    assert job.message == "exit status 3: cannot open x"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV, signal.SIGINT])
def test_a_command_that_a_signal_ends_ends_us_alike(
    run: Run, store: Path, number: signal.Signals
) -> None:
    status, _, _ = run("sh", "-c", f"kill -{number.value} $$")

    job = only_job(store)
    assert status == -number
    assert (job.status, job.other["exit_status"]) == ("ERROR", 128 + number)
    assert job.message == f"ended by {number.name}"


def test_a_command_that_is_not_there_is_told_as_a_shell_would(run: Run, store: Path) -> None:
    status, out, err = run("no-such-command")

    job = only_job(store)
    assert (status, out, err) == (127, b"", b"jobwatch: no-such-command: command not found\n")
    assert (job.status, job.message) == ("ERROR", "no-such-command: command not found")
    assert job.other["exit_status"] == 127


def test_a_file_that_is_no_program_is_told_as_a_shell_would(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no program")

    status, _, err = run("./data")

    assert (status, err) == (126, b"jobwatch: ./data: permission denied\n")


def test_a_script_that_does_not_say_who_reads_it_is_the_shells(run: Run, tmp_path: Path) -> None:
    script = tmp_path / "greet"
    script.write_text('echo "hello $1"')
    script.chmod(0o755)

    assert run("./greet", "Ada")[1] == b"hello Ada\n"


def test_a_command_without_a_name_is_not_there(run: Run, store: Path) -> None:
    status, out, err = run("")

    assert (status, out, err) == (127, b"", b"jobwatch: '': command not found\n")
    assert only_job(store).other["exit_status"] == 127


# Signals

SENT_ON = (
    *("HUP", "INT", "QUIT", "TERM", "USR1", "USR2", "ALRM", "VTALRM", "PROF", "XCPU", "IO", "URG"),
    *("TSTP", "WINCH", "CONT"),
)
SAYS_WHICH = f'for s in {" ".join(SENT_ON)}; do trap "echo $s; exit 5" $s; done'


WAITS = "for i in $(seq 400); do sleep 0.05; done"
"""Waits for a signal, which a shell takes between two commands, but not for ever."""


@pytest.mark.parametrize("name", SENT_ON)
def test_a_signal_is_sent_on_to_the_command(start: Start, store: Path, name: str) -> None:
    process = start("sh", "-c", f"{SAYS_WHICH}; echo ready; {WAITS}")
    wait_for_line(process, b"ready")
    process.send_signal(signal.Signals[f"SIG{name}"])

    out, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (5, f"{name}\n".encode())
    assert only_job(store).other["exit_status"] == 5


@pytest.mark.skipif(not hasattr(signal, "SIGRTMIN"), reason="not every system has them")
@pytest.mark.parametrize("which", ["SIGRTMIN", "SIGRTMAX"])
def test_a_real_time_signal_is_sent_on_and_ends_us_as_it_ends_the_command(
    start: Start, store: Path, which: str
) -> None:
    number = signal.Signals[which]
    process = start("sh", "-c", "echo ready; exec sleep 20")
    wait_for_line(process, b"ready")
    process.send_signal(number)

    assert process.wait(PATIENCE) == -number
    assert only_job(store).other["exit_status"] == 128 + number


def test_what_tells_of_faults_of_our_own_is_not_taken() -> None:
    script = (
        "import signal; from jobwatch.feeds.command.signals import block; block()\n"
        "print(*sorted(int(n) for n in signal.valid_signals() - signal.pthread_sigmask(0, [])))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )

    names = {signal.Signals(int(number)).name for number in told.stdout.split()}
    ours = {"KILL", "STOP", "SEGV", "BUS", "FPE", "ILL", "ABRT", "TRAP", "SYS", "PIPE", "XFSZ"}
    assert {f"SIG{name}" for name in ours | {"TTIN", "TTOU"}} == names - {"SIGEMT"}


def test_what_does_nothing_by_itself_is_not_ignored_so_that_it_waits_to_be_taken() -> None:
    script = (
        "import signal; from jobwatch.feeds.command.signals import block; block()\n"
        "print(*(n.name for n in signal.Signals if callable(signal.getsignal(n))))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )

    known = {f"SIG{name}" for name in ("CHLD", "CONT", "WINCH", "URG", "INFO")}
    assert known & set(signal.Signals.__members__) <= set(told.stdout.split())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process does")
def test_to_be_asked_to_stop_stops_the_command_and_us(start: Start) -> None:
    process = start("sh", "-c", "echo $$; exec sleep 20")
    assert process.stdout is not None
    command = int(process.stdout.readline())
    process.send_signal(signal.SIGTSTP)

    for pid in (command, process.pid):
        wait_for(partial(is_in_state, pid, b"T"))
    process.send_signal(signal.SIGCONT)
    for pid in (command, process.pid):
        wait_for(partial(is_in_state, pid, b"S"))
    process.terminate()
    assert process.wait(PATIENCE) == -signal.SIGTERM


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process does")
def test_to_be_stopped_for_long_is_no_other_signal() -> None:
    script = (
        "from jobwatch.feeds.command.signals import block, name_of, next_signal\n"
        "block(); print('ready', flush=True); came = 0\n"
        "while came != 15: came = next_signal().number; print(name_of(came))"
    )
    process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        wait_for_line(process, b"ready")
        state = Path(f"/proc/{process.pid}/stat")
        while state.read_text().rpartition(")")[2].split()[0] != "S":  # until it waits
            assert process.poll() is None
        process.send_signal(signal.SIGSTOP)
        time.sleep(1.5 * TICK)  # longer than it would wait for anything
        process.send_signal(signal.SIGCONT)
        process.terminate()
        out, _ = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()

    assert {b"SIGTERM"} <= set(out.split()) <= {b"SIGTERM", b"SIGCONT", b"SIGCHLD"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who sent a signal")
def test_an_alarm_is_for_us_alone_though_the_kernel_sends_it() -> None:
    script = (
        "import signal; from jobwatch.feeds.command.signals import block, next_signal\n"
        "block(); signal.setitimer(signal.ITIMER_REAL, 0.01)\n"
        "while (came := next_signal()).number != signal.SIGALRM: pass\n"
        "print(came.is_terminals)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, check=True
    )

    assert done.stdout == b"False\n"


def test_a_signal_that_ends_the_command_ends_us_once_the_record_is_written(
    start: Start, store: Path
) -> None:
    process = start("sh", "-c", "echo ready; exec sleep 20")
    wait_for_line(process, b"ready")
    process.terminate()

    assert process.wait(PATIENCE) == -signal.SIGTERM
    job = only_job(store)
    assert job.status == "ERROR"
    assert str(job.message).startswith("ended by SIGTERM")


def test_a_signal_ends_us_once_nobody_reads_what_the_command_wrote(
    start: Start, store: Path, tmp_path: Path
) -> None:
    process = start("sh", "-c", "head -c 100000 /dev/zero; echo > ended; exit 3")
    while not (tmp_path / "ended").exists():
        assert process.poll() is None
    while process.poll() is None:
        process.terminate()

    assert process.returncode == -signal.SIGTERM
    assert only_job(store).other["exit_status"] == 128 + signal.SIGTERM


def test_a_signal_that_was_ignored_stays_ignored(start: Start) -> None:
    process = start(
        "sh",
        "-c",
        "echo ready; read line; echo end",
        preexec_fn=lambda: signal.signal(1, signal.SIG_IGN),
    )
    wait_for_line(process, b"ready")
    process.send_signal(signal.SIGHUP)

    assert process.communicate(b"\n", timeout=PATIENCE)[0] == b"end\n"
    assert process.returncode == 0


def test_the_command_starts_with_the_signals_of_any_program(run: Run) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux tells")
    of_the_library = 3 << 31  # glibc keeps 32 and 33 for itself, and ignores them there
    show = ("sh", "-c", "sed -En 's/^Sig(Blk|Ign)://p' /proc/self/status")

    blocked, ignored = (int(line, 16) for line in run(*show)[1].split())
    expected = [int(line, 16) for line in subprocess.check_output(show).split()]
    assert [blocked, ignored & ~of_the_library] == expected


def test_a_job_whose_wrapper_was_killed_is_lost(start: Start, store: Path) -> None:
    process = start("sh", "-c", "echo ready; exec sleep 20")
    wait_for_line(process, b"ready")
    running = process_of(only_job(store).other)
    assert running is not None
    assert running.pid == process.pid
    assert not is_gone(running)
    process.kill()
    process.wait(PATIENCE)

    assert only_job(store).status == "IN_PROGRESS"
    assert is_gone(running)


def test_names_of_signals_are_told_where_they_have_one() -> None:
    assert (name_of(15), name_of(200)) == ("SIGTERM", "signal 200")


# The record


def test_the_command_knows_which_job_it_is_and_the_log_has_it_by_then(
    start: Start, store: Path
) -> None:
    process = start("sh", "-c", "echo $JOBWATCH_JOB; read line")
    assert process.stdout is not None
    id = process.stdout.readline().decode().strip()

    job = only_job(store)
    assert (job.id, job.status) == (id, "IN_PROGRESS")
    process.communicate(b"\n", timeout=PATIENCE)


def test_a_running_command_tells_what_it_says(start: Start, store: Path) -> None:
    process = start("sh", "-c", "echo loading; read line; echo loaded")
    wait_for_line(process, b"loading")
    with PlainJobLog.read(store) as log:
        while log.find_jobs([only_job(store).id])[only_job(store).id].message is UNSET:
            assert process.poll() is None

    job = only_job(store)
    assert (job.status, job.message) == ("IN_PROGRESS", "loading")
    process.communicate(b"\n", timeout=PATIENCE)


def test_the_whole_output_is_kept_while_it_comes(start: Start, store: Path) -> None:
    process = start("sh", "-c", "echo one; read line; echo two >&2", options=("--keep-output",))
    wait_for_line(process, b"one")
    path = output_path(store, only_job(store).id)
    while path.read_bytes() != b"one\n":
        assert process.poll() is None

    process.communicate(b"\n", timeout=PATIENCE)
    assert path.read_bytes() == b"one\ntwo\n"
    assert only_job(store).other["output"] == f"jobs.db.output/{path.name}"


def test_an_output_that_is_not_to_be_kept_is_not(run: Run, store: Path) -> None:
    run("echo", "one")

    assert "output" not in only_job(store).other
    assert not output_path(store, "x").parent.exists()


# A log that can't be written


def test_without_a_log_the_command_runs_and_a_line_says_so_at_either_end(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "jobs.db").mkdir()
    status, out, err = run("sh", "-c", "echo out; exit 3")

    lines = err.decode().splitlines()
    assert (status, out, len(lines)) == (3, b"out\n", 2)
    assert all(line.startswith("jobwatch: ") and "is a folder" in line for line in lines)


@pytest.mark.parametrize("kind", ["full", "closed"])
def test_what_cannot_be_said_is_no_obstacle(run: Run, store: Path, kind: str) -> None:
    store.mkdir()
    source, target = os.pipe()
    os.close(source)
    full = os.open("/dev/full", os.O_WRONLY)
    status, out, _ = run("sh", "-c", "echo out; exit 3", stderr=full if kind == "full" else target)
    os.close(full)
    os.close(target)

    assert (status, out) == (3, b"out\n")


def test_what_cannot_be_said_does_not_leave_the_record_open(run: Run, store: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    status, _, _ = run("no-such-command", stderr=full)
    os.close(full)

    assert (status, only_job(store).status) == (127, "ERROR")


def test_a_log_that_comes_back_gets_the_whole_record(start: Start, store: Path) -> None:
    store.mkdir()
    process = start("sh", "-c", "echo ready; read line; exit 4")
    wait_for_line(process, b"ready")
    store.rmdir()
    _, err = process.communicate(b"\n", timeout=PATIENCE)

    job = only_job(store)
    assert err.count(b"\n") == 1
    assert (job.status, job.other["exit_status"], job.message) == (
        "ERROR",
        4,
        "exit status 4: ready",
    )
    assert process_of(job.other) is not None


def test_a_log_that_goes_away_meanwhile_does_not_stop_the_command(
    start: Start, store: Path
) -> None:
    process = start("sh", "-c", "echo ready; read line; echo end")
    wait_for_line(process, b"ready")
    store.unlink()
    store.mkdir()
    out, err = process.communicate(b"\n", timeout=PATIENCE)

    assert (process.returncode, out, err.count(b"\n")) == (0, b"end\n", 1)


def test_a_log_that_others_hold_does_not_delay_the_output(start: Start, store: Path) -> None:
    process = start("sh", "-c", 'while read line; do echo "$line"; done')
    assert process.stdin is not None
    process.stdin.write(b"one\n")
    process.stdin.flush()
    wait_for_line(process, b"one")
    with PlainJobLog.read(store) as log:
        while not list(log.jobs(JobQuery())):
            assert process.poll() is None
    other = sqlite3.connect(store, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for number in range(100):
        process.stdin.write(b"%d\n" % number)
        process.stdin.flush()
        wait_for_line(process, b"%d" % number)
    other.execute("ROLLBACK")
    other.close()
    process.communicate(timeout=PATIENCE)

    assert only_job(store).status == "COMPLETE"


@contextmanager
def held(store: Path) -> Iterator[None]:
    """Hold the log, made if it is missing, as a program does that writes it for long."""
    with PlainJobLog.open(store):
        pass
    other = sqlite3.connect(store, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


def test_a_log_that_others_hold_gets_the_job_later_though_it_says_nothing(
    start: Start, store: Path, tmp_path: Path
) -> None:
    with held(store):
        process = start("sh", "-c", ": > started; read line")
        while not (tmp_path / "started").exists():
            assert process.poll() is None
    end = time.monotonic() + PATIENCE
    with PlainJobLog.read(store) as log:
        while not (found := list(log.jobs(JobQuery()))):
            assert time.monotonic() < end

    assert [job.status for job in found] == ["IN_PROGRESS"]
    out, err = process.communicate(b"\n", timeout=PATIENCE)
    assert out == b""
    assert err == (
        b"jobwatch: this job isn't in the log yet: another program may have locked it; it is"
        b" written when that is done\n"
    )


def test_that_the_end_waits_for_a_log_that_others_hold_is_said(start: Start, store: Path) -> None:
    process = start("sh", "-c", "echo ready; read line; exit 4")
    wait_for_line(process, b"ready")
    wait_for(lambda: len(all_jobs(store)) == 1)
    with held(store):
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
        line = process.stderr.readline()

    assert line == (
        b"jobwatch: the end of this job isn't in the log yet: another program may have locked it;"
        b" it is waited for, 10 seconds at most\n"
    )
    assert process.communicate(timeout=PATIENCE) == (b"", b"")
    assert only_job(store).other["exit_status"] == 4


def test_where_the_output_of_a_job_is_that_the_log_does_not_have_is_said(
    run: Run, store: Path
) -> None:
    store.mkdir()
    _, out, err = run("sh", "-c", "echo $JOBWATCH_JOB", options=("--keep-output",))

    path = output_path(store, out.decode().strip())
    last = err.decode().splitlines()[-1]
    assert last.startswith("jobwatch: the end of this job isn't in the log: ")
    assert last.endswith(f"; its output is in {path}")
    assert path.read_bytes() == out


def test_a_signal_that_comes_before_the_command_begins_keeps_it_from_it(
    start: Start, store: Path, tmp_path: Path
) -> None:
    with held(store):
        process = start("sh", "-c", ": > started", options=("--keep-output",))
        while not (tmp_path / "jobs.db.output").exists():
            assert process.poll() is None
        process.terminate()

    assert process.wait(PATIENCE) == -signal.SIGTERM
    assert not (tmp_path / "started").exists()
    job = only_job(store)
    assert (job.status, job.message) == ("ERROR", "ended by SIGTERM before it began")


def test_a_signal_breaks_off_the_waiting_for_a_log_that_others_hold(
    start: Start, store: Path, tmp_path: Path
) -> None:
    process = start("sh", "-c", "echo ready; read line; echo > ended; exit 3")
    wait_for_line(process, b"ready")
    with held(store):
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
        while not (tmp_path / "ended").exists():
            assert process.poll() is None
        while process.poll() is None:
            process.terminate()

    assert process.stderr is not None
    assert b"can't be written now" in process.stderr.read()
    assert process.returncode in (3, -signal.SIGTERM)


def test_output_that_is_kept_in_part_is_said(run: Run, store: Path) -> None:
    size = 1_000_000
    status, out, err = run(
        *("head", "-c", str(size), "/dev/zero"),
        options=("--keep-output",),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size - 1, size - 1)),
    )

    assert (status, len(out)) == (0, size)
    assert err == b"jobwatch: the output isn't kept whole: File too large\n"


def test_output_that_cannot_be_kept_is_said_and_the_command_runs(
    run: Run, store: Path, tmp_path: Path
) -> None:
    (tmp_path / "jobs.db.output").write_text("a file")
    status, out, err = run("echo", "hello", options=("--keep-output",))

    assert (status, out) == (0, b"hello\n")
    assert b"jobwatch: the output can't be kept" in err
    assert "output" not in only_job(store).other


# Copying


def copied(data: bytes, *, ended: bool) -> list[bytes]:
    """Return what is taken of data in a pipe that stays open, once the writer has ended or not."""
    (source, into), (end, ending) = os.pipe(), os.pipe()
    os.write(into, data)
    os.close(ending if ended else into)
    taken: list[bytes] = []
    copy(source, end, lambda data: not taken.append(data))  # type: ignore[func-returns-value]
    for number in (source, end, into if ended else ending):
        os.close(number)
    return taken


def test_what_is_there_at_the_end_is_taken_though_the_pipe_stays_open() -> None:
    assert copied(b"last", ended=True) == [b"last"]


def test_a_pipe_that_is_closed_is_taken_to_its_end() -> None:
    assert copied(b"last", ended=False) == [b"last"]


def test_no_more_is_taken_after_the_end_than_a_pipe_holds() -> None:
    source = os.open("/dev/zero", os.O_RDONLY)
    end, ending = os.pipe()
    os.close(ending)
    sizes: list[int] = []
    copy(source, end, lambda data: not sizes.append(len(data)))  # type: ignore[func-returns-value]
    os.close(source)
    os.close(end)

    assert LEFT <= sum(sizes) <= LEFT + 2 * BLOCK


def test_all_is_written_to_a_target_that_does_not_block() -> None:
    source, target = os.pipe()
    os.set_blocking(target, False)
    reader = subprocess.Popen(["wc", "-c"], stdin=source, stdout=subprocess.PIPE)
    os.close(source)
    write_all(target, b"x" * 1_000_000)
    os.close(target)

    assert reader.communicate(timeout=PATIENCE)[0].strip() == b"1000000"
