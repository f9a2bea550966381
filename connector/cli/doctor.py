"""``intacct doctor``: what is wrong with this installation, and the remedy."""

from __future__ import annotations

import click

from connector.cli import checkup
from connector.settings import Settings


@click.command()
def doctor() -> None:
    """Check this installation; exit code 1 when something needs a hand."""
    troubles = 0
    for found in checkup.examine(Settings.read()):
        click.echo(f"{'ok    ' if found.is_well else 'WRONG '}{found.what:<12}{found.said}")
        if not found.is_well:
            troubles += 1
            click.echo(f"{'':18}{found.remedy}")
    if troubles:
        click.echo(f"{troubles} of these need a hand.")
        raise SystemExit(1)
    click.echo("Nothing is wrong.")
