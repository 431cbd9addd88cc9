"""The monitor without what the log implies: the yardstick of what that costs."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Callable
from typing import Any

from jobwatch.cli import main
from jobwatch.model.query import JobQuery
from jobwatch.tui.insights import Insights


async def _never(self: Insights, query: Callable[[], JobQuery]) -> AsyncGenerator[None, None]:
    return
    yield


async def _nothing(self: Insights, *_: Any) -> None:
    """Show no pace."""


if __name__ == "__main__":
    setattr(Insights, "turns", _never)  # noqa: B010
    setattr(Insights, "show_pace", _nothing)  # noqa: B010 - it takes less than it is given
    sys.argv[0] = "jobwatch"
    main()
