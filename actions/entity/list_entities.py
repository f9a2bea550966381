"""List Entities: the companies of the group, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "entity",
    key="listEntities",
    label="List Entities",
    description="Lists entities, all or those that have the given values, page by page.",
    columns=(
        "entityId",
        "entityName",
        "printAs",
        "active",
        "dateModified",
    ),
    example={"key": "12", "id": "100", "entityName": "Example East"},
)
