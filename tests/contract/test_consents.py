"""Questions to a person: who asked is who answers, once, and soon (security C23)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from connector.connections.oauth import Answer, read_answer
from connector.errors import ConnectionProblem, InputError, Untrusted
from connector.runtime.consents import BROWSER, LINK, TERMINAL, Consents
from connector.store import tables
from tests.support.oauth_world import CONSENTED, World, oauth_world


@pytest.fixture
def world(url: str, tmp_path: Path) -> Iterator[World]:
    with oauth_world(url, tmp_path) as found:
        yield found


def test_an_answer_counts_once(world: World) -> None:
    consents, row = Consents(world.services), world.add(CONSENTED)
    question = consents.begin(row, caller=BROWSER, actor="ann", binding="cookie")
    answer = read_answer(world.allow(question.url))
    consents.finish(answer, caller=BROWSER, binding="cookie")
    with pytest.raises(InputError, match="used already"):
        consents.finish(answer, caller=BROWSER, binding="cookie")


def test_an_answer_to_another_browser_is_refused_and_stays_open_for_the_right_one(
    world: World,
) -> None:
    consents, row = Consents(world.services), world.add(CONSENTED)
    question = consents.begin(row, caller=BROWSER, actor="ann", binding="cookie")
    answer = read_answer(world.allow(question.url))
    for caller, binding in ((BROWSER, "other"), (BROWSER, ""), (TERMINAL, "")):
        with pytest.raises(Untrusted):
            consents.finish(answer, caller=caller, binding=binding)
    assert consents.finish(answer, caller=BROWSER, binding="cookie").connection.id == row.id


def test_a_code_of_somebody_elses_question_is_refused_by_its_proof(world: World) -> None:
    consents, row = Consents(world.services), world.add(CONSENTED)
    theirs = consents.begin(row, caller=BROWSER, actor="eve", binding="evil")
    mine = consents.begin(row, caller=BROWSER, actor="ann", binding="cookie")
    code = read_answer(world.allow(theirs.url)).code
    planted = Answer(code, mine.state)
    with pytest.raises(ConnectionProblem, match="does not take the code"):
        consents.finish(planted, caller=BROWSER, binding="cookie")
    assert not world.services.grants.view(row.id).has_tokens


def test_an_old_question_is_forgotten(world: World) -> None:
    consents, row = Consents(world.services), world.add(CONSENTED)
    question = consents.begin(row, caller=BROWSER, actor="ann", binding="cookie")
    world.office.execute(sa.update(tables.consent).values(expires_at=1))
    with pytest.raises(InputError, match="ten minutes"):
        consents.finish(read_answer(world.allow(question.url)), caller=BROWSER, binding="cookie")


def test_a_link_belongs_to_the_first_browser(world: World) -> None:
    consents, row = Consents(world.services), world.add(CONSENTED)
    question = consents.begin(row, caller=LINK, actor="api-key/erp")
    url = consents.take_up(question.state, "first")
    assert consents.take_up(question.state, "first") == url
    with pytest.raises(InputError):
        consents.take_up(question.state, "second")
    answer = read_answer(world.allow(url))
    assert consents.finish(answer, caller=BROWSER, binding="first").grant.has_tokens


def test_what_is_kept_of_a_question_is_no_use_to_a_thief(world: World) -> None:
    consents, row = Consents(world.services), world.add(CONSENTED)
    question = consents.begin(row, caller=BROWSER, actor="ann", binding="cookie")
    raw = world.services.database.read(lambda c: str(c.execute(sa.select(tables.consent)).one()))
    assert question.state not in raw
    assert "cookie" not in raw
    assert "redirect_uri=http%3A%2F%2F127.0.0.1%3A8765%2Foauth%2Fcallback" in question.url
    assert "code_challenge_method=S256" in question.url


def test_every_change_of_access_is_audited_without_secrets(world: World) -> None:
    row = world.add(CONSENTED)
    world.connect(row)
    _, kept = world.services.grants.open(row.id)
    assert kept is not None
    rows = world.services.database.read(
        lambda c: [str(found) for found in c.execute(sa.select(tables.audit))]
    )
    assert "connection.authorize" in rows[-1]
    assert kept.refresh_token not in str(rows)
