"""Get AR Term: read one term for customers."""

from actions import named

ACTION = named.get(
    "term",
    key="getArTerm",
    label="Get AR Term",
    description="Gets a payment term for customers by its record number or its name.",
    id_field="termName",
    example={"key": "3", "id": "Net 30", "dueDays": 30, "active": True},
)
