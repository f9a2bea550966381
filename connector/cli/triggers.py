"""``intacct triggers``: where deliveries go, how Intacct is told, and what one looks like."""

from __future__ import annotations

import time
from typing import Any

import click

from connector.cli.opened import open_installation
from connector.cli.output import say_json, say_table
from connector.component import Event
from connector.connections.store import ConnectionRow
from connector.errors import InputError
from connector.registry import load
from connector.runtime import listening, schedules
from connector.runtime.services import EVENTS, Services
from connector.surfaces import trigger_setup

_POLL_SECONDS = 0.5


@click.group()
def triggers() -> None:
    """See what can start a workflow, and set it up."""


@triggers.command("list")
def list_() -> None:
    """List the triggers and the kind of connection each listens on."""
    rows = [(item.key, item.connection, item.description) for item in load().triggers.values()]
    say_table(("TRIGGER", "CONNECTION", "WHAT IT DOES"), rows)


@triggers.command("next")
@click.argument("workflow")
def next_(workflow: str) -> None:
    """Print when WORKFLOW starts next, or looks for news next."""
    moments = schedules.coming(open_installation(), workflow)
    for moment in moments:
        click.echo(moment)
    if not moments:
        click.echo("It is started by others, whenever they tell of something.")


@triggers.command()
@click.argument("key")
def sample(key: str) -> None:
    """Print what the trigger KEY gives a workflow, as an example in JSON."""
    say_json(dict(load().trigger(key).example))


@triggers.command()
@click.argument("connection")
def address(connection: str) -> None:
    """Print where CONNECTION takes deliveries, and where samples."""
    services = open_installation()
    source = _source(services, connection)
    click.echo(f"Deliveries go to: {listening.address(services, source)}")
    click.echo(f"Samples go to:    {listening.address(services, source, is_test=True)}")
    click.echo(f"Samples are taken while 'intacct triggers listen {source.name}' runs.")
    for warning in _weaknesses(services, source):
        click.echo(warning)


@triggers.command()
@click.argument("object_name", metavar="OBJECT")
@click.option("--connection", help="The Intacct events connection; not needed where there is one.")
@click.option(
    "--change",
    "changes",
    multiple=True,
    type=click.Choice(trigger_setup.CHANGES),
    help="Only this change; give it twice for two. Without it, all three.",
)
@click.option("--smart-event", is_flag=True, help="Set up Smart Events, which nobody signs.")
@click.option("--test", "is_test", is_flag=True, help="Use the address for samples.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def setup(
    object_name: str,
    *,
    connection: str | None,
    changes: tuple[str, ...],
    smart_event: bool,
    is_test: bool,
    as_json: bool,
) -> None:
    """Print what to enter in Intacct so that it tells of changed records of OBJECT."""
    services = open_installation()
    source = _source(services, connection) if connection else _only_one(services)
    url = listening.address(services, source, is_test=is_test)
    client_id = str(source.settings.get("clientId") or "")
    found = trigger_setup.setups(
        object_name, url, changes or trigger_setup.CHANGES, is_signed=not smart_event
    )
    if as_json:
        say_json([one.describe(client_id) for one in found])
        return
    for one in found:
        click.echo(f"\n{one.name}\n")
        for number, step in enumerate(one.steps(client_id), 1):
            click.echo(f"  {number}. {step}")
    click.echo(f"\nTry it: run 'intacct triggers listen {source.name}' and use --test here.")
    click.echo("Totals that Intacct computes, such as what a customer owes, never fire a trigger.")
    if smart_event and not _weaknesses(services, source):
        click.echo("The connection refuses unsigned deliveries now: allow them, or none arrives.")


@triggers.command()
@click.argument("connection")
@click.option("--seconds", type=click.IntRange(1, 900), default=900, show_default=True)
def listen(connection: str, *, seconds: int) -> None:
    """Wait for a delivery at CONNECTION's test address and print what it brings.

    Nothing that arrives there starts a workflow.
    """
    services = open_installation()
    source = _source(services, connection)
    known = {event.id for event in listening.samples(services, source)}
    listening.listen(services, source)
    click.echo(f"Listening at {listening.address(services, source, is_test=True)}", err=True)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = [event for event in listening.samples(services, source) if event.id not in known]
        if found:
            say_json([_shown(event) for event in found])
            return
        time.sleep(_POLL_SECONDS)
    raise InputError(
        "No delivery arrived at the test address.",
        advice="Look at the web server's log for refused ones, and at the sender's own.",
    )


def _shown(event: Event) -> dict[str, Any]:
    return {"type": event.type, "occurredAt": event.occurred_at, "data": dict(event.data)}


def _source(services: Services, name: str) -> ConnectionRow:
    source = services.connection_named(name)
    if not any(item.takes_deliveries for item in services.registry.triggers_of(source.kind)):
        raise InputError(
            f"{source.name} takes no deliveries: it is a connection of the kind {source.kind}.",
            advice="What Intacct tells goes to a connection of the kind intacct-events.",
            field="connection",
        )
    return source


def _only_one(services: Services) -> ConnectionRow:
    found = [row for row in services.connections.list() if row.kind == EVENTS]
    if len(found) != 1:
        raise InputError(
            "Say which connection the events come to.",
            advice="Name it with --connection; 'intacct connections add NAME --kind intacct-events'"
            " adds one.",
            field="connection",
        )
    return found[0]


def _weaknesses(services: Services, source: ConnectionRow) -> list[str]:
    settings = services.connections.open(source)
    found = (item.weakness(settings) for item in services.registry.triggers_of(source.kind))
    return [sentence for sentence in found if sentence]
