"""Sends the rows of one request and says what became of each: the verdict table, row by row."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from connector.errors import (
    Busy,
    ConnectionProblem,
    ConnectorError,
    InputError,
    OutcomeUnknown,
    RateLimited,
    Refused,
    SetupError,
    Unavailable,
)
from connector.intacct.batching import Answers, Batch, name_of
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.records import to_record
from connector.intacct.layers.idempotency import NOT_EXECUTED
from connector.intacct.operation import Result, Verb
from connector.intacct.ports import EffectState
from connector.transfer.budget import Budget
from connector.transfer.door import TransferMeter
from connector.transfer.items import Item
from connector.transfer.ledger import RowLedger, Verdict, evidence_of
from connector.transfer.rows import Outcome, Told

LOG = logging.getLogger(__name__)

MOST_RETRIES = 3  # of one request that was not executed (acceptance D31)
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 60.0
_STOPS = (ConnectionProblem, SetupError)


class StoppedError(Exception):
    """The transfer cannot go on; what was not sent is sent when it is resumed.

    Args:
        error: Why.
    """

    def __init__(self, error: ConnectorError) -> None:
        super().__init__(error.title)
        self.error = error


@dataclass(frozen=True)
class Sent:
    """What became of a request's rows.

    Args:
        told: Those it is known or unknown of.
        stopped: Why the transfer cannot go on; None where it can.
    """

    told: Sequence[Told]
    stopped: ConnectorError | None = None


class UnderWay(OutcomeUnknown):
    """Intacct may still be writing this row; nobody may judge it yet."""

    default_advice = "Resume the sync in an hour: its outcome is looked up then."


class Way(Protocol):
    """How the rows of one request, or of one job, reach the company."""

    @property
    def meter(self) -> TransferMeter:
        """Counts the calls."""

    @property
    def seconds(self) -> float:
        """How long nobody looks for the rows once they are marked as sent."""

    def send(self, batch: Batch, count: int, is_ours: Callable[[], Batch]) -> Answers:
        """Send the batch that ``is_ours`` returns; ``Door.send`` says what it raises."""


class Sender:
    """Sends requests of one transfer; threads share it.

    Args:
        door: The company.
        ledger: The effects of this run.
        budget: How many transactions the month may see.
        sleep: Waits the given seconds.
        jitter: Returns a number between its two arguments.
    """

    def __init__(
        self,
        door: Way,
        ledger: RowLedger,
        budget: Budget,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._door = door
        self._ledger = ledger
        self._budget = budget
        self._sleep = sleep
        self._jitter = jitter
        self._stopped: ConnectorError | None = None

    def send(self, items: Sequence[Item]) -> Sent:
        """Send the rows, all of one API, object and verb; never raises an error meant for people.

        A request that is refused as a whole is sent again in halves, until the row that is in the
        way stands alone.
        """
        told: list[Told] = []
        waiting = [list(items)]
        while waiting:
            part = waiting.pop(0)
            try:
                more = self._attempt(part, told)
            except StoppedError as stop:
                self._stopped = self._stopped or stop.error
                for each in [part, *waiting]:
                    told += [_not_sent(item, stop.error) for item in each]
                break
            waiting = [*more, *waiting]
        return Sent(told, self._stopped)

    def _attempt(self, items: list[Item], told: list[Told]) -> list[list[Item]]:
        """Send once, waiting for a chance as long as it takes; return what has to go again."""
        retries = 0
        while True:
            if self._stopped is not None:
                raise StoppedError(self._stopped)
            self._spend(len(items))
            call = _Call(self._ledger, items, self._door.seconds)
            try:
                answers = self._door.send(call.batch(items[:1]), len(items), call.marked)
            except ConnectorError as error:
                self._budget.give_back(len(items))
                if not isinstance(error, Unavailable):
                    return self._whole(call, error, told)
                self._judge(call, [(i, error) for i in call.going], is_unsent=True)
                retries = self._wait(error, retries)
            except Exception as error:
                LOG.exception("A mistake of ours after rows were marked as sent")
                unclear = OutcomeUnknown("Intacct's answer could not be understood.")
                told += self._judge(call, [(item, unclear) for item in call.going])
                raise StoppedError(unclear) from error
            else:
                told += self._judge(call, list(zip(call.going, answers, strict=True)))
                told += [_taken(item) for item in call.lost]
                return []

    def _spend(self, count: int) -> None:
        try:
            self._budget.spend(count)
        except ConnectorError as error:
            raise StoppedError(error) from error

    def _whole(self, call: _Call, error: ConnectorError, told: list[Told]) -> list[list[Item]]:
        """Deal with a request that failed as a whole."""
        if isinstance(error, _STOPS):
            self._judge(call, [(item, error) for item in call.going], is_unsent=True)
            raise StoppedError(error)
        if not call.epochs:  # none could be marked, so none went
            raise StoppedError(error)
        told += [_taken(item) for item in call.lost]
        if isinstance(error, Refused | InputError) and len(call.going) > 1:
            self._judge(call, [(item, error) for item in call.going], is_unsent=True)
            half = len(call.going) // 2
            return [call.going[:half], call.going[half:]]
        told += self._judge(call, [(item, error) for item in call.going])
        return []

    def _wait(self, error: Unavailable, retries: int) -> int:
        """Wait before a request goes again that was not executed; return how often it did."""
        if not isinstance(error, Busy):
            if retries >= MOST_RETRIES:
                raise StoppedError(_lasting(error))
            retries += 1
        longest = FIRST_WAIT_SECONDS * 2**retries
        asked = error.retry_after or self._jitter(longest / 2, longest)
        self._sleep(min(LONGEST_WAIT_SECONDS, asked))
        return retries

    def _judge(
        self,
        call: _Call,
        answers: Sequence[tuple[Item, Result | ConnectorError]],
        *,
        is_unsent: bool = False,
    ) -> list[Told]:
        verdicts, told = [], []
        for item, answer in answers:
            one = _told(item, answer)
            told.append(one)
            if isinstance(answer, UnderWay):
                continue
            state = EffectState.PLANNED if is_unsent else state_of(answer)
            epoch = call.epochs[item.op_key]
            evidence = (
                evidence_of(answer)
                if isinstance(answer, ConnectorError)
                else {"httpStatus": answer.http_status, "controlId": item.control_id}
            )
            verdicts.append(Verdict(item.op_key, epoch, state, one.key, evidence))
        if verdicts:
            self._ledger.judge(verdicts, self._door.meter)
        return told


class _Call:
    """One request: which of its rows could be marked, and so went."""

    def __init__(self, ledger: RowLedger, items: Sequence[Item], seconds: float) -> None:
        self._ledger = ledger
        self._items = items
        self._seconds = seconds
        self.epochs: dict[str, int] = {}
        self.going: list[Item] = []
        self.lost: list[Item] = []

    def batch(self, items: Sequence[Item]) -> Batch:
        """Return the request of these rows."""
        epochs = [self.epochs.get(item.op_key, 0) for item in items]
        name = name_of([item.control_id for item in items], epochs)
        return Batch([item.write for item in items], name, self.epochs)

    def marked(self) -> Batch:
        """Mark the rows as being sent; return the request of those that are ours to send."""
        planned = {item.op_key: item.control_id for item in self._items}
        self.epochs = self._ledger.mark_sending(planned, self._seconds)
        self.going = [item for item in self._items if item.op_key in self.epochs]
        self.lost = [item for item in self._items if item.op_key not in self.epochs]
        return self.batch(self.going)


def state_of(answer: Result | ConnectorError) -> EffectState:
    """Return what an effect has become by its answer."""
    if isinstance(answer, Result):
        return EffectState.SUCCEEDED
    if isinstance(answer, NOT_EXECUTED) and not answer.is_kept:
        return EffectState.PLANNED
    if isinstance(answer, (Refused, InputError, *NOT_EXECUTED)):
        return EffectState.REFUSED
    # Also where the database failed us after bytes had left: only Intacct can refuse.
    return EffectState.UNCERTAIN


def _told(item: Item, answer: Result | ConnectorError) -> Told:
    number, operation = item.row.number, item.made
    is_new = operation.verb is Verb.CREATE
    if isinstance(answer, Result):
        schema = ObjectSchema.find(operation.object_name)
        known_as = operation.external_id or item.inputs.get(schema.id)
        if not known_as and answer.rows:
            known_as = to_record(schema, answer.rows[0]).get(schema.id)
        key = answer.key or next(iter(operation.keys), "")
        outcome = Outcome.CREATED if is_new else Outcome.UPDATED
        return Told(number, outcome, key, str(known_as or ""), op_key=item.op_key)
    key = next(iter(operation.keys), "")
    refused = Told(number, Outcome.REFUSED, key, error=answer, op_key=item.op_key)
    is_doubt = state_of(answer) is EffectState.UNCERTAIN
    return refused.with_outcome(Outcome.UNCERTAIN) if is_doubt else refused


def _not_sent(item: Item, error: ConnectorError) -> Told:
    return Told(item.row.number, Outcome.NOT_SENT, error=error, op_key=item.op_key)


def _taken(item: Item) -> Told:
    error = Busy("Another process is sending this row.", advice="Let it finish, then resume.")
    return Told(item.row.number, Outcome.NOT_SENT, error=error, op_key=item.op_key)


def _lasting(error: Unavailable) -> ConnectorError:
    if isinstance(error, RateLimited):
        return RateLimited(
            "Intacct keeps refusing calls because too many reach this company at once.",
            advice="Other integrations share the company's limit: run the sync when they rest, "
            "lower the connection's concurrency, or ask Sage for a higher tier. Then resume.",
            code=error.code,
            support_id=error.support_id,
        )
    return error
