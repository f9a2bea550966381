"""What somebody who looks at a run decides about it: done once, and only about what they saw.

A page carries a mark of the run as it was shown. Whoever clicks twice, or on a page of yesterday,
comes too late for that mark, and nothing is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import sqlalchemy as sa

from connector.errors import InputError, NotFound
from connector.intacct.ports import EffectState
from connector.runtime import control, decisions
from connector.runtime.bells import ADVANCE_RUN, EFFECTS
from connector.runtime.services import Services
from connector.store.tables import effect, run

T = TypeVar("T")

_LONGEST_KEY = 100


class MovedOn(InputError):
    """The run or write is not any more what was shown; nothing was done."""

    default_advice = "Look at it as it is now, then decide again."


def seen(connection: sa.Connection, row: sa.Row[Any]) -> str:
    """Return the mark of a run as it is now."""
    first = row.replay_of or row.id
    repeats = sa.select(sa.func.count()).where(run.c.replay_of == first)
    return f"{row.state}.{row.epoch}.{connection.execute(repeats).scalar_one()}"


def retry(services: Services, run_id: str, *, actor: str, mark: str) -> None:
    """Let a run go on at its first unfinished step; what was written is not written again.

    Raises:
        NotFound: There is no such run.
        MovedOn: It is not any more what was shown.
        InputError: It cannot be tried again.
    """
    _once(services, run_id, mark, lambda c: decisions.requeue(c, run_id, actor))
    services.bells.ring(ADVANCE_RUN, run_id, EFFECTS)


def replay(services: Services, run_id: str, *, actor: str, mark: str) -> str:
    """Run the same event through the latest version, and return the new run's id.

    Raises:
        NotFound: There is no such run.
        MovedOn: It is not any more what was shown, or somebody has replayed it since.
        InputError: It cannot be replayed.
    """
    made = _once(services, run_id, mark, lambda c: control.start_replay(c, run_id, actor))
    services.bells.ring(ADVANCE_RUN, made, EFFECTS)
    return made


def another(services: Services, run_id: str, path: str, *, actor: str, mark: str) -> None:
    """Let a step whose write is done write once more, on purpose: a second record.

    Raises:
        NotFound: There is no such run.
        MovedOn: It is not any more what was shown.
        InputError: It is still going, or the step has no write that is done.
    """
    _once(services, run_id, mark, lambda c: decisions.start_another(c, run_id, path, actor))
    services.bells.ring(ADVANCE_RUN, run_id, EFFECTS)


def it_is_there(services: Services, write: str, key: str, *, actor: str, epoch: int) -> str:
    """Record what somebody found: a parked write exists in Intacct under this record number.

    Args:
        services: The installation.
        write: Its key in the ledger.
        key: The record number.
        actor: Who decides.
        epoch: That of the write as it was shown.

    Returns:
        The run that goes on now; empty where it belongs to none.

    Raises:
        MovedOn: It does not wait for a decision any more, or was sent again since.
        InputError: The record number is missing, or its run is under way.
    """
    number = key.strip()
    if not number or len(number) > _LONGEST_KEY or not number.isprintable():
        raise InputError(
            "Enter the record number under which it stands in Intacct.",
            advice="It stands in the record's address and in its audit trail there.",
            field="key",
        )
    return _decide(services, write, decisions.found_under(number, actor), actor, epoch)


def send_again(services: Services, write: str, *, actor: str, epoch: int) -> str:
    """Record what somebody found: a parked write is not in Intacct; it is sent anew.

    It goes out under the next control id, since nobody knows what the old one would get.

    Returns:
        The run that goes on now; empty where it belongs to none.

    Raises:
        MovedOn: It does not wait for a decision any more, or was sent again since.
        InputError: Its run is under way.
    """
    return _decide(services, write, decisions.TO_BE_SENT, actor, epoch)


def _once(services: Services, run_id: str, mark: str, work: Callable[[sa.Connection], T]) -> T:
    def write(connection: sa.Connection) -> T:
        _check(connection, run_id, mark)
        return work(connection)

    return services.database.write(write)


def _check(connection: sa.Connection, run_id: str, mark: str) -> None:
    row = connection.execute(sa.select(run).where(run.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such run, or not any more.")
    # Whoever decides about a repeat waits for whoever decides about the first run.
    first = sa.select(run.c.id).where(run.c.id == (row.replay_of or row.id))
    connection.execute(first.with_for_update())
    current = connection.execute(sa.select(run).where(run.c.id == run_id)).one()
    if seen(connection, current) != mark:
        raise MovedOn("This run has gone on since the page was shown, so nothing more was done.")


def _decide(
    services: Services, write: str, values: Mapping[str, Any], actor: str, epoch: int
) -> str:
    def decide(connection: sa.Connection) -> str:
        row = connection.execute(sa.select(effect).where(effect.c.op_key == write)).one_or_none()
        if row is None or row.state != EffectState.PARKED or row.epoch != epoch:
            raise MovedOn("This write does not wait for that decision any more; nothing was done.")
        decisions.note(connection, row, values, actor)
        known = sa.select(run.c.id).where(run.c.id == row.run_id)
        run_id = str(connection.execute(known).scalar() or "")
        if run_id:
            decisions.requeue(connection, run_id, actor)
        return run_id

    run_id = services.database.write(decide)
    if run_id:
        services.bells.ring(ADVANCE_RUN, run_id, EFFECTS)
    return run_id
