"""Get Reporting Period: read one reporting period."""

from actions import named, verbs
from connector.component import Action, Context, Effect, Inputs, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Read the period that the record number, else the name, means."""
    return named.read(ctx, "reportingPeriod", inputs, "periodName")


ACTION = Action(
    key="getReportingPeriod",
    label="Get Reporting Period",
    description="Gets a reporting period by its record number or its name.",
    object_name="reportingPeriod",
    inputs="actions/getReportingPeriod.json",
    effect=Effect.READ,
    perform=perform,
    example={
        "found": True,
        "key": "25",
        "id": "Month Ended January 2026",
        "href": "/objects/general-ledger/reporting-period/25",
        "recordNo": "25",
        "periodName": "Month Ended January 2026",
        "header1": "Month Ended",
        "header2": "January 2026",
        "startDate": "2026-01-01",
        "endDate": "2026-01-31",
        "budgeting": True,
        "active": True,
    },
    output=verbs.found("reportingPeriod"),
)
