"""Get Employee: read one employee."""

from actions import verbs

ACTION = verbs.get(
    "employee",
    key="getEmployee",
    label="Get Employee",
    description="Gets an employee by its record number or its ID.",
    id_field="employeeId",
    example={
        "key": "12",
        "id": "EMP-001",
        "contactName": "Jane Smith",
        "jobTitle": "Bookkeeper",
        "active": True,
    },
)
