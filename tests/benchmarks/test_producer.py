"""What a producer counts."""

from __future__ import annotations

import json
import sqlite3
import warnings
from pathlib import Path
from typing import Any

import pytest

from jobwatch import LogError
from jobwatch.store import plain_steps
from jobwatch.store.steps import Steps
from tests.benchmarks import producer


@pytest.mark.parametrize("kind", ["plain", "asyncio"])
@pytest.mark.parametrize("refused", ["begin", "end"])
def test_a_write_that_is_refused_is_counted(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    refused: str,
) -> None:
    def write(connection: sqlite3.Connection, steps: Steps[Any], **how: Any) -> Any:
        if next(names) == refused:
            raise LogError("the log is locked")
        return in_transaction(connection, steps, **how)

    in_transaction, names = plain_steps.in_transaction, iter(["begin", "end"])
    monkeypatch.setattr(plain_steps, "in_transaction", write)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as it might be set where it runs
        producer.main(kind, str(tmp_path / "jobs.db"), seconds=1, rate=1)
    assert json.loads(capsys.readouterr().out)["refused"] == 1
