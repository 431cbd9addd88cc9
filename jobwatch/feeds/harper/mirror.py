"""Mirror: keeps a log up to date with one node, and says in it how the node does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from random import Random

from jobwatch.feeds.harper import protocol
from jobwatch.feeds.harper.access import Access, Client, open_access
from jobwatch.feeds.harper.address import Address
from jobwatch.feeds.harper.client import (
    ForbiddenError,
    NodeError,
    RefusedError,
    UnauthorisedError,
    UnsupportedError,
)
from jobwatch.feeds.harper.history import History
from jobwatch.feeds.harper.pace import back_off
from jobwatch.feeds.harper.protocol import Found
from jobwatch.model.node import HEARTBEAT, SKEW_SHOWN, Node, NodeState
from jobwatch.store.connect import LogError
from jobwatch.store.edits import Clock
from jobwatch.store.job_log import JobLog

__all__ = ["Mirror"]

PAUSE = 1.0
"""Seconds between two looks at a node that answers."""

PAUSE_UNAUTHORISED = 30.0
"""...and at one that doesn't know the user: not so often that it locks the user out."""

PAUSE_LOG = 5.0
"""...and where the log can't be written."""

PROCESS_CHECKED_EVERY = 10_000
BATCH = 200
"""Jobs in one write: a few milliseconds, for which the screen must wait."""

LEEWAY = 60_000
"""The first page of the history begins so long after now, by the node's clock."""


class Mirror:
    """Brings what one node knows of its jobs into the log, the newest first, and then stays.

    `since` (epoch ms) is how far back the history goes, `ids` are jobs that an ordinary user wants
    to see. `told` gets the mirror whenever its node is written, `failed` why the log can't be.
    """

    def __init__(
        self,
        client: Client,
        log: JobLog,
        address: Address,
        *,
        since: int = 0,
        ids: Iterable[str] = (),
        clock: Clock,
        random: Random,
        told: Callable[[Mirror], None] = lambda mirror: None,
        failed: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self.node = Node(name=address.name, url=address.url)
        self.new = self.unusable = self.failures = 0
        self._client = client
        self._log = log
        self._since = since
        self._ids = tuple(ids)
        self._clock = clock
        self._random = random
        self._told = told
        self._failed = failed
        self._access: Access | None = None
        self._history: History | None = None
        self._process_checked = 0
        self._saved: Node | None = None

    @property
    def is_caught_up(self) -> bool:
        """Return whether the log has all that the node has, so far as its user may see it."""
        has_history = self.node.state is NodeState.LIVE and not self.node.loading
        return has_history and self._access is not None and self._access.is_through

    async def run(self) -> None:
        """Follow the node until cancelled, and then say that nobody does."""
        try:
            while True:
                try:
                    pause = await self.turn()
                except LogError as error:
                    self._failed(str(error))
                    pause = PAUSE_LOG
                await asyncio.sleep(pause)
        finally:
            with suppress(LogError):
                await self.stop()

    async def turn(self) -> float:
        """Look at the node once; return how many seconds to leave it alone.

        `LogError` where the log can't be written; the next turn begins where this one did.
        """
        if self._saved is None:
            known = await self._log.get_node(self.node.name)
            self.node = (known or self.node).replace(url=self.node.url)
        try:
            if self._clock() - self._process_checked >= PROCESS_CHECKED_EVERY:
                await self._check_process()
            access = self._access or await self._open()
            async for found in access.changes(self._now_there()):
                await self._take(found)
            loading = await self._load_page(access)
        except UnauthorisedError as error:
            return await self._fail(NodeState.UNAUTHORISED, error, PAUSE_UNAUTHORISED)
        except RefusedError as error:
            return await self._fail(NodeState.REFUSED, error)
        except NodeError as error:
            return await self._fail(NodeState.FAILING, error)
        self.failures = 0
        await self._say(
            state=NodeState.LIVE,
            reason=access.unseen,
            retry_at=None,
            loading=loading,
            seen_until=access.seen_until or self.node.seen_until,
        )
        return 0.0 if loading else PAUSE

    async def stop(self) -> None:
        """Say in the log that nobody follows the node now."""
        await self._say(state=NodeState.STOPPED, reason="", retry_at=None)

    async def _open(self) -> Access:
        """Find out how the node may be followed, and where to go on."""
        here = self._now_there()
        # Not from a time to come: the node's clock may have been set back.
        seen_until = min(self.node.seen_until or here, here)
        access = await open_access(
            self._client, self._log, self.node.name, seen_until=seen_until, ids=self._ids
        )
        reached = self.node.loaded_from
        self._history = History(here + LEEWAY if reached is None else reached, self._since)
        self._access = access
        return access

    async def _check_process(self) -> None:
        """Ask when the node's process started: what ran before then is lost."""
        try:
            answer = await self._client.ask(protocol.PROCESS)
        except (ForbiddenError, UnsupportedError):
            pass
        else:
            started = protocol.process_start(answer) or self.node.process_started
            self.node = self.node.replace(process_started=started)
            if self._access is not None and self._access.unseen:
                self._access = None  # its user has been given more rights
        self._process_checked = self._clock()

    async def _load_page(self, access: Access) -> bool:
        """Bring one page of the history; return whether there is more."""
        history = self._history
        if history is None or history.is_complete:
            return False
        page = history.page()
        found = await access.page(page)
        if found is None:
            return False
        await self._take(found)
        history.brought(page, len(found.jobs))
        self.node = self.node.replace(loaded_from=history.reached)
        return not history.is_complete

    async def _take(self, found: Found) -> None:
        self.unusable += found.unusable
        for first in range(0, len(found.jobs), BATCH):
            jobs = found.jobs[first : first + BATCH]
            changes = await self._log.mirror(jobs, node=self.node.name)
            self.new += changes.new

    async def _fail(self, state: NodeState, error: NodeError, least: float = 0.0) -> float:
        # Another process, or another user's rights, may answer next time.
        self._access = None
        self._process_checked = 0
        self.failures += 1
        pause = max(back_off(self.failures, self._random), least)
        retry_at = self._clock() + round(pause * 1000)
        await self._say(state=state, reason=str(error), retry_at=retry_at)
        return pause

    async def _say(self, **changes: object) -> None:
        """Write the node where it has changed, or hasn't been heard of for a while."""
        now = self._clock()
        self.node = self.node.replace(**changes, skew=self._skew())
        saved = self._saved
        if saved is not None:
            silent = now - (saved.checked_at or 0)
            same = self.node.replace(checked_at=saved.checked_at, seen_until=saved.seen_until)
            if same == saved and silent < HEARTBEAT:
                return
        self.node = self.node.replace(checked_at=now)
        await self._log.save_node(self.node)
        self._saved = self.node
        self._told(self)

    def _skew(self) -> int | None:
        """Return the skew, or the one before while it is as good: it is told within a second."""
        skew, said = self._client.skew, self.node.skew
        if skew is None or (said is not None and abs(skew - said) < 1_000):
            return said
        return skew if abs(skew) > SKEW_SHOWN else 0

    def _now_there(self) -> int:
        return self._clock() + (self._client.skew or 0)
