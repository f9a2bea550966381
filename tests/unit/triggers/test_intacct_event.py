"""A change in Intacct: what the delivery says, whatever its template, and what a workflow sees."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator

import schemas
from connector.component import Context, Event
from connector.errors import InputError
from connector.intacct.client import IntacctClient
from tests.unit.connector.webhooks.deliveries import URL, context, delivery, intacct_token
from triggers.intacct_event import TRIGGER

CONTEXT = {
    "COMPANY": "199",
    "ENTITY": False,
    "USER": "9",
    "OBJECTNAME": "ARINVOICE",
    "RESTOBJECTNAME": "accounts-receivable/invoice",
    "DOCTYPE": "",
    "ID": {},
    "VID": "200",
    "EVENT": "after_update",
    "EVENTNAME": "invoice changed",
}
CONFIG = {"objects": ["invoice"]}


def received(raw: bytes, url: str = URL, /, **headers: str) -> Event:
    (event,) = TRIGGER.receive(delivery(raw, "POST", url, **headers), {})
    return event


def signed(raw: bytes, key: str = "k-1", said: Any = None, **claims: Any) -> Event:
    return received(
        raw,
        idempotency_key=key,
        x_ia_sage_signature=intacct_token(raw, **claims),
        x_clientcontext=context(**(CONTEXT if said is None else said)),
    )


BODIES = [
    b'{"key": "812"}',
    b'{"RECORDNO": 812}',
    b'{"record_no": "812", "id": ""}',
    b"<record><key>812</key></record>",
    b"<?xml version='1.0'?><ARINVOICE><RECORDNO>812</RECORDNO></ARINVOICE>",
    b'{"ARINVOICE": {"RECORDNO": "812"}}',
    b" 812\n",
]


@pytest.mark.parametrize("raw", BODIES)
def test_record_is_found_in_every_kind_of_template(raw: bytes) -> None:
    event = signed(raw)
    assert (event.data["key"], event.data["change"]) == ("812", "updated")
    assert TRIGGER.matches(event, CONFIG)


def test_form_and_address_name_what_the_template_does_not() -> None:
    form = received(b"key=812&event=delete", content_type="application/x-www-form-urlencoded")
    assert (form.data["key"], form.data["change"]) == ("812", "deleted")
    by_url = received(b"812", f"{URL}?object=CUSTOMER&event=after.create")
    assert (by_url.data["object"], by_url.data["change"]) == ("CUSTOMER", "created")


def test_signed_body_counts_more_than_the_context_beside_it() -> None:
    event = signed(b'{"object": "CUSTOMER", "event": "created", "key": "1"}')
    assert (event.data["object"], event.data["change"]) == ("CUSTOMER", "created")
    assert not TRIGGER.matches(event, CONFIG)


@pytest.mark.parametrize(
    ("word", "change"),
    [
        ("after_create", "created"),
        ("before.update", "updated"),
        ("AFTER_DELETE", "deleted"),
        ("ADD_ARINVOICE", "created"),
        ("Set", "updated"),
        ("delete", "deleted"),
        ("updated", "updated"),
        ("posted", ""),
        ("", ""),
    ],
)
def test_every_word_for_a_change_is_understood(word: str, change: str) -> None:
    assert received(json.dumps({"key": "1", "event": word}).encode()).data["change"] == change


def test_retry_is_the_same_event_and_so_is_a_delivery_played_back_under_another_key() -> None:
    first = signed(b'{"key": "1"}')
    retry = signed(b'{"key": "1"}', iat=1767225610000)
    replay = signed(b'{"key": "1"}', key="k-2")
    other = signed(b'{"key": "1"}', key="k-2", iat=1767225610000)
    assert retry.id == first.id
    assert replay.id != first.id
    assert replay.aliases == first.aliases != ()
    assert other.id != first.id
    assert other.aliases != first.aliases
    assert first.window_ms is None


def test_delivery_without_a_key_is_known_by_its_token_or_for_a_minute_by_its_body() -> None:
    raw = b'{"key": "1"}'
    by_token = received(raw, x_ia_sage_signature=intacct_token(raw))
    assert by_token.id == received(raw, x_ia_sage_signature=intacct_token(raw)).id
    assert by_token.window_ms is None
    unsigned = received(raw)
    assert unsigned.window_ms == 60_000
    assert unsigned.id != received(raw, f"{URL}?event=delete").id
    assert (by_token.data["proof"], unsigned.data["proof"]) == ("signed", "address")


def test_updates_with_a_time_replace_one_another() -> None:
    def changed(modified: str, event: str = "updated") -> Event:
        said = {"object": "ARINVOICE", "event": event, "key": "1", "modified": modified}
        return signed(json.dumps(said).encode())

    older, newer = changed("01/16/2026 21:28:00"), changed("2026-01-16T21:28:01Z")
    assert older.order == newer.order != ""
    assert (newer.occurred_at or 0) - (older.occurred_at or 0) == 1000
    for unordered in (changed("soon"), changed("01/16/2026 21:28:00", "created")):
        assert unordered.order == ""


@pytest.mark.parametrize("said", [{"OBJECTNAME": {}, "EVENT": 5}, {"KEY": "x" * 300}, {}])
def test_context_that_says_nothing_useful_does_no_harm(said: dict[str, Any]) -> None:
    event = signed(b"changed", said=said)
    assert (event.data["object"], event.data["key"]) == ("", "")
    assert TRIGGER.matches(event, CONFIG)


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"<a>" * 2000, b'{"key": NaN}', b"[1, 2]"])
def test_template_that_cannot_be_read_is_kept_all_the_same(raw: bytes) -> None:
    event = signed(raw)
    assert event.data["object"] == "ARINVOICE"
    json.dumps(event.data).encode()


@pytest.mark.parametrize(
    ("config", "is_wanted"),
    [
        ({"objects": ["invoice"]}, True),
        ({"objects": ["ARINVOICE"]}, True),
        ({"objects": ["arinvoice"]}, True),
        ({"objects": ["accounts-receivable/invoice"]}, True),
        ({"objects": ["customer", "invoice"], "changes": ["updated"]}, True),
        ({"objects": ["customer"]}, False),
        ({"objects": ["invoice"], "changes": ["created", "deleted"]}, False),
        ({"objects": ["../invoice"]}, False),
    ],
)
def test_workflow_chooses_objects_by_any_name_and_changes(
    config: dict[str, Any], *, is_wanted: bool
) -> None:
    assert TRIGGER.matches(signed(b'{"key": "812"}'), config) is is_wanted


# What a workflow sees


class Company:
    """A company with one invoice."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []

    def get(self, name: str, *, key: str = "", id: str = "") -> dict[str, Any]:  # noqa: A002 - as the client's
        self.asked.append((name, key, id))
        if key not in {"", "812"}:
            return {"found": False}
        return {"found": True, "key": "812", "id": "INV-9", "href": "/x/812", "total": "9.00"}


def enrich(event: Event, company: Company, config: Any = None) -> dict[str, Any] | None:
    ctx = Context(intacct_client=cast("IntacctClient", company))
    found = TRIGGER.enrich(ctx, event, config or CONFIG)
    if found is not None:
        Draft202012Validator(schemas.resolve(TRIGGER.event)).validate(found)
    return None if found is None else dict(found)


def test_record_is_read_anew_before_the_event_is_passed_on() -> None:
    company = Company()
    found = enrich(signed(b'{"key": "812", "total": "1.00"}'), company)
    assert found is not None
    assert company.asked == [("invoice", "812", "")]
    assert (found["object"], found["change"], found["id"]) == ("invoice", "updated", "INV-9")
    assert found["record"]["total"] == "9.00"
    assert found["delivery"]["proof"] == "signed"


def test_deleted_record_is_not_asked_for() -> None:
    company = Company()
    found = enrich(signed(b'{"key": "812", "event": "deleted"}'), company)
    assert found is not None
    assert (found["record"], found["key"], company.asked) == (None, "812", [])


def test_changed_record_that_is_gone_starts_nothing() -> None:
    assert enrich(signed(b'{"key": "813"}'), Company()) is None


def test_record_may_be_named_by_its_id_alone() -> None:
    company = Company()
    found = enrich(signed(b'{"id": "INV-9"}'), company)
    assert found is not None
    assert company.asked == [("invoice", "", "INV-9")]
    assert found["key"] == "812"


def test_delivery_that_names_no_record_says_what_to_do() -> None:
    with pytest.raises(InputError, match="which record") as problem:
        enrich(signed(b'{"hello": "there"}'), Company())
    assert "intacct triggers setup invoice" in problem.value.advice


def test_object_that_nobody_names_is_the_only_one_the_workflow_waits_for() -> None:
    event = signed(b"812", said={})
    found = enrich(event, Company())
    assert found is not None
    assert found["object"] == "invoice"
    with pytest.raises(InputError, match="what kind"):
        enrich(event, Company(), {"objects": ["invoice", "bill"]})


def test_example_fits_the_schema_of_the_event() -> None:
    Draft202012Validator(schemas.resolve(TRIGGER.event)).validate(TRIGGER.example)


def test_leave_to_come_unsigned_is_called_weak() -> None:
    assert TRIGGER.weakness({"unsigned": True}) != ""
    assert TRIGGER.weakness({"clientSecret": "s"}) == ""
