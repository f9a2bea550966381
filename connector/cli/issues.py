"""``intacct issues``: what needs somebody, grouped by its cause."""

from __future__ import annotations

import click

from connector.cli import person
from connector.cli.finding import shown
from connector.cli.opened import open_installation
from connector.cli.output import say_json, say_table
from connector.cli.replay import say_plan
from connector.operations import gathering, replays
from connector.operations import issues as inbox
from connector.operations.forecasts import REPLAY, RETRY

_STATES = (inbox.OPEN, inbox.MUTED, inbox.RESOLVED)


@click.group()
def issues() -> None:
    """See what needs somebody, and try its runs again."""


@issues.command("list")
@click.option("--state", type=click.Choice(_STATES), default=inbox.OPEN, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(state: str, *, as_json: bool) -> None:
    """List issues, those struck last first."""
    database = open_installation().database
    gathering.gather(database)
    found = database.read(lambda connection: inbox.listed(connection, state))
    if as_json:
        say_json([one.to_document() for one in found])
        return
    rows = [
        (one.id, one.waiting, shown(one.last_at), one.workflow or one.connection, one.title)
        for one in found
    ]
    say_table(("ISSUE", "RUNS", "LAST", "WHERE", "WHAT"), rows)


@issues.command()
@click.argument("issue_id")
def show(issue_id: str) -> None:
    """Print everything about one issue as JSON."""
    database = open_installation().database
    gathering.gather(database)
    say_json(database.read(lambda connection: inbox.one(connection, issue_id)).to_document())


@issues.command()
@click.argument("issue_id")
@click.option("--latest", is_flag=True, help="Replay on the workflow's latest version instead.")
def retry(issue_id: str, *, latest: bool) -> None:
    """Show what trying its runs again would do; 'intacct replay execute' then does it."""
    services = open_installation()
    gathering.gather(services.database)
    found = services.database.read(lambda connection: inbox.one(connection, issue_id))
    run_ids = services.database.read(
        lambda connection: inbox.runs_of(connection, found.id, can_retry=True)
    )
    action = REPLAY if latest else RETRY
    say_plan(replays.plan(services, action, run_ids, actor=person.name()))


@issues.command()
@click.argument("issue_id")
@click.option("--off", is_flag=True, help="Hear of it again.")
def mute(issue_id: str, *, off: bool) -> None:
    """Hear no more of an issue; it goes on being counted."""
    found = inbox.mute(
        open_installation().database, issue_id, actor=person.name(), is_muted=not off
    )
    click.echo(f"The issue is {found.state}.")


@issues.command()
@click.argument("issue_id")
@click.option("--reason", required=True, help="Why it needs nothing more; it is audited.")
def close(issue_id: str, reason: str) -> None:
    """Call an issue resolved that was settled elsewhere; its runs stay as they are."""
    inbox.close(open_installation().database, issue_id, actor=person.name(), why=reason)
    click.echo("The issue is resolved.")
