"""``intacct workflow dry-run`` and its kin: see what would happen, approve it, then let it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import click

from connector.cli import person
from connector.cli.opened import open_installation
from connector.cli.output import say_json, say_table
from connector.cli.rehearsal_words import say_comparison, say_rehearsal, say_step
from connector.errors import InputError, NotFound
from connector.runtime import history, workflows
from connector.runtime.services import Services
from connector.workbench import comparison, plans, trial
from connector.workbench.rehearsal import rehearse
from connector.workbench.stage import SHOWN_ITEMS
from connector.workflow import model, yaml_loader
from connector.workflow.model import Workflow

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_EVENT = click.option("--event", type=click.File("rb"), help="A file with the event, as JSON.")
_RUN = click.option("--run", "run_id", help="Take the event of this run.")
_WHO = click.option("--as", "actor", metavar="NAME", help="Who; your user name.")
_LARGEST_FILE = 6 * 1024 * 1024


@click.command("dry-run")
@click.argument("workflow")
@_EVENT
@_RUN
@click.option("--samples", type=click.File("rb"), help="Results of steps, as JSON, by step.")
@click.option("--items", type=click.IntRange(1, 10_000), default=SHOWN_ITEMS, show_default=True,
              help="How many items of each loop are rehearsed.")  # fmt: skip
@click.option("--compare", "other", metavar="RUN", help="Put it beside this run.")
@click.option("--requests", "has_requests", is_flag=True, help="Show the exact requests, too.")
@_JSON
def dry_run(  # noqa: PLR0913 - each is an option of the command
    workflow: str,
    *,
    event: IO[bytes] | None,
    run_id: str | None,
    samples: IO[bytes] | None,
    items: int,
    other: str | None,
    has_requests: bool,
    as_json: bool,
) -> None:
    """Show what WORKFLOW, a name or a file, would do with an event; nothing is written."""
    services = open_installation()
    definition = _definition(services, workflow)
    found = rehearse(
        services,
        definition,
        _event(services, event, run_id),
        samples=_json(samples, "samples") if samples else None,
        most_items=items,
    )
    beside = other or comparison.past_run(services, found)
    compared = comparison.compare(services, found, beside) if beside else None
    if as_json:
        say_json(
            {**found.to_document(), "comparison": compared.to_document() if compared else None}
        )
        return
    say_rehearsal(found, has_requests=has_requests)
    if compared is not None:
        say_comparison(compared)


@click.command("test-step")
@click.argument("workflow")
@click.argument("step")
@_EVENT
@_RUN
@click.option("--samples", type=click.File("rb"), help="Results of earlier steps, as JSON.")
@click.option("--item", type=click.File("rb"), help="An item of the loop, as JSON.")
@click.option("--send", "confirmed", metavar="COMPANY",
              help="Really send it; COMPANY is the ID of the company that is changed.")  # fmt: skip
@click.option("--once", default="", help="What an earlier sending printed, to repeat nothing.")
@_WHO
@_JSON
def test_step(  # noqa: PLR0913 - each is an option of the command
    workflow: str,
    step: str,
    *,
    event: IO[bytes] | None,
    run_id: str | None,
    samples: IO[bytes] | None,
    item: IO[bytes] | None,
    confirmed: str | None,
    once: str,
    actor: str | None,
    as_json: bool,
) -> None:
    """Try STEP of WORKFLOW on sample data; a write is shown and not sent."""
    services = open_installation()
    sending = None
    if confirmed is not None:
        sending = trial.Sending(confirmed, actor or person.name(), once)
    done = trial.try_step(
        services,
        _definition(services, workflow),
        step,
        _event(services, event, run_id),
        _samples(services, samples, run_id),
        more={"item": _json(item, "item")} if item else None,
        sending=sending,
    )
    if as_json:
        say_json(done.to_document())
        return
    say_step(done.report, has_requests=True)
    if done.sent:
        click.echo(f"Sent; '--once {done.once}' does not send it again.")


@click.command()
@click.argument("name")
@_EVENT
@_RUN
@click.option("--hours", type=int, default=plans.HOURS, show_default=True,
              help="How long the plan counts.")  # fmt: skip
@_WHO
@_JSON
def plan(
    name: str,
    *,
    event: IO[bytes] | None,
    run_id: str | None,
    hours: int,
    actor: str | None,
    as_json: bool,
) -> None:
    """Rehearse the published workflow NAME on an event, and keep that for approval."""
    services = open_installation()
    who = actor or person.name()
    found = plans.propose(services, name, _event(services, event, run_id), author=who, hours=hours)
    if as_json:
        say_json(found.to_document())
        return
    writes = sum(len(step["writes"]) for step in found.rehearsal["steps"])
    click.echo(f"Plan {found.id} holds {writes} write(s) and counts until {_moment(found)}.")
    click.echo(f"Look:    intacct workflow plans {found.id}")
    click.echo(f"Approve: intacct workflow approve-plan {found.id} --hash {found.hash}")


@click.command("plans")
@click.argument("plan_id", required=False)
def plans_(plan_id: str | None) -> None:
    """List the newest plans, or print PLAN_ID as JSON."""
    services = open_installation()
    if plan_id:
        say_json(plans.one(services, plan_id).to_document())
        return
    rows = [(p.id, p.state, p.workflow, p.author, _moment(p)) for p in plans.listed(services)]
    say_table(("PLAN", "STATE", "WORKFLOW", "BY", "UNTIL"), rows)


@click.command("approve-plan")
@click.argument("plan_id")
@click.option("--hash", "seen", required=True, help="The hash that was shown with the plan.")
@_WHO
def approve_plan(plan_id: str, *, seen: str, actor: str | None) -> None:
    """Approve exactly what PLAN_ID showed."""
    who = actor or person.name()
    found = plans.approve(open_installation(), plan_id, approver=who, seen=seen)
    click.echo(f"Approved; it can be executed until {_moment(found)}.")


@click.command()
@click.argument("plan_id")
@_WHO
def execute(plan_id: str, *, actor: str | None) -> None:
    """Start the run of an approved plan; it does what was approved, or nothing."""
    run_id = plans.execute(open_installation(), plan_id, actor=actor or person.name())
    click.echo(f"The run {run_id} has been started.")


COMMANDS = (dry_run, test_step, plan, plans_, approve_plan, execute)


def _definition(services: Services, name: str) -> Workflow:
    """Return the workflow in a file, else the published one of that name."""
    place = Path(name)
    if place.is_file():
        with place.open("rb") as file:
            return model.parse(yaml_loader.load(_text(file, "workflow")))
    found = services.database.read(lambda c: workflows.published_named(c, name))
    if found is None:
        raise NotFound(
            f"There is no file {name}, and no published workflow of that name.",
            advice="'intacct workflow list' names the workflows.",
        )
    return found.definition


def _event(services: Services, file: IO[bytes] | None, run_id: str | None) -> Any:
    if (file is None) == (run_id is None):
        raise InputError("Say either --event FILE or --run RUN.", field="event")
    if file is not None:
        return _json(file, "event")
    return _run(services, str(run_id)).input or {}


def _samples(services: Services, file: IO[bytes] | None, run_id: str | None) -> dict[str, Any]:
    """Return results of steps: those of a run, and over them those of a file."""
    found: dict[str, Any] = {}
    if run_id is not None:
        steps = _run(services, run_id).steps
        found = {step.path: step.output for step in steps if step.output is not None}
    given = _json(file, "samples") if file is not None else {}
    if not isinstance(given, dict):
        raise InputError("The samples must be a group: a result for each step.", field="samples")
    return {**found, **given}


def _run(services: Services, run_id: str) -> history.RunView:
    found = services.database.read(lambda c: history.run_of(c, run_id))
    if found is None:
        raise NotFound(f"There is no run {run_id}.", advice="'intacct runs list' names them.")
    return found


def _json(file: IO[bytes], what: str) -> Any:
    try:
        return json.loads(_text(file, what), parse_float=Decimal, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise InputError(f"The file with the {what} is not JSON.", field=what) from None


def _text(file: IO[bytes], what: str) -> str:
    content = file.read(_LARGEST_FILE + 1)
    if len(content) > _LARGEST_FILE:
        raise InputError(f"The file with the {what} is larger than 6 MB.", field=what)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"The file with the {what} is not UTF-8 text.", field=what) from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _moment(found: plans.Plan) -> str:
    return datetime.fromtimestamp(found.expires_at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
