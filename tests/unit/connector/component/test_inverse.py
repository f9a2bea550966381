"""Each action that writes says how that is taken back, by actions that exist, or why it is not."""

from __future__ import annotations

import pytest

from connector import registry
from connector.component import Action, Effect
from connector.component.inverse import of_created
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.surfaces.catalog import catalog
from connector.surfaces.docs import action_page

INSTALLED = registry.load()
ALL = [*INSTALLED.actions.values(), *INSTALLED.actions_elsewhere.values()]
WRITING = [action for action in ALL if action.effect is not Effect.READ]
OBJECTS = sorted({action.object_name for action in WRITING if action.object_name})
REVERSAL = {"recordNo": "12", "reversalDate": "2026-03-31", "reversalReason": "A mistake"}


@pytest.mark.parametrize("action", WRITING, ids=lambda action: action.step_type)
def test_what_writes_says_how_it_is_taken_back(action: Action) -> None:
    way = action.way_back
    assert way is not None
    assert way.actions or way.why.endswith(".")
    assert "Nothing is known" not in way.why
    for key in way.actions:
        assert INSTALLED.action(key).effect is not Effect.READ
    assert way.sentence()


def test_what_reads_has_nothing_to_take_back() -> None:
    assert INSTALLED.action("getBill").way_back is None


@pytest.mark.parametrize("name", OBJECTS)
def test_the_actions_that_take_back_take_what_they_are_given(name: str) -> None:
    way = of_created(name)
    if way.posted and way.posted != "createJournalEntry":
        INSTALLED.action(way.posted).form.check(REVERSAL)
    if way.unused:
        INSTALLED.action(way.unused).form.check({"recordNo": "12", "status": "inactive"})
        assert way.used_by
        for user, field in way.used_by.items():
            assert field in ObjectSchema.named(user).fields.by_name
    if way.draft == "deleteObject":
        INSTALLED.action(way.draft).form.check({"object": "ARINVOICE", "keys": "12"})
    elif way.draft:
        INSTALLED.action(way.draft).form.check({"recordNo": "12"})


def test_the_catalogue_says_it() -> None:
    shown = {each["key"]: each["inverse"] for each in catalog(INSTALLED)["actions"]}
    assert shown["createBill"] == {"draft": "deleteBill", "posted": "reverseBill"}
    assert shown["getBill"] is None
    assert list(shown["reverseBill"]) == ["why"]


def test_the_page_of_an_action_says_it() -> None:
    page = action_page(INSTALLED.action("createBill"))
    assert "| Taken back | By `deleteBill` while it is a draft, `reverseBill` once" in page


def test_an_object_nobody_described_has_no_way_back() -> None:
    assert of_created("ourOwnObject").actions == ()
    assert "do it in Intacct" in of_created("ourOwnObject").why
