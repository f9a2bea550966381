"""A sync: rows of a source become writes, in the fewest requests, an outcome for each row.

Rows flow through: they are mapped and looked up by the thousand, grouped into requests, sent side
by side up to the company's limit, and told in a file. Never more of them is in memory than is
under way, so a million rows take no more than ten thousand. Every row is one effect, so a sync
that was killed and is resumed under its name doubles none of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, takewhile

from actions.sync.modes import Mode
from connector.errors import (
    Conflict,
    ConnectorError,
    DuplicateRecord,
    InputError,
    Parked,
    Uncertain,
)
from connector.intacct.ports import EffectState
from connector.runtime import budgets
from connector.runtime import meter as metering
from connector.runtime.services import Services
from connector.transfer import settling, single
from connector.transfer.budget import Budget
from connector.transfer.bulk import BulkDoor, Jobs, settle_left
from connector.transfer.door import Door, open_door
from connector.transfer.grouping import Groups
from connector.transfer.items import Item
from connector.transfer.jobs import Job, Match, warning_of
from connector.transfer.ledger import RowLedger
from connector.transfer.ledger_rows import Known
from connector.transfer.options import Bulk, Options, Summary
from connector.transfer.outcomes import OutcomeFile
from connector.transfer.pipeline import in_groups, in_order
from connector.transfer.reading import Reading
from connector.transfer.rows import Outcome, SourceRow, Told
from connector.transfer.sending import Sender, Sent
from connector.transfer.shaping import Shaper
from connector.transfer.writing import Found, Writing

CHUNK = 1000  # rows that are looked up together
READ_TOGETHER = 250  # rows that need no look-up: the first request leaves the sooner
# From here on a job's waiting pays: below, requests are as fast and tell each row sooner.
BULK_FROM = 50_000
AHEAD = 2  # requests made ready beyond those under way


def run(
    services: Services,
    connection: str,
    job: Job,
    rows: Iterable[SourceRow],
    outcomes: OutcomeFile,
    options: Options,
) -> Summary:
    """Bring rows into Intacct and return what came of it; each row's outcome is in the file.

    Raises:
        InputError: The job itself cannot be done: an unknown field, a broken file.
        ConnectorError: The connection does not work at all.
    """
    source = services.connection_named(connection)
    door = open_door(services, source, job.api)
    standing = services.database.read(lambda c: budgets.standing(c, source))
    if standing is not None and standing.warning:
        options.warn(standing.warning)
    try:
        return _Run(services, door, job, options).over(rows, outcomes)
    finally:
        left = door.meter.take()
        services.database.write(lambda c: metering.keep(c, door.connection.id, left))


class _Run:
    """One run of one sync."""

    def __init__(self, services: Services, door: Door, job: Job, options: Options) -> None:
        self._services = services
        self._door = door
        self._job = job
        self._options = options
        self._shaper = Shaper.of(services.registry, job.object_name)
        self._match = Match.of(job, self._shaper)
        self._ledger = RowLedger(
            services.database, door.connection.id, job.scope, options.run, services.patience
        )
        used = used_so_far(services, door.connection.id) if options.budget else 0
        budget = Budget(options.budget, used, options.warn)
        self._sender = Sender(door, self._ledger, budget)
        self._jobs = Jobs(services.database, self._ledger, door.connection.id)
        self._bulk = BulkDoor(door, door.bulk, self._jobs) if door.bulk else None
        self._bulk_sender = Sender(self._bulk, self._ledger, budget) if self._bulk else None
        self._reading = Reading(job, self._match, self._shaper, self._ledger)
        self._writing = Writing(job, self._match, self._shaper, door)
        self._ready: list[Told] = []
        self._unsure: list[Told] = []
        self._again: list[Item] = []
        self._under_way: dict[str, Item] = {}
        self._groups = Groups(is_bulk=_is_bulk(door, options))
        self._stopped: ConnectorError | None = None
        self._estimate = 0
        self._is_resumed = not options.is_dry_run and self._ledger.has_begun()
        if self._is_resumed and self._bulk:
            settle_left(self._bulk, self._jobs, self._ledger)

    def over(self, rows: Iterable[SourceRow], outcomes: OutcomeFile) -> Summary:
        summary = Summary(self._options.run)
        warning = warning_of(self._job, self._match, self._shaper.schema.key)
        if warning:
            summary.warnings.append(warning)
            self._options.warn(warning)
        limited = islice(rows, self._options.limit) if self._options.limit else rows
        for told in self._all(limited):
            outcomes.write(told)
            self._options.told(told)
        outcomes.flush()
        if not self._options.is_dry_run:
            self._jobs.forget_judged()
        summary.counts = dict(outcomes.counts)
        summary.transactions = self._door.meter.total + self._estimate
        summary.stopped = self._stopped
        return summary

    def _all(self, rows: Iterable[SourceRow]) -> Iterator[Told]:
        with (
            ThreadPoolExecutor(2, "lookup") as lookups,
            ThreadPoolExecutor(self._door.threads, "send") as senders,
        ):
            size = CHUNK if self._writing.looks else READ_TOGETHER
            chunks = map(self._prepared, self._until_stopped(in_groups(rows, size)))
            yield from self._sent(in_order(lookups, self._writing.look, chunks, 1), senders)
            second = in_groups(self._again, CHUNK)
            yield from self._sent(in_order(lookups, self._writing.look, second, 1), senders)
        if self._unsure:
            yield from settling.settled(
                self._door, self._ledger, self._unsure, waits=self._options.waits
            )

    def _sent(
        self, looked: Iterable[tuple[list[Item], Found]], senders: ThreadPoolExecutor
    ) -> Iterator[Told]:
        ahead = self._door.threads + AHEAD
        for sent in in_order(senders, self._send, self._batches(looked), ahead):
            self._stopped = self._stopped or sent.stopped
            yield from self._drained()
            for told in sent.told:
                item = self._under_way.pop(told.op_key)
                if self._is_there_after_all(item, told):
                    again = dataclasses.replace(item, operation=None, is_second=True)
                    self._under_way[item.op_key] = again
                    self._again.append(again)
                elif told.outcome is Outcome.UNCERTAIN:
                    self._unsure.append(told)
                else:
                    yield told
        yield from self._drained()

    def _until_stopped(self, chunks: Iterable[list[SourceRow]]) -> Iterator[list[SourceRow]]:
        return takewhile(lambda _chunk: self._stopped is None, chunks)

    def _drained(self) -> Iterator[Told]:
        ready, self._ready = self._ready, []
        yield from ready

    def _is_there_after_all(self, item: Item, told: Told) -> bool:
        """Say whether somebody made the record between our look and our write."""
        is_ours = self._job.mode is Mode.UPSERT and not self._match.is_key and not item.is_second
        return is_ours and isinstance(told.error, DuplicateRecord)

    def _send(self, items: list[Item]) -> Sent:
        if items[0].operation is None:
            told = [
                single.run(self._services, self._door, self._ledger, self._job, i, self._shaper)
                for i in items
            ]
            return Sent(told)
        in_job = self._bulk_sender is not None and self._groups.goes_in_a_job(items[0])
        return (self._bulk_sender if in_job and self._bulk_sender else self._sender).send(items)

    # Mapping, and what the ledger knows.

    def _prepared(self, rows: list[SourceRow]) -> list[Item]:
        items: dict[str, Item] = {}
        for row in rows:
            try:
                item = self._reading.item(row)
                self._refuse_double(item, items)
            except ConnectorError as error:
                self._ready.append(Told(row.number, Outcome.INVALID, error=error))
            else:
                items[item.op_key] = item
        if self._is_resumed:
            for op_key, known in self._ledger.known(list(items)).items():
                if not self._is_to_be_sent(items[op_key], known):
                    del items[op_key]
        self._under_way |= items
        return list(items.values())

    def _refuse_double(self, item: Item, items: Mapping[str, Item]) -> None:
        other = items.get(item.op_key) or self._under_way.get(item.op_key)
        if other is not None:
            raise InputError(
                f"Row {other.row.number} is about the same record.",
                advice="Keep one row for each record.",
                field=", ".join(self._match.fields),
            )

    def _is_to_be_sent(self, item: Item, known: Known) -> bool:
        number = item.row.number
        if known.state in {EffectState.PLANNED, EffectState.REFUSED}:
            return True
        if known.state is EffectState.SUCCEEDED:
            self._ready.append(self._writing.told_before(item, known))
        elif known.state is EffectState.PARKED:
            said = dict(known.error or {})
            parked = Parked(str(said.get("title") or "A person has to decide about this row."))
            self._ready.append(Told(number, Outcome.PARKED, error=parked, op_key=item.op_key))
        else:
            unsure = Uncertain("Intacct did not say what became of this row.")
            self._unsure.append(Told(number, Outcome.UNCERTAIN, error=unsure, op_key=item.op_key))
        return False

    # Looking, and making writes.

    def _batches(self, looked: Iterable[tuple[list[Item], Found]]) -> Iterator[list[Item]]:
        for items, found in looked:
            ready = self._planned([each for i in items if (each := self._decided(i, found))])
            for item in ready:
                if item.operation is None:
                    yield [item]
                else:
                    yield from self._groups.add(item)
        yield from self._groups.rest()

    def _decided(self, item: Item, found: Found) -> Item | None:
        """Return the row with its write; None where it will not be sent."""
        try:
            return self._writing.decided(item, found)
        except ConnectorError as error:
            self._under_way.pop(item.op_key, None)
            self._ready.append(Told(item.row.number, Outcome.INVALID, error=error))
            return None

    def _planned(self, items: list[Item]) -> list[Item]:
        """Plan the rows; return those that may be sent, under their control ids."""
        if self._options.is_dry_run:
            for item in items:
                self._under_way.pop(item.op_key, None)
                self._ready.append(Told(item.row.number, Outcome.CHECKED))
            self._estimate += len(items)
            return []
        writes = {i.item: i.operation for i in items if i.operation is not None}
        known = self._ledger.plan(writes) if writes else {}
        ready: list[Item] = []
        for item in items:
            if item.operation is None:
                ready.append(item)
            elif known[item.op_key].state is not EffectState.PLANNED:
                # Held back by a restored backup, or taken by another process meanwhile.
                self._under_way.pop(item.op_key, None)
                self._is_to_be_sent(item, known[item.op_key])
            elif item.operation.frozen and (
                known[item.op_key].payload != item.operation.frozen.payload
            ):
                self._under_way.pop(item.op_key, None)
                self._ready.append(_other_content(item))
            else:
                ready.append(item.planned_as(item.operation, known[item.op_key].control_id))
        return ready


def _is_bulk(door: Door, options: Options) -> bool:
    if options.bulk is Bulk.ALWAYS and door.bulk is None:
        raise InputError(
            "Bulk jobs are REST only, and this connection has no OAuth application.",
            advice="Leave --bulk out, or give the connection an application.",
            field="bulk",
        )
    is_large = options.bulk is Bulk.AUTO and options.expected >= BULK_FROM
    return options.bulk is Bulk.ALWAYS or (is_large and door.bulk is not None)


def used_so_far(services: Services, connection_id: str) -> int:
    """Return how many API transactions a connection has used this month."""
    return services.database.read(lambda c: budgets.used(c, connection_id, budgets.this_month(c)))


def _other_content(item: Item) -> Told:
    error = Conflict(
        "This row was planned with other content by a run that has not ended.",
        advice="Let that run end, or start a new sync.",
    )
    return Told(item.row.number, Outcome.INVALID, error=error, op_key=item.op_key)
