"""The versions of the tables, applied by Alembic inside the caller's transaction.

A new version is a module in ``versions/`` that names the one before it as ``down_revision``. What
was released is never edited.
"""

from __future__ import annotations

import threading
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from connector.errors import SetupError

_UPGRADE_LOCK = 0x1A_C0_DB_01  # any number that no other advisory lock of this project uses
_alone = threading.Lock()  # Alembic keeps the environment it runs in for the whole process


def migrate(connection: Connection) -> None:
    """Bring the tables to the newest version; does nothing where they are.

    Raises:
        SetupError: The tables were changed by a newer version of this program.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '120s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
    config = _config()
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = connection
    try:
        with _alone:
            command.upgrade(config, "head")
    except CommandError as error:
        raise SetupError(
            "The database was prepared by a newer version of this program.",
            advice="Install that version again, or restore the backup made before it.",
        ) from error


def is_current(connection: Connection) -> bool:
    """Say whether the tables are there, in exactly this program's version."""
    found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "connector.store:migrations")
    config.set_main_option("path_separator", "os")
    return config
