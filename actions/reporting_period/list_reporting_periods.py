"""List Reporting Periods: the company's reporting periods, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "reportingPeriod",
    key="listReportingPeriods",
    label="List Reporting Periods",
    description="Lists reporting periods, all or those that have the given values, page by page.",
    columns=(
        "periodName",
        "header1",
        "header2",
        "startDate",
        "endDate",
        "budgeting",
        "active",
        "dateModified",
    ),
    example={
        "key": "12",
        "id": "Month Ended January 2026",
        "startDate": "2026-01-01",
        "endDate": "2026-01-31",
    },
)
