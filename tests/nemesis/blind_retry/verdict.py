"""Spoils the promise on purpose: after silence it sends again, as most connectors do.

Workers load this as if a third party had installed it. The product has no such switch; what is
replaced here is the one layer that judges what an answer means, so that a run of the nemesis
shows that it would see a duplicate if there were one.
"""

from __future__ import annotations

import dataclasses
import uuid

from connector.errors import Busy, OutcomeUnknown
from connector.intacct.layers import idempotency
from connector.intacct.operation import Operation, Result

ATTEMPTS = 5


def send_until_answered(layer: idempotency.Verdict, operation: Operation) -> Result:
    """Send a write under a new control id each time, until somebody answers."""
    if not operation.is_write:
        return layer._following(operation)
    ledger = layer._ledger
    epoch = ledger.mark_sending(operation)
    if epoch is None:
        raise Busy("Another worker is sending this request.")
    for _ in range(ATTEMPTS):
        fresh = f"{operation.control_id}-{uuid.uuid4().hex[:8]}"
        try:
            result = layer._following(dataclasses.replace(operation, control_id=fresh))
        except OutcomeUnknown:
            continue
        ledger.succeed(operation, epoch, result.key, {})
        return result
    silence = OutcomeUnknown("Nobody answered.")
    ledger.doubt(operation, epoch, silence)
    raise silence


idempotency.Verdict.__call__ = send_until_answered  # type: ignore[assignment,method-assign]  # its very purpose
