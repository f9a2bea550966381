"""A whole installation in this process over a sandbox company, for syncs and exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask
import httpx

from actions.sync.modes import mode_named
from connector.cli import first_start
from connector.connections.encrypt import SecretBox
from connector.http import HttpReply, HttpRequest, OutboundClient
from connector.runtime.bells import Bells, make_broker
from connector.runtime.services import Services
from connector.sandbox import config as sandbox
from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig
from connector.sandbox.rest.clients import CLIENT_ID, CLIENT_SECRET
from connector.settings import Settings
from connector.store.database import Database
from connector.transfer import sources, sync
from connector.transfer.jobs import Job
from connector.transfer.options import Options, Summary
from connector.transfer.outcomes import OutcomeFile
from connector.transfer.rows import SourceRow, Told
from connector.workflow.mapping import Row

ORIGIN = "http://sandbox.test"
BOOKS = "books"
XML = {
    "companyId": sandbox.COMPANY_ID,
    "senderId": sandbox.SENDER_ID,
    "senderPassword": sandbox.SENDER_PASSWORD,
    "userId": sandbox.USER_ID,
    "userPassword": sandbox.USER_PASSWORD,
    "endpoint": f"{ORIGIN}{sandbox.GATEWAY_PATH}",
}
REST = {
    "companyId": sandbox.COMPANY_ID,
    "clientId": CLIENT_ID,
    "clientSecret": CLIENT_SECRET,
    "oauthUserId": sandbox.USER_ID,
    "restUrl": f"{ORIGIN}/ia/api/v1",
}
VALUES = {"xml": XML, "rest": REST}
QUICK = {
    "INTACCT_SETTLE_AFTER_SECONDS": "0.1",
    "INTACCT_LOOK_UP_DELAYS": "0.05,0.05",
    "INTACCT_CALL_SECONDS": "30",
}


@dataclass
class Office:
    """Services, the company behind them, and what went over the wire."""

    services: Services
    app: flask.Flask
    requests: list[HttpRequest] = field(default_factory=list)
    answers: list[HttpReply | Exception] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    before: Callable[[HttpRequest], None] = lambda _request: None

    def sync(  # noqa: PLR0913 - the arguments of one sync
        self,
        object_name: str,
        mode: str,
        rows: Iterable[dict[str, Any]] | Iterable[SourceRow],
        *,
        run: str = "run-1",
        match: tuple[str, ...] = (),
        mapping: list[Row] | None = None,
        api: str = "",
        outcomes: Path | None = None,
        **options: Any,
    ) -> Summary:
        """Run a sync and keep what it tells of each row."""
        self.told = []
        given = list(rows)
        if given and isinstance(given[0], dict):
            given = list(sources.listed_rows(given))
        job = Job(object_name, mode_named(mode), match, mapping, api)
        chosen = Options(run, told=self.told.append, warn=self.warned.append, **options)
        with OutcomeFile(outcomes) as file:
            return sync.run(self.services, BOOKS, job, given, file, chosen)  # type: ignore[arg-type]

    def outcomes(self) -> dict[int, str]:
        """Return what became of each row, by number."""
        return {each.number: each.outcome.value for each in self.told}

    def row(self, number: int) -> Told:
        """Return what was told of one row."""
        (found,) = [each for each in self.told if each.number == number]
        return found

    def calls(self) -> list[str]:
        """Return what was asked, without sign-ins: method and address, or the XML function."""
        found = []
        for request in self.requests:
            body = request.body.decode()
            if "/oauth2/token" in request.url or "getAPISession" in body:
                continue
            if request.url.endswith("xmlgw.phtml"):
                function = body.split("<function", 1)[1].split(">", 1)[1]
                found.append(function[1:].split(">", 1)[0].split()[0])
            else:
                found.append(f"{request.method} {request.url.split('/v1')[1]}")
        return found

    def arm(self, fault: str, function: str, **more: Any) -> None:
        """Let the company fail the next request of a kind."""
        document = {"fault": fault, "function": function, **more}
        reply = self.app.test_client().post("/_sandbox/faults", json=document)
        assert reply.status_code < 300, reply.text

    def records(self, object_name: str) -> list[dict[str, Any]]:
        """Return the company's records of an object, under Intacct's names."""
        found: list[dict[str, Any]] = (
            self.app.test_client().get(f"/_sandbox/records/{object_name}").get_json()
        )
        return found

    def created(self, object_name: str) -> list[str]:
        """Return the ids of the records that clients have created of an object."""
        ledger = self.app.test_client().get(f"/_sandbox/ledger?object={object_name}").get_json()
        return [entry["id"] for entry in ledger if entry["operation"] == "create"]

    def close(self) -> None:
        """Close the database."""
        self.services.database.close()


def open_office(
    folder: Path, api: str = "rest", values: dict[str, Any] | None = None, **policies: str
) -> Office:
    """Return services over a fresh company, with a connection named ``books``."""
    folder.mkdir(parents=True, exist_ok=True)
    app = create_app(SandboxConfig(public_url=ORIGIN, policies=policies))
    settings = Settings.read(
        {
            "INTACCT_DATA_DIR": str(folder),
            "INTACCT_ALLOWED_ORIGINS": "sandbox.test:80",
            **QUICK,
        }
    )
    first_start.prepare(settings).close()
    database = Database(settings.database_url)
    bells = Bells(make_broker("memory://", 1.0))
    services = Services(settings, database, SecretBox(settings.master_keys()), bells)
    given = {**VALUES[api], "concurrency": 2, "callsPerMinute": 0, **(values or {})}
    services.connections.add("sage-intacct", BOOKS, given)
    office = Office(services, app)
    client = OutboundClient(["sandbox.test:80"], transport=httpx.WSGITransport(app))

    def send(request: HttpRequest) -> HttpReply:
        office.requests.append(request)
        office.before(request)
        is_sign_in = request.url.endswith("/oauth2/token") or b"getAPISession" in request.body
        if office.answers and not is_sign_in:
            answer = office.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer
        return client.send(request)

    class Watched:
        """The outbound client, with every request kept."""

        def send(self, request: HttpRequest) -> HttpReply:
            return send(request)

    services.__dict__["http"] = Watched()
    return office
