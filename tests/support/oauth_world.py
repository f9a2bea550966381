"""A process's services over a sandbox company reached by OAuth, and the person who allows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import sqlalchemy as sa

from connector.component import Context
from connector.connections import oauth
from connector.connections.oauth import Answer
from connector.connections.store import ConnectionRow
from connector.http import HttpReply, HttpRequest, OutboundClient
from connector.runtime.consents import TERMINAL, Connected, Consents
from connector.runtime.effects import Intent, SqlEffects
from connector.runtime.meter import StepMeter
from connector.sandbox import config as sandbox
from connector.sandbox.rest.clients import CLIENT_ID, CLIENT_SECRET
from connector.store import tables
from tests.support.office import Books, Office

ORIGIN = "http://sandbox.test"
REST_URL = f"{ORIGIN}/ia/api/v1"
TOKEN = "POST /oauth2/token"
CONSENTED: dict[str, Any] = {
    "companyId": sandbox.COMPANY_ID,
    "clientId": CLIENT_ID,
    "clientSecret": CLIENT_SECRET,
    "restUrl": REST_URL,
    "callsPerMinute": 0,
}
UNATTENDED = {**CONSENTED, "oauthUserId": sandbox.USER_ID}
XML = {
    "companyId": sandbox.COMPANY_ID,
    "senderId": sandbox.SENDER_ID,
    "senderPassword": sandbox.SENDER_PASSWORD,
    "userId": sandbox.USER_ID,
    "userPassword": sandbox.USER_PASSWORD,
    "endpoint": f"{ORIGIN}{sandbox.GATEWAY_PATH}",
    "callsPerMinute": 0,
}


class World:
    """An installation, the company it works in, and everything that went between them.

    Args:
        answered: Called with each request and its reply, before the installation sees it.
        playing: Answers in the company's place where it returns a reply.
    """

    def __init__(self, url: str, folder: Path, **policies: str) -> None:
        self.books = Books(**policies)
        origin = {"INTACCT_ALLOWED_ORIGINS": "sandbox.test:80"}
        self.office = Office(self.books.transport, url, folder, **origin)
        self.services = self.office.services
        self.answered: list[Callable[[HttpRequest, HttpReply], None]] = []
        self.playing: Callable[[HttpRequest], HttpReply | None] | None = None
        self.services.__dict__["http"] = self
        self._client = OutboundClient(["sandbox.test:80"], transport=self.books.transport)

    def send(self, request: HttpRequest) -> HttpReply:
        """Stand in for the process's HTTP client."""
        played = self.playing(request) if self.playing else None
        reply = played or self._client.send(request)
        for tell in self.answered:
            tell(request, reply)
        return reply

    def add(self, values: Mapping[str, Any], name: str = "books") -> ConnectionRow:
        """Keep a connection."""
        return self.services.connections.add("sage-intacct", name, values)

    def row(self, name: str = "books") -> ConnectionRow:
        """Return a connection as it is now."""
        return self.services.connection_named(name)

    def connect(self, row: ConnectionRow, **person: str) -> Connected:
        """Let somebody allow the access and paste the answer at a terminal."""
        consents = Consents(self.services)
        question = consents.begin(row, caller=TERMINAL, actor="test")
        answer = oauth.read_answer(self.allow(question.url, **person))
        return consents.finish(Answer(answer.code, question.state), caller=TERMINAL)

    def allow(self, url: str, *, entity: str = "", user: str = sandbox.USER_ID) -> str:
        """Allow the access on the company's page and return where the browser is sent."""
        asked = dict(parse_qsl(urlsplit(url).query))
        person = {
            "company": sandbox.COMPANY_ID,
            "user": user,
            "password": sandbox.USER_PASSWORD,
            "entity": entity,
            "decision": "allow",
        }
        reply = self.books.app.test_client().post(
            "/ia/api/v1/oauth2/authorize", data={**asked, **person}
        )
        assert reply.status_code == 302, reply.text
        return str(reply.headers["Location"])

    def context(self, row: ConnectionRow, **more: Any) -> Context:
        """Return what an action would work on."""
        ledger = SqlEffects(
            self.services.database,
            Intent(row.id, scope="test", once="test"),
            self.services.patience,
            actor="test",
        )
        return self.services.open_context(row, ledger, StepMeter(), **more)

    def read(self, row: ConnectionRow) -> int:
        """Read a customer over the connection and return how many came."""
        found = self.context(row).intacct.query("customer", select=["customerId"], limit=1)
        return len(found)

    def requests(self, function: str = TOKEN) -> int:
        """Return how many requests of a kind the company has seen."""
        seen = self.books.app.test_client().get("/_sandbox/requests").get_json()
        return sum(function in entry["functions"] for entry in seen)

    def arm(self, fault: str, *, times: int = 1, function: str = TOKEN) -> None:
        """Let the company fail the next requests of a kind."""
        document = {"fault": fault, "function": function, "times": times, "seconds": 0}
        reply = self.books.app.test_client().post("/_sandbox/faults", json=document)
        assert reply.status_code < 300, reply.text

    def end_access(self) -> None:
        """End every access token, as time would."""
        self.books.app.test_client().post("/_sandbox/tokens/expire", json={})

    def let_pass(self, row: ConnectionRow, **times: int | None) -> None:
        """Change the times that are kept with the tokens."""
        is_its = tables.token.c.connection_id == row.id
        self.office.execute(sa.update(tables.token).where(is_its).values(**times))

    def alerts(self) -> list[Any]:
        """Return the audit rows that told people of a trouble."""
        query = sa.select(tables.audit).where(tables.audit.c.action == "connection.problem")
        return self.services.database.read(lambda c: list(c.execute(query)))


@contextmanager
def oauth_world(url: str, folder: Path, **policies: str) -> Iterator[World]:
    """Give a world without connections."""
    found = World(url, folder, **policies)
    try:
        yield found
    finally:
        found.office.close()
