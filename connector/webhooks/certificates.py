"""Senders that show a certificate: our proxy checks it and says whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.errors import Untrusted
from connector.webhooks import origins
from connector.webhooks.delivery import Delivery
from connector.webhooks.proofs import header, is_same


def check(delivery: Delivery, settings: Mapping[str, Any]) -> None:
    """Check the name that a declared proxy read from the sender's certificate.

    Anybody can write a header, so it counts only where the machine that connected is one of the
    connection's trusted proxies. Such a proxy must ask for a certificate, refuse those it does
    not trust, and never pass on a header of this name that came from outside.

    Raises:
        Untrusted: It came past the proxies, or is another's.
    """
    if not origins.is_proxy(delivery, settings):
        raise Untrusted(
            "The delivery did not come through one of the connection's trusted proxies.",
            advice="Name the proxy that checks certificates under the trusted proxies.",
        )
    wanted = str(settings.get("certificateName") or "").encode()
    given = header(delivery.headers, str(settings.get("header") or "x-ssl-client-s-dn"))
    if not wanted or not is_same(given.encode("utf-8", "replace"), [wanted]):
        raise Untrusted("The sender's certificate is not the one that the connection names.")
