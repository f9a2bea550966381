"""Intacct Changes: ask a company regularly which records are new, changed or gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import schemas
from connector.component.polling import (
    Answer,
    Asking,
    PollingTrigger,
    Seen,
    as_found,
    is_never_routed,
    refuse,
)
from connector.intacct import paging
from triggers import change_columns, change_deletions, change_events
from triggers.change_columns import Columns
from triggers.change_events import DELETED, STATE_CHANGED, Entry
from triggers.change_times import Clock, earlier, read_clock

PAGE = 2000  # the most a query gives; each page is one API transaction (xml-api 3.3)
SEEDING, READING = "seeding", "reading"
_MINUTE_MS = 60_000


def ask(asking: Asking) -> Answer:
    """Take one step: learn the company's clock, then read page after page of what has changed."""
    phase = asking.state.get("phase", "")
    if not phase:
        return _begin(asking)
    if phase == SEEDING:
        return _seed(asking)
    if phase == change_deletions.LOOKING:
        return change_deletions.look(asking)
    if phase == change_deletions.MISSING:
        return change_deletions.settle(asking, READING)
    return _read(asking)


def _begin(asking: Asking) -> Answer:
    """Ask once how times are written here, and where the newest record stands."""
    config = asking.config
    clock = read_clock(asking.ctx, asking.user_id)
    modified, created, cursor, made = change_columns.find(asking.ctx, clock, config["object"])
    state = {
        **clock.to_state(),
        "phase": SEEDING,
        "modified": modified,
        "created": created,
        "cursor": cursor,
        "made": made,
        "mark": 0,
        "looked": asking.now_ms,
        "is_seeded": False,
        **_no_pass(asking.now_ms),
    }
    if config.get("lookBackDate"):
        start = f"{config['lookBackDate']}T00:00:00"
        made = earlier(start, timedelta(seconds=1))
        state |= {"phase": READING, "cursor": start, "made": made}
        state["is_backfill"] = True
    return Answer(state, is_done=False)


def _no_pass(now_ms: int) -> dict[str, Any]:
    return {"after": "", "began": now_ms, "newest": "", "taken": 0, "read": 0}


def _seed(asking: Asking) -> Answer:
    """Remember a page of what is there already, so that it is not taken for news.

    All of it where deletions or states are watched, else what the next question finds again.
    """
    state, config = asking.state, asking.config
    columns, clock = Columns.of(state, config), Clock.of(state)
    where = None if _needs_all(config) else _window(columns, clock, state, config)
    page = columns.page(
        asking.ctx, clock, where=where, size=PAGE, after=state["after"], is_brief=True
    )
    known = asking.memory.known([record["key"] for record in page.records])
    found = [columns.seen(record, clock) for record in page.records]
    # What has changed since the start is the next question's.
    seen = [one for one in found if one.key not in known and one.version <= state["cursor"]]
    after = {**state, "after": page.next, "is_backfill": bool(page.next)}
    if not page.next:
        after |= {"phase": READING, "is_seeded": True, **_no_pass(asking.now_ms)}
    return Answer(after, seen=seen, is_done=False)


def _needs_all(config: Mapping[str, Any]) -> bool:
    return bool({DELETED, STATE_CHANGED} & set(config["changes"]))


def _window(
    columns: Columns, clock: Clock, state: Mapping[str, Any], config: Mapping[str, Any]
) -> Any:
    start = earlier(state["cursor"], clock.overlap(int(config["overlapMinutes"])))
    return columns.since(start, clock)


def _read(asking: Asking) -> Answer:
    """Read one page of changes; whatever was seen at the same change time is no news."""
    state, config = asking.state, asking.config
    columns, clock = Columns.of(state, config), Clock.of(state)
    most = int(config["maxRecords"])
    page = columns.page(
        asking.ctx,
        clock,
        where=_window(columns, clock, state, config),
        size=min(PAGE, most),
        after=state["after"],
    )
    left = most - int(state["taken"])
    count, seen, entries = compared(asking, columns, clock, page.records, left)
    newest = max([state["newest"], *(one.version for one in seen)])
    taken = int(state["taken"]) + len(entries)
    read = int(state["read"]) + count
    is_cut = count < len(page.records)
    place = paging.place(str(page.records[count - 1]["key"]), read) if is_cut else page.next
    after = {**state, "after": place, "newest": newest, "taken": taken, "read": read}
    found = tuple(change_events.events(columns.object, entries, config, clock.offset))
    if not place:
        return _ended(asking, Answer(after, events=found, seen=seen))
    if taken < most:
        return Answer(after, events=found, seen=seen, is_done=False)
    note = f"{taken} changed records were taken; up to {page.total - read} follow at the next poll."
    return Answer({**after, "taken": 0}, events=found, seen=seen, note=note)


def compared(
    asking: Asking, columns: Columns, clock: Clock, records: list[dict[str, Any]], most: int
) -> tuple[int, list[Seen], list[Entry]]:
    """Return how many of the records were looked at, what to remember of them, and what is news.

    Args:
        asking: The step; its state is that of a look.
        columns: What was read.
        clock: How times are written.
        records: A page.
        most: After so many changes the rest is left for later.
    """
    known = asking.memory.known([record["key"] for record in records])
    seen: list[Seen] = []
    entries: list[Entry] = []
    for count, record in enumerate(records):
        if len(entries) >= most:
            return count, seen, entries
        one, found = change_events.compare(
            columns, clock, asking.state, record, known.get(record["key"])
        )
        if found is None:
            continue
        seen.append(one)
        told = change_events.wanted(found, asking.config, one.state)
        if told is not None:
            entries.append(told)
    return len(records), seen, entries


def _ended(asking: Asking, answer: Answer) -> Answer:
    """Close a pass: the next question starts where nothing can have slipped through.

    Pages are read by record number. What changed behind the reader's back has a change time
    after the pass began, so the newest one seen, less the time the pass took, is safe.
    """
    state, config, now = dict(answer.state), asking.config, asking.now_ms
    took = timedelta(milliseconds=max(0, now - int(state["began"])) + 1000)
    state["cursor"] = max(state["cursor"], earlier(state["newest"], took))
    state |= {**_no_pass(now), "is_backfill": False}
    is_done = True
    if not state["is_seeded"] and _needs_all(config):
        state["phase"] = SEEDING
        is_done = False
    elif DELETED in config["changes"]:
        pause_ms = int(config["deletionMinutes"]) * _MINUTE_MS
        if now - int(state["looked"]) >= pause_ms:
            state = change_deletions.begin(state, now)
            is_done = False
    return Answer(state, events=answer.events, seen=answer.seen, is_done=is_done)


EVENT = "events/intacct.changes.json"

TRIGGER = PollingTrigger(
    key="intacct.changes",
    label="Intacct Changes",
    description="Starts the workflow when a regular look finds records new, changed or gone.",
    connection="sage-intacct",
    event=EVENT,
    config="triggers/intacct.changes.json",
    verify=refuse,
    receive=refuse,
    matches=is_never_routed,
    enrich=as_found,
    example=schemas.load(EVENT)["examples"][0],
    ask=ask,
)
