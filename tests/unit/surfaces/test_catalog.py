"""What the connector says of itself."""

from __future__ import annotations

import re
from importlib import metadata
from typing import Any

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


@pytest.mark.accepts("C1")
def test_the_component_links_the_documentation_and_tells_what_changed() -> None:
    component = CATALOG["component"]
    assert component["documentation"].startswith("https://developer.sage.com/intacct")
    newest = component["changelog"][0]
    assert newest["version"] == metadata.version("sage-intacct-connector")
    for release in component["changelog"]:
        assert release["changes"]
        assert all(change.endswith(".") for change in release["changes"])


def test_the_changelog_names_only_actions_that_are_there() -> None:
    words = re.compile(r"\b(?:create|get|list|post|delete|query|raw|find)[A-Z]\w+")
    told = " ".join(
        each for release in CATALOG["component"]["changelog"] for each in release["changes"]
    )
    assert set(words.findall(told)) <= {action["key"] for action in CATALOG["actions"]}


@pytest.mark.accepts("C94")
def test_the_catalogue_tells_which_inputs_may_be_given_together() -> None:
    [vendor] = [action for action in CATALOG["actions"] if action["key"] == "createVendor"]
    banking = {
        "key": "achBanking",
        "title": "ACH Banking",
        "inputs": [
            "achEnabled",
            "achBankRoutingNo",
            "achBankAccountNo",
            "achBankAccountType",
            "achBankAccountClass",
        ],
    }
    assert banking in vendor["groups"]


@pytest.mark.accepts("C95")
def test_every_result_is_described_field_by_field() -> None:
    """So that a later step can be mapped to a field before anything has run."""
    for action in CATALOG["actions"]:
        output = action["output"]
        assert output["required"], action["key"]
        for name, field in _fields(output):
            assert "type" in field or "enum" in field, f"{action['key']}: {name}"
            assert field["title"], f"{action['key']}: {name}"
        undescribed = action["example"].keys() - output["properties"].keys()
        assert not undescribed, f"{action['key']}: {undescribed}"


def _fields(schema: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, field in schema["properties"].items():
        found.append((name, field))
        if "properties" in field.get("items", {}):
            found += _fields(field["items"])
    return found
