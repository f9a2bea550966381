"""Disabled, unpublished, deleted: nothing new starts, what has begun ends, what was done stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from connector import registry
from connector.errors import InputError, NotFound
from connector.runtime import poll_rows, runs, workflows
from connector.store import audit, tables
from connector.workbench import drafts, samples, states
from tests.support.office import WORKFLOW, Books, Office, office

CALLED = """
name: Post one order
trigger: {type: workflow.call}
steps: [{id: wait, type: delay, config: {for: {seconds: "1"}}}]
"""
CALLER = """
name: Calls it
trigger: {type: workflow.call}
steps: [{id: other, type: call, config: {workflow: Post one order}}]
"""
CLOCK = """
name: Every morning
trigger: {type: schedule, config: {cron: "0 7 * * *", timeZone: UTC}}
steps: [{id: wait, type: delay, config: {for: {seconds: "1"}}}]
"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path, Books()) as found:
        yield found


@pytest.fixture
def anywhere(url: str, tmp_path: Path) -> Iterator[Office]:
    """Give an office over each kind of database."""
    with office(url, tmp_path, Books()) as found:
        yield found


def identity(here: Office, name: str = "Order to invoice") -> str:
    return here.database.read(lambda c: states.line(c, name)).id


def test_a_disabled_workflow_rests_and_comes_back_with_its_version(anywhere: Office) -> None:
    workflow_id = identity(anywhere)
    anywhere.publish(WORKFLOW.replace("Net 30", "Net 15"))
    states.disable(anywhere.database, workflow_id, actor="ada")
    assert anywhere.database.read(workflows.published) == []
    (line,) = anywhere.database.read(states.lines)
    assert (line.state, line.version, line.newest) == ("disabled", 2, 2)
    states.enable(anywhere.database, workflow_id, actor="ada")
    (found,) = anywhere.database.read(workflows.published)
    assert found.version == 2
    with pytest.raises(InputError, match="is not disabled"):
        states.enable(anywhere.database, workflow_id, actor="ada")


def test_a_run_that_has_begun_ends_although_its_workflow_was_taken_back(here: Office) -> None:
    """Runs pin their version: only what would start anew is stopped."""
    workflow_id = identity(here)
    run_id = here.order("N-1")
    states.unpublish(here.database, workflow_id, actor="ada")
    assert here.work(run_id).state == runs.SUCCEEDED
    with pytest.raises(InputError) as refused:
        states.enable(here.database, workflow_id, actor="ada")
    assert refused.value.advice == "Publish a version of it."


def test_deleting_is_refused_while_runs_are_open_and_keeps_what_was_done(anywhere: Office) -> None:
    workflow_id = identity(anywhere)
    run_id = anywhere.order("N-1")
    with pytest.raises(InputError, match=r"1 run\(s\) that have not ended"):
        states.delete(anywhere.database, workflow_id, actor="ada")
    anywhere.work(run_id)
    samples.add(anywhere.database, workflow_id, "input", {}, actor="ada")
    drafts.begin(anywhere.database, workflow_id, actor="ada")
    before = len(anywhere.effects("succeeded"))
    states.delete(anywhere.database, workflow_id, actor="ada")
    assert anywhere.database.read(states.lines) == []
    with pytest.raises(NotFound):
        states.disable(anywhere.database, workflow_id, actor="ada")
    assert drafts.all_drafts(anywhere.database) == []
    assert samples.samples_of(anywhere.database, workflow_id) == []
    assert (len(anywhere.effects("succeeded")), before) == (1, 1)
    assert anywhere.run(run_id).state == runs.SUCCEEDED
    assert anywhere.database.read(audit.verify) is None
    last = sa.select(tables.audit.c.action).order_by(tables.audit.c.seq.desc()).limit(1)
    assert anywhere.database.read(lambda c: c.execute(last).scalar_one()) == "workflow.delete"


def test_a_workflow_made_anew_under_its_name_does_not_write_again(here: Office) -> None:
    """Deleting and applying the same file must not bill a customer twice."""
    workflow_id = identity(here)
    here.work(here.order("N-1"))
    states.delete(here.database, workflow_id, actor="ada")
    here.publish(WORKFLOW)
    assert identity(here) == workflow_id
    again = here.order("N-1", event="the same order once more")
    here.work(again)
    assert len(here.effects("succeeded")) == 1


def test_no_other_workflow_takes_the_name_of_a_deleted_one(here: Office) -> None:
    states.delete(here.database, identity(here), actor="ada")
    here.publish(CALLED)
    draft = drafts.begin(here.database, identity(here, "Post one order"), actor="ada")
    document = {**draft.document, "name": "Order to invoice"}
    draft = drafts.save(
        here.database, draft.workflow_id, document, revision=draft.revision, actor="ada"
    )
    with pytest.raises(InputError, match="A deleted workflow had the name"):
        drafts.publish(here.services, draft.workflow_id, revision=draft.revision, actor="ada")


def test_what_others_call_by_name_is_neither_renamed_nor_taken_away(here: Office) -> None:
    here.publish(CALLED)
    here.publish(CALLER)
    workflow_id = identity(here, "Post one order")
    assert here.database.read(lambda c: states.callers(c, "Post one order")) == ["Calls it"]
    for work in (states.unpublish, states.delete):
        with pytest.raises(InputError, match="called by name by: Calls it"):
            work(here.database, workflow_id, actor="ada")
    draft = drafts.begin(here.database, workflow_id, actor="ada")
    document = {**draft.document, "name": "Another name"}
    draft = drafts.save(here.database, workflow_id, document, revision=draft.revision, actor="ada")
    with pytest.raises(InputError, match="called by name"):
        drafts.publish(here.services, workflow_id, revision=draft.revision, actor="ada")
    states.unpublish(here.database, identity(here, "Calls it"), actor="ada")
    drafts.publish(here.services, workflow_id, revision=draft.revision, actor="ada")
    states.delete(here.database, workflow_id, actor="ada")


def test_a_timetable_stops_with_its_workflow_and_goes_on_with_it(here: Office) -> None:
    here.publish(CLOCK)
    workflow_id = identity(here, "Every morning")

    def due_at() -> int | None:
        services = here.services
        poll_rows.adopt(here.database, services.registry, services.connections)
        found = sa.select(tables.poll.c.due_at).where(tables.poll.c.workflow_id == workflow_id)
        moment: int | None = here.database.read(lambda c: c.execute(found).scalar_one())
        return moment

    here.services.__dict__["registry"] = registry.load()
    assert due_at() is not None
    states.disable(here.database, workflow_id, actor="ada")
    assert due_at() is None
    states.enable(here.database, workflow_id, actor="ada")
    assert due_at() is not None


def test_lists_tell_state_author_and_draft(here: Office) -> None:
    drafts.begin(here.database, identity(here), actor="ada")
    here.publish(CALLED)
    lines = here.database.read(states.lines)
    assert [(line.name, line.state, line.changed_by, line.has_draft) for line in lines] == [
        ("Order to invoice", "published", "test", True),
        ("Post one order", "published", "test", False),
    ]


@pytest.mark.parametrize("text", ["", "%", "_", "'", "x" * 10_000, "\u202e"])
def test_names_that_nobody_has_are_not_found(here: Office, text: str) -> None:
    with pytest.raises(NotFound):
        here.database.read(lambda c: states.line(c, text))
