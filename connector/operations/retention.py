"""Forgets what old runs and events held, and keeps what was done: ledger, audit, usage, issues.

A run loses its inputs, outputs and steps, and the runs inside it; its own row stays, so that the
same business (``once``) is known as done for ever. An event loses its content at the same age and
its key after 90 days at the earliest: a repeat that late finds the run of its business, and the
ledger, whose keys are made of the event's own id, writes nothing twice even where it finds none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import sqlalchemy as sa

from connector.errors import InputError
from connector.intacct.ports import EffectState
from connector.runtime import children, echoes, inbox, runs
from connector.runtime.services import Services
from connector.store import audit, clock
from connector.store.database import Database
from connector.store.insert import insert_once
from connector.store.tables import approval, chore, effect, issue_run, run, step
from connector.store.tables import inbox as events

DAY_MS = 86_400_000
LEAST_KEY_DAYS = 90
SYSTEM = "system"
CHORE = "retention"

_AT_ONCE = 100  # outermost runs or events in one transaction: nobody else should wait for it
_INSIDE_AT_ONCE = 500
_MOST_AT_A_TIME = 2_000  # in one go of the daily work; the rest follows a minute later
_MINUTE_MS = 60_000
_KEPT_STATES = (*children.OPEN, runs.PARKED)
_OPEN_EFFECTS = (EffectState.SENDING, EffectState.UNCERTAIN, EffectState.PARKED)
_DONE_WITH = (inbox.IGNORED, inbox.STALE, echoes.ALIAS, "rejected")
_EMPTY = "{}"


@dataclass(frozen=True)
class Pruned:
    """What was removed.

    Args:
        runs: Outermost runs that lost their content.
        events: Events that lost theirs, beside those of these runs.
        keys: Events of which nothing is left.
        is_all: Whether nothing of that age is left to remove.
    """

    runs: int
    events: int
    keys: int
    is_all: bool = True


def prune(database: Database, days: int, *, actor: str, most: int | None = None) -> Pruned:
    """Remove the content of runs and events older than so many days; return how much that was.

    Runs that are under way, parked, part of an unresolved issue, or with a write whose outcome is
    open stay as they are, however old.

    Args:
        database: Where they are kept.
        days: The age, at least one day.
        actor: Who asks.
        most: Stop after about so many runs and events.

    Raises:
        InputError: It is less than a day.
    """
    if days < 1:
        raise InputError("Runs are kept for a day at least.", field="days")
    now = database.read(clock.now_ms)
    cutoff = now - days * DAY_MS
    keys_before = now - max(days, LEAST_KEY_DAYS) * DAY_MS
    pruned = _repeat(partial(_prune_runs, database, cutoff), most)
    blanked = _repeat(partial(_blank_events, database, cutoff), most)
    removed = _repeat(partial(_remove_keys, database, keys_before), most)
    is_all = most is None or max(pruned, blanked, removed) < most
    found = Pruned(pruned, blanked, removed, is_all)
    if pruned or blanked or removed:
        after = {"days": days, "runs": pruned, "events": blanked, "keys": removed}
        entry = audit.Entry(actor, "retention.prune", "runs", after=after)
        database.write(lambda connection: audit.append(connection, entry))
    return found


def daily(services: Services) -> Pruned | None:
    """Prune once a day as the settings say; return what was removed, None when it is not time."""
    days = services.settings.keep_runs_days
    if days == 0 or not services.database.write(_begin):
        return None
    found = prune(services.database, days, actor=SYSTEM, most=_MOST_AT_A_TIME)
    if not found.is_all:
        soon = sa.update(chore).where(chore.c.name == CHORE)
        services.database.write(
            lambda c: c.execute(soon.values(at=clock.now_ms(c) - DAY_MS + _MINUTE_MS)).rowcount
        )
    return found


def _begin(connection: sa.Connection) -> bool:
    """Say whether a day has passed since somebody last began, and begin."""
    now = clock.now_ms(connection)
    if insert_once(connection, chore, {"name": CHORE, "at": now}):
        return True
    due = sa.update(chore).where(chore.c.name == CHORE, chore.c.at <= now - DAY_MS)
    return connection.execute(due.values(at=now)).rowcount == 1


def _repeat(work: Callable[[], int], most: int | None) -> int:
    total = 0
    while most is None or total < most:
        count = work()
        total += count
        if count < _AT_ONCE:
            break
    return total


def _prune_runs(database: Database, cutoff: int) -> int:
    """Prune the next runs; those inside them first, so that a death leaves no remains."""
    run_ids = database.read(partial(_old_runs, cutoff=cutoff))
    while run_ids and not database.write(partial(_pruned, cutoff=cutoff, run_ids=run_ids)):
        pass
    return len(run_ids)


def _pruned(connection: sa.Connection, cutoff: int, run_ids: Sequence[str]) -> bool:
    """Prune the next part of these runs and say whether that was the last.

    Somebody may have let one of them go on since it was found: nobody can while this holds them.
    """
    held = sa.select(run.c.id).where(run.c.id.in_(run_ids)).order_by(run.c.id).with_for_update()
    connection.execute(held)
    mine = _old_runs(connection, cutoff, run_ids)
    if inside := _inside(connection, mine):
        _remove_inside(connection, inside)
        return False
    _prune(connection, mine)
    return True


def _old_runs(
    connection: sa.Connection, cutoff: int, among: Sequence[str] | None = None
) -> list[str]:
    inner = run.alias("inner_run")
    family = (inner.c.id == run.c.id) | (inner.c.root_id == run.c.id)
    is_open = sa.exists().where(
        effect.c.run_id == inner.c.id, family, effect.c.state.in_(_OPEN_EFFECTS)
    )
    is_issue = sa.exists().where(
        issue_run.c.run_id == inner.c.id, family, issue_run.c.settled_at.is_(None)
    )
    is_going = sa.exists().where(
        inner.c.root_id == run.c.id,
        inner.c.state.in_(_KEPT_STATES),
    )
    # A replay reads the event of the run that it repeats, also when it is tried again itself.
    is_read = sa.exists().where(inner.c.replay_of == run.c.id, inner.c.pruned_at.is_(None))
    found = (
        sa.select(run.c.id)
        .where(
            run.c.parent_id.is_(None),
            run.c.pruned_at.is_(None),
            run.c.created_at < cutoff,
            run.c.finished_at < cutoff,
            run.c.state.not_in(_KEPT_STATES),
            run.c.trouble.is_(None),
            ~is_open,
            ~is_issue,
            ~is_going,
            ~is_read,
        )
        .order_by(run.c.created_at)
        .limit(_AT_ONCE)
    )
    if among is not None:
        found = found.where(run.c.id.in_(among))
    return list(connection.execute(found).scalars())


def _inside(connection: sa.Connection, run_ids: Sequence[str]) -> list[str]:
    mine = run.c.root_id.in_(run_ids) & run.c.pruned_at.is_(None)
    return list(
        connection.execute(sa.select(run.c.id).where(mine).limit(_INSIDE_AT_ONCE)).scalars()
    )


def _remove_inside(connection: sa.Connection, run_ids: Sequence[str]) -> None:
    """Remove runs inside others, but for the rows of those that something still refers to.

    What somebody approved stays, and so does whose write that is. A write that was never sent may
    be taken over with other content only from a run that is known to have given up.
    """
    approved = sa.select(approval.c.run_id).where(approval.c.run_id.in_(run_ids))
    unsent = sa.select(effect.c.run_id).where(
        effect.c.run_id.in_(run_ids), effect.c.state == EffectState.PLANNED
    )
    kept = set(connection.execute(approved.union(unsent)).scalars())
    gone = [run_id for run_id in run_ids if run_id not in kept]
    # Their steps go along; one that goes on by itself within a cancelled run stays.
    ended = run.c.state.not_in(_KEPT_STATES)
    connection.execute(run.delete().where(run.c.id.in_(gone), ended))
    if kept:
        _forget(connection, list(kept))


def _prune(connection: sa.Connection, run_ids: Sequence[str]) -> None:
    _forget(connection, run_ids)
    mine = sa.select(run.c.inbox_id).where(run.c.id.in_(run_ids), run.c.inbox_id.is_not(None))
    needed = sa.exists().where(run.c.inbox_id == events.c.id, run.c.pruned_at.is_(None))
    blank = events.update().where(events.c.id.in_(mine), ~needed)
    connection.execute(blank.values(data=_EMPTY))


def _forget(connection: sa.Connection, run_ids: Sequence[str]) -> None:
    connection.execute(step.delete().where(step.c.run_id.in_(run_ids)))
    values = {"input": None, "output": None, "pruned_at": clock.now_ms(connection)}
    connection.execute(run.update().where(run.c.id.in_(run_ids)).values(**values))


def _blank_events(database: Database, cutoff: int) -> int:
    """Blank the next events that no run needed."""
    old = (
        events.c.received_at < cutoff,
        events.c.state.in_(_DONE_WITH),
        events.c.data != _EMPTY,
    )
    some = sa.select(events.c.id).where(*old).order_by(events.c.received_at).limit(_AT_ONCE)
    blank = events.update().where(events.c.id.in_(some)).values(data=_EMPTY)
    return database.write(lambda connection: connection.execute(blank).rowcount)


def _remove_keys(database: Database, before: int) -> int:
    """Remove the next events whose key nothing relies on any more."""
    needed = sa.exists().where(run.c.inbox_id == events.c.id, run.c.pruned_at.is_(None))
    some = (
        sa.select(events.c.id)
        .where(events.c.received_at < before, events.c.state != inbox.RECEIVED, ~needed)
        .order_by(events.c.received_at)
        .limit(_AT_ONCE)
    )
    gone = events.delete().where(events.c.id.in_(some))
    return database.write(lambda connection: connection.execute(gone).rowcount)
