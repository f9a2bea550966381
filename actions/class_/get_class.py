"""Get Class: read one class."""

from actions import verbs

ACTION = verbs.get(
    "class",
    key="getClass",
    label="Get Class",
    description="Gets a class by its record number or its ID.",
    id_field="classId",
    example={
        "found": True,
        "key": "12",
        "id": "SMB",
        "href": "/objects/company-config/class/12",
        "recordNo": "12",
        "classId": "SMB",
        "className": "Small business",
        "active": True,
    },
)
