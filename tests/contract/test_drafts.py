"""Drafts: kept however unfinished, never overwritten by surprise, published like any workflow."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.errors import ConnectorError, InputError, NotFound
from connector.runtime import workflows
from connector.store import Database, audit, from_json, tables
from connector.workbench import drafts, history, samples, states
from connector.workbench.drafts import Draft, EditConflict
from connector.workflow import yaml_loader
from tests.support.office import WORKFLOW, Books, Office, office

FLOW = WORKFLOW.replace("input.number", "input.deal.id").replace(
    "input.amount", "input.deal.amount"
)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path, Books(), FLOW) as found:
        yield found


@pytest.fixture
def anywhere(url: str, tmp_path: Path) -> Iterator[Office]:
    """Give an office over each kind of database."""
    with office(url, tmp_path, Books(), FLOW) as found:
        yield found


def published(database: Database) -> workflows.Published:
    (found,) = database.read(workflows.published)
    return found


def begun(here: Office) -> Draft:
    return drafts.begin(here.database, published(here.database).workflow_id, actor="ada")


def changed(document: Any, **fields: Any) -> Any:
    return {**document, **fields}


def audited(database: Database) -> list[tuple[str, str]]:
    found = sa.select(tables.audit.c.actor, tables.audit.c.action).order_by(tables.audit.c.seq)
    return [tuple(row) for row in database.read(lambda c: list(c.execute(found)))]


def test_a_draft_begins_with_what_is_published_and_there_is_one(here: Office) -> None:
    first = begun(here)
    assert first.document == from_json(published(here.database).document)
    assert (first.base_version, first.author) == (1, "ada")
    assert drafts.begin(here.database, first.workflow_id, actor="bob") == first
    assert drafts.all_drafts(here.database) == [first]


@pytest.mark.parametrize(
    "document", [None, [], "text", {"steps": [{"id": 5}, None]}, {"name": "\x00", "{{": "{{"}]
)
def test_anything_that_json_can_say_is_kept(here: Office, document: Any) -> None:
    draft = begun(here)
    saved = drafts.save(
        here.database, draft.workflow_id, document, revision=draft.revision, actor="ada"
    )
    assert drafts.draft_of(here.database, draft.workflow_id) == saved
    assert (saved.document, saved.revision) == (document, draft.revision + 1)


def test_what_is_too_large_or_too_deep_is_refused(here: Office) -> None:
    draft = begun(here)
    deep: Any = {}
    for _ in range(100):
        deep = {"a": deep}
    for wrong in (deep, {"a": "x" * 300_000}, {"a": 1.5}, {"a": "\ud800"}):
        with pytest.raises(InputError):
            drafts.save(
                here.database, draft.workflow_id, wrong, revision=draft.revision, actor="ada"
            )
    assert drafts.draft_of(here.database, draft.workflow_id) == draft


def test_a_stale_save_changes_nothing_and_tells_who_did_what_since(here: Office) -> None:
    draft = begun(here)
    theirs = changed(draft.document, once="{{ input.nr }}")
    saved = drafts.save(
        here.database, draft.workflow_id, theirs, revision=draft.revision, actor="bob"
    )
    with pytest.raises(EditConflict) as refused:
        drafts.save(here.database, draft.workflow_id, {}, revision=draft.revision, actor="ada")
    conflict = refused.value
    assert conflict.title == "bob changed this draft meanwhile."
    assert (conflict.changed_by, conflict.revision) == ("bob", saved.revision)
    assert [(change.place, change.new) for change in conflict.changes] == [
        ("once", "{{ input.nr }}")
    ]
    assert drafts.draft_of(here.database, draft.workflow_id) == saved
    mine = changed(saved.document, description="Both.")
    drafts.save(here.database, draft.workflow_id, mine, revision=conflict.revision, actor="ada")


def test_of_two_who_save_at_once_one_hears_of_the_other(anywhere: Office) -> None:
    draft = begun(anywhere)
    ready = threading.Barrier(2)

    def save(name: str) -> str:
        ready.wait(30)
        document = changed(draft.document, description=name)
        try:
            drafts.save(
                anywhere.database, draft.workflow_id, document, revision=draft.revision, actor=name
            )
        except EditConflict as conflict:
            return f"after {conflict.changed_by}"
        return name

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(save, ["ada", "bob"]))
    assert found in (["ada", "after ada"], ["after bob", "bob"])


def test_a_draft_begun_anew_is_never_taken_for_the_one_somebody_has_open(here: Office) -> None:
    old = begun(here)
    drafts.discard(here.database, old.workflow_id, revision=old.revision, actor="ada")
    new = begun(here)
    assert new.revision > old.revision
    with pytest.raises(EditConflict):
        drafts.save(here.database, old.workflow_id, {}, revision=old.revision, actor="ada")


def test_many_saves_keep_a_few_revisions_only(anywhere: Office) -> None:
    draft = begun(anywhere)
    first = draft.revision
    for number in range(30):
        document = changed(draft.document, description=str(number))
        draft = drafts.save(
            anywhere.database, draft.workflow_id, document, revision=draft.revision, actor="ada"
        )
    count = sa.select(sa.func.count()).select_from(tables.workflow_draft_revision)
    assert anywhere.database.read(lambda c: c.execute(count).scalar_one()) == 20
    with pytest.raises(EditConflict) as refused:
        drafts.save(anywhere.database, draft.workflow_id, {}, revision=first, actor="bob")
    assert refused.value.changes == ()


def test_a_discarded_draft_leaves_what_is_published(here: Office) -> None:
    draft = begun(here)
    before = published(here.database)
    drafts.discard(here.database, draft.workflow_id, revision=draft.revision, actor="ada")
    assert drafts.draft_of(here.database, draft.workflow_id) is None
    assert published(here.database) == before
    with pytest.raises(EditConflict, match="published or discarded"):
        drafts.discard(here.database, draft.workflow_id, revision=draft.revision, actor="ada")


def test_publishing_makes_the_next_version_with_author_and_note(anywhere: Office) -> None:
    draft = begun(anywhere)
    document = changed(draft.document, name="Renamed", description="Now different.")
    draft = drafts.save(
        anywhere.database, draft.workflow_id, document, revision=draft.revision, actor="ada"
    )
    found = drafts.publish(
        anywhere.services, draft.workflow_id, revision=draft.revision, actor="bob", note="For May."
    )
    assert (found.workflow_id, found.version) == (draft.workflow_id, 2)
    assert drafts.draft_of(anywhere.database, draft.workflow_id) is None
    newest, first = history.versions(anywhere.database, draft.workflow_id)
    assert (newest.author, newest.note, newest.is_published) == ("bob", "For May.", True)
    assert (first.number, first.is_published) == (1, False)
    assert anywhere.database.read(workflows.names) == {"Renamed"}
    expected = [("ada", "draft.begin"), ("ada", "draft.save"), ("bob", "workflow.publish")]
    assert audited(anywhere.database)[-3:] == expected
    assert anywhere.database.read(audit.verify) is None


def test_publishing_refuses_what_apply_refuses(here: Office) -> None:
    draft = begun(here)
    steps = draft.document["steps"]
    wrong = changed(draft.document, steps=[{**steps[0], "connection": "nobody"}])
    draft = drafts.save(
        here.database, draft.workflow_id, wrong, revision=draft.revision, actor="ada"
    )
    with pytest.raises(InputError, match="no connection 'nobody'"):
        drafts.publish(here.services, draft.workflow_id, revision=draft.revision, actor="ada")
    assert drafts.draft_of(here.database, draft.workflow_id) == draft
    assert published(here.database).version == 1


def test_a_version_that_somebody_published_meanwhile_is_shown_before_it_is_replaced(
    here: Office,
) -> None:
    draft = begun(here)
    here.publish(FLOW.replace("Net 30", "Net 15"))
    with pytest.raises(EditConflict) as refused:
        drafts.publish(here.services, draft.workflow_id, revision=draft.revision, actor="ada")
    conflict = refused.value
    assert (conflict.changed_by, conflict.revision) == ("test", 2)
    assert [change.new for change in conflict.changes] == ["Net 15"]
    found = drafts.publish(
        here.services,
        draft.workflow_id,
        revision=draft.revision,
        actor="ada",
        replaces=conflict.revision,
    )
    assert found.version == 3


def test_a_new_workflow_is_a_draft_until_it_is_published(here: Office) -> None:
    document = yaml_loader.load(FLOW.replace("Order to invoice", "Second"))
    draft = drafts.begin_new(here.database, document, actor="ada")
    assert "Second" not in here.database.read(workflows.names)
    found = drafts.publish(here.services, draft.workflow_id, revision=draft.revision, actor="ada")
    assert (found.workflow_id, found.version) == (draft.workflow_id, 1)
    assert here.database.read(lambda c: states.line(c, "Second")).id == draft.workflow_id


def test_a_name_that_is_taken_is_refused(here: Office) -> None:
    draft = drafts.begin_new(here.database, yaml_loader.load(FLOW), actor="ada")
    with pytest.raises(InputError, match="Another workflow has the name"):
        drafts.publish(here.services, draft.workflow_id, revision=draft.revision, actor="ada")


def test_the_name_of_a_deleted_workflow_brings_its_id_back(anywhere: Office) -> None:
    """The ledger knows what was written by the id: under a new one it would be written again."""
    old = published(anywhere.database)
    states.delete(anywhere.database, old.workflow_id, actor="ada")
    draft = drafts.begin_new(anywhere.database, yaml_loader.load(FLOW), actor="ada")
    samples.add(anywhere.database, draft.workflow_id, "input", {"number": "1"}, actor="ada")
    found = drafts.publish(
        anywhere.services, draft.workflow_id, revision=draft.revision, actor="ada"
    )
    assert (found.workflow_id, found.version) == (old.workflow_id, 2)
    assert len(samples.samples_of(anywhere.database, old.workflow_id)) == 1
    assert drafts.all_drafts(anywhere.database) == []


def test_a_restored_version_is_a_draft_first_and_history_stays(here: Office) -> None:
    first = published(here.database)
    here.publish(FLOW.replace("Net 30", "Net 15"))
    draft = history.restore(here.database, first.workflow_id, 1, actor="ada")
    assert draft.document == from_json(first.document)
    assert published(here.database).version == 2
    with pytest.raises(EditConflict):
        history.restore(here.database, first.workflow_id, 1, actor="bob")
    again = history.restore(
        here.database, first.workflow_id, 2, actor="bob", revision=draft.revision
    )
    assert again.revision == draft.revision + 1
    back = history.restore(
        here.database, first.workflow_id, 1, actor="ada", revision=again.revision
    )
    drafts.publish(here.services, first.workflow_id, revision=back.revision, actor="ada")
    numbers = [
        (v.number, v.fingerprint) for v in history.versions(here.database, first.workflow_id)
    ]
    assert [number for number, _ in numbers] == [3, 2, 1]
    assert numbers[0][1] == numbers[2][1] != numbers[1][1]


@pytest.mark.parametrize("number", [0, 7, -1])
def test_versions_that_are_not_there_are_not_found(here: Office, number: int) -> None:
    with pytest.raises(NotFound, match="no version"):
        history.restore(here.database, published(here.database).workflow_id, number, actor="ada")
    with pytest.raises(NotFound):
        history.versions(here.database, "no such id")


def test_steps_are_skipped_in_tests_by_their_id_even_when_it_changes(here: Office) -> None:
    draft = begun(here)
    samples.add(here.database, draft.workflow_id, "invoice", {"id": "INV-1"}, actor="ada")
    draft = drafts.skip_in_test(
        here.database, draft.workflow_id, ["invoice"], revision=draft.revision, actor="ada"
    )
    assert draft.skipped == ("invoice",)
    renamed = changed(draft.document, steps=[{**draft.document["steps"][0], "id": "bill"}])
    draft = drafts.save(
        here.database,
        draft.workflow_id,
        renamed,
        revision=draft.revision,
        actor="ada",
        renamed={"invoice": "bill"},
    )
    assert draft.skipped == ("bill",)
    assert [s.place for s in samples.samples_of(here.database, draft.workflow_id)] == ["bill"]
    draft = drafts.save(here.database, draft.workflow_id, {}, revision=draft.revision, actor="ada")
    assert draft.skipped == ()
    with pytest.raises(ConnectorError, match="no step 'bill'"):
        drafts.skip_in_test(
            here.database, draft.workflow_id, ["bill"], revision=draft.revision, actor="ada"
        )
