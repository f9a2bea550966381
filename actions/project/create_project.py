"""Create Project: a new project."""

from actions import verbs
from actions.project.rules import project_values
from connector.component import Envelope

ACTION = verbs.create(
    "project",
    key="createProject",
    label="Create Project",
    description="Creates a project.",
    values=project_values,
    envelope=Envelope.FLAT,
    example={"key": "90320", "id": "21-3457"},
)
