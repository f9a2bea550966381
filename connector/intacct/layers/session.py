"""Sends under a valid session or token, and renews an expired one once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from connector.errors import ConnectionProblem, OutcomeUnknown, SessionExpired, Unreachable
from connector.intacct.operation import Operation, Result
from connector.intacct.ports import Kept

# A session of the XML API, or an access token of the REST API.
T = TypeVar("T")


class Session(Generic[T]):
    """Keeps a session under the calls of one connection.

    Args:
        following: Sends an operation under a session.
        store: Where the session is shared by all workers.
        sign_in: Asks Intacct for a new session.
    """

    def __init__(
        self,
        following: Callable[[Operation, T], Result],
        store: Kept[T],
        sign_in: Callable[[], T],
    ) -> None:
        self._following = following
        self._store = store
        self._sign_in = sign_in

    def __call__(self, operation: Operation) -> Result:
        """Send; when the session has ended, sign in again and repeat exactly once.

        A session failure sits above every function, and a refused token before every address, so
        nothing was executed (xml-api 2.3, rest-api 1.5).

        Raises:
            ConnectionProblem: Signing in is refused, or a fresh session is too.
            Unreachable: Signing in got no answer; the operation itself was not sent.
        """
        token = self._store.current() or self._renew(None)
        try:
            return self._following(operation, token)
        except SessionExpired:
            fresh = self._renew(token)
        try:
            return self._following(operation, fresh)
        except SessionExpired as error:
            raise ConnectionProblem(
                "Intacct ends every session of this connection at once.",
                advice="Check the user's session settings in Intacct, then test the connection.",
                support_id=error.support_id,
            ) from error

    def _renew(self, stale: T | None) -> T:
        try:
            return self._store.renew(stale, self._sign_in)
        except OutcomeUnknown as error:
            # Silence at the door says nothing about a write: its own bytes have not left.
            is_told = error.advice != error.default_advice
            raise Unreachable(
                f"Signing in to Intacct got no clear answer. {error.title}",
                advice=error.advice if is_told else "",
                support_id=error.support_id,
            ) from error
