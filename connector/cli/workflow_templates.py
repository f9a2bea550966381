"""``intacct workflow templates|new``: workflows to start from."""

from __future__ import annotations

from typing import Any

import click

from connector.cli import person
from connector.cli.opened import open_installation
from connector.cli.output import say_json, say_table
from connector.errors import ConnectorError, InputError
from connector.workbench import drafts, templates
from connector.workbench.templates import Template


@click.command("templates")
@click.argument("key", metavar="[TEMPLATE]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def templates_(key: str | None, *, as_json: bool) -> None:
    """List the templates, or say what one of them needs."""
    found = [templates.template(key)] if key else list(templates.every())
    if as_json:
        say_json([_document(one) for one in found])
    elif key:
        _say(found[0])
    else:
        say_table(("TEMPLATE", "WHAT IT DOES"), [(one.key, one.summary) for one in found])


@click.command()
@click.argument("key", metavar="TEMPLATE")
@click.option("--name", default="", help="What the workflow is called; the template's title.")
@click.option(
    "--bind", "bound", multiple=True, metavar="ITS=YOURS", help="The connection to use for one."
)
@click.option("--set", "given", multiple=True, metavar="KEY=VALUE", help="Fill in a setting.")
@click.option("--publish", "is_published", is_flag=True, help="Publish it at once.")
@click.option("--as", "actor", metavar="NAME", help="Who does it; your user name.")
def new(
    key: str,
    name: str,
    bound: tuple[str, ...],
    given: tuple[str, ...],
    actor: str | None,
    *,
    is_published: bool,
) -> None:
    """Begin a workflow from TEMPLATE: a draft, which runs once it is published."""
    services = open_installation()
    who = actor or person.name()
    draft = templates.begin(
        services,
        key,
        actor=who,
        name=name,
        connections=_pairs(bound, "--bind"),
        settings=_pairs(given, "--set"),
    )
    if not is_published:
        click.echo(f"{draft.name} is a draft now; publish it to let it run.")
        return
    try:
        published = drafts.publish(
            services, draft.workflow_id, revision=draft.revision, actor=who, note=f"From {key}"
        )
    except ConnectorError:
        # What cannot be published was not asked for as a draft, and would only pile up.
        drafts.discard(services.database, draft.workflow_id, revision=draft.revision, actor=who)
        raise
    click.echo(f"{draft.name} is published as version {published.version}.")


def _pairs(texts: tuple[str, ...], option: str) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if any(not name or not sign for name, sign, _ in pairs):
        raise InputError(f"{option} takes a name, = and a value.", advice="See --help.")
    return {name.strip(): value for name, _, value in pairs}


def _say(found: Template) -> None:
    click.echo(f"{found.title}\n{found.summary}\n\n{found.setup}\n")
    needs = [(need.name, need.kind, need.help) for need in found.needs]
    say_table(("CONNECTION", "KIND", "WHAT FOR"), needs)
    click.echo()
    settings = [(one.key, one.default, one.help) for one in found.settings]
    say_table(("SETTING", "DEFAULT", "WHAT IT IS"), settings)
    for place, why in found.warnings.items():
        click.echo(f"\nA warning at {place} is meant to be: {why}")


def _document(found: Template) -> dict[str, Any]:
    return {
        "key": found.key,
        "title": found.title,
        "summary": found.summary,
        "setup": found.setup,
        "connections": [vars(need) for need in found.needs],
        "settings": [vars(setting) for setting in found.settings],
        "warnings": dict(found.warnings),
    }


COMMANDS = (templates_, new)
