"""What happened to a record between two looks at it, and how a workflow is told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.component import Event
from connector.component.polling import Seen
from triggers.change_columns import Columns
from triggers.change_times import Clock, milliseconds

CREATED, UPDATED, DELETED, STATE_CHANGED = "created", "updated", "deleted", "stateChanged"
READ, AUDIT, ABSENCE = "read", "audit", "absence"

Entry = dict[str, Any]


def entry(
    change: str,
    seen: Seen,
    record: Mapping[str, Any] | None,
    *,
    before: str = "",
    proof: str = READ,
) -> Entry:
    """Return one change as a workflow sees it."""
    return {
        "change": change,
        "key": seen.key,
        "id": seen.id,
        "changedAt": seen.version,
        "previousState": before,
        "proof": proof,
        "record": None if record is None else dict(record),
    }


def compare(
    columns: Columns,
    clock: Clock,
    state: Mapping[str, Any],
    record: Mapping[str, Any],
    old: Seen | None,
) -> tuple[Seen, Entry | None]:
    """Return a record as it is to be remembered, and what happened to it since; None: nothing.

    A record is new when it was never seen and was made after the newest one at the start. Both
    times stand in the same column, so it does not matter whose clock that goes by.
    """
    seen = columns.seen(record, clock, mark=old.mark if old else int(state["mark"]))
    if old is not None and old.version == seen.version:
        return seen, None
    made = columns.created_at(record, clock)
    if old is None and (made > state["made"] if made else not state["cursor"]):
        return seen, entry(CREATED, seen, record)
    has_moved = columns.state and seen.state != (old.state if old else "")
    if has_moved and old is not None:
        return seen, entry(STATE_CHANGED, seen, record, before=old.state)
    return seen, entry(UPDATED, seen, record)


def wanted(found: Entry, config: Mapping[str, Any], new_state: str) -> Entry | None:
    """Return the change under the name a workflow asked for, or None where it did not ask."""
    changes, states = config["changes"], config.get("states")
    in_state = not states or new_state in states
    is_entry = found["change"] == STATE_CHANGED or (found["change"] == CREATED and states)
    if STATE_CHANGED in changes and is_entry and in_state:
        return {**found, "change": STATE_CHANGED}
    if found["change"] == STATE_CHANGED:
        return {**found, "change": UPDATED} if UPDATED in changes else None
    return found if found["change"] in changes else None


def events(
    object_name: str, found: Sequence[Entry], config: Mapping[str, Any], offset: str
) -> Iterator[Event]:
    """Yield one event for each change, or for each batch of them."""
    size = int(config.get("batchSize") or 1)
    for start in range(0, len(found), size):
        yield _event(object_name, found[start : start + size], offset, is_alone=size == 1)


def _event(object_name: str, part: Sequence[Entry], offset: str, *, is_alone: bool) -> Event:
    names = [_name(one) for one in part]
    nothing: Entry = {**dict.fromkeys(part[0], ""), "record": None}
    return Event(
        id=f"{object_name}/{names[0]}" if is_alone else f"{object_name}/{_digest(names)}",
        type=f"{object_name}.{part[0]['change'] if is_alone else 'batch'}",
        data={
            "object": object_name,
            **(part[0] if is_alone else nothing),
            "changes": list(part),
            "count": len(part),
        },
        occurred_at=milliseconds(part[-1]["changedAt"], offset),
    )


def _name(one: Entry) -> str:
    """Return what tells a change from every other one: record numbers are not used again."""
    when = "" if one["change"] == DELETED else one["changedAt"]
    return f"{one['key']}@{when}@{one['change']}"


def _digest(names: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(names).encode()).hexdigest()
