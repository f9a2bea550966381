"""The XML session of a connection, encrypted, shared by all workers, renewed once."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable

import sqlalchemy as sa

from connector.connections.encrypt import SecretBox
from connector.intacct.dialects.xml import SessionToken
from connector.store import clock
from connector.store.database import Database
from connector.store.insert import insert_once
from connector.store.json_text import from_json, to_json
from connector.store.tables import session

# A session this close to its end could end before the call does.
MARGIN_MS = 60_000

_signing_in: defaultdict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)


class SqlSessions:
    """The session of one connection at one entity.

    Args:
        scope: The entity's id; empty for the top level.
    """

    def __init__(self, database: Database, box: SecretBox, connection_id: str, scope: str) -> None:
        self._database = database
        self._box = box
        self._connection_id = connection_id
        self._scope = scope

    def current(self) -> SessionToken | None:
        """Return the stored session, or None when there is none or it is about to end."""

        def read(connection: sa.Connection) -> tuple[str, int] | None:
            row = connection.execute(sa.select(session).where(*self._mine())).one_or_none()
            if row is None or row.expires_at < clock.now_ms(connection) + MARGIN_MS:
                return None
            return row.secret, row.expires_at

        found = self._database.read(read)
        if found is None:
            return None
        kept, expires_at = found
        values = from_json(kept)
        secret = self._box.open(self._owner(), values["sealed"])
        return SessionToken(
            session_id=secret["sessionId"],
            endpoint=values["endpoint"],
            entity_id=self._scope,
            expires_at_ms=expires_at,
        )

    def renew(
        self, stale: SessionToken | None, sign_in: Callable[[], SessionToken]
    ) -> SessionToken:
        """Return a session other than ``stale``; of many that ask in a process, one signs in."""
        with _signing_in[self._connection_id, self._scope]:
            stored = self.current()
            if stored and (stale is None or stored.session_id != stale.session_id):
                return stored
            fresh = sign_in()
            self._keep(fresh)
            return fresh

    def _keep(self, token: SessionToken) -> None:
        # The address is no secret: sealed, it would be masked in every log line.
        sealed = self._box.seal(self._owner(), {"sessionId": token.session_id})
        secret = to_json({"endpoint": token.endpoint, "sealed": sealed})
        values = {"secret": secret, "expires_at": token.expires_at_ms}

        def write(connection: sa.Connection) -> None:
            key = {"connection_id": self._connection_id, "scope": self._scope}
            if not insert_once(connection, session, {**key, **values, "version": 1}):
                connection.execute(
                    session.update()
                    .where(*self._mine())
                    .values(**values, version=session.c.version + 1)
                )

        self._database.write(write)

    def _mine(self) -> tuple[sa.ColumnElement[bool], ...]:
        return (
            session.c.connection_id == self._connection_id,
            session.c.scope == self._scope,
        )

    def _owner(self) -> str:
        return f"session/{self._connection_id}/{self._scope}"
