from __future__ import annotations

import dataclasses

import pytest

from connector.component.result_forms import Envelope, ResultForm, render
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Frozen, Operation, Result, Verb
from connector.intacct.transcript import Transcript

CUSTOMER = ObjectSchema.named("customer")
WRITTEN = {"key": "12499", "id": "C-1", "href": "/objects/x/12499", "outcome": "created"}
READ = Result(
    "read",
    "c-1",
    rows=({"RECORDNO": "7", "NAME": "Acme"},),
    count=1,
    list_type="CUSTOMER",
    reply=b"<response><control><status>success</status></control></response>",
)


def _told(verb: Verb, *results: Result, call: str = "main") -> Transcript:
    transcript = Transcript()
    frozen = Frozen("xml", verb.value, "", is_write=verb.is_write)
    for result in results:
        transcript.add(Operation(verb, "customer", frozen=frozen, call=call), result)
    return transcript


@pytest.mark.accepts("C83")
def test_envelope_of_a_read_has_the_published_words_and_rows() -> None:
    given = render(
        ResultForm.ENVELOPE, Envelope.RECORDS, CUSTOMER, _told(Verb.READ, READ), {}, {"found": True}
    )
    assert given == {
        "data": {
            "_status": "success",
            "_functionName": "read",
            "_controlId": "c-1",
            "_listType": "CUSTOMER",
            "_count": 1,
            "_data": [{"RECORDNO": "7", "NAME": "Acme"}],
        }
    }


@pytest.mark.accepts("C60")
@pytest.mark.parametrize("style", [Envelope.RECORDS, Envelope.FLAT])
def test_envelope_of_nothing_found_counts_nothing(style: Envelope) -> None:
    empty = dataclasses.replace(READ, rows=(), count=0)
    given = render(
        ResultForm.ENVELOPE, style, CUSTOMER, _told(Verb.READ, empty), {}, {"found": False}
    )
    assert (given["data"]["_count"], given["data"]["_data"]) == (0, [])


@pytest.mark.accepts("C84")
def test_envelope_of_a_create_names_both_keys_even_where_the_wire_names_one() -> None:
    created = Result("create", "c-1", key="12499", rows=({"RECORDNO": "12499"},), count=1)
    transcript = _told(Verb.CREATE, created)
    given = render(ResultForm.ENVELOPE, Envelope.RECORDS, CUSTOMER, transcript, {}, WRITTEN)
    assert given["data"]["_data"] == [{"RECORDNO": "12499", "CUSTOMERID": "C-1"}]
    flat = render(ResultForm.ENVELOPE, Envelope.FLAT, CUSTOMER, transcript, {}, WRITTEN)
    assert flat == {"data": {"RECORDNO": "12499", "CUSTOMERID": "C-1"}}


@pytest.mark.accepts("C86")
def test_echo_repeats_the_inputs_beside_the_control_id() -> None:
    updated = Result("update", "c-9", key="12499")
    inputs = {"customerId": "C-1", "onHold": True}
    given = render(
        ResultForm.ENVELOPE, Envelope.ECHO, CUSTOMER, _told(Verb.UPDATE, updated), inputs, WRITTEN
    )
    assert given == {"data": {"_controlId": "c-9", "customerId": "C-1", "onHold": True}}


def test_a_list_in_the_envelope_form_is_the_rows_of_all_pages() -> None:
    pages = _told(Verb.QUERY, READ, dataclasses.replace(READ, rows=({"RECORDNO": "8"},)))
    given = render(ResultForm.ENVELOPE, Envelope.LIST, CUSTOMER, pages, {}, {})
    assert [row["RECORDNO"] for row in given["data"]] == ["7", "8"]


@pytest.mark.accepts("C79")
def test_raw_is_the_reply_itself() -> None:
    given = render(
        ResultForm.RAW, Envelope.RECORDS, CUSTOMER, _told(Verb.READ, READ), {}, {"found": True}
    )
    assert given == {"data": {"response": {"control": [{"status": ["success"]}]}}}


def test_raw_of_a_write_that_was_found_by_looking_says_that_no_reply_is_there() -> None:
    found = Result("create", "c-1", key="12499")
    given = render(
        ResultForm.RAW, Envelope.RECORDS, CUSTOMER, _told(Verb.CREATE, found), {}, WRITTEN
    )
    assert given == {"data": None, **WRITTEN}


def test_the_main_write_is_what_a_step_of_several_calls_is_about() -> None:
    transcript = _told(Verb.CREATE, Result("create_supdoc", "c-1", key="5"), call="attachment")
    frozen = Frozen("xml", "create", "", is_write=True)
    main = Result("create", "c-2", key="6")
    transcript.add(Operation(Verb.CREATE, "bill", frozen=frozen), main)
    transcript.add(Operation(Verb.READ, "bill"), READ)
    assert transcript.principal is main


@pytest.mark.accepts("C87", "C88")
@pytest.mark.parametrize(
    ("object_name", "native", "published"),
    [
        ("invoice", "ARINVOICEITEMS", {"ITEMS": [{"AMOUNT": "1"}]}),
        ("bill", "APBILLITEMS", {"APBILLITEMS": {"apbillitem": [{"AMOUNT": "1"}]}}),
    ],
)
def test_envelope_shows_lines_where_other_connectors_did(
    object_name: str, native: str, published: dict[str, object]
) -> None:
    read = dataclasses.replace(READ, rows=({"RECORDNO": "7", native: [{"AMOUNT": "1"}]},))
    schema = ObjectSchema.named(object_name)
    given = render(
        ResultForm.ENVELOPE, Envelope.RECORDS, schema, _told(Verb.READ, read), {}, {"found": True}
    )
    assert given["data"]["_data"] == [{"RECORDNO": "7", **published}]
