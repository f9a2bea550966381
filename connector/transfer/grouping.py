"""Rows that go into one request, or into one bulk job."""

from __future__ import annotations

from collections.abc import Iterator

from connector.intacct.batching import BATCH
from connector.intacct.bulk_wire import MOST_BYTES, MOST_RECORDS
from connector.intacct.operation import Verb
from connector.intacct.router import REST
from connector.transfer.items import Item

_Kind = tuple[str, Verb, bool]
# What stands around a record in the file of a job, its key in a change among it.
_AROUND = 64


class Groups:
    """Gathers rows of one API and verb until a request is full.

    Args:
        is_bulk: Whether rows over REST go into jobs, as far as they can be looked up: a job whose
            results cannot be read leaves no other way to learn what became of them.
    """

    def __init__(self, *, is_bulk: bool) -> None:
        self._is_bulk = is_bulk
        self._open: dict[_Kind, list[Item]] = {}
        self._bytes: dict[_Kind, int] = {}

    def add(self, item: Item) -> Iterator[list[Item]]:
        """Take a row in; yield what is full because of it."""
        operation = item.made
        frozen = operation.frozen
        api = frozen.api if frozen else ""
        in_job = self.goes_in_a_job(item)
        kind = (api, operation.verb, in_job)
        size = len(frozen.payload.encode()) + _AROUND if in_job and frozen else 0
        if kind in self._open and self._bytes[kind] + size > MOST_BYTES:
            yield self._closed(kind)
        group = self._open.setdefault(kind, [])
        group.append(item)
        self._bytes[kind] = self._bytes.get(kind, 0) + size
        if len(group) == (MOST_RECORDS if in_job else BATCH[api]):
            yield self._closed(kind)

    def rest(self) -> Iterator[list[Item]]:
        """Yield what is not full."""
        for kind in list(self._open):
            yield self._closed(kind)

    def goes_in_a_job(self, item: Item) -> bool:
        """Say whether a row, and so all that are grouped with it, goes into a job."""
        operation = item.made
        is_rest = operation.frozen is not None and operation.frozen.api == REST
        return self._is_bulk and is_rest and operation.identity is not None

    def _closed(self, kind: _Kind) -> list[Item]:
        del self._bytes[kind]
        return self._open.pop(kind)
