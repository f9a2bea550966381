"""What leaves over REST: one exact document per operation, or a refusal that names the input."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.rest import MAX_BATCH, RestDialect
from connector.intacct.operation import Frozen, Operation, Verb

_LINE = {
    "recordNo": {"type": "string", "x-intacct": {"xml": "RECORDNO", "rest": "key"}},
    "lineNumber": {"type": "integer", "x-intacct": {"xml": "LINE_NO", "rest": "lineNumber"}},
    "amount": {
        "type": "string",
        "format": "money",
        "x-intacct": {"xml": "TRX_AMOUNT", "rest": "txnAmount"},
    },
    "accountNumber": {"type": "string", "x-intacct": {"xml": "ACCOUNTNO", "rest": "glAccount.id"}},
    "template": {"type": "string", "x-intacct": {"xml": "REVRECTEMPLATE"}},
    "quantity": {"type": "string"},
}
DOCUMENT: dict[str, Any] = {
    "x-intacct": {
        "xml": "DEAL",
        "rest": "sales/deal",
        "plural": "deals",
        "id": "dealId",
        "lookup": [["dealId"]],
        "restCreate": {"state": "posted"},
        "restRequired": ["dueDate"],
        "invoke": {
            "reverse": {
                "xml": "reverse_deal",
                "rest": {"path": "reverse", "names": {"reversalDate": "reverseDate"}},
            },
            "hold": {"xml": "hold_deal"},
        },
    },
    "properties": {
        "recordNo": {"type": "string", "x-intacct": {"xml": "RECORDNO", "rest": "key"}},
        "dealId": {"type": "string", "x-intacct": {"xml": "DEALID", "rest": "id"}},
        "customerId": {"type": "string", "x-intacct": {"xml": "CUSTOMERID", "rest": "customer.id"}},
        "dueDate": {
            "type": "string",
            "format": "date",
            "x-intacct": {"xml": "WHENDUE", "rest": "dueDate"},
        },
        "onHold": {"type": "boolean", "x-intacct": {"xml": "ONHOLD", "rest": "isOnHold"}},
        "active": {
            "type": "boolean",
            "x-intacct": {
                "xml": "STATUS",
                "rest": "status",
                "values": {"true": "active", "false": "inactive"},
            },
        },
        "delivery": {
            "type": "string",
            "enum": ["Print", "E-Mail"],
            "x-intacct": {
                "xml": "DELIVERY",
                "rest": "delivery",
                "restValues": {"Print": "print", "E-Mail": "email"},
            },
        },
        "action": {
            "type": "string",
            "writeOnly": True,
            "x-intacct": {
                "xml": "ACTION",
                "rest": "state",
                "restValues": {"Draft": "draft", "Submit": "posted"},
            },
        },
        "rate": {
            "type": "string",
            "format": "decimal",
            "x-intacct": {"xml": "RATE", "rest": "currency.rate", "restType": "number"},
        },
        "city": {
            "type": "string",
            "x-intacct": {"xml": "CONTACT/CITY", "rest": "contact.address.city"},
        },
        "places": {
            "type": ["array", "string"],
            "x-intacct": {"xml": "PLACES", "rest": "places", "join": "#~#"},
        },
        "template": {"type": "string", "x-intacct": {"xml": "TEMPLATE"}},
        "posted": {
            "type": "string",
            "x-intacct": {"xml": "POSTED", "rest": "summary.posted", "restWrite": ""},
        },
        "total": {"type": "string", "readOnly": True, "x-intacct": {"xml": "T", "rest": "total"}},
        "sendNow": {"type": "boolean"},
        "reversalDate": {"type": "string", "format": "date"},
        "lineItems": {
            "type": ["array", "string"],
            "items": {"type": ["object", "string"], "properties": _LINE},
            "x-intacct": {"xml": "ENTRIES/ENTRY", "rest": "lines"},
        },
        "customFields": {"type": ["object", "array"]},
        "additionalFields": {"type": "object"},
    },
}
DEAL = ObjectSchema("deal", DOCUMENT)
MERGED = ObjectSchema(
    "merged", {**DOCUMENT, "x-intacct": {**DOCUMENT["x-intacct"], "update": "update_invoice"}}
)
KNOWN = {"deal": DEAL, "merged": MERGED}
DIALECT = RestDialect(lambda name: KNOWN.get(name) or ObjectSchema(name, {}))
DUE = {"dueDate": "2026-04-01"}


def frozen(verb: Verb, object_name: str = "deal", **values: Any) -> Frozen:
    return DIALECT.freeze(Operation(verb, object_name, values))


def sent(made: Frozen) -> tuple[str, Any]:
    """Return the request line and the document behind it."""
    head, _, body = made.payload.partition("\n\n")
    return head, json.loads(body, parse_float=Decimal) if body else None


def created(**values: Any) -> Any:
    line, document = sent(frozen(Verb.CREATE, **{**DUE, **values}))
    assert line == "POST /objects/sales/deal"
    return document


def test_a_record_nests_under_rest_names_in_the_order_of_its_schema() -> None:
    made = frozen(
        Verb.CREATE,
        lineItems=[{"accountNumber": "4000", "amount": "1250.00"}],
        city="Bern",
        customerId="C-1",
        dealId="D-1",
        **DUE,
    )
    assert made.function == "POST /objects/sales/deal"
    assert made.is_write
    assert made.payload == (
        "POST /objects/sales/deal\n\n"
        '{"id":"D-1","customer":{"id":"C-1"},"dueDate":"2026-04-01",'
        '"contact":{"address":{"city":"Bern"}},'
        '"lines":[{"txnAmount":"1250.00","glAccount":{"id":"4000"}}],"state":"posted"}'
    )


def test_the_same_values_in_another_order_give_the_same_bytes() -> None:
    one = frozen(Verb.CREATE, dealId="D", city="Bern", **DUE)
    other = frozen(Verb.CREATE, **DUE, city="Bern", dealId="D")
    assert one == other


@pytest.mark.parametrize(
    ("name", "given", "path", "document"),
    [
        ("onHold", True, "isOnHold", True),
        ("onHold", False, "isOnHold", False),
        ("active", True, "status", "active"),
        ("active", False, "status", "inactive"),
        ("delivery", "E-Mail", "delivery", "email"),
        ("action", "Draft", "state", "draft"),
        ("rate", "1.0845", "currency", {"rate": Decimal("1.0845")}),
        ("rate", "2.00", "currency", {"rate": 2}),
        ("customerId", "", "customer", {"id": None}),
    ],
)
def test_values_are_written_in_the_words_of_rest(
    name: str, given: Any, path: str, document: Any
) -> None:
    assert created(**{name: given})[path] == document


def test_a_state_is_always_said_since_defaults_differ() -> None:
    """A bill without a state is a draft by the documents, an invoice is posted (rest-api 4.2)."""
    assert created(dealId="D")["state"] == "posted"
    assert created(action="Draft")["state"] == "draft"


def test_custom_fields_carry_the_namespace_and_additional_ones_find_their_place() -> None:
    document = created(
        customFields={"DEAL_SIZE": "9", "other::SIZE": "8"},
        additionalFields={"CUSTOMERID": "C-2", "emailOptIn": True, "tax.group": {"id": "T"}},
    )
    assert document["nsp::DEAL_SIZE"] == "9"
    assert document["other::SIZE"] == "8"
    assert document["customer"] == {"id": "C-2"}
    assert document["emailOptIn"] is True
    assert document["tax"] == {"group": {"id": "T"}}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"template": "T"}, "template"),
        ({"total": "1.00"}, "total"),
        ({"posted": "2026-03-02"}, "posted"),
        ({"places": ["100"]}, "places"),
        ({"lineItems": [{"amount": "1", "template": "T"}]}, "lineItems[0].template"),
        ({"lineItems": ["<lineitem/>"]}, "lineItems[0]"),
        ({"dueDate": None}, "dueDate"),
        ({"dueDate": "04/01/2026"}, "dueDate"),
        ({"rate": "a lot"}, "rate"),
        ({"rate": "NaN"}, "rate"),
        ({"dealId": 1.5}, "dealId"),
        ({"dealId": "a\x00b"}, "dealId"),
        ({"dealId": "half \ud800"}, "dealId"),
        ({"additionalFields": {"x y": "1"}}, "additionalFields.x y"),
        ({"additionalFields": {"x": 1.5}}, "additionalFields.x"),
        (
            {"customerId": "C", "additionalFields": {"CUSTOMERID": "D"}},
            "additionalFields.CUSTOMERID",
        ),
        ({"customFields": ["x"]}, "customFields"),
    ],
)
def test_what_cannot_be_said_is_refused_and_named(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refused:
        frozen(Verb.CREATE, **{**DUE, **values})
    assert refused.value.field == field


def test_inputs_for_the_action_alone_do_not_travel() -> None:
    assert created(sendNow=True, lineItems=[{"quantity": "2", "amount": "1.00"}]) == {
        "dueDate": "2026-04-01",
        "lines": [{"txnAmount": "1.00"}],
        "state": "posted",
    }


def test_a_change_names_its_record_in_the_address_alone() -> None:
    line, document = sent(frozen(Verb.UPDATE, recordNo="12", dealId="D-1", city=""))
    assert line == "PATCH /objects/sales/deal/12"
    assert document == {"contact": {"address": {"city": None}}}


@pytest.mark.parametrize(
    "values",
    [
        {"city": "Bern"},
        {"dealId": "D-1", "city": "Bern"},
        {"recordNo": "..", "city": "Bern"},
    ],
)
def test_a_change_without_record_number_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refused:
        frozen(Verb.UPDATE, **values)
    assert refused.value.field == "recordNo"


def test_a_state_is_not_changed_like_other_fields() -> None:
    with pytest.raises(InputError) as refused:
        frozen(Verb.UPDATE, recordNo="12", action="Submit")
    assert refused.value.field == "action"


def test_lines_that_would_replace_a_set_are_refused() -> None:
    """REST merges lines where the generic XML update replaces them: another change altogether."""
    with pytest.raises(InputError) as refused:
        frozen(Verb.UPDATE, recordNo="12", lineItems=[{"amount": "1.00"}])
    assert refused.value.field == "lineItems"


def test_lines_are_changed_by_record_number_and_added_without_one() -> None:
    lines = [{"recordNo": "7", "amount": "1.00"}, {"amount": "2.00"}]
    _, document = sent(frozen(Verb.UPDATE, "merged", recordNo="12", lineItems=lines))
    assert document == {"lines": [{"key": "7", "txnAmount": "1.00"}, {"txnAmount": "2.00"}]}
    by_number = [{"lineNumber": 1, "amount": "1.00"}]
    with pytest.raises(InputError) as refused:
        frozen(Verb.UPDATE, "merged", recordNo="12", lineItems=by_number)
    assert refused.value.field == "lineItems[0].lineNumber"


def test_a_function_takes_the_fields_of_its_own_workflow() -> None:
    operation = Operation(
        Verb.INVOKE,
        "deal",
        {"recordNo": "12", "reversalDate": "2026-03-31"},
        function="reverse",
    )
    line, document = sent(DIALECT.freeze(operation))
    assert line == "POST /workflows/sales/deal/reverse"
    assert document == {"key": "12", "reverseDate": "2026-03-31"}


def test_a_workflow_takes_no_field_that_it_does_not_know() -> None:
    values = {"recordNo": "12", "city": "Bern"}
    with pytest.raises(InputError) as refused:
        DIALECT.freeze(Operation(Verb.INVOKE, "deal", values, function="reverse"))
    assert refused.value.field == "city"


def test_a_deletion_of_several_is_all_or_nothing() -> None:
    one = DIALECT.freeze(Operation(Verb.DELETE, "deal", keys=("1",)))
    assert one.payload == "DELETE /objects/sales/deal/1"
    several = DIALECT.freeze(Operation(Verb.DELETE, "deal", keys=("1", "2")))
    assert several.payload == ("DELETE /objects/sales/deal/1,2\nX-IA-API-Param-Transaction: true")
    assert several.function == "DELETE /objects/sales/deal"


@pytest.mark.parametrize("key", ["", "1,2", " ", "..", "."])
def test_keys_are_single_and_not_blank(key: str) -> None:
    with pytest.raises(InputError):
        DIALECT.freeze(Operation(Verb.DELETE, "deal", keys=(key,)))


def test_a_key_never_leaves_its_place_in_the_address() -> None:
    made = DIALECT.freeze(Operation(Verb.DELETE, "deal", keys=("../x?y#z\n",)))
    assert made.payload == "DELETE /objects/sales/deal/..%2Fx%3Fy%23z"


def test_a_request_beyond_the_limit_is_refused_before_it_leaves() -> None:
    with pytest.raises(InputError, match="larger"):
        frozen(Verb.CREATE, **DUE, city="x" * 1_100_000)


def _new(number: int) -> Operation:
    return Operation(Verb.CREATE, "deal", {**DUE, "dealId": f"D-{number}"})


def test_a_batch_is_one_document_with_each_record() -> None:
    made = DIALECT.freeze_many([_new(1), _new(2)])
    line, document = sent(made)
    assert line == "POST /objects/sales/deal"
    assert [each["id"] for each in document] == ["D-1", "D-2"]
    assert "Transaction" in DIALECT.freeze_many([_new(1)], is_atomic=True).payload


def test_a_batch_of_changes_carries_each_key() -> None:
    changes = [Operation(Verb.UPDATE, "deal", {"recordNo": "1", "city": "Bern"})]
    line, document = sent(DIALECT.freeze_many(changes))
    assert line == "PATCH /objects/sales/deal"
    assert document == [{"key": "1", "contact": {"address": {"city": "Bern"}}}]


@pytest.mark.parametrize(
    "operations",
    [
        [],
        [_new(each) for each in range(MAX_BATCH + 1)],
        [_new(1), Operation(Verb.UPDATE, "deal", {"recordNo": "1", "city": "x"})],
        [Operation(Verb.DELETE, "deal", keys=("1",))],
    ],
    ids=["none", "too many", "mixed", "deletion"],
)
def test_a_batch_is_of_one_kind_and_not_too_large(operations: list[Operation]) -> None:
    with pytest.raises(InputError):
        DIALECT.freeze_many(operations)


@pytest.mark.parametrize(
    ("operation", "says"),
    [
        (Operation(Verb.RAW, body="<read/>"), "XML only"),
        (Operation(Verb.READ_BY_QUERY, "deal"), "XML only"),
        (Operation(Verb.READ_MORE, "deal"), "XML only"),
        (Operation(Verb.READ, "ODD", keys=("1",)), "not known to have ODD"),
        (Operation(Verb.INVOKE, "deal", {"recordNo": "1"}, function="hold"), "no way to hold this"),
        (Operation(Verb.CREATE, "deal", {**DUE, "template": "T"}), "no place for template"),
        (Operation(Verb.CREATE, "deal", {"dealId": "D"}), "demands dueDate"),
        (Operation(Verb.QUERY, "deal", fields=("template",)), "no name for template"),
    ],
)
def test_what_rest_cannot_do_is_told_in_a_sentence(operation: Operation, says: str) -> None:
    assert says in DIALECT.obstacle(operation)


def test_what_rest_can_do_meets_no_obstacle() -> None:
    possible = [
        Operation(Verb.CREATE, "deal", {**DUE, "dealId": "D"}),
        Operation(Verb.READ, "deal", keys=("1",)),
        Operation(Verb.QUERY, "deal", fields=("city", "customerId")),
        Operation(Verb.DELETE, "deal", keys=("1",)),
        Operation(Verb.INVOKE, "deal", {"recordNo": "1"}, function="reverse"),
    ]
    assert [DIALECT.obstacle(operation) for operation in possible] == [""] * len(possible)
