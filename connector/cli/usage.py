"""``intacct usage``: API transactions by connection and workflow, forecast and cost."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import click

from connector.cli.opened import open_installation
from connector.cli.output import say_json, say_table
from connector.errors import InputError
from connector.transfer import usage
from connector.transfer.budget import WARN_AT, BudgetReached
from connector.transfer.usage import Line

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@click.command("usage")
@click.option("--month", help="As YYYY-MM; the present one if left out.")
@click.option("--tier", default="1", type=click.Choice([str(tier) for tier in usage.TIERS]))
@click.option("--budget", default=0, type=click.IntRange(0), help="Fail where it is used up.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def usage_(*, month: str | None, tier: str, budget: int, as_json: bool) -> None:
    """Show what was used of Intacct's API this month, and what it will come to.

    Every record written and every page read counts, however many travel in one request. Intacct's
    own count is under Company > Admin > Usage Insights > API Usage.
    """
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
    _judge(total, budget)


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
