"""List Classes: the company's classes, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "class",
    key="listClasses",
    label="List Classes",
    description="Lists classes, all or those that have the given values, page by page.",
    columns=(
        "classId",
        "className",
        "description",
        "parentClassId",
        "active",
        "dateModified",
    ),
    example={"key": "12", "id": "SMB", "className": "Small business"},
)
