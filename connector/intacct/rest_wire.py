"""One exchange with the REST API: address, token, headers; and fetching tokens."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connector.errors import ConnectionProblem, ConnectorError
from connector.http import HttpReply, HttpRequest
from connector.intacct.dialects.rest import RestDialect
from connector.intacct.dialects.rest_message import Message
from connector.intacct.dialects.rest_tokens import (
    AccessToken,
    read_token,
    refresh_form,
    user_form,
)
from connector.intacct.operation import Frozen, Operation, Result
from connector.intacct.ports import Exchange, TokenStore

# Pages of 4,000 rows stay below this; what is larger is no answer to anything we ask.
MAX_REPLY_BYTES = 20 * 1024 * 1024
TOKEN_SECONDS = 60.0
MASKED = "•••"
TOKEN_FUNCTION = "POST /oauth2/token"  # noqa: S105 - the name of an address
# The server keeps keys for these methods alone (rest-api 2.3).
_WITH_KEY = {"POST", "PATCH"}
# Reads of the company's own objects go wrong at an entity (rest-api 1.4).
_TOP_LEVEL = "company-config/"


@dataclass(frozen=True, repr=False)
class RestAccount:
    """An OAuth application and on whose books it works.

    Args:
        base_url: With the version, such as ``https://api.intacct.com/ia/api/v1``.
        client_id: Of the application.
        client_secret: Of the application.
        username: Such as ``apiuser@COMPANY``, for connections that no person consents to; empty
            where the kept refresh token alone fetches tokens.
        entity_id: The entity to work in; empty for the user's own level.
    """

    base_url: str
    client_id: str
    client_secret: str
    username: str = ""
    entity_id: str = ""


class RestWire:
    """Speaks to one company's REST API.

    Args:
        account: The connection's credentials.
        exchange: Sends one HTTP request; metered.
        dialect: Encodes and decodes.
        tokens: Where the refresh token is kept.
        now: Seconds since 1970.
    """

    def __init__(
        self,
        account: RestAccount,
        exchange: Exchange,
        dialect: RestDialect,
        tokens: TokenStore,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._account = account
        self._exchange = exchange
        self._dialect = dialect
        self._tokens = tokens
        self._now = now

    def send(self, operation: Operation, token: AccessToken) -> Result:
        """Send one frozen operation under a token and return what it was answered."""
        frozen, control_id, reply = self._answered(operation, token)
        return self._dialect.read_reply(reply.status, reply.headers, reply.body, frozen, control_id)

    def send_many(
        self, operation: Operation, token: AccessToken
    ) -> tuple[Result | ConnectorError, ...]:
        """Send one frozen batch (``RestDialect.freeze_many``); return what became of each record.

        Raises:
            ConnectorError: The batch as a whole was refused, or its answer is unclear.
        """
        frozen, control_id, reply = self._answered(operation, token)
        return self._dialect.read_many(reply.status, reply.headers, reply.body, frozen, control_id)

    def _answered(self, operation: Operation, token: AccessToken) -> tuple[Frozen, str, HttpReply]:
        frozen = _frozen(operation)
        control_id = operation.control_id or str(uuid.uuid4())
        message = Message.of(frozen)
        headers = self._headers(frozen, message, control_id, token.value)
        request = HttpRequest(
            message.method,
            self._account.base_url.rstrip("/") + message.path,
            headers,
            message.body.encode(),
            seconds=operation.seconds,
            max_bytes=MAX_REPLY_BYTES,
        )
        return frozen, control_id, self._exchange(request, frozen.function)

    def sign_in(self) -> AccessToken:
        """Fetch a token: by the kept refresh token, else for the connection's user.

        Raises:
            ConnectionProblem: Both are refused or missing; a person has to connect again.
            OutcomeUnknown: No clear answer; the refresh token may be spent.
        """
        refresh = self._tokens.refresh_token()
        if refresh:
            try:
                return self._refreshed(refresh)
            except ConnectionProblem:
                if not self._account.username:
                    raise
        if not self._account.username:
            raise ConnectionProblem(
                "This connection has no permission to fetch tokens.",
                advice="Open the connection and connect it to Intacct again.",
            )
        return self._fetch(user_form(*self._application, self._account.username))

    def _refreshed(self, refresh: str) -> AccessToken:
        """Trade the refresh token, for one at the entity where Intacct gives that.

        Where it does not, the header of each call still names the entity, and says what is wrong.
        """
        if self._account.entity_id:
            try:
                form = refresh_form(*self._application, refresh, self._account.entity_id)
                return self._fetch(form)
            except ConnectionProblem as error:
                if error.field != "oauthUserId":
                    raise
        return self._fetch(refresh_form(*self._application, refresh))

    @property
    def _application(self) -> tuple[str, str]:
        return self._account.client_id, self._account.client_secret

    def _fetch(self, body: bytes) -> AccessToken:
        # Reckoned from before the call, so that no token seems to live longer than it does.
        now_ms = round(self._now() * 1000)
        request = HttpRequest(
            "POST",
            f"{self._account.base_url.rstrip('/')}/oauth2/token",
            {"content-type": "application/x-www-form-urlencoded"},
            body,
            seconds=TOKEN_SECONDS,
        )
        reply = self._exchange(request, TOKEN_FUNCTION)
        return read_token(reply.status, reply.headers, reply.body, now_ms)

    def render(self, operation: Operation) -> str:
        """Return the request that would be sent, with every secret masked."""
        frozen = _frozen(operation)
        message = Message.of(frozen)
        control_id = operation.control_id or "made when it is sent"
        headers = self._headers(frozen, message, control_id, MASKED)
        address = self._account.base_url.rstrip("/") + message.path
        lines = [f"{message.method} {address}", *(f"{n}: {v}" for n, v in headers.items())]
        return "\n".join([*lines, "", message.body])

    def _headers(
        self, frozen: Frozen, message: Message, control_id: str, token: str
    ) -> Mapping[str, str]:
        headers = {"Authorization": f"Bearer {token}", **message.headers}
        if message.body:
            headers["Content-Type"] = "application/json"
        is_company_read = not frozen.is_write and message.object_path.startswith(_TOP_LEVEL)
        if self._account.entity_id and not is_company_read:
            headers["X-IA-API-Param-Entity"] = self._account.entity_id
        if frozen.is_write and message.method in _WITH_KEY:
            headers["Idempotency-Key"] = control_id
        return headers


def _frozen(operation: Operation) -> Frozen:
    if operation.frozen is None:
        raise ValueError("An operation reached the wire before its bytes were made.")
    return operation.frozen
