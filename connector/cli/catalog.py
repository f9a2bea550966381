"""``intacct catalog``: what the component can do."""

from __future__ import annotations

import click

from connector import registry
from connector.cli.output import say_json, say_table
from connector.surfaces import catalog as surface


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print everything, for machines.")
@click.option("--changes", is_flag=True, help="Print what came with which version.")
def catalog(*, as_json: bool, changes: bool) -> None:
    """List actions, triggers and data sources."""
    if changes:
        _say_changes()
        return
    installed = registry.load()
    if as_json:
        say_json(surface.catalog(installed))
        return
    rows = [
        (item.key, "reads" if item.effect == "read" else "writes", item.description)
        for item in installed.actions.values()
    ]
    rows += [(item.key, "starts", item.description) for item in installed.triggers.values()]
    rows += [(item.key, "lists", item.description) for item in installed.data_sources.values()]
    say_table(("KEY", "DOES", "WHAT"), rows)
    newest = surface.changelog()[0]
    click.echo(f"\nVersion {newest['version']}; what it brought: intacct catalog --changes")
    click.echo(f"Sage's own documentation: {surface.DOCUMENTATION}")


def _say_changes() -> None:
    for release in surface.changelog():
        click.echo(release["version"])
        for change in release["changes"]:
            click.echo(f"- {change}")
