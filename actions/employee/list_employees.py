"""List Employees: who works here, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "employee",
    key="listEmployees",
    label="List Employees",
    description="Lists employees, all or those that have the given values, page by page.",
    columns=(
        "employeeId",
        "contactName",
        "jobTitle",
        "departmentId",
        "locationId",
        "startDate",
        "active",
        "dateModified",
    ),
    example={"key": "12", "id": "EMP-001", "contactName": "Jane Smith", "jobTitle": "Bookkeeper"},
)
