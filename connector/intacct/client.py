"""The verbs an action speaks; names are ours, values are text, and every write happens once."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from connector.errors import OutcomeUnknown, RateLimited, Unavailable
from connector.intacct import paging
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.records import to_record
from connector.intacct.dialects.xml import XmlDialect
from connector.intacct.identity import (
    identity_of,
    identity_of_change,
    identity_of_deletion,
    is_same_value,
)
from connector.intacct.operation import (
    AllOf,
    Condition,
    Filter,
    Frozen,
    Identity,
    Operation,
    Page,
    Result,
    Verb,
)
from connector.intacct.paging import Listing
from connector.intacct.ports import Send
from connector.intacct.raw_retries import RawRetries
from connector.intacct.transcript import Transcript

QUERY_PAGE = 2000  # the most `query` gives (xml-api 6); each page is one API transaction
READ_BY_QUERY_PAGE = 1000


class IntacctClient:
    """One company, as one step sees it.

    Args:
        send: The whole stack.
        dialect: Makes the bytes.
        resend: The stack below planning; only settling an uncertain write uses it.
        name: Keeps a business id that was read back.
        seconds: The total deadline of one call.
    """

    def __init__(
        self,
        send: Send,
        dialect: XmlDialect,
        *,
        resend: Send,
        name: Callable[[str, str], None],
        seconds: float = 120.0,
    ) -> None:
        self._send = send
        self._dialect = dialect
        self._resend = resend
        self._name = name
        self._seconds = seconds

    def recorded_in(self, transcript: Transcript) -> IntacctClient:
        """Return the same client, keeping what it asks and hears."""

        def send(operation: Operation) -> Result:
            result = self._send(operation)
            transcript.add(operation, result)
            return result

        return IntacctClient(
            send, self._dialect, resend=self._resend, name=self._name, seconds=self._seconds
        )

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
        result = self._call(
            Operation(Verb.UPDATE, object_name, values, call=call, identity=identity)
        )
        return self._keys(schema, result, values)

    def delete(
        self, object_name: str, keys: Sequence[str], *, call: str = "main"
    ) -> dict[str, Any]:
        """Delete records by record number and return ``{"deleted": [...]}``."""
        identity = identity_of_deletion(ObjectSchema.find(object_name), keys)
        self._call(
            Operation(Verb.DELETE, object_name, keys=tuple(keys), call=call, identity=identity)
        )
        return {"deleted": list(keys)}

    def get(
        self,
        object_name: str,
        *,
        key: str = "",
        id: str = "",  # noqa: A002 - the word users know
        fields: Sequence[str] = ("*",),
    ) -> dict[str, Any]:
        """Read one record by record number, else by business id.

        Returns:
            ``{"found": True, "key", "id", "href", ...}`` in our names, or ``{"found": False}``.
        """
        schema = ObjectSchema.find(object_name)
        verb = Verb.READ if key else Verb.READ_BY_ID
        result = self._call(Operation(verb, object_name, keys=(key or id,), fields=tuple(fields)))
        if not result.rows:
            return {"found": False}
        record = to_record(schema, result.rows[0])
        return {"found": True, **_named_keys(schema, record), **record}

    def query(
        self,
        object_name: str,
        *,
        select: Sequence[str],
        where: Filter | None = None,
        contains: Mapping[str, str] | None = None,
        order_by: Sequence[str] = (),
        limit: int | None = None,
    ) -> list[dict[str, Any]]:
        """Return records in our names; filters compare with what people see (``Posted``).

        Args:
            select: The fields wanted, each by name; the API knows no ``*`` here.
            where: A structured filter.
            contains: Fields and a piece of text each holds, whatever its case in Intacct.
            order_by: Field names; the record number always comes last, so pages are stable.
            limit: The most rows wanted; all pages when None.
        """
        schema = ObjectSchema.find(object_name)
        where = paging.with_contains(where, contains)
        size = min(limit or QUERY_PAGE, QUERY_PAGE)
        rows: list[dict[str, Any]] = []
        last, offset = "", 0
        while True:
            result = self._page(
                schema,
                select,
                paging.after(schema, where, last),
                Page(size=size, offset=offset),
                order_by,
            )
            rows += [to_record(schema, row) for row in result.rows]
            if not result.rows or not result.remaining or (limit and len(rows) >= limit):
                return rows[:limit]
            if order_by:
                offset += size
            else:  # by key, so that records which come or go meanwhile shift no page
                last = str(rows[-1][schema.key])

    def list_page(
        self,
        object_name: str,
        *,
        select: Sequence[str],
        where: Filter | None = None,
        size: int = 100,
        after: str = "",
    ) -> Listing:
        """Return one page of records in the order of their record numbers.

        Args:
            object_name: Our name or Intacct's.
            select: The fields wanted, each by name.
            where: A structured filter; it compares with what people see.
            size: The most records wanted, 1 to 2,000.
            after: The ``next`` of the page before; empty for the first.

        Raises:
            InputError: ``after`` is not such a place.
        """
        schema = ObjectSchema.find(object_name)
        last, seen = paging.place_of(after)
        names = list(dict.fromkeys([schema.key, *([schema.id] if schema.id else ()), *select]))
        result = self._page(schema, names, paging.after(schema, where, last), Page(size=size), ())
        records = [to_record(schema, row) for row in result.rows]
        records = [{**_named_keys(schema, record), **record} for record in records]
        total = seen + (result.total if result.total is not None else len(records))
        more = bool(records and result.remaining)
        following = f"{records[-1]['key']}-{seen + len(records)}" if more else ""
        return Listing(records, total, following)

    def _page(
        self,
        schema: ObjectSchema,
        select: Sequence[str],
        where: Filter | None,
        page: Page,
        order_by: Sequence[str],
    ) -> Result:
        return self._call(
            Operation(
                Verb.QUERY,
                schema.name,
                fields=tuple(dict.fromkeys([*select, schema.key])),
                where=where,
                order_by=tuple(order_by),
                page=page,
            )
        )

    def read_by_query(
        self, object_name: str, *, expression: str = "", fields: Sequence[str] = ("*",)
    ) -> Iterator[dict[str, Any]]:
        """Yield native rows of all pages; the filter compares with database values (``'T'``)."""
        operation = Operation(
            Verb.READ_BY_QUERY,
            object_name,
            fields=tuple(fields),
            expression=expression,
            page=Page(size=READ_BY_QUERY_PAGE),
        )
        while True:
            result = self._call(operation)
            yield from result.rows
            if not result.remaining or not result.cursor:
                return
            operation = Operation(Verb.READ_MORE, object_name, page=Page(cursor=result.cursor))

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

    def find_same(self, object_name: str, identity: Identity) -> tuple[str, str, bool] | None:
        """Look for the record an unanswered write would have made.

        Returns:
            Record number, business id and whether it agrees in everything that was compared;
            None when there is no such record.
        """
        schema = ObjectSchema.find(object_name)
        conditions = tuple(
            Condition(name, "equalTo", (text,)) for name, text in identity.match.items()
        )
        names = dict.fromkeys(
            [*identity.match, *identity.agree, *([schema.id] if schema.id else ())]
        )
        rows = self.query(
            object_name, select=[schema.key, *names], where=AllOf(conditions), limit=2
        )
        if not rows:
            return None
        record = rows[0]
        agrees = len(rows) == 1 and all(
            is_same_value(record.get(name), text) for name, text in identity.agree.items()
        )
        return str(record.get(schema.key, "")), str(record.get(schema.id, "")), agrees

    def resend(self, operation: Operation) -> Result:
        """Send the same bytes under the same control id once more, after looking found nothing."""
        return self._resend(dataclasses.replace(operation, is_resend=True, seconds=self._seconds))

    def _call(self, operation: Operation) -> Result:
        return self._send(self._frozen(dataclasses.replace(operation, seconds=self._seconds)))

    def _frozen(self, operation: Operation) -> Operation:
        return operation.with_frozen(self._dialect.freeze(operation))

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


def _named_keys(schema: ObjectSchema, record: Mapping[str, Any]) -> dict[str, Any]:
    key = str(record.get(schema.key, ""))
    return {"key": key, "id": str(record.get(schema.id, "")), "href": schema.href(key)}
