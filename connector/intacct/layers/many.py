"""Many writes of one step in the fewest requests, each its own effect: planned, marked, judged.

The rules are those of one write (``layers.idempotency``), applied to each row of a request. A
request that is refused as a whole goes again in halves, until the row in the way stands alone.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from connector.errors import (
    Busy,
    ConnectorError,
    InputError,
    OutcomeUnknown,
    Refused,
    Uncertain,
)
from connector.intacct.batching import BATCH, Batch, BatchSend, name_of, sender_for
from connector.intacct.layers.idempotency import NOT_EXECUTED, judged, ready_or_known
from connector.intacct.operation import Operation, Result
from connector.intacct.ports import Effect, EffectLedger, Ports, Send

LOG = logging.getLogger(__name__)

Answer = Result | ConnectorError
# Others' writes wait while a transaction is open: this many rows take some ten milliseconds.
MOST_TOGETHER = 250


@dataclass(frozen=True)
class _Row:
    """One write and its place among those that were asked for."""

    at: int
    operation: Operation


class Many:
    """Sends the writes of one step, at most once each.

    Args:
        senders: How a batch is sent, by API.
        ports: The step's ledger and budget.
        patient: Puts the layers above the verdict on top of what sends.
        frozen_in: Freezes an operation for the API that its effect was planned for.
    """

    def __init__(
        self,
        senders: Mapping[str, BatchSend],
        ports: Ports,
        patient: Callable[[Send], Send],
        frozen_in: Callable[[Operation, str], Operation],
    ) -> None:
        self._senders = senders
        self._ports = ports
        self._patient = patient
        self._frozen_in = frozen_in

    def __call__(self, operations: Sequence[Operation]) -> list[Answer]:
        """Return what became of each, in their order; never raises for a row.

        Once a request could not be carried out at all, those behind it are not tried.
        """
        answers: dict[int, Answer] = {}
        ready = self._planned(operations, answers)
        stopped: ConnectorError | None = None
        for group in _groups(ready):
            if stopped is None:
                stopped = self._send(group, answers)
            for row in group:
                if row.at not in answers and stopped is not None:
                    answers[row.at] = stopped
        return [answers[at] for at in range(len(operations))]

    def find(self, call: str) -> Effect | None:
        """Return the effect of the step's write of that name, None where it was never planned."""
        return self._ports.ledger.find(call)

    def _planned(
        self, operations: Sequence[Operation], answers: dict[int, Answer]
    ) -> Iterator[_Row]:
        """Yield the rows that have to be sent; what is known of others is their answer."""
        for start in range(0, len(operations), MOST_TOGETHER):
            some = operations[start : start + MOST_TOGETHER]
            for at, (operation, effect) in enumerate(self._effects(some), start):
                if isinstance(effect, ConnectorError):
                    answers[at] = effect
                    continue
                try:
                    found = ready_or_known(effect, operation, self._frozen_in)
                except ConnectorError as error:
                    answers[at] = error
                    continue
                if isinstance(found, Operation):
                    yield _Row(at, found)
                else:
                    answers[at] = found

    def _effects(
        self, operations: Sequence[Operation]
    ) -> list[tuple[Operation, Effect | ConnectorError]]:
        def plan(ledger: EffectLedger) -> list[tuple[Operation, Effect | ConnectorError]]:
            return [(each, _planned_or_held(ledger, each)) for each in operations]

        return self._ports.ledger.together(plan)

    def _send(self, rows: list[_Row], answers: dict[int, Answer]) -> ConnectorError | None:
        """Send, in halves where the whole is refused; return why nothing more can be sent."""
        waiting = [rows]
        while waiting:
            call = _Call(self, waiting.pop(0), answers)
            try:
                call.run()
            except NOT_EXECUTED as error:
                return error
            waiting = [*call.again, *waiting]
        return None

    def sent(self, rows: Sequence[_Row], send: Send, seconds: float) -> None:
        """Send one request while holding one of the company's slots."""
        if self._ports.budget is not None:
            self._ports.budget.ask(len(rows))
        self._patient(send)(dataclasses.replace(rows[0].operation, seconds=seconds))

    def marked(self, rows: Sequence[_Row]) -> dict[int, int]:
        """Say durably that these rows are about to leave; return the epochs of ours, by place."""
        found: dict[int, int] = {}

        def mark(ledger: EffectLedger, row: _Row) -> None:
            epoch = ledger.mark_sending(row.operation)
            if epoch is not None:
                found[row.at] = epoch

        self.each(rows, mark)
        return found

    def each(self, rows: Sequence[_Row], work: Callable[[EffectLedger, _Row], None]) -> None:
        """Do this to the effect of each row, in few commits."""
        for start in range(0, len(rows), MOST_TOGETHER):
            self._together(rows[start : start + MOST_TOGETHER], work)

    def _together(self, rows: Sequence[_Row], work: Callable[[EffectLedger, _Row], None]) -> None:
        def all_of_them(ledger: EffectLedger) -> None:
            for row in rows:
                work(ledger, row)

        self._ports.ledger.together(all_of_them)

    def answered(self, batch: Batch, whole: Operation) -> Sequence[Answer]:
        """Send the bytes of a batch and return what was answered for each."""
        return sender_for(self._senders, batch)(batch, whole)


@dataclass
class _Call:
    """One request.

    Args:
        many: Whose it is.
        rows: What it shall carry.
        answers: Where what becomes of each is told.
        again: What has to go again, in smaller requests.
    """

    many: Many
    rows: list[_Row]
    answers: dict[int, Answer]
    again: list[list[_Row]] = field(default_factory=list)

    def run(self) -> None:
        """Send it, and judge every row.

        Raises:
            ConnectorError: One of ``NOT_EXECUTED``: its rows are as they were.
        """
        try:
            self.many.sent(self.rows, self._marked, self.rows[0].operation.seconds)
        except NOT_EXECUTED:
            raise
        except ConnectorError as error:
            # Judged while the slot was held; what is not told is told so.
            for row in self.rows:
                if row.at not in self.answers and not self.again:
                    self.answers[row.at] = error

    def _marked(self, whole: Operation) -> Result:
        epochs = self.many.marked(self.rows)
        for row in self.rows:
            if row.at not in epochs:
                self.answers[row.at] = Busy("Another worker is sending this request.")
        going = [row for row in self.rows if row.at in epochs]
        if going:
            self._go(going, epochs, whole)
        # The layers above carry it without a look at it: the rows are told one by one.
        return cast("Result", ())

    def _go(self, going: list[_Row], epochs: Mapping[int, int], whole: Operation) -> None:
        operations = [row.operation for row in going]
        name = name_of([o.control_id for o in operations], [epochs[row.at] for row in going])
        try:
            answers = self.many.answered(Batch(operations, name), whole)
        except ConnectorError as error:
            self._whole(going, epochs, error)
            raise
        except Exception as error:
            LOG.exception("A mistake of ours after rows were marked as sent")
            unclear = OutcomeUnknown("Intacct's answer could not be understood.")
            self._each(going, epochs, [unclear] * len(going))
            raise unclear from error
        self._each(going, epochs, answers)

    def _whole(self, going: list[_Row], epochs: Mapping[int, int], error: ConnectorError) -> None:
        is_refusal = isinstance(error, Refused | InputError)
        if isinstance(error, NOT_EXECUTED) or (is_refusal and len(going) > 1):
            # The next request has another name, whatever is kept under this one.
            self.many.each(
                going, lambda ledger, row: ledger.put_back(row.operation, epochs[row.at], error)
            )
            half = len(going) // 2
            self.again = [going[:half], going[half:]] if is_refusal else []
        else:
            self._each(going, epochs, [error] * len(going))

    def _each(
        self, going: list[_Row], epochs: Mapping[int, int], answers: Sequence[Answer]
    ) -> None:
        by_row = dict(zip((row.at for row in going), answers, strict=True))

        def verdict(ledger: EffectLedger, row: _Row) -> None:
            answer, operation = by_row[row.at], row.operation
            if isinstance(answer, Result):
                evidence = {"httpStatus": answer.http_status, "controlId": operation.control_id}
                ledger.succeed(operation, epochs[row.at], answer.key, evidence)
                self.answers[row.at] = dataclasses.replace(answer, op_key=operation.op_key)
            else:
                self.answers[row.at] = judged(ledger, operation, epochs[row.at], answer)

        self.many.each(going, verdict)


def _planned_or_held(ledger: EffectLedger, operation: Operation) -> Effect | ConnectorError:
    try:
        return ledger.plan(operation)
    except Uncertain as error:  # of a restored backup: looked up before it is sent
        return error


def _groups(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    """Yield the rows in requests: of one API, object and verb, as many as it takes."""
    open_groups: dict[tuple[str, str, str], list[_Row]] = {}
    for row in rows:
        operation = row.operation
        api = operation.frozen.api if operation.frozen else ""
        kind = (api, operation.object_name, operation.verb.value)
        group = open_groups.setdefault(kind, [])
        group.append(row)
        if len(group) == BATCH[api]:
            yield open_groups.pop(kind)
    yield from open_groups.values()
