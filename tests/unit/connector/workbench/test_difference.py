"""What differs between two workflows, told by steps and fields instead of by lines."""

from __future__ import annotations

import copy
from typing import Any

from connector.workbench.difference import Change, difference


def flow() -> dict[str, Any]:
    return {
        "name": "Orders",
        "trigger": {"type": "hubspot.deal", "connection": "hubspot", "config": {"stages": ["won"]}},
        "once": "{{ input.deal.id }}",
        "tables": {"accounts": {"A": "4000"}},
        "steps": [
            {"id": "a", "type": "delay", "config": {"for": {"hours": "1"}}},
            {"id": "b", "type": "delay", "config": {"for": {"hours": "2"}}},
            {
                "id": "c",
                "type": "switch",
                "cases": [
                    {
                        "when": "{{ input.deal.id == '1' }}",
                        "steps": [{"id": "d", "type": "delay", "config": {"for": {"days": "1"}}}],
                    }
                ],
            },
        ],
    }


def told(old: Any, new: Any) -> list[tuple[str, str, str]]:
    return [(change.kind, change.place, change.step) for change in difference(old, new)]


def test_two_spellings_of_the_same_workflow_do_not_differ() -> None:
    other = flow() | {"version": 1, "description": "", "onFailure": None}
    other.pop("onFailure")
    other["steps"][0]["onError"] = {"retries": 0, "then": "stop"}
    assert difference(flow(), other) == []
    assert difference({"steps": "?"}, {"steps": "?"}) == []


def test_a_field_that_changed_is_told_with_both_values() -> None:
    new = flow()
    new["steps"][1]["config"]["for"]["hours"] = "3"
    assert difference(flow(), new) == [
        Change(
            "changed",
            "steps[1].config.for.hours",
            "b",
            "for.hours of the step 'b' was changed from '2' to '3'.",
            "2",
            "3",
        )
    ]


def test_steps_are_known_by_their_ids_wherever_they_stand() -> None:
    new = flow()
    new["steps"].insert(0, {"id": "new", "type": "delay", "config": {"for": {"days": "1"}}})
    assert told(flow(), new) == [("added", "steps[0]", "new")]
    assert told(new, flow()) == [("removed", "steps[0]", "new")]


def test_only_the_step_that_was_taken_elsewhere_counts_as_moved() -> None:
    new = flow()
    new["steps"].append(new["steps"].pop(0))
    assert told(flow(), new) == [("moved", "steps[2]", "a")]


def test_a_step_that_went_into_another_one_has_moved() -> None:
    new = flow()
    new["steps"][2]["cases"][0]["steps"].append(new["steps"].pop(1))
    changes = difference(flow(), new)
    assert [(change.kind, change.step) for change in changes] == [("moved", "b")]
    assert (changes[0].old, changes[0].new) == ("steps[1]", "steps[1].cases[0].steps[1]")


def test_a_switch_that_moved_does_not_take_its_inner_steps_for_moved() -> None:
    new = flow()
    new["steps"].insert(0, new["steps"].pop(2))
    assert told(flow(), new) == [("moved", "steps[0]", "c")]


def test_trigger_once_tables_and_conditions_are_told() -> None:
    new = flow()
    new["trigger"]["connection"] = "other"
    new["once"] = "{{ input.deal.nr }}"
    new["tables"]["accounts"]["B"] = "4100"
    new["steps"][2]["cases"][0]["when"] = "{{ true }}"
    assert [change.place for change in difference(flow(), new)] == [
        "trigger.connection",
        "once",
        "tables.accounts.B",
        "steps[2].cases[0].when",
    ]


def test_unfinished_documents_are_compared_too() -> None:
    broken = copy.deepcopy(flow())
    broken["steps"] += [{"type": "filter"}, {"id": "a"}, None, 7]
    assert {change.kind for change in difference(flow(), broken)} == {"added"}
    assert difference(None, [1]) == []
    assert len(difference({}, flow())) > 3


def test_a_flood_of_changes_ends() -> None:
    many = {"tables": {f"t{number}": {"a": "b"} for number in range(5_000)}}
    assert len(difference({"tables": {"x": {}}}, many)) == 1_000
