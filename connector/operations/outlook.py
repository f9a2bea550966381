"""What happens next with a run or a write by itself, and when; what only a person can do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.intacct.ports import EffectState
from connector.runtime import runs
from connector.runtime.intents import OTHER_SERVICES, Patience
from connector.store.json_text import from_json

_MOST_RESENDS = 1  # as ``runtime.settle`` has it


@dataclass(frozen=True)
class Outlook:
    """What comes next.

    Args:
        text: A sentence or two.
        at: When, in milliseconds since 1970; None where no time is set.
    """

    text: str
    at: int | None = None


def of_write(row: sa.Row[Any], patience: Patience) -> Outlook:
    """Return what happens next with a write, from its row in the ledger."""
    state = EffectState(row.state)
    if state is EffectState.SENDING:
        deadline = row.call_deadline
        at = None if deadline is None else deadline + patience.settle_after_ms
        return Outlook("It is on its way. Without an answer by then it is looked up.", at)
    if state is EffectState.UNCERTAIN:
        return Outlook(_of_doubt(row, patience), row.look_at)
    if state is EffectState.SUCCEEDED:
        return Outlook(_of_success(row))
    return Outlook(_PLAIN[state])


_PLAIN = {
    EffectState.PLANNED: "Nothing of it has been carried out; it goes out when its run goes on.",
    EffectState.REFUSED: "Once the cause is corrected, retry the run: it is then sent anew.",
    EffectState.PARKED: "Nothing more happens by itself.",
}


def _of_doubt(row: sa.Row[Any], patience: Patience) -> str:
    """Return why nobody knows, and the steps by which it will be known."""
    if row.connection_id == OTHER_SERVICES:
        return "No clear answer came, and that service cannot be asked. A person will decide."
    if row.natural_key is None:
        return (
            "No clear answer came, and nothing in the record tells it apart from others, so it "
            "cannot be looked up. A person will be asked to look."
        )
    looks = len(patience.look_up_delays_ms)
    number = min(row.looks + 1, looks)
    told = (
        "No clear answer came, so it may be in Intacct or not. It is looked up there "
        f"(look {number} of {looks}); nothing is sent again until that is known."
    )
    if number < looks:
        return told
    if row.resends < _MOST_RESENDS:
        return f"{told} If it is not there, the same request goes out once more under the same id."
    return f"{told} If it is not there, a person is asked to decide."


def _of_success(row: sa.Row[Any]) -> str:
    evidence = from_json(row.evidence) if row.evidence else {}
    if "foundBy" in evidence:
        names = ", ".join(f"{name} {value}" for name, value in evidence["foundBy"].items())
        return f"No answer came, so it was looked up and found by {names}. It was not sent again."
    if "decidedBy" in evidence:
        return f"{evidence['decidedBy']} looked and said that it is there."
    return "The answer confirms it."


def of_run(row: sa.Row[Any], writes: Sequence[Outlook], error: dict[str, Any]) -> Outlook:
    """Return what happens next with a run.

    Args:
        row: The run's row.
        writes: The outlooks of those of its writes that are being looked up.
        error: What the run says to people.
    """
    if row.state in (*_OPEN_WITHOUT_TIME, runs.WAITING) and row.cancelled_by:
        return Outlook(f"{row.cancelled_by} cancelled it: it will stop after this call.")
    if row.state == runs.UNCERTAIN:
        times = [one.at for one in writes if one.at is not None]
        return Outlook(
            "One of its writes has no outcome yet. It goes on by itself as soon as that is known.",
            min(times, default=None),
        )
    if row.state == runs.WAITING:
        return _of_wait(row, error)
    return Outlook(_RUN_WORDS.get(row.state, ""))


_OPEN_WITHOUT_TIME = (runs.HELD, runs.QUEUED, runs.RUNNING, runs.UNCERTAIN, runs.PAUSED)
_RUN_WORDS = {
    runs.HELD: "It begins when one of the items before it has ended.",
    runs.QUEUED: "It begins as soon as a worker is free.",
    runs.PAUSED: "It goes on where it stopped when its workflow is resumed.",
    runs.PARKED: "Nothing more happens by itself: it waits for a decision.",
    runs.FAILED: "Nothing more happens by itself. Correct the cause, then try again.",
}


def _of_wait(row: sa.Row[Any], error: dict[str, Any]) -> Outlook:
    kind = error.get("type")
    if kind == "NeedsReconnect":
        return Outlook("It goes on as soon as somebody connects again.")
    if kind == "Waiting":
        return Outlook("It goes on by itself when that is done.")
    return Outlook("It is tried again by itself.", row.not_before)
