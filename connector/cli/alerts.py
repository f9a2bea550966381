"""``intacct alerts``: who is told of troubles, by mail or at a web address."""

from __future__ import annotations

import click

from connector.cli import events, person
from connector.cli.opened import open_installation
from connector.cli.output import say_table
from connector.operations import alerts as told
from connector.operations import subscribers
from connector.operations.mail import MailSettings


@click.group()
def alerts() -> None:
    """Be told of troubles: once for each cause, and when it is over."""


@alerts.command()
@click.argument("name")
@click.argument("target", metavar="ADDRESS")
@click.option("--workflow", "workflows", multiple=True, help="Only troubles of these workflows.")
def add(name: str, target: str, workflows: tuple[str, ...]) -> None:
    """Tell ADDRESS, a mail address or an https address, of troubles from now on."""
    services = open_installation()
    secret = subscribers.add(
        services, name, target, types=told.TYPES, workflows=workflows, actor=person.name()
    )
    click.echo(f"{name} is told of troubles from now on.")
    if secret:
        click.echo(f"Its secret is shown this once: {secret}")
    elif not MailSettings.read().host:
        click.echo("No mail server is set yet: see INTACCT_SMTP_HOST in 'intacct alerts mail'.")
    click.echo(f"Try it: intacct alerts test {name}")


@alerts.command("list")
def list_() -> None:
    """List who is told of troubles."""
    found = open_installation().database.read(subscribers.listed)
    rows = [
        (one.name, one.target, ", ".join(one.workflows) or "all", one.state, one.problem)
        for one in found
        if not one.types or told.OPENED in one.types or "issue.*" in one.types
    ]
    say_table(("NAME", "ADDRESS", "WORKFLOWS", "STATE", "PROBLEM"), rows)


@alerts.command()
def mail() -> None:
    """Print the mail server of this installation; its password is not shown."""
    found = MailSettings.read()
    rows = [
        ("INTACCT_SMTP_HOST", found.host),
        ("INTACCT_SMTP_PORT", found.port),
        ("INTACCT_SMTP_SECURITY", found.security),
        ("INTACCT_SMTP_USER", found.user),
        ("INTACCT_SMTP_PASSWORD", "•••" if found.password else ""),
        ("INTACCT_SMTP_FROM", found.sender),
    ]
    say_table(("SETTING", "VALUE"), rows)


alerts.add_command(events.remove)
alerts.add_command(events.test)
