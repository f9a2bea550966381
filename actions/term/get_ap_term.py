"""Get AP Term: read one term for vendors."""

from actions import named

ACTION = named.get(
    "apTerm",
    key="getApTerm",
    label="Get AP Term",
    description="Gets a payment term for vendors by its record number or its name.",
    id_field="termName",
    example={"key": "3", "id": "Net 30", "dueDays": 30, "active": True},
)
