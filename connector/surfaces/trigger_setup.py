"""What an administrator enters in Intacct, so that it tells of the changes of one kind of record.

Intacct has no call that makes a platform trigger: its pages do, and these are their settings.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import schemas
from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema

CHANGES = ("created", "updated", "deleted")
_ACTIVATIONS = {"created": "after create", "updated": "after update", "deleted": "after delete"}
_SMART_EVENTS = {"created": "Add", "updated": "Set", "deleted": "Delete"}
_CHANGED_AT = "WHENMODIFIED"


@dataclass(frozen=True)
class Setup:
    """One trigger, or one Smart Event.

    Args:
        name: What to call it.
        object: Intacct's name of the object.
        label: What people call the object.
        event: When it fires, in the words of Intacct's page.
        template: What it posts; Intacct puts the record's values in place of the merge fields.
        url: Where it posts to.
        content_type: What the template is.
        is_signed: Whether Intacct signs the delivery.
    """

    name: str
    object: str
    label: str
    event: str
    template: str
    url: str
    content_type: str
    is_signed: bool

    def steps(self, client_id: str = "") -> list[str]:
        """Return what to do in Intacct, a sentence each."""
        return self._trigger_steps(client_id) if self.is_signed else self._smart_steps()

    def _trigger_steps(self, client_id: str) -> list[str]:
        application = client_id or "the application whose secret stands in the connection"
        return [
            f"Open Platform Services > Objects > {self.label} ({self.object}) > Triggers.",
            f"Add a trigger named '{self.name}'.",
            f"Let it fire {self.event}, on any field, with the condition true.",
            "As its type choose HTTP post, and turn 'Use webhook delivery' on.",
            f"As its client ID choose {application}.",
            f"As its URL enter {self.url}",
            f"As its content type enter {self.content_type}.",
            f"As its document template enter {self.template}",
            "Mark it as deployed, and save it.",
        ]

    def _smart_steps(self) -> list[str]:
        return [
            "Open Customization Services > Smart Events.",
            f"Add one named '{self.name}' for {self.label} ({self.object}).",
            f"As its event choose {self.event}; leave the condition empty.",
            "As its action choose HTTP post.",
            f"As its URL enter {self.url}",
            f"As its body enter {self.template}",
            "Make it active, and save it.",
        ]

    def describe(self, client_id: str = "") -> dict[str, Any]:
        """Return it as JSON values, with its steps."""
        return {**asdict(self), "steps": self.steps(client_id)}


def setups(
    object_name: str, url: str, changes: Sequence[str] = CHANGES, *, is_signed: bool = True
) -> list[Setup]:
    """Return the set-up of each change: a template cannot say by itself what happened.

    Args:
        object_name: Our name of the object, or one of Intacct's.
        url: The connection's address.
        changes: Some of ``CHANGES``.
        is_signed: Platform triggers with webhook delivery; else Smart Events.

    Raises:
        InputError: We know no such object.
    """
    schema = _schema(object_name)
    label = str(schemas.load(f"objects/{schema.name}.json").get("title", schema.name))
    events = _ACTIVATIONS if is_signed else _SMART_EVENTS
    return [
        Setup(
            name=f"{label} {change}",
            object=schema.wire,
            label=label,
            event=events[change],
            template=_template(schema, change),
            url=url,
            content_type="application/json",
            is_signed=is_signed,
        )
        for change in changes
    ]


def _template(schema: ObjectSchema, change: str) -> str:
    """Return a template of values that cannot break it: Intacct escapes no quotes in names."""
    said = {"object": schema.wire, "event": change, "key": f"{{!{schema.wire}.RECORDNO!}}"}
    if change == "updated" and schema.fields.find(_CHANGED_AT) is not None:
        said["modified"] = f"{{!{schema.wire}.{_CHANGED_AT}!}}"
    return json.dumps(said)


def _schema(name: str) -> ObjectSchema:
    schema = ObjectSchema.of_rest(name) if "/" in name else ObjectSchema.find(name)
    if not schema.is_known:
        raise InputError(
            f"There is no object named {name}.",
            advice="Write our name, such as invoice, or Intacct's, such as ARINVOICE.",
            field="object",
        )
    return schema
