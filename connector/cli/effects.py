"""``intacct effects``: writes whose outcome nobody knows yet, and what a person says of them."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import click

from connector.cli import person
from connector.cli.opened import open_installation
from connector.cli.output import say_json, say_table
from connector.errors import InputError
from connector.runtime import waiting_writes


@click.group()
def effects() -> None:
    """Look at writes without an outcome, and decide about them."""


@effects.command("list")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 1000))
@click.option("--json", "as_json", is_flag=True, help="Print everything about them as JSON.")
def list_(limit: int, *, as_json: bool) -> None:
    """List writes that wait for a person or are being looked up, the oldest first."""
    found = open_installation().database.read(lambda c: waiting_writes.waiting(c, limit))
    if as_json:
        say_json([dataclasses.asdict(item) for item in found])
        return
    rows = [
        (
            item.id[: waiting_writes.SHORT],
            item.state,
            datetime.fromtimestamp(item.since / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S"),
            " ".join(part for part in (item.what, item.name) if part),
            item.run_id,
        )
        for item in found
    ]
    say_table(("WRITE", "STATE", "SINCE", "WHAT", "RUN"), rows)


@effects.command()
@click.argument("write")
@click.option("--there", metavar="KEY", help="It stands in Intacct under this record number.")
@click.option("--send-again", is_flag=True, help="It is not in Intacct; send it anew.")
def decide(write: str, *, there: str | None, send_again: bool) -> None:
    """Say what became of the parked WRITE, after looking in Intacct."""
    if bool(there) == send_again:
        raise InputError("Say either --there KEY or --send-again.", field="decision")
    services, actor = open_installation(), person.name()
    if there:
        run_id = waiting_writes.it_is_there(services, write, there, actor=actor)
    else:
        run_id = waiting_writes.send_again(services, write, actor=actor)
    if run_id:
        click.echo(f"Noted; the run {run_id} goes on.")
    elif there:
        click.echo("Noted; the same request is answered with this record from now on.")
    else:
        click.echo("Noted; ask again under the same idempotency key, or resume the sync.")
