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
    example={
        "employees": [
            {
                "key": "12",
                "id": "EMP-001",
                "href": "/objects/company-config/employee/12",
                "contactName": "Jane Smith",
                "jobTitle": "Bookkeeper",
            }
        ],
        "count": 1,
        "totalCount": 1,
        "next": "",
    },
)
