"""``intacct action run``: one action, once, from the command line."""

from __future__ import annotations

import json
import sys
import uuid
from decimal import Decimal
from typing import IO, Any

import click

from connector.cli.opened import open_installation
from connector.cli.output import say_json
from connector.component import Effect
from connector.errors import InputError
from connector.runtime import budgets
from connector.runtime.single import run_once


@click.group()
def action() -> None:
    """Run single actions."""


@action.command("run")
@click.argument("key")
@click.option("--connection", required=True, help="The connection's name.")
@click.option(
    "--input",
    "source",
    type=click.File("rb"),
    default="-",
    show_default="standard input",
    help="The inputs as JSON.",
)
@click.option("--dry-run", is_flag=True, help="Print the request; send no write.")
@click.option(
    "--idempotency-key",
    help="Names this intent; the same key never writes twice. Made up and printed if missing.",
)
def run(
    key: str, *, connection: str, source: IO[bytes], dry_run: bool, idempotency_key: str | None
) -> None:
    """Run the action KEY and print its result as JSON."""
    services = open_installation()
    once = idempotency_key or str(uuid.uuid4())
    is_write = services.registry.action(key).effect is not Effect.READ
    if is_write and not idempotency_key and not dry_run:
        # Before anything is sent: whoever loses the answer needs it to ask again.
        click.echo(f"Idempotency key: {once}", err=True)
    done = run_once(services, key, connection, _inputs(source), once=once, is_dry_run=dry_run)
    if done.document is not None:
        click.echo(done.document)
        return
    used = services.connection_named(connection)
    standing = services.database.read(lambda c: budgets.standing(c, used))
    if standing is not None and standing.warning:
        click.echo(standing.warning, err=True)
    say_json(done.output)
    sys.stdout.flush()


def _inputs(source: IO[bytes]) -> Any:
    try:
        return json.loads(
            source.read().decode("utf-8-sig"), parse_float=Decimal, parse_constant=_refuse
        )
    except json.JSONDecodeError as error:
        raise InputError(
            f"The input is not JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from None
    except (ValueError, RecursionError):
        raise InputError("The input holds a value that JSON does not know, such as NaN.") from None


def _refuse(name: str) -> Any:
    raise ValueError(name)
