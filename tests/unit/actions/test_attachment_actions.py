from __future__ import annotations

import base64
from typing import Any

import pytest

from actions.attachment import files
from actions.attachment.create_attachment import ACTION as CREATE
from actions.attachment.get_attachment import ACTION as GET
from connector.component import Context
from connector.errors import DuplicateRecord, InputError

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
ANSWER = {"key": "35", "id": "X", "href": "/objects/x/35", "outcome": "created"}


def file(name: str = "scan.pdf", content: bytes = b"PDF") -> dict[str, str]:
    return {"fileName": name, "content": base64.b64encode(content).decode()}


class Cabinet:
    """A company that remembers folders, attachments and the one bill it has."""

    def __init__(self, *, bill: str | None = "") -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.bill = bill
        self.writes: list[tuple[str, str, dict[str, Any]]] = []
        self.is_raced = False

    def get(self, object_name: str, **words: Any) -> dict[str, Any]:
        key, known_as = words.get("key", ""), words.get("id", "")
        if object_name == "bill":
            if key != "4760" or self.bill is None:
                return {"found": False}
            return {"found": True, "key": key, "attachmentsId": self.bill}
        record = self.kept.get(f"{object_name}/{known_as}")
        return {"found": True, **ANSWER, "id": known_as, **record} if record else {"found": False}

    def create(
        self, object_name: str, values: dict[str, Any], *, call: str = "main"
    ) -> dict[str, Any]:
        self.writes.append((call, object_name, values))
        known_as = values.get("attachmentId", values["folderName"])
        self.kept[f"{object_name}/{known_as}"] = values
        if self.is_raced:
            raise DuplicateRecord("It is already there.")
        return {**ANSWER, "id": known_as}

    def update(self, object_name: str, values: dict[str, Any], *, call: str) -> dict[str, Any]:
        self.writes.append((call, object_name, values))
        self.bill = values["attachmentsId"]
        return {"key": "4760", "id": "", "href": ""}

    @property
    def calls(self) -> list[str]:
        return [call for call, _, _ in self.writes]


@pytest.fixture
def cabinet() -> Cabinet:
    return Cabinet()


def run(cabinet: Cabinet, **inputs: Any) -> dict[str, Any]:
    client: Any = cabinet
    return CREATE.run(Context(intacct_client=client), inputs)


def test_files_are_kept_in_a_folder_that_is_made_once(cabinet: Cabinet) -> None:
    made = run(cabinet, files=[file()], folderName="Receipts", description="Trip")
    assert cabinet.writes == [
        ("folder", "attachmentFolder", {"folderName": "Receipts"}),
        (
            "main",
            "attachment",
            {
                "attachmentId": made["id"],
                "attachmentName": "scan",
                "folderName": "Receipts",
                "files": [{"name": "scan", "type": "pdf", "content": "UERG"}],
                "description": "Trip",
            },
        ),
    ]
    assert (made["outcome"], made["linked"]) == ("created", False)
    run(cabinet, files=[file("other.pdf")], folderName="Receipts")
    assert cabinet.calls == ["folder", "main", "main"]


def test_the_same_files_are_never_kept_twice(cabinet: Cabinet) -> None:
    first = run(cabinet, files=[file()])
    again = run(cabinet, files=file(content=b"PDF"))
    assert (again["id"], again["outcome"]) == (first["id"], "already there")
    other = run(cabinet, files=[file(content=b"PDF 2")])
    assert other["id"] != first["id"]
    assert cabinet.calls == ["folder", "main", "main"]


def test_a_document_is_linked_once(cabinet: Cabinet) -> None:
    document = {"documentType": "Bill", "documentRecordNo": "4760"}
    made = run(cabinet, files=[file()], **document)
    assert made["linked"] is True
    assert cabinet.writes[-1] == (
        "link",
        "bill",
        {"recordNo": "4760", "attachmentsId": made["id"]},
    )
    assert run(cabinet, files=[file()], **document)["linked"] is True
    assert cabinet.calls == ["folder", "main", "link"]


@pytest.mark.parametrize(
    ("bill", "given", "words", "field"),
    [
        ("OLD-1", {}, "carries the attachment OLD-1 already", "documentRecordNo"),
        (None, {}, "no bill with record number 4760", "documentRecordNo"),
        ("", {"documentRecordNo": ""}, "documentRecordNo is required", "documentRecordNo"),
        ("", {"documentType": ""}, "documentType is required", "documentType"),
        ("", {"documentType": "AR Adjustment"}, "takes no attachment", "documentType"),
        ("", {"documentType": "journal entry"}, "with all its lines", "documentType"),
    ],
)
def test_a_document_that_cannot_be_linked_is_refused_before_anything_is_kept(
    bill: str | None, given: dict[str, Any], words: str, field: str
) -> None:
    cabinet = Cabinet(bill=bill)
    document = {"documentType": "Bill", "documentRecordNo": "4760", **given}
    with pytest.raises(InputError, match=words) as caught:
        run(cabinet, files=[file()], **document)
    assert caught.value.field == field
    assert caught.value.advice
    assert cabinet.writes == []


@pytest.mark.parametrize(
    ("given", "words", "field"),
    [
        ([file("README")], "has no ending", "files[0].fileName"),
        ([file(".env")], "has no ending", "files[0].fileName"),
        ([file(), file()], "Two files are called", "files[1].fileName"),
        ([{"fileName": "a.txt", "content": "not base64!"}], "not base64", "files[0].content"),
        ([{"fileName": "a.txt", "content": "bl\u00e4h"}], "not base64", "files[0].content"),
    ],
)
def test_files_that_intacct_would_not_take_are_refused_here(
    cabinet: Cabinet, given: list[dict[str, str]], words: str, field: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        run(cabinet, files=given)
    assert caught.value.field == field
    assert cabinet.writes == []


def test_an_id_that_holds_other_files_is_not_used(cabinet: Cabinet) -> None:
    run(cabinet, files=[file()], attachmentId="MINE")
    assert run(cabinet, files=[file()], attachmentId="MINE")["outcome"] == "already there"
    with pytest.raises(InputError, match="MINE is there already") as caught:
        run(cabinet, files=[file(content=b"other")], attachmentId="MINE")
    assert caught.value.field == "attachmentId"


def test_what_another_step_made_meanwhile_is_used(cabinet: Cabinet) -> None:
    cabinet.is_raced = True
    assert run(cabinet, files=[file()])["outcome"] == "already there"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("scan.pdf", "scan-"),
        ("C:\\Temp\\Rechnung Müller 2026.pdf", "Rechnung-"),
        ("...pdf", "file-"),
        ("2026/03/receipt.tar.gz", "receipt-t-"),
    ],
)
def test_the_id_is_made_of_the_name_and_the_content_and_is_legal(name: str, stem: str) -> None:
    made = files.derived_id(files.prepared([file(name)]))
    assert made.startswith(stem)
    assert len(made) <= 20
    assert made == files.derived_id(files.prepared([file(name)]))
    assert made != files.derived_id(files.prepared([file(name, b"other")]))


@pytest.mark.parametrize("given", ["way-too-long-for-intacct", "a b", "a,b"])
def test_an_id_that_is_not_legal_is_refused(cabinet: Cabinet, given: str) -> None:
    with pytest.raises(InputError, match="attachmentId"):
        run(cabinet, files=[file()], attachmentId=given)
    assert cabinet.writes == []


def test_contents_that_were_not_told_are_compared_by_name() -> None:
    own = files.prepared([file("a.txt"), file("b.txt")])
    assert files.are_same([{"fileName": "b.txt"}, {"name": "a", "type": "txt"}], own)
    assert not files.are_same([{"fileName": "a.txt"}], own)
    told = [{"fileName": "b.txt", "content": "UE\nRG"}, file("a.txt")]
    assert files.are_same(told, own)


def test_a_file_that_was_read_carries_its_whole_name(ctx: Context, answers: dict[str, Any]) -> None:
    lines = [{"name": "a", "type": "txt", "content": ""}, {"fileName": "b.txt"}]
    answers["get"] = {"found": True, "key": "1", "id": "A", "href": "", "files": lines}
    found = GET.run(ctx, {"attachmentId": "A"})
    assert [each["fileName"] for each in found["files"]] == ["a.txt", "b.txt"]
    answers["get"] = {"found": False}
    assert GET.run(ctx, {"attachmentId": "A"}) == {"found": False}
