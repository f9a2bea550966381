"""The verbs that change; names are ours, values are text, and every write happens once."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from typing import Any

from connector.errors import NotFound, OutcomeUnknown, RateLimited, Unavailable
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.records import to_record
from connector.intacct.identity import (
    identity_of,
    identity_of_change,
    identity_of_deletion,
    identity_of_invocation,
)
from connector.intacct.operation import Frozen, Operation, Result, Verb
from connector.intacct.raw_retries import RawRetries
from connector.intacct.reading import Reads


class IntacctClient(Reads):
    """One company, as one step sees it: what can be asked of it, and what changes it."""

    def create(
        self, object_name: str, values: Mapping[str, Any], *, call: str = "main"
    ) -> dict[str, Any]:
        """Create one record, once.

        Returns:
            ``{"key", "id", "href", "outcome"}``; ``outcome`` is ``created`` or ``already there``.

        Raises:
            Refused: Intacct declined it. Uncertain: nobody knows yet. Conflict: already done
                with other content.
        """
        schema = ObjectSchema.find(object_name)
        result = self._call(
            Operation(
                Verb.CREATE,
                object_name,
                values,
                call=call,
                identity=identity_of(schema, values),
                external_id=str(values.get(schema.id) or ""),
            )
        )
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
        identity = identity_of_change(schema, values)
        operation = Operation(Verb.UPDATE, object_name, values, call=call, identity=identity)
        if self._router.needs_key(operation):
            operation = dataclasses.replace(operation, keys=(self._existing(schema, values),))
        return self._keys(schema, self._call(operation), values)

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
        record = to_record(schema, result.rows[0]) if result.rows else {}
        known = result.external_id or record.get(schema.id) or values.get(schema.id)
        if not known and schema.id and result.key:
            # The id was made by Intacct and this reply names only the key: one read brings it.
            found = self.get(schema.name, key=result.key, fields=(schema.key, schema.id))
            known = found.get("id", "")
            if known and result.op_key:
                self._name(result.op_key, str(known))
        return {
            "key": result.key,
            "id": str(known or ""),
            "href": schema.href(result.key),
        }


def frozen_operation(object_name: str, frozen: Frozen, op_key: str, control_id: str) -> Operation:
    """Return a stored write as the operation it was, ready to be sent again."""
    return Operation(Verb.CREATE, object_name, frozen=frozen, op_key=op_key, control_id=control_id)
