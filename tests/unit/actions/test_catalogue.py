from __future__ import annotations

import importlib
import pkgutil
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

# The published labels, without the connection that every step has anyway.
PUBLISHED = {
    "createCustomer": """Active Status; Address Line 1; Address Line 2; Attachments ID;
        Bill To Contact Name; Cellular Phone Number; City; Comments; Company Name;
        Contact Tax Group Name; Country; Credit Limit; Customer ID; Customer Name;
        Customer Type ID; Custom Fields; Default Currency; Default Invoice Message;
        Default Revenue GL Account No; Delivery Method; Excluded From Contact List; Fax Number;
        First Name; GL Group Name; ISO Country Code; Last Name; Middle Name;
        Offset AR GL Account No; One Time; On Hold; Pager Number; Parent Customer ID;
        Payment Term; Prefix; Primary Contact Name; Primary Email Address; Primary Phone Number;
        Primary URL; Print Name As; Print Option AR Invoice Template Name;
        Print Option OE Adjustment Template Name; Print Option OE Invoice Template Name;
        Print Option OE List Template Name; Print Option OE Order Template Name;
        Print Option OE Other Template Name; Print Option OE Quote Template Name; Resale Number;
        Restricted Department; Restricted Location; Restriction Type; Sales Rep Employee ID;
        Secondary Email Address; Secondary Phone Number; Secondary URL; Shipping Method;
        Ship To Contact Name; State/Province; Taxable; Tax ID; Territory ID; ZIP/Postal Code""",
    "createInvoice": """Attachments ID; Base Currency; Bill To Contact Name; Currency; Customer ID;
        Custom Fields; Date Created; GL Date Posted; Description; Due Date; Exchange Rate Date;
        Exchange Rate Type; External ID; Invoice Line Items; Invoice Number; No GL;
        Reference Number; Record No; Ship To Contact Name; Term Name""",
    "getCustomer": "Field; Record No",
    "getInvoice": "Field; Record No",
    "queryAndList": "Field; Object Name; Query",
    "rawRequest": """Data; Array JSON Nodes; Header; Max Retry Count; Response Type;
        Retry On All Errors; Retry Delay (ms); Timeout; Use Exponential Backoff""",
}
# Inputs the published list has not, each for a reason: other sources name them, or they save
# a detour (an ID instead of a record number, anything Intacct knows and no input names).
OUR_OWN = {
    "createCustomer": {"Status", "Display Contact", "Additional Fields"},
    "createInvoice": {"Action", "Exchange Rate", "Additional Fields"},
    "getCustomer": {"Customer ID"},
    "getInvoice": {"Invoice Number"},
    "queryAndList": set(),
    "rawRequest": set(),
}


def _labels(key: str) -> set[str]:
    return {" ".join(label.split()) for label in PUBLISHED[key].split(";")}


def _fields(schema: dict[str, Any], path: str = "") -> list[tuple[str, dict[str, Any]]]:
    found = []
    for name, field in schema.get("properties", {}).items():
        found += [(f"{path}{name}", field), *_fields(field, f"{path}{name}.")]
        found += _fields(field.get("items", {}), f"{path}{name}[].")
    return found


@pytest.mark.accepts("C50", "C52", "C59", "C61", "C63")
@pytest.mark.parametrize("key", sorted(PUBLISHED))
def test_inputs_carry_exactly_the_published_labels_and_our_few_own(key: str) -> None:
    titles = [field["title"] for field in ACTIONS[key].form.schema["properties"].values()]
    assert len(titles) == len(set(titles))
    assert set(titles) == _labels(key) | OUR_OWN[key]


@pytest.mark.accepts("C50", "C52", "C63")
def test_the_published_numbers_of_inputs_are_there() -> None:
    numbers = {key: len(_labels(key)) + 1 for key in PUBLISHED}  # and the connection
    assert numbers == {
        "createCustomer": 62,
        "createInvoice": 21,
        "getCustomer": 3,
        "getInvoice": 3,
        "queryAndList": 4,
        "rawRequest": 10,
    }


@pytest.mark.accepts("C19", "C20", "C31", "C32", "C35", "C36")
def test_actions_have_their_published_keys_and_labels() -> None:
    assert {key: action.label for key, action in ACTIONS.items()} == {
        "createCustomer": "Create Customer",
        "createInvoice": "Create Invoice",
        "findOrCreateCustomer": "Find or Create Customer",
        "getCustomer": "Get Customer",
        "getInvoice": "Get Invoice",
        "queryAndList": "Query and List Records",
        "rawRequest": "Raw Request",
    }


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
            assert form.get("returnId") or source.option or name.endswith("recordNo"), name


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
