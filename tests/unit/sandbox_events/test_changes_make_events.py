import json
from typing import Any

import pytest

from connector.sandbox.company import Call, Scope
from connector.sandbox.events.outbox import EVENTS
from connector.sandbox.objects import OBJECTS
from connector.sandbox.writer import create_record, find_for_update, update_record
from tests.unit.sandbox_events.conftest import Books


def payloads(books: Books) -> list[str]:
    return [event.body.get("PAYLOAD", "") for event in books.store.select(EVENTS)]


def context(books: Books) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(books.store.select(EVENTS)[-1].body["CONTEXT"])
    return found


def call(books: Books) -> Call:
    scope = Scope("apiuser", "", "sandbox-sender")
    return Call(books.company, scope, "create", "c1", books.clock.now())


def test_a_change_renders_the_template(books: Books) -> None:
    books.trigger()
    books.change()
    assert payloads(books) == ['{"key":"812","id":"C9"}']


def test_only_a_deployed_trigger_fires(books: Books) -> None:
    books.trigger(deployed=False)
    books.change()
    assert payloads(books) == []


@pytest.mark.parametrize("operation", ["create", "update", "delete"])
def test_a_trigger_fires_for_its_activations_alone(books: Books, operation: str) -> None:
    books.trigger(activation=[f"after_{operation}"], template=operation)
    for happened in ("create", "update", "delete"):
        books.change(happened)
    assert payloads(books) == [operation]


def test_before_and_after_see_the_values_of_their_moment(books: Books) -> None:
    template = "{!CLASS.RECORDNO!} {!CLASS.NAME!}"
    books.trigger(activation=["before_update", "after_update"], template=template)
    books.change("update", before={"CLASSID": "C9", "NAME": "Ships"})
    assert payloads(books) == ["812 Ships", "812 Boats"]


def test_a_new_record_has_no_number_before_it_exists(books: Books) -> None:
    books.trigger(activation=["before_create"], template="[{!CLASS.RECORDNO!}] {!CLASS.NAME!}")
    books.change()
    assert payloads(books) == ["[] Boats"]


def test_an_update_of_another_field_does_not_fire(books: Books) -> None:
    books.trigger(activation="after_update", on_field_change="name", template="{!NAME!}")
    books.change("update", before={"NAME": "Boats", "DESCRIPTION": "old"}, DESCRIPTION="new")
    assert payloads(books) == []
    books.change("update", before={"NAME": "Ships"})
    books.change("update", NAME="Unknown before")
    assert payloads(books) == ["Boats", "Unknown before"]


def test_a_condition_decides(books: Books) -> None:
    books.trigger(condition="{!CLASS.NAME!} = 'Boats'", template="{!NAME!}")
    books.change(NAME="Planes")
    books.change(NAME="Boats")
    assert payloads(books) == ["Boats"]


def test_a_rolled_back_change_makes_no_event(books: Books) -> None:
    books.trigger()

    def fail_after_change() -> None:
        with books.store.transaction():
            books.change()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_change()
    assert payloads(books) == []


def test_the_writers_of_the_company_say_what_changed(books: Books) -> None:
    books.trigger(activation="after_update", on_field_change="NAME", template="{!NAME!}")
    described = OBJECTS["CLASS"]
    create_record(call(books), described, {"CLASSID": "C9", "NAME": "Boats"}, {})
    found = find_for_update(call(books), described, {"CLASSID": "C9"})
    update_record(call(books), described, found, {"DESCRIPTION": "same name"})
    assert payloads(books) == []
    update_record(call(books), described, found, {"NAME": "Ships"})
    assert payloads(books) == ["Ships"]


def test_the_context_says_what_happened_but_not_to_which_record(books: Books) -> None:
    books.trigger(activation="after_update")
    books.change("update")
    assert context(books) == {
        "COMPANY": "SANDBOX",
        "ENTITY": False,
        "USER": "apiuser",
        "OBJECTNAME": "CLASS",
        "RESTOBJECTNAME": "company-config/class",
        "DOCTYPE": "",
        "ID": {},
        "VID": "200",
        "EVENT": "after_update",
        "EVENTNAME": "class changed",
        "TIMESTAMP": "01/16/2026 21:28:00",
    }


def test_the_context_names_the_entity_of_a_private_record(books: Books) -> None:
    books.trigger()
    books.change(entity="E100")
    assert context(books)["ENTITY"] == "E100"


def test_a_smart_event_is_logged_and_posted(books: Books) -> None:
    books.smart_event(body="Class {!CLASS.RECORDNO!} is {!CLASS.NAME!}.")
    books.change()
    books.change("update")
    assert payloads(books) == ["Class 812 is Boats."]
    (logged,) = books.store.select("SMARTEVENTLOG")
    assert logged.body == {
        "SMARTLINKID": "big",
        "TOPIC": "ADD_CLASS",
        "OWNEROBJECT": "CLASS",
        "TIMESTAMP": "2026-01-16T21:28:00Z",
        "USERID": "apiuser",
        "OBJECTKEY": "812",
    }


def test_a_smart_event_can_only_log(books: Books) -> None:
    books.smart_event(action="log", event="set", condition="{!CLASS.NAME!} = 'Boats'")
    books.change("update", NAME="Planes")
    books.change("update")
    assert payloads(books) == []
    assert [r.body["TOPIC"] for r in books.store.select("SMARTEVENTLOG")] == ["SET_CLASS"]
