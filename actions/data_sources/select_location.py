"""Select Location: the company's locations to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "location",
    key="selectLocation",
    label="Select Location",
    description="Offers the company's locations.",
    id_field="locationId",
    name_field="locationName",
)
