"""Makes a picklist from the names and IDs of one object's records."""

from __future__ import annotations

from collections.abc import Sequence

from connector.component import Choice, Context, DataSource, Search
from connector.intacct.operation import AnyOf, Condition, Filter


def picklist(  # noqa: PLR0913 - a declaration spells out every name
    object_name: str,
    *,
    key: str,
    label: str,
    description: str,
    id_field: str,
    name_field: str,
    option: str = "",
    order_by: str = "",
) -> DataSource:
    """Return a picklist of one object, searched by name and by ID.

    Args:
        object_name: Our name of the object.
        key: The published key.
        label: What the picklist is called.
        description: One sentence for the catalogue.
        id_field: The field people know a record by.
        name_field: The field that is shown beside it; may be the same.
        option: The label of the option that stores the ID instead of the record number; without
            one the ID is always stored, since inputs of these objects take nothing else.
        order_by: What the entries are ordered by; blank for their names.
    """
    fields = list(dict.fromkeys([id_field, name_field]))

    def choices(ctx: Context, search: Search) -> list[Choice]:
        rows = ctx.intacct.query(
            object_name,
            select=["recordNo", *fields],
            where=holding(search.text, fields),
            order_by=[order_by or name_field],
            # One call gives 2,000 rows at the price of one, so earlier pages come along.
            limit=search.skip + search.limit,
        )
        stored = id_field if search.return_id or not option else "recordNo"
        return [
            Choice(label=_label(str(row[name_field]), str(row[id_field])), key=str(row[stored]))
            for row in rows[search.skip :]
        ]

    return DataSource(key=key, label=label, description=description, choices=choices, option=option)


def holding(text: str, fields: Sequence[str]) -> Filter | None:
    """Return the filter for records that hold a piece of text in one of some fields."""
    parts = tuple(Condition(name, "like", (f"%{text}%",)) for name in fields)
    if not text.strip():
        return None
    return parts[0] if len(parts) == 1 else AnyOf(parts)


def _label(name: str, record_id: str) -> str:
    return f"{name} ({record_id})" if name and name != record_id else record_id
