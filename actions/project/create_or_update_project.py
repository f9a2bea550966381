"""Create or Update Project: change the project that is there, make it where there is none."""

from actions import upsert
from actions.project.rules import project_values

ACTION = upsert.create_or_update(
    "project",
    key="createOrUpdateProject",
    label="Create or Update Project",
    description="Changes the project of that ID, else of that exact name; creates it if missing.",
    id_field="projectId",
    name_field="projectName",
    values=project_values,
    changes=project_values,
    example={"key": "90320", "id": "21-3457", "outcome": "updated"},
)
