"""Sends under a valid session, and renews an expired one once."""

from __future__ import annotations

from collections.abc import Callable

from connector.errors import ConnectionProblem, OutcomeUnknown, SessionExpired, Unreachable
from connector.intacct.dialects.xml import SessionToken
from connector.intacct.operation import Operation, Result
from connector.intacct.ports import SendWithSession, SessionStore


class Session:
    """Keeps a session under the calls of one connection.

    Args:
        following: Sends an operation under a session.
        store: Where the session is shared by all workers.
        sign_in: Asks Intacct for a new session.
    """

    def __init__(
        self,
        following: SendWithSession,
        store: SessionStore,
        sign_in: Callable[[], SessionToken],
    ) -> None:
        self._following = following
        self._store = store
        self._sign_in = sign_in

    def __call__(self, operation: Operation) -> Result:
        """Send; when the session has ended, sign in again and repeat exactly once.

        A session failure sits above every function, so nothing was executed (xml-api 2.3).

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

    def _renew(self, stale: SessionToken | None) -> SessionToken:
        try:
            return self._store.renew(stale, self._sign_in)
        except OutcomeUnknown as error:
            # Silence at the door says nothing about a write: its own bytes have not left.
            raise Unreachable(
                "Signing in to Intacct got no clear answer.", support_id=error.support_id
            ) from error
