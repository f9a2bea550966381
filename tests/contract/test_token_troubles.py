"""What goes wrong with tokens: told once, in plain words, and waited for."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from connector.connections.grants import DAY_MS
from connector.errors import (
    ConnectionProblem,
    ConnectorError,
    NeedsReconnect,
    Unreachable,
)
from connector.http import HttpReply, HttpRequest
from connector.intacct.dialects.rest_tokens import AccessToken
from connector.runtime import runs, tokens
from connector.runtime.consents import TERMINAL, Consents
from connector.runtime.sweeper import sweep
from tests.support.oauth_world import (
    CONSENTED,
    UNATTENDED,
    XML,
    World,
    oauth_world,
)
from tests.support.office import WORKFLOW


@pytest.fixture
def world(url: str, tmp_path: Path) -> Iterator[World]:
    with oauth_world(url, tmp_path) as found:
        yield found


def bodies(world: World) -> list[dict[str, list[str]]]:
    """Note what is sent to the token endpoint from now on."""
    seen: list[dict[str, list[str]]] = []

    def tell(request: HttpRequest, _reply: HttpReply) -> None:
        if request.url.endswith("/oauth2/token"):
            seen.append(parse_qs(request.body.decode()))

    world.answered.append(tell)
    return seen


@pytest.mark.accepts("F21")
def test_a_renewal_whose_answer_is_lost_asks_for_a_person_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """F21: the spent refresh token must not be tried for ever."""
    row = world.add(CONSENTED)
    world.connect(row)
    world.let_pass(row, expires_at=1)
    world.arm("commit_then_502")
    caplog.set_level(logging.ERROR)
    with pytest.raises(ConnectorError):
        world.read(row)
    with pytest.raises(NeedsReconnect, match="answer was lost on the way"):
        world.read(row)
    asked = world.requests()
    for _ in range(10):
        with pytest.raises(NeedsReconnect):
            world.read(row)
    assert world.requests() == asked
    assert world.row().state == "needs-reconnect"
    assert len(world.alerts()) == 1
    assert [r.message for r in caplog.records if "needs a person" in r.message] == [
        caplog.records[-1].message
    ]
    world.connect(row)
    assert world.row().state == "ready"
    assert world.read(row) == 1


@pytest.mark.accepts("F21")
def test_runs_wait_for_the_person_and_go_on_by_themselves(world: World) -> None:
    """F21: nothing is lost and nothing is sent until somebody connects again."""
    row = world.add(CONSENTED)
    portal = {"token": "t0ken", "clientSecret": "s3cret"}
    world.services.connections.add("hubspot", "hubspot", portal)
    world.office.publish(WORKFLOW.replace("termName: Net 30", 'dateDue: "2026-04-01"'))
    world.connect(row)
    world.let_pass(row, expires_at=1)
    world.arm("commit_then_502", times=1)
    run_id = world.office.order("INV-R1")
    for _ in range(3):
        run = world.office.work(run_id)
    assert run.state == runs.WAITING, run.error
    assert json.loads(run.error)["type"] == "NeedsReconnect"
    assert tokens.waiting_runs(world.services.database) == [run_id]
    far = run.not_before
    world.connect(row)
    assert world.office.run(run_id).not_before < far - 3_000_000
    assert world.office.work(run_id).state == runs.SUCCEEDED
    assert len(world.books.invoices("INV-R1")) == 1


def test_an_outage_of_the_token_endpoint_needs_nobody(world: World) -> None:
    row = world.add(CONSENTED)
    world.connect(row)
    world.let_pass(row, expires_at=1)
    world.arm("unavailable_503", times=3)
    with pytest.raises(Unreachable, match="no clear answer"):
        world.read(row)
    assert world.row().state == "ready"
    assert world.read(row) == 1


def test_a_token_endpoint_that_answers_a_page_is_told_in_plain_words(world: World) -> None:
    row = world.add(UNATTENDED)
    world.arm("html_200", times=9)
    with pytest.raises(Unreachable, match="A web page came back instead of a token") as told:
        world.read(row)
    assert "REST address" in told.value.advice
    assert "<" not in told.value.title


def test_a_token_is_renewed_early_and_a_failure_then_stops_nothing(world: World) -> None:
    row = world.add(CONSENTED)
    world.connect(row)
    view = world.services.grants.view(row.id)
    life = view.expires_at - view.now
    assert 0.75 * life < view.renew_at - view.now < 0.86 * life
    world.let_pass(row, renew_at=1)
    world.arm("drop_before_commit", times=9)
    assert world.read(row) == 1
    assert world.read(row) == 1
    assert world.services.grants.view(row.id).renew_at > view.now


def test_a_second_connection_that_ended_the_first_is_named_as_the_cause(world: World) -> None:
    first, second = world.add(CONSENTED), world.add(CONSENTED, "copy")
    world.connect(first)
    world.connect(second)
    with pytest.raises(NeedsReconnect, match="connected a second time"):
        world.read(first)
    assert world.read(second) == 1


@pytest.mark.accepts("D7")
def test_without_a_refresh_token_the_end_is_told(world: World) -> None:
    row = world.add(CONSENTED)
    world.services.grants.keep(row.id, AccessToken("opaque", "", 1))
    with pytest.raises(NeedsReconnect, match="without a way to renew it"):
        world.read(row)


@pytest.mark.accepts("D36")
@pytest.mark.parametrize(
    ("values", "person", "what"),
    [
        ({"companyId": "ELSEWHERE"}, {}, "the company SANDBOX, but this connection is for"),
        ({"entityId": "100"}, {"entity": "200"}, "the entity 200, but this connection is for 100"),
    ],
)
def test_access_to_something_else_is_noticed_and_not_kept(
    world: World, values: dict[str, str], person: dict[str, str], what: str
) -> None:
    row = world.add({**CONSENTED, **values})
    with pytest.raises(ConnectionProblem, match=what):
        world.connect(row, **person)
    assert not world.services.grants.view(row.id).has_tokens


def test_an_application_without_a_person_signs_in_again_when_its_refresh_token_is_refused(
    world: World,
) -> None:
    row = world.add(UNATTENDED)
    world.read(row)
    world.services.grants.keep(row.id, AccessToken("a.b.c", "spent", 1))
    assert world.read(row) == 1
    assert world.row().state == "ready"


def test_a_worker_that_died_while_renewing_is_succeeded_and_remembered(world: World) -> None:
    row = world.add(CONSENTED)
    world.connect(row)
    assert world.services.grants.claim(row.id)
    world.let_pass(row, expires_at=1, claimed_until=1)
    assert world.services.grants.view(row.id).lost_at is None
    seen: list[int | None] = []
    world.answered.append(
        lambda _request, _reply: seen.append(world.services.grants.view(row.id).lost_at)
    )
    assert world.read(row) == 1
    assert seen[0] is not None
    assert world.services.grants.view(row.id).lost_at is None


def test_a_wrong_client_secret_is_tried_once_and_healed_by_correcting_it(world: World) -> None:
    row = world.add({**UNATTENDED, "clientSecret": "wrong"})
    for _ in range(5):
        with pytest.raises(ConnectionProblem, match="client secret"):
            world.read(row)
    assert world.requests() == 1
    assert world.row().state == "needs-attention"
    world.services.connections.update(row.id, UNATTENDED)
    assert world.read(world.row()) == 1


@pytest.mark.accepts("D6")
def test_an_end_within_14_days_is_warned_of_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    row = world.add(CONSENTED)
    world.connect(row)
    caplog.set_level(logging.WARNING)
    sweep(world.services)
    view = world.services.grants.view(row.id)
    assert view.ends_at is not None
    assert view.ends_at - view.now > 179 * DAY_MS
    world.let_pass(row, ends_at=view.now + 10 * DAY_MS)
    for _ in range(3):
        sweep(world.services)
    told = [record.message for record in caplog.records if "books ends in" in record.message]
    assert len(told) == 1
    assert "ends in 9 days" in told[0]
    world.connect(row)
    assert not world.services.grants.view(row.id).ends_soon


def test_the_end_of_what_needs_no_person_is_not_warned_of(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    row = world.add(UNATTENDED)
    world.read(row)
    world.let_pass(row, ends_at=world.services.grants.view(row.id).now)
    caplog.set_level(logging.WARNING)
    sweep(world.services)
    assert [record.message for record in caplog.records if "ends in" in record.message] == []


def test_the_trouble_of_one_api_leaves_the_other_alone(world: World) -> None:
    row = world.add({**XML, **CONSENTED, "preferredApi": "xml"})
    with pytest.raises(NeedsReconnect):
        world.context(row, trial="rest").intacct.query("customer", select=["recordNo"], limit=1)
    assert world.row().state == "needs-reconnect"
    assert world.read(row) == 1


def test_a_client_secret_goes_to_sage_or_to_a_host_that_was_named(world: World) -> None:
    row = world.add({**UNATTENDED, "restUrl": "https://api.intacct.com.evil.example/ia/api/v1"})
    sent = bodies(world)
    with pytest.raises(ConnectionProblem, match="not Sage's"):
        world.read(row)
    with pytest.raises(ConnectionProblem, match="not Sage's"):
        Consents(world.services).begin(row, caller=TERMINAL, actor="test")
    assert sent == []
