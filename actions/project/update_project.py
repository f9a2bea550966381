"""Update Project: change some fields of a project."""

from actions import verbs
from actions.project.rules import project_values
from connector.component import Envelope

ACTION = verbs.update(
    "project",
    key="updateProject",
    label="Update Project",
    description="Changes the given fields of a project; all others keep their values.",
    id_field="projectId",
    values=project_values,
    envelope=Envelope.FLAT,
    example={"key": "90320", "id": "21-3457"},
)
