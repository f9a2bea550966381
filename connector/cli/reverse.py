"""``intacct runs reverse``: take back what a run has written, after looking at it."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import click

from connector.cli import person
from connector.cli.opened import open_installation
from connector.cli.output import say_json, say_table
from connector.operations import reversal
from connector.operations.inverses import Verdict
from connector.operations.reversals import Line, Plan


@click.command()
@click.argument("run_id")
@click.option("--date", "day", default="", help="The day of the reversals, 2026-03-31; today.")
@click.option("--dry", is_flag=True, help="Only say what would become of each write.")
@click.option("--company", default="", help="The company's ID, to confirm without being asked.")
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON; starts nothing.")
def reverse(run_id: str, *, day: str, dry: bool, company: str, as_json: bool) -> None:
    """Take back what RUN has written, where accounting has a way; the books keep both."""
    services = open_installation()
    wanted = day or datetime.now(UTC).date().isoformat()
    made = reversal.propose(services, run_id, day=wanted, actor=person.name())
    if as_json:
        say_json({**dataclasses.asdict(made), "needs": made.needs, "verdicts": made.verdicts})
        return
    say_plan(made)
    if dry or Verdict.UNDO not in made.verdicts:
        return
    confirm = company or click.prompt(f"To do it, type the company's ID ({made.needs})")
    started = reversal.execute(services, made.id, actor=person.name(), confirm=confirm)
    click.echo(f"The reversal is the run {started.reversal_run}.")


def say_plan(made: Plan) -> None:
    """Print what becomes of each write, in the order they are undone in."""
    rows = [(line.step, _name(line), line.verdict, line.reason) for line in made.lines]
    say_table(("STEP", "WRITE", "WHAT BECOMES OF IT", "WHY"), rows)
    for words, count in sorted(made.verdicts.items()):
        click.echo(f"{count:>6}  {words}")
    if Verdict.UNDO in made.verdicts:
        click.echo(
            "Whether the books are open on a day cannot be read from Intacct: where they are not, "
            "it refuses and nothing changes."
        )


def _name(line: Line) -> str:
    return f"{line.object or line.function} {line.id or line.key}".strip()
