"""Select Project Status: the company's project statuses to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "projectStatus",
    key="selectProjectStatus",
    label="Select Project Status",
    description="Offers the company's project statuses.",
    id_field="projectStatus",
    name_field="projectStatus",
)
