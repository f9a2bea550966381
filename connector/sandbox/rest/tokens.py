"""Access tokens: JSON web tokens, signed with HS256 by the sandbox itself."""

import base64
import hashlib
import hmac
import json
from typing import Any

# Sage signs with RS256; the claims are the same, and clients do not look inside.
_KEY = b"sandbox-signing-key"
_HEADER = {"alg": "HS256", "typ": "JWT"}
SEGMENTS = 3


class Undecodable(ValueError):
    """The text is no token of this sandbox."""


def signed(claims: dict[str, Any]) -> str:
    """Return the token of these claims."""
    parts = [_encoded(json.dumps(part, separators=(",", ":")).encode()) for part in _parts(claims)]
    text = ".".join(parts)
    return f"{text}.{_encoded(_signature(text))}"


def claims_of(token: str) -> dict[str, Any]:
    """Return the claims of a token whose signature holds; raises Undecodable. Looks at no times."""
    text, _, signature = token.rpartition(".")
    try:
        is_ours = hmac.compare_digest(_decoded(signature), _signature(text))
        claims = json.loads(_decoded(text.split(".")[1])) if is_ours else None
    except (ValueError, IndexError):
        raise Undecodable from None
    if not isinstance(claims, dict):
        raise Undecodable
    return claims


def _parts(claims: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return _HEADER, claims


def _signature(text: str) -> bytes:
    return hmac.new(_KEY, text.encode(), hashlib.sha256).digest()


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    padded = text + "=" * (-len(text) % 4)
    return base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
