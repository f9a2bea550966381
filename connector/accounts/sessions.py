"""Sessions in browsers: kept on the server, so that ending one ends it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.accounts.roles import Role
from connector.store import audit, clock
from connector.store.database import Database
from connector.store.tables import account, factor_rule, second_factor, web_session

IDLE_MS = 30 * 60_000
WHOLE_MS = 12 * 3_600_000
PARTIAL_MS = 5 * 60_000  # how long a right password waits for its code
FRESH_MS = 10 * 60_000  # how long a password that was given counts for dangerous acts
_SEEN_EVERY_MS = 60_000  # writing at every page would cost more than the page
_TOKEN_BYTES = 32
_LONGEST_BROWSER = 200


@dataclass(frozen=True)
class Visit:
    """One session, and whose it is.

    Args:
        id: Names the session; it opens nothing.
        is_fresh: Whether the password was given within the last ten minutes.
        lacks_factor: Whether the role needs a second factor that the account does not have yet.
    """

    id: str
    account_id: str
    login: str
    name: str
    role: Role
    browser: str
    address: str
    created_at: int
    seen_at: int
    is_fresh: bool
    lacks_factor: bool = False


class WebSessions:
    """The sessions of all accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self,
        account_id: str,
        login: str,
        *,
        browser: str,
        address: str,
        is_partial: bool = False,
    ) -> str:
        """Begin a session and return the secret that the browser keeps.

        A partial one opens nothing: only the password was right, and a code is awaited.
        """
        token = secrets.token_urlsafe(_TOKEN_BYTES)

        def write(connection: sa.Connection) -> None:
            now = clock.now_ms(connection)
            connection.execute(sa.delete(web_session).where(~_counts(now)))
            values = {
                "id": _id(token),
                "account_id": account_id,
                "browser": browser[:_LONGEST_BROWSER],
                "address": address,
                "created_at": now,
                "seen_at": now,
                "confirmed_at": now,
                "is_partial": int(is_partial),
            }
            connection.execute(sa.insert(web_session).values(**values))
            action = "session.password" if is_partial else "session.begin"
            entry = audit.Entry(login, action, f"account/{account_id}", ip=address)
            audit.append(connection, entry)

        self._database.write(write)
        return token

    def find(self, token: str, *, is_use: bool = True) -> Visit | None:
        """Return the session of a browser's secret, None where it has ended or never was.

        Args:
            token: The secret.
            is_use: Whether this shows that somebody is there, so that it goes on.
        """

        def read(connection: sa.Connection) -> tuple[Visit, int] | None:
            now = clock.now_ms(connection)
            is_it = (web_session.c.id == _id(token), web_session.c.is_partial == 0)
            row = connection.execute(_visits(now).where(*is_it)).one_or_none()
            return None if row is None else (_visit(row, now), now)

        found = self._database.read(read)
        if found is None:
            return None
        visit, now = found
        if is_use and now - visit.seen_at > _SEEN_EVERY_MS:
            self._note_time(visit.id, "seen_at")
        return visit

    def awaiting_code(self, token: str) -> Visit | None:
        """Return the partial session of a browser's secret; None where it waits no more."""

        def read(connection: sa.Connection) -> Visit | None:
            now = clock.now_ms(connection)
            is_it = (
                web_session.c.id == _id(token),
                web_session.c.is_partial == 1,
                web_session.c.created_at > now - PARTIAL_MS,
            )
            row = connection.execute(_visits(now).where(*is_it)).one_or_none()
            return None if row is None else _visit(row, now)

        return self._database.read(read)

    def confirmed(self, session_id: str) -> None:
        """Note that the password was given once more."""
        self._note_time(session_id, "confirmed_at")

    def of(self, account_id: str) -> tuple[Visit, ...]:
        """Return the sessions of an account, the last one used first."""

        def read(connection: sa.Connection) -> tuple[Visit, ...]:
            now = clock.now_ms(connection)
            is_mine = (web_session.c.account_id == account_id, web_session.c.is_partial == 0)
            query = _visits(now).where(*is_mine)
            rows = connection.execute(query.order_by(web_session.c.seen_at.desc()))
            return tuple(_visit(row, now) for row in rows)

        return self._database.read(read)

    def end(self, session_id: str, account_id: str) -> bool:
        """End a session of this account and say whether there was one."""
        mine = (web_session.c.id == session_id, web_session.c.account_id == account_id)
        return self._database.write(
            lambda c: c.execute(sa.delete(web_session).where(*mine)).rowcount == 1
        )

    def _note_time(self, session_id: str, column: str) -> None:
        def write(connection: sa.Connection) -> None:
            now = clock.now_ms(connection)
            one = sa.update(web_session).where(web_session.c.id == session_id)
            connection.execute(one.values({column: now}))

        self._database.write(write)


_LACKS_FACTOR = (
    sa.exists().where(factor_rule.c.role == account.c.role)
    & ~sa.exists().where(
        second_factor.c.account_id == account.c.id, second_factor.c.confirmed_at.is_not(None)
    )
).label("lacks_factor")


def _id(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _counts(now: int) -> sa.ColumnElement[bool]:
    is_in_use = web_session.c.seen_at > now - IDLE_MS
    return sa.and_(is_in_use, web_session.c.created_at > now - WHOLE_MS)


def _visits(now: int) -> sa.Select[Any]:
    own = (account.c.login, account.c.name, account.c.role, _LACKS_FACTOR)
    query = sa.select(web_session, *own).join(account, account.c.id == web_session.c.account_id)
    return query.where(_counts(now), account.c.is_active == 1)


def _visit(row: sa.Row[Any], now: int) -> Visit:
    return Visit(
        id=row.id,
        account_id=row.account_id,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        browser=row.browser,
        address=row.address,
        created_at=row.created_at,
        seen_at=row.seen_at,
        is_fresh=now - row.confirmed_at < FRESH_MS,
        lacks_factor=bool(row.lacks_factor),
    )
