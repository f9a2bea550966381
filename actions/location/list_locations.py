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
    example={
        "locations": [
            {
                "key": "12",
                "id": "100",
                "href": "/objects/company-config/location/12",
                "locationName": "Main Office",
            }
        ],
        "count": 1,
        "totalCount": 1,
        "next": "",
    },
)
