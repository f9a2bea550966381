"""What a company changes under published workflows is noticed once a day and kept note of."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import httpx
import pytest
import redis
import sqlalchemy as sa
from cryptography.fernet import Fernet

from connector.cli import checkup
from connector.operations import changed_fields, issues, upkeep
from connector.runtime import drift_check
from connector.runtime.bells import QUEUES
from connector.store import tables
from connector.worker import make_beat, make_worker
from tests.contract.test_live_schema import COMPANY, WORKFLOW, enter
from tests.support.office import Office
from tests.support.valkey import client, server

__all__ = ["client", "server"]  # fixtures

LOOPED = """
name: Deals to customers
trigger: {type: hubspot.deal, connection: hubspot, config: {stages: [closedwon]}}
steps:
  - id: each
    type: forEach
    config: {items: "{{ input.deals }}", key: "{{ item.id }}"}
    steps:
      - id: customer
        type: sage-intacct.createCustomer
        connection: books
        config: {customerName: "{{ item.name }}", customFields: {LOYALTY: Gold}}
"""


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[Office]:
    """An office in a company with a field of its own that a published workflow fills in."""
    url = f"sqlite:///{tmp_path / 'intacct.db'}"
    office = Office(httpx.WSGITransport(flask.Flask("nobody")), url, tmp_path)
    enter(office, **COMPANY)
    office.prepare(WORKFLOW)
    yield office
    office.close()


def noted(office: Office) -> list[tuple[str, list[str]]]:
    """Return what the audit trail says of workflows that broke or are whole again."""
    rows = tables.audit.c
    wanted = rows.action.in_((drift_check.BROKEN, drift_check.WHOLE))
    found = sa.select(rows.action, rows.after).where(wanted).order_by(rows.seq)
    told = office.database.read(lambda c: list(c.execute(found)))
    return [(row.action, [p["field"] for p in json.loads(row.after)["problems"]]) for row in told]


def test_a_workflow_that_breaks_is_noted_once_and_again_when_it_is_whole(at_work: Office) -> None:
    assert drift_check.report(at_work.services) == []
    assert noted(at_work) == []
    enter(at_work)  # the field is gone
    for _ in range(2):
        [one] = drift_check.report(at_work.services)
    assert one.field == "customFields.LOYALTY"
    assert noted(at_work) == [("workflow.broken", ["customFields.LOYALTY"])]
    enter(at_work, **COMPANY)
    drift_check.report(at_work.services)
    assert noted(at_work)[1:] == [("workflow.whole", [])]


def test_what_is_known_to_be_broken_can_be_asked_for(at_work: Office) -> None:
    enter(at_work)
    drift_check.report(at_work.services)
    workflow_id = at_work.database.read(
        lambda c: c.execute(sa.select(tables.workflow.c.id)).scalar_one()
    )
    [problem] = at_work.database.read(lambda c: drift_check.known_problems(c, workflow_id))
    assert problem["step"] == "customer"
    assert "no field LOYALTY" in problem["title"]
    assert problem["advice"]


def test_a_broken_workflow_is_an_issue_until_it_is_whole(at_work: Office) -> None:
    enter(at_work)
    changed_fields.examine_daily(at_work.services)
    [told] = at_work.database.read(issues.listed)
    assert (told.kind, told.workflow, told.step) == (
        "changed-fields",
        "Deal to customer",
        "customer",
    )
    assert "no field LOYALTY" in told.title
    upkeep.tend(at_work.services)
    changed_fields.examine_daily(at_work.services)
    assert [one.id for one in at_work.database.read(issues.listed)] == [told.id]
    enter(at_work, **COMPANY)
    changed_fields.examine_daily(at_work.services)
    assert at_work.database.read(issues.listed) == []


def test_a_company_that_cannot_be_asked_changes_nothing_that_is_known(at_work: Office) -> None:
    enter(at_work)
    drift_check.report(at_work.services)
    at_work.services.__dict__["http"] = Office.unreachable()
    [silent] = drift_check.report(at_work.services)
    assert silent.is_passing
    assert len(noted(at_work)) == 1


def test_steps_inside_a_loop_are_looked_at(at_work: Office) -> None:
    at_work.publish(LOOPED)
    enter(at_work)
    assert {one.workflow for one in drift_check.report(at_work.services)} == {
        "Deal to customer",
        "Deals to customers",
    }


def test_it_is_done_once_a_day_however_many_ask(at_work: Office, client: redis.Redis) -> None:
    at_work.services.__dict__["redis"] = client
    assert drift_check.examine_daily(at_work.services) is not None
    assert drift_check.examine_daily(at_work.services) is None
    [place] = client.keys("aic:fields-examined*")
    assert 0 < client.ttl(place) < 86_400
    client.delete(place)  # a day has passed
    assert drift_check.examine_daily(at_work.services) is not None


def test_one_that_dies_meanwhile_leaves_it_to_the_next(
    at_work: Office, client: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_services: Any) -> None:
        raise KeyboardInterrupt

    at_work.services.__dict__["redis"] = client
    monkeypatch.setattr(drift_check, "report", dies)
    with pytest.raises(KeyboardInterrupt):
        drift_check.examine_daily(at_work.services)
    [place] = client.keys("aic:fields-examined*")
    assert client.ttl(place) <= 3600


def test_the_doctor_names_workflow_step_and_field(at_work: Office) -> None:
    """The kept descriptions are used where they are young: the doctor is asked often."""
    enter(at_work)
    drift_check.report(at_work.services)
    found = checkup.fields_in_use(at_work.services)
    [one] = [each for each in found if not each.is_well]
    assert one.said.startswith("Deal to customer, step customer, customFields.LOYALTY: ")
    assert one.remedy


def test_beat_rings_for_it_and_a_worker_does_it(
    at_work: Office, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = dataclasses.replace(
        at_work.services.settings,
        redis_url=server,
        master_key=Fernet.generate_key().decode(),
    )
    [entry] = [
        each
        for each in make_beat(settings).conf.beat_schedule.values()
        if each["task"] == drift_check.EXAMINE
    ]
    assert entry["options"]["queue"] in QUEUES
    done: list[Any] = []
    monkeypatch.setattr(drift_check, "examine_daily", done.append)
    make_worker(settings).tasks[entry["task"]]()
    assert len(done) == 1
