"""The console over a database of its own, and browsers that are signed in to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from connector.accounts import Account, Accounts, Role, WebSessions
from connector.accounts.passwords import Cost
from connector.connections.encrypt import SecretBox
from connector.runtime.bells import Bells, make_broker
from connector.runtime.services import Services
from connector.settings import Settings
from connector.store import Database
from connector.web.app import create_app

PASSWORD = "correct horse battery"
CHEAP = Cost(2, 8, 1)  # tests make many accounts


@dataclass
class Browser:
    """One person's browser."""

    client: FlaskClient
    pages: list[str] = field(default_factory=list)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def token(self, path: str) -> str:
        """Return the token that the forms of a page hold."""
        found = re.search(r'name="form_token" value="(\w+)"', self.get(path).text)
        assert found, path
        return found[1]

    def post(self, path: str, data: dict[str, str] | None = None, **more: Any) -> TestResponse:
        """Post as one of the console's own forms does."""
        given = {"form_token": self.token("/account"), **(data or {})}
        return self.client.post(path, data=given, **more)


@dataclass
class Console:
    """A console and its people."""

    services: Services
    app: Flask
    accounts: Accounts

    def account(self, role: Role, login: str = "") -> Account:
        """Make an account."""
        return self.accounts.add(
            login or role.value, role.value.title(), PASSWORD, role, actor="test"
        )

    def browser(self, who: Account | None = None) -> Browser:
        """Return a new browser, signed in as somebody or as nobody."""
        client = self.app.test_client()
        if who is not None:
            sessions = WebSessions(self.services.database)
            token = sessions.begin(who.id, who.login, browser="Test", address="127.0.0.1")
            client.set_cookie("session", token)
        return Browser(client)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    database = Database(f"sqlite:///{tmp_path / 'intacct.db'}")
    database.upgrade()
    box = SecretBox([Fernet.generate_key().decode()])
    settings = Settings.read({"INTACCT_DATA_DIR": str(tmp_path)})
    yield Services(settings, database, box, Bells(make_broker("memory://", 15.0)))
    database.close()


@pytest.fixture
def client(services: Services) -> FlaskClient:
    return create_app(services).test_client()


@pytest.fixture
def console(services: Services) -> Console:
    return Console(services, create_app(services), Accounts(services.database, cost=CHEAP))


@pytest.fixture
def admin(console: Console) -> Browser:
    return console.browser(console.account(Role.ADMIN))


BOOKS = {
    "companyId": "ACME",
    "senderId": "sender",
    "senderPassword": "s3nder-secret",
    "userId": "user",
    "userPassword": "us3r-secret",
}
