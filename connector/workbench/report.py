"""What a rehearsal found, as data: its steps, the writes held back, and their checks."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from connector.intacct.operation import Operation, Verb

_DONE = {Verb.CREATE: "create", Verb.UPDATE: "change", Verb.DELETE: "delete"}


class State(StrEnum):
    """What would become of a step."""

    READ = "done"  # it only reads or decides, so it was carried out
    WRITES = "would write"
    THERE = "exists already"
    WAITS = "would wait"
    ASKS = "would ask for approval"
    ASSUMED = "assumed"  # it depends on what only a write could tell
    SKIPPED = "ends here"
    FAILS = "would fail"
    PASSED = "would fail, and the run goes on"


class Verdict(StrEnum):
    """What would become of the run."""

    SUCCEEDS = "would succeed"
    PARTIAL = "would succeed in part"
    SKIPPED = "would be skipped"
    DUPLICATE = "was done already"
    FAILS = "would fail"


class Finding(StrEnum):
    """What a check says."""

    FINE = "fine"
    WARNING = "look at it"
    PROBLEM = "would be refused"
    UNCHECKED = "not checked"


@dataclass(frozen=True)
class Check:
    """One look at a write before it is sent.

    Args:
        name: What was looked at, such as ``references``.
        finding: What came of it.
        sentence: The same for an accountant.
        advice: What to do about it; empty where nothing is.
        field: The input it is about; empty for the whole.
    """

    name: str
    finding: Finding
    sentence: str
    advice: str = ""
    field: str = ""

    def to_document(self) -> dict[str, str]:
        """Return it as JSON data without what is empty."""
        return _without_empty(dataclasses.asdict(self))


class Exactness(StrEnum):
    """How much of a request is known before the run."""

    EXACT = "exact"
    KEYS_OPEN = "exact but for record numbers that are given when the run makes them"
    GUESSED = "partly an example"


@dataclass(frozen=True)
class HeldWrite:
    """One write that was rendered instead of sent.

    Args:
        call: Its name inside the step.
        function: The wire function, such as ``create_invoice``.
        api: ``xml``, ``rest`` or ``http``.
        why: Why that API.
        connection: The connection's name; empty for other services.
        company: The company ID, or the other service's host.
        object_name: What it writes.
        op_key: The key of its effect; empty where it is not known before the run.
        control_id: The control id or idempotency key it would carry.
        natural_key: What it would be looked up by after a lost answer; empty where nothing would.
        known: Empty for a new write; else what the ledger of effects knows of it, a sentence.
        record: Key and id of the record that is there already; empty otherwise.
        exactness: How much of the request is known.
        payload: The frozen bytes; not for people.
        payload_hash: Their SHA-256.
        document: The whole request, secrets masked; empty beyond the first items of a loop.
        version: Of the record it changes: what it would change from; empty for a new one.
        checks: What was looked at beforehand.
        operation: What it came from.
    """

    call: str
    function: str
    api: str
    why: str
    connection: str
    company: str
    object_name: str
    op_key: str
    control_id: str
    natural_key: Mapping[str, str]
    known: str
    record: Mapping[str, str]
    exactness: Exactness
    payload: str = field(repr=False)
    payload_hash: str
    document: str = field(repr=False)
    version: str = ""
    checks: tuple[Check, ...] = ()
    operation: Operation | None = field(default=None, repr=False)

    @property
    def is_new(self) -> bool:
        """Whether something would be sent."""
        return not self.record

    @property
    def words(self) -> str:
        """What it does to which record, such as ``create invoice INV-9``."""
        if self.operation is None or not self.object_name:
            return f"send {self.function}"
        done = self.operation.function or _DONE.get(self.operation.verb, self.function)
        named = self.operation.external_id or next(iter(self.natural_key.values()), "")
        return f"{done} {self.object_name} {named}".strip()

    @property
    def problems(self) -> tuple[Check, ...]:
        """The checks that say it would be refused."""
        return tuple(each for each in self.checks if each.finding is Finding.PROBLEM)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON data without what is empty."""
        same = ("call", "function", "api", "why", "connection", "company", "known", "document")
        parts = {name: getattr(self, name) for name in same}
        return {
            **_without_empty(parts),
            "words": self.words,
            "object": self.object_name,
            "outcome": "nothing would be sent" if self.record else "would be sent",
            "effectKey": self.op_key,
            "controlId": self.control_id,
            "naturalKey": dict(self.natural_key),
            "record": dict(self.record),
            "exactness": self.exactness.value,
            "version": self.version,
            "payloadHash": self.payload_hash,
            "checks": [check.to_document() for check in self.checks],
        }


@dataclass(frozen=True)
class Trail:
    """Where a step stands beside its workflow's own steps: one pair for every level.

    Args:
        parts: A loop and its item's key, or a calling step and ``-``; outermost first.
    """

    parts: tuple[tuple[str, str], ...] = ()

    def inside(self, step: str, item: str = "-") -> Trail:
        """Return the place one level further in."""
        return Trail((*self.parts, (step, item)))

    def __str__(self) -> str:
        return " / ".join(step if item == "-" else f"{step} [{item}]" for step, item in self.parts)


@dataclass(frozen=True)
class StepReport:
    """What one step would do.

    Args:
        id: The step.
        label: What people call it.
        kind: Its type, such as ``sage-intacct.createInvoice``.
        trail: The loops and calls it stands in.
        state: What would become of it.
        sentence: The same for an accountant.
        inputs: Its inputs as they were worked out; None where that failed.
        output: What later steps were given.
        assumed: Which parts of the output are no truth: names of its fields, ``*`` for all.
        guessed: What it does rests on an example or a sample, so the run may do otherwise.
        pinned: The output is a sample that a person chose.
        writes: The writes that were held back.
        error: Why it would fail, as ``ConnectorError.describe`` renders it.
        least: The API transactions it would take at least.
        most: And at most.
        spent: Those that the rehearsal itself used for it.
    """

    id: str
    label: str
    kind: str
    trail: Trail
    state: State
    sentence: str
    inputs: Any = None
    output: Any = None
    assumed: tuple[str, ...] = ()
    guessed: bool = False
    pinned: bool = False
    writes: tuple[HeldWrite, ...] = ()
    error: Mapping[str, Any] | None = None
    least: int = 0
    most: int = 0
    spent: int = 0

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON data."""
        same = ("id", "label", "kind", "state", "sentence", "inputs", "output", "error")
        return {
            **{name: getattr(self, name) for name in same},
            "inside": str(self.trail),
            "assumed": list(self.assumed),
            "guessed": self.guessed,
            "pinned": self.pinned,
            "writes": [write.to_document() for write in self.writes],
            "transactions": {"least": self.least, "most": self.most, "spent": self.spent},
        }


@dataclass(frozen=True)
class Rehearsal:
    """What a run on an event would do; nothing was written.

    Args:
        workflow: The workflow's name.
        workflow_id: Its id; empty where it was never published.
        fingerprint: Of its content.
        once: The event's business identity.
        verdict: What would become of the run.
        sentence: The same for an accountant.
        steps: Every step that would be taken, in order.
        remaining: Items of loops that were counted and not rehearsed, by loop.
        hash: Of everything that decides what would be written; the same hash, the same writes.
        least: The API transactions the run would take at least.
        most: And at most.
        spent: Those that the rehearsal itself used.
        milliseconds: How long it took.
        earlier_run: A run that did the same work before; empty for none.
        stand_ins: What stands for record numbers and ids that only the run would bring.
    """

    workflow: str
    workflow_id: str
    fingerprint: str
    once: str
    verdict: Verdict
    sentence: str
    steps: tuple[StepReport, ...]
    remaining: Mapping[str, int]
    hash: str
    least: int
    most: int
    spent: int
    milliseconds: int
    earlier_run: str = ""
    stand_ins: frozenset[str] = frozenset()

    @property
    def writes(self) -> tuple[HeldWrite, ...]:
        """The writes of all steps, in order."""
        return tuple(write for step in self.steps for write in step.writes)

    @property
    def problems(self) -> tuple[Check, ...]:
        """Everything that Intacct would refuse as far as could be seen."""
        return tuple(check for write in self.writes for check in write.problems)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON data."""
        same = ("workflow", "fingerprint", "once", "verdict", "sentence", "hash", "milliseconds")
        return {
            **{name: getattr(self, name) for name in same},
            "earlierRun": self.earlier_run,
            "steps": [step.to_document() for step in self.steps],
            "remaining": dict(self.remaining),
            "transactions": {"least": self.least, "most": self.most, "spent": self.spent},
        }


def _without_empty(parts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parts.items() if value}
