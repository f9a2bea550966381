"""Counts what leaves, just above the wire, so that retries and sign-ins count too."""

from __future__ import annotations

from collections.abc import Callable

from connector.http import HttpReply, HttpRequest
from connector.intacct.ports import Meter


class Metering:
    """Counts each exchange under its wire function."""

    def __init__(self, send: Callable[[HttpRequest], HttpReply], meter: Meter) -> None:
        self._send = send
        self._meter = meter

    def __call__(self, request: HttpRequest, function: str) -> HttpReply:
        """Count, then send."""
        self._meter.count(function)
        return self._send(request)
