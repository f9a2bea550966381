"""Create Customer: a new customer with the contact that comes with it."""

from actions import verbs
from actions.customer.rules import customer_values
from connector.component import Action, Context, Effect, Inputs, Output


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Create the customer and return its keys."""
    return ctx.intacct.create("customer", customer_values(inputs))


ACTION = Action(
    key="createCustomer",
    label="Create Customer",
    description="Creates a customer together with its own contact and address.",
    object_name="customer",
    inputs="actions/createCustomer.json",
    effect=Effect.CREATE,
    perform=perform,
    example={
        "key": "12499",
        "id": "C-01564",
        "href": "/objects/accounts-receivable/customer/12499",
        "outcome": "created",
    },
    output=verbs.WRITTEN,
)
