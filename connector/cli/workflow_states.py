"""``intacct workflow list|history|restore|enable|disable|unpublish|delete``."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from connector.cli import person, workflow_names
from connector.cli.opened import open_installation
from connector.cli.output import say_json, say_table
from connector.errors import InputError
from connector.workbench import drafts, history, states

_AUTHOR = click.option("--as", "actor", metavar="NAME", help="Who does it; your user name.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command("list")
@_JSON
def list_(*, as_json: bool) -> None:
    """List the workflows, and the drafts of new ones."""
    database = open_installation().database
    lines = database.read(states.lines)
    known = {line.id for line in lines}
    new = [draft for draft in drafts.all_drafts(database) if draft.workflow_id not in known]
    if as_json:
        say_json(
            [line.to_document() for line in lines]
            + [
                {"id": draft.workflow_id, "name": draft.name, "state": "draft", "has_draft": True}
                for draft in new
            ]
        )
        return
    rows = [
        (
            line.name,
            line.state,
            line.version or "-",
            day(line.changed_at),
            line.changed_by,
            "yes" if line.has_draft else "",
        )
        for line in lines
    ]
    rows += [
        (
            draft.name or draft.workflow_id,
            "new",
            "-",
            day(draft.changed_at),
            draft.changed_by,
            "yes",
        )
        for draft in new
    ]
    say_table(("NAME", "STATE", "VERSION", "CHANGED", "BY", "DRAFT"), rows)


@click.command("history")
@click.argument("name")
@_JSON
def history_(name: str, *, as_json: bool) -> None:
    """List the versions of NAME: who published each, when and why."""
    database = open_installation().database
    found = history.versions(database, workflow_names.find(database, name).line.id)
    if as_json:
        say_json([version.to_document() for version in found])
        return
    rows = [
        (
            version.number,
            day(version.at),
            version.author,
            "published" if version.is_published else "",
            version.note,
        )
        for version in found
    ]
    say_table(("VERSION", "PUBLISHED", "BY", "STATE", "NOTE"), rows)


@click.command()
@click.argument("name", metavar="NAME@VERSION")
@click.option("--publish", "is_published", is_flag=True, help="Publish it at once.")
@click.option("--note", default="", help="What the new version is for.")
@_AUTHOR
def restore(name: str, note: str, actor: str | None, *, is_published: bool) -> None:
    """Make a draft of an old version; the history itself never changes."""
    services = open_installation()
    meant = workflow_names.find(services.database, name)
    if meant.version is None:
        raise InputError("Which version?", advice="Write NAME@VERSION, such as 'Orders@3'.")
    who = actor or person.name()
    draft = history.restore(services.database, meant.line.id, meant.version, actor=who)
    if not is_published:
        click.echo(f"A draft of {meant.line.name} now says what version {meant.version} said.")
        return
    words = note or f"Version {meant.version} restored."
    found = drafts.publish(services, meant.line.id, revision=draft.revision, actor=who, note=words)
    click.echo(f"{meant.line.name} is published as version {found.version}.")


@click.command()
@click.argument("name")
@_AUTHOR
def enable(name: str, actor: str | None) -> None:
    """Let NAME work again with the version it had."""
    database = open_installation().database
    line = workflow_names.find(database, name).line
    states.enable(database, line.id, actor=actor or person.name())
    click.echo(f"{line.name} works again with version {line.version}.")


@click.command()
@click.argument("name")
@_AUTHOR
def disable(name: str, actor: str | None) -> None:
    """Let nothing start NAME until it is enabled; runs that have begun go on."""
    database = open_installation().database
    line = workflow_names.find(database, name).line
    states.disable(database, line.id, actor=actor or person.name())
    click.echo(f"Nothing starts {line.name} any more. Events that come now are not kept for it.")


@click.command()
@click.argument("name")
@_AUTHOR
def unpublish(name: str, actor: str | None) -> None:
    """Take NAME back; only publishing makes it work again."""
    database = open_installation().database
    line = workflow_names.find(database, name).line
    states.unpublish(database, line.id, actor=actor or person.name())
    click.echo(f"{line.name} is not published any more.")


@click.command()
@click.argument("name")
@_AUTHOR
@click.confirmation_option(
    prompt="It disappears from all lists; its runs and the audit trail stay. Delete it?"
)
def delete(name: str, actor: str | None) -> None:
    """Take NAME out of all lists; what it did stays on record."""
    database = open_installation().database
    line = workflow_names.find(database, name).line
    states.delete(database, line.id, actor=actor or person.name())
    click.echo(f"{line.name} is deleted.")


def day(at_ms: int) -> str:
    """Return a moment as lists show it, in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M")


COMMANDS = (list_, history_, restore, enable, disable, unpublish, delete)
