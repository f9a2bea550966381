"""``intacct audit``: whether the trail is whole."""

from __future__ import annotations

import click

from connector.cli import first_start
from connector.settings import Settings
from connector.store import audit as trail


@click.group()
def audit() -> None:
    """Look after the audit trail."""


@audit.command()
def verify() -> None:
    """Walk the audit trail from its first row; exit code 1 when it is broken."""
    database = first_start.prepare(Settings.read())
    broken = database.read(trail.verify)
    newest = database.read(trail.newest)
    database.close()
    if broken is not None:
        click.echo(f"The audit trail is broken at row {broken}: it is missing or was changed.")
        click.echo("Keep a copy of the database, and compare the rows before it with a backup.")
        raise SystemExit(1)
    if newest is None:
        click.echo("The audit trail is empty.")
        return
    number, seal = newest
    click.echo(f"The audit trail is whole: {number} rows, the last one sealed {seal}.")
    click.echo("A trail that was cut off at its end is whole, too: compare with the last figures.")
