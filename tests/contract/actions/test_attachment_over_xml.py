"""Attachments over the sandbox: several calls, each once, and a document that names them."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

import pytest

from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.identity import identity_of
from tests.contract.actions.conftest import open_books
from tests.contract.actions.rest_books import open_rest_books
from tests.support.action_runs import functions_sent, record_of, result_of, run

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

LINE = {"accountNumber": "4000", "amount": "99.00", "locationId": "100"}


def file(name: str = "scan.pdf", content: bytes = b"PDF") -> dict[str, str]:
    return {"fileName": name, "content": base64.b64encode(content).decode()}


def document(books: Books, kind: str) -> str:
    """Create a document and return its record number."""
    made: dict[str, tuple[str, dict[str, Any]]] = {
        "Bill": (
            "createBill",
            {"vendorId": "V-100", "transactionDate": "2026-03-01", "billItems": [LINE]},
        ),
        "Invoice": (
            "createInvoice",
            {"customerId": "C-00001", "dateCreated": "2026-03-02", "lineItems": [LINE]},
        ),
        "Customer": ("createCustomer", {"customerId": "C-TEA", "customerName": "Tea"}),
        "Vendor": ("createVendor", {"vendorId": "V-TEA", "vendorName": "Tea"}),
        "AR Advance": (
            "createARAdvance",
            {
                "customerId": "C-00001",
                "paymentMethod": "EFT",
                "paymentDate": "2026-03-01",
                "receiptDate": "2026-03-02",
                "financialEntity": "CHK-100",
                "advanceItems": [{**LINE, "accountNumber": "2200"}],
            },
        ),
    }
    return str(run(books, *made[kind])["key"])


def test_files_are_kept_in_a_folder_and_linked(books: Books) -> None:
    key = document(books, "Bill")
    before = len(functions_sent(books))
    made = run(
        books,
        "createAttachment",
        {"files": [file()], "documentType": "bill", "documentRecordNo": key},
    )
    assert re.fullmatch("scan-[0-9a-f]{10}", made["id"])
    # Which number the bill has is read back at the end.
    assert functions_sent(books)[before:-1] == [
        (
            f"<read><object>APBILL</object><keys>{key}</keys>"
            "<fields>RECORDNO,RECORDID,SUPDOCID</fields></read>"
        ),
        f'<get object="supdoc" key="{made["id"]}"/>',
        '<get object="supdocfolder" key="Workflow files"/>',
        (
            "<create_supdocfolder><supdocfoldername>Workflow files</supdocfoldername>"
            "</create_supdocfolder>"
        ),
        (
            f"<create_supdoc><supdocid>{made['id']}</supdocid><supdocname>scan</supdocname>"
            "<supdocfoldername>Workflow files</supdocfoldername><attachments><attachment>"
            "<attachmentname>scan</attachmentname><attachmenttype>pdf</attachmenttype>"
            "<attachmentdata>UERG</attachmentdata></attachment></attachments></create_supdoc>"
        ),
        (
            f"<update><APBILL><RECORDNO>{key}</RECORDNO><SUPDOCID>{made['id']}</SUPDOCID>"
            "</APBILL></update>"
        ),
    ]
    assert (made["outcome"], made["linked"]) == ("created", True)
    assert run(books, "getBill", {"recordNo": key})["attachmentsId"] == made["id"]


@pytest.mark.parametrize("kind", ["Bill", "Invoice", "Customer", "Vendor", "AR Advance"])
def test_each_document_that_can_carry_files_names_them(books: Books, kind: str) -> None:
    inputs = {
        "files": [file()],
        "documentType": kind,
        "documentRecordNo": document(books, kind),
    }
    first = run(books, "createAttachment", inputs)
    sent = len(functions_sent(books))
    again = run(books, "createAttachment", inputs)
    assert (again["key"], again["outcome"]) == (first["key"], "already there")
    writes = ("<create", "<update")
    assert not [each for each in functions_sent(books)[sent:] if each.startswith(writes)]
    with pytest.raises(InputError, match=f"carries the attachment {first['id']} already"):
        run(books, "createAttachment", {**inputs, "files": [file("other.pdf")]})


def test_an_attachment_is_read_with_its_files(books: Books) -> None:
    files = [file(), file("notes.txt", b"two\nlines")]
    made = run(books, "createAttachment", {"files": files, "attachmentName": "Trip"})
    found = run(books, "getAttachment", {"attachmentId": made["id"]})
    assert (found["key"], found["attachmentName"]) == (made["key"], "Trip")
    read = [{name: each[name] for name in ("fileName", "content")} for each in found["files"]]
    assert read == files
    assert run(books, "getAttachment", {"attachmentId": "NOTHING"}) == {"found": False}
    shown = run(books, "getAttachment", {"attachmentId": made["id"], "resultForm": "envelope"})
    assert record_of(shown)["SUPDOCID"] == made["id"]
    raw = run(books, "getAttachment", {"attachmentId": made["id"], "resultForm": "raw"})
    assert result_of(raw)["function"] == ["get"]


def test_both_apis_tell_the_same_files() -> None:
    books = open_rest_books(with_xml=True)
    made = run(books, "createAttachment", {"files": [file()]})
    asked = {"attachmentId": made["id"]}
    xml = run(books, "getAttachment", {**asked, "api": "xml"})
    rest = run(books, "getAttachment", {**asked, "api": "rest"})
    for found in (xml, rest):
        assert (found["key"], found["folderName"]) == (made["key"], "Workflow files")
        [kept] = found["files"]
        assert (kept["fileName"], kept["content"]) == ("scan.pdf", file()["content"])
    again = run(books, "createAttachment", {"files": [file()]})
    assert again["outcome"] == "already there"


@pytest.mark.parametrize("policy", ["refused", "empty"])
def test_a_missing_attachment_is_no_error_whatever_the_gateway_calls_it(policy: str) -> None:
    """Whether the legacy get refuses an unknown key or answers with nothing, nobody knows."""
    books = open_books(legacy_get_missing=policy)
    assert run(books, "getAttachment", {"attachmentId": "NO"}) == {"found": False}
    assert run(books, "createAttachment", {"files": [file()]})["outcome"] == "created"


def test_a_lost_answer_is_settled_by_the_attachment_id(books: Books) -> None:
    values = {"attachmentId": "A-1", "folderName": "Contracts"}
    identity = identity_of(ObjectSchema.named("attachment"), values)
    assert identity is not None
    client = books.context.intacct
    assert client.find_same("attachment", identity) is None
    made = run(books, "createAttachment", {**values, "files": [file()]})
    assert client.find_same("attachment", identity) == (made["key"], "A-1", True)
    folder = identity_of(ObjectSchema.named("attachmentFolder"), {"folderName": "Contracts"})
    assert folder is not None
    found = client.find_same("attachmentFolder", folder)
    assert found is not None
    assert found[1:] == ("Contracts", True)


def test_attachments_cannot_be_listed_over_xml(books: Books) -> None:
    with pytest.raises(InputError, match="one at a time, by attachmentId"):
        books.context.intacct.query("attachment", select=["attachmentId"])
