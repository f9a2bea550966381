"""Makes guessing passwords slow: per name, per network, and for both together.

Whoever guesses one account's password from far away slows down that account's own user by a minute
at most, and nobody else.
"""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass

import sqlalchemy as sa

from connector.store import clock
from connector.store.database import Database
from connector.store.insert import insert_once
from connector.store.tables import sign_in_attempt

FORGOTTEN_MS = 3_600_000
_FIRST_WAIT_MS = 1000
_DOUBLINGS = 20  # enough to reach any longest wait


@dataclass(frozen=True)
class _Limit:
    """How many attempts are free and how long one may have to wait, doubling in between."""

    free: int
    longest_ms: int


_PAIR = _Limit(free=5, longest_ms=900_000)
_NAME = _Limit(free=20, longest_ms=60_000)
_NETWORK = _Limit(free=30, longest_ms=900_000)
# Whoever guesses codes has the password already, and a code has but six digits.
_CODE = _Limit(free=5, longest_ms=1_800_000)


class Throttle:
    """The attempts to sign in, remembered for an hour after the last one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def attempt(self, login: str, address: str) -> int:
        """Count an attempt before its password is looked at.

        Counting first keeps a thousand attempts at once from all being looked at.

        Returns:
            0 where it may go on, else how many milliseconds to wait; then it is not counted.
        """
        return self._attempt(_limits(login, address))

    def attempt_code(self, account_id: str) -> int:
        """Count an attempt at the code of somebody's second factor before it is looked at.

        Returns:
            0 where it may go on, else how many milliseconds to wait; then it is not counted.
        """
        return self._attempt({_key("code", account_id): _CODE})

    def code_succeeded(self, account_id: str) -> None:
        """Forget what was counted against somebody's codes."""
        own = sign_in_attempt.c.id == _key("code", account_id)
        self._database.write(lambda c: c.execute(sa.delete(sign_in_attempt).where(own)))

    def _attempt(self, limits: dict[str, _Limit]) -> int:
        def write(connection: sa.Connection) -> int:
            now = clock.now_ms(connection)
            old = sign_in_attempt.c.last_at < now - FORGOTTEN_MS
            connection.execute(sa.delete(sign_in_attempt).where(old))
            wait = max(_wait(connection, key, limit, now) for key, limit in limits.items())
            if wait == 0:
                for key in sorted(limits):  # always in one order: no two wait for each other
                    _count(connection, key, now)
            return wait

        return self._database.write(write)

    def succeeded(self, login: str, address: str) -> None:
        """Forget what was counted against this name; it was its user.

        Its network is given back this one attempt, since a whole office may sit behind it.
        """
        limits = _limits(login, address)
        own = [key for key, limit in limits.items() if limit is not _NETWORK]
        shared = [key for key, limit in limits.items() if limit is _NETWORK]

        def write(connection: sa.Connection) -> None:
            key = sign_in_attempt.c.id
            connection.execute(sa.delete(sign_in_attempt).where(key.in_(own)))
            connection.execute(
                sa.update(sign_in_attempt)
                .where(key.in_(shared), sign_in_attempt.c.failures > 0)
                .values(failures=sign_in_attempt.c.failures - 1)
            )

        self._database.write(write)


def network_of(address: str) -> str:
    """Return the network that an address belongs to, as large as one customer is given."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    bits = 32 if found.version == 4 else 64  # noqa: PLR2004 - the version of the protocol
    return str(ipaddress.ip_network(f"{found}/{bits}", strict=False))


def _limits(login: str, address: str) -> dict[str, _Limit]:
    network = network_of(address)
    return {
        _key("pair", login, network): _PAIR,
        _key("name", login): _NAME,
        _key("network", network): _NETWORK,
    }


def _key(*parts: str) -> str:
    # Hashed: people type their password into the wrong box.
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()


def _wait(connection: sa.Connection, key: str, limit: _Limit, now: int) -> int:
    query = sa.select(sign_in_attempt).where(sign_in_attempt.c.id == key)
    found = connection.execute(query).one_or_none()
    if found is None or found.failures < limit.free:
        return 0
    doublings = min(found.failures - limit.free, _DOUBLINGS)
    delay = min(limit.longest_ms, _FIRST_WAIT_MS * 2**doublings)
    until: int = found.last_at + delay
    return max(0, until - now)


def _count(connection: sa.Connection, key: str, now: int) -> None:
    if not insert_once(connection, sign_in_attempt, {"id": key, "failures": 1, "last_at": now}):
        connection.execute(
            sa.update(sign_in_attempt)
            .where(sign_in_attempt.c.id == key)
            .values(failures=sign_in_attempt.c.failures + 1, last_at=now)
        )
