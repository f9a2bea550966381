"""A console over an office: runs that really ran, looked at and repaired by people."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from connector.accounts import Accounts, Role, WebSessions
from connector.accounts.passwords import Cost
from connector.web.app import create_app
from tests.support.office import WORKFLOW, Books, Office, office

_CHEAP = Cost(2, 8, 1)
_PASSWORD = "correct horse battery"


@dataclass
class Person:
    """Somebody before the console."""

    client: FlaskClient

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def text(self, path: str) -> str:
        """Return a page as it reads, without its marks."""
        return words(self.get(path))

    def post(self, path: str, **data: str | list[str]) -> TestResponse:
        """Post as one of the console's own forms does."""
        page = self.get("/account").text
        found = re.search(r'name="form_token" value="(\w+)"', page)
        assert found
        return self.client.post(path, data={"form_token": found[1], **data})

    def hidden(self, path: str, name: str) -> str:
        """Return what a form of a page keeps under a name."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.get(path).text)
        assert found, f"{path} has no {name}"
        return html.unescape(found[1])


@dataclass
class RunConsole:
    """An office, the books it writes to, and those who look."""

    office: Office
    books: Books
    operator: Person
    viewer: Person

    def lose_answers(self) -> None:
        """Let every answer to a new invoice be lost from now on."""

        def vanish() -> None:
            raise httpx.ReadTimeout("lost")

        self.books.before_answer.append(vanish)

    def parked(self, number: str) -> str:
        """Return a run whose one write waits for a person: a lost answer, no way to look."""
        self.lose_answers()
        run_id = self.office.order(number)
        self.office.work(run_id)
        self.office.settle_all()
        self.books.before_answer.clear()
        assert self.office.work(run_id).state == "parked"
        return run_id


def words(answer: TestResponse) -> str:
    """Return what a page says, in one line."""
    main = answer.text.partition("<main")[2] or answer.text
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


@contextmanager
def run_console(folder: Path, workflow: str = WORKFLOW) -> Iterator[RunConsole]:
    """Give an office with an operator and a viewer before its console."""
    books = Books()
    with office(f"sqlite:///{folder / 'intacct.db'}", folder, books, workflow) as found:
        app = create_app(found.services)
        accounts = Accounts(found.database, cost=_CHEAP)

        def person(role: Role) -> Person:
            account = accounts.add(role.value, role.value, _PASSWORD, role, actor="test")
            client = app.test_client()
            sessions = WebSessions(found.database)
            token = sessions.begin(account.id, account.login, browser="T", address="127.0.0.1")
            client.set_cookie("session", token)
            return Person(client)

        yield RunConsole(found, books, person(Role.OPERATOR), person(Role.VIEWER))
