"""``intacct db``: tables, backups, and what a restored backup was checked for."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click
import sqlalchemy as sa

from connector.cli import first_start
from connector.cli.output import say_table
from connector.runtime import reconcile_first
from connector.runtime.reconcile_first import Report
from connector.settings import Settings
from connector.store import audit, backup
from connector.store.database import file_of

ACTOR = "cli"
DAYS = click.option(
    "--check-days",
    default=7,
    show_default=True,
    type=click.IntRange(1, 90),
    help="How long every write is looked up in Intacct before it is first sent.",
)
DAY_MS = 24 * 3600 * 1000


@click.group("db")
def database() -> None:
    """Look after the database."""


@database.command()
def upgrade() -> None:
    """Bring the tables up to date."""
    first_start.prepare(Settings.read()).close()
    click.echo("The tables are up to date.")


@database.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_(file: Path) -> None:
    """Write the database of this moment to FILE; work goes on meanwhile."""
    settings = Settings.read()
    if file_of(settings.database_url) is not None:
        # Before the copy, so that it tells itself when it was made.
        opened = first_start.prepare(settings)
        entry = audit.Entry(ACTOR, "database.backup", "database", after={"file": file.name})
        opened.write(lambda connection: audit.append(connection, entry))
        opened.close()
    backup.backup(settings.database_url, file)
    click.echo(f"The backup is {file}.")
    click.echo("Keep the master key apart from it: the passwords in it open with that key only.")


@database.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@DAYS
def restore(file: Path, *, check_days: int) -> None:
    """Put the backup FILE in the place of the database; nothing may run meanwhile."""
    settings = Settings.read()
    unfinished, kept = backup.restore(
        settings.database_url, file, partial(_mark, settings, check_days)
    )
    if kept is not None:
        click.echo(f"The database that was here is kept as {kept}.")
    _say_begun(unfinished, check_days)


@database.command()
@DAYS
def restored(*, check_days: int) -> None:
    """Say that this database was restored by another tool; before anything is started."""
    settings = Settings.read()
    opened = first_start.prepare(settings)
    unfinished = opened.write(partial(_mark, settings, check_days))
    opened.close()
    _say_begun(unfinished, check_days)


@database.command()
def report() -> None:
    """Tell what was found in Intacct after the newest restore."""
    opened = first_start.prepare(Settings.read())
    found = opened.read(reconcile_first.report)
    opened.close()
    if found is None:
        click.echo("No backup was ever restored here.")
    else:
        _say(found)


@database.command("end-check")
def end_check() -> None:
    """Stop looking every write up before it is first sent."""
    opened = first_start.prepare(Settings.read())
    opened.write(lambda connection: reconcile_first.end(connection, actor=ACTOR))
    opened.close()
    click.echo(
        "New writes are sent without looking first. 'intacct db report' tells what was found."
    )


def _mark(settings: Settings, days: int, connection: sa.Connection) -> int:
    return reconcile_first.begin(
        connection,
        window_ms=days * DAY_MS,
        settle_after_ms=int(settings.settle_after_seconds * 1000),
        actor=ACTOR,
    )


def _say_begun(unfinished: int, days: int) -> None:
    click.echo(
        f"The database is restored. {unfinished} unfinished writes are looked up in Intacct as "
        f"soon as the workers start, and for {days} days every other one before it is first sent."
    )
    click.echo("Follow it with: intacct db report. End it early with: intacct db end-check.")


def _say(found: Report) -> None:
    click.echo(
        f"Restored {_moment(found.restored_at)}; the backup ends {_moment(found.backup_at)}."
    )
    click.echo("Events that arrived in between are not in this database: let their sources resend.")
    state = f"until {_moment(found.until)}" if found.is_on else "no longer"
    click.echo(f"Writes are looked up before they are first sent: {state}.")
    counts = dict.fromkeys(("found", "absent", "parked"), 0)
    for line in found.lines:
        counts[line.outcome] += 1
    click.echo(
        f"{counts['found']} were found in Intacct and not sent, {counts['absent']} were not there, "
        f"{counts['parked']} wait for a person, {found.waiting} are yet to be looked up."
    )
    shown = [
        (_moment(line.at), line.outcome, line.object, line.key or "-", line.run_id or line.op_key)
        for line in found.lines
    ]
    if shown:
        say_table(("AT", "OUTCOME", "OBJECT", "RECORD", "RUN"), shown)


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
