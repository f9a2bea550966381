"""What the connector says of itself."""

from __future__ import annotations

import pytest

from connector import registry
from connector.surfaces.catalog import catalog

CATALOG = catalog(registry.load())


@pytest.mark.accepts("A1", "C2")
def test_the_component_says_what_it_is_in_one_sentence() -> None:
    component = CATALOG["component"]
    assert (component["key"], component["label"]) == ("sage-intacct", "Sage Intacct")
    described = component["description"]
    assert described.count(".") == 1
    for word in ("financial management", "mid-sized", "customers", "vendors", "invoices", "pay"):
        assert word in described


@pytest.mark.accepts("A2")
def test_every_family_of_the_books_has_actions() -> None:
    effects: dict[str, set[str]] = {}
    for action in CATALOG["actions"]:
        effects.setdefault(action["object"], set()).add(action["effect"])
    payments = {"arPayment", "apPayment"}
    for name in {"customer", "vendor", "invoice", "bill", "journalEntry", "project"} | payments:
        assert {"create", "read"} <= effects[name], name
    assert "read" in effects["account"]


def test_every_action_tells_inputs_result_and_example() -> None:
    for action in CATALOG["actions"]:
        assert action["inputs"]["type"] == "object"
        assert action["output"]
        assert action["example"]
        assert action["apis"]
