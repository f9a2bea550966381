"""Makes a picklist of documents, such as invoices: number, party and day, newest first."""

from __future__ import annotations

from actions.data_sources.picklist import holding
from connector.component import Choice, Context, DataSource, Search


def documents(  # noqa: PLR0913 - a declaration spells out every name
    object_name: str,
    *,
    key: str,
    label: str,
    description: str,
    number: str,
    party_id: str,
    party_name: str,
    day: str,
) -> DataSource:
    """Return a picklist of documents that stores record numbers: other numbers may repeat.

    Args:
        object_name: Our name of the object.
        key: The published key.
        label: What the picklist is called.
        description: One sentence for the catalogue.
        number: The field with the number that people know; searched.
        party_id: The field with the ID of whom it is about; searched.
        party_name: The field with the name of whom it is about.
        day: The field with its date.
    """

    def choices(ctx: Context, search: Search) -> list[Choice]:
        rows = ctx.intacct.query(
            object_name,
            select=["recordNo", number, party_name, day],
            where=holding(search.text, [number, party_id]),
            order_by=[f"-{day}"],
            limit=search.skip + search.limit,
        )
        return [
            Choice(
                label=f"{row[number] or row['recordNo']}, {row[party_name]}, {row[day]}",
                key=str(row["recordNo"]),
            )
            for row in rows[search.skip :]
        ]

    return DataSource(key=key, label=label, description=description, choices=choices)
