"""Get Location: read one location."""

from actions import verbs

ACTION = verbs.get(
    "location",
    key="getLocation",
    label="Get Location",
    description="Gets a location by its record number or its ID.",
    id_field="locationId",
    example={"key": "12", "id": "100", "locationName": "Main Office", "active": True},
)
