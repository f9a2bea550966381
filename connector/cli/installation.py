"""``intacct settings``: how this installation is set up."""

from __future__ import annotations

import click

from connector.cli.output import say_table
from connector.settings import Settings


@click.command()
def settings() -> None:
    """Print every setting with its source; secrets are masked."""
    rows = [(item.name, item.value, item.source) for item in Settings.read().describe()]
    say_table(("SETTING", "VALUE", "SOURCE"), rows)
