"""Signs what we deliver ourselves, as Standard Webhooks asks."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Mapping, Sequence

from connector.webhooks.signed import standard_key

PREFIX = "whsec_"
_SECRET_BYTES = 32  # the specification asks for 24 to 64


def new_secret() -> str:
    """Return a secret that nobody knows yet, in the form receivers enter."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def standard_headers(
    held: Sequence[str], event_id: str, moment_seconds: int, body: bytes
) -> Mapping[str, str]:
    """Return the headers that prove a delivery, with one signature for each secret.

    Args:
        held: The secrets that hold now; two while a receiver goes from one to the other.
        event_id: The same whenever the event is delivered again.
        moment_seconds: When it is sent, in seconds since 1970.
        body: The bytes that are sent.
    """
    source = b".".join((event_id.encode(), str(moment_seconds).encode(), body))
    digests = (hmac.digest(standard_key(one.encode()), source, "sha256") for one in held)
    signatures = (f"v1,{base64.b64encode(digest).decode()}" for digest in digests)
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(moment_seconds),
        "webhook-signature": " ".join(signatures),
    }
