from decimal import Decimal
from typing import Any

import pytest

from connector.errors import InputError
from connector.workflow import engine, model
from connector.workflow.engine import Scene

WORKFLOW = model.parse(
    {
        "name": "Deals",
        "trigger": {"type": "hubspot.deal"},
        "once": "{{ input.id }}",
        "steps": [
            {
                "id": "customer",
                "type": "sage-intacct.findOrCreateCustomer",
                "connection": "books",
                "config": {"customerName": "{{ input.company }}"},
            },
            {
                "id": "invoice",
                "type": "sage-intacct.createInvoice",
                "connection": "books",
                "config": {
                    "customerId": "{{ steps.customer.id }}",
                    "amount": "{{ money(input.amount) }}",
                },
            },
        ],
    }
)
EVENT = {"id": 77, "company": "Acme", "amount": Decimal("12.10")}


def test_inputs_come_from_the_event_and_earlier_steps() -> None:
    inputs = engine.resolve_config(
        WORKFLOW, WORKFLOW.steps[1], Scene(EVENT, {"customer": {"id": "C1"}})
    )
    assert inputs == {"customerId": "C1", "amount": "12.10"}


def test_a_failing_expression_names_workflow_step_and_input() -> None:
    with pytest.raises(InputError) as caught:
        engine.resolve_config(WORKFLOW, WORKFLOW.steps[1], Scene(EVENT, {"customer": {}}))
    assert caught.value.title.startswith("Step 'invoice' of 'Deals': ")
    assert "There is no 'id' in steps.customer. It is empty." in caught.value.title
    assert caught.value.field == "customerId"


def test_once_is_text_whatever_the_event_holds() -> None:
    assert engine.resolve_once(WORKFLOW, EVENT) == "77"
    assert engine.resolve_once(WORKFLOW, {"id": "77"}) == "77"


@pytest.mark.parametrize(
    "value", [None, "", "  ", True, ["7"], {"a": 1}, "x" * 601, "円" * 201, "a\0b"]
)
def test_once_must_tell_events_apart(value: Any) -> None:
    with pytest.raises(InputError) as caught:
        engine.resolve_once(WORKFLOW, {"id": value})
    assert caught.value.field == "once"


def test_without_once_there_is_no_identity() -> None:
    plain = model.parse({**WORKFLOW.to_document(), "once": "{{ input.id }}"})
    assert engine.resolve_once(plain, EVENT) == "77"
    document = WORKFLOW.to_document()
    del document["once"]
    assert engine.resolve_once(model.parse(document), EVENT) == ""


def test_a_text_the_engine_would_cut_off_is_refused() -> None:
    """Seen: the expression engine ends a text at a character of the value zero, without a word."""
    with pytest.raises(InputError, match="value zero"):
        engine.resolve_once(WORKFLOW, {"id": "77\0 8"})
