"""Who may ask for the page."""

from __future__ import annotations

import pytest

from jobwatch.web.guard import is_loopback, refusal


@pytest.mark.parametrize("name", ["127.0.0.1", "127.8.9.10", "::1", "localhost", "LocalHost"])
def test_this_machine_is_loopback(name: str) -> None:
    assert is_loopback(name)


@pytest.mark.parametrize(
    "name",
    ["", "0.0.0.0", "::", "192.0.2.1", "localhost.example.org", "::ffff:192.0.2.1", "127.1", "*"],
)
def test_what_others_reach_or_nobody_knows_is_not(name: str) -> None:
    assert not is_loopback(name)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost:8000", "localhost", "[::1]:8000", "[::1]"]
)
def test_the_page_itself_may_ask(host: str) -> None:
    assert refusal(host, None) == ""
    assert refusal(host, f"http://{host}") == ""


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example:8000",
        "192.0.2.1:8000",
        "localhost.evil.example:8000",
        "evil.example@127.0.0.1:8000",
        "127.0.0.1:8000@evil.example",
        "127.0.0.1:8000/",
        '127.0.0.1:80"><script>',
        "::1",
        "[evil.example]:8000",
        "127.0.0.1:8000\n",
    ],
)
def test_a_name_that_only_means_this_machine_for_now_may_not(host: str) -> None:
    assert refusal(host, None).startswith("This page has another address")
    assert refusal(host, f"http://{host}").startswith("This page has another address")


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://evil.example",
        "https://127.0.0.1:8000",
        "http://127.0.0.1",
        "http://127.0.0.1:3000",
        "http://localhost:8000",
        "http://127.0.0.1:8000.evil.example",
    ],
)
def test_another_site_may_not(origin: str) -> None:
    assert refusal("127.0.0.1:8000", origin) == "Another site may not ask."
