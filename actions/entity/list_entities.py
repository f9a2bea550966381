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
    example={
        "entities": [
            {
                "key": "12",
                "id": "100",
                "href": "/objects/company-config/entity/12",
                "entityName": "Example East",
            }
        ],
        "count": 1,
        "totalCount": 1,
        "next": "",
    },
)
