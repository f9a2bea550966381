"""``intacct replay``: many runs again, after seeing what would come of it."""

from __future__ import annotations

import dataclasses

import click

from connector.cli import person
from connector.cli.finding import moment
from connector.cli.opened import open_installation
from connector.cli.output import say_json, say_table
from connector.errors import InputError
from connector.operations import bulk, replays, search
from connector.operations.forecasts import REPLAY, RETRY, STARTED
from connector.operations.replays import Plan
from connector.operations.search import Wanted
from connector.runtime.services import Services

_SHOWN = 20


@click.group()
def replay() -> None:
    """Try many runs again: first a plan, then exactly that plan."""


@replay.command()
@click.argument("run_ids", nargs=-1)
@click.option("--state", "states", multiple=True, help="All runs in this state.")
@click.option("--workflow", default="", help="All runs of this workflow.")
@click.option("--since", default="", help="Begun then or later: 2026-03-31, or 24h, or 7d ago.")
@click.option("--until", default="", help="Begun before: 2026-04-01, or 24h ago.")
@click.option("--latest", is_flag=True, help="Replay on the latest version; else go on.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def plan(
    run_ids: tuple[str, ...],
    *,
    states: tuple[str, ...],
    workflow: str,
    since: str,
    until: str,
    latest: bool,
    as_json: bool,
) -> None:
    """Say what trying runs again would do, by their ids or by what they are; nothing is started."""
    services = open_installation()
    wanted = Wanted(
        states=states,
        workflow=workflow,
        since_ms=moment(since, "since"),
        until_ms=moment(until, "until"),
    )
    if bool(run_ids) == (wanted != Wanted()):
        raise InputError("Name the runs, or say which ones by options.", field="runs")
    found = list(run_ids) or _found(services, wanted)
    made = replays.plan(services, REPLAY if latest else RETRY, found, actor=person.name())
    say_plan(made, as_json=as_json)


@replay.command()
@click.argument("plan_id")
def execute(plan_id: str) -> None:
    """Start exactly what the plan of this id says, behind everyday work."""
    made = bulk.execute(open_installation(), plan_id, actor=person.name())
    count = sum(item.forecast in STARTED for item in made.items)
    click.echo(
        f"{count} runs are tried again; 'intacct replay show {plan_id}' tells how far it is."
    )


@replay.command()
@click.argument("plan_id")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(plan_id: str, *, as_json: bool) -> None:
    """Print a plan and how far it is."""
    found = open_installation().database.read(lambda c: replays.one(c, plan_id))
    say_plan(found, as_json=as_json)


def say_plan(made: Plan, *, as_json: bool = False) -> None:
    """Print a plan: its counts, its first runs, and how to execute it."""
    if as_json:
        counts = {"forecasts": made.forecasts, "outcomes": made.outcomes}
        say_json({**dataclasses.asdict(made), **counts})
        return
    for words, count in sorted(made.forecasts.items()):
        click.echo(f"{count:>6}  {words}")
    if made.outcomes:
        said = ", ".join(f"{count} {state}" for state, count in sorted(made.outcomes.items()))
        click.echo(f"Of those started: {said}.")
    rows = [
        (item.run_id, item.once, item.forecast, item.outcome or item.state, item.reason)
        for item in made.items[:_SHOWN]
    ]
    say_table(("RUN", "FOR", "FORECAST", "STATE", "WHY"), rows)
    if len(made.items) > _SHOWN:
        click.echo(f"and {len(made.items) - _SHOWN} more: --json shows all.")
    if made.state == replays.PLANNED:
        click.echo(f"To do it: intacct replay execute {made.id}")


def _found(services: Services, wanted: Wanted) -> list[str]:
    """Return the runs that are wanted, oldest first."""
    run_ids: list[str] = []
    after = ""
    while True:
        place = after
        page = services.database.read(
            lambda c: search.find(c, wanted, limit=search.MOST, after=place)  # noqa: B023 - at once
        )
        run_ids += [one.id for one in page.lines]
        after = page.next
        if not after or len(run_ids) > replays.MOST_RUNS:
            return run_ids[::-1]
