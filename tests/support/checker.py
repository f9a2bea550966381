"""Holds an installation's own books against the company's: what is asked after every fault."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from lxml import etree

from connector.connections.encrypt import SecretBox
from connector.connections.kinds import kind_named
from connector.connections.store import Connections
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.ports import EffectState
from connector.runtime import inbox, runs
from connector.store import audit, tables
from connector.store.json_text import from_json
from connector.web.access import console_key
from tests.support.installation import PATIENCE_SECONDS, Installation

OPEN_RUNS = (runs.RUNNING, *runs.DUE)
OPEN_EFFECTS = (EffectState.SENDING, EffectState.UNCERTAIN)
NEVER_EXECUTED = (EffectState.PLANNED, EffectState.REFUSED)
# Made by the product for itself alone; what they hold must stand nowhere else.
KEY_FILES = ("master.key", "console.key")


@dataclass(frozen=True)
class Created:
    """One record that the company's ledger says was created."""

    object: str
    key: str
    id: str
    family: str


def check(installation: Installation, patience: float = PATIENCE_SECONDS) -> None:
    """Wait until nothing is under way any more, then fail when anything does not add up."""
    installation.until(lambda: not unfinished(installation), "everything is finished", patience)
    found = findings(installation)
    assert not found, "\n".join(found)


def unfinished(installation: Installation) -> int:
    """Return how many events, runs and writes are not in a state that people can rely on."""
    event, run, effect = tables.inbox, tables.run, tables.effect
    counts = [
        sa.select(sa.func.count()).where(event.c.state == inbox.RECEIVED),
        sa.select(sa.func.count()).where(run.c.state.in_(OPEN_RUNS)),
        sa.select(sa.func.count()).where(effect.c.state.in_(OPEN_EFFECTS)),
    ]
    return sum(int(row[0]) for query in counts for row in installation.rows(query))


def findings(installation: Installation) -> list[str]:
    """Return a sentence for each promise that does not hold; nothing may be under way."""
    return [
        *_effects_without_one_record(installation),
        *duplicates(installation),
        *_lost_events(installation),
        *_wrong_sums(installation),
        *_broken_chain(installation),
        *_spilt_secrets(installation),
    ]


def created(installation: Installation) -> list[Created]:
    """Return what the company's ledger says was created through a control id of ours."""
    reply = installation.company.get("/_sandbox/ledger")
    reply.raise_for_status()
    return [
        Created(entry["object"], entry["key"], entry["id"], family(entry["control_id"]))
        for entry in reply.json()
        if entry["operation"] == "create" and entry["control_id"].startswith("aic-")
    ]


def family(control_id: str) -> str:
    """Return what the control ids of all attempts at one write have in common."""
    return control_id[: len("aic-") + 40]


def duplicates(installation: Installation) -> Iterator[str]:
    """Yield a sentence for each business id that stands in the books more than once."""
    times = Counter((item.object, item.id) for item in created(installation))
    for (name, record_id), count in times.items():
        if count > 1:
            yield f"{name} {record_id} was created {count} times."


def _effects_without_one_record(installation: Installation) -> Iterator[str]:
    made: defaultdict[tuple[str, str], list[Created]] = defaultdict(list)
    for item in created(installation):
        made[item.family, item.object].append(item)
    families = set()
    for row in installation.rows(sa.select(tables.effect)):
        families.add(family(row.control_id))
        if row.function.startswith("create"):
            wire = ObjectSchema.find(row.object_name).wire
            yield from _judged(row, made[family(row.control_id), wire])
    for (name, _), items in made.items():
        if name not in families:
            yield f"{items[0].object} {items[0].id} was created, and no effect says so."


def _judged(row: sa.Row[Any], records: list[Created]) -> Iterator[str]:
    what = f"The effect {row.control_id} ({row.function} {row.external_id}, {row.state})"
    keys = [item.key for item in records]
    if len(keys) > 1:
        yield f"{what} made {len(keys)} records: {', '.join(keys)}."
    if row.state == EffectState.SUCCEEDED and row.key not in keys:
        yield f"{what} names record {row.key}, but the ledger says {keys}."
    if row.state in NEVER_EXECUTED and keys:
        yield f"{what} made record {keys[0]}, although nothing was executed."


def _lost_events(installation: Installation) -> Iterator[str]:
    event, run = tables.inbox, tables.run
    counted = sa.select(event.c.id, event.c.state, sa.func.count(run.c.id)).select_from(
        event.outerjoin(run, run.c.inbox_id == event.c.id)
    )
    for row_id, state, count in installation.rows(counted.group_by(event.c.id, event.c.state)):
        if (state == inbox.ROUTED) != (count > 0):
            yield f"Event {row_id} is {state} and has {count} runs."


def _wrong_sums(installation: Installation) -> Iterator[str]:
    effect = tables.effect
    query = sa.select(effect.c.payload).where(
        effect.c.function == "create_invoice", effect.c.state == EffectState.SUCCEEDED
    )
    ours = sum((_amount(row.payload) for row in installation.rows(query)), Decimal(0))
    theirs = booked(installation)
    if ours != theirs:
        yield f"Succeeded invoices add up to {ours}, the company's to {theirs}."


def booked(installation: Installation, numbers: set[str] | None = None) -> Decimal:
    """Return the sum of the invoices in the company that came from us: of all, or of some."""
    ours = {
        item.key
        for item in created(installation)
        if item.object == "ARINVOICE" and (numbers is None or item.id in numbers)
    }
    records = installation.company.get("/_sandbox/records/ARINVOICE").json()
    amounts = (Decimal(row["TOTALENTERED"]) for row in records if row["RECORDNO"] in ours)
    return sum(amounts, Decimal(0))


def _amount(payload: str) -> Decimal:
    amounts = etree.fromstring(payload).iterfind(".//lineitem/amount")
    return sum((Decimal(str(item.text)) for item in amounts), Decimal(0))


def _broken_chain(installation: Installation) -> Iterator[str]:
    broken = installation.machine.database.read(audit.verify)
    if broken is not None:
        yield f"The audit trail is broken at row {broken}."


def _spilt_secrets(installation: Installation) -> Iterator[str]:
    needles = {name: text.encode() for name, text in _secrets(installation)}
    for place, content in _written(installation):
        for name, needle in needles.items():
            if needle in content:
                yield f"{name} stands in {place}."


def _secrets(installation: Installation) -> Iterator[tuple[str, str]]:
    settings, database = installation.machine.settings, installation.machine.database
    box = SecretBox(settings.master_keys())
    connections = Connections(database, box)
    for row in connections.list():
        _, hidden = kind_named(row.kind).split(connections.open(row))
        for name, value in hidden.items():
            if value:
                yield f"The secret {name} of {row.name}", str(value)
    for row in installation.rows(sa.select(tables.session)):
        sealed = from_json(row.secret)["sealed"]
        opened = box.open(f"session/{row.connection_id}/{row.scope}", sealed)
        yield "A session id", opened["sessionId"]
    yield "The master key", settings.master_keys()[0]
    yield "The console's key", console_key(settings.data_dir)


def _written(installation: Installation) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the data folder, and every row of the database wherever it is."""
    data_dir = installation.machine.settings.data_dir
    for file in sorted(data_dir.rglob("*")):
        is_ours = file.parent != data_dir / "sandbox" and file.name not in KEY_FILES
        if is_ours and file.is_file():
            yield f"the file {file.relative_to(data_dir)}", _content(file)
    for table in tables.metadata.sorted_tables:
        for row in installation.rows(sa.select(table)):
            yield f"the table {table.name}", repr(tuple(row)).encode()


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""  # the broker replaces its files as it goes
