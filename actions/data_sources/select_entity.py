"""Select Entity: the companies of the group to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "entity",
    key="selectEntity",
    label="Select Entity",
    description="Offers the companies of the group, each with books of its own.",
    id_field="entityId",
    name_field="entityName",
)
