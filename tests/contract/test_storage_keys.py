"""No sealed column is forgotten when the master key changes."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from connector.connections import rotate
from connector.connections.encrypt import SecretBox
from connector.store import Database, tables

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SEALED: dict[str, dict[str, Any]] = {
    "connection": {"kind": "hubspot", "settings": "{}", "hook_token": "h", "name": "n", "id": "c"},
    "session": {"connection_id": "c", "scope": "", "expires_at": 1},
    "token": {"connection_id": "c"},
    "consent": {"state_hash": "s", "connection_id": "c", "caller": "x", "actor": "x"},
}
TIMES: dict[str, dict[str, Any]] = {
    "connection": {"created_at": 1, "changed_at": 1},
    "consent": {"redirect_url": "u", "expires_at": 1},
}
COLUMNS = {"connection": "secrets", "session": "secret", "token": "sealed", "consent": "sealed"}


def keep_all(connection: sa.Connection) -> None:
    sealed = SecretBox([OLD]).seal("connection/c", {"password": "p4ssword"})
    for name, values in SEALED.items():
        given = {**values, **TIMES.get(name, {}), COLUMNS[name]: sealed}
        connection.execute(tables.metadata.tables[name].insert().values(**given))


@pytest.mark.accepts("F43")
def test_every_sealed_column_opens_with_the_new_key_alone(database: Database) -> None:
    database.write(keep_all)
    assert rotate.unopened(database, SecretBox([NEW])) == len(SEALED)
    assert rotate.rotate(database, SecretBox([NEW, OLD])) == len(SEALED)
    assert rotate.unopened(database, SecretBox([NEW])) == 0
    assert rotate.unopened(database, SecretBox([OLD])) == len(SEALED)


def test_what_holds_no_secret_yet_is_left_alone(database: Database) -> None:
    database.write(keep_all)
    empty = tables.token.update().values(sealed="")
    database.write(lambda c: c.execute(empty).rowcount)
    assert rotate.rotate(database, SecretBox([NEW, OLD])) == len(SEALED) - 1
    assert rotate.unopened(database, SecretBox([NEW])) == 0
