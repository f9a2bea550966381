"""Select Employee: the company's employees to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "employee",
    key="selectEmployee",
    label="Select Employee",
    description="Offers the company's employees.",
    id_field="employeeId",
    name_field="contactName",
)
