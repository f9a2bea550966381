"""``intacct connections``: whose books, and who calls."""

from __future__ import annotations

import json
from typing import IO, Any

import click

import schemas
from connector.cli.opened import open_installation
from connector.cli.output import say_table
from connector.errors import InputError
from connector.runtime import checks
from connector.surfaces.catalog import KINDS


@click.group()
def connections() -> None:
    """Add, list and test connections."""


@connections.command("add")
@click.argument("name")
@click.option("--kind", type=click.Choice(KINDS), default=KINDS[0], show_default=True)
@click.option(
    "--input", "source", type=click.File("rb"), help="The settings as JSON; asked for if missing."
)
def add(name: str, *, kind: str, source: IO[bytes] | None) -> None:
    """Keep a connection under NAME; passwords are encrypted at rest."""
    services = open_installation()
    values = _read(source) if source else _ask(kind)
    row = services.connections.add(kind, name, values, actor="cli")
    click.echo(f"Connection {row.name} is kept. Test it with: intacct connections test {row.name}")
    if kind == "hubspot":
        address = f"{services.settings.public_url}/hooks/{row.hook_token}"
        click.echo(f"HubSpot sends its webhooks to: {address}")


@connections.command("list")
def list_() -> None:
    """List the connections, without their secrets."""
    rows = open_installation().connections.list()
    say_table(("NAME", "KIND", "STATE"), [(row.name, row.kind, row.state) for row in rows])


@connections.command("test")
@click.argument("name")
def test(name: str) -> None:
    """Sign in over the connection and say what answered."""
    services = open_installation()
    click.echo(checks.test_connection(services, services.connection_named(name)))


def _read(source: IO[bytes]) -> dict[str, Any]:
    try:
        values = json.loads(source.read())
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise InputError("The settings are not a JSON object.")
    return values


def _ask(kind: str) -> dict[str, str]:
    form = schemas.resolve(f"connections/{kind}.json")
    required = form.get("required", [])
    values: dict[str, str] = {}
    for name, field in form["properties"].items():
        given = click.prompt(
            field["title"],
            default=None if name in required else str(field.get("default", "")),
            hide_input=bool(field.get("writeOnly")),
            show_default=bool(field.get("default")),
        )
        values[name] = given
    return values
