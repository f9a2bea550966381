"""Create Reporting Period: a new span of days for reports and budgets."""

from actions import verbs
from actions.reporting_period.rules import period_values

ACTION = verbs.create(
    "reportingPeriod",
    key="createReportingPeriod",
    label="Create Reporting Period",
    description="Creates a new span of days for reports and budgets.",
    values=period_values,
    example={"key": "12", "id": "Month Ended January 2026"},
)
