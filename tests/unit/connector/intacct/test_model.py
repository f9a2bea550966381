from __future__ import annotations

from typing import Any

import pytest

from connector.errors import OutcomeUnknown
from connector.intacct.client import IntacctClient
from connector.intacct.model import LiveField, LiveObject, read_live
from connector.intacct.operation import Operation, Result
from connector.intacct.router import Router

ROW: dict[str, Any] = {
    "@Name": "ARINVOICE",
    "FIELDS": [
        {"ID": "CUSTOMERID", "LABEL": "Customer", "DESCRIPTION": "Customer", "REQUIRED": "true",
         "READONLY": "false", "DATATYPE": "TEXT", "ISCUSTOM": "false"},
        {"ID": "Region", "LABEL": " Sales region ", "DESCRIPTION": "Who sells", "REQUIRED": "TRUE",
         "READONLY": "", "DATATYPE": "text", "ISCUSTOM": "true",
         "VALIDVALUES": ["North", "South", "North", ""]},
        {"ID": "SYSTEM", "READONLY": "true", "ISCUSTOM": "true"},
        {"ID": "CUSTOMER.REGION", "ISCUSTOM": "true"},
        {"ID": "GLDIMROUTE", "LABEL": "Route", "DATATYPE": "INTEGER", "ISCUSTOM": "false"},
        {"ID": ""},
    ],
}  # fmt: skip


class Sent:
    """A company that answers every call with the same rows, and what it was asked."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = rows
        self.asked: list[str] = []

    def __call__(self, operation: Operation) -> Result:
        assert operation.frozen is not None
        assert not operation.is_write
        self.asked.append(operation.frozen.payload)
        return Result("lookup", "", rows=self.rows)

    @property
    def client(self) -> IntacctClient:
        return IntacctClient(self, Router(("xml",)), resend=self, name=lambda _key, _id: None)


def test_a_description_says_what_the_company_says() -> None:
    sent = Sent(ROW)
    found = read_live(sent.client, "invoice")
    assert sent.asked == ["<lookup><object>ARINVOICE</object></lookup>"]
    assert found.name == "ARINVOICE"
    assert found.fields["CUSTOMERID"] == LiveField("CUSTOMERID", "Customer", is_required=True)
    assert found.fields["REGION"] == LiveField(
        "REGION", "Sales region", "Who sells", is_required=True, is_custom=True,
        choices=("North", "South"),
    )  # fmt: skip
    assert len(found.fields) == 5


def test_a_companys_own_fields_are_those_it_added_and_can_fill_in() -> None:
    """A field of another object is reached through that object; Intacct writes the rest itself."""
    own = read_live(Sent(ROW).client, "invoice").own_fields
    assert [field.name for field in own] == ["REGION", "GLDIMROUTE"]
    assert [field.is_dimension for field in own] == [False, True]


def test_a_kept_description_reads_back_the_same() -> None:
    found = read_live(Sent(ROW).client, "invoice")
    assert LiveObject.from_document(found.to_document()) == found


@pytest.mark.parametrize("row", [{}, {"FIELDS": ""}, {"FIELDS": []}])
def test_an_answer_that_describes_nothing_is_not_taken_for_an_empty_object(
    row: dict[str, Any],
) -> None:
    """Kept for a day, it would break every workflow of the company."""
    with pytest.raises(OutcomeUnknown, match="describes no field"):
        read_live(Sent(row).client, "invoice")
