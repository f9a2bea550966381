"""Select Reporting Period: the company's reporting periods, the latest first to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "reportingPeriod",
    key="selectReportingPeriod",
    label="Select Reporting Period",
    description="Offers the company's reporting periods, the latest first.",
    id_field="periodName",
    name_field="periodName",
    order_by="-startDate",
)
