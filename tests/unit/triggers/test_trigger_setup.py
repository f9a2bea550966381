"""What an administrator is told to enter makes deliveries that we understand."""

from __future__ import annotations

import json
from importlib import resources

import pytest

import schemas
from connector.errors import InputError
from connector.sandbox.events.merge_fields import check_template
from connector.sandbox.objects import OBJECTS
from connector.surfaces.trigger_setup import CHANGES, Setup, setups
from tests.unit.connector.webhooks.deliveries import URL, delivery
from triggers.intacct_event import TRIGGER

NAMES = sorted(
    each.name.removesuffix(".json")
    for each in resources.files(schemas).joinpath("objects").iterdir()
    if each.name.endswith(".json")
)


@pytest.mark.parametrize("name", NAMES)
def test_every_template_is_one_for_its_object_and_is_understood(name: str) -> None:
    for setup in setups(name, URL):
        if setup.object in OBJECTS:
            check_template(OBJECTS[setup.object], setup.template)
        rendered = setup.template.replace(f"{{!{setup.object}.RECORDNO!}}", "812")
        (event,) = TRIGGER.receive(delivery(rendered.encode()), {})
        assert event.data["key"] == "812"
        assert event.data["change"] == setup.name.rpartition(" ")[2]
        assert TRIGGER.matches(event, {"objects": [name]})


def test_templates_hold_nothing_that_could_break_them() -> None:
    """Intacct puts names in as they are: a quote in one would break the JSON around it."""
    for setup in setups("customer", URL):
        assert set(json.loads(setup.template)) <= {"object", "event", "key", "modified"}


@pytest.mark.parametrize("is_signed", [True, False])
def test_steps_name_everything_that_has_to_be_entered(*, is_signed: bool) -> None:
    (setup,) = setups("accounts-receivable/invoice", URL, ["updated"], is_signed=is_signed)
    assert isinstance(setup, Setup)
    steps = "\n".join(setup.steps("app-1"))
    for part in (setup.name, setup.object, setup.event, setup.url, setup.template):
        assert part in steps
    assert ("app-1" in steps) is is_signed
    assert setup.describe()["steps"]


def test_unknown_object_is_said_to_be_one() -> None:
    for name in ("nonsense", "a/b"):
        with pytest.raises(InputError, match=name):
            setups(name, URL, CHANGES)
