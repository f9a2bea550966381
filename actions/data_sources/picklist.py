"""Makes a picklist from the names and IDs of one object's records."""

from __future__ import annotations

from connector.component import Choice, Context, DataSource, Search


def picklist(
    object_name: str,
    *,
    key: str,
    label: str,
    description: str,
    id_field: str,
    name_field: str,
    option: str = "",
) -> DataSource:
    """Return a picklist of one object, searched by name.

    Args:
        object_name: Our name of the object.
        key: The published key.
        label: What the picklist is called.
        description: One sentence for the catalogue.
        id_field: The field people know a record by.
        name_field: The field that is searched and shown; may be the same.
        option: The label of the option that stores the ID instead of the record number; without
            one the ID is always stored, since inputs of these objects take nothing else.
    """

    def choices(ctx: Context, search: Search) -> list[Choice]:
        rows = ctx.intacct.query(
            object_name,
            select=list(dict.fromkeys(["recordNo", id_field, name_field])),
            contains={name_field: search.text} if search.text else None,
            order_by=[name_field],
            limit=search.limit,
        )
        stored = id_field if search.return_id or not option else "recordNo"
        return [
            Choice(label=_label(str(row[name_field]), str(row[id_field])), key=str(row[stored]))
            for row in rows
        ]

    return DataSource(key=key, label=label, description=description, choices=choices, option=option)


def _label(name: str, record_id: str) -> str:
    return f"{name} ({record_id})" if name and name != record_id else record_id
