"""Holds one of the company's slots while a call is in flight."""

from __future__ import annotations

from connector.intacct.operation import Operation, Result
from connector.intacct.ports import Leases, Send


class Pacing:
    """Lets as many calls through as the company allows at once."""

    def __init__(self, following: Send, leases: Leases) -> None:
        self._following = following
        self._leases = leases

    def __call__(self, operation: Operation) -> Result:
        """Send while holding a slot.

        Raises:
            Busy: No slot became free in time; nothing was sent.
        """
        with self._leases.slot(operation):
            return self._following(operation)
