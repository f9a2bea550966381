"""Select Project Type: the company's types of projects to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "projectType",
    key="selectProjectType",
    label="Select Project Type",
    description="Offers the company's types of projects.",
    id_field="projectType",
    name_field="projectType",
)
