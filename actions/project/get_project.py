"""Get Project: read one project."""

from actions import verbs
from connector.component import Envelope

ACTION = verbs.get(
    "project",
    key="getProject",
    label="Get Project",
    description="Gets a project by its record number or its ID.",
    id_field="projectId",
    envelope=Envelope.FLAT,
    example={
        "key": "90320",
        "id": "21-3457",
        "projectName": "Website relaunch",
        "projectCategory": "Contract",
        "active": True,
    },
)
