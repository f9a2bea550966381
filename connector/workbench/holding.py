"""Turns a write that was held back into what people see of it."""

from __future__ import annotations

import dataclasses
import hashlib

from connector.intacct.operation import Operation, Verb
from connector.redaction import scrub
from connector.runtime.web_steps import IDEMPOTENCY_KEY
from connector.workbench import placeholders
from connector.workbench.lookups import Lookups
from connector.workbench.preflight import checks_of, version_of
from connector.workbench.reading import Books
from connector.workbench.report import Exactness, HeldWrite
from connector.workbench.stage import Frame
from connector.workbench.unsent import Held
from connector.workflow.steps import Step
from connector.workflow.web_calls import WebCall


def held_write(frame: Frame, step: Step, held: Held, lookups: Lookups) -> HeldWrite:
    """Return a write to Intacct with its request and what was looked at beforehand."""
    operation, books = held.operation, lookups.books
    frozen = operation.frozen
    payload = frozen.payload if frozen else ""
    checks = () if held.record else checks_of(operation, lookups)
    if operation.verb is Verb.CREATE and not held.record:
        lookups.note_made(operation.object_name, operation.external_id, step.label)
    return HeldWrite(
        call=operation.call,
        function=frozen.function if frozen else "",
        api=frozen.api if frozen else "",
        why=frozen.why if frozen else "",
        connection=books.row.name,
        company=books.company,
        object_name=operation.object_name,
        op_key=operation.op_key if frame.is_keyed else "",
        control_id=operation.control_id if frame.is_keyed else "",
        natural_key=dict(operation.identity.match) if operation.identity else {},
        known=held.known,
        record=dict(held.record),
        exactness=_exactness(frame, step, payload, lookups.stand_ins),
        payload=payload,
        payload_hash=_hash(payload),
        document=_document(frame, operation, books),
        version="" if held.record else version_of(operation, lookups),
        checks=checks,
        operation=operation,
    )


def web_write(frame: Frame, step: Step, held: Held, call: WebCall, known: set[str]) -> HeldWrite:
    """Return a request to another service that may change something there."""
    payload = call.to_text()
    control = held.operation.control_id if frame.is_keyed else "made with the run"
    headers = {**call.headers, IDEMPOTENCY_KEY: control}
    lines = [f"{call.method} {call.url}", *(f"{n}: {v}" for n, v in headers.items())]
    return HeldWrite(
        call=held.operation.call,
        function=held.operation.frozen.function if held.operation.frozen else call.method,
        api="http",
        why="",
        connection="",
        company=call.url.partition("://")[2].partition("/")[0],
        object_name="",
        op_key=held.operation.op_key if frame.is_keyed else "",
        control_id=held.operation.control_id if frame.is_keyed else "",
        natural_key={},
        known=held.known,
        record=dict(held.record),
        exactness=_exactness(frame, step, payload, known),
        payload=payload,
        payload_hash=_hash(payload),
        document=scrub("\n".join([*lines, "", call.body])) if frame.is_shown else "",
        operation=held.operation,
    )


def _document(frame: Frame, operation: Operation, books: Books) -> str:
    if not frame.is_shown:
        return ""
    # A control id that is not the run's own would only mislead.
    known = operation.control_id if frame.is_keyed else ""
    return books.render(dataclasses.replace(operation, control_id=known))


def _exactness(frame: Frame, step: Step, payload: str, stand_ins: set[str]) -> Exactness:
    if frame.guesses.touch(step):
        return Exactness.GUESSED
    is_open = placeholders.holds(payload, stand_ins)
    return Exactness.KEYS_OPEN if is_open else Exactness.EXACT


def _hash(payload: str) -> str:
    return hashlib.sha256(payload.encode()).hexdigest()
