"""ExportScreen: where the jobs on screen, or the marked ones, are written to, and how far it is."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from jobwatch.model.export_formats import format_of
from jobwatch.model.query import JobQuery
from jobwatch.model.text import one_line
from jobwatch.model.when import Zone, date_time
from jobwatch.store.connect import LogError
from jobwatch.store.connection import ReadConnection
from jobwatch.store.edits import Clock
from jobwatch.store.export import encoded, jobs_found, jobs_marked
from jobwatch.store.whole_file import check_target, write_file
from jobwatch.tui.screens.dialog import Dialog
from jobwatch.tui.widgets.eager_input import EagerInput

__all__ = ["ExportScreen"]


class ExportScreen(Dialog[str]):
    """Writes what a query finds, or the `marked` jobs, to a file; the result is what to tell.

    The format is as the file's name ends; a relative name is one in `folder`. None means that
    nothing was written.
    """

    CSS_PATH = "../styles/export.tcss"

    def __init__(
        self,
        log: Path,
        query: JobQuery,
        marked: Sequence[str],
        *,
        folder: Path,
        zone: Zone,
        clock: Clock,
    ) -> None:
        super().__init__()
        self._log = log
        self._query = query
        self._marked = marked
        self._folder = folder
        self._zone = zone
        self._clock = clock
        digits = "".join(c for c in date_time(clock(), zone) if c.isdigit())
        name = f"jobs-{digits[:8]}-{digits[8:]}.ndjson"
        self._input = EagerInput(name, compact=True, select_on_focus=False)
        self._state = Static(id="state", markup=False)

    def compose(self) -> ComposeResult:
        """Lay out the file's name, below it what comes of it."""
        count = len(self._marked)
        what = "all jobs that the query finds"
        if count:
            what = f"{count:,} marked job{'s' if count > 1 else ''}"
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(f"Export {what}")
            dialog.border_subtitle = "Enter writes · Esc cancels"
            yield self._input
            yield self._state

    def on_mount(self) -> None:
        """Say what the proposed name means."""
        self._typed()

    @on(Input.Changed)
    def _typed(self) -> None:
        path = self._path()
        kind = format_of(path)
        if not self._input.value.strip():
            self._show("Type the name of a file: .ndjson, .json or .csv")
        elif os.path.isfile(path):  # knows no error: a name may be too long while it is typed
            self._show(f"{kind.value.upper()}; replaces the file that is there")
        else:
            self._show(f"{kind.value.upper()}, as the name ends: .ndjson, .json or .csv")

    @on(Input.Submitted)
    def _entered(self) -> None:
        if self._input.value.strip():
            self._write(self._path())

    @work(exclusive=True)
    async def _write(self, path: Path) -> None:
        # Leaving the screen cancels this, and with it the file.
        self._input.disabled = True
        self._show("Writing …")
        try:
            await asyncio.to_thread(check_target, path, self._log)
            async with ReadConnection.open(self._log) as connection:
                jobs = (
                    jobs_marked(connection, self._marked, self._clock)
                    if self._marked
                    else jobs_found(connection, self._query, self._clock)
                )
                chunks = encoded(jobs, format_of(path), self._zone)
                done = await write_file(path, chunks, self._progress)
        except LogError as error:
            self._show_failure(str(error))
        except OSError as error:
            self._show_failure(f"{path}: {(error.strerror or str(error)).lower()}")
        else:
            self.dismiss(f"Wrote {done:,} job{'' if done == 1 else 's'} to {one_line(str(path))}")

    def _progress(self, done: int) -> None:
        self._show(f"Writing … {done:,} jobs")

    def _show_failure(self, reason: str) -> None:
        self._show(reason, bad=True)
        self._input.disabled = False
        self._input.focus()

    def _path(self) -> Path:
        # What begins with ~ and no user's name is a name like another.
        return self._folder / os.path.expanduser(self._input.value.strip())

    def _show(self, text: str, *, bad: bool = False) -> None:
        self._state.set_class(bad, "-bad")
        self._state.update(Content(one_line(text)))
