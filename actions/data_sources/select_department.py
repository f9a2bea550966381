"""Select Department: the company's departments to choose from."""

from actions.data_sources.picklist import picklist

DATA_SOURCE = picklist(
    "department",
    key="selectDepartment",
    label="Select Department",
    description="Offers the company's departments.",
    id_field="departmentId",
    name_field="departmentName",
)
