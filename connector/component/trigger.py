"""What can start a workflow: verify a delivery, split it into events, fill them with data."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

import schemas
from connector.component.context import Context
from connector.component.inputs import InputForm
from connector.errors import InputError


@dataclass(frozen=True)
class Webhook:
    """One delivery, exactly as it arrived.

    Args:
        method: The HTTP method.
        url: The public address it was sent to, from the settings, never from the Host header.
        headers: Header names in lower case.
        raw: The body's bytes.
        received_at: Milliseconds since 1970, UTC.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    raw: bytes
    received_at: int

    @cached_property
    def body(self) -> Any:
        """The body as JSON, numbers with a point as Decimal.

        Raises:
            InputError: It is not JSON, or holds NaN or Infinity.
        """
        try:
            return json.loads(
                self.raw.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse_constant
            )
        except (ValueError, RecursionError) as error:
            raise InputError("The delivery is not JSON.") from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


@dataclass(frozen=True)
class Event:
    """Something that happened elsewhere, once.

    Args:
        id: The same occurrence gives the same id, however often it is delivered.
        type: What happened, such as ``deal.propertyChange``.
        data: The event as JSON values.
        occurred_at: Milliseconds since 1970, or None where the sender does not say.
    """

    id: str
    type: str
    data: Mapping[str, Any]
    occurred_at: int | None = None


@dataclass(frozen=True)
class Trigger:
    """One kind of event that can start a workflow.

    Args:
        key: Such as ``hubspot.deal``.
        label: What it is called.
        description: One sentence.
        connection: The kind of connection it listens on, such as ``hubspot``.
        event: Where the schema of the filled event stands.
        config: Where the schema of its settings stands.
        verify: Raises ``Untrusted`` unless the delivery is signed with one of the secrets.
        receive: Splits a delivery into events.
        matches: Says by the event alone whether a workflow's settings want it.
        enrich: Fetches what the workflow sees as ``input``; None means not wanted after all.
        example: A filled event.
    """

    key: str
    label: str
    description: str
    connection: str
    event: str
    config: str
    verify: Callable[[Webhook, Mapping[str, str]], None]
    receive: Callable[[Webhook], list[Event]]
    matches: Callable[[Event, Mapping[str, Any]], bool]
    enrich: Callable[[Context, Event, Mapping[str, Any]], Mapping[str, Any] | None]
    example: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def form(self) -> InputForm:
        """The schema of the trigger's settings, ready to check values."""
        return InputForm(schemas.resolve(self.config))
