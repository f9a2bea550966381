"""End the Process: an action that takes its worker along when it is told to."""

from __future__ import annotations

import os

from connector.component import Action, Context, Effect, Inputs, Output

POISON = "POISON"


def perform(ctx: Context, inputs: Inputs) -> Output:
    """End the process at once for one customer, and do nothing for others."""
    if inputs["customerId"] == POISON:
        os._exit(9)
    return {"customerId": inputs["customerId"]}


ACTION = Action(
    key="endTheProcess",
    label="End the Process",
    description="Ends the worker's process, as a broken library would.",
    object_name="",
    inputs="actions/getCustomer.json",
    effect=Effect.READ,
    perform=perform,
    example={"customerId": "HS-1"},
)
