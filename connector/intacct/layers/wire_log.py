"""Writes every call and how it was answered to the log; what the calls hold only when asked to.

Secrets that the program has opened are masked in every log line (``connector.redaction``); those
that a request itself carries, or a sign-in brings, are left out here.
"""

from __future__ import annotations

import logging
import re
import time

from connector.http import HttpReply, HttpRequest
from connector.intacct.ports import Exchange

LOG = logging.getLogger(__name__)

_LONGEST = 4096
_SECRET = re.compile(r"(<(password|sessionid)>)[^<]*")
_SIGN_INS = {"getAPISession", "POST /oauth2/token", "GET /services/core/session/id"}


class WireLog:
    """Notes each exchange: a line at INFO, what was said at DEBUG."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __call__(self, request: HttpRequest, function: str) -> HttpReply:
        """Send, and note what came of it."""
        begun = time.monotonic()
        try:
            reply = self._exchange(request, function)
        except Exception as error:
            LOG.info("%s: no answer after %d ms (%s)", function, _ms(begun), type(error).__name__)
            raise
        LOG.info("%s: HTTP %d after %d ms", function, reply.status, _ms(begun))
        if LOG.isEnabledFor(logging.DEBUG) and function not in _SIGN_INS:
            LOG.debug("%s asked: %s", function, _readable(request.body))
            LOG.debug("%s was answered: %s", function, _readable(reply.body))
        return reply


def _ms(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)


def _readable(body: bytes) -> str:
    return _SECRET.sub(r"\1•••", body[:_LONGEST].decode("utf-8", "replace"))
