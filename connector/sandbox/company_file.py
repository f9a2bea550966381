"""A company of one's own: the file that describes it, in YAML or JSON.

Every section is a list of records. A name in capitals is the field's own name in Intacct, any other
one stands in the tables below. Nothing but the sections of the file is made up, except what no
company lacks: a user, a journal, and a folder for attachments.
"""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from connector.sandbox import masters
from connector.sandbox.company import Call
from connector.sandbox.objects import OBJECTS, extensions
from connector.sandbox.objects.extensions import CustomField, Dimension
from connector.sandbox.reader import find_field
from connector.sandbox.refusal import Refusal
from connector.sandbox.rest import extensions as rest_extensions
from connector.sandbox.sections import SECTIONS, Section
from connector.sandbox.seed_tables import fill_tables

Description = dict[str, Any]
_FIELD = ("object", "name", "type", "choices")
_DIMENSION = ("name", "title", "values")
_PLAIN = ("closedThrough", "customFields", "userDefinedDimensions")
_NEEDED = {
    "users": "USERINFO LOGINID DESCRIPTION ADMIN\napiuser|Web services user|true",
    "journals": "GLJOURNAL SYMBOL TITLE\nGJ|General Journal",
    "folders": "SUPDOCFOLDER NAME\nAttachments",
}


class WrongCompanyFile(ValueError):
    """The file does not describe a company; the message says where and why."""


def example() -> str:
    """Return a file that describes a small company, with a word on each section."""
    return Path(__file__).with_name("example_company.yaml").read_text(encoding="utf-8")


def read(text: str) -> Description:
    """Return the description in a YAML or JSON text; raises WrongCompanyFile.

    Every value is text or a list of texts, as it is written: 010 and 12.10 stay what they are.
    """
    try:
        found = yaml.load(text, Loader=_Texts)  # noqa: S506 # it makes nothing but texts
    except (yaml.YAMLError, RecursionError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise WrongCompanyFile(f"The company file cannot be read{where}.") from None
    if not isinstance(found, dict):
        raise WrongCompanyFile("The company file is not a list of sections such as customers.")
    for name, content in found.items():
        _check(name, content)
    return found


class _Texts(yaml.BaseLoader):
    """Reads every value as the text that stands there, and no name twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 # as PyYAML has it
        names = [str(key.value) for key, _ in node.value]
        if len(set(names)) < len(names):
            raise yaml.constructor.ConstructorError(None, None, "twice", node.start_mark)
        return super().construct_mapping(node, deep)


def _check(name: str, content: Any) -> None:
    if name == "closedThrough":
        _check_day(content)
        return
    section = SECTIONS.get(name)
    if section is None and name not in _PLAIN:
        known = ", ".join((*SECTIONS, *_PLAIN))
        raise WrongCompanyFile(f"There is no section {name}. Known: {known}.")
    if not isinstance(content, list):
        raise WrongCompanyFile(f"The section {name} is not a list.")
    for number, row in enumerate(content, start=1):
        if not isinstance(row, dict):
            raise WrongCompanyFile(f"{name}, number {number}, is not a record with named values.")
        if section is not None:
            _check_row(section, row, f"{name}, number {number}")
        else:
            known_names = _FIELD if name == "customFields" else _DIMENSION
            _check_names(row, known_names, ("name",), f"{name}, number {number}")


def _check_day(content: Any) -> None:
    try:
        date.fromisoformat(content)
    except (TypeError, ValueError):
        text = "closedThrough is the last day of the closed periods, like 2025-12-31."
        raise WrongCompanyFile(text) from None


def _check_row(section: Section, row: Description, where: str) -> None:
    own = [key for key in row if not key.isupper()]
    _check_names(dict.fromkeys(own, ""), (*section.fields, *section.extra), (), where)
    missing = [name for name in section.needed if not row.get(name)]
    if missing and not row.get(section.fields[missing[0]]):
        raise WrongCompanyFile(f"{where}: {missing[0]} is missing.")
    for name, value in row.items():
        is_list = isinstance(value, list) and all(isinstance(part, str) for part in value)
        if not isinstance(value, str) and not (is_list and name in section.lists):
            raise WrongCompanyFile(f"{where}: {name} is not a single value.")


def _check_names(
    row: Description, known: tuple[str, ...], needed: tuple[str, ...], where: str
) -> None:
    for name in row:
        if name not in known:
            text = f"{where}: there is no {name} here. Known: {', '.join(known)}"
            raise WrongCompanyFile(f"{text}, and fields of Intacct in capitals.")
    for name in needed:
        if not row.get(name):
            raise WrongCompanyFile(f"{where}: {name} is missing.")


def install(description: Description) -> None:
    """Give the objects the custom fields and dimensions of a company; raises WrongCompanyFile.

    An empty description takes those of another company away.
    """
    fields = tuple(
        CustomField(
            row.get("object", "CUSTOMER"),
            row["name"],
            row.get("type", "text"),
            tuple(row.get("choices", ())),
        )
        for row in description.get("customFields", ())
    )
    made = tuple(_dimension(row) for row in description.get("userDefinedDimensions", ()))
    rest_extensions.install((), ())
    try:
        extensions.install(fields, made)
    except ValueError as wrong:
        raise WrongCompanyFile(str(wrong)) from None
    rest_extensions.install(fields, made)


def _dimension(row: Description) -> Dimension:
    return Dimension(row["name"], row.get("title") or row["name"].capitalize())


def fill(call: Call, description: Description) -> None:
    """Create the records of a description in an empty company; raises WrongCompanyFile."""
    for name, section in SECTIONS.items():
        if name in _NEEDED and not description.get(name):
            fill_tables(call, _NEEDED[name])
        for number, row in enumerate(description.get(name, ()), start=1):
            _add(call, section, row, f"{name}, number {number}")
    for row in description.get("userDefinedDimensions", ()):
        for value in row.get("values", ()):
            masters.create(call, OBJECTS[row["name"]], {"NAME": value})


def _add(call: Call, section: Section, row: Description, where: str) -> None:
    given = section.given(row)
    for object_name in section.objects:
        unknown = [name for name in given if find_field(OBJECTS[object_name], name) is None]
        if unknown:
            raise WrongCompanyFile(f"{where}: {OBJECTS[object_name].title} has no {unknown[0]}.")
        try:
            masters.create(call, OBJECTS[object_name], dict(given))
        except Refusal as refusal:
            raise WrongCompanyFile(f"{where}: {refusal.faults[0].text}") from None
