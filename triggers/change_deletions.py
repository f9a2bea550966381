"""Records that are gone: found by a full look, and confirmed by the audit trail where it answers.

A deleted record tells nobody when it was changed, so a question for changes never finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from connector.component import Context
from connector.component.polling import Answer, Asking, Seen
from connector.errors import InputError, NotFound, Refused
from connector.intacct.dialects import raw_json
from connector.intacct.operation import Condition
from connector.intacct.raw_retries import RawRetries
from triggers import change_events
from triggers.change_columns import Columns
from triggers.change_events import ABSENCE, AUDIT, DELETED
from triggers.change_times import XML, Clock

LOOKING, MISSING = "looking", "missing"
PAGE = 2000
_AT_ONCE = 20  # each costs a call of its own
_SECONDS = 60.0
_MODES = {"delete", "d"}


def begin(state: Mapping[str, Any], now_ms: int) -> dict[str, Any]:
    """Return the state in which a full look begins."""
    return {
        **state,
        "phase": LOOKING,
        "mark": int(state["mark"]) + 1,
        "after": "",
        "found": 0,
        "looked": now_ms,
    }


def look(asking: Asking) -> Answer:
    """Read one page of all record numbers and mark those that are there."""
    state = asking.state
    columns, clock = Columns.of(state, asking.config), Clock.of(state)
    page = columns.page(
        asking.ctx, clock, where=None, size=PAGE, after=state["after"], is_brief=True
    )
    known = asking.memory.known([record["key"] for record in page.records])
    mark = int(state["mark"])
    # Only what was seen before: the others are the next question's, which tells what they are.
    seen = [
        Seen(old.key, old.id, old.version, old.state, mark)
        for record in page.records
        if (old := known.get(record["key"])) is not None
    ]
    after = {**state, "after": page.next, "found": int(state["found"]) + len(page.records)}
    if not page.next:
        after["phase"] = MISSING
    return Answer(after, seen=seen, is_done=False)


def settle(asking: Asking, next_phase: str) -> Answer:
    """Decide about a few of the records that the look did not find."""
    state = asking.state
    done = {**state, "phase": next_phase, "after": ""}
    missing = asking.memory.unmarked(int(state["mark"]), _AT_ONCE)
    if not missing:
        return Answer(done)
    if not state["found"]:
        # All at once: more likely that the user may not see them any more.
        return Answer(done, note="The company showed no record at all, so none counts as deleted.")
    columns, clock = Columns.of(state, asking.config), Clock.of(state)
    there = _there(asking.ctx, columns, clock, missing)
    entries, gone, back = [], [], []
    for one in missing:
        if one.key in there:
            back.append(Seen(one.key, one.id, one.version, one.state, int(state["mark"])))
            continue
        gone.append(one.key)
        proof = _proof(asking.ctx, columns.schema.wire, one)
        if proof:
            entries.append(change_events.entry(DELETED, one, None, proof=proof))
    found = change_events.events(columns.object, entries, asking.config, clock.offset)
    return Answer(state, events=tuple(found), seen=back, forgotten=gone, is_done=False)


def _there(ctx: Context, columns: Columns, clock: Clock, missing: list[Seen]) -> set[str]:
    """Return those that are there after all: a page may shift while a list is read."""
    key = columns.schema.key
    rows = ctx.asking_for(clock.api).intacct.query(
        columns.object,
        select=[key],
        where=Condition(key, "in", tuple(one.key for one in missing)),
    )
    return {str(row[key]) for row in rows}


def _proof(ctx: Context, wire: str, gone: Seen) -> str:
    """Return how it is known that a record was deleted; empty where the trail says it was not.

    The trail of some objects goes by the id, that of others by the record number.
    """
    answered = False
    asked = [("recordNo", gone.key), ("objectKey", gone.key), ("objectKey", gone.id)]
    for name, value in dict.fromkeys(asked):
        modes = _modes(ctx, wire, name, value) if value else []
        answered = answered or bool(modes)
        if modes and modes[-1] in _MODES:
            return AUDIT
    return "" if answered else ABSENCE


def _modes(ctx: Context, wire: str, name: str, value: str) -> list[str]:
    """Return what was done to a record, oldest first, in the trail's words; empty: unknown."""
    body = (
        f"<getAuditTrail><object>{escape(wire)}</object>"
        f"<{name}>{escape(value)}</{name}></getAuditTrail>"
    )
    try:
        client = ctx.asking_for(XML).intacct
        reply = client.raw(body, seconds=_SECONDS, retries=RawRetries()).reply
    except (InputError, NotFound, Refused):
        return []
    return list(_texts(raw_json.to_json(reply, always_lists=False), "accessMode"))


def _texts(value: Any, name: str) -> list[str]:
    if isinstance(value, list):
        return [text for item in value for text in _texts(item, name)]
    if not isinstance(value, dict):
        return []
    own = [str(value[name]).lower()] if isinstance(value.get(name), str) else []
    return own + [text for item in value.values() for text in _texts(item, name)]
