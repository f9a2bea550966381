from __future__ import annotations

import importlib
import json
import pkgutil
import statistics
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import actions
from connector.component import Action, DataSource


def _declared(word: str) -> list[Any]:
    names = [each.name for each in pkgutil.walk_packages(actions.__path__, "actions.")]
    modules = [importlib.import_module(name) for name in names]
    return [getattr(module, word) for module in modules if hasattr(module, word)]


ACTIONS: dict[str, Action] = {action.key: action for action in _declared("ACTION")}
SOURCES: dict[str, DataSource] = {source.key: source for source in _declared("DATA_SOURCE")}

# The published keys, labels and inputs, without the connection that every step has anyway.
PUBLISHED: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("published.json").read_text()
)


def _published(point: str) -> list[Any]:
    """Return each published key we have, marked with its acceptance point of that sort."""
    return [
        pytest.param(key, marks=pytest.mark.accepts(PUBLISHED[key][point]))
        for key in sorted(PUBLISHED.keys() & ACTIONS.keys())
    ]


def _fields(schema: dict[str, Any], path: str = "") -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, field in schema.get("properties", {}).items():
        found += [(f"{path}{name}", field), *_fields(field, f"{path}{name}.")]
        found += _fields(field.get("items", {}), f"{path}{name}[].")
    return found


@pytest.mark.accepts("B18")
@pytest.mark.parametrize("key", sorted(ACTIONS))
def test_no_two_inputs_share_a_label(key: str) -> None:
    titles = [field["title"] for field in ACTIONS[key].form.schema["properties"].values()]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("key", _published("inputsPoint"))
def test_every_published_input_is_there_under_its_label(key: str) -> None:
    titles = {field["title"] for field in ACTIONS[key].form.schema["properties"].values()}
    assert set(PUBLISHED[key]["inputs"]) <= titles


@pytest.mark.accepts("C44")
@pytest.mark.parametrize("key", _published("existence"))
def test_published_actions_have_their_published_labels(key: str) -> None:
    assert ACTIONS[key].label == PUBLISHED[key]["label"]


def test_keys_are_unique() -> None:
    keys = [each.key for word in ("ACTION", "DATA_SOURCE") for each in _declared(word)]
    assert len(keys) == len(set(keys))


def test_finding_takes_the_same_inputs_as_creating() -> None:
    finding = ACTIONS["findOrCreateCustomer"].form.schema["properties"]
    assert list(finding) == list(ACTIONS["createCustomer"].form.schema["properties"])


@pytest.mark.parametrize("key", sorted(ACTIONS))
def test_every_input_says_what_it_is(key: str) -> None:
    for name, field in _fields(ACTIONS[key].form.schema):
        assert field["title"], name
        assert field["description"].endswith("."), name
        assert "type" in field, name


@pytest.mark.accepts("C90")
@pytest.mark.parametrize("key", sorted(ACTIONS))
def test_example_fits_the_output_schema(key: str) -> None:
    output = dict(ACTIONS[key].output)
    jsonschema.Draft202012Validator.check_schema(output)
    jsonschema.validate(dict(ACTIONS[key].example), output)


@pytest.mark.parametrize("key", sorted(ACTIONS))
def test_examples_of_inputs_pass_their_own_check(key: str) -> None:
    form = ACTIONS[key].form
    given = {
        name: field["examples"][0]
        for name, field in form.schema["properties"].items()
        if "examples" in field
    }
    assert form.check(given).keys() == given.keys()


@pytest.mark.parametrize("key", sorted(ACTIONS))
def test_every_picklist_named_exists_and_can_store_what_the_input_wants(key: str) -> None:
    for name, field in _fields(ACTIONS[key].form.schema):
        form = field.get("x-form", {})
        if "dataSource" in form:
            source = SOURCES[form["dataSource"]]
            is_number = name.endswith(("recordNo", "invoiceKey", "billKey"))
            assert form.get("returnId") or source.option or is_number, name


@pytest.mark.parametrize("key", sorted(ACTIONS))
def test_every_input_shows_what_a_value_looks_like(key: str) -> None:
    for name, field in _fields(ACTIONS[key].form.schema):
        tells = field.keys() & {"examples", "enum", "default"}
        assert tells or field["type"] == "boolean", name


@pytest.mark.parametrize("key", sorted(ACTIONS))
def test_every_currency_is_offered(key: str) -> None:
    for name, field in _fields(ACTIONS[key].form.schema):
        if name.lower().endswith("currency") and not field.get("readOnly"):
            assert field.get("x-form", {}).get("dataSource") == "selectCurrency", name


@pytest.mark.accepts("C10", "C11", "C12", "C13", "C14")
def test_published_data_sources_have_their_options() -> None:
    options = {key: SOURCES[key].option for key in SOURCES if SOURCES[key].option}
    assert options == {
        "selectContact": "Return Contact Name",
        "selectCustomer": "Return ID",
        "selectProject": "Return ID",
        "selectVendor": "Return ID",
    }
    assert SOURCES["selectInvoice"].option == ""


def test_an_everyday_action_is_declared_in_twenty_lines() -> None:
    """What families share is said once; a module holds what is special about its action."""
    modules = [
        importlib.import_module(m.name) for m in pkgutil.walk_packages(actions.__path__, "actions.")
    ]
    lengths = [
        len(Path(str(module.__file__)).read_text(encoding="utf-8").splitlines())
        for module in modules
        if hasattr(module, "ACTION")
    ]
    assert statistics.median(lengths) <= 20
