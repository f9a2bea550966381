"""The forms a result can take besides our own: as other connectors give it, and as it came."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from connector.intacct.dialects import raw_json
from connector.intacct.dialects.json_text import plain, read_json
from connector.intacct.dialects.object_schema import RECORD_NUMBER, ObjectSchema
from connector.intacct.operation import Result
from connector.intacct.router import REST
from connector.intacct.transcript import Transcript

INPUT = "resultForm"


class ResultForm(StrEnum):
    """In which form an action answers."""

    NORMAL = "normal"  # our names, one shape over both APIs
    ENVELOPE = "envelope"  # Intacct's names, with what the function answered around them
    RAW = "raw"  # the reply as it came


ALL_FORMS = tuple(ResultForm)
_MEANINGS = {
    ResultForm.NORMAL: "normal is the same over both APIs",
    ResultForm.ENVELOPE: "envelope keeps Intacct's own names",
    ResultForm.RAW: "raw is the reply as it came",
}


class Envelope(StrEnum):
    """What the envelope form of an action holds, as published for each (acceptance C83 to C86)."""

    RECORDS = "records"  # _status, _functionName, _controlId, _listType, _count, _data
    FLAT = "flat"  # the one record itself
    ECHO = "echo"  # _controlId and the inputs
    LIST = "list"  # the records of all pages, nothing else


def input_schema(forms: tuple[ResultForm, ...]) -> dict[str, Any]:
    """Return the field that lets a user choose among these forms."""
    return {
        "type": "string",
        "title": "Result Form",
        "description": f"How the result looks: {'; '.join(_MEANINGS[form] for form in forms)}.",
        "enum": [form.value for form in forms],
        "default": ResultForm.NORMAL.value,
        "examples": [ResultForm.NORMAL.value],
        "x-intacct": {"aliases": ["result_form"]},
    }


def render(
    form: ResultForm,
    style: Envelope,
    schema: ObjectSchema,
    transcript: Transcript,
    inputs: Mapping[str, Any],
    output: Mapping[str, Any],
) -> dict[str, Any]:
    """Return a step's result in the wanted form.

    Args:
        form: Envelope or raw; normal is the output itself.
        style: What the action's envelope holds.
        schema: The object, for its keys and its lines.
        transcript: The step's calls.
        inputs: What the action was given, for an echo.
        output: The normal result, for keys that were read back.
    """
    result = transcript.principal
    if result is None or form is ResultForm.NORMAL:
        return dict(output)
    if form is ResultForm.RAW:
        return _raw(result, output)
    if style is Envelope.LIST:
        rows = [row for page in transcript.pages for row in page.rows]
        return {"data": [_published(schema, row) for row in rows]}
    if style is Envelope.ECHO:
        return {"data": {"_controlId": result.control_id, **inputs}}
    rows = _rows(schema, result, output)
    if style is Envelope.FLAT and rows:
        return {"data": rows[0]}
    return {
        "data": {
            "_status": "success",
            "_functionName": result.function,
            "_controlId": result.control_id,
            "_listType": result.list_type,
            "_count": len(rows),
            "_data": rows,
        }
    }


def _raw(result: Result, output: Mapping[str, Any]) -> dict[str, Any]:
    if not result.reply:
        # The write was found by looking, so there is no reply to show; its keys are known.
        return {"data": None, **output}
    if result.api == REST:
        # As published for REST: the reply itself, with ia::result and ia::meta.
        document: dict[str, Any] = plain(read_json(result.reply))
        return document
    return {"data": raw_json.to_json(result.reply, always_lists=True)}


def _rows(schema: ObjectSchema, result: Result, output: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not result.key:
        return [_published(schema, row) for row in result.rows]
    keys = {RECORD_NUMBER: result.key}
    if schema.id and output.get("id"):
        keys[schema.fields.column(schema.id, "id")] = str(output["id"])
    more = dict(result.rows[0]) if result.rows else {}
    return [{**keys, **_published(schema, more)}]


def _published(schema: ObjectSchema, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with its lines under the names other connectors gave them."""
    published: dict[str, Any] = {}
    for name, value in row.items():
        outer, _, inner = schema.envelope_lines.get(name, name).partition("/")
        published[outer] = {inner: value} if inner else value
    return published
