"""Attachments: a record with files in a folder, named by its own id where it is used."""

import base64
import binascii

from connector.sandbox import ledger
from connector.sandbox.company import Call
from connector.sandbox.objects import OBJECTS
from connector.sandbox.refusal import Refusal, could_not, rule
from connector.sandbox.store import Record
from connector.sandbox.values import stamp
from connector.sandbox.writer import (
    Given,
    check_reference,
    create_record,
    delete_record,
    is_taken,
    update_record,
)

File = tuple[str, str, str]  # name, type and base64 data


def create(call: Call, given: Given, files: list[File]) -> Record:
    """Create an attachment; a blank id is filled in where the company numbers attachments."""
    described = OBJECTS["SUPDOC"]
    if not given.get("SUPDOCID") and call.company.policies.is_on("number_attachments"):
        given["SUPDOCID"] = _next_id(call)
    extra = {"CREATIONDATE": stamp(call.at), "ATTACHMENTS": str(len(files))}
    record = create_record(call, described, given, extra)
    _add_files(call, record, files, "create")
    return record


def update(call: Call, identifier: str, given: Given, files: list[File]) -> Record:
    """Change an attachment; files are added to those it has, which never change."""
    described = OBJECTS["SUPDOC"]
    record = _find(call, "SUPDOC", identifier, "update")
    kept = len(call.store.owned("SUPDOCFILE", record.recordno))
    _add_files(call, record, files, "update")
    record.body["ATTACHMENTS"] = str(kept + len(files))
    return update_record(call, described, record, given)


def replace(call: Call, record: Record, given: Given, files: list[File]) -> Record:
    """Change an attachment; files that are given take the place of all that it has."""
    if files:
        for file in call.store.owned("SUPDOCFILE", record.recordno):
            call.store.remove(file)
        _add_files(call, record, files, "update")
        record.body["ATTACHMENTS"] = str(len(files))
    return update_record(call, OBJECTS["SUPDOC"], record, given)


def files_of(lines: list[Given]) -> list[File]:
    """Return files that are named in one text, `scan.pdf`, or in two fields."""
    files = []
    for line in lines:
        name, _, kind = line.get("FILENAME", "").rpartition(".")
        data = line.get("ATTACHMENTDATA", "")
        files.append((line.get("ATTACHMENTNAME", name), line.get("ATTACHMENTTYPE", kind), data))
    return files


def delete(call: Call, identifier: str) -> Record:
    """Delete an attachment that no record names, with its files."""
    record = _find(call, "SUPDOC", identifier, "delete")
    for file in call.store.owned("SUPDOCFILE", record.recordno):
        call.store.remove(file)
    delete_record(call, OBJECTS["SUPDOC"], record)
    return record


def create_folder(call: Call, given: Given) -> Record:
    """Create a folder."""
    return create_record(call, OBJECTS["SUPDOCFOLDER"], given, {"CREATIONDATE": stamp(call.at)})


def update_folder(call: Call, name: str, given: Given) -> Record:
    """Change a folder; its name stays."""
    record = _find(call, "SUPDOCFOLDER", name, "update")
    return update_record(call, OBJECTS["SUPDOCFOLDER"], record, given)


def delete_folder(call: Call, name: str) -> Record:
    """Delete a folder that holds nothing."""
    record = _find(call, "SUPDOCFOLDER", name, "delete")
    delete_record(call, OBJECTS["SUPDOCFOLDER"], record)
    return record


def _find(call: Call, object_name: str, identifier: str, verb: str) -> Record:
    try:
        return check_reference(call, object_name, identifier)
    except Refusal:
        title = OBJECTS[object_name].title.lower()
        raise rule(
            f"Cannot find {title} with key '{identifier}' to {verb}.", object_name=object_name
        ) from None


def _next_id(call: Call) -> str:
    described = OBJECTS["SUPDOC"]
    while True:
        identifier = f"ATT-{call.store.next_number('SUPDOC id', 1001)}"
        if not is_taken(call, described, identifier):
            return identifier


def _add_files(call: Call, record: Record, files: list[File], verb: str) -> None:
    for name, kind, data in files:
        _check_file(name, kind, data, verb)
        number = call.store.next_number("SUPDOCFILE", 1)
        body = {
            "SUPDOCKEY": str(record.recordno),
            "ATTACHMENTNAME": name,
            "ATTACHMENTTYPE": kind,
            "ATTACHMENTDATA": data,
            "FILENAME": f"{name}.{kind}",
            "WHENMODIFIED": stamp(call.at),
        }
        file = Record("SUPDOCFILE", number, str(number), record.entity, record.recordno, body)
        call.store.put(file)
        ledger.note(call.store, call.cause, "create", file)


def _check_file(name: str, kind: str, data: str, verb: str) -> None:
    """The name has no extension, the type no dot, and the data is base64."""
    refusal = None
    if not name or not kind:
        refusal = rule("An attached file needs a name and a type.", field="ATTACHMENTNAME")
    elif kind.startswith("."):
        refusal = rule(f"The type '{kind}' of an attached file has no dot.", field="ATTACHMENTTYPE")
    else:
        try:
            base64.b64decode("".join(data.split()), validate=True)
        except binascii.Error:
            text = f"The data of the attached file '{name}' is not base64."
            refusal = rule(text, field="ATTACHMENTDATA")
    if refusal is not None:
        raise refusal.wrapped(could_not(verb, OBJECTS["SUPDOC"].title))
