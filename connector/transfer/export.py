"""An export: the records of a query, page by page, into a file or a table.

A place is kept beside the target after every page, so that an export which was killed goes on
behind the last page that is whole. One page is in memory at a time.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.errors import InputError, Refused
from connector.intacct.dialects.object_schema import Field, ObjectSchema
from connector.intacct.operation import Filter, Operation, Verb
from connector.intacct.reading import QUERY_PAGE
from connector.intacct.router import REST
from connector.runtime import budgets
from connector.runtime import meter as metering
from connector.runtime.services import Services
from connector.transfer import usage
from connector.transfer.budget import Budget
from connector.transfer.changes import Changes
from connector.transfer.door import Door, open_door
from connector.transfer.sinks import Sink

KEYS = ("key", "id")


@dataclass(frozen=True)
class Query:
    """What is exported.

    Args:
        object_name: Our name of the object, or Intacct's.
        fields: Names of its fields; empty for the record's own, without its contacts and lines.
        where: A filter, as the client takes it.
        words: The same filter as it was written.
        is_incremental: Only what has changed since the last export to this target.
        api: The one API to use; empty to leave it to the connection.
    """

    object_name: str
    fields: tuple[str, ...] = ()
    where: Filter | None = None
    words: str = ""
    is_incremental: bool = False
    api: str = ""

    @property
    def fingerprint(self) -> str:
        """Tells this query from others."""
        parts = [self.object_name, list(self.fields), self.words, self.is_incremental]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Options:
    """How an export is run.

    Args:
        state: The file in which its place is kept.
        is_anew: Begin anew, whatever was kept.
        page_size: Records a page, 1 to 2,000.
        budget: The most API transactions of this month on this connection; 0 for no limit.
        warn: Called with sentences that should be seen at once.
        progress: Called after each page with how many records it held and how many match.
    """

    state: Path
    is_anew: bool = False
    page_size: int = QUERY_PAGE
    budget: int = 0
    warn: Callable[[str], None] = lambda _sentence: None
    progress: Callable[[int, int], None] = lambda _records, _total: None


@dataclass
class Exported:
    """What an export came to.

    Args:
        records: How many were written, those of an earlier try included.
        repeats: How many were left out because they had been told before.
        transactions: What this try took.
        is_resumed: Whether it went on behind an earlier try.
    """

    records: int = 0
    repeats: int = 0
    transactions: int = 0
    is_resumed: bool = False


def columns_of(services: Services, connection: str, query: Query) -> tuple[str, ...]:
    """Return the columns of a query's records: keys first, then the fields.

    Raises:
        InputError: The object is not known and no fields are named.
    """
    if query.fields:
        return tuple(dict.fromkeys([*KEYS, *query.fields]))
    schema = ObjectSchema.find(query.object_name)
    if not schema.is_known:
        raise InputError(
            f"The fields of {query.object_name} are not known here.",
            advice="Name them with --fields.",
            field="fields",
        )
    door = open_door(services, services.connection_named(connection), query.api)
    is_rest = _api(door, schema) == REST
    own = [f for f in schema.fields.by_name.values() if _is_column(f, is_rest=is_rest)]
    names = _queryable(door, schema, {f.name: f.rest if is_rest else f.column for f in own})
    return tuple(dict.fromkeys([*KEYS, *names]))


def _queryable(door: Door, schema: ObjectSchema, wanted: dict[str, str]) -> list[str]:
    """Return those of our names that a query takes.

    No description of the company tells it (rest-api 3.1), and a refusal names one field at a time.
    """
    left = dict(wanted)
    while True:
        try:
            door.client.query(schema.name, select=list(left), limit=1)
        except Refused as error:
            said = re.findall(r"[A-Za-z0-9_.:]+", error.title)
            refused = [name for name, wire in left.items() if wire in said]
            if not refused:
                raise
            del left[max(refused, key=lambda name: len(left[name]))]
        else:
            return list(left)


def _is_column(field: Field, *, is_rest: bool) -> bool:
    # What lies deeper, such as a contact's address, is there for whoever names it.
    is_plain = len(field.path) == 1 and field.items is None and not field.is_write_only
    return is_plain and (bool(field.rest) or not is_rest)


def run(
    services: Services,
    connection: str,
    query: Query,
    columns: Sequence[str],
    sink: Sink,
    options: Options,
) -> Exported:
    """Export the records of a query and return how many there were.

    Raises:
        InputError: The query or the target is not as it should be.
        ConnectorError: Intacct does not answer; the export goes on when it is run again.
    """
    door = open_door(services, services.connection_named(connection), query.api)
    try:
        return _Run(services, door, query, tuple(columns), sink, options).all()
    finally:
        sink.close()
        left = door.meter.take()
        services.database.write(lambda c: metering.keep(c, door.connection.id, left))


class _Run:
    """One try of one export."""

    def __init__(
        self,
        services: Services,
        door: Door,
        query: Query,
        columns: tuple[str, ...],
        sink: Sink,
        options: Options,
    ) -> None:
        self._door = door
        self._query = query
        self._columns = columns
        self._sink = sink
        self._options = options
        self._schema = ObjectSchema.find(query.object_name)
        self._changes: Changes | None = None
        if query.is_incremental:
            self._changes = Changes.of(self._schema, _api(door, self._schema))
        used = 0
        if options.budget:
            used = services.database.read(
                lambda c: budgets.used(c, door.connection.id, usage.this_month(c)[0])
            )
        self._budget = Budget(options.budget, used, options.warn)

    def all(self) -> Exported:
        done = Exported()
        kept = {} if self._options.is_anew else self._kept()
        after = self._begun(kept, done)
        while True:
            self._budget.spend(1)
            page = self._door.client.list_page(
                self._schema.name,
                select=self._select(),
                where=self._where(),
                size=self._options.page_size,
                after=after,
            )
            records = self._wanted(page.records, done)
            place = self._sink.write(records)
            done.records += len(records)
            after = page.next
            self._keep(after, place, done)
            self._options.progress(len(page.records), page.total)
            if not after:
                done.transactions = self._door.meter.total
                return done

    def _begun(self, kept: dict[str, Any], done: Exported) -> str:
        """Get target and cursor ready; return where to go on."""
        if self._changes is not None:
            self._changes.load(kept.get("changes", {}))
            self._changes.begin(self._door.client, self._schema)
        if kept.get("next"):
            done.is_resumed, done.records = True, int(kept["records"])
            self._sink.begin(int(kept["place"]))
            return str(kept["next"])
        goes_on = bool(self._changes and self._changes.since)
        self._sink.begin(int(kept["place"]) if goes_on else None)
        return ""

    def _select(self) -> list[str]:
        names = [name for name in self._columns if name not in KEYS]
        return [*names, self._changes.column] if self._changes else names

    def _where(self) -> Filter | None:
        where = self._query.where
        return self._changes.filter(where) if self._changes else where

    def _wanted(self, records: Sequence[dict[str, Any]], done: Exported) -> list[dict[str, Any]]:
        found = records
        if self._changes is not None:
            found = [record for record in records if self._changes.is_new(record)]
            done.repeats += len(records) - len(found)
        return [{name: record.get(name) for name in self._columns} for record in found]

    def _kept(self) -> dict[str, Any]:
        try:
            document = json.loads(self._options.state.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            document = None
        if not isinstance(document, dict):
            raise InputError(
                f"{self._options.state} cannot be read.", advice="Begin anew with --overwrite."
            )
        if document.get("query") != self._query.fingerprint:
            raise InputError(
                "This target holds the records of another query.",
                advice="Name another one, or begin anew with --overwrite.",
            )
        return document

    def _keep(self, after: str, place: int, done: Exported) -> None:
        """Keep the place, in a file that is whole at every moment."""
        document: dict[str, Any] = {
            "query": self._query.fingerprint,
            "next": after,
            "place": place,
            "records": done.records,
        }
        if self._changes is not None:
            document["changes"] = self._changes.kept()
            if after:  # not complete yet: the cursor stays where it was, what was told is known
                since = self._changes.since
                document["changes"]["since"] = since.isoformat() if since else ""
        new = self._options.state.with_name(self._options.state.name + ".new")
        new.write_text(json.dumps(document), encoding="utf-8")
        new.replace(self._options.state)


def _api(door: Door, schema: ObjectSchema) -> str:
    return door.router.route(Operation(Verb.QUERY, schema.name, fields=(schema.key,))).api
