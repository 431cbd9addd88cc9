"""When: the zone of all times, and the log as it stood at an instant."""

from __future__ import annotations

from functools import partial

from jobwatch.model.durations import DAY, HOUR, MINUTE
from jobwatch.model.query import View
from jobwatch.model.remembered import use_zone
from jobwatch.model.when import UTC, WhenError, Zone
from jobwatch.model.zones import zone_named
from jobwatch.tui.actions.searching import SearchActions

__all__ = ["MomentActions"]

STEPS = {"minute": MINUTE, "hour": HOUR, "day": DAY}


class MomentActions(SearchActions):
    """Chooses the zone, and goes back in time."""

    def action_zone(self) -> None:
        """Show times in the next zone: local, UTC, that of the start, the one picked last."""
        zones = [self._local, UTC, self._first_zone, *self._recent_zones()[:1]]
        turn = list({zone.name: zone for zone in zones}.values())
        index = next((i for i, zone in enumerate(turn) if zone == self._zone), -1)
        self._change_zone(turn[(index + 1) % len(turn)])

    async def action_pick_zone(self) -> None:
        """Show times in a zone that is picked by its name."""
        from jobwatch.tui.screens.zone_picker import ZonePicker

        picker = ZonePicker(
            self._zone, local=self._local, recent=self._recent_zones(), now=self._clock()
        )
        await self.app.push_screen(picker, self._zone_picked)

    async def _zone_picked(self, zone: Zone | None) -> None:
        if zone is not None:
            self._change_zone(zone)
            await self._memory.change(partial(use_zone, name=zone.name))

    async def action_as_of(self) -> None:
        """Ask for an instant, and show the log as it stood then."""
        from jobwatch.tui.screens.as_of import AsOf

        shown = self._presenter.query.as_of
        await self.app.push_screen(
            AsOf(shown, now=self._clock(), zone=self._zone), self._instant_chosen
        )

    def _instant_chosen(self, instant: int | None) -> None:
        if instant is not None:
            query = self._presenter.query
            # What ran then is what one asks an instant for, unless something else is asked.
            self._go_to(instant, query.view if query.narrows else View.RUNNING)

    def action_step(self, unit: str, direction: int) -> None:
        """Go from the instant on screen, or from now, so many minutes, hours or days."""
        instant = self._presenter.query.as_of
        if instant is not None or direction < 0:
            self._go_to((self._clock() if instant is None else instant) + direction * STEPS[unit])

    async def action_event(self, direction: int) -> None:
        """Go to the next instant at which a job began or ended, or to the last before."""
        instant = self._presenter.query.as_of
        if instant is None and direction > 0:
            return
        event = await self._presenter.event(
            self._clock() if instant is None else instant, direction
        )
        if event is not None:
            self._go_to(event)
        elif direction > 0:
            self._ask(as_of=None)
        else:
            self._say("Nothing happened before.")

    def _go_to(self, instant: int, view: View | None = None) -> None:
        """Show the log as of an instant, in a view if one is given; what is not past is now."""
        past = instant < self._clock()
        view = view or self._presenter.query.view
        self._ask(as_of=instant if past else None, view=view)

    def _recent_zones(self) -> list[Zone]:
        zones = []
        for name in self._memory.now.zones:
            try:
                zones.append(zone_named(name))
            except WhenError:
                continue  # another machine's, or no longer a zone
        return zones

    def _change_zone(self, zone: Zone) -> None:
        self._set_zone(zone)
        # A date in the query is now another instant.
        self._understand(self._presenter.query.text)
        if not self._shown.table.listing.lines:
            self._ask()  # what an empty table says has dates too

    def _set_zone(self, zone: Zone) -> None:
        self._zone = zone
        shown = self._shown
        for widget in (
            *(shown.status, shown.nodes, shown.line, shown.table, shown.kinds, shown.detail),
        ):
            widget.zone = zone
