"""What the monitor remembers for one log, to and from JSON, and the changes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, TypeAlias, TypeVar

from msgspec import Struct, ValidationError, convert, field, structs, to_builtins

from jobwatch.model.job import Json
from jobwatch.model.query import JobQuery, Sort, View
from jobwatch.model.when import ALWAYS

__all__ = [
    "Change",
    "Remembered",
    "SavedView",
    "add_to_history",
    "add_view",
    "look",
    "move_view",
    "remove_view",
    "rename_view",
    "use_command",
    "use_zone",
]

HISTORY = 100
ZONES = 8

Kept = TypeVar("Kept", bound="_Kept")


class _Kept(Struct, frozen=True, kw_only=True):
    """An object of JSON, of which a newer version may write more than this one understands."""

    other: dict[str, Json] = field(default_factory=dict)
    """What isn't understood, kept to be written back."""

    def replace(self: Kept, **changes: Any) -> Kept:
        """Return the same with other fields."""
        return structs.replace(self, **changes)


class SavedView(_Kept, frozen=True, kw_only=True):
    """A query with its order and its columns under a name.

    `text` is the query as it was typed, so that a range such as ``since:2d`` moves on; `columns`
    are names in their order, none where they are automatic.
    """

    name: str
    view: View = View.ALL
    text: str = ""
    node: str | None = None
    sort: Sort = Sort()
    columns: tuple[str, ...] = ()

    def shows(self, query: JobQuery, columns: tuple[str, ...]) -> bool:
        """Return whether a query, with these columns, is the one of this view."""
        asked = (query.view, query.text, query.node, query.sort, columns)
        is_narrowed = query.range != ALWAYS or query.as_of is not None
        own = (self.view, self.text, self.node, self.sort, self.columns)
        return asked == own and not is_narrowed


class Remembered(_Kept, frozen=True, kw_only=True):
    """What the monitor takes up again when it next opens the same log.

    `columns` are names in their order, none where they are automatic; `history` has the last 100
    queries and `zones` the last 8 zones by name, both the newest first and each once; `zone` is
    the one that was picked last, or empty. `looked_at` (ms) is when one last looked at what needs
    attention, None for never; `command` is what gives notice of jobs that ended, or empty.
    """

    sort: Sort = Sort()
    columns: tuple[str, ...] = ()
    views: tuple[SavedView, ...] = ()
    history: tuple[str, ...] = ()
    zone: str = ""
    zones: tuple[str, ...] = ()
    looked_at: int | None = None
    command: str = ""

    @classmethod
    def from_json(cls, value: Json) -> Remembered:
        """Return what is understood of a value; the rest is kept aside or, if broken, left out."""
        given = dict(value) if isinstance(value, dict) else {}
        views = _items(given.pop("views", None), dict)
        return _understood(
            cls, given, lists=("columns", "history", "zones"), views=_distinct(map(_view, views))
        )

    def to_json(self) -> dict[str, Json]:
        """Return the value that `from_json` reads; what is as in the beginning is left out."""
        value = _written(self, Remembered())
        if self.views:
            value["views"] = [_written(view, SavedView(name="")) for view in self.views]
        return value


Change: TypeAlias = Callable[[Remembered], Remembered]
"""One change; it does what it can where another monitor's change came before it."""


def add_view(remembered: Remembered, view: SavedView) -> Remembered:
    """Save a view: in the place of that of its name, else behind the others."""
    views = [view if saved.name == view.name else saved for saved in remembered.views]
    return remembered.replace(views=_distinct([*views, view]))


def remove_view(remembered: Remembered, name: str) -> Remembered:
    """Forget a view, if it is there."""
    return remembered.replace(views=tuple(view for view in remembered.views if view.name != name))


def rename_view(remembered: Remembered, name: str, new: str) -> Remembered:
    """Give a view another name; one that had that name goes."""
    if name == new or all(view.name != name for view in remembered.views):
        return remembered
    return remembered.replace(
        views=tuple(
            view.replace(name=new) if view.name == name else view
            for view in remembered.views
            if view.name != new
        )
    )


def move_view(remembered: Remembered, name: str, places: int) -> Remembered:
    """Move a view back (or, by negative `places`, forth) among the others, at most to the end."""
    views = list(remembered.views)
    for index, view in enumerate(remembered.views):
        if view.name == name:
            views.insert(max(index + places, 0), views.pop(index))
    return remembered.replace(views=tuple(views))


def add_to_history(remembered: Remembered, text: str) -> Remembered:
    """Put a query on top of the history, unless it is blank."""
    return remembered.replace(history=_on_top(text.strip(), remembered.history, HISTORY))


def use_zone(remembered: Remembered, name: str) -> Remembered:
    """Open with a zone from now on."""
    return remembered.replace(zone=name, zones=_on_top(name, remembered.zones, ZONES))


def look(remembered: Remembered, at: int) -> Remembered:
    """Note when one looked at what needs attention (ms), unless a later look is noted."""
    looked_at = remembered.looked_at
    return remembered.replace(looked_at=at if looked_at is None else max(looked_at, at))


def use_command(remembered: Remembered, command: str) -> Remembered:
    """Give notice by a command from now on, by none where it is blank."""
    return remembered.replace(command=command.strip())


def _on_top(text: str, texts: tuple[str, ...], length: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys((text, *texts)))[:length] if text else texts


def _view(given: dict[str, Json]) -> SavedView | None:
    name = given.get("name")
    if not isinstance(name, str) or not name.strip():
        return None
    return _understood(SavedView, given, lists=("columns",))


def _distinct(views: Iterable[SavedView | None]) -> tuple[SavedView, ...]:
    """Return the first view of each name."""
    by_name: dict[str, SavedView] = {}
    for view in views:
        if view is not None:
            by_name.setdefault(view.name, view)
    return tuple(by_name.values())


def _understood(
    kind: type[Kept], given: dict[str, Json], *, lists: Iterable[str], **known: Any
) -> Kept:
    """Read the fields that can be read; leave the others as they are at first."""
    sound = given | {name: _items(given[name], str) for name in lists if name in given}
    for item in structs.fields(kind):
        if item.name in sound and item.name not in known:
            with suppress(ValidationError):
                known[item.name] = convert(sound[item.name], item.type)
    known["other"] = {name: value for name, value in given.items() if name not in known}
    return kind(**known)


def _items(value: Json, kind: type) -> list[Any]:
    return [item for item in value if isinstance(item, kind)] if isinstance(value, list) else []


def _written(kept: Kept, at_first: Kept) -> dict[str, Json]:
    value = dict(kept.other)
    for name in kept.__struct_fields__:
        now = getattr(kept, name)
        if name not in ("other", "views") and now != getattr(at_first, name):
            value[name] = list(now) if isinstance(now, tuple) else to_builtins(now)
    return value
