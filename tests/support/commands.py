"""Commands as processes of their own, in a data folder without a running installation."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from connector.cli import first_start
from connector.cli.machine import INTACCT
from connector.connections.encrypt import SecretBox
from connector.connections.store import Connections
from connector.sandbox import config as sandbox
from connector.settings import Settings
from tests.support.installation import PATIENCE_SECONDS

BOOKS = "far"


def prepare_books(data_dir: Path, endpoint: str, origin: str) -> dict[str, str]:
    """Make a data folder with a connection named ``far``; return the variables that lead to it.

    Args:
        endpoint: Where the company is.
        origin: Its host and port, which lie inside and are allowed by name.
    """
    environment = {"INTACCT_DATA_DIR": str(data_dir), "INTACCT_ALLOWED_ORIGINS": origin}
    settings = Settings.read(environment)
    database = first_start.prepare(settings)
    values = {
        "companyId": sandbox.COMPANY_ID,
        "senderId": sandbox.SENDER_ID,
        "senderPassword": sandbox.SENDER_PASSWORD,
        "userId": sandbox.USER_ID,
        "userPassword": sandbox.USER_PASSWORD,
        "endpoint": endpoint,
        "callsPerMinute": 0,
    }
    Connections(database, SecretBox(settings.master_keys())).add("sage-intacct", BOOKS, values)
    database.close()
    return environment


def intacct(
    environment: Mapping[str, str], *arguments: str, given: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command and return what it said."""
    return subprocess.run(  # noqa: S603 - our own command
        [*INTACCT, *arguments],
        input=given,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE_SECONDS,
        check=False,
    )
