"""OAuth tokens: fetched once for all workers, kept before use, and a person asked when lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from connector.connections.encrypt import SecretBox
from connector.connections.grants import DAY_MS, Grants
from connector.connections.rotate import rotate, unopened
from connector.errors import (
    Busy,
    ConnectionProblem,
    NeedsReconnect,
)
from connector.http import HttpReply, HttpRequest
from connector.intacct.dialects.rest_tokens import AccessToken
from connector.runtime import tokens
from connector.store import tables
from tests.support.oauth_world import (
    CONSENTED,
    UNATTENDED,
    XML,
    World,
    oauth_world,
)
from tests.support.office import KEY


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


@pytest.mark.accepts("E14", "D4")
def test_a_person_allows_the_access_and_calls_go_over_rest(world: World) -> None:
    row = world.add(CONSENTED)
    done = world.connect(row)
    assert done.grant.holder.company == "SANDBOX"
    assert done.grant.ends_at is not None
    assert world.read(row) == 1
    assert world.requests() == 1


def test_before_anybody_allowed_it_the_connection_says_so(world: World) -> None:
    row = world.add(CONSENTED)
    with pytest.raises(NeedsReconnect, match="Nobody has allowed") as told:
        world.read(row)
    assert "intacct connections authorize books" in told.value.advice
    assert world.row().state == "needs-reconnect"
    assert world.requests() == 0


@pytest.mark.accepts("D5")
def test_an_ended_token_is_renewed_by_itself(world: World) -> None:
    row = world.add(CONSENTED)
    world.connect(row)
    world.let_pass(row, expires_at=1)
    sent = bodies(world)
    assert world.read(row) == 1
    assert [form["grant_type"] for form in sent] == [["refresh_token"]]


@pytest.mark.accepts("F20")
def test_workers_that_find_the_token_ended_refresh_it_once(world: World) -> None:
    """F20: Intacct rotates refresh tokens; a second refresh would end the connection."""
    row = world.add(CONSENTED)
    world.connect(row)
    world.read(row)
    world.end_access()
    before = world.requests()
    starting = threading.Barrier(8)

    def work() -> int:
        starting.wait()
        return world.read(row)

    with ThreadPoolExecutor(8) as pool:
        found = [task.result() for task in [pool.submit(work) for _ in range(8)]]
    assert found == [1] * 8
    assert world.requests() - before == 1


def test_of_two_processes_one_may_renew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The claim is a row, so it holds where no lock of a process reaches."""
    monkeypatch.setattr(tokens, "PATIENCE_SECONDS", 0.0)
    row = world.add(CONSENTED)
    world.connect(row)
    world.let_pass(row, expires_at=1)
    claim = world.services.grants.claim(row.id)
    assert claim
    assert world.services.grants.claim(row.id) == ""
    with pytest.raises(Busy, match="Another worker is renewing"):
        world.read(row)
    world.services.grants.release(row.id, claim)
    assert world.read(row) == 1


def test_new_tokens_are_kept_before_they_are_used(world: World) -> None:
    row = world.add(CONSENTED)
    world.connect(row)
    used: list[bool] = []

    def tell(request: HttpRequest, _reply: HttpReply) -> None:
        if "Authorization" in request.headers:
            _, kept = Grants(world.services.database, world.services.box).open(row.id)
            used.append(
                kept is not None and request.headers["Authorization"] == f"Bearer {kept.value}"
            )

    world.answered.append(tell)
    for _ in range(3):
        world.let_pass(row, expires_at=1)
        world.read(row)
    assert used == [True] * 3


def test_tokens_rest_sealed_and_bound_to_their_connection(world: World) -> None:
    row = world.add(CONSENTED)
    world.connect(row)
    _, kept = world.services.grants.open(row.id)
    assert kept is not None
    raw = world.services.database.read(lambda c: str(c.execute(sa.select(tables.token)).one()))
    assert kept.value not in raw
    assert kept.refresh_token not in raw
    other = world.add({**CONSENTED, "entityId": "100"}, "other")
    sealed = world.services.box.seal("token/elsewhere", {"access": "a", "refresh": "r"})
    world.services.grants.claim(other.id)
    world.let_pass(other, expires_at=1)
    stolen = sa.update(tables.token).values(sealed=sealed)
    world.office.execute(stolen)
    with pytest.raises(ConnectionProblem, match="belong to something else"):
        world.services.grants.open(other.id)


@pytest.mark.accepts("D35")
def test_the_entity_is_named_when_a_token_is_fetched_and_when_it_is_renewed(world: World) -> None:
    alone = world.add({**UNATTENDED, "entityId": "100"}, "alone")
    sent = bodies(world)
    world.read(alone)
    assert sent[-1]["username"] == ["apiuser@SANDBOX|100"]
    assert world.services.grants.view(alone.id).holder.entity == "100"
    asked = world.add({**CONSENTED, "entityId": "100"}, "asked")
    world.connect(asked)
    world.let_pass(asked, expires_at=1)
    world.read(asked)
    assert sent[-1]["entity_id"] == ["100"]
    assert world.services.grants.view(asked.id).holder.entity == "100"


def test_an_answer_without_a_refresh_token_leaves_the_one_before_in_force(world: World) -> None:
    row = world.add(CONSENTED)
    world.connect(row)
    _, before = world.services.grants.open(row.id)
    assert before is not None
    far = world.services.grants.view(row.id).now + DAY_MS
    world.services.grants.keep(row.id, AccessToken("new", "", far), is_renewal=True)
    view, kept = world.services.grants.open(row.id)
    assert kept is not None
    assert (kept.value, kept.refresh_token) == ("new", before.refresh_token)
    assert view.ends_at is not None
    world.services.grants.keep(row.id, AccessToken("other", "", far))
    assert world.services.grants.view(row.id).ends_at is None


def test_a_correction_keeps_what_was_allowed_unless_it_was_for_something_else(
    world: World,
) -> None:
    row = world.add(CONSENTED)
    world.connect(row)
    changed = world.services.connections.update(row.id, {**CONSENTED, "concurrency": 5})
    assert world.read(changed) == 1
    world.services.connections.update(row.id, {**CONSENTED, "companyId": "OTHER"})
    assert not world.services.grants.view(row.id).has_tokens


def test_an_xml_session_can_be_had_from_the_application(world: World) -> None:
    bridged = {k: v for k, v in XML.items() if not k.startswith("user")}
    row = world.add({**UNATTENDED, **bridged, "entityId": "100", "preferredApi": "xml"})
    assert world.read(row) == 1
    assert world.requests("GET /services/core/session/id") == 1
    assert world.requests("query") == 1
    kept = world.services.database.read(lambda c: c.execute(sa.select(tables.session)).one())
    assert kept.scope == "100"


def test_a_new_master_key_takes_over_tokens_and_sessions(world: World) -> None:
    row = world.add({**XML, **CONSENTED, "preferredApi": "xml"})
    world.connect(row)
    assert world.read(row) == 1
    new = Fernet.generate_key().decode()
    assert rotate(world.services.database, SecretBox([new, KEY])) == 3
    assert unopened(world.services.database, SecretBox([new])) == 0
    _, kept = Grants(world.services.database, SecretBox([new])).open(row.id)
    assert kept is not None
