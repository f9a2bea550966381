"""No write leaves twice: planned before, marked when sent, judged after.

Two layers make one promise. ``Idempotency`` stands outermost: it plans the effect and answers
from the ledger when the work is already done. ``Verdict`` stands innermost, inside retry and
pacing, so that every attempt is marked before its bytes leave and judged before its slot is
given back. Rules: reliability notes, section 3; the verdict table is ``Verdict.__call__``.
"""

from __future__ import annotations

import dataclasses
import hashlib
import logging
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from connector.errors import (
    Busy,
    Conflict,
    ConnectionProblem,
    ConnectorError,
    InputError,
    OutcomeUnknown,
    Parked,
    Refused,
    SetupError,
    Unavailable,
    Uncertain,
)
from connector.intacct.operation import Operation, Result
from connector.intacct.ports import Effect, EffectLedger, EffectState, Send

LOG = logging.getLogger(__name__)

# Raised before any bytes leave, or by a front door that let nothing in.
NOT_EXECUTED = (Unavailable, ConnectionProblem, SetupError)
# How soon to ask again after a write of another run that is being looked up.
UNSETTLED_WAIT_SECONDS = 10.0
# Replies to writes name keys and little else; what is longer is not worth a row of that size.
_LONGEST_KEPT_REPLY = 16 * 1024


class Idempotency:
    """Plans a write, or answers from what the ledger already knows.

    Args:
        following: The layers below.
        ledger: Where the step's writes are planned.
        frozen_in: Freezes an operation for the API that an effect was planned for; None where
            there is one API only.
    """

    def __init__(
        self,
        following: Send,
        ledger: EffectLedger,
        frozen_in: Callable[[Operation, str], Operation] | None = None,
    ) -> None:
        self._following = following
        self._ledger = ledger
        self._frozen_in = frozen_in

    def __call__(self, operation: Operation) -> Result:
        """Return the result of this intent, sending at most once.

        Raises:
            Conflict: The same intent was sent before with other content.
            Uncertain: It was sent, and its outcome is still being looked up.
            Parked: A person has to choose.
        """
        if not operation.is_write:
            return self._following(operation)
        effect = self._ledger.plan(operation)
        found = ready_or_known(effect, operation, self._frozen_in)
        if isinstance(found, Result):
            return found
        return dataclasses.replace(self._following(found), op_key=effect.op_key)


def ready_or_known(
    effect: Effect, operation: Operation, frozen_in: Callable[[Operation, str], Operation] | None
) -> Operation | Result:
    """Return the write as its effect has it, to be sent, or the result where it is done already.

    Raises:
        Conflict: The same intent was sent before with other content.
        Uncertain: It was sent, and its outcome is still being looked up.
        Parked: A person has to choose.
    """
    if operation.frozen and operation.frozen.api != effect.api and frozen_in:
        # The choice of the API may have changed since; the request has not.
        operation = frozen_in(operation, effect.api)
    if effect.state is not EffectState.PLANNED:
        return _known(effect, operation)
    if effect.payload != _payload(operation):
        _refuse_other_content(effect)
    return operation.planned_as(effect.op_key, effect.control_id)


def _known(effect: Effect, operation: Operation) -> Result:
    if effect.payload != _payload(operation):
        _refuse_other_content(effect)
    if effect.state is EffectState.SUCCEEDED:
        function = operation.frozen.function if operation.frozen else ""
        return Result(
            function,
            effect.control_id,
            key=effect.key,
            external_id=effect.external_id,
            op_key=effect.op_key,
            reply=effect.reply.encode(),
            is_repeat=not effect.is_own,
            api=effect.api,
        )
    if effect.state is EffectState.PARKED:
        details = dict(effect.error or {})
        raise Parked(
            str(details.get("title") or "A person has to decide about this write."),
            advice=str(details.get("advice") or ""),
        )
    if not effect.is_own:
        seconds = None if effect.state is EffectState.SENDING else UNSETTLED_WAIT_SECONDS
        raise Busy(
            "The same write is under way already, or its outcome is being looked up.",
            retry_after=seconds,
        )
    raise Uncertain(
        "Intacct did not say what became of this request.",
        advice="Its outcome is being looked up; nothing is sent again until it is known.",
        op_key=effect.op_key,
    )


def _refuse_other_content(effect: Effect) -> NoReturn:
    what = effect.external_id or effect.key
    done = f"already recorded as {what}" if what else "already under way"
    raise Conflict(f"This was {done}, with different content.")


def _payload(operation: Operation) -> str:
    return operation.frozen.payload if operation.frozen else ""


class Verdict:
    """Marks a write as sent, sends it, and commits what the answer means."""

    def __init__(self, following: Send, ledger: EffectLedger) -> None:
        self._following = following
        self._ledger = ledger

    def __call__(self, operation: Operation) -> Result:
        """Send once and record the verdict.

        Raises:
            Uncertain: No clear answer came.
            Busy: Another worker holds this effect; nothing was sent.
            ConnectorError: As the layers below raise it, after it was recorded.
        """
        if not operation.is_write:
            return self._following(operation)
        epoch = self._ledger.mark_sending(operation)
        if epoch is None:
            raise Busy("Another worker is sending this request.")
        try:
            result = self._following(operation)
        except ConnectorError as error:
            told = judged(self._ledger, operation, epoch, error)
            if told is error:
                raise
            raise told from error
        except Exception as error:
            LOG.exception("A mistake of ours after %s was marked as sent", operation.op_key)
            unclear = OutcomeUnknown("Intacct's answer could not be understood.")
            self._ledger.doubt(operation, epoch, unclear)
            raise _uncertain(operation, unclear) from error
        self._ledger.succeed(operation, epoch, result.key, _evidence(result))
        return result


def judged(
    ledger: EffectLedger, operation: Operation, epoch: int, error: ConnectorError
) -> ConnectorError:
    """Record what a failure means for a write that was sent; return what its caller is told."""
    # A kept answer to the first sending explains it, whenever it is given.
    is_clear = error.is_replay or not operation.is_resend
    if isinstance(error, NOT_EXECUTED) and is_clear and not error.is_kept:
        ledger.put_back(operation, epoch, error)
        return error
    if isinstance(error, (Refused, InputError, *NOT_EXECUTED)) and is_clear:
        # Not executed, and its idempotency key will never bring another answer: what comes
        # next needs the next attempt class, as after any refusal.
        ledger.refuse(operation, epoch, error)
        return error
    # Any failure reply to a resend leaves the first sending unexplained.
    ledger.doubt(operation, epoch, error)
    return _uncertain(operation, error)


def _uncertain(operation: Operation, error: ConnectorError) -> Uncertain:
    title = error.title if isinstance(error, OutcomeUnknown) else "The outcome is not known yet."
    return Uncertain(
        title,
        advice="The outcome is looked up by itself; nothing is sent again until it is known.",
        support_id=error.support_id,
        op_key=operation.op_key,
    )


def _evidence(result: Result) -> Mapping[str, Any]:
    evidence: dict[str, Any] = {
        "httpStatus": result.http_status,
        "replyHash": hashlib.sha256(result.reply).hexdigest(),
        "controlId": result.control_id,
    }
    if len(result.reply) <= _LONGEST_KEPT_REPLY:
        evidence["reply"] = result.reply.decode("utf-8", "replace")
    return evidence
