"""Select Project: the company's projects to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "project",
    key="selectProject",
    label="Select Project",
    description="Offers the company's projects.",
    id_field="projectId",
    name_field="projectName",
    option="Return ID",
)
