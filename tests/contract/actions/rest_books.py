"""The whole stack over the sandbox's REST API, alone or beside its XML API, ports in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from connector.component import Context
from connector.errors import ConnectorError
from connector.http import HttpReply, HttpRequest, OutboundClient
from connector.intacct.dialects.rest_tokens import AccessToken
from connector.intacct.limit_headers import LimitReport
from connector.intacct.operation import Operation
from connector.intacct.ports import Ports
from connector.intacct.rest_wire import RestAccount
from connector.intacct.router import REST
from connector.intacct.stack import open_company
from connector.intacct.wire import Company
from connector.sandbox import config as sandbox
from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig
from connector.sandbox.rest.clients import CLIENT_ID, CLIENT_SECRET
from tests.contract.actions.conftest import (
    Books,
    Counter,
    MemoryLedger,
    MemorySessions,
    NoLimit,
)

ORIGIN = "http://sandbox.test"
USERNAME = f"{sandbox.USER_ID}@{sandbox.COMPANY_ID}"
COMPANY = Company(
    endpoint=f"{ORIGIN}{sandbox.GATEWAY_PATH}",
    sender_id=sandbox.SENDER_ID,
    sender_password=sandbox.SENDER_PASSWORD,
    company_id=sandbox.COMPANY_ID,
    user_id=sandbox.USER_ID,
    user_password=sandbox.USER_PASSWORD,
)


def account(
    *, entity_id: str = "", username: str = USERNAME, client_secret: str = CLIENT_SECRET
) -> RestAccount:
    """Return the published application of the sandbox."""
    return RestAccount(f"{ORIGIN}/ia/api/v1", CLIENT_ID, client_secret, username, entity_id)


class WitnessLedger(MemoryLedger):
    """Keeps what was sent for each effect, and each verdict by its name."""

    def __init__(self) -> None:
        super().__init__()
        self.operations: dict[str, Operation] = {}
        self.verdicts: defaultdict[str, list[str]] = defaultdict(list)

    def mark_sending(self, operation: Operation) -> int | None:
        self.operations[operation.op_key] = operation
        return 1

    def succeed(
        self, operation: Operation, epoch: int, key: str, evidence: Mapping[str, Any]
    ) -> None:
        self.verdicts[operation.op_key].append("succeed")
        super().succeed(operation, epoch, key, evidence)

    def refuse(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        self.verdicts[operation.op_key].append("refuse")
        super().refuse(operation, epoch, error)

    def put_back(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        self.verdicts[operation.op_key].append("put_back")

    def doubt(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        self.verdicts[operation.op_key].append("doubt")


class MemoryTokens:
    """The tokens of one test; the newest refresh token replaces the one before."""

    def __init__(self) -> None:
        self.token: AccessToken | None = None
        self.renewals = 0

    def current(self) -> AccessToken | None:
        return self.token

    def renew(self, stale: AccessToken | None, sign_in: Callable[[], AccessToken]) -> AccessToken:
        self.renewals += 1
        self.token = sign_in()
        return self.token

    def refresh_token(self) -> str:
        return self.token.refresh_token if self.token else ""


@dataclass
class RestBooks(Books):
    """A company reached over REST, with every request as it left."""

    ledger: WitnessLedger
    client: OutboundClient | None = None
    tokens: MemoryTokens = field(default_factory=MemoryTokens)
    requests: list[HttpRequest] = field(default_factory=list)
    replies: list[HttpReply] = field(default_factory=list)
    reports: list[LimitReport] = field(default_factory=list)
    answers: list[HttpReply] = field(default_factory=list)

    def send(self, request: HttpRequest) -> HttpReply:
        """Send to the sandbox, unless another answer was prepared, and keep both sides."""
        assert self.client is not None
        is_token = request.url.endswith("/oauth2/token")
        self.requests.append(request)
        self.sent.append(request.body.decode())
        is_prepared = bool(self.answers) and not is_token
        self.replies.append(self.answers.pop(0) if is_prepared else self.client.send(request))
        return self.replies[-1]

    def learn(self, report: LimitReport) -> None:
        """Take what a reply said about limits."""
        self.reports.append(report)

    def answer_once(self, status: int, body: bytes) -> None:
        """Let the next call be answered so, whatever it asks."""
        self.answers.append(HttpReply(status, {}, body))

    @property
    def calls(self) -> list[str]:
        """Method and address of each request, sign-ins left out."""
        return [
            f"{each.method} {each.url.removeprefix(f'{ORIGIN}/ia/api/v1')}"
            for each in self.requests
            if not each.url.endswith("/oauth2/token")
        ]

    def arm(self, fault: str, function: str) -> None:
        """Let the company fail the next request of a kind."""
        document = {"fault": fault, "function": function}
        reply = self.app.test_client().post("/_sandbox/faults", json=document)
        assert reply.status_code < 300, reply.text

    def expire_tokens(self) -> None:
        """End every access token, as time would."""
        self.app.test_client().post("/_sandbox/tokens/expire", json={})

    def count_of(self, object_name: str) -> int:
        """Return how many records clients have created of an object."""
        ledger = self.app.test_client().get(f"/_sandbox/ledger?object={object_name}").get_json()
        return sum(entry["operation"] == "create" for entry in ledger)


def open_rest_books(
    *,
    with_xml: bool = False,
    prefers: str = REST,
    is_dry_run: bool = False,
    entity_id: str = "",
    username: str = USERNAME,
    client_secret: str = CLIENT_SECRET,
    **policies: str,
) -> RestBooks:
    """Return a fresh company reached over REST; over XML too where that is wanted."""
    app = create_app(SandboxConfig(public_url=ORIGIN, policies=policies))
    found = RestBooks(Context(), WitnessLedger(), app)
    found.client = OutboundClient(["sandbox.test:80"], transport=httpx.WSGITransport(app))
    ports = Ports(
        found.ledger,
        NoLimit(),
        MemorySessions(),
        Counter(found.counted),
        limits=found,
        tokens=found.tokens,
    )
    opened = open_company(
        COMPANY if with_xml else None,
        found.send,
        ports,
        account=account(entity_id=entity_id, username=username, client_secret=client_secret),
        prefers=prefers,
        is_dry_run=is_dry_run,
    )
    found.context = Context(intacct_client=opened)
    return found
