"""What differs between two rehearsals is said in few sentences."""

from __future__ import annotations

from typing import Any

from connector.workbench.changes import changes_between, differences


def step(name: str, amount: str, state: str = "would write", inside: str = "") -> dict[str, Any]:
    write = {"payloadHash": amount, "record": {}, "version": ""}
    inputs = {"lines": [{"amount": amount}]}
    return {"id": name, "inside": inside, "state": state, "inputs": inputs, "writes": [write]}


def rehearsal(*steps: dict[str, Any], verdict: str = "would succeed") -> dict[str, Any]:
    return {"fingerprint": "f", "verdict": verdict, "sentence": "So it is.", "steps": list(steps)}


def test_the_fields_that_differ_are_named() -> None:
    said = changes_between(rehearsal(step("a", "1")), rehearsal(step("a", "2")))
    assert said == "'a' would send something else (lines[0].amount)."


def test_steps_that_come_and_go_are_named() -> None:
    before = rehearsal(step("a", "1"), step("b", "1"))
    after = rehearsal(step("a", "1", "would fail"), step("c", "1"), verdict="would fail")
    assert changes_between(before, after) == (
        "The run would succeed then; now: So it is. 'a' would write then, and would fail now. "
        "'b' would not be reached any more. 'c' would be reached now."
    )


def test_a_long_list_of_changes_is_cut() -> None:
    many = [step("a", "1", inside=f"all [{number}]") for number in range(9)]
    other = [step("a", "2", inside=f"all [{number}]") for number in range(9)]
    assert changes_between(rehearsal(*many), rehearsal(*other)).endswith("And 4 more.")


def test_differences_name_every_place_once() -> None:
    old = {"a": [1, 2], "b": {"c": "x"}, "same": 1}
    new = {"a": [1], "b": {"c": "y", "d": None}, "same": 1}
    assert list(differences(old, new)) == [("a[1]", "2", ""), ("b.c", "x", "y")]
