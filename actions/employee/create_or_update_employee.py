"""Create or Update Employee: change the employee who is there, or make one."""

import dataclasses

from actions import upsert
from actions.employee.rules import employee_values, require_contact
from connector.component import Context, Inputs, Output

_UPSERT = upsert.create_or_update(
    "employee",
    key="createOrUpdateEmployee",
    label="Create or Update Employee",
    description="Changes the employee of that ID or contact; creates one if missing.",
    id_field="employeeId",
    name_field="contactName",
    values=employee_values,
    changes=employee_values,
    example={
        "key": "12",
        "id": "EMP-001",
        "href": "/objects/company-config/employee/12",
        "outcome": "updated",
    },
)


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Change or create the employee, and the contact first where it is missing."""
    employee_values(inputs)
    require_contact(ctx, inputs)
    return _UPSERT.perform(ctx, inputs)


ACTION = dataclasses.replace(_UPSERT, perform=perform)
