"""The XML session of a connection, encrypted, shared by all workers, renewed once.

A refused sign-in opens a breaker: the connection needs a person, and until its credentials are
changed nobody signs in again, since a few wrong passwords lock a user out of Intacct.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import redis
import sqlalchemy as sa
from redis.exceptions import LockError

from connector.connections.encrypt import SecretBox
from connector.connections.store import Connections
from connector.errors import ConnectionProblem
from connector.intacct.dialects.xml import SessionToken
from connector.store import clock
from connector.store.database import Database
from connector.store.insert import insert_once
from connector.store.json_text import from_json, to_json
from connector.store.tables import session

# A session this close to its end could end before the call does.
MARGIN_MS = 60_000
# Longer than signing in may take, so that a lock never ends under whoever holds it.
LOCK_SECONDS = 90.0

_CURRENT: sa.Select[Any] = sa.select(session.c.secret, session.c.expires_at).where(
    session.c.connection_id == sa.bindparam("of_connection"),
    session.c.scope == sa.bindparam("of_scope"),
    session.c.expires_at >= clock.NOW + MARGIN_MS,
)

_signing_in: defaultdict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)


class SqlSessions:
    """The session of one connection at one entity.

    Args:
        scope: The entity's id; empty for the top level.
        server: Where all workers agree who signs in; None where this process is alone.
    """

    def __init__(
        self,
        database: Database,
        box: SecretBox,
        connection_id: str,
        scope: str,
        server: redis.Redis | None = None,
    ) -> None:
        self._database = database
        self._box = box
        self._connection_id = connection_id
        self._scope = scope
        self._server = server

    def current(self) -> SessionToken | None:
        """Return the stored session, or None when there is none or it is about to end."""
        given = {"of_connection": self._connection_id, "of_scope": self._scope}
        found = self._database.read(lambda c: c.execute(_CURRENT, given).one_or_none())
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
        """Return a session other than ``stale``; of all workers that ask, one signs in.

        Raises:
            ConnectionProblem: The credentials are refused, now or since somebody tried before.
        """
        with self._alone():
            stored = self.current()
            if stored and (stale is None or stored.session_id != stale.session_id):
                return stored
            self._check_breaker()
            try:
                fresh = sign_in()
            except ConnectionProblem as error:
                Connections(self._database, self._box).needs_attention(self._connection_id, error)
                raise
            self._keep(fresh)
            return fresh

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one worker of all through at a time; without the server, one of this process."""
        with _signing_in[self._connection_id, self._scope]:
            lock = None
            if self._server is not None:
                name = f"aic:sign-in:{self._owner()}"
                lock = self._server.lock(name, timeout=LOCK_SECONDS, thread_local=False)
            try:
                is_mine = lock is not None and lock.acquire(blocking_timeout=LOCK_SECONDS)
            except redis.RedisError:
                is_mine = False
            try:
                yield
            finally:
                if is_mine and lock is not None:
                    with suppress(redis.RedisError, LockError):
                        lock.release()

    def _check_breaker(self) -> None:
        row = Connections(self._database, self._box).by_id(self._connection_id)
        if not row.is_stopped("xml"):
            return
        problem = row.problem or {}
        raise ConnectionProblem(
            str(problem.get("title") or "This connection needs attention."),
            advice=f"Nobody signs in until the connection {row.name} is changed: "
            f"{problem.get('advice') or 'correct its credentials.'}",
            code=str(problem.get("code") or ""),
            support_id=str(problem.get("supportId") or ""),
        )

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


class FreshSession:
    """One session that nobody shares: a test of credentials has to sign in, whatever is stored."""

    def __init__(self) -> None:
        self._token: SessionToken | None = None

    def current(self) -> SessionToken | None:
        """Return the session of this test, once it signed in."""
        return self._token

    def renew(
        self, stale: SessionToken | None, sign_in: Callable[[], SessionToken]
    ) -> SessionToken:
        """Sign in, once: a second time would not answer differently."""
        if stale is not None:
            raise ConnectionProblem("Intacct ended the session at once.")
        self._token = sign_in()
        return self._token
