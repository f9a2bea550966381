"""``intacct settings`` and ``intacct db``: how this installation is set up."""

from __future__ import annotations

import click

from connector.cli import first_start
from connector.cli.output import say_table
from connector.settings import Settings


@click.command()
def settings() -> None:
    """Print every setting with its source; secrets are masked."""
    rows = [(item.name, item.value, item.source) for item in Settings.read().describe()]
    say_table(("SETTING", "VALUE", "SOURCE"), rows)


@click.group("db")
def database() -> None:
    """Look after the database."""


@database.command()
def upgrade() -> None:
    """Bring the tables up to date."""
    first_start.prepare(Settings.read()).close()
    click.echo("The tables are up to date.")
