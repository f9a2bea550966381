"""Secrets that are shown with the delivery itself: a password, a token, or a signed token."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from connector.errors import Untrusted
from connector.webhooks import tokens
from connector.webhooks.delivery import Delivery
from connector.webhooks.proofs import active_secrets, header, is_same

_LEEWAY_MS = 60_000
_DEFAULT_ALGORITHM = "HS256"


def basic(delivery: Delivery, settings: Mapping[str, Any]) -> None:
    """Check the user and the password of ``Authorization: Basic``.

    Raises:
        Untrusted: They are missing or not those of the connection.
    """
    scheme, _, given = header(delivery.headers, "authorization").partition(" ")
    user = str(settings.get("username") or "").encode()
    wanted = [user + b":" + secret for secret in active_secrets(settings)]
    try:
        shown = base64.b64decode(given.strip(), validate=True)
    except (binascii.Error, ValueError):
        shown = b""
    if scheme.lower() != "basic" or not is_same(shown, wanted):
        raise Untrusted("The delivery's user and password are not those of the connection.")


def bearer(delivery: Delivery, settings: Mapping[str, Any]) -> None:
    """Check a token: of ``Authorization: Bearer``, or of the header the connection names.

    Raises:
        Untrusted: It is missing or not the connection's.
    """
    name = str(settings.get("header") or "authorization")
    given = header(delivery.headers, name)
    if name.lower() == "authorization":
        given = _bearer_token(given)
    if not is_same(given.encode("utf-8", "replace"), active_secrets(settings)):
        raise Untrusted("The delivery's token is not the connection's.")


def signed_token(delivery: Delivery, settings: Mapping[str, Any]) -> None:
    """Check a JSON Web Token of ``Authorization: Bearer``: signature, issuer, audience, times.

    Raises:
        Untrusted: One of them is not as the connection says.
    """
    claims = claims_of(delivery, settings)
    issuer, audience = settings.get("issuer"), settings.get("audience")
    if issuer and claims.get("iss") != issuer:
        raise Untrusted("The delivery's token was issued by somebody else.")
    meant = claims.get("aud")
    if audience and audience not in (meant if isinstance(meant, list) else [meant]):
        raise Untrusted("The delivery's token was issued for somebody else.")
    tokens.check_times(claims, delivery.received_at, leeway_ms=_LEEWAY_MS)


def claims_of(delivery: Delivery, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a delivery's token says, its signature checked and nothing else.

    Raises:
        Untrusted: There is no token, or none that fits.
    """
    token = _bearer_token(header(delivery.headers, "authorization"))
    algorithm = str(settings.get("tokenAlgorithm") or _DEFAULT_ALGORITHM)
    return tokens.read(token, active_secrets(settings), algorithm)


def _bearer_token(text: str) -> str:
    scheme, _, token = text.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Untrusted("The delivery carries no bearer token.")
    return token.strip()
