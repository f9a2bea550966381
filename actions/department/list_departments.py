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
    example={"key": "12", "id": "10", "departmentName": "Sales"},
)
