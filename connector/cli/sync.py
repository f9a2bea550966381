"""``intacct sync``: rows of a file or a database into Intacct, an outcome for each."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import click

from actions.sync.modes import mode_named
from connector.cli.opened import open_installation
from connector.cli.output import say_table
from connector.errors import InputError
from connector.runtime import budgets
from connector.runtime.services import Services
from connector.transfer import mapping, sources, sync, usage
from connector.transfer.jobs import Job
from connector.transfer.options import Bulk, Options, Summary
from connector.transfer.outcomes import OutcomeFile
from connector.transfer.progress import Kind, Progress
from connector.transfer.rows import Outcome, SourceRow, Told
from connector.workflow.mapping import Row

_JSON = {".jsonl", ".ndjson", ".json"}
SOME_ROWS_FAILED = 1


@click.command("sync")
@click.argument("source", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--connection", required=True, help="The connection's name.")
@click.option("--object", "object_name", required=True, help="Such as customer, or INTACCT's own.")
@click.option("--mode", default="upsert", show_default=True, help="insert, update or upsert.")
@click.option("--match", default="", help="Fields that find a record, such as customerId.")
@click.option("--map", "pairs", multiple=True, metavar="FIELD=COLUMN", help="May be repeated.")
@click.option(
    "--mapping",
    "table",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A CSV table: source, target, transformation.",
)
@click.option("--url", envvar="INTACCT_SOURCE_URL", help="Read a database, as SQLAlchemy names it.")
@click.option("--query", help="The SELECT whose rows are read.")
@click.option("--delimiter", default="", help="What parts the cells of a CSV file.")
@click.option(
    "--outcomes",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The outcome file; beside the source if left out.",
)
@click.option("--limit", default=0, type=click.IntRange(0), help="Only the first rows: a test.")
@click.option("--dry-run", is_flag=True, help="Check every row, tell the cost, write nothing.")
@click.option("--resume", "run", help="Go on with a sync under the name it told.")
@click.option("--budget", default=0, type=click.IntRange(0), help="Stop at so many transactions.")
@click.option("--tier", default="1", type=click.Choice([str(tier) for tier in usage.TIERS]))
@click.option("--api", default="", type=click.Choice(["", "xml", "rest"]))
@click.option(
    "--bulk",
    default=Bulk.AUTO.value,
    show_default=True,
    type=click.Choice([each.value for each in Bulk]),
    help="Rows in bulk jobs of the REST API; auto from 50,000 rows on.",
)
@click.option("--no-wait", is_flag=True, help="Do not look up what Intacct did not answer.")
@click.pass_context
def sync_(  # noqa: PLR0913 - one argument for each option
    ctx: click.Context,
    *,
    source: Path | None,
    connection: str,
    object_name: str,
    mode: str,
    match: str,
    pairs: tuple[str, ...],
    table: Path | None,
    url: str | None,
    query: str | None,
    delimiter: str,
    outcomes: Path | None,
    limit: int,
    dry_run: bool,
    run: str | None,
    budget: int,
    tier: str,
    api: str,
    bulk: str,
    no_wait: bool,
) -> None:
    """Bring the rows of SOURCE (CSV or JSON lines), or of a query, into Intacct.

    Every row gets its outcome: row, outcome, key, id, error, advice. A sync that was interrupted
    goes on with --resume; no row is written twice.
    """
    job = Job(
        object_name,
        mode_named(mode),
        tuple(name.strip() for name in match.split(",") if name.strip()),
        _mapping(pairs, table),
        api,
    )
    rows = _rows(source, url, query, delimiter)
    services = open_installation()
    name = run or f"sync-{uuid.uuid4()}"
    if not dry_run:
        # Before anything is sent: whoever is interrupted needs it to go on.
        click.echo(f"Sync {name} (go on with: --resume {name})", err=True)
    path, length = outcomes or _beside(source, name), _length(source, limit)
    with (
        OutcomeFile(path) as file,
        click.progressbar(
            _by_hand(),
            length=length,
            label="Rows",
            show_pos=True,
            file=sys.stderr,
        ) as bar,
        Progress(
            services.settings.data_dir,
            Kind(name, "sync", object_name, connection, path.name, length or 0, dry_run),
        ) as progress,
    ):

        def told(one: Told) -> None:
            bar.update(1)
            progress.row(one)

        options = Options(
            name,
            limit=limit,
            is_dry_run=dry_run,
            budget=budget,
            bulk=Bulk(bulk),
            expected=length or 0,
            waits=not no_wait,
            warn=lambda sentence: click.echo(sentence, err=True),
            told=told,
        )
        summary = sync.run(services, connection, job, rows, file, options)
        if summary.stopped is not None:
            progress.stop(summary.stopped.title)
    _say(summary, path)
    if dry_run:
        _say_cost(services, connection, summary.transactions, usage.TIERS[int(tier)])
    if summary.stopped is not None:
        click.echo(f"Stopped; what is left is sent by: --resume {name}", err=True)
        raise summary.stopped
    if not summary.is_clean:
        ctx.exit(SOME_ROWS_FAILED)


def _rows(
    source: Path | None, url: str | None, query: str | None, delimiter: str
) -> Iterator[SourceRow]:
    if source is not None and query:
        raise InputError("Name a file, or a query with --url, and not both.", field="source")
    if source is not None:
        is_json = source.suffix.lower() in _JSON
        found = sources.json_rows(source) if is_json else sources.csv_rows(source, delimiter)
    elif url and query:
        found = sources.sql_rows(url, query)
    else:
        raise InputError("Name a file, or a database with --url and --query.", field="source")
    first = next(found, None)  # a broken source fails before anything is opened
    return iter(()) if first is None else chain([first], found)


def _mapping(pairs: tuple[str, ...], table: Path | None) -> list[Row] | None:
    rows = mapping.read_table(table) if table is not None else []
    for pair in pairs:
        target, sign, column = pair.partition("=")
        if not sign or not target or not column:
            raise InputError(f"'{pair}' is not FIELD=COLUMN.", field="map")
        rows.append(Row(column.strip(), target.strip()))
    return rows or None


def _beside(source: Path | None, name: str) -> Path:
    return source.with_suffix(".outcomes.csv") if source else Path(f"{name}.outcomes.csv")


def _length(source: Path | None, limit: int) -> int | None:
    """Return about how many rows there are: lines, since counting rows would read them twice."""
    if source is None:
        return limit or None
    with source.open("rb") as file:
        lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    return min(lines, limit) if limit else lines


def _say(summary: Summary, path: Path) -> None:
    rows = [
        (outcome.value, summary.counts[outcome])
        for outcome in Outcome
        if summary.counts.get(outcome)
    ]
    say_table(("OUTCOME", "ROWS"), rows)
    click.echo(f"Each row's outcome is in {path}")


def _say_cost(services: Services, connection: str, transactions: int, included: int) -> None:
    source = services.connection_named(connection)
    month, passed = services.database.read(usage.this_month)
    used = services.database.read(lambda c: budgets.used(c, source.id, month))
    cost = usage.cost(transactions, used, included)
    click.echo(
        f"It takes {transactions:,} API transactions: one for each record and each look-up page. "
        "Batches make it faster, not cheaper."
    )
    click.echo(
        f"This month has seen {used:,} of {included:,}; at this pace it comes to "
        f"{usage.forecast(used, passed):,} without the sync. The sync adds ${cost} in overage."
    )


def _by_hand() -> Iterator[int]:
    """Give a bar that is moved by hand nothing to go through, and no length either."""
    yield from ()
