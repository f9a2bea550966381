"""API keys: what programs show instead of a password; kept as hashes, shown once."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from connector.accounts.roles import Role
from connector.errors import InputError, NotFound
from connector.store import audit, clock
from connector.store.database import Database
from connector.store.tables import api_key

_PREFIX = "aic_"  # scanners for leaked secrets find what has a mark of its own
_KEY_BYTES = 32
_ENDING = 4
_LONGEST_NAME = 100


@dataclass(frozen=True)
class ApiKey:
    """A key without its secret.

    Args:
        ending: The last letters of the key.
        created_by: The log-in name of whoever made it.
    """

    id: str
    name: str
    role: Role
    ending: str
    created_by: str
    created_at: int


class ApiKeys:
    """All API keys; making and revoking one leaves an audit row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, role: Role, *, actor: str) -> tuple[ApiKey, str]:
        """Make a key and return it with its secret, which cannot be read again.

        Raises:
            InputError: The name is empty or too long.
        """
        name = name.strip()
        if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
            raise InputError(
                f"A key's name is one line of 1 to {_LONGEST_NAME} characters.", field="name"
            )
        secret = _PREFIX + secrets.token_urlsafe(_KEY_BYTES)
        key_id = str(uuid.uuid4())

        def write(connection: sa.Connection) -> ApiKey:
            now = clock.now_ms(connection)
            made = ApiKey(key_id, name, role, secret[-_ENDING:], actor, now)
            values = {**vars(made), "role": role.value, "hash": _hash(secret)}
            connection.execute(sa.insert(api_key).values(**values))
            _note(connection, actor, "api-key.add", made)
            return made

        return self._database.write(write), secret

    def find(self, secret: str) -> ApiKey | None:
        """Return the key with this secret, or None."""
        # The index compares hashes of 256 random bits; its time teaches nobody anything.
        query = sa.select(api_key).where(api_key.c.hash == _hash(secret))
        row = self._database.read(lambda c: c.execute(query).mappings().one_or_none())
        return None if row is None else _key(row)

    def list(self) -> tuple[ApiKey, ...]:
        """Return all keys by name."""
        query = sa.select(api_key).order_by(api_key.c.name, api_key.c.created_at)
        return self._database.read(
            lambda c: tuple(_key(row) for row in c.execute(query).mappings())
        )

    def revoke(self, key_id: str, *, actor: str) -> None:
        """Let a key open nothing any more.

        Raises:
            NotFound: There is none of that id.
        """

        def write(connection: sa.Connection) -> None:
            is_it = api_key.c.id == key_id
            row = connection.execute(sa.select(api_key).where(is_it)).mappings().one_or_none()
            if row is None:
                raise NotFound("This key does not exist, or not any more.")
            connection.execute(sa.delete(api_key).where(is_it))
            _note(connection, actor, "api-key.revoke", _key(row))

        self._database.write(write)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _key(row: sa.RowMapping) -> ApiKey:
    return ApiKey(
        row["id"],
        row["name"],
        Role(row["role"]),
        row["ending"],
        row["created_by"],
        row["created_at"],
    )


def _note(connection: sa.Connection, actor: str, action: str, key: ApiKey) -> None:
    after = {"name": key.name, "role": key.role.value, "ending": key.ending}
    audit.append(connection, audit.Entry(actor, action, f"api-key/{key.id}", after=after))
