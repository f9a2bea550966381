"""What operators do about runs from the console: once, and only about what they saw."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from connector.runtime import runs
from connector.store import tables
from tests.support.office import NAMELESS
from tests.support.run_console import RunConsole, run_console, words


@pytest.fixture
def here(tmp_path: Path) -> Iterator[RunConsole]:
    with run_console(tmp_path) as found:
        yield found


@pytest.fixture
def nameless(tmp_path: Path) -> Iterator[RunConsole]:
    """Invoices without a number: a lost answer needs a person."""
    with run_console(tmp_path, NAMELESS) as found:
        yield found


def failed(here: RunConsole, number: str) -> str:
    run_id = here.office.order(number, "not money")
    assert here.office.work(run_id).state == runs.FAILED
    return run_id


def correct(here: RunConsole, run_id: str) -> None:
    row = here.office.run(run_id)
    text = row.input.replace("not money", "10.00")
    here.office.execute(tables.run.update().where(tables.run.c.id == run_id).values(input=text))


def audited(here: RunConsole, action: str) -> list[str]:
    found = sa.select(tables.audit.c.actor).where(tables.audit.c.action == action)
    return here.office.database.read(lambda c: list(c.execute(found).scalars()))


def all_runs(here: RunConsole) -> int:
    count = sa.select(sa.func.count()).select_from(tables.run)
    return here.office.database.read(lambda c: int(c.execute(count).scalar_one()))


def test_a_failed_run_goes_on_where_it_stopped(here: RunConsole) -> None:
    run_id = failed(here, "N-1")
    correct(here, run_id)
    seen = here.operator.hidden(f"/runs/{run_id}", "seen")
    answer = here.operator.post(f"/runs/{run_id}/retry", seen=seen)
    assert (answer.status_code, answer.location) == (303, f"/runs/{run_id}?said=retried")
    assert "It goes on where it stopped." in here.operator.text(answer.location)
    assert audited(here, "run.retry") == ["operator"]
    assert here.office.work(run_id).state == runs.SUCCEEDED


@pytest.mark.accepts("F41")
def test_a_double_click_tries_again_once(here: RunConsole) -> None:
    run_id = failed(here, "N-1")
    seen = here.operator.hidden(f"/runs/{run_id}", "seen")
    answers = [here.operator.post(f"/runs/{run_id}/retry", seen=seen) for _ in range(2)]
    assert [answer.location.partition("=")[2] for answer in answers] == ["retried", "late"]
    assert audited(here, "run.retry") == ["operator"]


@pytest.mark.accepts("F41")
def test_a_second_click_that_comes_after_the_next_failure_is_too_late(here: RunConsole) -> None:
    """The network may hold it back for longer than the new attempt takes."""
    run_id = failed(here, "N-1")
    seen = here.operator.hidden(f"/runs/{run_id}", "seen")
    here.operator.post(f"/runs/{run_id}/retry", seen=seen)
    assert here.office.work(run_id).state == runs.FAILED
    answer = here.operator.post(f"/runs/{run_id}/retry", seen=seen)
    assert answer.location.endswith("said=late")
    assert here.office.run(run_id).state == runs.FAILED
    assert "Nothing more was done" in here.operator.text(answer.location)


@pytest.mark.accepts("F41")
def test_a_double_click_repeats_once_however_late_it_comes(here: RunConsole) -> None:
    run_id = here.office.order("N-1")
    here.office.work(run_id)
    seen = here.operator.hidden(f"/runs/{run_id}", "seen")
    first = here.operator.post(f"/runs/{run_id}/replay", seen=seen)
    new = first.location.partition("/runs/")[2].partition("?")[0]
    assert new != run_id
    again = here.operator.post(f"/runs/{run_id}/replay", seen=seen)
    here.office.work(new)
    late = here.operator.post(f"/runs/{run_id}/replay", seen=seen)
    assert [again.location, late.location] == [f"/runs/{run_id}?said=late"] * 2
    assert all_runs(here) == 2
    assert len(here.books.invoices()) == 1


def test_repeats_of_an_event_are_linked_with_each_other(here: RunConsole) -> None:
    run_id = here.office.order("N-1")
    here.office.work(run_id)
    seen = here.operator.hidden(f"/runs/{run_id}", "seen")
    location = here.operator.post(f"/runs/{run_id}/replay", seen=seen).location
    assert "Repeats of the same event" in here.operator.text(location)
    assert f'href="/runs/{run_id}"' in here.operator.get(location).text
    assert location.partition("?")[0] in here.operator.get(f"/runs/{run_id}").text


def test_what_cannot_be_tried_again_says_why(here: RunConsole) -> None:
    run_id = here.office.order("N-1")
    here.office.work(run_id)
    seen = here.operator.hidden(f"/runs/{run_id}", "seen")
    answer = here.operator.post(f"/runs/{run_id}/retry", seen=seen)
    assert answer.status_code == 422
    assert "only one that failed or is parked can be tried again" in words(answer)


def test_a_waiting_run_is_cancelled_and_a_running_one_stops_after_its_call(
    here: RunConsole,
) -> None:
    waiting, running = here.office.order("N-1"), here.office.order("N-2")
    here.office.execute(
        tables.run.update().where(tables.run.c.id == running).values(state=runs.RUNNING)
    )
    assert "Cancel" in here.operator.text(f"/runs/{running}")
    answer = here.operator.post(f"/runs/{waiting}/cancel")
    assert answer.location.endswith("said=cancelled")
    assert here.office.run(waiting).state == runs.CANCELLED
    answer = here.operator.post(f"/runs/{running}/cancel")
    assert "It will stop after this call" in here.operator.text(answer.location)
    assert "operator cancelled it: it will stop after this call." in here.operator.text(
        f"/runs/{running}"
    )
    assert here.operator.post(f"/runs/{waiting}/cancel").location.endswith("said=late")


def decision(here: RunConsole, run_id: str, **more: str) -> dict[str, str]:
    """Return what the form holds whose tick is set."""
    page = f"/runs/{run_id}"
    kept = {name: here.operator.hidden(page, name) for name in ("write", "epoch")}
    return {**kept, "confirm": "SANDBOX", **more}


def test_a_parked_write_that_is_there_is_taken_as_done(nameless: RunConsole) -> None:
    run_id = nameless.parked("N-1")
    given = decision(nameless, run_id, decision="there", key=" 4711 ")
    answer = nameless.operator.post(f"/runs/{run_id}/decide", **given)
    assert answer.location.endswith("said=there")
    assert nameless.office.work(run_id).state == runs.SUCCEEDED
    (write,) = nameless.office.effects()
    assert (write.state, write.key, write.attempts) == ("succeeded", "4711", 1)
    assert "operator looked and said that it is there." in nameless.viewer.text(f"/runs/{run_id}")


@pytest.mark.accepts("F41")
def test_a_parked_write_that_is_not_there_is_sent_again_once(nameless: RunConsole) -> None:
    run_id = nameless.parked("N-1")
    (before,) = nameless.office.effects()
    given = decision(nameless, run_id, decision="send-again")
    answers = [nameless.operator.post(f"/runs/{run_id}/decide", **given) for _ in range(2)]
    assert [answer.location.partition("=")[2] for answer in answers] == ["sent-again", "late"]
    nameless.lose_answers()
    nameless.office.work(run_id)
    nameless.office.settle_all()
    nameless.books.before_answer.clear()
    assert nameless.office.work(run_id).state == runs.PARKED
    late = nameless.operator.post(f"/runs/{run_id}/decide", **given)
    assert late.location.endswith("said=late")
    (after,) = nameless.office.effects()
    assert (after.attempts, after.state) == (2, "parked")
    assert after.control_id != before.control_id


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"decision": "there", "key": "7", "confirm": ""}, "tick that you mean SANDBOX"),
        ({"decision": "there", "key": "7", "confirm": "OTHER"}, "tick that you mean SANDBOX"),
        ({"decision": "there", "key": " "}, "Enter the record number"),
        ({"decision": "there", "key": "7" * 101}, "Enter the record number"),
        ({"decision": "there", "key": "7\n8"}, "Enter the record number"),
        ({"decision": "both"}, "Say what you found"),
        ({}, "Say what you found"),
    ],
)
def test_a_decision_is_taken_only_whole(
    nameless: RunConsole, wrong: dict[str, str], said: str
) -> None:
    run_id = nameless.parked("N-1")
    answer = nameless.operator.post(f"/runs/{run_id}/decide", **decision(nameless, run_id, **wrong))
    assert answer.status_code == 422
    assert said in words(answer)
    (write,) = nameless.office.effects()
    assert write.state == "parked"


def test_a_decision_names_its_consequences_and_viewers_cannot_take_it(
    nameless: RunConsole,
) -> None:
    run_id = nameless.parked("N-1")
    page = nameless.operator.text(f"/runs/{run_id}")
    assert "Look in SANDBOX first. What did you find?" in page
    assert "Nothing is sent. The run goes on with that record" in page
    assert "If it was there after all, there will be two." in page
    assert "Go on where it stopped" not in page
    assert "An operator can decide" in nameless.viewer.text(f"/runs/{run_id}")
    given = decision(nameless, run_id, decision="send-again")
    assert nameless.viewer.post(f"/runs/{run_id}/decide", **given).status_code == 403
    (write,) = nameless.office.effects()
    assert write.state == "parked"


@pytest.mark.accepts("F41")
def test_another_record_is_made_once_and_only_on_purpose(here: RunConsole) -> None:
    run_id = here.office.order("N-1")
    here.office.work(run_id)
    given = {"seen": here.operator.hidden(f"/runs/{run_id}", "seen"), "step": "invoice"}
    refused = here.operator.post(f"/runs/{run_id}/another", **given)
    assert "tick that you mean SANDBOX" in words(refused)
    given["confirm"] = "SANDBOX"
    answers = [here.operator.post(f"/runs/{run_id}/another", **given) for _ in range(2)]
    assert [answer.location.partition("=")[2] for answer in answers] == ["another", "late"]
    assert audited(here, "effect.another") == ["operator"]
    assert here.operator.post(f"/runs/{run_id}/another", step="x").status_code == 404
