"""What triggers that poll say of themselves, and that nothing can be delivered to them."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

import schemas
from connector.component import Trigger, Webhook
from connector.component.polling import settings_of
from connector.errors import InputError, Untrusted
from triggers import intacct_changes, intacct_event, intacct_queue, intacct_record, schedule

ALL = [module.TRIGGER for module in (intacct_changes, intacct_queue, intacct_record, schedule)]
LEAST: dict[str, dict[str, Any]] = {
    "intacct.changes": {"object": "invoice"},
    "intacct.queue": {"objects": ["invoice"]},
    "intacct.record": {"object": "invoice"},
    "schedule": {"cron": "0 7 * * *"},
}


@pytest.mark.parametrize("trigger", ALL, ids=lambda trigger: trigger.key)
def test_example_is_an_event_of_its_schema(trigger: Trigger) -> None:
    Draft202012Validator(schemas.resolve(trigger.event)).validate(dict(trigger.example))


@pytest.mark.parametrize("trigger", ALL, ids=lambda trigger: trigger.key)
def test_least_settings_are_enough(trigger: Trigger) -> None:
    found = settings_of(trigger, LEAST[trigger.key])
    assert found.items() >= LEAST[trigger.key].items()


@pytest.mark.parametrize("trigger", [intacct_changes.TRIGGER, intacct_queue.TRIGGER])
def test_nothing_can_be_delivered_to_what_asks_itself(trigger: Trigger) -> None:
    with pytest.raises(Untrusted):
        trigger.verify(Webhook("POST", "", {}, b"{}", 0), {})


def test_record_takes_deliveries_as_intacct_event_does() -> None:
    assert intacct_record.TRIGGER.receive is intacct_event.TRIGGER.receive
    assert intacct_record.TRIGGER.verify is intacct_event.TRIGGER.verify


@pytest.mark.parametrize(
    "config",
    [{"cron": "61 * * * *"}, {"cron": "* * * * *", "timeZone": "Mars/Base"}, {}],
)
def test_wrong_schedule_is_told_when_its_settings_are_checked(config: dict[str, str]) -> None:
    with pytest.raises(InputError):
        schedule.TRIGGER.form.check(config)
