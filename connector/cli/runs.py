"""``intacct runs``: what ran and what came of it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import click

from connector.cli import person
from connector.cli.opened import open_installation
from connector.cli.output import say_json, say_table
from connector.errors import InputError, NotFound
from connector.runtime import control, decisions, history


@click.group()
def runs() -> None:
    """Look at runs."""


@runs.command("list")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000))
def list_(limit: int) -> None:
    """List the newest runs."""
    found = open_installation().database.read(lambda c: history.newest(c, limit))
    rows = [
        (item.id, item.state, _moment(item.created_at), item.workflow, item.once) for item in found
    ]
    say_table(("RUN", "STATE", "STARTED", "WORKFLOW", "FOR"), rows)


@runs.command()
@click.argument("run_id")
def show(run_id: str) -> None:
    """Print everything about one run as JSON."""
    found = open_installation().database.read(lambda c: history.run_of(c, run_id))
    if found is None:
        raise NotFound(f"There is no run {run_id}.", advice="'intacct runs list' names them.")
    say_json(dataclasses.asdict(found))


@runs.command()
@click.argument("run_id")
def retry(run_id: str) -> None:
    """Let a failed run go on where it stopped; nothing that was written is written again."""
    decisions.retry(open_installation(), run_id, actor="cli")
    click.echo("The run is queued again.")


@runs.command()
@click.argument("run_id")
@click.option("--there", metavar="KEY", help="It stands in Intacct under this record number.")
@click.option("--send-again", is_flag=True, help="It is not in Intacct; send it anew.")
@click.option("--step", default="", help="The step, where writes of several wait.")
def decide(run_id: str, *, there: str | None, send_again: bool, step: str) -> None:
    """Say what became of a parked write, after looking in Intacct."""
    if bool(there) == send_again:
        raise InputError("Say either --there KEY or --send-again.", field="decision")
    if there:
        decisions.it_is_there(open_installation(), run_id, there, actor="cli", path=step)
    else:
        decisions.send_again(open_installation(), run_id, actor="cli", path=step)
    click.echo("Noted; the run goes on.")


@runs.command()
@click.argument("run_id")
@click.argument("step")
def another(run_id: str, step: str) -> None:
    """Let STEP of a finished run write once more: a second record, on purpose."""
    decisions.another(open_installation(), run_id, step, actor="cli")
    click.echo("Noted in the audit trail; the step writes another record.")


@runs.command()
@click.argument("run_id")
def cancel(run_id: str) -> None:
    """End a run between two writes; what was written stays."""
    state = control.cancel(open_installation(), run_id, actor=person.name())
    ended = state == "cancelled"
    click.echo(
        "The run is cancelled." if ended else f"It is {state} and will stop after this call."
    )


@runs.command()
@click.argument("run_id")
def replay(run_id: str) -> None:
    """Run the same event through the latest version; nothing that was written is repeated."""
    new = control.replay(open_installation(), run_id, actor=person.name())
    click.echo(f"The replay is the run {new}.")


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
