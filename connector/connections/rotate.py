"""Seals every stored secret anew after a master key was added, while everything goes on."""

from __future__ import annotations

from functools import partial

import sqlalchemy as sa

from connector.connections.encrypt import SecretBox
from connector.store import audit, tables
from connector.store.database import Database

_SEALED = (tables.connection.c.secrets, tables.session.c.secret)


def rotate(database: Database, box: SecretBox, *, actor: str = "system") -> int:
    """Seal all secrets under the newest key and return how many; older keys may go afterwards.

    Every running process must already know the newest key, or it cannot open what is sealed here.

    Raises:
        SetupError: A secret cannot be opened by any key; those before it are sealed anew already.
    """
    count = 0
    for column in _SEALED:
        for place in database.read(partial(_places, column)):
            count += database.write(partial(_renew, box, column, place))
    entry = audit.Entry(actor, "keys.rotate", "master-key", after={"sealed": count})
    database.write(lambda connection: audit.append(connection, entry))
    return count


def _places(column: sa.Column[str], connection: sa.Connection) -> list[tuple[str, ...]]:
    keys = connection.execute(sa.select(*column.table.primary_key.columns))
    return [tuple(key) for key in keys]


def _renew(
    box: SecretBox, column: sa.Column[str], place: tuple[str, ...], connection: sa.Connection
) -> int:
    """Seal one row anew; return 0 where it has gone meanwhile."""
    names = column.table.primary_key.columns
    is_it = [name == value for name, value in zip(names, place, strict=True)]
    # Locked until commit: what another process stores meanwhile must not be overwritten.
    query = sa.select(column).where(*is_it).with_for_update()
    sealed = connection.execute(query).scalar_one_or_none()
    if sealed is None:
        return 0
    renewed = {column.name: box.renew(sealed)}
    connection.execute(sa.update(column.table).where(*is_it).values(renewed))
    return 1
