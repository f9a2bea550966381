"""Get Reporting Period: read one reporting period."""

from actions import named

ACTION = named.get(
    "reportingPeriod",
    key="getReportingPeriod",
    label="Get Reporting Period",
    description="Gets a reporting period by its record number or its name.",
    id_field="periodName",
    example={
        "key": "25",
        "id": "Month Ended January 2026",
        "header1": "Month Ended",
        "header2": "January 2026",
        "startDate": "2026-01-01",
        "endDate": "2026-01-31",
        "budgeting": True,
        "active": True,
    },
)
