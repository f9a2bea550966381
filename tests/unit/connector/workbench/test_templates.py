"""Templates: ready to be published as they stand, and filled in without a way to slip code in."""

from __future__ import annotations

import pytest

from connector.errors import InputError, NotFound
from connector.registry import load
from connector.workbench import places, templates
from connector.workbench.templates import Template
from connector.workflow import model, validation, yaml_loader
from connector.workflow.validation import Report, Surroundings

KEYS = [one.key for one in templates.every()]


def report(found: Template, document: object) -> Report:
    kinds = {need.name: need.kind for need in found.needs}
    return validation.validate(model.parse(document), Surroundings(load(), kinds))


def test_there_are_eight_and_the_best_known_comes_first() -> None:
    assert len(KEYS) == 8
    assert KEYS[0] == "hubspot_deal_to_invoice"


@pytest.mark.parametrize("key", KEYS)
def test_template_can_be_published_with_no_warning_but_those_it_explains(key: str) -> None:
    found = templates.template(key)
    told = report(found, found.filled())
    assert told.errors == ()
    assert {one.field for one in told.warnings} == set(found.warnings)


@pytest.mark.parametrize("key", KEYS)
def test_template_says_what_it_is_and_names_each_connection_it_uses(key: str) -> None:
    found = templates.template(key)
    definition = model.parse(found.filled())
    assert definition.connections() == {need.name for need in found.needs}
    assert definition.once
    assert definition.description
    for words in (found.summary, found.setup, *(one.help for one in found.settings)):
        assert words.endswith(".")


@pytest.mark.parametrize("key", KEYS)
def test_each_setting_stands_somewhere_and_changes_what_stands_there(key: str) -> None:
    found = templates.template(key)
    for setting in found.settings:
        assert setting.default
        document = found.filled(settings={setting.key: "12"})
        assert places.at(document, setting.at) == (["12"] if setting.is_list else "12")
        assert document != found.filled()


def test_what_is_left_blank_keeps_its_default() -> None:
    found = templates.template("csv_to_bills")
    assert found.filled(name=" ", connections={"books": ""}, settings={"state": " "}) == dict(
        yaml_loader.load(templates.text("csv_to_bills"))
    )


def test_connections_are_bound_wherever_they_stand_even_crosswise() -> None:
    found = templates.template("csv_to_bills")
    bound = {"books": "bill-files", "bill-files": "books"}
    document = found.filled(name="Mine", connections=bound)
    assert document["name"] == "Mine"
    assert document["trigger"]["connection"] == "books"
    inner = document["steps"][0]["steps"]
    assert [step.get("connection") for step in inner] == ["bill-files", None, "bill-files"]
    assert found.document["trigger"]["connection"] == "bill-files"


def test_list_is_written_with_commas() -> None:
    found = templates.template("hubspot_deal_to_invoice")
    document = found.filled(settings={"stages": "closedwon, signed,"})
    assert document["trigger"]["config"]["stages"] == ["closedwon", "signed"]


@pytest.mark.accepts("C13")
def test_setting_is_never_an_expression() -> None:
    found = templates.template("csv_to_bills")
    with pytest.raises(InputError, match="plain value") as refused:
        found.filled(settings={"state": "{{ input.data }}"})
    assert refused.value.field == "state"


def test_what_a_template_does_not_have_is_named() -> None:
    found = templates.template("csv_to_bills")
    with pytest.raises(InputError, match="no setting 'account'"):
        found.filled(settings={"account": "4000"})
    with pytest.raises(InputError, match="no connection 'hubspot'"):
        found.filled(connections={"hubspot": "x"})
    with pytest.raises(NotFound):
        templates.template("../../etc/passwd")


def test_field_of_a_record_that_may_be_null_passes_the_check() -> None:
    """The record of a change is a group or null; what is in it is not known before."""
    found = templates.template("intacct_invoice_to_webhook")
    assert "input.record.state" in found.filled()["once"]
    assert report(found, found.filled()).errors == ()
