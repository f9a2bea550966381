"""How a webhook delivery is signed: a JWT over the hash of its body, with times in milliseconds."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

ISSUER = "Sage Intacct"
HOUR = 3_600_000


def signature_token(
    secret: str, body: bytes, *, tenant_id: str, app_id: str, issued_at: int
) -> str:
    """Return the JWT that signs the body; `issued_at` is in milliseconds since 1970."""
    claims = {
        "iss": ISSUER,
        "iat": issued_at,
        "exp": issued_at + HOUR,
        "tenant_id": tenant_id,
        "app_id": app_id,
        "payload_signature": hashlib.sha256(body).hexdigest(),
        "payload_signature_alg": "SHA-256",
    }
    signed = f"{_segment({'alg': 'HS256', 'typ': 'JWT'})}.{_segment(claims)}"
    digest = hmac.digest(secret.encode(), signed.encode(), hashlib.sha256)
    return f"{signed}.{_base64url(digest)}"


def enveloped(token: str) -> str:
    """Return the token inside the base64 JSON that the documents show as the other form."""
    return base64.b64encode(json.dumps({"jwtData": token}).encode()).decode()


def _segment(content: Mapping[str, Any]) -> str:
    return _base64url(json.dumps(content, separators=(",", ":")).encode())


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
