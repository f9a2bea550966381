"""Select Field: the fields of one kind of record to choose from."""

import dataclasses

from actions.data_sources.fixed import matching
from actions.object_names import wire_name
from connector.component import Choice, Context, DataSource, Search
from connector.errors import ConnectorError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.model import read_live

OBJECT = "objectName"


def choices(ctx: Context, search: Search) -> list[Choice]:
    """Return the fields of the object that another input names, the company's own among them.

    Where the company cannot be asked, the fields that we know ourselves. Inputs that take several
    names hold them with commas between them: the search is for the last one, the others stay.
    """
    name = wire_name(search.given.get(OBJECT, ""))
    fields = _fields(ctx, name) if name else {}
    before, comma, text = search.text.rpartition(",")
    kept = f"{before.strip()}, " if comma else ""
    named = {part.strip().upper() for part in before.split(",")}
    found = [
        Choice(f"{label} ({field})", field) for field, label in fields.items() if field not in named
    ]
    chosen = matching(found, dataclasses.replace(search, text=text))
    return [Choice(each.label, f"{kept}{each.key}") for each in chosen]


def _fields(ctx: Context, name: str) -> dict[str, str]:
    try:
        live = read_live(ctx.intacct, name)
    except ConnectorError:
        known = ObjectSchema.find(name)
        if not known.is_known:
            raise
        return {each.column: _words(each.name) for each in known.fields.columns.values()}
    return {each.name: each.label or each.name for each in live.fields.values()}


def _words(name: str) -> str:
    """Return ``invoiceNumber`` as ``Invoice number``."""
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return words[:1].upper() + words[1:]


DATA_SOURCE = DataSource(
    key="selectField",
    label="Select Field",
    description="Offers the fields of one kind of record; Intacct's name is stored.",
    choices=choices,
    needs={OBJECT: "Choose an object first."},
)
