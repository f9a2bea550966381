"""Where calls may go, with the resolver passed in and nothing ever dialled for real."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

import httpcore
import pytest

from connector.errors import Unreachable
from connector.http import HttpRequest, OutboundClient
from connector.http.addresses import is_public
from connector.http.network import GuardedBackend, GuardedTransport

PUBLIC = "93.184.215.14"


class Dial(httpcore.NetworkBackend):
    """Notes what would be dialled and lets nobody through."""

    def __init__(self) -> None:
        self.dialled: list[str] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Note the address and refuse."""
        del timeout, local_address, socket_options
        self.dialled.append(f"{host} {port}")
        raise httpcore.ConnectError


def dialled(url: str, addresses: Sequence[str] = (PUBLIC,), allowed: Sequence[str] = ()) -> str:
    """Return what a call would dial, or the title of the refusal."""
    dial = Dial()
    backend = GuardedBackend(allowed, lambda _: addresses, dial)
    client = OutboundClient(allowed, GuardedTransport(backend, 2))
    with pytest.raises(Unreachable) as caught:
        client.send(HttpRequest("GET", url, seconds=5.0))
    return ", ".join(dial.dialled) or caught.value.title


def is_refused(url: str, addresses: Sequence[str] = (PUBLIC,)) -> bool:
    return "not a public web address" in dialled(url, addresses)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.0.0.1.",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "0.0.0.0",  # noqa: S104 (asked for, not bound)
        "10.0.0.8",
        "172.16.3.4",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "192.0.0.192",
        "168.63.129.16",
        "224.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[fe80::1]",
        "[fec0::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
        "[::127.0.0.1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]",
        "[64:ff9b:1::a9fe:a9fe]",
        "[2002:7f00:1::]",
        "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
        "[2001:db8::1]",
    ],
)
def test_inner_addresses_are_refused_in_every_spelling(host: str) -> None:
    assert is_refused(f"http://{host}/")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "64:ff9b::7f00:1", "fe80::1%eth0", "?"],
)
def test_names_that_resolve_inside_are_refused(address: str) -> None:
    assert is_refused("https://rebind.example/", [address])


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    assert is_refused("https://mixed.example/", [PUBLIC, "10.0.0.8"])


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "https://example.com:8443/",
        "http://example.com:22/",
        "https://user:secret@example.com/",
        "https://@127.0.0.1:80/",
        "https:///path",
        "//example.com/",
        "https://exa mple.com/",
        "http://[::1",
        "",
    ],
)
def test_only_plain_web_addresses_are_called(url: str) -> None:
    assert is_refused(url)


def test_refusal_never_shows_a_password() -> None:
    assert "secret" not in dialled("https://user:secret@example.com/")


def test_checked_address_is_the_one_that_is_dialled() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])  # the second look-up would be the attack
    dial = Dial()
    backend = GuardedBackend((), lambda _: next(answers), dial)
    client = OutboundClient((), GuardedTransport(backend, 2))
    with pytest.raises(Unreachable):
        client.send(HttpRequest("GET", "https://rebind.example/"))
    assert dial.dialled == [f"{PUBLIC} 443"]


def test_next_address_is_dialled_when_the_first_is_silent() -> None:
    assert dialled("http://two.example/", [PUBLIC, "1.1.1.1"]) == f"{PUBLIC} 80, 1.1.1.1 80"


def test_unknown_name_is_said_so() -> None:
    assert dialled("https://nowhere.example/", []) == "The name nowhere.example could not be found."


def test_name_service_that_never_answers_does_not_outlive_the_call() -> None:
    never = threading.Event()

    def resolve(_: str) -> list[str]:
        never.wait(30)
        return [PUBLIC]

    client = OutboundClient(resolve=resolve)
    with pytest.raises(Unreachable, match="could not be found"):
        client.send(HttpRequest("GET", "https://slow.example/", seconds=0.05))
    never.set()


def test_allowed_origin_may_be_inside_and_only_with_its_port() -> None:
    allowed = ["127.0.0.1:8089", "sandbox.internal:8089"]
    assert dialled("http://127.0.0.1:8089/x", ["127.0.0.1"], allowed) == "127.0.0.1 8089"
    assert dialled("http://Sandbox.Internal:8089/", ["10.0.0.8"], allowed) == "10.0.0.8 8089"
    assert "not a public" in dialled("http://127.0.0.1:8090/", ["127.0.0.1"], allowed)
    assert "not a public" in dialled("http://sandbox.internal/", ["10.0.0.8"], allowed)


@pytest.mark.parametrize(
    "address", [PUBLIC, "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"]
)
def test_public_addresses_pass(address: str) -> None:
    assert is_public(address)
