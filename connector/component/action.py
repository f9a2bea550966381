"""What a step of a workflow can do, described so that forms, docs and checks need nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import schemas
from connector.component.context import Context
from connector.component.inputs import InputForm

Inputs = Mapping[str, Any]
Output = dict[str, Any]

# What a form needs to know before the company is asked.
OUTPUT_OF_ANY_KIND: dict[str, Any] = {"type": "object"}


class Effect(StrEnum):
    """What running the action can change; drives retries, warnings and tool hints."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ANY = "any"  # the user decides, as in rawRequest


@dataclass(frozen=True)
class Action:
    """One thing a step can do.

    Args:
        key: The published key, such as ``createInvoice``.
        label: The published label, such as ``Create Invoice``.
        description: One sentence for the catalogue.
        object_name: The object it works on, or empty.
        inputs: Where the inputs' schema stands, such as ``actions/createInvoice.json``.
        effect: What it can change.
        perform: Called with checked inputs; returns the step's output.
        example: A result as users will see it.
        output: The schema of the result, where it says more than "an object".
        apis: Which of Intacct's APIs can do it.
    """

    key: str
    label: str
    description: str
    object_name: str
    inputs: str
    effect: Effect
    perform: Callable[[Context, Inputs], Output]
    example: Mapping[str, Any]
    output: Mapping[str, Any] = field(default_factory=lambda: OUTPUT_OF_ANY_KIND)
    apis: tuple[str, ...] = ("xml",)

    @cached_property
    def form(self) -> InputForm:
        """The inputs' schema with its references resolved, ready to check values."""
        return InputForm(schemas.resolve(self.inputs))

    def run(self, ctx: Context, inputs: Inputs) -> Output:
        """Check the inputs, then perform.

        Raises:
            InputError: An input is missing or malformed; nothing was called.
        """
        return self.perform(ctx, self.form.check(inputs))
