"""What a connection signs in with: Web Services credentials, an OAuth application, or both."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from connector.connections.kinds import kind_named
from connector.connections.oauth import username_of
from connector.errors import ConnectionProblem
from connector.intacct.rest_wire import RestAccount
from connector.intacct.wire import Company

INTACCT = "sage-intacct"
WEB_SERVICES, OAUTH = "webServices", "oauth"
_HTTPS_PORT, _HTTP_PORT = 443, 80


@dataclass(frozen=True)
class Doors:
    """The ways into a company.

    Args:
        company: For the XML API; None without it.
        account: For the REST API; None without it.
        prefers: The API to take where both can.
    """

    company: Company | None
    account: RestAccount | None
    prefers: str

    @property
    def is_bridged(self) -> bool:
        """Whether the application opens the sessions of the XML API."""
        return self.company is not None and not self.company.user_id


def doors_of(values: Mapping[str, Any], allowed: Collection[str]) -> Doors:
    """Return the ways into a connection's company.

    Args:
        values: The connection's values, opened.
        allowed: Origins as ``host:port`` that may stand in for Sage's, such as the sandbox's.

    Raises:
        ConnectionProblem: An address is not Sage's, so no secret is sent there.
    """
    complete = kind_named(INTACCT).complete(values)
    return Doors(
        _company(values, allowed) if WEB_SERVICES in complete else None,
        account_of(values, allowed) if OAUTH in complete else None,
        str(values["preferredApi"]),
    )


def account_of(values: Mapping[str, Any], allowed: Collection[str]) -> RestAccount:
    """Return the OAuth application of a connection.

    Raises:
        ConnectionProblem: It has none, or the REST address is not Sage's.
    """
    if OAUTH not in kind_named(INTACCT).complete(values):
        raise ConnectionProblem(
            "This connection has no OAuth application.",
            advice="Add its client ID and client secret to the connection.",
            field="clientId",
        )
    _check_home(str(values["restUrl"]), allowed, "restUrl", "https://api.intacct.com/ia/api/v1")
    return RestAccount(
        base_url=values["restUrl"],
        client_id=values["clientId"],
        client_secret=values["clientSecret"],
        username=username_of(values),
        entity_id=values.get("entityId", ""),
    )


def _check_home(address: str, allowed: Collection[str], field: str, right: str) -> None:
    """Refuse to send a secret anywhere but to Sage, or to a host an administrator named."""
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme == "https" and host.endswith(".intacct.com"):
        return
    port = parts.port or (_HTTPS_PORT if parts.scheme == "https" else _HTTP_PORT)
    if f"{host}:{port}" in {origin.lower() for origin in allowed}:
        return
    raise ConnectionProblem(
        f"The address {field} leads to {host or 'no host'}, which is not Sage's.",
        advice=f"Use {right}. An administrator may name a test host in INTACCT_ALLOWED_ORIGINS.",
        field=field,
    )


def _company(values: Mapping[str, Any], allowed: Collection[str]) -> Company:
    home = "https://api.intacct.com/ia/xml/xmlgw.phtml"
    _check_home(str(values["endpoint"]), allowed, "endpoint", home)
    return Company(
        endpoint=values["endpoint"],
        sender_id=values["senderId"],
        sender_password=values["senderPassword"],
        company_id=values["companyId"],
        user_id=values.get("userId", ""),
        user_password=values.get("userPassword", ""),
        entity_id=values.get("entityId", ""),
    )
