"""The verbs that change; names are ours, values are text, and every write happens once."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from typing import Any

from connector.errors import (
    ConnectorError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Unavailable,
)
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.records import to_record
from connector.intacct.identity import (
    identity_of,
    identity_of_change,
    identity_of_deletion,
    identity_of_invocation,
)
from connector.intacct.operation import Condition, Frozen, Operation, Result, Verb, Write
from connector.intacct.ports import Effect
from connector.intacct.raw_retries import RawRetries
from connector.intacct.reading import Reads


class IntacctClient(Reads):
    """One company, as one step sees it: what can be asked of it, and what changes it."""

    def create(
        self, object_name: str, values: Mapping[str, Any], *, call: str = "main", known_by: str = ""
    ) -> dict[str, Any]:
        """Create one record, once.

        Args:
            known_by: The field by which the caller has found that there is no such record, where
                it has no number or id of its own; after silence it is looked up by the same.

        Returns:
            ``{"key", "id", "href", "outcome"}``; ``outcome`` is ``created`` or ``already there``.

        Raises:
            Refused: Intacct declined it. Uncertain: nobody knows yet. Conflict: already done
                with other content.
        """
        schema = ObjectSchema.find(object_name)
        result = self._call(_creation(schema, object_name, values, call, known_by))
        outcome = "already there" if result.is_repeat else "created"
        return {**self._keys(schema, result, values), "outcome": outcome}

    def update(
        self, object_name: str, values: Mapping[str, Any], *, call: str = "main"
    ) -> dict[str, Any]:
        """Change one record; fields that are not given keep their values.

        Returns:
            ``{"key", "id", "href"}``.
        """
        schema = ObjectSchema.find(object_name)
        operation = _change(schema, object_name, values, call)
        if self._router.needs_key(operation):
            operation = dataclasses.replace(operation, keys=(self._existing(schema, values),))
        return self._keys(schema, self._call(operation), values)

    def write_many(self, writes: Sequence[Write]) -> list[dict[str, Any] | ConnectorError]:
        """Create and change many records, each once, in the fewest requests.

        Returns:
            For each, in their order, ``{"key", "id", "href"}`` or why it was not done; one that
            fails leaves the others alone.
        """
        made = [self._made(write) for write in writes]
        operations = [each for each in made if isinstance(each, Operation)]
        answers = iter(self._sent_together(operations))
        told = [next(answers) if isinstance(each, Operation) else each for each in made]
        names = self._names_of(writes, told)
        return [
            answer if isinstance(answer, ConnectorError) else self._keys_of(write, answer, names)
            for write, answer in zip(writes, told, strict=True)
        ]

    def earlier(self, call: str) -> Effect | None:
        """Return the step's write of that name as it stands, None where it was never planned."""
        return None if self._batches is None else self._batches.find(call)

    def _made(self, write: Write) -> Operation | ConnectorError:
        schema = ObjectSchema.find(write.object_name)
        of_verb = _creation if write.verb is Verb.CREATE else _change
        operation = of_verb(schema, write.object_name, write.values, write.call)
        try:
            return self._frozen(dataclasses.replace(operation, seconds=self._seconds))
        except ConnectorError as error:
            return error

    def _sent_together(self, operations: Sequence[Operation]) -> Sequence[Result | ConnectorError]:
        if self._batches is None:  # a dry run shows the first of them
            return [self._send(operation) for operation in operations]
        return self._batches(operations)

    def _names_of(
        self, writes: Sequence[Write], answers: Sequence[Result | ConnectorError]
    ) -> dict[tuple[str, str], str]:
        """Return the ids that Intacct made, by object and record number: one query for many."""
        nameless: dict[str, dict[str, str]] = {}
        for write, answer in zip(writes, answers, strict=True):
            schema = ObjectSchema.find(write.object_name)
            if isinstance(answer, ConnectorError) or not (schema.id and answer.key):
                continue
            if not _known_as(schema, answer, write.values):
                nameless.setdefault(schema.name, {})[answer.key] = answer.op_key
        found: dict[tuple[str, str], str] = {}
        for object_name, op_keys in nameless.items():
            schema = ObjectSchema.find(object_name)
            keys = Condition(schema.key, "in", tuple(op_keys))
            for row in self.query(object_name, select=[schema.key, schema.id], where=keys):
                key, known = str(row.get(schema.key, "")), str(row.get(schema.id) or "")
                found[object_name, key] = known
                if known and op_keys.get(key):
                    self._name(op_keys[key], known)
        return found

    def _keys_of(
        self, write: Write, result: Result, names: Mapping[tuple[str, str], str]
    ) -> dict[str, Any]:
        schema = ObjectSchema.find(write.object_name)
        known = _known_as(schema, result, write.values)
        return {
            "key": result.key,
            "id": known or names.get((schema.name, result.key), ""),
            "href": schema.href(result.key),
        }

    def delete(
        self, object_name: str, keys: Sequence[str], *, call: str = "main"
    ) -> dict[str, Any]:
        """Delete records by record number and return ``{"deleted": [...]}``."""
        identity = identity_of_deletion(ObjectSchema.find(object_name), keys)
        self._call(
            Operation(Verb.DELETE, object_name, keys=tuple(keys), call=call, identity=identity)
        )
        return {"deleted": list(keys)}

    def invoke(
        self, function: str, object_name: str, values: Mapping[str, Any], *, call: str = "main"
    ) -> dict[str, Any]:
        """Do to one record what is neither creating, changing nor deleting it, once.

        Args:
            function: Our word for it, such as ``reverse``; ``x-intacct.invoke`` of the object's
                schema says what it is called on the wire and what it leaves behind.
            object_name: The object whose record it is.
            values: The record number and what the function needs beside it.
            call: Names this write among several of one action.

        Returns:
            ``{"key", "id", "href"}`` of the record it was done to; ``id`` is empty where neither
            the values nor the reply name it.
        """
        schema = ObjectSchema.find(object_name)
        result = self._call(
            Operation(
                Verb.INVOKE,
                object_name,
                values,
                function=function,
                call=call,
                identity=identity_of_invocation(schema, function, values),
            )
        )
        # A reply to a reversal may name the record that reverses, not the one reversed.
        key = str(values.get(schema.key) or result.key)
        return {"key": key, "id": result.external_id, "href": schema.href(key)}

    def raw(
        self,
        body: str,
        *,
        seconds: float,
        retries: RawRetries,
        headers: Mapping[str, str] | None = None,
    ) -> Result:
        """Send one function the user wrote; a write among them happens at most once."""
        operation = self._frozen(
            Operation(Verb.RAW, body=body, seconds=seconds, headers=headers or {})
        )
        for attempt in range(retries.count):
            try:
                return self._send(operation)
            except (OutcomeUnknown, Unavailable) as error:
                is_refusal = isinstance(error, RateLimited)
                if operation.is_write or (is_refusal and not retries.on_all_errors):
                    raise
                time.sleep(retries.pause_seconds(attempt))
        return self._send(operation)

    def resend(self, operation: Operation) -> Result:
        """Send the same bytes under the same control id once more, after looking found nothing."""
        return self._resend(dataclasses.replace(operation, is_resend=True, seconds=self._seconds))

    def _existing(self, schema: ObjectSchema, values: Mapping[str, Any]) -> str:
        known_as = str(values.get(schema.id) or "")
        key = self._key_of(schema, known_as)
        if not key:
            raise NotFound(f"There is no {schema.name} {known_as}.", field=schema.id)
        return key

    def _keys(
        self, schema: ObjectSchema, result: Result, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        known = _known_as(schema, result, values)
        if not known and schema.id and result.key:
            # The id was made by Intacct and this reply names only the key: one read brings it.
            found = self.get(schema.name, key=result.key, fields=(schema.key, schema.id))
            known = str(found.get("id", ""))
            if known and result.op_key:
                self._name(result.op_key, known)
        return {
            "key": result.key,
            "id": known,
            "href": schema.href(result.key),
        }


def _known_as(schema: ObjectSchema, result: Result, values: Mapping[str, Any]) -> str:
    record = to_record(schema, result.rows[0]) if result.rows else {}
    return str(result.external_id or record.get(schema.id) or values.get(schema.id) or "")


def _creation(
    schema: ObjectSchema,
    object_name: str,
    values: Mapping[str, Any],
    call: str,
    known_by: str = "",
) -> Operation:
    return Operation(
        Verb.CREATE,
        object_name,
        values,
        call=call,
        identity=identity_of(schema, values, known_by),
        external_id=str(values.get(schema.id) or ""),
    )


def _change(
    schema: ObjectSchema, object_name: str, values: Mapping[str, Any], call: str
) -> Operation:
    key = str(values.get(schema.key) or "")
    return Operation(
        Verb.UPDATE,
        object_name,
        values,
        keys=(key,) if key else (),
        call=call,
        identity=identity_of_change(schema, values),
    )


def frozen_operation(object_name: str, frozen: Frozen, op_key: str, control_id: str) -> Operation:
    """Return a stored write as the operation it was, ready to be sent again."""
    return Operation(Verb.CREATE, object_name, frozen=frozen, op_key=op_key, control_id=control_id)
