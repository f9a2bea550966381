"""Which addresses a call may go to: public ones, and the few that were allowed by name."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection

import httpx

from connector.errors import Unreachable

_PORTS = {"http": 80, "https": 443}
_LOOKS_LIKE_A_NUMBER = re.compile(r"(.*\.)?(0x[0-9a-f]*|[0-9]+)\.?", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9._-]{1,253}")
_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# is_global of some Python versions lets these pass; nobody offers an API there.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments; 192.0.0.192 is one cloud's metadata
        "192.88.99.0/24",  # relays of 6to4
        "168.63.129.16/32",  # another cloud's metadata
        "3fff::/20",  # documentation
    )
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: str) -> bool:
    """Say whether an address is global unicast, also inside the IPv6 forms that carry IPv4.

    Unwraps mapped addresses, NAT64, 6to4 and Teredo, and judges what is inside.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return all(_is_global_unicast(inner) for inner in _unwrapped(found))


def origin(host: str, port: int) -> str:
    """Return ``host:port`` in the one form that allow-lists are compared in."""
    return f"[{host.lower()}]:{port}" if ":" in host else f"{host.lower()}:{port}"


def checked_url(text: str, allowed: Collection[str]) -> httpx.URL:
    """Return the address of a call when its scheme, host and port may be called at all.

    A name passes here and is judged by its addresses when it is dialled.

    Raises:
        Unreachable: The address is refused; nothing was sent.
    """
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError) as error:
        raise refused("") from error
    if url.scheme not in _PORTS or not url.host or url.userinfo:
        raise refused(url.host)
    host = url.raw_host.decode("ascii")  # what will be dialled: international names encoded
    if origin(host, url.port or _PORTS[url.scheme]) in allowed:
        return url
    if url.port not in {None, *_PORTS.values()} or not _may_be_public(host):
        raise refused(url.host)
    return url


def refused(host: str) -> Unreachable:
    """Return the error for an address that may not be called."""
    return Unreachable(
        f"{host or 'The address'} is not a public web address, so nothing was sent there.",
        advice="Use a public https address, or let an administrator allow this host and port.",
    )


def _unwrapped(address: Address) -> list[Address]:
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address in _NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    single = address.ipv4_mapped or address.sixtofour
    return [single] if single else list(address.teredo or [address])


def _is_global_unicast(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address not in _UNICAST_6:
        return False
    if address.is_multicast or not address.is_global:
        return False
    return not any(address.version == net.version and address in net for net in _NOT_PUBLIC)


def _may_be_public(host: str) -> bool:
    # 127.1, 0x7f.1 and 2130706433 are addresses to a resolver: only the plain form is taken.
    if ":" in host or _LOOKS_LIKE_A_NUMBER.fullmatch(host):
        return is_public(host)
    return bool(_NAME.fullmatch(host))
