"""The REST dialect: operations in, requests out; replies in, results out; nothing else happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connector.errors import ConnectorError, InputError, OutcomeUnknown
from connector.intacct.dialects import rest_names, rest_reads
from connector.intacct.dialects.json_text import write_json
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.rest_bodies import record_body, rest_value
from connector.intacct.dialects.rest_message import ATOMIC, Message, object_address, written
from connector.intacct.dialects.rest_reply import (
    item_status,
    parsed,
    read_reply,
    unclear,
    written_result,
)
from connector.intacct.operation import Frozen, Operation, Result, Verb
from connector.intacct.rest_error_rules import error_of

MAX_BATCH = 500  # records in one request (rest-api 2.6)
MAX_BODY_BYTES = 1024 * 1024  # rest-api 1.1

_READS: dict[Verb, Callable[[Operation, ObjectSchema], Message]] = {
    Verb.READ: rest_reads.read,
    Verb.READ_BY_ID: rest_reads.find_by_id,
    Verb.QUERY: rest_reads.query,
    Verb.DELETE: rest_reads.delete,
}


class RestDialect:
    """Encodes and decodes; holds no state and no clock.

    Args:
        find_object: Gives an object's schema by our name or Intacct's.
    """

    def __init__(self, find_object: Callable[[str], ObjectSchema] = ObjectSchema.find) -> None:
        self._find_object = find_object

    def freeze(self, operation: Operation) -> Frozen:
        """Return the operation as the request that will travel; same in, same out.

        Raises:
            InputError: Something in it cannot be said over REST; the input is named.
        """
        schema = self._find_object(operation.object_name)
        message = self._message(operation, schema)
        _check_size(message)
        return message.frozen(is_write=operation.verb.is_write)

    def obstacle(self, operation: Operation) -> str:
        """Return why REST cannot do this, as a sentence; empty where it can."""
        if operation.verb is Verb.RAW:
            return "A function written in XML is XML only."
        if operation.verb in {Verb.READ_BY_QUERY, Verb.READ_MORE}:
            return "A filter written as text is XML only."
        schema = self._find_object(operation.object_name)
        if not schema.rest:
            return f"The REST API is not known to have {schema.name}."
        if operation.verb is Verb.INVOKE:
            has_way = _workflow(operation, schema) is not None
            return "" if has_way else f"The REST API has no way to {operation.function} this."
        if operation.verb in {Verb.CREATE, Verb.UPDATE}:
            gap = rest_names.gap(schema, operation.verb, operation.values)
            return gap.why[:1].upper() + gap.why[1:] if gap else ""
        return _unnamed(operation, schema)

    def _message(self, operation: Operation, schema: ObjectSchema) -> Message:
        verb = operation.verb
        if not schema.rest or verb not in {*_READS, Verb.CREATE, Verb.UPDATE, Verb.INVOKE}:
            raise InputError(
                f"This cannot be done over REST. {self.obstacle(operation)}",
                advice="Use a connection with Web Services credentials.",
                field="connection",
            )
        if verb in _READS:
            return _READS[verb](operation, schema)
        if verb is Verb.INVOKE:
            return _invocation(operation, schema)
        body = record_body(schema, verb, _body_values(operation, schema))
        if verb is Verb.CREATE:
            return written("POST", object_address(schema.rest), body)
        return written("PATCH", object_address(schema.rest, (_own_key(operation, schema),)), body)

    def read_reply(
        self,
        http_status: int,
        headers: Mapping[str, str],
        body: bytes,
        frozen: Frozen,
        control_id: str,
    ) -> Result:
        """Return what the request was answered (``rest_reply.read_reply`` says what it raises)."""
        return read_reply(http_status, headers, body, frozen, control_id)

    def freeze_many(self, operations: Sequence[Operation], *, is_atomic: bool = False) -> Frozen:
        """Return one request that creates, or changes, many records of one object.

        Args:
            operations: All of the same object and verb, 1 to 500.
            is_atomic: All succeed or none; else each stands for itself.

        Raises:
            InputError: They differ, are too many, or one cannot be said; its input is named.
        """
        first = operations[0] if operations else None
        kinds = {(each.verb, each.object_name) for each in operations}
        if (
            first is None
            or len(kinds) != 1
            or first.verb not in {Verb.CREATE, Verb.UPDATE}
            or len(operations) > MAX_BATCH
        ):
            raise InputError(
                f"A batch holds 1 to {MAX_BATCH} records of one object, all new or all changed."
            )
        schema = self._find_object(first.object_name)
        bodies = ",".join(self.batch_body(each) for each in operations)
        method = "POST" if first.verb is Verb.CREATE else "PATCH"
        headers = ATOMIC if is_atomic else {}
        message = Message(method, object_address(schema.rest), f"[{bodies}]", headers)
        _check_size(message)
        return message.frozen(is_write=True)

    def batch_body(self, operation: Operation) -> str:
        """Return a record as it stands in an array: its own frozen body, a change with its key."""
        frozen = operation.frozen or self.freeze(operation)
        body = Message.of(frozen).body
        if operation.verb is Verb.CREATE:
            return body
        key = write_json(_own_key(operation, self._find_object(operation.object_name)))
        return f'{{"{rest_names.KEY}":{key}' + ("," if len(body) > len("{}") else "") + body[1:]

    def read_many(
        self,
        http_status: int,
        headers: Mapping[str, str],
        body: bytes,
        frozen: Frozen,
        control_id: str,
    ) -> tuple[Result | ConnectorError, ...]:
        """Return what became of each record of a batch, in the order they were sent.

        Raises:
            ConnectorError: The request as a whole was refused, or its answer is unclear.
        """
        reply = parsed(http_status, headers, body, frozen)
        error = error_of(reply.document)
        if error is not None:
            raise reply.raised(error, http_status)
        items, sent = reply.result, reply.message.document
        if not isinstance(items, list) or len(items) != len(sent):
            raise unclear(http_status, "it does not say what became of each record")
        found: list[Result | ConnectorError] = []
        for item in items:
            failed = error_of(item)
            written_item = item.get("ia::result", item) if isinstance(item, dict) else None
            if failed is not None:
                found.append(reply.raised(failed, item_status(item, http_status)))
            elif isinstance(written_item, dict) and written_item.get(rest_names.KEY):
                found.append(written_result(reply, frozen, control_id, written_item))
            else:
                found.append(OutcomeUnknown("Intacct does not say what became of this record."))
        return tuple(found)


def _own_key(operation: Operation, schema: ObjectSchema) -> str:
    key = str(operation.values.get(schema.key) or next(iter(operation.keys), ""))
    if not key:
        raise InputError(
            f"{schema.key} is required.", advice="Give the record's number.", field=schema.key
        )
    return rest_reads.checked_keys((key,), schema.key)[0]


def _body_values(operation: Operation, schema: ObjectSchema) -> dict[str, Any]:
    """Return what belongs into the body: a change names its record in the address alone."""
    if operation.verb is Verb.CREATE:
        return {name: value for name, value in operation.values.items() if name != schema.key}
    own = schema.fields.by_name.get(schema.id)
    fixed = {schema.key, *([schema.id] if own and own.rest == "id" else [])}
    return {name: value for name, value in operation.values.items() if name not in fixed}


def _workflow(operation: Operation, schema: ObjectSchema) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = schema.invocations.get(operation.function, {}).get("rest")
    return found


def _invocation(operation: Operation, schema: ObjectSchema) -> Message:
    """Return a workflow; what it calls its fields stands in the object's schema (rest-api 4.4)."""
    workflow = _workflow(operation, schema)
    names = workflow.get("names", {}) if workflow else {}
    body: dict[str, Any] = {rest_names.KEY: _own_key(operation, schema)}
    for name, value in operation.values.items():
        if value is None or name == schema.key:
            continue
        if workflow is None or name not in names:
            raise InputError(f"{name} cannot be sent over the REST API.", field=name)
        body[names[name]] = rest_value(value, schema.fields.by_name.get(name), name)
    action = workflow["path"] if workflow else ""
    address = object_address(schema.rest).removeprefix("/objects")
    return written("POST", f"/workflows{address}/{action}", body)


def _unnamed(operation: Operation, schema: ObjectSchema) -> str:
    """Return why a read cannot be made: it names a field that REST has no name for."""
    names = [name for name in operation.fields if name != "*"] + list(operation.order_by)
    for name in names:
        field = rest_names.known(schema.fields, name.removeprefix("-"))
        if field is not None and not field.rest:
            return f"The REST API has no name for {name}."
    return ""


def _check_size(message: Message) -> None:
    if len(message.body.encode()) > MAX_BODY_BYTES:
        raise InputError(
            "The request is larger than the REST API takes.",
            advice="Split it: fewer lines or fewer records at a time.",
        )
