"""The verbs that read; names are ours, and records look the same over both APIs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Self

from connector.errors import NotFound
from connector.intacct import paging
from connector.intacct.dialects.json_text import read_json
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.records import only, to_record
from connector.intacct.dialects.rest_message import Message, written
from connector.intacct.identity import is_same_value
from connector.intacct.operation import (
    AllOf,
    Condition,
    Filter,
    Identity,
    Operation,
    Page,
    Result,
    Verb,
)
from connector.intacct.paging import Listing
from connector.intacct.ports import Batches, Send
from connector.intacct.router import REST, Router
from connector.intacct.transcript import RecordedBatches, Transcript

QUERY_PAGE = 2000  # the most `query` gives (xml-api 6); each page is one API transaction
READ_BY_QUERY_PAGE = 1000


class Reads:
    """What can be asked of one company, as one step sees it.

    Args:
        send: The whole stack.
        router: Chooses the API of each operation, and makes the bytes.
        resend: The stack below planning; only settling an uncertain write uses it.
        name: Keeps a business id that was read back.
        seconds: The total deadline of one call.
        batches: Writes that go together; None where each goes alone.
    """

    def __init__(
        self,
        send: Send,
        router: Router,
        *,
        resend: Send,
        name: Callable[[str, str], None],
        seconds: float = 120.0,
        batches: Batches | None = None,
    ) -> None:
        self._send = send
        self._router = router
        self._resend = resend
        self._name = name
        self._seconds = seconds
        self._batches = batches

    def recorded_in(self, transcript: Transcript) -> Self:
        """Return the same client, keeping what it asks and hears."""

        def send(operation: Operation) -> Result:
            result = self._send(operation)
            transcript.add(operation, result)
            return result

        batches = self._batches
        return self._with(send, self._router, batches and RecordedBatches(batches, transcript))

    def asking_for(self, api: str) -> Self:
        """Return the same client for a step that demands ``xml`` or ``rest``."""
        return self._with(self._send, self._router.asking_for(api), self._batches)

    def _with(self, send: Send, router: Router, batches: Batches | None) -> Self:
        return type(self)(
            send,
            router,
            resend=self._resend,
            name=self._name,
            seconds=self._seconds,
            batches=batches,
        )

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
        operation = Operation(verb, object_name, keys=(key or id,), fields=tuple(fields))
        if self._router.needs_key(operation):
            key = self._key_of(schema, id)
            operation = dataclasses.replace(operation, verb=Verb.READ, keys=(key,))
        result = self._call(operation) if operation.keys[0] else None
        if result is None or not result.rows:
            return {"found": False}
        record = to_record(schema, result.rows[0])
        if result.api == REST:
            record = only(schema, record, fields)
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
        rows = list(result.rows)
        records = [to_record(schema, row) for row in rows]
        records = [{**_named_keys(schema, record), **record} for record in records]
        total = seen + (result.total if result.total is not None else len(records))
        more = bool(records and result.remaining)
        following = f"{records[-1]['key']}-{seen + len(records)}" if more else ""
        return Listing(records, rows, total, following)

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
        return paging.each_once(
            lambda after: self.read_by_query_page(
                object_name, expression=expression, fields=fields, after=after
            )
        )

    def read_by_query_page(
        self,
        object_name: str,
        *,
        expression: str = "",
        fields: Sequence[str] = ("*",),
        size: int = READ_BY_QUERY_PAGE,
        after: str = "",
    ) -> Listing:
        """Return one page of native rows; Intacct itself keeps the place, as long as the session.

        Args:
            object_name: Our name or Intacct's.
            expression: A filter as text over database values; empty for all records.
            fields: Names, ``*`` for all.
            size: The most rows of a page, 1 to 1,000.
            after: The ``next`` of the page before; the other arguments are its own then.
        """
        if after:
            operation = Operation(Verb.READ_MORE, object_name, page=Page(cursor=after))
        else:
            operation = Operation(
                Verb.READ_BY_QUERY,
                object_name,
                fields=tuple(fields),
                expression=expression,
                page=Page(size=size),
            )
        result = self._call(operation)
        total = result.total if result.total is not None else len(result.rows)
        rows = list(result.rows)
        return Listing(rows, rows, total, result.cursor if result.remaining else "")

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
            is_same_value(schema, name, record.get(name), text)
            for name, text in identity.agree.items()
        )
        return str(record.get(schema.key, "")), str(record.get(schema.id, "")), agrees

    def service(self, method: str, path: str, document: Any = None) -> Any:
        """Call a service of the REST API that changes no record, and return its result.

        Args:
            method: Such as ``GET``.
            path: Behind the version, such as ``/services/delivery/event/list``.
            document: What is posted, as JSON values; None for nothing.

        Raises:
            ConnectionProblem: The connection has no OAuth application.
        """
        message = Message(method, path) if document is None else written(method, path, document)
        operation = Operation(Verb.RAW, seconds=self._seconds)
        reply = self._send(operation.with_frozen(message.frozen(is_write=False))).reply
        return read_json(reply)["ia::result"]

    def _key_of(self, schema: ObjectSchema, known_as: str) -> str:
        """Return the record number of a business id, or nothing when there is no such record."""
        names = (schema.key, schema.id) if schema.id else (schema.key,)
        found = self._call(
            Operation(Verb.READ_BY_ID, schema.name, keys=(known_as,), fields=names)
        ).rows
        return str(to_record(schema, found[0]).get(schema.key, "")) if found else ""

    def _call(self, operation: Operation) -> Result:
        operation = self._frozen(dataclasses.replace(operation, seconds=self._seconds))
        try:
            return self._send(operation)
        except NotFound:
            if operation.is_write or not ObjectSchema.find(operation.object_name).legacy_get:
                raise
            # The legacy `get` refuses where every other read answers with an empty list.
            return Result("get", operation.control_id)

    def _frozen(self, operation: Operation) -> Operation:
        return operation.with_frozen(self._router.freeze(operation))


def _named_keys(schema: ObjectSchema, record: Mapping[str, Any]) -> dict[str, Any]:
    key = str(record.get(schema.key, ""))
    return {"key": key, "id": str(record.get(schema.id, "")), "href": schema.href(key)}
