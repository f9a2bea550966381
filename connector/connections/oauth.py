"""The words of OAuth: addresses to allow access at, codes, and what a token says of itself.

Grants, addresses and claims: rest-api 1.1 to 1.4. All of it is pure.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from connector.errors import ConnectionProblem, InputError

_VERIFIER_BYTES = 48
_LONGEST_ANSWER = 4000
_FIELDS = {"company": "companyId", "user": "oauthUserId", "entity": "entityId"}
_REASONS = {
    "access_denied": "The access was not allowed.",
    "invalid_scope": "The application may not ask for lasting access.",
    "server_error": "Intacct could not answer right now.",
    "temporarily_unavailable": "Intacct could not answer right now.",
}


@dataclass(frozen=True)
class Holder:
    """Whom a token is for; an empty part was not said.

    Args:
        company: The company ID.
        user: The user ID.
        entity: The entity it is bound to; empty for the top level.
    """

    company: str = ""
    user: str = ""
    entity: str = ""


@dataclass(frozen=True)
class Answer:
    """What came back from the page where access is allowed.

    Args:
        code: Trades once for tokens.
        state: What the question carried; empty where only the code was pasted.
    """

    code: str
    state: str = ""


def new_verifier() -> str:
    """Return a secret that only whoever asked for a code can know (PKCE)."""
    return secrets.token_urlsafe(_VERIFIER_BYTES)


def challenge_of(verifier: str) -> str:
    """Return what the question shows of a verifier: its SHA-256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def consent_url(rest_url: str, client_id: str, redirect_url: str, state: str, verifier: str) -> str:
    """Return the address of the page where a person allows the access.

    Without ``offline_access`` there would be no refresh token.
    """
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_url,
        "state": state,
        "scope": "offline_access",
        "code_challenge": challenge_of(verifier),
        "code_challenge_method": "S256",
    }
    return f"{rest_url.rstrip('/')}/oauth2/authorize?{urlencode(asked)}"


def code_form(
    client_id: str, client_secret: str, code: str, redirect_url: str, verifier: str
) -> bytes:
    """Return the body that trades a code for tokens."""
    return urlencode(
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_url,
            "client_id": client_id,
            "client_secret": client_secret,
            "code_verifier": verifier,
        }
    ).encode()


def read_answer(text: str) -> Answer:
    """Return the code of what a person pasted: the whole address, its query, or the code alone.

    Raises:
        InputError: There is no code in it, or it says that the access was not allowed.
    """
    text = text.strip()
    if len(text) > _LONGEST_ANSWER:
        raise _no_code()
    query = urlsplit(text).query if "://" in text else text.lstrip("?")
    if "=" not in query:
        if "://" in text or not text or not text.isprintable() or " " in text:
            raise _no_code()
        return Answer(text)
    return answer_of(dict(parse_qsl(query)))


def answer_of(parameters: Mapping[str, str]) -> Answer:
    """Return the code of an address's parameters.

    Raises:
        InputError: There is none, or they say that the access was not allowed.
    """
    error = parameters.get("error", "")
    if error:
        raise InputError(
            _REASONS.get(error, "Intacct did not allow the access."),
            advice="Ask for the access again, signed in as an administrator of the company.",
            code=error if error in _REASONS else "",
        )
    code = parameters.get("code", "")
    if not code:
        raise _no_code()
    return Answer(code, parameters.get("state", ""))


def wanted_by(values: Mapping[str, Any]) -> Holder:
    """Return whom the tokens of a connection have to be for."""
    return Holder(values["companyId"], values.get("oauthUserId", ""), values.get("entityId", ""))


def username_of(values: Mapping[str, Any]) -> str:
    """Return the user that an application works as, as ``user@company|entity``; empty for none."""
    user = values.get("oauthUserId", "")
    if not user:
        return ""
    entity = values.get("entityId", "")
    name = f"{user}@{values['companyId']}"
    return f"{name}|{entity}" if entity else name


def holder_of(access_token: str) -> Holder:
    """Return whom a token says it is for; nothing where it cannot be read.

    It came from Intacct itself over an encrypted line and is not used to let anybody in, so its
    signature is not checked.
    """
    parts = access_token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        return Holder()
    try:
        raw = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        claims = json.loads(raw)
    except (ValueError, binascii.Error, RecursionError):
        return Holder()
    if not isinstance(claims, dict):
        return Holder()
    return Holder(_text(claims, "cnyId"), _text(claims, "userId"), _text(claims, "entityId"))


def mismatch(wanted: Holder, found: Holder) -> ConnectionProblem | None:
    """Return what is wrong with a token that is for somebody else; None where it fits.

    Args:
        wanted: Whom the connection is for; an empty part takes anything.
        found: Whom the token is for; an empty part was not said.
    """
    advice = "Allow the access again, signed in to that company, or correct the connection."
    for what, one, other in (
        ("company", wanted.company, found.company),
        ("user", wanted.user, found.user),
        ("entity", wanted.entity, found.entity),
    ):
        if one and other and one.casefold() != other.casefold():
            return ConnectionProblem(
                f"Intacct gave access to the {what} {other}, but this connection is for {one}.",
                advice=advice,
                field=_FIELDS[what],
            )
    return None


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def _no_code() -> InputError:
    return InputError(
        "There is no code in this text.",
        advice="Copy the whole address of the page that Intacct sent the browser to.",
        field="code",
    )
