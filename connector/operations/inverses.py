"""What would take each write of a run back, or why nothing does; nothing is asked or sent here."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from connector.component.inverse import Inverse
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.ports import EffectState
from connector.operations import opposite_entries
from connector.operations.written import Record, Written

JOURNAL_ENTRY = "journalEntry"

_UNSETTLED = (EffectState.SENDING, EffectState.UNCERTAIN, EffectState.PARKED)
_DRAFT, _POSTED = "draft", "posted"
_TAKEN_BACK = ("reversed", "reversal", "voided", "reversal pending")
_PAID = ("paid", "partially paid", "selected")
_RECONCILED = ("reconciled", "cleared")
_PAYMENTS = {"invoice": ("arPayment",), "bill": ("apPayment",)}
_REASON = "Taken back with the workflow run {run}"


class Verdict(StrEnum):
    """What becomes of a write."""

    UNDO = "will be taken back"
    DONE = "is taken back already"
    COVERED = "goes with its record"
    CANNOT = "cannot be taken back"


@dataclass(frozen=True)
class Undo:
    """What becomes of one write.

    Args:
        write: The write.
        verdict: In a few words.
        reason: What will be done, or why nothing is; a sentence.
        action: The key of the action that does it; empty for none.
        inputs: What the action is given.
        is_draft: It is done only if the record is still a draft at that moment.
    """

    write: Written
    verdict: Verdict
    reason: str
    action: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    is_draft: bool = False

    @property
    def way(self) -> str:
        """The id of the step that does it, which stays the same whatever else is taken back.

        It is part of the key of the write that undoes this one.
        """
        parts = [self.write.connection_id, self.action, *sorted(self.inputs)]
        return f"{self.action}_{hashlib.sha256(' '.join(parts).encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Judge:
    """Decides about the writes of one run.

    Args:
        run_id: The run.
        day: The day of the reversals, ISO text.
        records: What the records are now; those that are gone are missing.
        elsewhere: Records that other runs have changed since, with one such run.
        users: Returns the documents that name a record: object, record number, state.
    """

    run_id: str
    day: str
    records: Mapping[tuple[str, str, str], Record]
    elsewhere: Mapping[tuple[str, str, str], str]
    users: Callable[[Written, Inverse], Sequence[tuple[str, str, str]]]

    def decide(self, writes: Sequence[Written]) -> list[Undo]:
        """Return what becomes of each write; they come newest first, and are undone in that order.

        What stands on a record, such as a payment, is newer than the record.
        """
        made = {write.record for write in writes if write.is_creation and write.key}
        found: list[Undo] = []
        for write in writes:
            if not write.is_creation and write.record in made:
                reason = "It changed a record that this run made; that is decided below."
                found.append(Undo(write, Verdict.COVERED, reason))
            else:
                found.append(self._one(write, found))
        return found

    def _one(self, write: Written, newer: Sequence[Undo]) -> Undo:
        inverse = write.inverse
        why = before_looking(write)
        if why:
            return Undo(write, Verdict.CANNOT, why)
        record = self.records.get(write.record)
        done = _done_already(record)
        if record is None or done:
            return Undo(write, Verdict.DONE, done)
        state = record.state.lower()
        why = self._touched(write, record)
        if why:
            return Undo(write, Verdict.CANNOT, why)
        if inverse.unused:
            return self._out_of_use(write, inverse, newer)
        if state == _DRAFT:
            return _removed(write, inverse)
        return self._reversed(write, inverse, state, newer)

    def _touched(self, write: Written, record: Record) -> str:
        """Say who has changed the record since, if anybody has."""
        other = self.elsewhere.get(write.record)
        if other:
            return f"The run {other} has changed it since."
        if record.changed_by and record.made_by and record.changed_by != record.made_by:
            return f"{record.changed_by} has changed it in Intacct since; look there first."
        return ""

    def _out_of_use(self, write: Written, inverse: Inverse, newer: Sequence[Undo]) -> Undo:
        gone = {each.write.record[1:] for each in newer if each.verdict is Verdict.UNDO}
        for name, key, state in self.users(write, inverse):
            if (name, key) not in gone and state.lower() not in _TAKEN_BACK:
                reason = f"It is used: {name} {key} names it."
                return Undo(write, Verdict.CANNOT, reason)
        inputs = {"recordNo": write.key, "status": "inactive"}
        reason = "Nothing else names it, so it is set to inactive."
        return Undo(write, Verdict.UNDO, reason, inverse.unused, inputs)

    def _reversed(
        self, write: Written, inverse: Inverse, state: str, newer: Sequence[Undo]
    ) -> Undo:
        if not inverse.posted:
            return Undo(write, Verdict.CANNOT, inverse.why)
        if write.object_name == JOURNAL_ENTRY:
            return self._balanced(write, inverse)
        reason = f"It is reversed on {self.day}."
        if write.object_name in _PAYMENTS and state not in (_POSTED, *_PAID):
            reason = f"It is {state}, and only what is posted can be reversed."
            return Undo(write, Verdict.CANNOT, reason)
        if state in _RECONCILED:
            reason = f"It is {state} with the bank's statement; undo that in Intacct first."
            return Undo(write, Verdict.CANNOT, reason)
        if state in _PAID:
            payment = _payment_of(write, newer)
            if payment is None:
                reason = f"It is {state}; take the payment back first."
                return Undo(write, Verdict.CANNOT, reason)
            reason = f"It is reversed on {self.day}, after {payment.name}."
        inputs = {
            "recordNo": write.key,
            "reversalDate": self.day,
            "reversalReason": _REASON.format(run=self.run_id),
        }
        return Undo(write, Verdict.UNDO, reason, inverse.posted, inputs)

    def _balanced(self, write: Written, inverse: Inverse) -> Undo:
        entry = opposite_entries.opposite(write.inputs, of_key=write.key, day=self.day)
        if isinstance(entry, str):
            return Undo(write, Verdict.CANNOT, entry)
        reason = f"A new entry of {self.day} with its sides turned balances it."
        return Undo(write, Verdict.UNDO, reason, inverse.posted, entry)


def known(found: Sequence[Undo], done: Mapping[str, tuple[str, str]]) -> list[Undo]:
    """Return the same, where the ledger knows that a write was undone before.

    Args:
        found: What was decided.
        done: By the key of the write in question, the state of the write that undoes it and the
            run that it belongs to.
    """
    return [_known(each, *done.get(each.write.op_key, ("", ""))) for each in found]


def _known(each: Undo, state: str, run_id: str) -> Undo:
    if each.verdict is not Verdict.UNDO:
        return each
    if state == EffectState.SUCCEEDED:
        reason = f"The run {run_id} has taken it back."
        return dataclasses.replace(each, verdict=Verdict.DONE, reason=reason)
    if state in _UNSETTLED:
        reason = f"The run {run_id} has tried, and what became of that is not known yet."
        return dataclasses.replace(each, verdict=Verdict.CANNOT, reason=reason)
    return each


def before_looking(write: Written) -> str:
    """Say why there is no need to look at the record; empty where there is."""
    if write.state in _UNSETTLED:
        return "What became of this write is not known yet."
    if not write.inverse.actions:
        return write.inverse.why
    if write.decided_by:
        return f"{write.decided_by} found it in Intacct; whether this run made it, nobody can tell."
    if not write.connection:
        return "Its connection is gone."
    if not write.key:
        return "Its record number is not known."
    return ""


def _done_already(record: Record | None) -> str:
    """Say what became of a record that is in no book any more; empty for one that is."""
    if record is None:
        return "The record is gone."
    if record.state.lower() in _TAKEN_BACK:
        return f"It is {record.state.lower()} already."
    return "" if record.is_active else "It is inactive already."


def _removed(write: Written, inverse: Inverse) -> Undo:
    if not inverse.draft:
        reason = "It is a draft by now, in no book; delete it in Intacct where nobody needs it."
        return Undo(write, Verdict.CANNOT, reason)
    inputs = {"object": ObjectSchema.named(write.object_name).wire, "keys": write.key}
    if inverse.draft != "deleteObject":
        inputs = {"recordNo": write.key}
    reason = "It is a draft, in no book, and is deleted."
    return Undo(write, Verdict.UNDO, reason, inverse.draft, inputs, is_draft=True)


def _payment_of(write: Written, newer: Sequence[Undo]) -> Written | None:
    """Return a payment of this run that pays the document and is taken back before it."""
    for each in newer:
        is_payment = each.write.object_name in _PAYMENTS.get(write.object_name, ())
        is_gone = each.verdict in {Verdict.UNDO, Verdict.DONE}
        if is_payment and is_gone and _names(each.write.payload, write.key):
            return each.write
    return None


def _names(payload: str, key: str) -> bool:
    return f">{key}<" in payload or f'"{key}"' in payload
