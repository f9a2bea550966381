"""List Projects: the company's projects, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "project",
    key="listProjects",
    label="List Projects",
    description="Lists projects, all or those that have the given values, page by page.",
    columns=(
        "projectId",
        "projectName",
        "projectCategory",
        "customerId",
        "parentProjectId",
        "projectStatus",
        "active",
        "dateModified",
    ),
    example={"key": "90320", "id": "21-3457", "projectName": "Website relaunch"},
)
