"""``intacct connections``: whose books, and who calls."""

from __future__ import annotations

import json
from typing import IO, Any

import click

import schemas
from connector.cli.opened import open_installation
from connector.cli.output import say_table
from connector.connections import oauth, sql_databases
from connector.connections.grants import GrantRow
from connector.connections.layers import Examination
from connector.connections.oauth import Answer
from connector.connections.store import ConnectionRow
from connector.connections.warnings import warnings_of
from connector.errors import InputError
from connector.runtime import checks
from connector.runtime.consents import TERMINAL, Consents
from connector.runtime.services import HUBSPOT, INTACCT, Services
from connector.surfaces.catalog import KINDS


@click.group()
def connections() -> None:
    """Add, list, change, connect and test connections."""


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
    click.echo(f"Connection {row.name} is kept.")
    if _needs_consent(row):
        click.echo(f"Let an administrator allow it: intacct connections authorize {row.name}")
    click.echo(f"Test it with: intacct connections test {row.name}")
    if kind == HUBSPOT:
        address = f"{services.settings.public_url}/hooks/{row.hook_token}"
        click.echo(f"HubSpot sends its webhooks to: {address}")


@connections.command("change")
@click.argument("name")
@click.option(
    "--input",
    "source",
    type=click.File("rb"),
    required=True,
    help="What is new, as JSON; an empty text clears a setting, a missing one stays.",
)
def change(name: str, *, source: IO[bytes]) -> None:
    """Change some settings of a connection; it counts as ready again."""
    services = open_installation()
    row = services.connection_named(name)
    values = {**row.settings, **_read(source)}
    services.connections.update(row.id, values, actor="cli")
    services.resume_waiting()
    click.echo(f"Connection {row.name} is changed. Test it: intacct connections test {row.name}")


@connections.command("list")
def list_() -> None:
    """List the connections, without their secrets, and what to know about them."""
    services = open_installation()
    rows = services.connections.list()
    grants = {row.id: services.grants.view(row.id) for row in rows}
    say_table(
        ("NAME", "KIND", "COMPANY", "ENTITY", "STATE", "ACCESS ENDS"),
        [_line(row, grants[row.id]) for row in rows],
    )
    for row in rows:
        problem = row.problem or {}
        for sentence in (problem.get("title"), problem.get("advice")):
            if sentence:
                click.echo(f"{row.name}: {sentence}")
        for sentence in warnings_of(row, rows, grants):
            click.echo(f"{row.name}: {sentence}")


@connections.command("test")
@click.argument("name")
@click.option(
    "--object",
    "object_name",
    default=checks.CUSTOMER,
    show_default=True,
    help="What to read, such as invoice.",
)
def test(name: str, *, object_name: str) -> None:
    """Sign in over the connection and say, layer by layer, what answered."""
    services = open_installation()
    row = services.connection_named(name)
    if row.kind == HUBSPOT:
        click.echo(checks.check_hubspot(services, row))
        return
    if row.kind == sql_databases.KIND:
        click.echo(checks.check_database(services, row))
        return
    if row.kind != INTACCT:
        raise InputError(
            f"A connection of the kind {row.kind} cannot be tested by itself.",
            advice="Try a step of a workflow that uses it, or let the other side post an event.",
        )
    found = checks.examine(services, row, object_name)
    for one in found:
        _say(one)
    if not all(one.is_well for one in found):
        raise click.exceptions.Exit(2)
    entity = row.settings.get("entityId")
    where = f"at the entity {entity}" if entity else "at the top level"
    click.echo(
        f"Intacct answered; the user works in the company {row.settings['companyId']} {where}."
    )


@connections.command("authorize")
@click.argument("name")
@click.option(
    "--redirect-url",
    default="",
    help="Where Intacct sends the browser, exactly as registered with Sage; else this "
    "installation's own /oauth/callback.",
)
def authorize(name: str, *, redirect_url: str) -> None:
    """Let a person allow NAME to use Intacct, in any browser, and paste what comes back."""
    services = open_installation()
    consents = Consents(services)
    row = services.connection_named(name)
    question = consents.begin(row, caller=TERMINAL, actor="cli", redirect_url=redirect_url)
    click.echo("Open this address in a browser, sign in to Intacct and allow the access:")
    click.echo(question.url)
    click.echo("Then copy the address of the page you land on, even if it does not load.")
    answer = oauth.read_answer(click.prompt("Address or code"))
    if answer.state and answer.state != question.state:
        raise InputError(
            "This answer belongs to another question.",
            advice="Begin again, and paste what came of the address above.",
        )
    done = consents.finish(Answer(answer.code, question.state), caller=TERMINAL)
    ends = f" The access ends in {done.grant.days_left} days unless it is used."
    click.echo(f"Connection {row.name} is connected.{ends if done.grant.ends_at else ''}")
    _say_warnings(services, done.connection)


def _needs_consent(row: ConnectionRow) -> bool:
    return bool(row.settings.get("clientId")) and not row.settings.get("oauthUserId")


def _line(row: ConnectionRow, grant: GrantRow) -> tuple[str, ...]:
    company = row.settings.get("companyId", "")
    if row.settings.get("environment") == "sandbox":
        company += " (sandbox)"
    ends = f"in {grant.days_left} days" if grant.ends_at and _needs_consent(row) else ""
    return row.name, row.kind, company, row.settings.get("entityId", ""), row.state, ends


def _say(one: Examination) -> None:
    click.echo(f"{one.title} ({one.milliseconds} ms)")
    for layer in one.passed:
        click.echo(f"  {layer}: accepted")
    if one.problem is None:
        return
    click.echo(f"  {one.refused}: {one.problem.title}")
    click.echo(f"  {one.remedy}")
    said = [("code", one.problem.code), ("support id", one.problem.support_id)]
    for what, text in said:
        if text:
            click.echo(f"  {what} {text}")


def _say_warnings(services: Services, row: ConnectionRow) -> None:
    rows = services.connections.list()
    grants = {one.id: services.grants.view(one.id) for one in rows}
    for sentence in warnings_of(row, rows, grants):
        click.echo(sentence)


def _read(source: IO[bytes]) -> dict[str, Any]:
    try:
        values = json.loads(source.read())
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise InputError("The settings are not a JSON object.")
    return values


def _ask(kind: str) -> dict[str, str]:
    """Ask for the settings, part by part where the form has parts."""
    form = schemas.resolve(f"connections/{kind}.json")
    groups = form.get("x-form", {}).get("groups") or [{"fields": list(form["properties"])}]
    required = form.get("required", [])
    values: dict[str, str] = {}
    for group in groups:
        if "complete" in group and not click.confirm(f"{group['title']}?", default=True):
            continue
        for name in group["fields"]:
            is_needed = name in required or name in group.get("complete", ())
            values[name] = _ask_for(form["properties"][name], is_needed=is_needed)
    return values


def _ask_for(field: dict[str, Any], *, is_needed: bool) -> str:
    answer: str = click.prompt(
        field["title"],
        default=None if is_needed else str(field.get("default", "")),
        hide_input=bool(field.get("writeOnly")),
        show_default=bool(field.get("default")),
    )
    return answer
