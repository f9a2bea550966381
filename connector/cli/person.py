"""Who types a command, for the audit trail."""

from __future__ import annotations

import getpass


def name() -> str:
    """Return the name of the account that runs the command, ``cli`` where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "cli"
