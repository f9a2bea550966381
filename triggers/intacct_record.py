"""Intacct Record: one event for each change, whoever told of it: webhook, queue or a look.

A delivery only hints at a record. The record is read, and its change time says whether that is
news; so a delivery that came twice starts nothing, and one that was lost is made up for by the
regular look.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import schemas
from connector.component import Event
from connector.component.polling import (
    Answer,
    Asking,
    PollingTrigger,
    Seen,
    as_found,
    is_never_routed,
)
from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import AnyOf, Condition, Filter
from triggers import change_events, intacct_changes, intacct_event, intacct_queue
from triggers.change_columns import Columns
from triggers.change_events import DELETED
from triggers.change_times import Clock

_MOST_HINTS = 500  # what one question names
_MINUTE_MS = 60_000


def ask(asking: Asking) -> Answer:
    """Take one step: the queue, then what was delivered, then the look that finds the rest."""
    state = dict(asking.state)
    base = state.get("base", {})
    if base.get("phase", "") != intacct_changes.READING:
        return _look(asking, state)
    if asking.config["useQueue"] and not state.get("is_drained"):
        return _drain(asking, state)
    hints = asking.memory.arrivals(int(state.get("heard", 0)), _MOST_HINTS)
    if hints:
        state["heard"] = hints[-1].number
        return _follow(asking, state, [each.event for each in hints])
    pause = int(asking.config["everyMinutes"]) * _MINUTE_MS
    is_under_way = bool(base["after"])
    if is_under_way or asking.now_ms - int(state.get("looked", 0)) >= pause:
        return _look(asking, state)
    return Answer({**state, "is_drained": False})


def _look(asking: Asking, state: dict[str, Any]) -> Answer:
    """Take a step of the look, and note when one has come to its end."""
    answer = intacct_changes.ask(dataclasses.replace(asking, state=state.get("base", {})))
    state["base"] = answer.state
    state["is_backfill"] = bool(answer.state.get("is_backfill"))
    if answer.is_done:
        state |= {"looked": asking.now_ms, "is_drained": False}
    return dataclasses.replace(answer, state=state)


def _drain(asking: Asking, state: dict[str, Any]) -> Answer:
    answer = intacct_queue.ask(dataclasses.replace(asking, state=state.get("queue", {})))
    state |= {"queue": dict(answer.state), "is_drained": answer.is_done}
    return dataclasses.replace(answer, state=state, is_done=False)


def _follow(asking: Asking, state: dict[str, Any], hints: Sequence[Event]) -> Answer:
    """Read the records that were hinted at with one question, and tell what is news."""
    base, config = state["base"], asking.config
    columns, clock = Columns.of(base, config), Clock.of(base)
    mine = [one.data for one in hints if _is_about(one.data, columns.schema)]
    where = _where(columns.schema, mine)
    if where is None:
        return Answer(state, is_done=False)
    page = columns.page(asking.ctx, clock, where=where, size=2 * _MOST_HINTS)
    asked = dataclasses.replace(asking, state=base)
    size = len(page.records)
    _, seen, entries = intacct_changes.compared(asked, columns, clock, page.records, size)
    gone = _gone(asking, mine, {str(record["key"]) for record in page.records})
    if DELETED in config["changes"]:
        entries += [change_events.entry(DELETED, one, None, proof="read") for one in gone]
    found = tuple(change_events.events(columns.object, entries, config, clock.offset))
    keys = [one.key for one in gone]
    return Answer(state, events=found, seen=seen, forgotten=keys, is_done=False)


def _is_about(data: Mapping[str, Any], schema: ObjectSchema) -> bool:
    name = str(data.get("object") or "")
    try:
        found = (
            ObjectSchema.of_rest(name) if "/" in name else ObjectSchema.find(name or schema.wire)
        )
    except InputError:
        return False  # not a name at all
    return found.wire == schema.wire


def _where(schema: ObjectSchema, mine: Sequence[Mapping[str, Any]]) -> Filter | None:
    keys = tuple(dict.fromkeys(str(one["key"]) for one in mine if one.get("key")))
    ids = tuple(
        dict.fromkeys(str(one["id"]) for one in mine if one.get("id") and not one.get("key"))
    )
    parts: list[Filter] = [Condition(schema.key, "in", keys)] if keys else []
    if ids and schema.id:
        parts.append(Condition(schema.id, "in", ids))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def _gone(asking: Asking, mine: Sequence[Mapping[str, Any]], there: set[str]) -> list[Seen]:
    """Return the records whose end was told of, and which are not there indeed."""
    keys = [
        str(one["key"])
        for one in mine
        if one.get("change") == DELETED and one.get("key") and str(one["key"]) not in there
    ]
    known = asking.memory.known(keys)
    return [known.get(key, Seen(key)) for key in dict.fromkeys(keys)]


EVENT = "events/intacct.record.json"

TRIGGER = PollingTrigger(
    key="intacct.record",
    label="Intacct Record",
    description="Starts the workflow once for each change of a record, however it becomes known.",
    connection="intacct-events",
    event=EVENT,
    config="triggers/intacct.record.json",
    verify=intacct_event.verify,
    receive=intacct_event.receive,
    matches=is_never_routed,
    enrich=as_found,
    weakness=intacct_event.weakness,
    example=schemas.load(EVENT)["examples"][0],
    ask=ask,
    listens=True,
)
