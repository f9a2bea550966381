"""Update Employee: change some fields of an employee."""

from actions import outputs, rules, verbs
from actions.employee.rules import employee_values, require_contact
from connector.component import Action, Context, Effect, Inputs, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Change the employee; a contact that is named has to exist or is made."""
    rules.require_any(inputs, "employeeId", "recordNo", what="employee")
    rules.require_change(inputs, ("employeeId", "recordNo"))
    values = employee_values(inputs)
    require_contact(ctx, inputs)
    return ctx.intacct.update("employee", values)


ACTION = Action(
    key="updateEmployee",
    label="Update Employee",
    description="Changes the given fields of an employee; all others keep their values.",
    object_name="employee",
    inputs="actions/updateEmployee.json",
    effect=Effect.UPDATE,
    perform=perform,
    inverse=verbs.CHANGED,
    example={
        "key": "12",
        "id": "EMP-001",
        "href": "/objects/company-config/employee/12",
    },
    output=outputs.CHANGED,
)
