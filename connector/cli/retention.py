"""``intacct prune``: forget what old runs and events held."""

from __future__ import annotations

import click

from connector.cli import person
from connector.cli.opened import open_installation
from connector.errors import InputError
from connector.operations import retention


@click.command()
@click.option("--days", type=int, help="How old; else as INTACCT_KEEP_RUNS_DAYS says.")
def prune(days: int | None) -> None:
    """Remove inputs, outputs and events of old runs; ledger, audit and issues stay."""
    services = open_installation()
    age = services.settings.keep_runs_days if days is None else days
    if days is None and age == 0:
        raise InputError(
            "This installation keeps runs for ever.", advice="Say --days, or set a number of days."
        )
    found = retention.prune(services.database, age, actor=person.name())
    click.echo(
        f"Removed the content of {found.runs} runs and {found.events} other events,"
        f" and {found.keys} events altogether."
    )
