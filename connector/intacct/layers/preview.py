"""Shows what a write would send, instead of sending it."""

from __future__ import annotations

from collections.abc import Callable

from connector.errors import ConnectorError
from connector.intacct.operation import Operation, Result
from connector.intacct.ports import Send


class Previewed(ConnectorError):
    """A write was rendered and not sent.

    Args:
        document: The exact request, secrets masked.
    """

    def __init__(self, document: str) -> None:
        super().__init__("This is a dry run: the request was not sent.")
        self.document = document


class Preview:
    """Lets reads through and stops at the first write."""

    def __init__(self, following: Send, render: Callable[[Operation], str]) -> None:
        self._following = following
        self._render = render

    def __call__(self, operation: Operation) -> Result:
        """Send a read; render a write.

        Raises:
            Previewed: The operation is a write.
        """
        if operation.is_write:
            raise Previewed(self._render(operation))
        return self._following(operation)
