"""Writes to HubSpot through the ledger of effects: shown, rehearsed and remembered like others.

They set properties to given values, so doing one again changes nothing more: after silence the
same is simply sent again, where a write to Intacct would be looked up first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from connector.errors import OutcomeUnknown, Unavailable
from connector.hubspot.client import CALL_SECONDS
from connector.intacct.layers.idempotency import Idempotency, Verdict
from connector.intacct.layers.preview import Previewed
from connector.intacct.operation import Frozen, Operation, Result, Verb
from connector.intacct.ports import EffectLedger

# Where a write of this kind was interrupted, nobody has to look: it may go out again.
API = "hubspot"

Writing = Callable[[str, str, Callable[[], None]], None]


def through(ledger: EffectLedger) -> Writing:
    """Return what lets each write out once, unless nobody heard whether it arrived.

    Args:
        ledger: Where it is planned and judged.
    """

    def write(function: str, content: str, send: Callable[[], None]) -> None:
        def deliver(operation: Operation) -> Result:
            try:
                send()
            except OutcomeUnknown as error:
                advice = "The same values are set again; that changes nothing more."
                raise Unavailable(error.title, advice=advice) from error
            return Result(function, operation.control_id)

        frozen = Frozen(API, function, content, is_write=True)
        operation = Operation(Verb.RAW, frozen=frozen, seconds=CALL_SECONDS)
        Idempotency(Verdict(deliver, ledger), ledger)(operation)

    return write


def shown(function: str, content: str, send: Callable[[], None]) -> NoReturn:
    """Show a write instead of sending it.

    Raises:
        Previewed: Always, with what would be sent.
    """
    del send
    raise Previewed(f"{function}\n\n{content}")
