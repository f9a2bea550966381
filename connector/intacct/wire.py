"""One exchange with the XML gateway: envelope, send, read; and signing in."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from connector.errors import ConnectionProblem
from connector.http import HttpRequest
from connector.intacct.dialects.xml import Control, Login, SessionToken, XmlDialect
from connector.intacct.operation import Frozen, Operation, Result
from connector.intacct.ports import Exchange

# Pages of 2,000 rows stay below this; what is larger is no answer to anything we ask.
MAX_REPLY_BYTES = 20 * 1024 * 1024
SIGN_IN_SECONDS = 60.0
MASKED = "•••"


@dataclass(frozen=True, repr=False)
class Company:
    """Whose books, and who calls: the two pairs of credentials of the XML API.

    Args:
        endpoint: Where signing in goes; afterwards Intacct names the address to use.
        user_id: Empty where the connection's OAuth application opens the session.
    """

    endpoint: str
    sender_id: str
    sender_password: str
    company_id: str
    user_id: str
    user_password: str
    entity_id: str = ""


class XmlWire:
    """Speaks to one company's gateway.

    Args:
        company: The connection's credentials.
        exchange: Sends one HTTP request; metered.
        dialect: Encodes and decodes.
    """

    def __init__(self, company: Company, exchange: Exchange, dialect: XmlDialect) -> None:
        self._company = company
        self._exchange = exchange
        self._dialect = dialect

    def send(self, operation: Operation, token: SessionToken) -> Result:
        """Send one frozen operation under a session and return what its function answered."""
        frozen = _frozen(operation)
        control_id = operation.control_id or str(uuid.uuid4())
        body = self._dialect.request(frozen, control_id, token, self._control(frozen))
        request = _post(token.endpoint, body, operation.seconds, operation.headers)
        reply = self._exchange(request, frozen.function)
        return self._dialect.read_reply(reply.status, reply.headers, reply.body, frozen, control_id)

    def sign_in(self) -> SessionToken:
        """Ask for a new session, in a request of its own (xml-api 2.2).

        Raises:
            ConnectionProblem: The credentials are refused, or the reply sends us elsewhere.
        """
        return self._sign_in(self._login())

    def adopt(self, session_id: str) -> SessionToken:
        """Turn a session that the REST API gave into one of ours, at the connection's entity.

        Raises:
            ConnectionProblem: The sender is refused, or the reply sends us elsewhere.
        """
        company = self._company
        return self._sign_in(SessionToken(session_id, company.endpoint, company.entity_id, 0))

    def _sign_in(self, authentication: Login | SessionToken) -> SessionToken:
        control_id = str(uuid.uuid4())
        body = self._dialect.sign_in_request(control_id, authentication, self._control(None))
        request = _post(self._company.endpoint, body, SIGN_IN_SECONDS, {})
        reply = self._exchange(request, "getAPISession")
        token = self._dialect.read_session(reply.status, reply.headers, reply.body, control_id)
        if not is_trusted_endpoint(token.endpoint, self._company.endpoint):
            raise ConnectionProblem(
                "Intacct answered with an address that is not Sage's.",
                advice="Check the connection's endpoint; nothing was sent to the other address.",
            )
        return token

    def render(self, operation: Operation) -> str:
        """Return the request that would be sent, with every secret masked."""
        frozen = _frozen(operation)
        token = SessionToken(
            session_id=MASKED, endpoint=self._company.endpoint, entity_id="", expires_at_ms=0
        )
        control = dataclasses.replace(self._control(frozen), sender_password=MASKED)
        control_id = operation.control_id or "made when it is sent"
        return self._dialect.request(frozen, control_id, token, control).decode()

    def _login(self) -> Login:
        return Login(
            company_id=self._company.company_id,
            user_id=self._company.user_id,
            password=self._company.user_password,
            entity_id=self._company.entity_id,
        )

    def _control(self, frozen: Frozen | None) -> Control:
        return Control(
            sender_id=self._company.sender_id,
            sender_password=self._company.sender_password,
            request_id=str(uuid.uuid4()),
            is_unique=bool(frozen and frozen.is_write),
        )


def is_trusted_endpoint(endpoint: str, configured: str) -> bool:
    """Say whether credentials may go to ``endpoint``: Sage's own hosts, or where we signed in."""
    target, known = urlsplit(endpoint), urlsplit(configured)
    if (target.scheme, target.netloc) == (known.scheme, known.netloc):
        return True
    host = (target.hostname or "").rstrip(".")
    return target.scheme == "https" and host.endswith(".intacct.com")


def _frozen(operation: Operation) -> Frozen:
    if operation.frozen is None:
        raise ValueError("An operation reached the wire before its bytes were made.")
    return operation.frozen


def _post(url: str, body: bytes, seconds: float, more: Mapping[str, str]) -> HttpRequest:
    headers = {**more, "content-type": "application/xml"}
    return HttpRequest("POST", url, headers, body, seconds=seconds, max_bytes=MAX_REPLY_BYTES)
