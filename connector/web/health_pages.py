"""How the installation is doing, for people; and its figures for a monitor that reads them."""

from __future__ import annotations

import ipaddress

from flask import Blueprint, Response, render_template, request

from connector.accounts import ApiKeys, Right
from connector.operations import condition, figures
from connector.runtime.services import Services
from connector.store.problems import StoreUnavailable
from connector.web.access import needs, open_to_all
from connector.web.proxies import WAS_FORWARDED

_TEXT = "text/plain; version=0.0.4; charset=utf-8"
_AWAY = "# The database does not answer.\nintacct_connector_up 0\n"


def blueprint(services: Services) -> Blueprint:
    """Return ``/administration/health`` for people and ``/metrics`` for Prometheus.

    The figures are for programs on this machine and for those with an API key (``Authorization:
    Bearer``). What a proxy passed on does not count as coming from this machine.
    """
    routes = Blueprint("condition", __name__)
    pages = _Pages(services)
    routes.get("/administration/health")(pages.show)
    routes.get("/metrics")(pages.metrics)
    return routes


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._keys = ApiKeys(services.database)

    @needs(Right.VIEW, use=False)
    def show(self) -> str:
        found = condition.lines(self._services)
        return render_template(
            "administration/health.html",
            lines=found,
            wrong=[line for line in found if not line.is_well],
            versions=condition.versions(self._services),
        )

    @open_to_all
    def metrics(self) -> Response:
        try:
            if not (_is_from_here() or self._has_key()):
                refused = Response("An API key is needed.\n", 401, content_type=_TEXT)
                refused.headers["WWW-Authenticate"] = "Bearer"
                return refused
            text = figures.exposition(figures.figures(self._services))
        except StoreUnavailable:
            return Response(_AWAY, 503, content_type=_TEXT)
        return Response(text, content_type=_TEXT)

    def _has_key(self) -> bool:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self._keys.find(secret.strip()) is not None


def _is_from_here() -> bool:
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return address.is_loopback and not request.environ.get(WAS_FORWARDED)
