"""A step may give inputs in groups; they are checked before publishing like any other."""

from __future__ import annotations

from typing import Any

import pytest

from connector import registry
from connector.workflow.type_check import Finding, check_inputs

SCHEMA = registry.load().action("createVendor").form.schema
SCOPE = {"input": {"type": "object", "properties": {"city": {"type": "string"}}}}


def found(**config: Any) -> list[Finding]:
    return list(check_inputs({"vendorName": "Tea", **config}, SCHEMA, SCOPE, "steps[0].config"))


def test_groups_and_the_whole_group_from_data_are_taken() -> None:
    assert found(contactDetails={"city": "{{ input.city }}"}, achBanking={"achEnabled": True}) == []
    assert found(contactDetails="{{ input }}") == []


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"contactDetails": {"citi": "York"}}, "contactDetails.citi"),
        ({"contactDetails": {"city": "{{ input.town }}"}}, "contactDetails.city"),
        ({"achBanking": {"achEnabled": "perhaps"}}, "achBanking.achEnabled"),
        ({"bankDetails": {"city": "York"}}, "bankDetails"),
    ],
)
def test_what_is_wrong_inside_a_group_is_found_where_it_stands(
    config: dict[str, Any], field: str
) -> None:
    [finding] = found(**config)
    assert finding.field == f"steps[0].config.{field}"
