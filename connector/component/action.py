"""What a step of a workflow can do, described so that forms, docs and checks need nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import Any

import schemas
from connector.component import result_forms
from connector.component.context import Context
from connector.component.inputs import InputForm
from connector.component.inverse import Inverse, of_created
from connector.component.result_forms import ALL_FORMS, Envelope, ResultForm
from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.router import apis_of
from connector.intacct.transcript import Transcript

Inputs = Mapping[str, Any]
Output = dict[str, Any]

API_INPUT = "api"
OWN_COMPONENT = "sage-intacct"
_API_SCHEMA: dict[str, Any] = {
    "type": "string",
    "title": "API",
    "description": "Which of Intacct's APIs to use. Left blank, the connection decides; the result "
    "is the same.",
    "enum": ["xml", "rest"],
    "examples": ["rest"],
}
# What a form needs to know before the company is asked.
OUTPUT_OF_ANY_KIND: dict[str, Any] = {"type": "object"}


class Effect(StrEnum):
    """What running the action can change; drives retries, warnings and tool hints."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ANY = "any"  # the user decides, as in rawRequest


class _RecordForm(InputForm):
    """Inputs of an action on one kind of record, whose names have to be written exactly.

    Intacct may keep a name without the spaces around it. A look for the record after a lost
    answer, with them, would find nothing then, and the record would be made a second time.
    """

    def __init__(self, schema: Mapping[str, Any], record: ObjectSchema | None) -> None:
        super().__init__(schema)
        names = [record.id, *record.compare, *chain(*record.lookup)] if record else []
        self._names = tuple(dict.fromkeys(name for name in names if name))

    def check(self, raw: object) -> dict[str, Any]:
        checked = super().check(raw)
        for name in self._names:
            value = checked.get(name)
            if isinstance(value, str) and value != value.strip():
                raise InputError(
                    f"{name} begins or ends with a space: '{value[:60]}'.",
                    advice="Take the spaces away; in a workflow, write trim(...) around the value.",
                    field=name,
                )
        return checked


@dataclass(frozen=True)
class Action:
    """One thing a step can do.

    Args:
        key: The published key, such as ``createInvoice``.
        label: The published label, such as ``Create Invoice``.
        description: One sentence for the catalogue.
        object_name: The object it works on, or empty.
        inputs: Where the inputs' schema stands, such as ``actions/createInvoice.json``; that of
            another package names it: ``acme_steps:inputs/createWidget.json``.
        effect: What it can change.
        perform: Called with checked inputs; returns the step's output.
        example: A result as users will see it.
        output: The schema of the result, where it says more than "an object".
        only_over: The APIs that can do it, where the object's schema and the effect do not tell.
        forms: The forms its result can take; the user chooses where there are several.
        envelope: What the envelope form holds.
        component: Whose action it is; the part of a step's type before the key, and the kind of
            connection it works on.
        inverse: How what it does is taken back; None where the record that it creates says so.
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
    only_over: tuple[str, ...] = ()
    forms: tuple[ResultForm, ...] = ALL_FORMS
    envelope: Envelope = Envelope.RECORDS
    component: str = OWN_COMPONENT
    inverse: Inverse | None = None

    @property
    def step_type(self) -> str:
        """What a step that runs it has as its type, such as ``sage-intacct.createInvoice``."""
        return f"{self.component}.{self.key}"

    @cached_property
    def form(self) -> InputForm:
        """The inputs' schema with its references resolved, ready to check values."""
        schema = schemas.resolve(self.inputs)
        chosen: dict[str, Any] = {}
        if len(self.forms) > 1:
            chosen[result_forms.INPUT] = result_forms.input_schema(self.forms)
        if len(self.apis) > 1:
            chosen[API_INPUT] = _API_SCHEMA
        whole = {**schema, "properties": {**schema["properties"], **chosen}}
        return _RecordForm(whole, ObjectSchema.find(self.object_name) if self.object_name else None)

    @property
    def way_back(self) -> Inverse | None:
        """How what it does is taken back; None for an action that only reads."""
        if self.effect is Effect.READ:
            return None
        return self.inverse or of_created(self.object_name)

    @cached_property
    def apis(self) -> tuple[str, ...]:
        """Which of Intacct's APIs can do it, as far as is known without its inputs."""
        if self.only_over or not self.object_name or self.effect is Effect.ANY:
            return self.only_over or ("xml",)
        return apis_of(self.object_name, self.effect.value)

    def run(self, ctx: Context, inputs: Inputs) -> Output:
        """Check the inputs, perform, and answer in the form that is wanted.

        Raises:
            InputError: An input is missing or malformed; nothing was called.
        """
        checked = self.form.check(inputs)
        form = ResultForm(checked.pop(result_forms.INPUT, ResultForm.NORMAL))
        if api := checked.pop(API_INPUT, ""):
            ctx = ctx.asking_for(api)
        if form is ResultForm.NORMAL:
            return self.perform(ctx, checked)
        transcript = Transcript()
        output = self.perform(ctx.recorded_in(transcript), checked)
        schema = ObjectSchema.find(self.object_name or "record")
        return result_forms.render(form, self.envelope, schema, transcript, checked, output)
