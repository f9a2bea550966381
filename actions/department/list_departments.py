"""List Departments: the company's departments, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "department",
    key="listDepartments",
    label="List Departments",
    description="Lists departments, all or those that have the given values, page by page.",
    columns=(
        "departmentId",
        "departmentName",
        "parentDepartmentId",
        "active",
        "dateModified",
    ),
    example={
        "departments": [
            {
                "key": "12",
                "id": "10",
                "href": "/objects/company-config/department/12",
                "departmentName": "Sales",
            }
        ],
        "count": 1,
        "totalCount": 1,
        "next": "",
    },
)
