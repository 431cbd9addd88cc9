"""PageDriver: what draws the monitor on a page, and ends with the server of the page."""

from __future__ import annotations

import os

from textual.drivers.web_driver import WebDriver

__all__ = ["PageDriver"]


class PageDriver(WebDriver):
    """A monitor whose server was killed would wait without end for somebody to read it."""

    def run_input_thread(self) -> None:
        """Read what the page says; the process has nothing to lose when nobody is there."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            os._exit(1)
