"""The URL of a node: what it is called, and what is refused."""

from __future__ import annotations

import pytest

from jobwatch.feeds.harper.address import Address, AddressError, parse_address


@pytest.mark.parametrize(
    ("text", "url", "name"),
    [
        ("http://node1:9925", "http://node1:9925/", "node1"),
        ("http://node1:9925/", "http://node1:9925/", "node1"),
        ("http://Node1:9931", "http://node1:9931/", "node1:9931"),
        ("https://node1", "https://node1:443/", "node1:443"),
        ("http://node1", "http://node1:80/", "node1:80"),
        ("https://gate.example:9925/n1/", "https://gate.example:9925/n1/", "gate.example/n1"),
        ("http://[::1]:9925", "http://[::1]:9925/", "[::1]"),
    ],
)
def test_a_node_is_called_by_its_host_and_by_what_is_unusual(
    text: str, url: str, name: str
) -> None:
    address = parse_address(text)
    assert address[:2] == (url, name)
    assert isinstance(address, Address)


@pytest.mark.parametrize(
    "text",
    [
        "node1",
        "node1:9925",
        "ftp://node1",
        "http://",
        "http://node1:99999",
        "http://node1:port",
        "http://node1:9925/?a=1",
        "http://node1:9925/#a",
        "",
    ],
)
def test_what_is_no_url_of_a_node_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(AddressError, match=r"such as http://node1:9925"):
        parse_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "http://ada:sesame@node1:9925",
        "http://:sesame@node1",
        "https://ada:se@same@node1",
        "http://ada:sesame@node1:port",
        "ada:sesame@node1",
    ],
)
def test_a_password_in_a_url_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(AddressError) as error:
        parse_address(text)
    assert "same" not in str(error.value)
    assert "ada" not in str(error.value)


def test_why_a_password_in_a_url_is_refused_is_said() -> None:
    with pytest.raises(AddressError, match=r"list of processes.*JOBWATCH_PASSWORD.*netrc"):
        parse_address("http://ada:sesame@node1:9925")
