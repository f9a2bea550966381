from __future__ import annotations

from typing import Any, cast

import pytest

from actions.deletion.delete_object import ACTION as DELETE
from connector.component import Context
from connector.errors import ConnectorError, InputError, NotFound, Refused, Unreachable
from connector.intacct.client import IntacctClient
from connector.intacct.operation import Condition

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]


class _Refusing:
    """A company that declines every deletion and shows what is left."""

    def __init__(self, left: list[str] | ConnectorError) -> None:
        self.left = left
        self.looked: list[Any] = []

    def delete(self, name: str, keys: list[str]) -> dict[str, Any]:
        raise NotFound("There is no such record.", code="BL1", support_id="s-1")

    def query(self, name: str, *, select: list[str], where: Condition) -> list[dict[str, Any]]:
        self.looked.append((name, where))
        if isinstance(self.left, ConnectorError):
            raise self.left
        return [{select[0]: key} for key in self.left]


def _refusal(left: list[str] | ConnectorError, keys: str = "1,2,3") -> tuple[Refused, _Refusing]:
    company = _Refusing(left)
    ctx = Context(intacct_client=cast("IntacctClient", company))
    with pytest.raises(Refused) as refused:
        DELETE.run(ctx, {"object": "APBILL", "keys": keys})
    return refused.value, company


@pytest.mark.accepts("C57", "C58")
@pytest.mark.parametrize("keys", ["1, 2 ,1,", ["1", " 2"], [1, 2], ["1,2"], '["1", "2"]'])
def test_keys_come_as_a_list_or_as_text_with_commas(ctx: Context, calls: Calls, keys: Any) -> None:
    DELETE.run(ctx, {"object": "apbill", "keys": keys})
    assert calls == [("delete", ("APBILL", ["1", "2"]), {})]


@pytest.mark.accepts("C57")
def test_one_key_is_enough(ctx: Context, calls: Calls) -> None:
    DELETE.run(ctx, {"objectName": "custom_thing", "keys": 77})
    assert calls == [("delete", ("CUSTOM_THING", ["77"]), {})]


@pytest.mark.accepts("A36")
@pytest.mark.parametrize(
    ("given", "sent"), [("ARPAYMENT", "ARPYMT"), ("appayment", "APPYMT"), ("ARPYMT", "ARPYMT")]
)
def test_payments_are_known_by_both_names(
    ctx: Context, calls: Calls, given: str, sent: str
) -> None:
    DELETE.run(ctx, {"object": given, "keys": "1"})
    assert calls[0][1][0] == sent


@pytest.mark.accepts("A36", "C57")
def test_the_picker_offers_the_usual_objects() -> None:
    offered = DELETE.form.schema["properties"]["object"]["x-form"]["suggestions"]
    usual = "CUSTOMER VENDOR ARINVOICE APBILL ARPYMT APPYMT GLBATCH GLACCOUNT PROJECT EMPLOYEE"
    assert {*usual.split(), "ITEM", "LOCATION", "DEPARTMENT", "CLASS"} <= {
        each["key"] for each in offered
    }


@pytest.mark.parametrize("keys", [" , ", "C-1", "1;2", "\u0663", ",".join(map(str, range(101)))])
def test_what_is_no_list_of_record_numbers_is_refused(
    ctx: Context, calls: Calls, keys: str
) -> None:
    with pytest.raises(InputError) as refused:
        DELETE.run(ctx, {"object": "VENDOR", "keys": keys})
    assert refused.value.field == "keys"
    assert calls == []


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (["1", "2", "3"], "All 3 records are still there."),
        (["3", "2"], "Still there: 2, 3. Not there now: 1."),
        ([], "None of the 3 records is there now."),
        (Unreachable("No line."), "could not be looked up."),
    ],
)
def test_a_refusal_says_what_became_of_each_record(
    left: list[str] | ConnectorError, words: str
) -> None:
    """Nobody knows whether Intacct deletes the others, so only a look is believed."""
    error, company = _refusal(left)
    assert error.title.startswith("There is no such record. ")
    assert words in error.title
    assert (type(error), error.code, error.support_id) == (NotFound, "BL1", "s-1")
    assert company.looked == [("APBILL", Condition("recordNo", "in", ("1", "2", "3")))]


def test_the_refusal_of_one_record_stands_as_it_is() -> None:
    error, company = _refusal(["1"], keys="1")
    assert error.title == "There is no such record."
    assert company.looked == []
