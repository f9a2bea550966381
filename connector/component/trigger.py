"""What can start a workflow: verify a delivery, split it into events, fill them with data."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

import schemas
from connector.component.context import Context
from connector.component.inputs import InputForm
from connector.errors import InputError

MOST_CONTENT_BYTES = 4 * 1024 * 1024  # what a delivery of one mebibyte may unfold to
REJECTED = "rejected"  # the type of an event that could not be read; kept for a person to see
_GZIP = 31  # zlib's word for "with the head and the checksum of gzip"
_LONGEST_NUMBER = 18  # digits that surely fit into 64 bits


@dataclass(frozen=True)
class Webhook:
    """One delivery, exactly as it arrived.

    Args:
        method: The HTTP method.
        url: The public address it was sent to, from the settings, never from the Host header.
        headers: Header names in lower case.
        raw: The body's bytes.
        received_at: Milliseconds since 1970, UTC.
        peer: The address of the machine that connected, which may be a proxy; empty if unknown.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    raw: bytes
    received_at: int
    peer: str = ""

    @cached_property
    def content(self) -> bytes:
        """The body's bytes without the compression they travelled in.

        Raises:
            InputError: The compression is not gzip, is broken, or unfolds to too much.
        """
        encoding = self.headers.get("content-encoding", "identity").strip().lower()
        if encoding in {"", "identity"}:
            return self.raw
        if encoding not in {"gzip", "x-gzip"}:
            raise InputError("The delivery is compressed in a way that is not known.")
        return _unfolded(self.raw)

    @cached_property
    def body(self) -> Any:
        """The body as JSON, numbers with a point, or too long for a computer's, as Decimal.

        Raises:
            InputError: It is not JSON, names a value twice, or holds NaN or Infinity.
        """
        try:
            return json.loads(
                self.content.decode("utf-8"),
                parse_float=Decimal,
                parse_int=_whole_number,
                parse_constant=_refuse_constant,
                object_pairs_hook=_object,
            )
        except (ValueError, RecursionError) as error:
            raise InputError("The delivery is not JSON.") from error


def _unfolded(raw: bytes) -> bytes:
    unfolder = zlib.decompressobj(_GZIP)
    try:
        content = unfolder.decompress(raw, MOST_CONTENT_BYTES)
    except zlib.error as error:
        raise InputError("The delivery's compression is broken.") from error
    if not unfolder.eof or unfolder.unused_data:
        raise InputError("The delivery is too large once unfolded, or breaks off.")
    return content


def _whole_number(text: str) -> int | Decimal:
    return int(text) if len(text) <= _LONGEST_NUMBER else Decimal(text)


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):  # which of the two is meant is anybody's guess
        raise ValueError(pairs)
    return found


@dataclass(frozen=True)
class Event:
    """Something that happened elsewhere, once.

    Args:
        id: The same occurrence gives the same id, however often it is delivered.
        type: What happened, such as ``deal.propertyChange``.
        data: The event as JSON values.
        occurred_at: Milliseconds since 1970, or None where the sender does not say.
        window_ms: For how long the id means the same occurrence; None for ever.
        aliases: Other ids of the same occurrence: one of them seen before makes it an echo.
        order: Events of one order replace each other, so one that is older than an event that
            came before it is stale and starts nothing; empty where each stands for itself.
    """

    id: str
    type: str
    data: Mapping[str, Any]
    occurred_at: int | None = None
    window_ms: int | None = None
    aliases: tuple[str, ...] = ()
    order: str = ""


@dataclass(frozen=True)
class Reply:
    """What a sender is answered, where 200 and an empty body will not do."""

    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


PLAIN_REPLY = Reply()


def _no_handshake(_webhook: Webhook, _settings: Mapping[str, Any]) -> Reply | None:
    return None


def _plainly(_webhook: Webhook, _settings: Mapping[str, Any]) -> Reply:
    return PLAIN_REPLY


def _no_weakness(_settings: Mapping[str, Any]) -> str:
    return ""


@dataclass(frozen=True)
class Trigger:
    """One kind of event that can start a workflow.

    Triggers of one connection that share ``receive`` share their events, too: each is kept once.

    Args:
        key: Such as ``hubspot.deal``.
        label: What it is called.
        description: One sentence.
        connection: The kind of connection it listens on, such as ``hubspot``.
        event: Where the schema of the filled event stands.
        config: Where the schema of its settings stands.
        verify: Raises ``Untrusted`` unless the delivery is signed with one of the secrets.
        receive: Splits a delivery into events, by the connection's settings.
        matches: Says by the event alone whether a workflow's settings want it.
        enrich: Fetches what the workflow sees as ``input``; None means not wanted after all.
        handshake: Answers what only asks whether somebody is there, before anything is verified;
            None for a delivery.
        acknowledge: What the sender is answered once every event is kept.
        weakness: Why deliveries of such a connection prove little; empty where they are signed.
        example: A filled event.
    """

    key: str
    label: str
    description: str
    connection: str
    event: str
    config: str
    verify: Callable[[Webhook, Mapping[str, Any]], None]
    receive: Callable[[Webhook, Mapping[str, Any]], list[Event]]
    matches: Callable[[Event, Mapping[str, Any]], bool]
    enrich: Callable[[Context, Event, Mapping[str, Any]], Mapping[str, Any] | None]
    handshake: Callable[[Webhook, Mapping[str, Any]], Reply | None] = _no_handshake
    acknowledge: Callable[[Webhook, Mapping[str, Any]], Reply] = _plainly
    weakness: Callable[[Mapping[str, Any]], str] = _no_weakness
    example: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def form(self) -> InputForm:
        """The schema of the trigger's settings, ready to check values."""
        return InputForm(schemas.resolve(self.config))

    @property
    def takes_deliveries(self) -> bool:
        """Whether anybody posts to a connection of its kind; others ask, or look at the clock."""
        return bool(self.connection)
