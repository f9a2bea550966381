"""Whose word counts about who asks: C20, bad-input 28."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from connector.accounts import Role
from connector.errors import SetupError
from connector.settings import Settings
from connector.web.app import create_app
from connector.web.proxies import Proxies
from tests.unit.connector.web.conftest import Browser, Console

TRUSTED = ("10.0.0.0/24", "fd00::/8")


def seen(
    peer: str, hops: str = "", proto: str = "", networks: tuple[str, ...] = TRUSTED
) -> tuple[str, str]:
    """Return the address and the scheme that the application sees."""
    found: list[tuple[str, str]] = []

    def application(environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        found.append((request.remote_addr or "", request.scheme))
        return Response()(environ, start_response)

    given = {"HTTP_X_FORWARDED_FOR": hops} if hops else {}
    given |= {"HTTP_X_FORWARDED_PROTO": proto} if proto else {}
    environ = EnvironBuilder(environ_overrides={"REMOTE_ADDR": peer, **given}).get_environ()
    Proxies(application, networks)(environ, lambda *_: lambda _: None)
    return found[0]


@pytest.mark.parametrize(
    ("peer", "hops", "who"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first one was made up
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),  # two proxies of ours
        ("10.0.0.1", "10.0.0.9, 10.0.0.2", "10.0.0.9"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "evil, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9\r\nX: y", "10.0.0.1"),
        ("203.0.113.1", "127.0.0.1", "203.0.113.1"),  # no proxy of ours
        ("10.0.1.1", "127.0.0.1", "10.0.1.1"),
        ("", "127.0.0.1", ""),
    ],
)
def test_the_last_address_that_is_no_proxy_of_ours_is_who_asks(
    peer: str, hops: str, who: str
) -> None:
    assert seen(peer, hops)[0] == who


def test_without_the_setting_nobody_is_believed() -> None:
    assert seen("10.0.0.1", "203.0.113.9", "https", ()) == ("10.0.0.1", "http")


@pytest.mark.parametrize(
    ("given", "scheme"),
    [("https", "https"), ("http, https", "https"), ("ftp", "http"), ("https, x", "http")],
)
def test_only_a_trusted_proxy_says_the_scheme(given: str, scheme: str) -> None:
    assert seen("10.0.0.1", proto=given)[1] == scheme
    assert seen("203.0.113.1", proto=given)[1] == "http"


@pytest.mark.parametrize("given", ["everybody", "10.0.0.0/33", "0.0.0.0/0", "::/0", "10.0.0.1:80"])
def test_a_setting_that_names_no_network_or_everybody_is_refused(given: str) -> None:
    with pytest.raises(SetupError, match="INTACCT_TRUSTED_PROXIES"):
        Settings.read({"INTACCT_TRUSTED_PROXIES": given})


def test_the_setting_reaches_child_processes() -> None:
    settings = Settings.read({"INTACCT_TRUSTED_PROXIES": "10.0.0.7, 192.168.1.9/24"})
    assert settings.trusted_proxies == ("10.0.0.7/32", "192.168.1.0/24")
    assert Settings.read(settings.environment()).trusted_proxies == settings.trusted_proxies


def test_behind_a_proxy_each_guesser_is_slowed_down_alone(console: Console) -> None:
    """C20: a whole company behind one proxy is not one network."""
    settings = dataclasses.replace(console.services.settings, trusted_proxies=("127.0.0.1/32",))
    app = create_app(dataclasses.replace(console.services, settings=settings))
    console.account(Role.VIEWER)

    def guess(address: str) -> int:
        browser = Browser(app.test_client())
        data = {"form_token": browser.token("/sign-in"), "login": "viewer", "password": "no"}
        headers = {"X-Forwarded-For": address}
        return browser.client.post("/sign-in", data=data, headers=headers).status_code

    assert [guess("203.0.113.9") for _ in range(6)] == [401] * 5 + [429]
    assert guess("198.51.100.1") == 401


def test_the_host_a_proxy_names_leads_nobody_elsewhere(console: Console) -> None:
    """Bad-input 28: addresses come from the setting, never from a header."""
    console.account(Role.ADMIN)
    settings = dataclasses.replace(console.services.settings, trusted_proxies=("127.0.0.1/32",))
    app = create_app(dataclasses.replace(console.services, settings=settings))
    headers = {"X-Forwarded-Host": "evil.example", "Host": "evil.example"}
    answer = app.test_client().get("/connections", headers=headers)
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/connections")
    assert "evil.example" not in app.test_client().get("/sign-in", headers=headers).text
