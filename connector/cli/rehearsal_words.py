"""Rehearsals as accountants read them on a terminal."""

from __future__ import annotations

from typing import Any

import click
from lxml import etree

from connector.cli.output import say_table
from connector.workbench.comparison import Comparison
from connector.workbench.report import Check, Finding, HeldWrite, Rehearsal, StepReport

_MARKS = {
    Finding.FINE: "ok",
    Finding.WARNING: "!",
    Finding.PROBLEM: "NO",
    Finding.UNCHECKED: "?",
}
_INDENT = "    "


def say_rehearsal(found: Rehearsal, *, has_requests: bool = False) -> None:
    """Print what every step would do, with the requests where wanted, and what it comes to."""
    click.echo(f"{found.workflow}: {found.verdict}. Nothing was sent.")
    click.echo(found.sentence)
    if found.once:
        click.echo(f"For: {found.once}")
    for number, step in enumerate(found.steps, 1):
        click.echo(f"\n{number}. {step.label}{_inside(step)}: {step.state}")
        say_step(step, has_requests=has_requests)
    for loop, count in found.remaining.items():
        click.echo(f"\n{count} more item(s) of '{loop}' were counted, not rehearsed.")
    cost = _range(found.least, found.most)
    click.echo(f"\nA run would take {cost} API transactions; this rehearsal took {found.spent}.")
    click.echo(f"Hash: {found.hash}")


def _inside(step: StepReport) -> str:
    return f" (in {step.trail})" if step.trail.parts else ""


def _range(least: int, most: int) -> str:
    return str(least) if least == most else f"{least} to {most}"


def say_step(step: StepReport, *, has_requests: bool) -> None:
    """Print what one step would do, and what was looked at."""
    click.echo(f"{_INDENT}{step.sentence}")
    if step.error and step.error.get("advice"):
        click.echo(f"{_INDENT}{step.error['advice']}")
    if step.pinned:
        click.echo(f"{_INDENT}Later steps were given the sample that is pinned.")
    elif step.assumed:
        names = "everything" if step.assumed == ("*",) else ", ".join(step.assumed)
        click.echo(f"{_INDENT}Not known before it runs: {names}.")
    if step.guessed:
        click.echo(f"{_INDENT}This rests on an assumption: the run may do otherwise.")
    is_alone = len(step.writes) == 1
    for write in step.writes:
        if not is_alone:
            click.echo(f"{_INDENT}- {write.words} in {write.company}")
        _say_write(write)
        for line in _readable(write.document).splitlines() if has_requests else ():
            click.echo(f"{_INDENT}  | {line}")


def _say_write(write: HeldWrite) -> None:
    if write.record:
        return
    if write.known:
        click.echo(f"{_INDENT}{write.known}")
    if write.natural_key:
        key = ", ".join(f"{name} {value}" for name, value in write.natural_key.items())
        click.echo(f"{_INDENT}Found again by: {key}")
    if write.op_key:
        api = write.api.upper()
        effect = f"effect {write.op_key[:16]}..., control id {write.control_id}"
        click.echo(f"{_INDENT}Over {api}, {effect}")
    for check in write.checks:
        _say_check(check)


def _say_check(check: Check) -> None:
    click.echo(f"{_INDENT}[{_MARKS[check.finding]:>2}] {check.sentence} {check.advice}".rstrip())


def _readable(document: str) -> str:
    """Return a request with its XML on lines of their own; what is not XML stays as it is."""
    if not document.startswith("<"):
        return document
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
    try:
        tree: Any = etree.fromstring(document.encode(), parser)
    except etree.XMLSyntaxError:
        return document
    text: str = etree.tostring(tree, pretty_print=True, encoding="unicode")
    return text


def say_comparison(found: Comparison) -> None:
    """Print a rehearsal beside a run: step by step, and where their inputs differ."""
    click.echo(f"\nBeside the run {found.run_id} of version {found.version}, {found.run_state}:")
    rows = [
        (
            step.place,
            step.rehearsed or "not reached",
            step.real or "not reached",
            "same" if step.is_same else "differs",
        )
        for step in found.steps
    ]
    say_table(("STEP", "NOW", "THEN", ""), rows)
    for step in found.steps:
        for difference in step.inputs:
            now, then = difference.rehearsed or "nothing", difference.real or "nothing"
            click.echo(f"{step.place}.{difference.place}: {now} now, {then} then")
