"""Functions beside creating, changing and deleting: what travels and how it is recognised."""

from __future__ import annotations

from typing import Any

import pytest

from connector.intacct.client import IntacctClient
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.identity import identity_of_change, identity_of_invocation
from connector.intacct.operation import Aim, Identity, Operation, Result, Verb
from connector.intacct.router import XML, Router

INVOICE = ObjectSchema.named("invoice")


class _Stack:
    """Keeps what it is sent; answers as the gateway would."""

    def __init__(self, **answer: Any) -> None:
        self.sent: list[Operation] = []
        self._answer = answer

    def __call__(self, operation: Operation) -> Result:
        self.sent.append(operation)
        assert operation.frozen is not None
        return Result(operation.frozen.function, "c-1", **self._answer)


def _client(stack: _Stack) -> IntacctClient:
    def name(op_key: str, external_id: str) -> None:
        raise AssertionError((op_key, external_id))

    return IntacctClient(stack, Router([XML]), resend=stack, name=name)


@pytest.mark.parametrize("object_name", ["invoice", "bill"])
def test_a_reversal_is_one_write_of_the_legacy_function(object_name: str) -> None:
    stack = _Stack(key="99")
    values = {"recordNo": "7", "reversalDate": "2026-03-31", "reversalReason": "A & B"}
    done = _client(stack).invoke("reverse", object_name, values)
    [operation] = stack.sent
    assert (operation.verb, operation.call, operation.is_write) == (Verb.INVOKE, "main", True)
    assert operation.frozen is not None
    assert operation.frozen.function == f"reverse_{object_name}"
    assert operation.frozen.payload == (
        f'<reverse_{object_name} key="7">'
        "<datereversed><year>2026</year><month>03</month><day>31</day></datereversed>"
        f"<description>A &amp; B</description></reverse_{object_name}>"
    )
    # The reply may name the record that reverses; the result names the one reversed.
    assert (done["key"], done["href"][-2:]) == ("7", "/7")


def test_submitting_sends_the_fixed_value_beside_the_record_number() -> None:
    stack = _Stack()
    _client(stack).invoke("submit", "invoice", {"recordNo": "7"}, call="post")
    [operation] = stack.sent
    assert operation.call == "post"
    assert operation.frozen is not None
    assert operation.frozen.payload == (
        '<update_invoice key="7"><action>Submit</action></update_invoice>'
    )


@pytest.mark.parametrize(("function", "state"), [("submit", "Posted"), ("reverse", "Reversed")])
def test_after_silence_the_state_tells_whether_it_was_done(function: str, state: str) -> None:
    identity = identity_of_invocation(INVOICE, function, {"recordNo": "7"})
    assert identity == Identity({"recordNo": "7"}, {"state": state}, Aim.CHANGED)


def test_what_names_no_record_or_leaves_nothing_behind_cannot_be_looked_up() -> None:
    assert identity_of_invocation(INVOICE, "submit", {}) is None
    document = {
        "x-intacct": {"xml": "ARPYMT", "invoke": {"apply": {"xml": "apply_arpayment"}}},
        "properties": {"recordNo": {"type": "string", "x-intacct": {"xml": "RECORDNO"}}},
    }
    payment = ObjectSchema("arPayment", document)
    assert identity_of_invocation(payment, "apply", {"recordNo": "7"}) is None


def test_a_change_is_not_looked_up_where_it_tells_what_cannot_be_read() -> None:
    """ACTION can be written and not read: the other fields may have stood there before."""
    bill = ObjectSchema.named("bill")
    changed = identity_of_change(bill, {"recordNo": "7", "onHold": True})
    assert changed == Identity({"recordNo": "7"}, {"onHold": "True"}, Aim.CHANGED)
    more = {"recordNo": "7", "action": "Submit", "onHold": True}
    assert identity_of_change(bill, more) is None
