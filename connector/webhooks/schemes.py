"""The ways a sender may prove its deliveries, by the name the connection stores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connector.errors import Untrusted
from connector.webhooks import certificates, origins, presented, salesforce, signed
from connector.webhooks.delivery import Delivery

Check = Callable[[Delivery, Mapping[str, Any]], None]

ADDRESS_ALONE = "none"
SALESFORCE = "salesforce"


def _known_address(_delivery: Delivery, _settings: Mapping[str, Any]) -> None:
    """Return: whoever knows the unguessable address may deliver."""


CHECKS: Mapping[str, Check] = {
    "standard-webhooks": signed.standard,
    "stripe": signed.stripe,
    "shopify": signed.shopify,
    "github": signed.github,
    "hmac": signed.custom,
    "basic": presented.basic,
    "bearer": presented.bearer,
    "jwt": presented.signed_token,
    "mtls": certificates.check,
    SALESFORCE: salesforce.check,
    ADDRESS_ALONE: _known_address,
}

_WEAK = {
    ADDRESS_ALONE: "Nothing proves these deliveries but their address: keep it secret.",
    SALESFORCE: "Salesforce does not sign its messages: keep the address secret, and allow only"
    " Salesforce's own network addresses.",
}


def verify(delivery: Delivery, settings: Mapping[str, Any]) -> None:
    """Return when a delivery proves itself as the connection asks.

    Raises:
        Untrusted: It does not.
    """
    origins.check(delivery, settings)
    check = CHECKS.get(str(settings.get("scheme")))
    if check is None:
        raise Untrusted(
            "The connection does not say how its sender proves itself.",
            advice="Choose a way in the connection.",
        )
    check(delivery, settings)


def weakness(settings: Mapping[str, Any]) -> str:
    """Return why deliveries of this connection prove little; empty where they are proved."""
    return _WEAK.get(str(settings.get("scheme")), "")
