"""Tells the limiter what replies say about the company's limits."""

from __future__ import annotations

from connector.http import HttpReply, HttpRequest
from connector.intacct.limit_headers import read_limits
from connector.intacct.ports import Exchange, LimitReports


class LimitReading:
    """Reads the headers of every reply, of either API, refusals and sign-ins included."""

    def __init__(self, exchange: Exchange, reports: LimitReports) -> None:
        self._exchange = exchange
        self._reports = reports

    def __call__(self, request: HttpRequest, function: str) -> HttpReply:
        """Send, and report what the reply says."""
        reply = self._exchange(request, function)
        self._reports.learn(read_limits(reply.headers))
        return reply
