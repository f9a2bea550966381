"""``intacct approvals``: what waits for somebody's yes."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from connector.cli import person
from connector.cli.opened import open_installation
from connector.cli.output import say_json, say_table
from connector.runtime import approvals as kept

_STATES = (kept.PENDING, kept.APPROVED, kept.REFUSED, kept.EXPIRED, kept.VOID)
_WHO = click.option("--as", "approver", metavar="NAME", help="Who decides; your user name.")
_REASON = click.option("--reason", default="", help="Why; it is shown with the run.")


@click.group()
def approvals() -> None:
    """Approve or refuse what workflows ask for."""


@approvals.command("list")
@click.option("--state", type=click.Choice(_STATES), default=kept.PENDING, show_default=True)
def list_(state: str) -> None:
    """List approvals, the oldest first."""
    found = open_installation().database.read(lambda c: kept.listed(c, state))
    rows = [(item.id, item.title, item.workflow, _moment(item.expires_at)) for item in found]
    say_table(("APPROVAL", "WHAT", "WORKFLOW", "UNTIL"), rows)


@approvals.command()
@click.argument("approval_id")
def show(approval_id: str) -> None:
    """Print exactly what is asked for, as JSON."""
    found = open_installation().database.read(lambda c: kept.one(c, approval_id))
    say_json(kept.as_document(found))


@approvals.command()
@click.argument("approval_id")
@_WHO
@_REASON
@click.option("--seen", default="", help="The fingerprint that 'show' printed.")
def approve(approval_id: str, approver: str | None, reason: str, seen: str) -> None:
    """Say yes; not for whoever wrote the workflow or started the run."""
    _decide(approval_id, approver, reason, seen, is_approved=True)


@approvals.command()
@click.argument("approval_id")
@_WHO
@_REASON
def refuse(approval_id: str, approver: str | None, reason: str) -> None:
    """Say no; the step fails."""
    _decide(approval_id, approver, reason, "", is_approved=False)


def _decide(
    approval_id: str, approver: str | None, reason: str, seen: str, *, is_approved: bool
) -> None:
    state = kept.decide(
        open_installation(),
        approval_id,
        approver=approver or person.name(),
        is_approved=is_approved,
        reason=reason,
        fingerprint=seen,
    )
    click.echo(
        "Noted; others have to approve it, too." if state == kept.PENDING else f"It is {state}."
    )


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M")
