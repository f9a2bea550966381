"""Select Class: the company's classes to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "class",
    key="selectClass",
    label="Select Class",
    description="Offers the company's classes.",
    id_field="classId",
    name_field="className",
)
