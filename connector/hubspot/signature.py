"""Proves that a delivery was signed by HubSpot with the secret of our app.

The three forms and the escapes are those of HubSpot's page "Validating requests". Every compare is
in constant time, over the raw bytes and the public address from our own settings.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Protocol

from connector.errors import Untrusted

TOLERANCE_MS = 300_000
SECRET_NAMES = ("clientSecret", "previousClientSecret")

_DECODED = {f"%{ord(letter):02X}": letter for letter in ":/?@!$'()*,;"}
_ESCAPES = re.compile("|".join(_DECODED))


class Delivery(Protocol):
    """What is looked at; see ``connector.component.Webhook``."""

    @property
    def method(self) -> str: ...  # noqa: D102 (said by Webhook)
    @property
    def url(self) -> str: ...  # noqa: D102 (said by Webhook)
    @property
    def headers(self) -> Mapping[str, str]: ...  # noqa: D102 (said by Webhook)
    @property
    def raw(self) -> bytes: ...  # noqa: D102 (said by Webhook)
    @property
    def received_at(self) -> int: ...  # noqa: D102 (said by Webhook)


def verify(delivery: Delivery, secrets: Mapping[str, str], *, allow_legacy: bool) -> None:
    """Return when the delivery is signed with one of the active secrets.

    Version 3 counts when it is there, even where older versions are allowed: a forged one must
    not be saved by a weaker one beside it.

    Args:
        delivery: The delivery as it arrived.
        secrets: Holds ``clientSecret`` and, while it is being replaced, ``previousClientSecret``.
        allow_legacy: Whether versions 1 and 2, which never expire, are good enough.

    Raises:
        Untrusted: No signature, a wrong one, one too old or too new, or no secret is set up.
    """
    keys = [secrets[name].encode() for name in SECRET_NAMES if secrets.get(name)]
    if not keys:
        raise Untrusted(
            "The connection has no client secret, so no delivery can be trusted.",
            advice="Enter the client secret of the HubSpot app in the connection.",
        )
    if "x-hubspot-signature-v3" in delivery.headers:
        _verify_current(delivery, keys)
    elif allow_legacy:
        _verify_legacy(delivery, keys)
    else:
        raise Untrusted(
            "The delivery carries no version 3 signature of HubSpot.",
            advice="Allow legacy signatures in the connection if your app only sends those.",
        )


def _verify_current(delivery: Delivery, keys: list[bytes]) -> None:
    timestamp = delivery.headers.get("x-hubspot-request-timestamp", "")
    if not re.fullmatch(r"[0-9]{1,15}", timestamp):
        raise Untrusted("The delivery of HubSpot carries no readable time.")
    if abs(delivery.received_at - int(timestamp)) > TOLERANCE_MS:
        raise Untrusted(
            "The delivery of HubSpot is older or newer than five minutes.",
            advice="Check the clock of this machine; HubSpot delivers again by itself.",
        )
    url = _ESCAPES.sub(lambda found: _DECODED[found.group()], delivery.url)
    source = b"".join((delivery.method.encode(), url.encode(), delivery.raw, timestamp.encode()))
    wanted = [base64.b64encode(hmac.digest(key, source, hashlib.sha256)) for key in keys]
    _compare(delivery.headers["x-hubspot-signature-v3"], wanted)


def _verify_legacy(delivery: Delivery, keys: list[bytes]) -> None:
    version = delivery.headers.get("x-hubspot-signature-version", "v1").lower()
    if version == "v1":
        source = delivery.raw
    elif version == "v2":
        source = delivery.method.encode() + delivery.url.encode() + delivery.raw
    else:
        raise Untrusted("The delivery of HubSpot is signed in a way that is not known.")
    wanted = [hashlib.sha256(key + source).hexdigest().encode() for key in keys]
    _compare(delivery.headers.get("x-hubspot-signature", ""), wanted)


def _compare(given: str, wanted: list[bytes]) -> None:
    # Every secret is compared, so that the time does not tell which one nearly fitted.
    found = [hmac.compare_digest(given.encode("utf-8", "replace"), one) for one in wanted]
    if not any(found):
        raise Untrusted("The signature of the delivery does not fit HubSpot's secret.")
