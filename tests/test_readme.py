"""The README and the help are true: each command has examples, and every example runs."""

from __future__ import annotations

import gzip
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import click
import pexpect
import pytest

from jobwatch.cli import COMMANDS, jobwatch
from jobwatch.cli.helping import ManualCommand
from jobwatch.feeds.samples import seed_jobs
from jobwatch.model.job import UNSET, Job
from jobwatch.model.when import now_ms
from jobwatch.store.plain_log import PlainJobLog
from tests.cli.server import LOGIN, serving

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
TLS = ROOT / "tests" / "data" / "tls"
PATIENCE = 60
"""Seconds after which what has not come never comes."""

LONG_AGO = 1_578_225_600_000  # 2020-01-05T12:00Z

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CALL = re.compile(r"(?:^|[\s(])jobwatch(?: --store \S+)?(?: ([a-z]+))?(?=[\s)]|$)")
_NODE = re.compile(r"(https?)://node(\d):9925")

SCREENS = {None, "watch", "demo"}
"""Commands that a terminal shows; None is no command at all."""
SERVERS = {"serve": "serving ", "web": "showing ", "sync": "live"}
"""Commands that go on until they are ended, and what they say when they are at work."""

ASKING = {"fail", "prune"}
"""Commands that ask first, unless told not to."""

EXIT_STATUS = {"doctor": {0, 1}}
"""What examples may come to, where it isn't 0."""

RECORD = '{"id": "one", "status": "COMPLETE"}'
OTHERS = {
    "curl": f"echo '{RECORD}'",
    "make": "echo made",
    "pg_dump": "echo dumped",
    "rsync": "echo copied",
    "mail": "cat >/dev/null; echo mailed",
    "ssh": 'until [ "$1" = jobwatch ]; do shift; done; exec "$@"',
} | ({} if shutil.which("jq") else {"jq": "cat"})
"""Programs that examples call besides, and what stands for them."""


def examples() -> list[str]:
    """Return the lines of the README's code blocks in which jobwatch is called."""
    found = []
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE):
        if language not in {"", "sh", "bash"}:
            continue
        for line in block.replace("\\\n", " ").splitlines():
            code = re.sub(r"(^|\s)#.*", "", line).strip()
            if "python3 -m venv" in code:  # what it installs is here already
                code = code.rpartition("&& ")[2].removeprefix(".venv/bin/")
            if _CALL.search(code):
                found.append(code)
    return found


def name_of(line: str) -> str | None:
    call = _CALL.search(line)
    assert call, line
    return call[1]


def examples_of_help() -> list[str]:
    """Return the lines of all commands' help."""
    context = click.Context(jobwatch)
    commands = (jobwatch.get_command(context, name) for name in sorted(COMMANDS))
    return [
        line
        for command in commands
        if isinstance(command, ManualCommand)
        for line, _ in command.examples
    ]


EXAMPLES = examples()
RUN = list(dict.fromkeys([*EXAMPLES, *examples_of_help()]))
IDS = [*dict.fromkeys(_UUID.findall("\n".join(RUN))), "nightly"]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_an_example_in_the_readme(name: str) -> None:
    assert name in map(name_of, EXAMPLES)


def test_every_example_is_of_a_command() -> None:
    assert {name_of(line) for line in EXAMPLES} <= {None, *COMMANDS}


# The examples run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the files that examples name."""
    shutil.copy(TLS / "cert.pem", tmp_path / "cert.pem")
    shutil.copy(TLS / "cert.pem", tmp_path / "authority.pem")
    shutil.copy(TLS / "key.pem", tmp_path / "key.pem")
    (tmp_path / "jobs.json").write_text(f"[{RECORD}]\n")
    (tmp_path / "jobs.json.gz").write_bytes(gzip.compress(f"[{RECORD}]\n".encode()))
    (tmp_path / "jobs.csv").write_text("id,status\none,COMPLETE\n")
    (tmp_path / "month.ndjson").write_text(f"{RECORD}\n")
    (tmp_path / "config.toml").touch()
    (tmp_path / "home").mkdir()
    programs = tmp_path / "bin"
    programs.mkdir()
    write_program(programs / "jobwatch", f'exec "{sys.executable}" -m jobwatch "$@"')
    for name, script in OTHERS.items():
        write_program(programs / name, script)
    return tmp_path


def write_program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def fill(store: Path, ids: list[str], *, running: bool) -> None:
    now = now_ms()
    with PlainJobLog.open(store) as log:
        log.upsert_many(seed_jobs(count=40, days=3, running=0, now=now, random_state=7))
        log.upsert_many(
            [
                Job(
                    id=id,
                    type="csv_data_load",
                    user="ada",
                    status="IN_PROGRESS" if running else "COMPLETE",
                    start_datetime=now - 60_000,
                    end_datetime=UNSET if running else now - 30_000,
                    message=UNSET if running else "successfully loaded 12 of 12 records",
                )
                for id in ids
            ]
        )
        log.upsert_many(
            [Job(id="old", status="COMPLETE", start_datetime=LONG_AGO, end_datetime=LONG_AGO + 1)]
        )


def environment(folder: Path) -> dict[str, str]:
    """Return an environment that holds nothing of the user's."""
    return {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "TEXTUAL_ANIMATIONS": "none",
        "TZ": "UTC",
        "SSL_CERT_FILE": str(folder / "authority.pem"),
        "JOBWATCH_STORE": str(folder / "jobs.db"),
        "JOBWATCH_STATE": str(folder / "state"),
        "JOBWATCH_CONFIG": str(folder / "config.toml"),
    } | LOGIN


@contextmanager
def made_local(line: str, folder: Path) -> Iterator[str]:
    """Make nodes that an example speaks to; return it with these, on free ports, and smaller."""
    with ExitStack() as stack:
        served = folder / "served.db"
        fill(served, IDS, running=False)

        def url(node: re.Match[str]) -> str:
            scheme = node[1]
            tls = ("--certfile", TLS / "cert.pem", "--keyfile", TLS / "key.pem")
            server = stack.enter_context(serving(served, *tls if scheme == "https" else ()))
            return f"{scheme}://localhost:{server.port}"

        line = _NODE.sub(url, line).replace("--count 100000 ", "--count 1000 ")
        # Bash can't read what is for zsh; tests/cli/test_completion.py asks zsh itself.
        line = re.sub(r"source <\((.* zsh)\)", r"\1", line)
        if name_of(line) in ("serve", "web"):
            line = re.sub(r" --port \d+", "", line)
            line = re.sub(r"\b(jobwatch(?: --store \S+)? (?:serve|web))\b", r"\1 --port 0", line)
        yield line


@contextmanager
def running(line: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a line in a shell of its own process group, all of which ends with the block."""
    with subprocess.Popen(
        ["bash", "-c", line],
        cwd=folder,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as started:
        try:
            yield started
        finally:
            end(started, signal.SIGKILL)


def end(started: subprocess.Popen[str], how: signal.Signals) -> None:
    if started.poll() is None:
        os.killpg(started.pid, how)


def run_to_its_end(line: str, folder: Path) -> None:
    with running(line, folder) as started:
        out, err = started.communicate(timeout=PATIENCE)
    assert started.returncode in EXIT_STATUS.get(name_of(line) or "", {0}), out + err
    assert "Traceback" not in err


def run_until_it_says(line: str, said: str, folder: Path) -> None:
    with running(line, folder) as started:
        assert started.stderr is not None
        seen = ""
        for text in started.stderr:
            seen += text
            if said in text:
                break
        if "needs textual-serve" in seen:
            pytest.skip("textual-serve isn't installed")
        assert said in seen, seen
        end(started, signal.SIGTERM)
        _, err = started.communicate(timeout=PATIENCE)
    assert "Traceback" not in err
    # Bash replaces itself by the last program of its line, or says how that ended.
    assert started.returncode in (0, -signal.SIGTERM, 128 + signal.SIGTERM)


def run_until_it_tells_of_a_job(line: str, folder: Path) -> None:
    with running(line, folder) as started:
        assert started.stdout is not None
        deadline = time.monotonic() + PATIENCE
        number = 0
        while not has_more(started.stdout, 0.5):
            assert started.poll() is None
            assert time.monotonic() < deadline
            number += 1
            now = now_ms()
            with PlainJobLog.open(folder / "jobs.db") as log:
                log.upsert_many(
                    [
                        Job(
                            id=f"new-{number}",
                            type="csv_data_load",
                            status="ERROR",
                            start_datetime=now - 1,
                            end_datetime=now,
                            message="timed out",
                        )
                    ]
                )
        assert started.stdout.readline().strip()
        end(started, signal.SIGTERM)
        _, err = started.communicate(timeout=PATIENCE)
    assert "Traceback" not in err


def has_more(stream: IO[str], seconds: float) -> bool:
    return bool(select.select([stream], [], [], seconds)[0])


@contextmanager
def terminal(line: str, folder: Path) -> Iterator[pexpect.spawn[str]]:
    with warnings.catch_warnings():
        # The child does nothing between fork and exec that a thread could hold up.
        warnings.filterwarnings("ignore", ".*fork", DeprecationWarning)
        child = pexpect.spawn(
            "bash",
            ["-c", line],
            cwd=str(folder),
            env=environment(folder),
            dimensions=(30, 120),
            timeout=PATIENCE,
            encoding="utf-8",
        )
    child.delaybeforesend = None
    try:
        yield child
    finally:
        child.close(force=True)


def ends_well(child: pexpect.spawn[str]) -> None:
    child.expect(pexpect.EOF)
    said = child.before
    child.wait()
    assert child.exitstatus == 0, said
    assert "Traceback" not in (said or "")


def run_on_a_screen(line: str, folder: Path) -> None:
    with terminal(line, folder) as child:
        child.expect_exact("\x1b[?1049h")
        child.expect_exact("● live")
        child.send("q")
        ends_well(child)


def run_and_say_yes(line: str, folder: Path) -> None:
    with terminal(line, folder) as child:
        child.expect_exact("[y/N]")
        child.send("y\n")
        ends_well(child)


@pytest.mark.skipif(shutil.which("bash") is None, reason="the examples are lines of a shell")
@pytest.mark.parametrize("example", RUN)
def test_an_example_runs(example: str, folder: Path) -> None:
    name = name_of(example)
    fill(folder / "jobs.db", IDS, running=name == "fail")
    fill(folder / "nightly.db", IDS, running=name == "fail")
    with made_local(example, folder) as line:
        if name in SCREENS:
            run_on_a_screen(line, folder)
        elif name in SERVERS and "--once" not in line:
            run_until_it_says(line, SERVERS[name], folder)
        elif name == "tail":
            run_until_it_tells_of_a_job(line, folder)
        elif name in ASKING and not re.search(" --(yes|dry-run)", line):
            run_and_say_yes(line, folder)
        else:
            run_to_its_end(line, folder)


# What else it says


def test_there_are_two_commands_each_of_one_line() -> None:
    for mark in ("demo", "test"):
        block = re.search(rf"<!-- {mark} -->\n```\n(.*?)\n```", README, re.DOTALL)
        assert block is not None
        assert block[1].startswith("python3 -m venv .venv && ")
        assert "\n" not in block[1]


def test_the_contents_are_those_of_the_page_in_their_order() -> None:
    headings = re.findall(r"^## (.+)$", README, re.MULTILINE)
    anchors = [f"#{heading.lower().replace(' ', '-')}" for heading in headings]
    before, _, _ = README.partition("## Try it")
    assert re.findall(r"(?<!!)\[([^]]+)\]\((#[^)]+)\)", before) == [
        *zip(headings, anchors, strict=True)
    ]


def test_who_has_just_tried_it_is_told_how_to_call_it_by_its_name() -> None:
    tried = README.partition("## Try it\n")[2].partition("\n## ")[0]
    for way in ("source .venv/bin/activate", "pipx install .", "uv tool install ."):
        assert f"`{way}`" in tried


def test_each_shell_has_its_line_for_completion() -> None:
    shells = {
        line.split(" completion ")[1].split()[0].rstrip(")")
        for line in EXAMPLES
        if name_of(line) == "completion"
    }
    assert shells == {"bash", "zsh", "fish"}


def test_the_pictures_are_there_and_load_nothing_from_elsewhere() -> None:
    pictures = re.findall(r"\]\((screenshots/.*?\.svg)\)", README)
    assert pictures
    for picture in pictures:
        assert "url(" not in (ROOT / picture).read_text("utf-8").replace("url(#", "")


def test_the_config_file_that_it_shows_is_one(folder: Path) -> None:
    [text] = re.findall(r"^```toml\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    (folder / "config.toml").write_text(text)
    done = subprocess.run(
        [folder / "bin" / "jobwatch", "config"],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=environment(folder) | {"JOBWATCH_CONFIG": "config.toml", "JOBWATCH_STORE": ""},
        cwd=folder,
    )
    assert (done.returncode, done.stderr) == (0, "")
    sources = {line.split()[0]: line.split()[-1] for line in done.stdout.splitlines()}
    assert sources["nodes"] == "config.toml:2"
