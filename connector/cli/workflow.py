"""``intacct workflow``: check, publish and map workflow files; the group of all its commands."""

from __future__ import annotations

from typing import IO

import click

from connector.cli import person, rehearse, workflow_files, workflow_states, workflow_templates
from connector.cli.opened import open_installation
from connector.cli.output import say_json
from connector.cli.workflow_files import read_file, read_text
from connector.errors import InputError
from connector.registry import load
from connector.runtime import workflows
from connector.workflow import mapping, model, sheets, validation
from connector.workflow.model import Workflow
from connector.workflow.validation import Report, Surroundings

_AUTHOR = click.option("--as", "actor", metavar="NAME", help="Who publishes; your user name.")


@click.group()
def workflow() -> None:
    """Check, publish, compare and move workflows."""


@workflow.command()
@click.argument("file", type=click.File("rb"))
def validate(file: IO[bytes]) -> None:
    """Say whether FILE is a workflow that can run, and what it will cost."""
    definition = _read(file)
    report = validation.validate(definition, Surroundings(load()))
    _say(report)
    report.raise_errors()
    click.echo(f"{definition.name}: {len(definition.steps)} steps, ready to be published.")


@workflow.command()
@click.argument("file", type=click.File("rb"))
@_AUTHOR
@click.option("--note", default="", help="What this version is for.")
def apply(file: IO[bytes], actor: str | None, note: str) -> None:
    """Publish FILE under its name; the same content stays one version."""
    services = open_installation()
    definition = _read(file)
    report = validation.validate(definition, workflows.surroundings(services))
    _say(report)
    report.raise_errors()
    who = actor or person.name()
    published = workflows.publish(services.database, definition, actor=who, note=note)
    click.echo(f"{definition.name} is published as version {published.version}.")


@workflow.command("mapping")
@click.argument("file", type=click.File("rb"))
@click.argument("step")
@click.option("--csv", "table", type=click.File("rb"), help="Put this table in its place.")
def mapping_(file: IO[bytes], step: str, table: IO[bytes] | None) -> None:
    """Print the inputs of STEP as a mapping table in CSV.

    With --csv the workflow is printed, as JSON, with the inputs that the table gives.
    """
    definition = _read(file)
    places = {found.id: (place, found) for place, found in definition.every_step()}
    if step not in places:
        raise InputError(f"There is no step '{step}'.", advice=f"There is: {', '.join(places)}.")
    place, found = places[step]
    if table is None:
        click.echo(sheets.to_csv(mapping.to_rows(found.config)), nl=False)
        return
    config = mapping.to_config(sheets.from_csv(read_text(table)))
    document = definition.to_document()
    _at(document, place)["config"] = config
    say_json(model.parse(document).to_document())


def _at(document: object, place: str) -> dict[str, object]:
    """Return the part of a document that a place such as ``steps[1].steps[0]`` names."""
    found: object = document
    for part in place.replace("]", "").replace("[", ".").split("."):
        if isinstance(found, list):
            found = found[int(part)]
        elif isinstance(found, dict):
            found = found[part]
    assert isinstance(found, dict)  # noqa: S101 - places name steps, and steps are groups
    return found


def _say(report: Report) -> None:
    for finding in report.findings:
        kind = "error" if finding.is_error else "warning"
        click.echo(f"{kind}: {finding.field}: {finding.title} {finding.advice}".rstrip(), err=True)
    click.echo(f"cost: {report.cost.sentence}", err=True)


def _read(file: IO[bytes]) -> Workflow:
    return model.parse(read_file(file).document)


for command in (
    *workflow_states.COMMANDS,
    *workflow_files.COMMANDS,
    *workflow_templates.COMMANDS,
    *rehearse.COMMANDS,
):
    workflow.add_command(command)
