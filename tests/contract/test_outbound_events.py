"""Our own events: told with the change they tell, at least once, signed, and at last given up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from connector.component import Webhook
from connector.errors import ConnectionProblem, ConnectorError, InputError, NotFound
from connector.operations import deliveries, outbound, sending, subscribers
from connector.runtime import control, runs
from connector.store import outbox, tables
from connector.store.outbox import ACTIVE, WAITING, Happening
from connector.store.tables import (
    effect,
    outbound_delivery,
    outbound_event,
    run,
    subscriber,
    workflow,
)
from connector.webhooks import cloud_events, signed
from tests.support import desk
from tests.support.office import NAMELESS, Books, Office, office

RECEIVER = "https://receiver.example/events?key=hidden"


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(url, tmp_path, books) as found:
        yield found


def status(number: int, **headers: str) -> desk.Answer:
    return lambda _request: httpx.Response(number, headers=headers)


def subscribe(here: Office, *types: str, name: str = "erp", **more: Any) -> str:
    return subscribers.add(here.services, name, RECEIVER, types=types, actor="test", **more)


def told(here: Office) -> list[tuple[str, dict[str, Any]]]:
    """Return what was kept to be told, in its order."""
    found = sa.select(outbound_event).order_by(outbound_event.c.number)
    rows = here.database.read(lambda c: list(c.execute(found)))
    return [(row.type, json.loads(row.data)) for row in rows]


def owed(here: Office, name: str = "erp") -> list[deliveries.Delivery]:
    return here.database.read(lambda c: deliveries.listed(c, name=name))


def who(here: Office, name: str = "erp") -> Any:
    return here.database.read(lambda c: subscribers.named(c, name))


def deliver(here: Office, name: str = "erp") -> int:
    return outbound.deliver(here.services, who(here, name).id)


def hurry(here: Office) -> None:
    """Let the time pass that a retry waits for."""
    here.execute(outbound_delivery.update().values(due_at=0))
    here.execute(subscriber.update().values(paused_until=None))


def happen(here: Office, kind: str = "run.failed", workflow_id: str | None = None) -> None:
    happening = Happening(kind, "runs/r", {"title": "No."}, workflow_id)
    here.database.write(lambda c: outbox.tell(c, lambda: happening))


def test_where_nobody_subscribed_nothing_is_kept(here: Office) -> None:
    assert here.work(here.order("N-1")).state == runs.SUCCEEDED
    assert told(here) == []


def test_a_run_and_the_record_it_made_are_told_once(here: Office) -> None:
    subscribe(here)
    run_id = here.order("N-1")
    here.work(run_id)
    here.work(run_id)  # a second bell for the same run
    (made, invoice), (ended, end) = told(here)
    assert (made, ended) == ("invoice.created", "run.succeeded")
    assert invoice["id"] == "N-1"
    assert invoice["href"] == f"/objects/accounts-receivable/invoice/{invoice['key']}"
    assert (invoice["connection"], invoice["workflow"]) == ("books", "Order to invoice")
    assert (end["run"], end["once"]) == (run_id, "N-1")


def test_a_refused_write_is_told_as_a_failed_run_with_what_to_do(here: Office) -> None:
    subscribe(here)
    here.work(here.order("N-1", amount="not money"))
    ((kind, data),) = told(here)
    assert kind == "run.failed"
    assert data["error"]["title"]
    assert data["error"]["advice"]


def test_a_lost_answer_is_told_as_uncertain_and_then_as_what_it_was(
    here: Office, books: Books
) -> None:
    subscribe(here, "effect.*", "*.created")
    books.before_answer.append(lose_the_answer)
    here.work(here.order("N-1"))
    books.before_answer.clear()
    assert [kind for kind, _ in told(here)] == ["effect.uncertain"]
    here.settle_all()
    assert [kind for kind, _ in told(here)] == ["effect.uncertain", "invoice.created"]


def test_a_worker_that_died_while_sending_is_told_as_uncertain(here: Office) -> None:
    subscribe(here, "effect.uncertain")
    here.work(here.order("N-1"))
    values = {"state": "sending", "call_deadline": 0, "key": ""}
    here.execute(effect.update().values(**values))
    here.settle_all()
    assert [kind for kind, _ in told(here)] == ["effect.uncertain"]


def test_a_write_that_a_person_has_to_judge_is_told(url: str, tmp_path: Path, books: Books) -> None:
    with office(url, tmp_path, books, NAMELESS) as found:
        subscribe(found, "effect.parked", "run.parked")
        books.before_answer.append(lose_the_answer)
        run_id = found.order("N-1")
        found.work(run_id)
        books.before_answer.clear()
        found.settle_all()
        found.work(run_id)
        assert [kind for kind, _ in told(found)] == ["effect.parked", "run.parked"]


def lose_the_answer() -> None:
    raise httpx.ReadTimeout("no answer")


def test_a_cancelled_run_is_told(here: Office) -> None:
    subscribe(here)
    control.cancel(here.services, here.order("N-1"), actor="ada")
    assert [kind for kind, _ in told(here)] == ["run.cancelled"]


def test_a_connection_in_trouble_is_told_once(here: Office) -> None:
    subscribe(here, "connection.*")
    (books_row,) = [row for row in here.services.connections.list() if row.name == "books"]
    for _ in range(2):
        here.services.connections.needs_attention(books_row.id, ConnectionProblem("Locked out."))
    ((kind, data),) = told(here)
    assert kind == "connection.needs_attention"
    assert (data["connection"], data["error"]["title"]) == ("books", "Locked out.")


def test_what_is_taken_back_is_not_told(here: Office) -> None:
    subscribe(here)

    def fail(connection: sa.Connection) -> None:
        outbox.tell(connection, lambda: Happening("run.failed", "runs/r", {}))
        raise InputError("Taken back.")

    with pytest.raises(InputError):
        here.database.write(fail)
    assert told(here) == []


def test_filters_by_type_and_workflow_hold(here: Office) -> None:
    other = here.database.read(lambda c: c.execute(sa.select(workflow.c.id)).scalar_one())
    subscribe(here, "run.*", name="runs")
    subscribe(here, "invoice.created", name="invoices")
    subscribe(here, name="one workflow", workflows=["Order to invoice"])
    happen(here, "run.failed")
    happen(here, "run.failed", other)
    happen(here, "bill.created")
    assert [len(owed(here, name)) for name in ("runs", "invoices", "one workflow")] == [2, 0, 1]
    assert len(told(here)) == 2


def test_a_delivery_is_a_cloud_event_that_standard_webhooks_prove(
    here: Office, books: Books
) -> None:
    secret = subscribe(here)
    web = desk.connect(here, books.transport, status(204))
    happen(here)
    assert deliver(here) == 1
    (request,) = web.requests
    webhook = Webhook(
        method="POST",
        url=str(request.url),
        headers=dict(request.headers),
        raw=request.content,
        received_at=here.services.wall_clock.now_ms(),
    )
    signed.standard(webhook, {"secret": secret})
    read = cloud_events.read(webhook)
    assert read is not None
    (event,) = read
    assert (event.type, event.data) == ("run.failed", {"title": "No."})
    document = json.loads(request.content)
    assert document["id"] == request.headers["webhook-id"]
    assert document["subject"] == "runs/r"
    assert document["source"] == here.services.settings.public_url
    assert [one.state for one in owed(here)] == [outbound.DELIVERED]
    assert deliver(here) == 0


def test_a_delivery_that_failed_comes_again_under_its_id(here: Office, books: Books) -> None:
    subscribe(here)
    happen(here)
    web = desk.connect(here, books.transport, status(500))
    assert deliver(here) == 1
    assert deliver(here) == 0  # left in peace for a while
    hurry(here)
    web = desk.connect(here, books.transport, status(200))
    assert deliver(here) == 1
    (one,) = owed(here)
    assert (one.state, one.attempts) == (outbound.DELIVERED, 2)
    assert web.requests[0].headers["webhook-id"] == one.event_id
    assert who(here).problem == ""


def test_retries_follow_the_schedule_and_end_as_a_dead_letter(here: Office, books: Books) -> None:
    subscribe(here)
    happen(here)
    desk.connect(here, books.transport, status(400))
    for seconds in outbound.RETRY_SECONDS:
        began = now(here)
        assert deliver(here) == 1
        (one,) = owed(here)
        waits = ((one.due_at or 0) - began) / 1000
        assert seconds <= waits < seconds * 1.2 + 60
        hurry(here)
    assert deliver(here) == 1
    (dead,) = owed(here)
    assert (dead.state, dead.attempts) == (outbound.DEAD, len(outbound.RETRY_SECONDS) + 1)
    assert "400" in dead.note
    hurry(here)
    assert deliver(here) == 0


def now(here: Office) -> int:
    return here.services.wall_clock.now_ms()


def test_a_dead_letter_can_be_sent_again(here: Office, books: Books) -> None:
    subscribe(here)
    happen(here)
    here.execute(outbound_delivery.update().values(state=outbound.DEAD, attempts=10))
    event_id = owed(here)[0].event_id
    assert deliveries.send_again(here.services, event_id, actor="ada") == 1
    desk.connect(here, books.transport, status(200))
    assert deliver(here) == 1
    with pytest.raises(NotFound):
        deliveries.send_again(here.services, event_id, actor="ada")


def test_a_receiver_that_asks_for_time_gets_it(here: Office, books: Books) -> None:
    subscribe(here)
    happen(here)
    desk.connect(here, books.transport, status(429, **{"retry-after": "900"}))
    began = now(here)
    deliver(here)
    assert who(here).paused_until >= began + 900_000
    assert (owed(here)[0].due_at or 0) >= began + 900_000


def test_a_receiver_in_trouble_is_not_asked_for_every_event(here: Office, books: Books) -> None:
    subscribe(here)
    for _ in range(5):
        happen(here)
    web = desk.connect(here, books.transport, status(503))
    assert deliver(here) == 1
    assert len(web.requests) == 1
    hurry(here)
    desk.connect(here, books.transport, status(200))
    assert deliver(here) == 5


def test_an_event_that_is_refused_holds_up_no_other(here: Office, books: Books) -> None:
    subscribe(here)
    for _ in range(3):
        happen(here)
    first = owed(here)[-1].event_id

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(400 if request.headers["webhook-id"] == first else 200)

    desk.connect(here, books.transport, answer)
    assert deliver(here) == 3
    assert [one.state for one in owed(here)] == [outbound.DELIVERED, outbound.DELIVERED, WAITING]


def test_a_receiver_that_is_gone_is_stopped(here: Office, books: Books) -> None:
    subscribe(here)
    happen(here)
    desk.connect(here, books.transport, status(410))
    deliver(here)
    assert who(here).state == subscribers.STOPPED
    happen(here)
    assert len(told(here)) == 1
    subscribers.set_state(here.services, "erp", ACTIVE, actor="ada")
    happen(here)
    assert len(told(here)) == 2


def test_a_redirect_is_a_failure_and_never_followed(here: Office, books: Books) -> None:
    subscribe(here)
    happen(here)
    web = desk.connect(here, books.transport, status(302, location="http://127.0.0.1/"))
    deliver(here)
    assert len(web.requests) == 1
    assert owed(here)[0].status == 302


def test_two_workers_do_not_deliver_to_one_subscriber_at_once(here: Office, books: Books) -> None:
    subscribe(here)
    for _ in range(2):
        happen(here)
    inner: list[int] = []

    def answer(_request: httpx.Request) -> httpx.Response:
        inner.append(deliver(here))
        return httpx.Response(200)

    desk.connect(here, books.transport, answer)
    assert deliver(here) == 2
    assert inner == [0, 0]


def test_a_worker_that_dies_in_a_delivery_leaves_it_to_the_next(here: Office, books: Books) -> None:
    subscribe(here)
    happen(here)

    def die(_request: httpx.Request) -> httpx.Response:
        raise SystemExit

    desk.connect(here, books.transport, die)
    with pytest.raises(SystemExit):
        deliver(here)
    assert deliver(here) == 0  # its lease has not ended
    here.execute(subscriber.update().values(lease_until=0))
    web = desk.connect(here, books.transport, status(200))
    assert deliver(here) == 1
    assert web.requests[0].headers["webhook-id"] == owed(here)[0].event_id


def test_while_a_secret_is_changed_both_prove_a_delivery(here: Office, books: Books) -> None:
    old = subscribe(here)
    new = subscribers.renew_secret(here.services, "erp", actor="ada")
    assert proving(here, books, old, new) == [True, True]
    subscribers.forget_previous_secret(here.services, "erp", actor="ada")
    assert proving(here, books, old, new) == [False, True]


def proving(here: Office, books: Books, *secrets: str) -> list[bool]:
    """Say of each secret whether it proves a delivery made now."""
    web = desk.connect(here, books.transport, status(200))
    sending.try_out(here.services, "erp")
    request = web.requests[0]
    received_at = here.services.wall_clock.now_ms()
    webhook = Webhook("POST", "", dict(request.headers), request.content, received_at)
    return [is_proved(webhook, secret) for secret in secrets]


def is_proved(webhook: Webhook, secret: str) -> bool:
    try:
        signed.standard(webhook, {"secret": secret})
    except ConnectorError:
        return False
    return True


@pytest.mark.parametrize(
    "address",
    [
        "http://receiver.example/events",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://user:word@receiver.example/",
        "https://receiver.example:8443/",
        "ftp://receiver.example/",
        "not an address",
    ],
)
def test_only_public_https_addresses_are_subscribed(here: Office, address: str) -> None:
    with pytest.raises(InputError):
        subscribers.add(here.services, "x", address, actor="test")


def test_an_inside_address_is_not_dialled_either(here: Office) -> None:
    """Names are judged by what they resolve to when they are dialled."""
    subscribe(here)
    here.services.__dict__.pop("http")
    here.execute(subscriber.update().values(target="https://localhost/"))
    happen(here)
    deliver(here)
    assert owed(here)[0].status is None
    assert "not a public web address" in owed(here)[0].note


@pytest.mark.parametrize(
    "kind", ["run.exploded", "invoice.made", "nothing.created", "run", "a.b.c"]
)
def test_a_type_that_never_happens_is_refused(here: Office, kind: str) -> None:
    with pytest.raises(InputError, match="No event is of the type"):
        subscribe(here, kind)


def test_secrets_are_sealed_and_addresses_shown_without_their_query(here: Office) -> None:
    secret = subscribe(here)
    row = who(here)
    assert secret not in str(tuple(row))
    (shown,) = here.database.read(subscribers.listed)
    assert shown.target == "https://receiver.example/events?…"
    found = here.database.read(lambda c: list(c.execute(sa.select(tables.audit))))
    assert not [line for line in found if secret in str(tuple(line)) or "hidden" in str(line)]


def test_who_is_removed_is_owed_nothing(here: Office) -> None:
    subscribe(here)
    happen(here)
    subscribers.remove(here.services, "erp", actor="ada")
    assert here.database.read(deliveries.listed) == []


def test_the_sweep_rings_for_what_is_due_and_forgets_what_is_old(here: Office) -> None:
    subscribe(here)
    happen(here)
    assert outbound.sweep(here.services) == 1
    here.execute(outbound_event.update().values(at=1))
    outbound.sweep(here.services)
    assert len(told(here)) == 1  # it still waits for somebody
    here.execute(outbound_delivery.update().values(state=outbound.DELIVERED))
    assert outbound.sweep(here.services) == 0
    assert told(here) == []


def test_a_run_inside_another_is_part_of_that_ones_end(here: Office) -> None:
    subscribe(here)
    run_id = here.order("N-1")
    here.execute(run.update().values(parent_id="outer", block="loop"))
    control.cancel(here.services, run_id, actor="ada")
    assert told(here) == []
