"""Retry, pacing, session, metering and preview, each over plain functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from connector.errors import (
    Busy,
    ConnectionProblem,
    ConnectorError,
    OutcomeUnknown,
    RateLimited,
    SessionExpired,
    Uncertain,
    Unreachable,
)
from connector.http import HttpReply, HttpRequest
from connector.intacct.dialects.xml import SessionToken
from connector.intacct.layers.idempotency import Verdict
from connector.intacct.layers.metering import Metering
from connector.intacct.layers.pacing import Pacing
from connector.intacct.layers.preview import Preview, Previewed
from connector.intacct.layers.retry import ATTEMPTS, Retry
from connector.intacct.layers.session import Session
from connector.intacct.limit_headers import LimitReport
from connector.intacct.operation import Frozen, Operation, Result, Verb
from connector.intacct.ports import Ports
from connector.intacct.stack import exchange_of, patience_of

READ = Operation(Verb.READ, "invoice", frozen=Frozen("xml", "read", "<r/>", is_write=False))
WRITE = replace(READ, frozen=Frozen("xml", "create_invoice", "<w/>", is_write=True))
DONE = Result("read", "c")
OLD = SessionToken(session_id="old", endpoint="http://e", entity_id="", expires_at_ms=1)
NEW = replace(OLD, session_id="new")


class Budget:
    """Allows so many repeats."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self) -> bool:
        self.left -= 1
        return self.left >= 0


def retry(answers: list[Result | ConnectorError], budget: Budget | None = None) -> Retry:
    def answer(_operation: Operation) -> Result:
        given = answers.pop(0)
        if isinstance(given, ConnectorError):
            raise given
        return given

    return Retry(answer, budget, sleep=lambda _seconds: None, jitter=lambda low, _high: low)


@pytest.mark.parametrize("error", [Unreachable("down"), OutcomeUnknown("silent")])
def test_a_read_is_tried_three_times(error: ConnectorError) -> None:
    assert retry([error, error, DONE])(READ) is DONE
    answers: list[Result | ConnectorError] = [error] * (ATTEMPTS + 1)
    with pytest.raises(type(error)):
        retry(answers)(READ)
    assert len(answers) == 1


def test_a_read_is_not_repeated_once_the_budget_is_spent() -> None:
    """Where many calls fail, repeating each of them is what keeps the other side down."""
    down = Unreachable("down")
    assert retry([down, DONE], Budget(1))(READ) is DONE
    answers: list[Result | ConnectorError] = [down, down, DONE]
    with pytest.raises(Unreachable):
        retry(answers, Budget(1))(READ)
    assert answers == [DONE]


def test_a_write_takes_nothing_from_the_budget() -> None:
    budget = Budget(1)
    with pytest.raises(Unreachable):
        retry([Unreachable("down")], budget)(WRITE)
    assert budget.left == 1


@pytest.mark.parametrize("error", [Unreachable("down"), OutcomeUnknown("silent")])
def test_a_write_is_tried_once(error: ConnectorError) -> None:
    with pytest.raises(type(error)):
        retry([error, DONE])(WRITE)


@pytest.mark.parametrize("error", [RateLimited("slow down"), Busy("no slot")])
def test_a_full_company_is_left_to_the_runs_timer(error: ConnectorError) -> None:
    with pytest.raises(type(error)):
        retry([error, DONE])(READ)


class Ledger:
    """Notes what the verdict says about one write; plans nothing."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def mark_sending(self, operation: Operation) -> int:
        self.words.append("sending")
        return 1

    def put_back(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        self.words.append("put back")

    def doubt(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        self.words.append("doubt")


class OpenCircuit:
    """Lets nothing through."""

    @contextmanager
    def passage(self) -> Iterator[None]:
        raise Busy("Waiting for Intacct.", retry_after=30.0)
        yield


def stack(ledger: Ledger, **held_back_by: Any) -> Callable[[Operation], Result]:
    """Return the layers above a wire that is silent."""

    def silent(_operation: Operation) -> Result:
        raise OutcomeUnknown("silence")

    ports = Ports(ledger, AnyLeases([]), Sessions(None), Counted([]), **held_back_by)  # type: ignore[arg-type] # what the verdict of one failure asks
    return patience_of(Verdict(silent, ports.ledger), ports)


def test_what_an_outage_holds_back_was_not_marked_as_sent_and_took_no_slot() -> None:
    ledger = Ledger()
    with pytest.raises(Busy) as held:
        stack(ledger, circuit=OpenCircuit())(WRITE)
    assert (ledger.words, held.value.retry_after) == ([], 30.0)


def test_a_write_without_an_answer_is_in_doubt_before_the_circuit_hears_of_it() -> None:
    ledger = Ledger()
    heard: list[tuple[str, list[str]]] = []

    class Circuit:
        @contextmanager
        def passage(self) -> Iterator[None]:
            try:
                yield
            except ConnectorError as error:
                heard.append((type(error).__name__, list(ledger.words)))
                raise

    with pytest.raises(Uncertain):
        stack(ledger, circuit=Circuit())(WRITE)
    assert heard == [("Uncertain", ["sending", "doubt"])]


def test_each_repeat_of_a_read_asks_the_circuit_again() -> None:
    asked: list[str] = []

    class Circuit:
        @contextmanager
        def passage(self) -> Iterator[None]:
            asked.append("may I")
            yield

    with pytest.raises(OutcomeUnknown):
        stack(Ledger(), circuit=Circuit(), retries=Budget(1))(READ)
    assert len(asked) == 2


def test_the_limits_of_every_reply_are_reported_whatever_its_status() -> None:
    heard: list[LimitReport] = []

    class Reports:
        def learn(self, report: LimitReport) -> None:
            heard.append(report)

    def send(_request: HttpRequest) -> HttpReply:
        return HttpReply(429, {"x-ia-throttle-limit": "6"}, b"")

    ports = Ports(Ledger(), AnyLeases([]), Sessions(None), Counted([]), limits=Reports())  # type: ignore[arg-type] # no ledger is asked
    exchange = exchange_of(send, ports)
    assert exchange(HttpRequest("POST", "http://e"), "read").status == 429
    assert heard == [LimitReport(in_flight=6)]


class AnyLeases:
    """Slots without a limit, and a note of what became of them."""

    def __init__(self, held: list[str]) -> None:
        self.held = held

    @contextmanager
    def slot(self, operation: Operation) -> Iterator[None]:
        self.held.append("taken")
        try:
            yield
        finally:
            self.held.append("given back")


def test_a_slot_is_held_during_the_call_and_given_back_after_a_failure() -> None:
    held: list[str] = []

    def fail(_operation: Operation) -> Result:
        held.append("sent")
        raise Unreachable("down")

    with pytest.raises(Unreachable):
        Pacing(fail, AnyLeases(held))(WRITE)
    assert held == ["taken", "sent", "given back"]


class Sessions:
    """Keeps one session and counts the sign-ins."""

    def __init__(self, token: SessionToken | None) -> None:
        self.token = token
        self.renewals = 0

    def current(self) -> SessionToken | None:
        return self.token

    def renew(
        self, stale: SessionToken | None, sign_in: Callable[[], SessionToken]
    ) -> SessionToken:
        self.renewals += 1
        self.token = sign_in()
        return self.token


def test_a_valid_session_is_used_as_it_is() -> None:
    store = Sessions(OLD)
    seen: list[str] = []

    def send(_operation: Operation, token: SessionToken) -> Result:
        seen.append(token.session_id)
        return DONE

    Session(send, store, lambda: NEW)(READ)
    assert (seen, store.renewals) == (["old"], 0)


def test_an_expired_session_is_renewed_once() -> None:
    store = Sessions(OLD)
    seen: list[str] = []

    def send(_operation: Operation, token: SessionToken) -> Result:
        seen.append(token.session_id)
        if token is OLD:
            raise SessionExpired("over")
        return DONE

    Session(send, store, lambda: NEW)(WRITE)
    assert (seen, store.renewals) == (["old", "new"], 1)


@pytest.mark.parametrize("kept", [None, OLD], ids=["no session", "an expired one"])
def test_a_sign_in_without_an_answer_leaves_no_doubt_about_a_write(
    kept: SessionToken | None,
) -> None:
    """The write's own bytes have not left, so it is tried again rather than looked up."""

    def send(_operation: Operation, token: SessionToken) -> Result:
        raise SessionExpired("over")

    def sign_in() -> SessionToken:
        raise OutcomeUnknown("silence")

    with pytest.raises(Unreachable):
        Session(send, Sessions(kept), sign_in)(WRITE)


def test_a_session_that_never_holds_is_a_problem_of_the_connection() -> None:
    def send(_operation: Operation, token: SessionToken) -> Result:
        raise SessionExpired("over")

    store = Sessions(None)
    with pytest.raises(ConnectionProblem) as raised:
        Session(send, store, lambda: NEW)(WRITE)
    assert not isinstance(raised.value, SessionExpired)
    assert store.renewals == 2


class Counted:
    def __init__(self, counted: list[str]) -> None:
        self.counted = counted

    def count(self, function: str) -> None:
        self.counted.append(function)


def test_every_exchange_is_counted_even_when_it_fails() -> None:
    counted: list[str] = []

    def send(_request: HttpRequest) -> HttpReply:
        raise OutcomeUnknown("silent")

    with pytest.raises(OutcomeUnknown):
        Metering(send, Counted(counted))(HttpRequest("POST", "http://e"), "create_invoice")
    assert counted == ["create_invoice"]


def test_a_preview_sends_reads_and_renders_writes() -> None:
    preview = Preview(lambda _operation: DONE, lambda _operation: "<request/>")
    assert preview(READ) is DONE
    with pytest.raises(Previewed) as raised:
        preview(WRITE)
    assert raised.value.document == "<request/>"
