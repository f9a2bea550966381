"""Requests for access tokens and their answers; grants as in rest-api 1.3."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from connector.errors import ConnectionProblem, ConnectorError, OutcomeUnknown, Refused
from connector.intacct.dialects.json_text import UnreadableJson, read_json
from connector.intacct.error_codes import clean
from connector.intacct.limit_headers import retry_after
from connector.intacct.rest_error_rules import TOO_MANY, classify_rest, error_of

_SERVER_ERROR, _FAILURE = 500, 400


@dataclass(frozen=True, repr=False)
class AccessToken:
    """What calls are made under.

    Args:
        value: The bearer token.
        refresh_token: What fetches the next one; the newest replaces all earlier ones.
        expires_at_ms: When it ends, in ms since 1970 UTC.
    """

    value: str
    refresh_token: str
    expires_at_ms: int


def refresh_form(
    client_id: str, client_secret: str, refresh_token: str, entity_id: str = ""
) -> bytes:
    """Return the body that trades a refresh token for new ones, bound to an entity if one is named.

    Naming the entity: rest-api 1.4; the header of each call names it too.
    """
    more = {"entity_id": entity_id} if entity_id else {}
    return _form(client_id, client_secret, "refresh_token", refresh_token=refresh_token, **more)


def user_form(client_id: str, client_secret: str, username: str) -> bytes:
    """Return the body that fetches a token for a user such as ``apiuser@COMPANY``."""
    return _form(client_id, client_secret, "client_credentials", username=username)


def _form(client_id: str, client_secret: str, grant: str, **more: str) -> bytes:
    fields = {"grant_type": grant, "client_id": client_id, "client_secret": client_secret}
    return urlencode(fields | more).encode()


def read_token(
    http_status: int, headers: Mapping[str, str], body: bytes, now_ms: int
) -> AccessToken:
    """Return the tokens of an answer.

    Raises:
        ConnectionProblem: The application, the user or the refresh token is refused.
        RateLimited: The limit is reached.
        OutcomeUnknown: No clear answer; a refresh token that was sent may be spent.
    """
    try:
        document = read_json(body)
    except UnreadableJson:
        document = None
    if http_status >= _FAILURE or not isinstance(document, dict) or "error" in document:
        raise _refusal(http_status, headers, document, is_page=body.lstrip()[:1] == b"<")
    value, seconds = document.get("access_token"), document.get("expires_in")
    if not isinstance(value, str) or not value or not isinstance(seconds, int):
        raise OutcomeUnknown("Intacct reports a sign-in but gives no token.")
    refresh = document.get("refresh_token")
    return AccessToken(value, refresh if isinstance(refresh, str) else "", now_ms + seconds * 1000)


def _refusal(
    http_status: int, headers: Mapping[str, str], document: Any, *, is_page: bool
) -> ConnectorError:
    error = error_of(document)
    if http_status == TOO_MANY or error is not None:
        waited = retry_after(headers)
        found = classify_rest(error or {}, http_status, headers, retry_after=waited)
        is_about_us = isinstance(found, ConnectionProblem | Refused)
        return _problem(found.title, found.code) if is_about_us else found
    code = document.get("error") if isinstance(document, dict) else None
    if not isinstance(code, str) or http_status >= _SERVER_ERROR:
        came = "A web page came back instead of a token" if is_page else "No token came back"
        return OutcomeUnknown(
            f"{came} (HTTP {http_status}).",
            advice="Check the REST address of the connection; Intacct may be in maintenance, too.",
        )
    return _problem(_described(document), code)


def _problem(said: str, code: str) -> ConnectionProblem:
    title, field = _MEANINGS.get(code, (said, ""))
    return ConnectionProblem(
        title,
        advice="Check client ID, client secret and user of the connection, then connect it again.",
        code=code,
        field=field,
    )


def _described(document: Mapping[str, Any]) -> str:
    text = clean(str(document.get("error_description") or ""))
    return text or "Intacct does not let this connection sign in."


# What a refusal means, and the value of the connection that it is about (rest-api 1.5).
_MEANINGS = {
    "invalid_grant": (
        "Intacct does not accept the user, or the permission it gave has ended.",
        "oauthUserId",
    ),
    "invalid_client": (
        "Intacct does not accept the client ID or the client secret.",
        "clientSecret",
    ),
    "unauthorized_client": ("This application may not sign in to the company.", "clientId"),
    "GW-0011": (
        "Intacct does not know the application or the company, or one of them is not active.",
        "clientId",
    ),
    "GW-0012": ("The company is missing from the user that signs in.", "companyId"),
    "GW-0033": ("The REST address has no place that gives tokens.", "restUrl"),
}
