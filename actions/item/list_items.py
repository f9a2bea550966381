"""List Items: the company's items, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "item",
    key="listItems",
    label="List Items",
    description="Lists items, all or those that have the given values, page by page.",
    columns=(
        "itemId",
        "itemName",
        "itemType",
        "basePrice",
        "taxable",
        "active",
        "dateModified",
    ),
    example={
        "key": "12",
        "id": "SERVICE-001",
        "itemName": "Consulting",
        "itemType": "Non-Inventory",
    },
)
