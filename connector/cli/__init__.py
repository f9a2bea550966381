"""The command line: parse, call, print."""

from __future__ import annotations

import sys

import click

from connector.cli import (
    action,
    agent,
    alerts,
    approvals,
    audit,
    catalog,
    connections,
    database,
    doctor,
    effects,
    events,
    export,
    finding,
    installation,
    issues,
    keys,
    pausing,
    processes,
    replay,
    retention,
    reverse,
    runs,
    sandbox,
    start,
    sync,
    triggers,
    usage,
    users,
    workflow,
)
from connector.errors import ConnectorError


class _Commands(click.Group):
    """Turns every error meant for people into a sentence and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ConnectorError as error:
            say_problem(error)
            ctx.exit(2)


def say_problem(error: ConnectorError) -> None:
    """Print what happened and what to do next, on standard error."""
    field = f" [{error.field}]" if error.field and error.field not in error.title else ""
    click.echo(f"{error.title}{field}", err=True)
    if error.advice:
        click.echo(error.advice, err=True)
    if error.code or error.support_id:
        parts = [f"code {error.code}"] if error.code else []
        parts += [f"support id {error.support_id}"] if error.support_id else []
        click.echo(f"({', '.join(parts)})", err=True)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sage-intacct-connector", prog_name="intacct")
def commands() -> None:
    """Sage Intacct for workflow automation: nothing twice, nothing lost."""


for command in (
    start.run,
    start.demo,
    processes.web,
    processes.worker,
    processes.beat,
    sandbox.sandbox,
    catalog.catalog,
    action.action,
    agent.mcp,
    connections.connections,
    workflow.workflow,
    runs.runs,
    issues.issues,
    replay.replay,
    retention.prune,
    effects.effects,
    approvals.approvals,
    triggers.triggers,
    events.events,
    alerts.alerts,
    sync.sync_,
    export.export_,
    usage.usage_,
    installation.settings,
    database.database,
    audit.audit,
    keys.keys,
    doctor.doctor,
    users.users,
):
    commands.add_command(command)
runs.runs.add_command(finding.find)
runs.runs.add_command(reverse.reverse)
for command in (pausing.pause, pausing.resume):
    workflow.workflow.add_command(command)


def main() -> None:
    """Run the command that was typed."""
    sys.exit(commands(standalone_mode=True))
