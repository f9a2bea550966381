"""Retry, pacing, session, metering and preview, each over plain functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from connector.errors import (
    Busy,
    ConnectionProblem,
    ConnectorError,
    OutcomeUnknown,
    RateLimited,
    SessionExpired,
    Unreachable,
)
from connector.http import HttpReply, HttpRequest
from connector.intacct.dialects.xml import SessionToken
from connector.intacct.layers.metering import Metering
from connector.intacct.layers.pacing import Pacing
from connector.intacct.layers.preview import Preview, Previewed
from connector.intacct.layers.retry import ATTEMPTS, Retry
from connector.intacct.layers.session import Session
from connector.intacct.operation import Frozen, Operation, Result, Verb

READ = Operation(Verb.READ, "invoice", frozen=Frozen("xml", "read", "<r/>", is_write=False))
WRITE = replace(READ, frozen=Frozen("xml", "create_invoice", "<w/>", is_write=True))
DONE = Result("read", "c")
OLD = SessionToken(session_id="old", endpoint="http://e", entity_id="", expires_at_ms=1)
NEW = replace(OLD, session_id="new")


def retry(answers: list[Result | ConnectorError]) -> Retry:
    def answer(_operation: Operation) -> Result:
        given = answers.pop(0)
        if isinstance(given, ConnectorError):
            raise given
        return given

    return Retry(answer, sleep=lambda _seconds: None, jitter=lambda low, _high: low)


@pytest.mark.parametrize("error", [Unreachable("down"), OutcomeUnknown("silent")])
def test_a_read_is_tried_three_times(error: ConnectorError) -> None:
    assert retry([error, error, DONE])(READ) is DONE
    answers: list[Result | ConnectorError] = [error] * (ATTEMPTS + 1)
    with pytest.raises(type(error)):
        retry(answers)(READ)
    assert len(answers) == 1


@pytest.mark.parametrize("error", [Unreachable("down"), OutcomeUnknown("silent")])
def test_a_write_is_tried_once(error: ConnectorError) -> None:
    with pytest.raises(type(error)):
        retry([error, DONE])(WRITE)


@pytest.mark.parametrize("error", [RateLimited("slow down"), Busy("no slot")])
def test_a_full_company_is_left_to_the_runs_timer(error: ConnectorError) -> None:
    with pytest.raises(type(error)):
        retry([error, DONE])(READ)


def test_a_slot_is_held_during_the_call_and_given_back_after_a_failure() -> None:
    held: list[str] = []

    class Leases:
        @contextmanager
        def slot(self, operation: Operation) -> Iterator[None]:
            held.append("taken")
            try:
                yield
            finally:
                held.append("given back")

    def fail(_operation: Operation) -> Result:
        held.append("sent")
        raise Unreachable("down")

    with pytest.raises(Unreachable):
        Pacing(fail, Leases())(WRITE)
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


def test_every_exchange_is_counted_even_when_it_fails() -> None:
    counted: list[str] = []

    class Meter:
        def count(self, function: str) -> None:
            counted.append(function)

    def send(_request: HttpRequest) -> HttpReply:
        raise OutcomeUnknown("silent")

    with pytest.raises(OutcomeUnknown):
        Metering(send, Meter())(HttpRequest("POST", "http://e"), "create_invoice")
    assert counted == ["create_invoice"]


def test_a_preview_sends_reads_and_renders_writes() -> None:
    preview = Preview(lambda _operation: DONE, lambda _operation: "<request/>")
    assert preview(READ) is DONE
    with pytest.raises(Previewed) as raised:
        preview(WRITE)
    assert raised.value.document == "<request/>"
