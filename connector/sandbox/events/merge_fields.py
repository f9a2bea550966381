"""Merge fields such as `{!ARINVOICE.RECORDNO!}` in templates, and what they stand for."""

import re
from collections.abc import Callable

from connector.sandbox.objects.definition import Field, ObjectType
from connector.sandbox.reader import find_field

# The value of a field path of one record.
Values = Callable[[str], str]

MERGE_FIELD = re.compile(r"\{!\s*([A-Za-z0-9_.]+)\s*!\}")


def field_of(described: ObjectType, written: str) -> tuple[str, Field]:
    """Return the path and the field that a merge field names, with or without its object.

    Raises ValueError when the object has no such field.
    """
    name = written.upper()
    path = name.removeprefix(f"{described.name}.")
    found = find_field(described, path)
    if found is None:
        raise ValueError(f"{described.name} has no field {path}, which {{!{written}!}} names.")
    return path, found


def check_template(described: ObjectType, template: str) -> None:
    """Raise ValueError for the first merge field that names nothing."""
    for found in MERGE_FIELD.finditer(template):
        field_of(described, found[1])


def rendered(described: ObjectType, template: str, values: Values) -> str:
    """Return the template with values in place of its merge fields, put in as they are.

    Nothing is escaped: a quote in a name breaks a JSON template, as raw text always does.
    """
    return MERGE_FIELD.sub(lambda found: values(field_of(described, found[1])[0]), template)
