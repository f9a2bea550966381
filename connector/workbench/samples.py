"""Samples: events and results of steps to compose and try a workflow with; no run sees them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import NotFound
from connector.runtime import history, listening
from connector.runtime.services import Services
from connector.store import audit, clock
from connector.store.database import Database
from connector.store.json_text import from_json
from connector.store.tables import run, workflow_sample
from connector.workbench.drafts import Draft
from connector.workbench.sample_text import kept, read_typed
from connector.workbench.within_reach import Reach, reach_of
from connector.workflow.wording import printable

__all__ = [
    "Sample",
    "add",
    "add_delivery",
    "add_run",
    "for_draft",
    "pin",
    "read_typed",
    "remove",
    "samples_of",
]

INPUT = "input"
EXAMPLE, DELIVERY, RUN, TYPED = "example", "delivery", "run", "typed"
MOST = 20  # of one place; a new one takes the place of the oldest that is not pinned
_MOST_NAME = 100


@dataclass(frozen=True)
class Sample:
    """One sample.

    Args:
        id: Its id; empty for the example that a trigger comes with, which is not kept.
        workflow_id: Whose.
        place: ``input`` or the id of a step.
        name: What people call it.
        source: ``example``, ``delivery``, ``run`` or ``typed``.
        origin: The delivery or run it came from.
        document: The event, or the step's result; secrets in it are masked.
        is_pinned: It is the one that is used.
        author: Who kept it.
        created_at: When, in milliseconds since 1970.
    """

    id: str
    workflow_id: str
    place: str
    name: str
    source: str
    origin: str
    document: Any
    is_pinned: bool
    author: str
    created_at: int


def samples_of(database: Database, workflow_id: str, place: str = "") -> list[Sample]:
    """Return a workflow's samples, of one place or of all: pinned ones first, then newest first."""
    found = sa.select(workflow_sample).where(workflow_sample.c.workflow_id == workflow_id)
    if place:
        found = found.where(workflow_sample.c.place == place)
    ordered = found.order_by(
        workflow_sample.c.is_pinned.desc(),
        workflow_sample.c.created_at.desc(),
        workflow_sample.c.id,
    )
    return database.read(lambda c: [_sample(row) for row in c.execute(ordered)])


def add(  # noqa: PLR0913 - what is kept, where it belongs and where it came from
    database: Database,
    workflow_id: str,
    place: str,
    document: Any,
    *,
    actor: str,
    name: str = "",
    source: str = TYPED,
    origin: str = "",
) -> Sample:
    """Keep a sample, with what looks like a secret masked, and return it as it was kept.

    Args:
        database: Where it is kept.
        workflow_id: The workflow's or the draft's.
        place: ``input`` or the id of a step.
        document: JSON data.
        actor: Who keeps it.
        name: What people call it.
        source: ``typed``, ``delivery`` or ``run``.
        origin: The delivery or run it came from.

    Raises:
        InputError: It is over 64 KB, too deep, or no JSON data.
    """
    text = kept(document)
    now = database.read(clock.now_ms)
    values: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "workflow_id": workflow_id,
        "place": place,
        "name": name.strip()[:_MOST_NAME] or source,
        "source": source,
        "origin": origin,
        "document": text,
        "is_pinned": 0,
        "author": actor,
        "created_at": now,
    }

    def write(connection: sa.Connection) -> None:
        here = (workflow_sample.c.workflow_id == workflow_id) & (workflow_sample.c.place == place)
        kept = (
            sa.select(workflow_sample.c.id)
            .where(here)
            .order_by(workflow_sample.c.is_pinned.desc(), workflow_sample.c.created_at.desc())
            .limit(MOST - 1)
        )
        ids = list(connection.execute(kept).scalars())
        connection.execute(workflow_sample.delete().where(here, workflow_sample.c.id.not_in(ids)))
        connection.execute(workflow_sample.insert().values(**values))
        _note(connection, actor, "sample.add", values)

    database.write(write)
    return Sample(**{**values, "document": from_json(text), "is_pinned": False})


def add_delivery(
    services: Services, workflow_id: str, connection_name: str, event_id: str, *, actor: str
) -> Sample:
    """Keep what arrived at a connection's test address as a sample of the event.

    Args:
        services: Of this process.
        workflow_id: The workflow's or the draft's.
        connection_name: The connection that was listened at.
        event_id: The ``id`` of one of ``listening.samples``.
        actor: Who keeps it.

    Raises:
        NotFound: There is no such connection or delivery.
        InputError: It is over 64 KB.
    """
    source = services.connections.by_name(connection_name)
    if source is None:
        raise NotFound(f"There is no connection '{printable(connection_name)}'.")
    for event in listening.samples(services, source):
        if event.id == event_id:
            return add(
                services.database,
                workflow_id,
                INPUT,
                dict(event.data),
                actor=actor,
                name=event.type,
                source=DELIVERY,
                origin=event.id,
            )
    raise NotFound("This delivery is gone.", advice="Listen again, and let the sender repeat it.")


def add_run(database: Database, workflow_id: str, run_id: str, place: str, *, actor: str) -> Sample:
    """Keep the event of a past run, or the result of one of its steps, as a sample.

    Raises:
        NotFound: The workflow has no such run, or the run has no such result.
        InputError: It is over 64 KB.
    """

    def read(connection: sa.Connection) -> Any:
        mine = sa.select(run.c.id).where(run.c.id == run_id, run.c.workflow_id == workflow_id)
        if connection.execute(mine).one_or_none() is None:
            raise NotFound(f"This workflow has no run {printable(run_id)}.")
        view = history.run_of(connection, run_id)
        if view is None or place == INPUT:
            return view and view.input
        return next((step.output for step in view.steps if step.path == place), None)

    document = database.read(read)
    if document is None:
        raise NotFound(f"The run {run_id} holds nothing for '{printable(place)}'.")
    name = f"Run {run_id[:8]}"
    return add(
        database, workflow_id, place, document, actor=actor, name=name, source=RUN, origin=run_id
    )


def pin(database: Database, sample_id: str, *, actor: str, is_pinned: bool = True) -> None:
    """Use this sample and no other of its place from now on, or the newest again.

    Raises:
        NotFound: It is gone.
    """

    def write(connection: sa.Connection) -> None:
        row = _existing(connection, sample_id)
        here = (workflow_sample.c.workflow_id == row.workflow_id) & (
            workflow_sample.c.place == row.place
        )
        connection.execute(workflow_sample.update().where(here).values(is_pinned=0))
        mine = workflow_sample.update().where(workflow_sample.c.id == sample_id)
        connection.execute(mine.values(is_pinned=int(is_pinned)))
        _note(connection, actor, "sample.pin" if is_pinned else "sample.unpin", vars(_sample(row)))

    database.write(write)


def remove(database: Database, sample_id: str, *, actor: str) -> None:
    """Forget a sample.

    Raises:
        NotFound: It is gone.
    """

    def write(connection: sa.Connection) -> None:
        row = _existing(connection, sample_id)
        connection.execute(workflow_sample.delete().where(workflow_sample.c.id == sample_id))
        _note(connection, actor, "sample.remove", vars(_sample(row)))

    database.write(write)


def for_draft(services: Services, draft: Draft, place: str = "") -> Reach:
    """Return what the expressions at a place of a draft can name, with samples and kinds.

    The event and each result are those of the pinned sample, else the newest; else the example
    that the trigger or action comes with, which ``sources`` tells apart.

    Args:
        services: Of this process.
        draft: What is composed.
        place: The field, such as ``steps[2].config.amount``; everything where it is empty.
    """
    chosen: dict[str, tuple[str, Any]] = {}
    for sample in samples_of(services.database, draft.workflow_id):
        chosen.setdefault(sample.place, (sample.source, sample.document))
    return reach_of(draft.document, services.registry, chosen, place)


def _existing(connection: sa.Connection, sample_id: str) -> sa.Row[Any]:
    found = sa.select(workflow_sample).where(workflow_sample.c.id == sample_id)
    row = connection.execute(found).one_or_none()
    if row is None:
        raise NotFound("This sample is gone.", advice="Load the page anew.")
    return row


def _sample(row: sa.Row[Any]) -> Sample:
    values = {name: getattr(row, name) for name in Sample.__dataclass_fields__}
    return Sample(
        **{**values, "document": from_json(row.document), "is_pinned": bool(row.is_pinned)}
    )


def _note(connection: sa.Connection, actor: str, action: str, row: Any) -> None:
    after = {name: row[name] for name in ("id", "place", "source", "origin")}
    entry = audit.Entry(
        actor=actor, action=action, object=f"workflow/{row['workflow_id']}", after=after
    )
    audit.append(connection, entry)
