"""List Locations: the company's locations, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "location",
    key="listLocations",
    label="List Locations",
    description="Lists locations, all or those that have the given values, page by page.",
    columns=(
        "locationId",
        "locationName",
        "parentLocationId",
        "active",
        "dateModified",
    ),
    example={"key": "12", "id": "100", "locationName": "Main Office"},
)
