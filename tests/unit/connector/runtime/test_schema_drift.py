from __future__ import annotations

from typing import Any

import pytest

from connector import registry
from connector.intacct.model import LiveField, LiveObject
from connector.runtime.schema_drift import breaks, objects_used
from connector.workflow import model

REGISTRY = registry.load()
REGION = LiveField("REGION", "Sales region", is_custom=True, choices=("North", "South"))
ROUTE = LiveField("GLDIMROUTE", "Route")


def flow(config: dict[str, Any], key: str = "createInvoice") -> model.Workflow:
    step = {"id": "one", "type": f"sage-intacct.{key}", "connection": "books", "config": config}
    trigger = {"type": "hubspot.deal", "connection": "hubspot"}
    return model.parse({"name": "Deals", "trigger": trigger, "steps": [step]})


def company(
    header: tuple[LiveField, ...] = (), lines: tuple[LiveField, ...] = ()
) -> dict[str, dict[str, LiveObject]]:
    return {
        "books": {
            "ARINVOICE": LiveObject("ARINVOICE", {field.name: field for field in header}),
            "ARINVOICEITEM": LiveObject("ARINVOICEITEM", {field.name: field for field in lines}),
        }
    }


def found(config: dict[str, Any], live: dict[str, dict[str, LiveObject]]) -> list[tuple[str, str]]:
    return [(one.field, one.title) for one in breaks(flow(config), REGISTRY, live)]


@pytest.mark.parametrize(
    "given", [{"REGION": "North"}, {"region": "North"}, [["REGION", "North"]]], ids=repr
)
@pytest.mark.parametrize("name", ["customFields", "custom_fields"])
def test_a_field_that_is_gone_breaks_a_workflow(given: Any, name: str) -> None:
    config = {name: given}
    assert found(config, company((REGION,))) == []
    [(field, title)] = found(config, company())
    assert field.lower() == "customfields.region"
    assert "no field" in title


def test_lines_are_looked_at_written_out_or_mapped() -> None:
    line = {"amount": "1.00", "customFields": {"GLDIMROUTE": "7"}}
    for lines in (
        [{"amount": "2.00"}, line],
        {"each": "{{ input.lines }}", "as": "x", "value": line},
    ):
        config = {"lineItems": lines}
        assert found(config, company((), (ROUTE,))) == []
        [(field, _)] = found(config, company())
        assert field.endswith("customFields.GLDIMROUTE")


def test_a_dimension_among_additional_fields_is_looked_at_too() -> None:
    config = {"lineItems": [{"additionalFields": {"GLDIMROUTE": "7", "taxentries": "x"}}]}
    assert found(config, company((), (ROUTE,))) == []
    assert len(found(config, company())) == 1


def test_a_choice_that_is_gone_breaks_a_workflow_that_names_it() -> None:
    live = company((REGION,))
    [(field, title)] = found({"customFields": {"REGION": "East"}}, live)
    assert field == "customFields.REGION"
    assert title == "Sales region (REGION) does not take East in this company any more."
    assert found({"customFields": {"REGION": "{{ input.region }}"}}, live) == []


def test_a_field_that_only_intacct_writes_now_breaks_a_workflow() -> None:
    read_only = LiveField("REGION", is_custom=True, is_read_only=True)
    [(_, title)] = found({"customFields": {"REGION": "North"}}, company((read_only,)))
    assert title == "REGION can no longer be written in this company."


def test_a_new_demand_breaks_workflows_that_make_records_without_it() -> None:
    needed = LiveField("REGION", "Sales region", is_custom=True, is_required=True)
    [(field, title)] = found({}, company((needed,)))
    assert field == "customFields.REGION"
    assert "now demands Sales region (REGION)" in title
    assert found({"customFields": {"REGION": "North"}}, company((needed,))) == []
    assert found({"additionalFields": {"Region": "North"}}, company((needed,))) == []
    change = flow({"recordNo": "1"}, "updateInvoice")
    assert list(breaks(change, REGISTRY, company((needed,)))) == []


@pytest.mark.parametrize("name", ["customFields", "additionalFields"])
def test_what_an_expression_will_give_is_not_guessed_at(name: str) -> None:
    needed = LiveField("REGION", is_custom=True, is_required=True)
    assert found({name: "{{ input.fields }}"}, company((needed,))) == []


def test_a_company_nobody_described_breaks_nothing() -> None:
    assert found({"customFields": {"REGION": "North"}}, {}) == []


def test_only_objects_that_steps_fill_in_are_asked_for() -> None:
    assert objects_used(flow({"lineItems": [{"amount": "1"}]}), REGISTRY) == {
        "books": ["ARINVOICE", "ARINVOICEITEM"]
    }
    assert objects_used(flow({"recordNo": "1"}, "getInvoice"), REGISTRY) == {}
