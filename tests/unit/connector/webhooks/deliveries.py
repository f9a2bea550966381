"""Deliveries as senders make them, for tests of what we make of them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from connector.component import Webhook

NOW = 1767225600000  # the time of the vectors in our notes on events
URL = "https://hooks.example.com/hooks/t0ken"


def delivery(raw: bytes = b"", method: str = "POST", url: str = URL, /, **headers: str) -> Webhook:
    """Return a delivery; names of headers have ``_`` where they would have ``-``."""
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Webhook(method, url, named, raw, NOW, "203.0.113.7")


def base64url(content: bytes) -> str:
    """Return base 64 as tokens have it."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def signed_token(secret: str, claims: dict[str, Any], algorithm: str = "HS256") -> str:
    """Return a token signed with HMAC-SHA256, whatever algorithm it claims."""
    parts = ({"alg": algorithm, "typ": "JWT"}, claims)
    signed = ".".join(base64url(json.dumps(one, separators=(",", ":")).encode()) for one in parts)
    return f"{signed}.{base64url(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def intacct_claims(raw: bytes, **changes: Any) -> dict[str, Any]:
    """Return what Intacct signs, in its order."""
    claims = {
        "iss": "Sage Intacct",
        "iat": NOW,
        "exp": NOW + 3_600_000,
        "tenant_id": "acme",
        "app_id": "app1",
        "payload_signature": hashlib.sha256(raw).hexdigest(),
        "payload_signature_alg": "SHA-256",
    }
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def intacct_token(raw: bytes, secret: str = "test-secret", **changes: Any) -> str:
    """Return the token that Intacct sends with a body."""
    return signed_token(secret, intacct_claims(raw, **changes))


def context(**named: Any) -> str:
    """Return a client context as it travels."""
    return base64.b64encode(json.dumps(named).encode()).decode()
