"""Which addresses may deliver: one more lock, never the only one."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from connector.errors import Untrusted
from connector.webhooks.delivery import Delivery

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def check(delivery: Delivery, settings: Mapping[str, Any]) -> None:
    """Return when the delivery comes from where the connection allows, or when it does not say.

    ``allowedAddresses`` and ``trustedProxies`` hold addresses and networks. What a proxy says of
    its client counts only when the proxy is declared: the right-most hop that is none of ours.

    Raises:
        Untrusted: It comes from elsewhere.
    """
    allowed = settings.get("allowedAddresses") or ()
    if not allowed:
        return
    sender = _sender(delivery, _networks(settings.get("trustedProxies") or ()))
    if sender is None or not any(sender in network for network in _networks(allowed)):
        raise Untrusted("The delivery comes from an address that the connection does not allow.")


def is_proxy(delivery: Delivery, settings: Mapping[str, Any]) -> bool:
    """Say whether the machine that connected is one of the connection's declared proxies.

    Raises:
        Untrusted: One of these is no address.
    """
    address = _address(delivery.peer)
    proxies = _networks(settings.get("trustedProxies") or ())
    return address is not None and any(address in network for network in proxies)


def _sender(delivery: Delivery, proxies: Sequence[_Network]) -> _Address | None:
    named = delivery.headers.get("x-forwarded-for", "").split(",")
    hops = [*(hop for hop in named if hop.strip()), delivery.peer]
    for hop in reversed(hops):
        address = _address(hop)
        if address is None or not any(address in network for network in proxies):
            return address
    return None


def _address(text: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(text.strip().strip("[]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _networks(texts: Sequence[str]) -> list[_Network]:
    try:
        return [ipaddress.ip_network(text.strip(), strict=False) for text in texts]
    except ValueError:
        raise Untrusted(
            "The connection's allowed addresses or proxies hold something that is no address.",
            advice="Write each as 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32.",
        ) from None
