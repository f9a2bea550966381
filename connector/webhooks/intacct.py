"""Deliveries of Sage Intacct's platform triggers: proved by a token over the hash of the body.

Headers are spelled in several ways in Intacct's own pages, and whether the token travels bare or
in an envelope is not known: every spelling and both forms are taken.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from connector.errors import Untrusted
from connector.webhooks import tokens
from connector.webhooks.delivery import Delivery
from connector.webhooks.proofs import active_secrets, is_same

ISSUER = "Sage Intacct"
LEEWAY_MS = 60_000
SIGNATURE_HEADERS = ("x-ia-sage-signature", "x-ia-sagesignature", "x-trusted-context")
CONTEXT_HEADERS = ("x-clientcontext", "x-client-context")
KEY_HEADERS = ("idempotency-key", "x-idempotencykey", "x-idempotency-key")
SECRETS = ("clientSecret", "previousClientSecret")

_LONGEST_HEADER = 16_384
_LONGEST_KEY = 256


def verify(delivery: Delivery, settings: Mapping[str, Any]) -> None:
    """Return when the delivery is signed by the company, or may come unsigned.

    A signature that is there always counts, also where unsigned deliveries are allowed.

    Raises:
        Untrusted: It is not signed with one of the secrets, too old, or over another body.
    """
    found = signatures(delivery.headers)
    if not found:
        if is_unsigned_allowed(settings):
            return
        raise Untrusted(
            "The delivery carries no signature of Intacct.",
            advice="Turn on 'Use webhook delivery' in the trigger, or allow unsigned deliveries.",
        )
    keys = active_secrets(settings, SECRETS)
    for token in found:
        _check_claims(tokens.read(token, keys, "HS256"), delivery, settings)


def is_unsigned_allowed(settings: Mapping[str, Any]) -> bool:
    """Say whether Smart Events, which nobody signs, may use the connection's address."""
    return str(settings.get("unsigned", "")).lower() == "true"


def signatures(headers: Mapping[str, str]) -> list[str]:
    """Return the tokens a delivery carries, whatever their headers are called."""
    shown = (headers.get(name, "").strip() for name in SIGNATURE_HEADERS)
    found = [_token(text) for text in shown if text]
    return list(dict.fromkeys(token for token in found if token))


def context(headers: Mapping[str, str]) -> Mapping[str, Any]:
    """Return what the delivery says about itself without proof; empty where it cannot be read."""
    for name in CONTEXT_HEADERS:
        found = _envelope(headers.get(name, ""))
        if found:
            return found
    return {}


def event_key(headers: Mapping[str, str]) -> str:
    """Return Intacct's key of the event, the same over all retries; empty when there is none."""
    shown = (headers.get(name, "").strip() for name in KEY_HEADERS)
    return next((key for key in shown if key and len(key) <= _LONGEST_KEY), "")


def _token(text: str) -> str:
    """Return the token of a header: itself, or the one in its envelope."""
    if text.count(".") == 2 or len(text) > _LONGEST_HEADER:  # noqa: PLR2004 - three segments
        return text
    envelope = _envelope(text)
    inside = envelope.get("jwtData")
    if isinstance(inside, str):
        return inside
    # An envelope without a token proves nothing and disproves nothing: Intacct's own sample.
    return "" if envelope else text


def _envelope(text: str) -> Mapping[str, Any]:
    if len(text) > _LONGEST_HEADER:
        return {}
    try:
        packed = text.strip().translate(str.maketrans("-_", "+/")).rstrip("=")
        found = json.loads(base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _check_claims(
    claims: Mapping[str, Any], delivery: Delivery, settings: Mapping[str, Any]
) -> None:
    if claims.get("iss") != ISSUER:
        raise Untrusted("The delivery's signature was not issued by Intacct.")
    tokens.check_times(claims, delivery.received_at, leeway_ms=LEEWAY_MS)
    if claims.get("payload_signature_alg") != "SHA-256":
        raise Untrusted("The delivery's body is signed in a way that is not known.")
    wanted = hashlib.sha256(delivery.raw).hexdigest().encode()
    if not is_same(str(claims.get("payload_signature")).encode("utf-8", "replace"), [wanted]):
        raise Untrusted("The delivery's body is not the one that Intacct signed.")
    for name, claim in (("clientId", "app_id"), ("companyId", "tenant_id")):
        if settings.get(name) and claims.get(claim) != settings[name]:
            raise Untrusted(f"The delivery was signed for another {_MEANT[name]}.")


_MEANT = {"clientId": "application", "companyId": "company"}
