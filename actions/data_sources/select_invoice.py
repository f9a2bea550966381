"""Select Invoice: the company's invoices to choose from."""

from connector.component import Choice, Context, DataSource, Search


def choices(ctx: Context, search: Search) -> list[Choice]:
    """Return the invoices whose number contains what was typed, newest first."""
    rows = ctx.intacct.query(
        "invoice",
        select=["recordNo", "invoiceNumber", "customerName", "dateCreated"],
        contains={"invoiceNumber": search.text} if search.text else None,
        order_by=["-dateCreated"],
        limit=search.limit,
    )
    return [
        Choice(
            label=f"{row['invoiceNumber'] or row['recordNo']}, "
            f"{row['customerName']}, {row['dateCreated']}",
            key=str(row["recordNo"]),
        )
        for row in rows
    ]


DATA_SOURCE = DataSource(
    key="selectInvoice",
    label="Select Invoice",
    description="Offers the company's invoices; the record number is stored.",
    choices=choices,
)
