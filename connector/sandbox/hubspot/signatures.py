"""HubSpot's three ways to sign a delivery."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Literal, cast, get_args

SignatureVersion = Literal["v1", "v2", "v3"]

# HubSpot signs these characters of a URL in their plain form, and only these.
_SIGNED_PLAIN = re.compile("%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)


def signature_version(name: object) -> SignatureVersion:
    """Return the version called ``v1``, ``v2`` or ``v3``; ValueError for any other value."""
    if name not in get_args(SignatureVersion):
        raise ValueError('The signature is one of "v1", "v2" and "v3".')
    return cast("SignatureVersion", name)


def sign_v1(secret: str, body: bytes) -> str:
    """Return the hex SHA-256 of secret and body (CRM event deliveries)."""
    return hashlib.sha256(secret.encode() + body).hexdigest()


def sign_v2(secret: str, method: str, url: str, body: bytes) -> str:
    """Return the hex SHA-256 of secret, method, full URL and body (workflow actions)."""
    return hashlib.sha256(f"{secret}{method}{url}".encode() + body).hexdigest()


def sign_v3(secret: str, method: str, url: str, body: bytes, timestamp: int) -> str:
    """Return the base64 HMAC-SHA256 of method, URL, body and timestamp (milliseconds)."""
    plain_url = _SIGNED_PLAIN.sub(lambda match: chr(int(match[1], 16)), url)
    source = f"{method}{plain_url}".encode() + body + str(timestamp).encode()
    return base64.b64encode(hmac.new(secret.encode(), source, hashlib.sha256).digest()).decode()


def signature_headers(
    version: SignatureVersion, secret: str, url: str, body: bytes, timestamp: int
) -> dict[str, str]:
    """Return the headers that sign a POST of the body to the URL; timestamp in milliseconds."""
    if version == "v3":
        return {
            "X-HubSpot-Signature-v3": sign_v3(secret, "POST", url, body, timestamp),
            "X-HubSpot-Request-Timestamp": str(timestamp),
        }
    signed = sign_v1(secret, body) if version == "v1" else sign_v2(secret, "POST", url, body)
    return {"X-HubSpot-Signature": signed, "X-HubSpot-Signature-Version": version}
