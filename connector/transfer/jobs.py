"""What a sync is to do: object, mode, match and mapping, checked before anything is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.sync.finding import NaturalKey
from actions.sync.modes import Mode
from connector.component.inputs import InputForm
from connector.errors import InputError
from connector.transfer.shaping import Shaper
from connector.workflow.mapping import Row


@dataclass(frozen=True)
class Job:
    """One sync, as it was asked for.

    Args:
        object_name: Our name of the object, or Intacct's.
        mode: What is done with a row.
        match: Our names of the fields that find a record; empty for the best the rows give.
        mapping: From columns to fields; None where columns are called as fields.
        api: The one API to use; empty to leave it to the connection.
        name: Names the sync's definition, in the keys of its effects.
    """

    object_name: str
    mode: Mode
    match: tuple[str, ...] = ()
    mapping: Sequence[Row] | None = None
    api: str = ""
    name: str = ""

    @property
    def scope(self) -> str:
        """What this sync is called in the keys of its effects."""
        return self.name or f"sync/{self.object_name}/{self.mode}"


@dataclass(frozen=True)
class Match:
    """How the rows of a job find their records.

    Args:
        fields: Our names; the record number alone, or a natural key.
        form: Brings their values into the form that Intacct compares.
        is_key: Whether it is the record number.
    """

    fields: tuple[str, ...]
    form: InputForm
    is_key: bool

    @classmethod
    def of(cls, job: Job, shaper: Shaper) -> Match:
        """Return the match of a job: the one it names, else the object's best natural key.

        Raises:
            InputError: A field it names is not one of the object's.
        """
        schema = shaper.schema
        named = tuple(_own_name(shaper, name) for name in job.match)
        fields = named or (schema.lookup[0] if schema.lookup else (schema.key,))
        own = {name: shaper.properties.get(name, {}) for name in fields}
        form = InputForm({"type": "object", "properties": own})
        return cls(tuple(fields), form, fields == (schema.key,))

    def values(self, inputs: Mapping[str, Any]) -> NaturalKey:
        """Return a row's values of the match, empty texts where it has none."""
        given = self.form.check({name: inputs.get(name) for name in self.fields})
        return tuple(str(given.get(name, "")).strip() for name in self.fields)


def _own_name(shaper: Shaper, name: str) -> str:
    path = shaper.place(name.strip())
    if len(path) != 1:
        raise InputError(
            f"'{name[:60]}' is no field that finds a {shaper.schema.name}.",
            advice="Match by the record number or by fields such as "
            + ", ".join(shaper.schema.lookup[0] if shaper.schema.lookup else ("recordNo",))
            + ".",
            field="match",
        )
    return path[0]


def warning_of(job: Job, match: Match, schema_key: str) -> str:
    """Return what somebody should know before the sync runs; empty where there is nothing."""
    if job.mode is not Mode.UPSERT or not match.is_key:
        return ""
    targets = {row.target for row in job.mapping} if job.mapping is not None else {schema_key}
    if targets & {schema_key, "key", "recordNo", "RECORDNO"}:
        return "Rows without a record number are created: run such a file once only."
    return (
        "No column is mapped to the record number, so every row creates a record, again with "
        "every run. Match by a natural key to avoid duplicates."
    )
