"""Which of the new records would be there twice: in the company already, or made twice here.

It is looked at last, since one question then covers the items of a whole loop.
"""

from __future__ import annotations

import dataclasses
import re

from connector.errors import ConnectorError
from connector.intacct.operation import Aim, Identity, Verb
from connector.workbench.lookups import Lookups, Same
from connector.workbench.report import Check, Finding, HeldWrite, StepReport
from connector.workbench.stage import Stage

_NAME = "duplicate"
_LOOKS_FIRST = re.compile(r"\.(findOrCreate|createOrUpdate)")
_Subject = tuple[str, str]  # connection and object


def with_duplicates(stage: Stage) -> list[StepReport]:
    """Return the reports of a rehearsal, their new records looked for in the company."""
    wanted: dict[_Subject, list[Identity]] = {}
    for report in stage.reports:
        for write in report.writes:
            if identity := _key_of(write, stage.stand_ins):
                wanted.setdefault((write.connection, write.object_name), []).append(identity)
    found = _Found(stage.stand_ins)
    for (connection, object_name), identities in wanted.items():
        found.look(stage.opened[connection], (connection, object_name), identities)
    return [_checked(report, found) for report in stage.reports]


def _key_of(write: HeldWrite, stand_ins: set[str]) -> Identity | None:
    """Return how a new record would be told from others; None where nothing can be looked for."""
    operation = write.operation
    if operation is None or operation.verb is not Verb.CREATE or not write.is_new:
        return None
    identity = operation.identity
    if identity is None or identity.aim is not Aim.CREATED:
        return None
    return None if stand_ins & set(identity.match.values()) else identity


def _text(identity: Identity) -> str:
    return ", ".join(identity.match.values())


class _Found:
    """What was found, by connection, object and natural key."""

    def __init__(self, stand_ins: set[str]) -> None:
        self.stand_ins = stand_ins
        self._same: dict[tuple[str, str, str], Same | ConnectorError | None] = {}
        self._made: dict[tuple[str, str, str], str] = {}

    def look(self, lookups: Lookups, subject: _Subject, identities: list[Identity]) -> None:
        """Ask the company once for many keys."""
        try:
            found: list[Same | ConnectorError | None] = [*lookups.same(subject[1], identities)]
        except ConnectorError as error:
            found = [error] * len(identities)
        for identity, same in zip(identities, found, strict=True):
            self._same[(*subject, _text(identity))] = same

    def check(self, write: HeldWrite, identity: Identity, place: str, *, is_found: bool) -> Check:
        """Return what is said of one new record, which stands at a place of the rehearsal.

        Args:
            write: What would make it.
            identity: What tells it from others.
            place: Where in the rehearsal.
            is_found: The step looks first, and so finds what an earlier one has made.
        """
        key = (write.connection, write.object_name, _text(identity))
        what = f"{write.object_name} {_text(identity)}"
        field = next(iter(identity.match))
        same, earlier = self._same.get(key), self._made.setdefault(key, place)
        if isinstance(same, ConnectorError):
            sentence = f"This could not be looked at: {same.title}"
            return Check(_NAME, Finding.UNCHECKED, sentence, same.advice)
        if same is not None:
            content = "with the same content" if same.agrees else "with other content"
            sentence = f"Already there: {what}, as record {same.key}, {content}."
            advice = "It was not made by this step; use that record, or choose another number."
            return Check(_NAME, Finding.PROBLEM, sentence, advice, field)
        if earlier != place and is_found:
            return Check(_NAME, Finding.FINE, f"The {what} would be found; made at {earlier}.")
        if earlier != place:
            sentence = f"The {what} would be made twice; the first time at {earlier}."
            advice = "Give each record a number of its own."
            return Check(_NAME, Finding.PROBLEM, sentence, advice, field)
        return Check(_NAME, Finding.FINE, f"There is no {what} yet.")


def _checked(report: StepReport, found: _Found) -> StepReport:
    place = f"'{report.trail} / {report.id}'" if report.trail.parts else f"'{report.id}'"
    is_found = bool(_LOOKS_FIRST.search(report.kind))
    writes = tuple(_with_check(w, found, place, is_found=is_found) for w in report.writes)
    return dataclasses.replace(report, writes=writes) if report.writes else report


def _with_check(write: HeldWrite, found: _Found, place: str, *, is_found: bool) -> HeldWrite:
    operation = write.operation
    if operation is None or operation.verb is not Verb.CREATE or not write.is_new:
        return write
    identity = _key_of(write, found.stand_ins)
    if identity is not None:
        check = found.check(write, identity, f"{place}", is_found=is_found)
    elif operation.identity is None:
        sentence = "Nothing tells this record from others, so a lost answer would need a person."
        advice = "Give it a number of its own where it can have one."
        check = Check(_NAME, Finding.WARNING, sentence, advice)
    else:
        return write
    return dataclasses.replace(write, checks=(*write.checks, check))
