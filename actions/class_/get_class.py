"""Get Class: read one class."""

from actions import verbs

ACTION = verbs.get(
    "class",
    key="getClass",
    label="Get Class",
    description="Gets a class by its record number or its ID.",
    id_field="classId",
    example={"key": "12", "id": "SMB", "className": "Small business", "active": True},
)
