"""``intacct export``: the records of a query into a file or a table."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from actions.query import filter_grammar, vocabularies
from connector.cli.opened import open_installation
from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Filter
from connector.intacct.reading import QUERY_PAGE
from connector.transfer import export
from connector.transfer.export import Options, Query
from connector.transfer.progress import Kind, Progress
from connector.transfer.sinks import FileSink, Sink, TableSink

_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")


@click.command("export")
@click.argument("object_name", metavar="OBJECT")
@click.option("--connection", required=True, help="The connection's name.")
@click.option("--to", required=True, help="A file (.jsonl, .csv), or a database's address.")
@click.option("--table", default="", help="The table, for a database.")
@click.option("--fields", default="", help="Separated by commas; the record's own if left out.")
@click.option("--where", default="", help="Such as: STATUS = 'active' AND NAME like 'A%'.")
@click.option("--incremental", is_flag=True, help="Only what changed since the last time.")
@click.option("--overwrite", is_flag=True, help="Begin anew, whatever is there.")
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file that keeps the place; beside the target if left out.",
)
@click.option(
    "--page-size", default=QUERY_PAGE, show_default=True, type=click.IntRange(1, QUERY_PAGE)
)
@click.option("--budget", default=0, type=click.IntRange(0), help="Stop at so many transactions.")
@click.option("--api", default="", type=click.Choice(["", "xml", "rest"]))
def export_(  # noqa: PLR0913 - one argument for each option
    *,
    object_name: str,
    connection: str,
    to: str,
    table: str,
    fields: str,
    where: str,
    incremental: bool,
    overwrite: bool,
    state: Path | None,
    page_size: int,
    budget: int,
    api: str,
) -> None:
    """Write the records of OBJECT to a file or a table, page by page.

    Run again after an interruption, it goes on where it was; with --incremental it then brings
    what has changed since.
    """
    names = tuple(dict.fromkeys(name.strip() for name in fields.split(",") if name.strip()))
    query = Query(object_name, names, _filter(object_name, where), where, incremental, api)
    services = open_installation()
    columns = export.columns_of(services, connection, query)
    place = state or _state_of(to, table)
    _check_free(to, place, is_anew=overwrite)
    kind = Kind(f"export-{uuid.uuid4()}", "export", object_name, connection, _shown(to, table))
    with (
        click.progressbar(_by_hand(), length=None, label=object_name, show_pos=True) as bar,
        Progress(services.settings.data_dir, kind) as seen,
    ):

        def progress(records: int, total: int) -> None:
            bar.length = total
            bar.update(records)
            seen.page(records, total)

        options = Options(
            place,
            is_anew=overwrite,
            page_size=page_size,
            budget=budget,
            warn=lambda sentence: click.echo(sentence, err=True),
            progress=progress,
        )
        done = export.run(services, connection, query, columns, _sink(to, table, columns), options)
    again = f", {done.repeats} told before left out" if done.repeats else ""
    click.echo(
        f"{done.records:,} records{again}, by {done.transactions:,} API transactions"
        f"{', going on where it was interrupted' if done.is_resumed else ''}."
    )


def _filter(object_name: str, words: str) -> Filter | None:
    if not words.strip():
        return None
    schema = ObjectSchema.find(object_name)
    found = filter_grammar.parse(words, prefix=schema.wire, field="where")
    return vocabularies.in_words(found, schema)


def _is_database(to: str) -> bool:
    return "://" in to


def _shown(to: str, table: str) -> str:
    """Return the other end as everybody may see it: no password, no path."""
    return f"table {table}" if _is_database(to) else Path(to).name


def _sink(to: str, table: str, columns: Any) -> Sink:
    if not _is_database(to):
        return FileSink(Path(to), columns, is_csv=Path(to).suffix.lower() == ".csv")
    if not _TABLE.fullmatch(table):
        raise InputError("Name the table with --table: letters, digits, _.", field="table")
    return TableSink(to, table, columns)


def _state_of(to: str, table: str) -> Path:
    return Path(f"{table}.export.json") if _is_database(to) else Path(f"{to}.export.json")


def _check_free(to: str, state: Path, *, is_anew: bool) -> None:
    """Refuse to write over a file that no export of ours has begun."""
    if not is_anew and not _is_database(to) and Path(to).exists() and not state.exists():
        raise InputError(
            f"{to} is there already.",
            advice="Name another file, or write over it with --overwrite.",
            field="to",
        )


def _by_hand() -> Iterator[int]:
    """Give a bar that is moved by hand nothing to go through, and no length either."""
    yield from ()
