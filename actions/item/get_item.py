"""Get Item: read one item."""

from actions import verbs

ACTION = verbs.get(
    "item",
    key="getItem",
    label="Get Item",
    description="Gets an item by its record number or its ID.",
    id_field="itemId",
    example={
        "key": "12",
        "id": "SERVICE-001",
        "itemName": "Consulting",
        "itemType": "Non-Inventory",
        "active": True,
    },
)
