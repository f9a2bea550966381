"""``intacct workflow pause`` and ``resume``: hold a workflow's runs, lose none of its events."""

from __future__ import annotations

import click

from connector.cli import person
from connector.cli.opened import open_installation
from connector.operations import pausing


@click.command()
@click.argument("name")
@click.option("--reason", default="", help="Why; it is shown with every run that waits.")
def pause(name: str, reason: str) -> None:
    """Let no run of NAME go on; events are kept, and what is being sent ends first."""
    pausing.pause(open_installation(), name, actor=person.name(), why=reason)
    click.echo(f"{name} is paused. Its events are kept; 'intacct workflow resume' goes on.")


@click.command()
@click.argument("name")
def resume(name: str) -> None:
    """Let NAME go on, its oldest runs first."""
    count = pausing.resume(open_installation(), name, actor=person.name())
    click.echo(f"{name} goes on; {count} runs waited.")
