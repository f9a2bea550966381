"""``intacct runs find``: runs by what people know of them."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import click

from connector.cli.opened import open_installation
from connector.cli.output import say_json, say_table
from connector.errors import InputError
from connector.operations import search
from connector.operations.search import Wanted

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_DAY_LENGTH = len("2026-03-31")


@click.command()
@click.option("--state", "states", multiple=True, help="Such as failed; may be given often.")
@click.option("--workflow", default="", help="The workflow's name.")
@click.option("--connection", default="", help="Of workflows over this connection.")
@click.option("--since", default="", help="Begun then or later: 2026-03-31, or 24h, or 7d ago.")
@click.option("--until", default="", help="Begun before: 2026-04-01, or 24h ago.")
@click.option("--once", default="", help="The business key, such as the deal's id.")
@click.option("--reference", default="", help="Invoice number, record number or customer id.")
@click.option("--event", default="", help="The event's id at its source.")
@click.option("--control", default="", help="A control id or idempotency key of a write.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, search.MOST))
@click.option("--after", default="", help="Where the page before ended.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def find(  # noqa: PLR0913 - one option for each thing people know
    *,
    states: tuple[str, ...],
    workflow: str,
    connection: str,
    since: str,
    until: str,
    once: str,
    reference: str,
    event: str,
    control: str,
    limit: int,
    after: str,
    as_json: bool,
) -> None:
    """Find runs, newest first."""
    wanted = Wanted(
        states=states,
        workflow=workflow,
        connection=connection,
        since_ms=moment(since, "since"),
        until_ms=moment(until, "until"),
        once=once,
        reference=reference,
        event=event,
        control=control,
    )
    database = open_installation().database
    page = database.read(lambda c: search.find(c, wanted, limit=limit, after=after))
    if as_json:
        say_json({"runs": [dataclasses.asdict(one) for one in page.lines], "next": page.next})
        return
    rows = [
        (one.id, one.state, shown(one.created_at), one.workflow, one.once) for one in page.lines
    ]
    say_table(("RUN", "STATE", "STARTED", "WORKFLOW", "FOR"), rows)
    if page.next:
        click.echo(f"There are more: --after {page.next}", err=True)


def moment(text: str, name: str) -> int | None:
    """Return a day or an age as milliseconds since 1970 (UTC), None for no text.

    Raises:
        InputError: It is neither.
    """
    if not text:
        return None
    count, unit = text[:-1], text[-1]
    try:
        if unit in _UNITS and count.isascii() and count.isdigit():
            found = datetime.now(UTC) - timedelta(**{_UNITS[unit]: int(count)})
        elif len(text) < _DAY_LENGTH or text[4] != "-":
            raise ValueError  # noqa: TRY301 - the forms that people mix up
        else:
            given = datetime.fromisoformat(text)
            found = given.astimezone(UTC) if given.tzinfo else given.replace(tzinfo=UTC)
        return int(found.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise InputError(
            f"'{text}' is no time.", advice="Write 2026-03-31, 2026-03-31T08:00 or 24h.", field=name
        ) from None


def shown(milliseconds: int) -> str:
    """Return a time as people read it, in UTC."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
