"""Holds one of the company's slots while a call is in flight."""

from __future__ import annotations

from collections.abc import Callable

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


class Answered:
    """Says when the company has answered: a slot counts calls, and writing down is none.

    A call that fails keeps its slot until its failure is judged, since a refusal for too many
    calls lowers the limit first.
    """

    def __init__(self, following: Send, tell: Callable[[], None]) -> None:
        self._following = following
        self._tell = tell

    def __call__(self, operation: Operation) -> Result:
        """Send, and tell."""
        result = self._following(operation)
        self._tell()
        return result
