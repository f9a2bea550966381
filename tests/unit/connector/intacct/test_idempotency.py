"""The two halves of the promise that no write leaves twice, over a ledger in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from connector.errors import (
    Busy,
    Conflict,
    ConnectionProblem,
    ConnectorError,
    OutcomeUnknown,
    Parked,
    Refused,
    SetupError,
    Uncertain,
    Unreachable,
)
from connector.intacct.layers.idempotency import Idempotency, Verdict
from connector.intacct.operation import Frozen, Operation, Result, Verb
from connector.intacct.ports import Effect, EffectLedger, EffectState, Send

T = TypeVar("T")


class Ledger:
    """One effect, kept as the SQL ledger keeps it."""

    def __init__(self, state: EffectState = EffectState.PLANNED, payload: str = "<a/>") -> None:
        self.effect = Effect("op", "aic-1", state, payload, key="7", external_id="INV-7")
        self.is_new = True
        self.epoch = 0
        self.words: list[str] = []

    def plan(self, operation: Operation) -> Effect:
        self.words.append("plan")
        return self.effect

    def mark_sending(self, operation: Operation) -> int | None:
        self.words.append("sending")
        if self.effect.state is EffectState.SENDING:
            return None
        self.epoch += 1
        self.effect = replace(self.effect, state=EffectState.SENDING)
        return self.epoch

    def succeed(
        self, operation: Operation, epoch: int, key: str, evidence: Mapping[str, Any]
    ) -> None:
        self._judge("succeeded", EffectState.SUCCEEDED)

    def refuse(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        self._judge("refused", EffectState.REFUSED)

    def put_back(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        self._judge("put back", EffectState.PLANNED)

    def doubt(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        self._judge("doubt", EffectState.UNCERTAIN)

    def name(self, op_key: str, external_id: str) -> None:
        raise AssertionError

    def find(self, call: str) -> Effect | None:
        raise AssertionError

    def together(self, work: Callable[[EffectLedger], T]) -> T:
        return work(self)

    def _judge(self, word: str, state: EffectState) -> None:
        self.words.append(word)
        self.effect = replace(self.effect, state=state)


class Wire:
    """Answers or raises what it was given, and counts."""

    def __init__(self, answer: Result | ConnectorError) -> None:
        self.answer = answer
        self.sent: list[Operation] = []

    def __call__(self, operation: Operation) -> Result:
        self.sent.append(operation)
        if isinstance(self.answer, ConnectorError):
            raise self.answer
        return self.answer


DONE = Result("create_invoice", "aic-1", key="7")
WRITE = Operation(
    Verb.CREATE, "invoice", frozen=Frozen("xml", "create_invoice", "<a/>", is_write=True)
)


def stack(wire: Send, ledger: Ledger) -> Idempotency:
    return Idempotency(Verdict(wire, ledger), ledger)


def test_a_write_is_planned_and_marked_before_its_bytes_leave() -> None:
    ledger = Ledger()
    seen: list[str] = []

    def wire(_operation: Operation) -> Result:
        seen.extend(ledger.words)
        return DONE

    stack(wire, ledger)(WRITE)
    assert seen == ["plan", "sending"]
    assert ledger.words == ["plan", "sending", "succeeded"]


def test_a_read_passes_without_a_word_in_the_ledger() -> None:
    ledger = Ledger()
    read = replace(WRITE, frozen=Frozen("xml", "read", "<r/>", is_write=False))
    stack(Wire(DONE), ledger)(read)
    assert ledger.words == []


def test_a_done_write_is_answered_from_the_ledger() -> None:
    wire = Wire(DONE)
    result = stack(wire, Ledger(EffectState.SUCCEEDED))(WRITE)
    assert (result.key, result.external_id, result.is_repeat) == ("7", "INV-7", True)
    assert wire.sent == []


@pytest.mark.parametrize(
    "state", [EffectState.PLANNED, EffectState.SUCCEEDED, EffectState.UNCERTAIN]
)
def test_other_content_under_the_same_intent_is_never_sent(state: EffectState) -> None:
    wire = Wire(DONE)
    with pytest.raises(Conflict):
        stack(wire, Ledger(state, payload="<other/>"))(WRITE)
    assert wire.sent == []


@pytest.mark.parametrize("state", [EffectState.SENDING, EffectState.UNCERTAIN])
@pytest.mark.parametrize(("is_own", "raised"), [(True, Uncertain), (False, Busy)])
def test_an_unsettled_write_is_not_sent_again(
    state: EffectState, is_own: bool, raised: type[ConnectorError]
) -> None:
    """The run that sent it waits for the look-up; any other waits for that run."""
    wire = Wire(DONE)
    ledger = Ledger(state)
    ledger.effect = replace(ledger.effect, is_own=is_own)
    with pytest.raises(raised):
        stack(wire, ledger)(WRITE)
    assert wire.sent == []


def test_a_parked_write_waits_for_a_person() -> None:
    wire = Wire(DONE)
    with pytest.raises(Parked):
        stack(wire, Ledger(EffectState.PARKED))(WRITE)
    assert wire.sent == []


VERDICTS = [
    (Unreachable("no route"), "put back", Unreachable),
    (ConnectionProblem("wrong password"), "put back", ConnectionProblem),
    (SetupError("no master key"), "put back", SetupError),
    (Refused("closed period"), "refused", Refused),
    (OutcomeUnknown("no reply"), "doubt", Uncertain),
]


@pytest.mark.parametrize(("answer", "word", "raised"), VERDICTS)
def test_each_answer_has_its_verdict(
    answer: ConnectorError, word: str, raised: type[ConnectorError]
) -> None:
    ledger = Ledger()
    with pytest.raises(raised):
        stack(Wire(answer), ledger)(WRITE)
    assert ledger.words[-1] == word


@pytest.mark.parametrize("answer", [verdict[0] for verdict in VERDICTS])
def test_any_failure_of_a_resend_leaves_doubt(answer: ConnectorError) -> None:
    """Nobody knows what a repeated control id gets, so a refusal explains nothing."""
    ledger = Ledger(EffectState.UNCERTAIN)
    with pytest.raises(Uncertain):
        Verdict(Wire(answer), ledger)(replace(WRITE, is_resend=True))
    assert ledger.words[-1] == "doubt"


def test_a_write_another_worker_is_sending_is_left_alone() -> None:
    wire = Wire(DONE)
    with pytest.raises(Busy):
        Verdict(wire, Ledger(EffectState.SENDING))(WRITE)
    assert wire.sent == []


def test_a_mistake_of_ours_after_sending_leaves_doubt() -> None:
    """The bytes may have left; to call the run failed would be a guess."""
    ledger = Ledger()

    def wire(_operation: Operation) -> Result:
        raise ZeroDivisionError

    with pytest.raises(Uncertain):
        stack(wire, ledger)(WRITE)
    assert ledger.words[-1] == "doubt"
