"""``intacct events``: who is told of what happens here, and whether it arrived."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from connector.cli import person
from connector.cli.opened import open_installation
from connector.cli.output import say_json, say_table
from connector.errors import ConnectorError
from connector.operations import deliveries, event_types, sending, subscribers
from connector.operations.outbound import DEAD, DELIVERED
from connector.store.outbox import ACTIVE, WAITING

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def events() -> None:
    """Tell other programs what happens here, and see what they were told."""


@events.command()
def types() -> None:
    """List what can be told."""
    changes = ", ".join(event_types.CHANGES)
    rows = [*event_types.TYPES.items(), ("OBJECT.CHANGE", f"A record was {changes} by a workflow.")]
    say_table(("TYPE", "WHEN"), rows)


@events.command()
@click.argument("name")
@click.argument("address", metavar="URL")
@click.option("--type", "kinds", multiple=True, help="Only these, such as run.failed or invoice.*.")
@click.option("--workflow", "workflows", multiple=True, help="Only of these workflows.")
def subscribe(name: str, address: str, kinds: tuple[str, ...], workflows: tuple[str, ...]) -> None:
    """Post events to URL from now on, and print the secret that proves them.

    The deliveries are CloudEvents 1.0, signed as Standard Webhooks says.
    """
    services = open_installation()
    secret = subscribers.add(
        services, name, address, types=kinds, workflows=workflows, actor=person.name()
    )
    click.echo(f"{name} is told from now on.")
    if secret:
        click.echo(f"Its secret is shown this once: {secret}")
    click.echo(f"Try it: intacct events test {name}")


@events.command("list")
@_JSON
def list_(*, as_json: bool) -> None:
    """List who is told, of what, and what they are still owed."""
    found = open_installation().database.read(subscribers.listed)
    if as_json:
        say_json([one.to_document() for one in found])
        return
    rows = [
        (
            one.name,
            one.target,
            ", ".join(one.types) or "everything",
            ", ".join(one.workflows) or "all",
            one.state,
            one.waiting,
            one.dead,
            one.problem,
        )
        for one in found
    ]
    titles = ("NAME", "ADDRESS", "TYPES", "WORKFLOWS", "STATE", "WAITING", "GIVEN UP", "PROBLEM")
    say_table(titles, rows)


@events.command()
@click.argument("name")
def remove(name: str) -> None:
    """Tell NAME nothing any more, not even what waits for it."""
    subscribers.remove(open_installation(), name, actor=person.name())
    click.echo(f"{name} is told nothing any more.")


@events.command()
@click.argument("name")
def stop(name: str) -> None:
    """Keep nothing more for NAME until it is resumed; what waits goes on waiting."""
    subscribers.set_state(open_installation(), name, subscribers.STOPPED, actor=person.name())
    click.echo(f"{name} is stopped.")


@events.command()
@click.argument("name")
def resume(name: str) -> None:
    """Tell NAME again, beginning with what waited."""
    subscribers.set_state(open_installation(), name, ACTIVE, actor=person.name())
    click.echo(f"{name} is told again.")


@events.command("new-secret")
@click.argument("name")
@click.option("--forget-old", is_flag=True, help="Sign with the newest secret alone from now on.")
def new_secret(name: str, *, forget_old: bool) -> None:
    """Give NAME a new secret; deliveries carry both signatures until --forget-old."""
    services = open_installation()
    if forget_old:
        subscribers.forget_previous_secret(services, name, actor=person.name())
        click.echo("Deliveries are signed with the newest secret alone.")
        return
    secret = subscribers.renew_secret(services, name, actor=person.name())
    click.echo(f"The new secret is shown this once: {secret}")
    click.echo("The one before holds, too, until you run this again with --forget-old.")


@events.command()
@click.argument("name")
def test(name: str) -> None:
    """Send NAME a test event now and say what it answered."""
    attempt = sending.try_out(open_installation(), name)
    if not attempt.is_delivered:
        raise ConnectorError(
            attempt.note, advice="Correct the address or the receiver, then try it again."
        )
    click.echo(f"{name} has it.")


@events.command("deliveries")
@click.option("--name", default="", help="Only those to this subscriber.")
@click.option("--state", type=click.Choice((WAITING, DELIVERED, DEAD)), help="Only these.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@_JSON
def deliveries_(*, name: str, state: str | None, limit: int, as_json: bool) -> None:
    """List what was told to whom, the newest first; dead is what was given up."""
    services = open_installation()
    found = services.database.read(
        lambda c: deliveries.listed(c, name=name, state=state or "", limit=limit)
    )
    if as_json:
        say_json([one.to_document() for one in found])
        return
    rows = [
        (
            one.event_id,
            one.type,
            one.subscriber,
            one.state,
            one.attempts,
            _moment(one.happened_at),
            _moment(one.due_at),
            one.note,
        )
        for one in found
    ]
    say_table(("EVENT", "TYPE", "NAME", "STATE", "TRIES", "HAPPENED", "NEXT TRY", "PROBLEM"), rows)


@events.command("send-again")
@click.argument("event_id", metavar="EVENT")
def send_again(event_id: str) -> None:
    """Deliver an event once more to those for whom it was given up."""
    many = deliveries.send_again(open_installation(), event_id, actor=person.name())
    click.echo(f"It goes to {many} {'subscriber' if many == 1 else 'subscribers'} again.")


def _moment(milliseconds: int | None) -> str:
    if milliseconds is None:
        return ""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
