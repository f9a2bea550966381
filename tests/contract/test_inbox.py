"""What is accepted is kept once, answered once, and starts what waits for it."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import hmac
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from flask.testing import FlaskClient

from connector.component import Event, Webhook
from connector.connections.encrypt import SecretBox
from connector.connections.store import ConnectionRow
from connector.errors import Untrusted
from connector.runtime import echoes, inbox, listening, workflows
from connector.runtime.bells import ROUTE_EVENT, Bells, make_broker
from connector.runtime.ringing import Ringer
from connector.runtime.services import Services
from connector.runtime.stretch import Stretch, stretches
from connector.settings import Settings
from connector.store import Database, tables
from connector.web.app import create_app
from connector.web.sources import Sources
from connector.workflow import model, yaml_loader
from tests.unit.connector.webhooks.deliveries import NOW, delivery, intacct_token
from tests.unit.connector.webhooks.test_bodies import ROW, message

DAY = 86_400_000
WORKFLOW = """
name: {name}
trigger: {{type: {type}, connection: {connection}, config: {config}}}
steps:
  - {{id: look, type: sage-intacct.getCustomer, connection: books, config: {{customerId: C-1}}}}
"""


class Rung(Bells):
    """Bells that note what they were rung for."""

    def __init__(self) -> None:
        super().__init__(make_broker("memory://", 15.0))
        self.rows: list[int | str] = []

    def ring(self, task: str, row_id: str | int, queue: str, *, in_seconds: float = 0.0) -> None:
        if task == ROUTE_EVENT:
            self.rows.append(row_id)


@pytest.fixture
def services(database: Database, tmp_path: Path) -> Services:
    """Return the services of an installation that nobody else works on."""
    settings = Settings.read({"INTACCT_DATA_DIR": str(tmp_path)})
    return Services(settings, database, SecretBox([Fernet.generate_key().decode()]), Rung())


def add(services: Services, kind: str, **values: Any) -> ConnectionRow:
    return services.connections.add(kind, kind, values)


def github(services: Services, **more: Any) -> ConnectionRow:
    return add(services, "webhook", scheme="github", secret="gh", **more)


def post(raw: bytes, number: str = "1", at: int = NOW) -> Webhook:
    signature = "sha256=" + hmac.digest(b"gh", raw, "sha256").hex()
    found = delivery(raw, x_hub_signature_256=signature, x_github_delivery=number)
    return dataclasses.replace(found, received_at=at)


def rows(services: Services, *states: str) -> list[Any]:
    query = sa.select(tables.inbox).order_by(tables.inbox.c.id)
    found = services.database.read(lambda c: list(c.execute(query)))
    wanted = states or (inbox.RECEIVED, inbox.ROUTED, inbox.IGNORED, inbox.STALE)
    return [row for row in found if row.state in wanted]


def publish(services: Services, kind: str, connection: str, config: str = "{}") -> None:
    text = WORKFLOW.format(
        name=f"{kind} {config}".replace(":", ""), type=kind, connection=connection, config=config
    )
    definition = model.parse(yaml_loader.load(text))
    workflows.publish(services.database, definition, actor="test")


def route_all(services: Services) -> list[tuple[str, int]]:
    """Route what was rung for, and return each event's state with the number of its runs."""
    bells = services.bells
    assert isinstance(bells, Rung)
    for row_id in bells.rows:
        inbox.route(services, row_id)
    bells.rows.clear()
    runs = sa.select(tables.run.c.inbox_id)
    started = services.database.read(lambda c: list(c.execute(runs).scalars()))
    return [(row.state, started.count(row.id)) for row in rows(services)]


# Kept once


def test_delivery_sent_again_is_kept_and_rung_for_once(services: Services) -> None:
    source = github(services)
    for _ in range(3):
        inbox.accept(services, source, post(b'{"a": 1}'))
    (row,) = rows(services)
    bells = services.bells
    assert isinstance(bells, Rung)
    assert bells.rows == [row.id]


def test_delivery_sent_ten_times_at_once_is_kept_once(services: Services) -> None:
    source = github(services)
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: inbox.accept(services, source, post(b"{}")), range(10)))
    assert len(rows(services)) == 1


def test_body_played_back_under_another_id_is_kept_once(services: Services) -> None:
    """GitHub signs the body alone, so whoever overheard it could give it a new id."""
    source = github(services)
    for number in ("1", "2", "3", "2"):
        inbox.accept(services, source, post(b'{"a": 1}', number))
    assert len(rows(services)) == 1
    # A replay has not used up the id it came with.
    inbox.accept(services, source, post(b'{"a": 2}', "2"))
    assert len(rows(services)) == 2


def test_intacct_delivery_played_back_under_another_key_is_kept_once(services: Services) -> None:
    source = add(services, "intacct-events", company="books", clientSecret="test-secret")
    raw = b'{"object": "CUSTOMER", "key": "1"}'

    def send(key: str, issued: int) -> None:
        token = intacct_token(raw, iat=issued)
        given = delivery(raw, x_ia_sage_signature=token, idempotency_key=key)
        inbox.accept(services, source, given)

    send("k-1", NOW)
    send("k-1", NOW + 10_000)  # a retry, signed anew
    send("k-2", NOW)  # played back
    send("k-3", NOW + 10_000)  # the retry, played back
    assert len(rows(services)) == 1
    send("k-4", NOW + 20_000)
    assert len(rows(services)) == 2


def test_same_bytes_without_an_id_are_one_event_within_a_day_across_midnight(
    services: Services,
) -> None:
    source = add(services, "webhook", scheme="bearer", secret="t")
    database_now = services.database.read(
        lambda c: c.execute(sa.text(_MILLISECONDS[c.dialect.name])).scalar_one()
    )
    midnight = int(database_now) // DAY * DAY

    def send(at: int) -> int:
        given = delivery(b'{"a": 1}', authorization="Bearer t")
        inbox.accept(services, source, dataclasses.replace(given, received_at=at))
        return len(rows(services))

    assert send(midnight - 1000) == 1
    assert send(midnight + 1000) == 1
    aged = tables.inbox.update().values(received_at=midnight - 1000)
    services.database.write(lambda c: c.execute(aged))
    assert send(midnight + DAY - 2000) == 1
    assert send(midnight + DAY - 500) == 2


_MILLISECONDS = {
    "sqlite": "SELECT CAST(strftime('%s', 'now') AS INTEGER) * 1000",
    "postgresql": "SELECT CAST(extract(epoch FROM now()) AS BIGINT) * 1000",
}


def test_one_of_two_sources_says_nothing_about_the_other(services: Services) -> None:
    first = github(services)
    values = {"scheme": "github", "secret": "gh"}
    second = services.connections.add("webhook", "second", values)
    for source in (first, second):
        inbox.accept(services, source, post(b"{}"))
    assert len(rows(services)) == 2


def test_events_of_triggers_that_share_their_reading_are_kept_once(services: Services) -> None:
    source = add(services, "hubspot", token="t", clientSecret="s", legacySignatures=True)
    event = {
        "portalId": 33,
        "objectId": 42,
        "occurredAt": NOW,
        "subscriptionType": "deal.propertyChange",
        "propertyName": "dealstage",
        "propertyValue": "closedwon",
    }
    raw = json.dumps([event]).encode()
    digest = hashlib.sha256(b"s" + raw).hexdigest()
    publish(services, "hubspot.deal", "hubspot")
    publish(services, "hubspot.object", "hubspot", "{objects: [deal]}")
    inbox.accept(services, source, delivery(raw, x_hubspot_signature=digest))
    assert route_all(services) == [(inbox.ROUTED, 2)]


# Order


def test_older_event_that_comes_late_is_stale_and_starts_nothing(services: Services) -> None:
    paths = {"subjectPath": "id", "timePath": "at", "onlyNewest": True}
    source = github(services, **paths)
    publish(services, "webhook.event", "webhook")

    def send(subject: str, at: int) -> tuple[str, int]:
        raw = json.dumps({"type": "t", "id": subject, "at": at}).encode()
        inbox.accept(services, source, post(raw, f"{subject}-{at}"))
        return route_all(services)[-1]

    assert send("a", NOW + 5) == (inbox.ROUTED, 1)
    assert send("a", NOW + 4) == (inbox.STALE, 0)
    assert send("b", NOW + 4) == (inbox.ROUTED, 1)
    assert send("a", NOW + 6) == (inbox.ROUTED, 1)
    assert send("a", NOW + 5 - DAY) == (inbox.STALE, 0)
    assert [row.note for row in rows(services, inbox.STALE)] == [
        "A newer change of the same record had arrived before it."
    ] * 2


def test_events_that_come_in_order_are_never_stale_however_late_they_are_routed(
    services: Services,
) -> None:
    source = github(services, subjectPath="id", timePath="at", onlyNewest=True)
    publish(services, "webhook.event", "webhook")
    for at in range(NOW, NOW + 5):
        raw = json.dumps({"type": "t", "id": "a", "at": at}).encode()
        inbox.accept(services, source, post(raw, str(at)))
    assert route_all(services) == [(inbox.ROUTED, 1)] * 5


def test_event_that_nobody_waits_for_is_kept_and_ignored(services: Services) -> None:
    source = github(services)
    publish(services, "webhook.event", "webhook", "{types: [order.*]}")
    inbox.accept(services, source, post(b'{"type": "ping"}', "1"))
    inbox.accept(services, source, post(b'{"type": "order.paid"}', "2"))
    assert route_all(services) == [(inbox.IGNORED, 0), (inbox.ROUTED, 1)]


def test_question_for_newer_events_is_answered_from_the_index(services: Services) -> None:
    """However many events a connection has had, one order's are found without reading the rest."""
    given = dict.fromkeys(("of_connection", "of_trigger", "first", "last"), "x")
    asked = echoes._NEWER.params(**given, moment=1, wanted=1)

    def plan(connection: sa.Connection) -> str:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        text = asked.compile(connection, compile_kwargs={"literal_binds": True})
        word = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        rows = connection.execute(sa.text(f"{word} {text}"))
        return "\n".join(str(tuple(row)) for row in rows)

    shown = services.database.read(plan)
    assert "dedupe_key" in shown.partition("Filter")[0], shown


# The test address


def test_sample_is_kept_for_looking_at_and_never_routed(services: Services) -> None:
    source = github(services)
    publish(services, "webhook.event", "webhook")
    listening.listen(services, source)
    for number in ("1", "1", "2"):
        listening.take(services, source, post(b'{"type": "t"}', number))
    assert [event.type for event in listening.samples(services, source)] == ["t"] * 3
    assert route_all(services) == []
    inbox.accept(services, source, post(b'{"type": "t"}', "1"))
    assert route_all(services) == [(inbox.ROUTED, 1)]  # the sample has not used up its id


def test_test_address_is_closed_before_and_a_quarter_of_an_hour_after_listening(
    services: Services,
) -> None:
    source = github(services)
    with pytest.raises(Untrusted):
        listening.take(services, source, post(b"{}"))
    listening.listen(services, source)
    assert listening.is_listening(services, source)
    earlier = tables.inbox.c.received_at - listening.LISTENING_MS
    services.database.write(lambda c: c.execute(tables.inbox.update().values(received_at=earlier)))
    assert not listening.is_listening(services, source)
    with pytest.raises(Untrusted):
        listening.take(services, source, post(b"{}"))
    assert listening.samples(services, source) == []


def test_forged_sample_is_refused(services: Services) -> None:
    source = github(services)
    listening.listen(services, source)
    with pytest.raises(Untrusted):
        listening.take(services, source, delivery(b"{}", x_hub_signature_256="sha256=00"))


def test_samples_do_not_pile_up(services: Services) -> None:
    source = github(services)
    for number in range(3):
        listening.listen(services, source)
        for place in range(15):
            listening.take(services, source, post(b"{}", f"{number}-{place}"))
    kept = rows(services, listening.SAMPLE, listening.LISTENING)
    assert len(kept) == listening.MOST_SAMPLES + 15 + 1
    assert len(listening.samples(services, source)) == listening.MOST_SAMPLES


# At the door


@pytest.fixture
def client(services: Services) -> FlaskClient:
    return create_app(services).test_client()


def send(client: FlaskClient, path: str, webhook: Webhook, **more: Any) -> Any:
    return client.post(path, data=webhook.raw, headers=dict(webhook.headers), **more)


def test_good_delivery_is_answered_with_exactly_200(
    services: Services, client: FlaskClient
) -> None:
    path = f"/hooks/{github(services).hook_token}"
    answer = send(client, path, post(b"{}"))
    assert (answer.status_code, answer.data) == (200, b"")
    assert len(rows(services)) == 1


def test_salesforce_hears_its_acknowledgement(services: Services, client: FlaskClient) -> None:
    path = f"/hooks/{add(services, 'webhook', scheme='salesforce').hook_token}"
    answer = client.post(path, data=message(ROW.format(id="1") + ROW.format(id="2")))
    assert answer.status_code == 200
    assert b"<Ack>true</Ack>" in answer.data
    assert answer.content_type.startswith("text/xml")
    assert len(rows(services)) == 2


def test_handshakes_are_answered_and_every_other_question_is_not(
    services: Services, client: FlaskClient
) -> None:
    path = f"/hooks/{github(services).hook_token}"
    asked = client.get(path, query_string={"hub.mode": "subscribe", "hub.challenge": "<b>7</b>"})
    assert (asked.status_code, asked.data) == (200, b"<b>7</b>")
    assert asked.content_type.startswith("text/plain")
    assert asked.headers["X-Content-Type-Options"] == "nosniff"
    allowed = client.options(path, headers={"WebHook-Request-Origin": "sender.example"})
    assert allowed.headers["WebHook-Allowed-Origin"] == "sender.example"
    known = [client.get(path), client.options(path), client.head(path)]
    unknown = [client.get("/hooks/nobody"), client.options("/hooks/nobody")]
    for answer in (*known, *unknown):
        assert (answer.status_code, answer.data) == (401, b"")
    assert rows(services) == []


def test_strangers_bad_signatures_and_closed_test_addresses_hear_the_same(
    services: Services, client: FlaskClient
) -> None:
    path = f"/hooks/{github(services).hook_token}"
    forged = delivery(b"{}", x_hub_signature_256="sha256=00")
    for address in (path, "/hooks/nobody", "/hooks/nobody/test", f"{path}/test"):
        answer = send(client, address, forged)
        assert (answer.status_code, answer.data) == (401, b"")
        assert "Retry-After" not in answer.headers
    assert send(client, f"{path}/test", post(b"{}")).status_code == 401


def test_test_address_takes_samples_while_somebody_listens(
    services: Services, client: FlaskClient
) -> None:
    source = github(services)
    listening.listen(services, source)
    assert send(client, f"/hooks/{source.hook_token}/test", post(b"{}")).status_code == 200
    assert len(listening.samples(services, source)) == 1
    assert rows(services) == []


def test_compressed_body_is_signed_as_it_travelled_and_read_unfolded(
    services: Services, client: FlaskClient
) -> None:
    path = f"/hooks/{github(services).hook_token}"
    packed = gzip.compress(b'{"type": "order"}')
    squeezed = {"content-encoding": "gzip"}
    good = post(packed)
    good = dataclasses.replace(good, headers={**good.headers, **squeezed})
    assert send(client, path, good).status_code == 200
    assert rows(services)[0].type == "order"


BOMBS = {
    "a bomb": (gzip.compress(b" " * 50_000_000), "gzip"),
    "half": (gzip.compress(b"{}")[:-5], "gzip"),
    "no gzip": (b"{}", "gzip"),
    "two in one": (gzip.compress(b"{}") * 2, "gzip"),
    "unknown": (b"{}", "br"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_body_that_does_not_unfold_is_refused(
    services: Services, client: FlaskClient, name: str
) -> None:
    raw, encoding = BOMBS[name]
    good = post(raw)
    good = dataclasses.replace(good, headers={**good.headers, "content-encoding": encoding})
    answer = send(client, f"/hooks/{github(services).hook_token}", good)
    assert (answer.status_code, answer.data) == (400, b"")
    assert rows(services) == []


def test_wrong_content_type_loses_nothing(services: Services, client: FlaskClient) -> None:
    path = f"/hooks/{github(services).hook_token}"
    kinds = ["", "text/html", "multipart/form-data; boundary=x", "image/png", "nonsense"]
    kinds.append("application/x-www-form-urlencoded")
    for number, kind in enumerate(kinds):
        body = json.dumps({"type": f"t{number}"}).encode()
        assert send(client, path, post(body, str(number)), content_type=kind).status_code == 200
    assert len(rows(services)) == len(kinds)


def test_ten_megabytes_are_sent_away(services: Services, client: FlaskClient) -> None:
    raw = b" " * 10_000_000
    answer = send(client, f"/hooks/{github(services).hook_token}", post(raw))
    assert (answer.status_code, answer.data) == (413, b"")


def test_changed_secret_and_forgotten_connection_count_within_a_second(
    services: Services,
) -> None:
    now = [0.0]
    sources = Sources(services, clock=lambda: now[0])
    row = github(services)

    def secret() -> str:
        found = sources.find(row.hook_token)
        return str(found.settings["secret"]) if found else ""

    assert secret() == "gh"
    services.connections.update(row.id, {"scheme": "github", "secret": "new"})
    now[0] = 0.9
    assert secret() == "gh"
    now[0] = 1.1
    assert secret() == "new"
    services.connections.delete(row.id)
    now[0] = 2.2
    assert secret() == ""
    assert sources.find("nobody") is None


# Bells


def test_one_ring_stands_for_the_events_that_came_meanwhile() -> None:
    rung: list[str] = []
    first, more = threading.Event(), threading.Event()

    class Slow(Bells):
        def ring(
            self, task: str, row_id: str | int, queue: str, *, in_seconds: float = 0.0
        ) -> None:
            rung.append(str(row_id))
            first.set()
            more.wait(30)

    ringer = Ringer(Slow(make_broker("memory://", 15.0)), pause_seconds=0.0)
    ringer.announce([7])
    assert first.wait(30)
    for row_id in (9, 8, 12):
        ringer.announce([row_id])
    more.set()
    deadline = time.monotonic() + 30
    while len(rung) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert rung == ["7", "8-12"]


def test_rows_under_one_name_are_never_too_many_and_none_is_left_out() -> None:
    found = stretches([*range(100, 0, -1), 300])
    assert [str(one) for one in found] == ["1-50", "51-100", "300"]
    assert [Stretch.of(str(one)) for one in found] == found
    for wrong in ("", "1-", "-1", "1-2-3", "a", "1 2"):
        with pytest.raises(ValueError):
            Stretch.of(wrong)


def test_events_of_one_stretch_are_routed_together_and_each_once(services: Services) -> None:
    source = github(services)
    publish(services, "webhook.event", "webhook")
    for number in range(5):
        inbox.accept(services, source, post(b"{}" + b" " * number, str(number)))
    numbers = [row.id for row in rows(services)]
    name = f"{numbers[0]}-{numbers[-1]}"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: inbox.route(services, name), range(4)))
    assert route_all(services) == [(inbox.ROUTED, 1)] * 5


def test_workflow_that_cannot_say_what_it_wants_holds_nobody_up(services: Services) -> None:
    source = github(services)
    publish(services, "webhook.event", "webhook")

    def fail(_event: Any, _config: Any) -> bool:
        raise RuntimeError("a mistake in a trigger")

    registry = services.registry
    spoilt = dataclasses.replace(registry.trigger("webhook.event"), matches=fail)
    changed = {**registry.triggers, "webhook.event": spoilt}
    services.__dict__["registry"] = dataclasses.replace(registry, triggers=changed)
    inbox.accept(services, source, post(b"{}"))
    assert route_all(services) == [(inbox.ROUTED, 1)]


@pytest.mark.parametrize("name", ["a\0b", " ".join(map(str, range(5_000)))])
def test_strange_name_that_a_sender_gives_its_event_loses_no_event(
    services: Services, name: str
) -> None:
    """PostgreSQL keeps no NUL and has no index of long texts; a delivery refused comes for ever."""
    trigger = services.registry.trigger("webhook.event")
    event = Event("e-1", "t", {"eventId": name})
    kept = services.database.write(lambda c: echoes.keep(c, "s", post(b"{}"), [(trigger, event)]))
    assert len(kept) == 1
