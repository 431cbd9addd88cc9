"""A real headless Chromium on the page, and the screen that its user sees there."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from PIL.Image import Image as Picture
    from selenium.webdriver import Chrome

__all__ = ["PLACE", "PROGRAMS", "Browser", "has_red", "installed", "start"]

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
DRIVER = "chromedriver"

PATIENCE = 30.0
"""Seconds after which what has not come never comes."""

# The page draws on a canvas, which has no text, and keeps its terminal to itself: this takes hold
# of it as it is made. What its buffer has is what the canvas shows.
_HOLD = """
Object.defineProperty(Object.prototype, "fitAddon", {
  configurable: true,
  set(addon) {
    window.held = this.terminal;
    Object.defineProperty(this, "fitAddon", { value: addon });
  },
});
"""
_LINES = """
const lines = [];
if (window.held) {
  for (let y = 0; y < held.rows; y++) lines.push(held.buffer.active.getLine(y).translateToString());
}
return lines;
"""
PLACE = """
const box = document.querySelector(".xterm-screen").getBoundingClientRect();
return [box.left, box.top, box.width / held.cols, box.height / held.rows];
"""


def installed() -> tuple[str, str] | None:
    """Return the paths of a browser and its driver, where both are installed."""
    browser = next(filter(None, map(shutil.which, PROGRAMS)), None)
    driver = shutil.which(DRIVER)
    return None if browser is None or driver is None else (browser, driver)


def start(program: str, driver: str, size: tuple[int, int]) -> Chrome:
    """Start a browser with a window of a size in pixels; it is asked for nothing on the network."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in (
        "--headless=new",
        "--no-sandbox",  # which needs more than a container gives
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--force-device-scale-factor=1",
        f"--window-size={size[0]},{size[1]}",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    # With the path of a driver Selenium looks for none.
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    chrome.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": _HOLD})
    return chrome


def has_red(path: Path) -> bool:
    """Return whether a picture has letters of a plain red."""
    from PIL import Image

    with Image.open(path) as picture:
        pixels = picture.convert("RGB").tobytes()
    colours = set(zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True))
    return any(red > 200 and max(green, blue) < 150 for red, green, blue in colours)


class Browser:
    """The page, as a user sees it."""

    def __init__(self, chrome: Chrome) -> None:
        self.chrome = chrome

    @property
    def lines(self) -> list[str]:
        return [str(line) for line in self.run(_LINES)]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def run(self, script: str) -> Any:
        return self.chrome.execute_script(script)  # type: ignore[no-untyped-call, unused-ignore]

    def until(self, condition: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                pytest.fail(f"never: {what}\n{self.text}")
            time.sleep(0.02)

    def shows(self, *texts: str) -> None:
        for text in texts:
            self.until(lambda text=text: text in self.text, f"{text!r} on screen")  # type: ignore[misc]

    def hides(self, text: str) -> None:
        self.until(lambda: text not in self.text, f"{text!r} off screen")

    def types(self, *keys: str) -> None:
        """Press keys, one after the other, where the page has its focus."""
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.chrome).send_keys(*keys).perform()

    def copies(self) -> None:
        """Press Ctrl-C."""
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.keys import Keys

        control = Keys.CONTROL
        ActionChains(self.chrome).key_down(control).send_keys("c").key_up(control).perform()

    def line_of(self, text: str) -> int:
        """Return the line of the screen that has a text."""
        found = [number for number, line in enumerate(self.lines) if text in line]
        assert found, f"no {text!r} on screen\n{self.text}"
        return found[0]

    def colours(self, line: int) -> list[tuple[int, int, int]]:
        """Return the colours that are painted along the upper edge of a line, above its letters."""
        left, top, width, height = self.run(PLACE)
        picture = self._picture()
        y = round(top + line * height) + 1
        columns = self.run("return held.cols")
        row = picture.crop((0, y, picture.width, y + 1)).tobytes()
        starts = [3 * round(left + (x + 0.5) * width) for x in range(columns)]
        return [(row[at], row[at + 1], row[at + 2]) for at in starts]

    def right_edge(self, width: int) -> set[tuple[int, int, int]]:
        """Return the colours of so many pixels along the right edge of the window."""
        picture = self._picture()
        strip = picture.crop((picture.width - width, 0, picture.width, picture.height)).tobytes()
        return set(zip(strip[::3], strip[1::3], strip[2::3], strict=True))

    def loaded(self) -> list[str]:
        """Return the addresses of all that the page has loaded."""
        script = "return performance.getEntriesByType('resource').map(entry => entry.name)"
        return [self.chrome.current_url, *map(str, self.run(script))]

    def complaints(self) -> list[str]:
        """Return what went wrong by the browser's console: errors, and what the policy refused."""
        log = self.chrome.get_log("browser")  # type: ignore[no-untyped-call, unused-ignore]
        return [str(entry["message"]) for entry in log if entry["level"] == "SEVERE"]

    def save(self, path: Path) -> None:
        """Write a picture of the page, in as few colours as it has."""
        from PIL import Image

        # By how much of the picture has them, what is red would become what is yellow.
        few = self._picture().quantize(256, method=Image.Quantize.MAXCOVERAGE)
        few.save(path, optimize=True)

    def _picture(self) -> Picture:
        from PIL import Image

        return Image.open(BytesIO(self.chrome.get_screenshot_as_png())).convert("RGB")
