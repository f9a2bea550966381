"""The OAuth tokens of connections, encrypted, one row each; who renews them is claimed here.

A claim is a row's own lock: it works over all processes and machines without any other server,
and a claim whose holder died ends by itself.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.connections.encrypt import SecretBox
from connector.connections.oauth import Holder, holder_of
from connector.errors import ConnectorError
from connector.intacct.dialects.rest_tokens import AccessToken
from connector.store import clock
from connector.store.database import Database
from connector.store.insert import insert_once
from connector.store.json_text import from_json, to_json
from connector.store.tables import token

# Longer than fetching a token twice may take, so that a claim never ends under its holder.
CLAIM_MS = 150_000
DAY_MS = 86_400_000
# What refresh tokens are said to last (rest-api 1.3); counted from when each was given.
REFRESH_MS = 180 * DAY_MS
WARN_MS = 14 * DAY_MS
_RENEW_FROM, _RENEW_SPREAD = 0.8, 0.05


@dataclass(frozen=True)
class GrantRow:
    """The tokens of a connection at one moment, without the tokens.

    Args:
        holder: Whom they are for, as far as Intacct says.
        has_tokens: Whether there are any.
        renew_at: From when on the access token is renewed, well before it ends.
        expires_at: When the access token ends.
        ends_at: When the refresh token ends; None where there is none.
        version: Counts every change of the tokens.
        lost_at: When a renewal left that was never answered.
        problem: Why nobody may ask for tokens until a person has acted.
        now: The database's time.
    """

    holder: Holder
    has_tokens: bool
    renew_at: int
    expires_at: int
    ends_at: int | None
    version: int
    lost_at: int | None
    problem: Mapping[str, Any] | None
    now: int

    @property
    def ends_soon(self) -> bool:
        """Whether a person has to allow the access again within 14 days."""
        return self.ends_at is not None and self.ends_at - self.now <= WARN_MS

    @property
    def days_left(self) -> int:
        """How many whole days the permission still lasts."""
        return 0 if self.ends_at is None else max(0, (self.ends_at - self.now) // DAY_MS)


NO_GRANT = GrantRow(Holder(), False, 0, 0, None, 0, None, None, 0)  # noqa: FBT003 - a row of blanks


class Grants:
    """Reads and keeps the tokens; every change is committed before it returns."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        self._database = database
        self._box = box

    def view(self, connection_id: str) -> GrantRow:
        """Return what is known of a connection's tokens."""
        return self._database.read(lambda c: _view(_found(c, connection_id), clock.now_ms(c)))

    def open(self, connection_id: str) -> tuple[GrantRow, AccessToken | None]:
        """Return what is known of a connection's tokens and, if there are any, the tokens.

        Raises:
            SetupError: No master key that is set opens them.
            ConnectionProblem: They were sealed for another connection.
        """
        row, now = self._database.read(lambda c: (_found(c, connection_id), clock.now_ms(c)))
        view = _view(row, now)
        if row is None or not row.sealed:
            return view, None
        kept = self._box.open(_owner(connection_id), row.sealed)
        return view, AccessToken(kept["access"], kept["refresh"], view.expires_at)

    def claim(self, connection_id: str) -> str:
        """Return the name under which the caller alone may renew; empty while another one does.

        A claim that was never given back means that an answer may have been lost with its holder.
        """
        name = uuid.uuid4().hex

        def work(connection: sa.Connection) -> str:
            insert_once(connection, token, {"connection_id": connection_id})
            now = clock.now_ms(connection)
            is_free = (token.c.claim == "") | (token.c.claimed_until <= now)
            done = connection.execute(
                sa.update(token)
                .where(_is(connection_id), is_free)
                .values(
                    lost_at=sa.case((token.c.claim != "", now), else_=token.c.lost_at),
                    claim=name,
                    claimed_until=now + CLAIM_MS,
                )
                .execution_options(preserve_rowcount=True)
            )
            return name if done.rowcount == 1 else ""

        return self._database.write(work)

    def release(self, connection_id: str, claim: str, *, is_lost: bool = False) -> None:
        """Let the next one renew; say whether a request left that nobody answered."""

        def work(connection: sa.Connection) -> None:
            values: dict[str, Any] = {"claim": "", "claimed_until": None}
            if is_lost:
                values["lost_at"] = clock.now_ms(connection)
            is_mine = token.c.claim == claim
            connection.execute(sa.update(token).where(_is(connection_id), is_mine).values(values))

        self._database.write(work)

    def keep(self, connection_id: str, fresh: AccessToken, *, is_renewal: bool = False) -> None:
        """Keep new tokens in place of all before them, with no trouble left.

        Args:
            connection_id: Whose they are.
            fresh: What Intacct gave.
            is_renewal: An answer without a refresh token leaves the one before in force.
        """
        _, before = self.open(connection_id)
        refresh = fresh.refresh_token
        if is_renewal and not refresh and before is not None:
            refresh = before.refresh_token
        is_same = before is not None and before.refresh_token == refresh
        secret = {"access": fresh.value, "refresh": refresh}
        sealed = self._box.seal(_owner(connection_id), secret)
        holder = vars(holder_of(fresh.value))

        def work(connection: sa.Connection) -> None:
            insert_once(connection, token, {"connection_id": connection_id})
            now = clock.now_ms(connection)
            values = {
                "sealed": sealed,
                "facts": to_json(holder),
                "renew_at": now + _early(fresh.expires_at_ms - now),
                "expires_at": fresh.expires_at_ms,
                "version": token.c.version + 1,
                "lost_at": None,
                "problem": None,
            }
            if not is_same:
                ends_at = now + REFRESH_MS if refresh else None
                values |= {"ends_at": ends_at, "warned_at": None}
            connection.execute(sa.update(token).where(_is(connection_id)).values(values))

        self._database.write(work)

    def postpone(self, connection_id: str, milliseconds: int) -> None:
        """Go on with the access token there is, and renew it that much later."""

        def work(connection: sa.Connection) -> None:
            later = clock.now_ms(connection) + milliseconds
            connection.execute(sa.update(token).where(_is(connection_id)).values(renew_at=later))

        self._database.write(work)

    def stop(self, connection_id: str, problem: ConnectorError) -> None:
        """Let nobody ask for tokens until a person has acted."""

        def work(connection: sa.Connection) -> None:
            insert_once(connection, token, {"connection_id": connection_id})
            values = {"problem": to_json(problem.describe())}
            connection.execute(sa.update(token).where(_is(connection_id)).values(values))

        self._database.write(work)

    def to_warn(self) -> list[tuple[str, int]]:
        """Return connections whose permission ends within 14 days and the days left, each once."""

        def work(connection: sa.Connection) -> list[tuple[str, int]]:
            now = clock.now_ms(connection)
            is_due = (token.c.ends_at <= now + WARN_MS) & token.c.warned_at.is_(None)
            found = connection.execute(
                sa.update(token)
                .where(is_due)
                .values(warned_at=now)
                .returning(token.c.connection_id, token.c.ends_at)
            )
            return [(row.connection_id, max(0, (row.ends_at - now) // DAY_MS)) for row in found]

        return self._database.write(work)


def forget(connection: sa.Connection, connection_id: str) -> None:
    """Drop a connection's tokens within the caller's transaction."""
    connection.execute(sa.delete(token).where(_is(connection_id)))


def forgive(connection: sa.Connection, connection_id: str) -> None:
    """Renew the tokens at their next use, within the caller's transaction, whatever was wrong."""
    values = {"problem": None, "renew_at": 0, "expires_at": 0}
    connection.execute(sa.update(token).where(_is(connection_id)).values(values))


def _early(milliseconds: int) -> int:
    """Return after how long to renew, a little different each time."""
    share = _RENEW_FROM + secrets.randbelow(1000) / 1000 * _RENEW_SPREAD
    return max(0, int(milliseconds * share))


def _is(connection_id: str) -> sa.ColumnElement[bool]:
    return token.c.connection_id == connection_id


def _found(connection: sa.Connection, connection_id: str) -> sa.Row[Any] | None:
    return connection.execute(sa.select(token).where(_is(connection_id))).one_or_none()


def _view(row: sa.Row[Any] | None, now: int) -> GrantRow:
    if row is None:
        return NO_GRANT
    return GrantRow(
        holder=Holder(**from_json(row.facts)) if row.facts else Holder(),
        has_tokens=bool(row.sealed),
        renew_at=row.renew_at or 0,
        expires_at=row.expires_at or 0,
        ends_at=row.ends_at,
        version=row.version,
        lost_at=row.lost_at,
        problem=from_json(row.problem) if row.problem else None,
        now=now,
    )


def _owner(connection_id: str) -> str:
    return f"token/{connection_id}"
