"""``intacct usage``: API transactions by connection and workflow, forecast and cost."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import click
import sqlalchemy as sa

from connector.cli import person
from connector.cli.opened import open_installation
from connector.cli.output import say_json, say_table
from connector.connections.store import ConnectionRow
from connector.errors import BudgetReached, InputError
from connector.runtime import budgets
from connector.runtime.services import Services
from connector.transfer import usage
from connector.transfer.budget import WARN_AT
from connector.transfer.usage import Line

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@click.group("usage", invoke_without_command=True)
@click.option("--month", help="As YYYY-MM; the present one if left out.")
@click.option("--tier", default="1", type=click.Choice([str(tier) for tier in usage.TIERS]))
@click.option("--budget", default=0, type=click.IntRange(0), help="Fail where it is used up.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_context
def usage_(ctx: click.Context, *, month: str | None, tier: str, budget: int, as_json: bool) -> None:
    """Show what was used of Intacct's API this month, and what it will come to.

    Every record written and every page read counts, however many travel in one request. Intacct's
    own count is under Company > Admin > Usage Insights > API Usage.
    """
    if ctx.invoked_subcommand is not None:
        return
    if month is not None and not _MONTH.fullmatch(month):
        raise InputError("The month is written as YYYY-MM.", field="month")
    services = open_installation()
    present, passed = services.database.read(usage.this_month)
    asked = month or present
    connections = services.database.read(lambda c: usage.by_connection(c, asked))
    workflows = services.database.read(lambda c: usage.by_workflow(c, asked))
    total = sum(line.transactions for line in connections)
    expected = usage.forecast(total, passed) if asked == present else total
    included = usage.TIERS[int(tier)]
    cost = usage.cost(expected, included=included)
    if as_json:
        say_json(_document(asked, connections, workflows, total, expected, str(cost)))
    else:
        _say("CONNECTION", connections)
        _say("WORKFLOW", workflows)
        click.echo(f"{total:,} transactions in {asked}; {expected:,} expected by its end.")
        click.echo(f"Tier {tier} includes {included:,}; the overage would cost ${cost}.")
    if asked == present:
        _say_standings(_standings(services))
    _judge(total, budget)


@usage_.group("budget")
def budget_() -> None:
    """What a connection may use in a month: when to warn, when to stop."""


@budget_.command("set")
@click.argument("connection")
@click.option("--stop-at", type=int, help="Send nothing more once so many are used.")
@click.option("--warn-at", type=int, help="Tell it from so many on; four fifths if left out.")
def set_budget(connection: str, *, stop_at: int | None, warn_at: int | None) -> None:
    """Give CONNECTION a budget of API transactions a month, for every way it is called.

    At the stop, syncs, exports, actions and steps of workflows end with an error that says so, and
    send nothing; what has run so far stays, and retrying goes on once the budget is raised.
    """
    wanted = budgets.checked(warn_at, stop_at)
    services = open_installation()
    source = services.connection_named(connection)
    actor = person.name()
    services.database.write(lambda c: budgets.keep(c, source, wanted, actor))
    _show(services, [source])


@budget_.command("show")
@click.argument("connection", required=False)
def show_budget(connection: str | None) -> None:
    """Show the budgets of all connections, or of one, and how this month stands."""
    services = open_installation()
    _show(services, [services.connection_named(connection)] if connection else None)


@budget_.command("remove")
@click.argument("connection")
def remove_budget(connection: str) -> None:
    """Take the budget of CONNECTION away: nothing stops it then."""
    services = open_installation()
    source = services.connection_named(connection)
    actor = person.name()
    had_one = services.database.write(lambda c: budgets.remove(c, source, actor))
    click.echo(f"{source.name} has no budget {'any more' if had_one else 'to remove'}.")


def _show(services: Services, sources: list[ConnectionRow] | None) -> None:
    found = _standings(services, sources)
    if not found:
        click.echo("No connection has a budget." if sources is None else "There is no budget.")
        return
    rows = [
        (one.name, one.month, one.used, one.budget.warn_at or "-", one.budget.stop_at or "-")
        for one in found
    ]
    say_table(("CONNECTION", "MONTH", "USED", "WARN AT", "STOP AT"), rows)
    _say_standings(found)


def _standings(
    services: Services, sources: list[ConnectionRow] | None = None
) -> list[budgets.Standing]:
    asked = services.connections.list() if sources is None else sources

    def read(connection: sa.Connection) -> list[budgets.Standing]:
        found = [budgets.standing(connection, source) for source in asked]
        return [one for one in found if one is not None]

    return services.database.read(read)


def _say_standings(found: list[budgets.Standing]) -> None:
    for one in found:
        if one.warning:
            click.echo(one.warning, err=True)


def _say(title: str, lines: list[Line]) -> None:
    if lines:
        say_table((title, "TRANSACTIONS"), [(line.name, line.transactions) for line in lines])
        click.echo()


def _document(
    month: str,
    connections: list[Line],
    workflows: list[Line],
    total: int,
    expected: int,
    cost: str,
) -> dict[str, Any]:
    return {
        "month": month,
        "connections": [dataclasses.asdict(line) for line in connections],
        "workflows": [dataclasses.asdict(line) for line in workflows],
        "transactions": total,
        "expected": expected,
        "overage": cost,
    }


def _judge(total: int, budget: int) -> None:
    if budget and total >= budget:
        raise BudgetReached(f"The budget of {budget:,} API transactions is used up: {total:,}.")
    if budget and total >= WARN_AT * budget:
        click.echo(f"{total:,} of the budget's {budget:,} transactions are used.", err=True)
