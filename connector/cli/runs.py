"""``intacct runs``: what ran and what came of it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import click

from connector.cli.opened import open_installation
from connector.cli.output import say_json, say_table
from connector.errors import NotFound
from connector.runtime import history


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


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
