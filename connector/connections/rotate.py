"""Seals every stored secret anew after a master key was added, while everything goes on."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from cryptography.fernet import Fernet

from connector import master_key
from connector.connections.encrypt import SecretBox
from connector.errors import SetupError
from connector.store import audit, tables
from connector.store.database import Database
from connector.store.json_text import from_json, to_json

_SEALED = (
    tables.connection.c.secrets,
    tables.session.c.secret,
    tables.token.c.sealed,
    tables.consent.c.sealed,
    tables.subscriber.c.secrets,
    tables.second_factor.c.sealed,
)


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


def unopened(database: Database, box: SecretBox) -> int:
    """Return how many stored secrets none of the box's keys opens."""
    return sum(
        not _opens(box, sealed)
        for column in _SEALED
        for sealed in database.read(partial(_sealed, column))
    )


def add_key(path: Path) -> None:
    """Put a new key before the others of a key file; what is sealed from then on needs it.

    Raises:
        SetupError: The file is not as it should be, or cannot be written.
    """
    _write(path, (Fernet.generate_key().decode(), *master_key.read(path)))


def forget_older_keys(path: Path, database: Database) -> int:
    """Leave only the newest key in a key file and return how many went.

    Raises:
        SetupError: A stored secret still needs an older one, or the file cannot be written.
    """
    newest, *older = master_key.read(path)
    left = unopened(database, SecretBox([newest]))
    if left:
        raise SetupError(
            f"{left} stored secrets still need an older master key.",
            advice="Run 'intacct keys rotate' first.",
        )
    _write(path, (newest,))
    return len(older)


def _write(path: Path, keys: tuple[str, ...]) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write("\n".join(keys) + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise SetupError(
            f"The master key file {path} cannot be written.",
            advice="Let the account that runs this program own it, and make room on its disk.",
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _opens(box: SecretBox, sealed: str) -> bool:
    try:
        _resealed(box, sealed)
    except SetupError:
        return False
    return True


def _resealed(box: SecretBox, text: str) -> str:
    """Return a stored secret sealed anew; a session's stands in a document beside its address."""
    if not text.startswith("{"):
        return box.renew(text)
    document = from_json(text)
    return to_json({**document, "sealed": box.renew(document["sealed"])})


def _sealed(column: sa.Column[str], connection: sa.Connection) -> list[str]:
    return list(connection.execute(sa.select(column).where(column != "")).scalars())


def _places(column: sa.Column[str], connection: sa.Connection) -> list[tuple[str, ...]]:
    keys = connection.execute(sa.select(*column.table.primary_key.columns).where(column != ""))
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
    if not sealed:
        return 0
    renewed = {column.name: _resealed(box, sealed)}
    connection.execute(sa.update(column.table).where(*is_it).values(renewed))
    return 1
