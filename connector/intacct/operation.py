"""What an action asks of Intacct and what comes back, in neither API's words."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verb(StrEnum):
    """What can be done; how it is said on the wire is the dialect's business."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    INVOKE = "invoke"  # a function of the object beside these, such as reversing
    READ = "read"  # by record number
    READ_BY_ID = "readById"  # by business id
    QUERY = "query"  # structured filter, display values
    READ_BY_QUERY = "readByQuery"  # text filter, database values
    READ_MORE = "readMore"
    RAW = "raw"  # a function the user wrote

    @property
    def is_write(self) -> bool:
        """Whether the verb itself changes records; RAW is judged by its function."""
        return self in {Verb.CREATE, Verb.UPDATE, Verb.DELETE, Verb.INVOKE}


@dataclass(frozen=True)
class Condition:
    """One comparison of a filter.

    Args:
        field: Our name of the field, or Intacct's own.
        operator: ``equalTo``, ``greaterThan``, ``lessThan``, ``like``, ``in``, ``isNull`` ...
        values: What to compare with, as text; none for ``isNull``, several for ``in``.
    """

    field: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Filter, ...]


Filter = Condition | AllOf | AnyOf


@dataclass(frozen=True)
class Page:
    """Which part of a list is wanted: at most ``size`` rows from ``offset`` or after a cursor."""

    size: int = 1000
    offset: int = 0
    cursor: str = ""


@dataclass(frozen=True)
class Frozen:
    """An operation in the exact bytes that will travel, kept before the first attempt.

    Args:
        api: ``xml`` or ``rest``.
        function: The wire function, such as ``create_invoice`` or ``POST /objects/...``.
        payload: The function element (XML), or method, path and body (REST).
        is_write: Whether the call may change records.
        why: Why this API was chosen, a sentence; empty once it is read back from the ledger.
    """

    api: str
    function: str
    payload: str
    is_write: bool
    why: str = ""


class Aim(StrEnum):
    """What a write was to bring about, and so what a look afterwards should find."""

    CREATED = "created"  # a record that agrees
    CHANGED = "changed"  # the record as it was told to be
    GONE = "gone"  # no such record


@dataclass(frozen=True)
class Identity:
    """How the outcome of a write is recognised after it was sent and no answer came.

    Args:
        match: Our field names and values that together find at most one record.
        agree: What a found record must say too before it counts as ours.
        aim: What the write was to bring about.
    """

    match: Mapping[str, str]
    agree: Mapping[str, str]
    aim: Aim = Aim.CREATED


@dataclass(frozen=True)
class Operation:
    """One call, as an action means it.

    Args:
        verb: What to do.
        object_name: Our name (``invoice``) or Intacct's (``VENDOR``, a custom object).
        values: Checked inputs of a create, update or invoke; money and dates are text.
        keys: Record numbers or ids, for reads, updates and deletes.
        fields: Which fields to return, our names or Intacct's; ``*`` for all.
        where: A structured filter.
        expression: A filter as text, for READ_BY_QUERY only.
        order_by: Field names; a leading ``-`` turns the order round.
        page: Which part of a list.
        function: Our word for what is done, for INVOKE only, such as ``reverse``.
        body: What the user wrote, for RAW only.
        headers: HTTP headers to send too, names in lower case.
        call: Names this write among several of one action (``document``, ``attachment``).
        seconds: The total deadline of the call by wall clock.
        frozen: The bytes, once the dialect has made them.
        control_id: The function's control id, once the effect is planned.
        identity: How a write's record would be recognised, where it can be.
        external_id: The business id the record will have, where the caller chose it.
        op_key: The effect this write belongs to, once it is planned.
        is_resend: The same bytes went out before and nobody knows what became of them.
    """

    verb: Verb
    object_name: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    fields: tuple[str, ...] = ("*",)
    where: Filter | None = None
    expression: str = ""
    order_by: tuple[str, ...] = ()
    page: Page = Page()
    function: str = ""
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    call: str = "main"
    seconds: float = 120.0
    frozen: Frozen | None = None
    control_id: str = ""
    identity: Identity | None = None
    external_id: str = ""
    op_key: str = ""
    is_resend: bool = False

    def with_frozen(self, frozen: Frozen) -> Operation:
        """Return this operation with its bytes."""
        return dataclasses.replace(self, frozen=frozen)

    def planned_as(self, op_key: str, control_id: str) -> Operation:
        """Return this operation as the given effect, under its control id."""
        return dataclasses.replace(self, op_key=op_key, control_id=control_id)

    @property
    def is_write(self) -> bool:
        """Whether the call may change records; RAW counts by its function once frozen."""
        return self.frozen.is_write if self.frozen else self.verb.is_write


@dataclass(frozen=True)
class Write:
    """One of many writes that go together.

    Args:
        verb: CREATE or UPDATE.
        object_name: Our name of the object, or Intacct's.
        values: What it is written with; an update holds the record number.
        call: Names it among the writes of its step.
    """

    verb: Verb
    object_name: str
    values: Mapping[str, Any]
    call: str


@dataclass(frozen=True)
class Result:
    """What one function answered.

    Args:
        function: The wire function that answered.
        control_id: The control id it answered for.
        key: The record number, where the call made or changed one record.
        rows: Records under Intacct's own names, upper case, nested where the reply nests.
        count: How many rows this reply holds.
        total: How many rows match in all, or None where the API does not say.
        remaining: How many rows come after this page, or None.
        cursor: What READ_MORE continues with; empty where there is no more.
        reply: The whole reply as it came, for the raw result form.
        http_status: The status line's number.
        external_id: The business id, where the ledger already knew it.
        op_key: The effect this answered, for a write.
        is_repeat: The effect had already succeeded; nothing was sent this time.
        list_type: What the reply calls its list, such as ``objects`` or ``APBILL``.
        api: Which API answered, ``xml`` or ``rest``.
        why: Why that one was chosen, a sentence.
    """

    function: str
    control_id: str
    key: str = ""
    rows: tuple[dict[str, Any], ...] = ()
    count: int = 0
    total: int | None = None
    remaining: int | None = None
    cursor: str = ""
    reply: bytes = b""
    http_status: int = 200
    external_id: str = ""
    op_key: str = ""
    is_repeat: bool = False
    list_type: str = ""
    api: str = "xml"
    why: str = ""
