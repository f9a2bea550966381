"""What the web edge promises to strangers, to senders, and to whoever holds the key."""

from __future__ import annotations

import dataclasses
import io
import os
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask.testing import FlaskClient

from connector.connections.encrypt import SecretBox
from connector.errors import SetupError
from connector.runtime.services import Services
from connector.web import access
from connector.web.app import create_app


def hubspot_hook(services: Services) -> str:
    values = {"token": "t0ken", "clientSecret": "s3cret"}
    return f"/hooks/{services.connections.add('hubspot', 'hubspot', values).hook_token}"


class Unread(io.BytesIO):
    """A body that must not be asked for."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise AssertionError("The body of a stranger was read.")

    def readinto(self, buffer: object, /) -> int:
        raise AssertionError("The body of a stranger was read.")


@pytest.mark.parametrize("token", ["unknown", "%00", "..", "a%0d%0ab"])
def test_a_stranger_is_sent_away_unread(client: FlaskClient, token: str) -> None:
    """A body that trickles in would hold one of the few threads for as long as it likes."""
    answer = client.post(f"/hooks/{token}", input_stream=Unread(b"[]"), content_length=2)
    assert (answer.status_code, answer.data) == (401, b"")


def test_a_sender_is_asked_to_come_again_when_our_key_is_wrong(services: Services) -> None:
    """F43: the fault is ours, and an answer of 400 would tell the sender to forget the event."""
    hook = hubspot_hook(services)
    other = dataclasses.replace(services, box=SecretBox([Fernet.generate_key().decode()]))
    answer = create_app(other).test_client().post(hook, data=b"[]")
    assert answer.status_code == 503
    assert "Retry-After" in answer.headers
    assert answer.data == b""


def test_a_connection_without_a_trigger_takes_no_deliveries(
    services: Services, client: FlaskClient
) -> None:
    values = {
        "companyId": "ACME",
        "senderId": "sender",
        "senderPassword": "s3nder-secret",
        "userId": "user",
        "userPassword": "us3r-secret",
    }
    token = services.connections.add("sage-intacct", "books", values).hook_token
    without = dataclasses.replace(services.registry, triggers={})
    services.__dict__["registry"] = without
    assert client.post(f"/hooks/{token}", data=b"[]").status_code == 401


@pytest.mark.parametrize("kept", ["", "short", " \n"])
def test_a_key_that_is_empty_or_cut_short_opens_nothing(
    services: Services, tmp_path: Path, kept: str
) -> None:
    """Such as after a crash or a full disk while it was written."""
    (tmp_path / "console.key").write_text(kept)
    with pytest.raises(SetupError, match=r"console\.key"):
        create_app(services)


def test_the_key_is_there_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two server processes start at once; neither may read what the other has half written."""
    real = os.fsync
    seen: list[bool] = []

    def watch(descriptor: int) -> None:
        seen.append((tmp_path / "console.key").exists())
        real(descriptor)

    monkeypatch.setattr(os, "fsync", watch)
    key = access.console_key(tmp_path)
    assert seen == [False]
    assert access.console_key(tmp_path) == key
    assert [path.name for path in tmp_path.iterdir()] == ["console.key"]
    assert (tmp_path / "console.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("path", ["/", "/runs/x", "/health/../", "/hooks/../", "//", "/unknown"])
def test_no_page_opens_without_the_key(client: FlaskClient, path: str) -> None:
    for given in ({}, {"key": ""}, {"key": "wrong"}):
        assert client.get(path, query_string=given).status_code in {401, 403, 404, 405, 308}
    assert client.get("/").status_code == 403


def test_the_key_is_taken_out_of_the_address(client: FlaskClient, tmp_path: Path) -> None:
    key = access.console_key(tmp_path)
    answer = client.get("/runs/x", query_string={"key": key})
    assert (answer.status_code, answer.location) == (302, "/set-up?next=/runs/x")
    assert answer.headers["Referrer-Policy"] == "same-origin"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/set-up").status_code == 200
