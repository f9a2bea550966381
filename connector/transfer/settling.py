"""Rows that Intacct did not answer: looked up until it is known what became of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from connector.errors import ConnectorError, Parked, Refused
from connector.intacct.ports import EffectState
from connector.runtime.settle import settle
from connector.transfer.door import Door
from connector.transfer.ledger import RowLedger
from connector.transfer.ledger_rows import Known
from connector.transfer.looking import MOST_AT_ONCE, Looking
from connector.transfer.rows import Outcome, Told

POLL_SECONDS = 0.2
# Beyond the deadline of the longest call, the pause after it and all looks.
_SPARE_SECONDS = 30.0
_UNSURE = {EffectState.SENDING, EffectState.UNCERTAIN}


def settled(
    door: Door,
    ledger: RowLedger,
    unsure: Sequence[Told],
    *,
    waits: bool,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Told]:
    """Yield the rows again, with what became of them, as far as that can be found out.

    The looks are those of every other write (``runtime.settle``); workers that run beside this
    process may do them first.

    Args:
        door: The company.
        ledger: The effects of this run.
        unsure: The rows.
        waits: Whether to look until it is known; else they are told as they stand.
        sleep: Waits the given seconds.
    """
    told = {each.op_key: each for each in unsure}
    if waits:
        _look_until_known(door, ledger, sleep)
    states = ledger.known(list(told))
    for op_key, one in told.items():
        known = states.get(op_key)
        yield _told(one, known) if known else one


def _look_until_known(door: Door, ledger: RowLedger, sleep: Callable[[float], None]) -> None:
    services = door.services
    patience = services.patience
    longest = sum(patience.look_up_delays_ms) + patience.settle_after_ms
    deadline = time.monotonic() + longest / 1000 + door.seconds + _SPARE_SECONDS
    looking = Looking(services.database, door.client, ledger.run, patience)
    soon = longest / 1000 + door.seconds
    left = ledger.unsettled(soon)
    while left and time.monotonic() < deadline:
        with suppress(ConnectorError):  # nobody there to ask: the next look may find somebody
            while looking.look() == MOST_AT_ONCE:
                pass
        for op_key in ledger.unsettled(soon):
            settle(services, op_key)
        left = ledger.unsettled(soon)
        if left:
            sleep(POLL_SECONDS)


def _told(one: Told, known: Known) -> Told:
    is_new = known.function.startswith(("create", "POST "))
    if known.state is EffectState.SUCCEEDED:
        outcome = Outcome.CREATED if is_new else Outcome.UPDATED
        return one.with_outcome(outcome, key=known.key, id=known.external_id, error=None)
    said = dict(known.error or {})
    title, advice = str(said.get("title") or ""), str(said.get("advice") or "")
    if known.state is EffectState.PARKED:
        return one.with_outcome(Outcome.PARKED, error=Parked(title or _PARKED, advice=advice))
    if known.state is EffectState.REFUSED:
        return one.with_outcome(Outcome.REFUSED, error=Refused(title or _REFUSED, advice=advice))
    if known.state in _UNSURE:
        return one
    error: ConnectorError = Refused(_PUT_BACK, advice="Resume the sync.")
    return one.with_outcome(Outcome.NOT_SENT, error=error)


_PARKED = "A person has to decide about this row."
_REFUSED = "Intacct refused this row."
_PUT_BACK = "The row was not carried out and may be sent again."
