"""``intacct catalog``: what the component can do."""

from __future__ import annotations

import click

from connector import registry
from connector.cli.output import say_json, say_table
from connector.surfaces import catalog as surface


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print everything, for machines.")
def catalog(*, as_json: bool) -> None:
    """List actions, triggers and data sources."""
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
