"""Attachments and their folders."""

import re
from collections.abc import Callable

import pytest

Result = Callable[..., str]
FILE = (
    "<attachment><attachmentname>scan</attachmentname><attachmenttype>pdf</attachmenttype>"
    "<attachmentdata>{}</attachmentdata></attachment>"
)


def _supdoc(
    identifier: str = "A-1", folder: str = "Bills", data: str = "aGVsbG8=", verb: str = "create"
) -> str:
    return (
        f"<{verb}_supdoc><supdocid>{identifier}</supdocid><supdocname>Scan</supdocname>"
        f"<supdocfoldername>{folder}</supdocfoldername>"
        f"<attachments>{FILE.format(data)}</attachments></{verb}_supdoc>"
    )


def _read(result: Result, identifier: str, names: str) -> list[str]:
    named = f"<object>SUPDOC</object><keys>{identifier}</keys><fields>{names}</fields>"
    return re.findall(r"<[A-Z_]+>([^<]*)</", result(f"<readByName>{named}</readByName>"))


def test_the_key_is_a_record_number_and_not_the_id(result: Result) -> None:
    answer = result(_supdoc())
    assert answer.endswith("<controlid>f1</controlid><key>2</key></result>")
    assert _read(result, "A-1", "RECORDNO,SUPDOCNAME,FOLDERNAME,ATTACHMENTS") == [
        "2", "Scan", "Bills", "1",
    ]  # fmt: skip


def test_a_blank_id_is_numbered_where_the_company_does_so(
    result: Result, policy: Callable[..., None]
) -> None:
    result(_supdoc(""))
    assert _read(result, "ATT-1001", "SUPDOCID") == ["ATT-1001"]
    policy(number_attachments="false")
    assert "Required field SUPDOCID is missing" in result(_supdoc(""))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (_supdoc("ATT-100"), "Another Attachment with the given value(s) ATT-100 already exists."),
        (_supdoc(folder="None"), "Attachments folder 'None' specified is not valid."),
        (_supdoc(data="aGVs*bG8="), "The data of the attached file 'scan' is not base64."),
        (_supdoc().replace("pdf", ".pdf"), "of an attached file has no dot."),
        (_supdoc().replace("<supdocname>Scan", "<supdocname>"), "Required field SUPDOCNAME"),
    ],
)
def test_a_wrong_attachment_is_refused(result: Result, text: str, sentence: str) -> None:
    assert sentence in result(text)
    assert _read(result, "A-1", "SUPDOCID") == []


def test_an_update_adds_files(result: Result) -> None:
    result(_supdoc())
    answer = result(_supdoc(verb="update").replace("Scan", "Renamed"))
    assert "<key>2</key>" in answer
    assert _read(result, "A-1", "SUPDOCNAME,ATTACHMENTS") == ["Renamed", "2"]
    missing = result(_supdoc("NONE", verb="update"))
    assert "Cannot find attachment with key 'NONE' to update." in missing


def test_an_attachment_in_use_stays(result: Result) -> None:
    assert "cannot be deleted because Bill uses it" in result('<delete_supdoc key="ATT-100"/>')
    result(_supdoc())
    assert "<key>2</key>" in result('<delete_supdoc key="A-1"/>')
    assert "Cannot find attachment" in result('<delete_supdoc key="A-1"/>')


def test_folders_are_made_changed_and_deleted_when_empty(result: Result) -> None:
    name = "<supdocfoldername>New</supdocfoldername>"
    text = name + "<supdocfolderdescription>{}</supdocfolderdescription>"
    made = result(f"<create_supdocfolder>{text.format('d')}</create_supdocfolder>")
    assert "<key>3</key>" in made
    assert "success" in result(f"<update_supdocfolder>{text.format('e')}</update_supdocfolder>")
    result(_supdoc(folder="New"))
    assert "because Attachment uses it" in result('<delete_supdocfolder key="New"/>')
    result('<delete_supdoc key="A-1"/>')
    assert "<key>3</key>" in result('<delete_supdocfolder key="New"/>')
