"""What holds for every test."""

from __future__ import annotations

import signal
from itertools import count

import pytest
from hypothesis import HealthCheck, settings

_numbers = count()


def pytest_configure() -> None:
    """Let Ctrl-C interrupt, though a shell may have started the tests with it ignored (`&`)."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # How long an example takes is the machine's business.
    slow = [HealthCheck.too_slow]
    settings.register_profile("untimed", deadline=None, suppress_health_check=slow)
    settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _nothing_of_the_users_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Let settings, and what the monitor remembers, be the test's own, wherever they are."""
    state = tmp_path_factory.getbasetemp() / f"state-{next(_numbers)}"
    monkeypatch.setenv("JOBWATCH_STATE", str(state))
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(state))
