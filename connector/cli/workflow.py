"""``intacct workflow``: check and publish workflow files."""

from __future__ import annotations

from typing import IO

import click

from connector.cli.opened import open_installation
from connector.errors import InputError
from connector.registry import Registry, load
from connector.runtime import workflows
from connector.workflow import model, yaml_loader
from connector.workflow.model import Workflow


@click.group()
def workflow() -> None:
    """Check and publish workflows."""


@workflow.command()
@click.argument("file", type=click.File("rb"))
def validate(file: IO[bytes]) -> None:
    """Say whether FILE is a workflow that can run."""
    definition = _read(file, load())
    click.echo(f"{definition.name}: {len(definition.steps)} steps, ready to be published.")


@workflow.command()
@click.argument("file", type=click.File("rb"))
def apply(file: IO[bytes]) -> None:
    """Publish FILE under its name; the same content stays one version."""
    services = open_installation()
    definition = _read(file, services.registry)
    for name in {definition.trigger.connection, *(step.connection for step in definition.steps)}:
        services.connection_named(name)
    published = workflows.publish(services.database, definition, actor="cli")
    click.echo(f"{definition.name} is published as version {published.version}.")


def _read(file: IO[bytes], registry: Registry) -> Workflow:
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("The workflow file is not UTF-8 text.") from None
    definition = model.parse(yaml_loader.load(text))
    trigger = registry.trigger(definition.trigger.type)
    trigger.form.check(definition.trigger.config)
    for step in definition.steps:
        registry.action(step.type)
    return definition
