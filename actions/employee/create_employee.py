"""Create Employee: somebody new, with a contact."""

from actions import outputs
from actions.employee.rules import employee_values, require_contact
from connector.component import Action, Context, Effect, Inputs, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Create the employee, and the contact first where it is missing."""
    values = employee_values(inputs)
    require_contact(ctx, inputs)
    return ctx.intacct.create("employee", values)


ACTION = Action(
    key="createEmployee",
    label="Create Employee",
    description="Creates an employee; the contact with the name is made where it is missing.",
    object_name="employee",
    inputs="actions/createEmployee.json",
    effect=Effect.CREATE,
    perform=perform,
    example={
        "key": "12",
        "id": "EMP-001",
        "href": "/objects/company-config/employee/12",
        "outcome": "created",
    },
    output=outputs.WRITTEN,
)
