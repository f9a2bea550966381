"""What makes two troubles one issue."""

from __future__ import annotations

from typing import Any

import pytest

from connector.operations import causes

ERROR = {
    "type": "Refused",
    "title": "The customer C-99999 is not there.",
    "advice": "Choose another.",
    "code": "BL01001973",
    "field": "lineItems[3].customerId",
    "step": "invoice",
}


def cause(workflow: str = "w1", **changes: Any) -> causes.Cause:
    return causes.of_run(workflow, {**ERROR, **changes})


def test_other_numbers_and_names_are_the_same_cause() -> None:
    first = cause()
    assert cause(title="The customer C-00007 is not there.", field="lineItems[0].customerId") == (
        causes.Cause(
            "run",
            title="The customer C-00007 is not there.",
            advice="Choose another.",
            workflow_id="w1",
            step="invoice",
            error_type="Refused",
            code="BL01001973",
            place="lineItems[].customerId",
        )
    )
    assert cause(title="Else", field="lineItems[0].customerId").id == first.id


@pytest.mark.parametrize(
    "changes",
    [
        {"workflow": "w2"},
        {"step": "customer"},
        {"type": "InputError"},
        {"code": "BL34000061"},
        {"field": "customerId"},
    ],
)
def test_another_workflow_step_error_code_or_place_is_another_cause(
    changes: dict[str, str],
) -> None:
    assert cause(**changes).id != cause().id


def test_sentences_tell_causes_apart_only_without_code_and_place() -> None:
    bare = {"code": "", "field": ""}
    first = cause(title="Deal 7421 over 12.50 has no 'Acme Ltd'.", **bare)
    assert first.id == cause(title="Deal 8 over 3.10 has no 'Zenith'.", **bare).id
    assert first.id != cause(title="The answer could not be read.", **bare).id


def test_an_error_that_says_nothing_has_a_cause_all_the_same() -> None:
    found = causes.of_run("w1", {})
    assert found.title == "The run did not succeed."
    assert len(found.id) == 16
