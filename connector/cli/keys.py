"""``intacct keys``: a new master key, in three steps that lose nothing."""

from __future__ import annotations

from pathlib import Path

import click

from connector.cli import first_start
from connector.connections import rotate as rotation
from connector.connections.encrypt import SecretBox
from connector.errors import SetupError
from connector.settings import Settings

ACTOR = "cli"


@click.group()
def keys() -> None:
    """Change the master key: add, restart everything, rotate, forget."""


@keys.command()
def add() -> None:
    """Put a new master key before the old one."""
    settings = Settings.read()
    first_start.prepare(settings).close()
    rotation.add_key(_key_file(settings))
    click.echo(f"A new key stands first in {settings.master_key_file}; keep a copy elsewhere.")
    click.echo("Restart every process, so that all know it. Then run: intacct keys rotate")


@keys.command()
def rotate() -> None:
    """Seal every stored password and session under the newest master key."""
    settings = Settings.read()
    database = first_start.prepare(settings)
    known = settings.master_keys()
    count = rotation.rotate(database, SecretBox(known), actor=ACTOR)
    left = rotation.unopened(database, SecretBox(known[:1]))
    database.close()
    if left:
        raise SetupError(
            f"{left} secrets were sealed under an older key meanwhile.",
            advice="Some process does not know the newest key: restart it, then run this again.",
        )
    click.echo(f"{count} secrets are sealed under the newest key, and open with it alone.")
    if len(known) > 1:
        click.echo("Keep the older keys as long as you keep backups from before today.")
        by_hand = "Take the older ones out of INTACCT_MASTER_KEY and restart every process."
        click.echo(by_hand if settings.master_key else "Then run: intacct keys forget")


@keys.command()
def forget() -> None:
    """Take the older keys out of the key file, once nothing needs them."""
    settings = Settings.read()
    database = first_start.prepare(settings)
    gone = rotation.forget_older_keys(_key_file(settings), database)
    database.close()
    click.echo(f"{gone} older keys are gone from {settings.master_key_file}.")


def _key_file(settings: Settings) -> Path:
    if settings.master_key:
        raise SetupError(
            "The master key stands in INTACCT_MASTER_KEY, which only you can change.",
            advice="Write the new key before the old one, separated by a comma, and restart all.",
        )
    return settings.master_key_file
