"""Triggers that ask instead of waiting to be told, one small step after another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn, Protocol

import schemas
from connector.component.context import Context
from connector.component.inputs import InputForm
from connector.component.timetable import Timetable
from connector.component.trigger import Event, Trigger, Webhook
from connector.errors import Untrusted


@dataclass(frozen=True)
class Seen:
    """A record as a poll last saw it.

    Args:
        key: Its record number.
        id: What people call it; empty where it has no id.
        version: When it was last changed, as Intacct says it; empty where it does not.
        state: Its state, where the poll watches that.
        mark: The last full look that found it.
    """

    key: str
    id: str = ""
    version: str = ""
    state: str = ""
    mark: int = 0


@dataclass(frozen=True)
class Arrival:
    """An event that was delivered or drained, by its number in the inbox."""

    number: int
    event: Event


class Memory(Protocol):
    """What a poll kept of earlier ones."""

    def known(self, keys: Sequence[str]) -> Mapping[str, Seen]:
        """Return the records among these that were seen before, by record number."""

    def unmarked(self, mark: int, most: int) -> list[Seen]:
        """Return records that the full look of that number did not find."""

    def arrivals(self, after: int, most: int) -> list[Arrival]:
        """Return what Intacct itself told of the company since the inbox's row of that number."""


@dataclass(frozen=True)
class Asking:
    """One step of a poll, as the trigger sees it.

    Args:
        ctx: The connection to ask over.
        config: The workflow's checked settings.
        state: What the step before left; empty at first.
        memory: What was seen before.
        now_ms: The database's time, in milliseconds since 1970.
        since_ms: When the workflow was published with these settings.
        user_id: Whom the connection signs in as; empty where an application does.
    """

    ctx: Context
    config: Mapping[str, Any]
    state: Mapping[str, Any]
    memory: Memory
    now_ms: int
    since_ms: int
    user_id: str = ""


@dataclass(frozen=True)
class Answer:
    """What one step found; all of it is committed at once, or none.

    Args:
        state: What the next step begins with.
        events: Each starts one run of this workflow, with its data as the input.
        delivered: Each goes into the inbox, for every workflow that waits for it.
        seen: Records to remember.
        forgotten: Record numbers to forget.
        is_done: False: the next step is due at once.
        note: What a person should know of this poll; empty for nothing.
    """

    state: Mapping[str, Any]
    events: Sequence[Event] = ()
    delivered: Sequence[Event] = ()
    seen: Sequence[Seen] = ()
    forgotten: Sequence[str] = ()
    is_done: bool = True
    note: str = ""


def settings_of(trigger: Trigger, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return a workflow's settings, checked, with the defaults of those that it leaves out.

    Raises:
        InputError: One of them is wrong.
    """
    stanzas = trigger.form.schema["properties"]
    defaults = {name: each["default"] for name, each in stanzas.items() if "default" in each}
    return defaults | trigger.form.check(config)


def refuse(_webhook: Webhook, _settings: Mapping[str, Any]) -> NoReturn:
    """Refuse a delivery: nobody is expected to post to such a connection."""
    raise Untrusted("Nothing is delivered to a connection of this kind; it is asked instead.")


def is_never_routed(_event: Event, _config: Mapping[str, Any]) -> bool:
    """Say that no event of the inbox is meant: the poll itself starts the runs."""
    return False


def as_found(_ctx: Context, event: Event, _config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an event's data as they are: the poll has read the record already."""
    return event.data


@dataclass(frozen=True)
class PollingTrigger(Trigger):
    """A trigger that asks a company what has changed.

    Args:
        ask: Takes one step, one call of Intacct or a few; the runtime commits what it found.
        listens: A delivery to its connection makes it ask at once.
    """

    ask: Callable[[Asking], Answer] = field(kw_only=True)
    listens: bool = False

    @property
    def takes_deliveries(self) -> bool:
        """Whether anybody posts to a connection of its kind."""
        return self.listens


class _TimedForm(InputForm):
    """Settings whose cron line and zone are read too, so that a wrong one is told at once."""

    def check(self, raw: object) -> dict[str, Any]:
        checked = super().check(raw)
        Timetable.of(checked)
        return checked


@dataclass(frozen=True)
class TimedTrigger(Trigger):
    """A trigger that needs nothing but the time."""

    @cached_property
    def form(self) -> InputForm:
        """The schema of the trigger's settings, ready to check values."""
        return _TimedForm(schemas.resolve(self.config))
