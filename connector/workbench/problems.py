"""Everything that is wrong with a workflow while it is being composed, each at its field.

The checks of a run stop at the first rule that is broken, since nothing behind it can be relied
on. Here each broken place is noted and then mended in a copy, so that what lies behind it is looked
at, too.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.errors import ConnectorError, InputError
from connector.workbench import places
from connector.workbench.places import every_step
from connector.workbench.step_references import spoken
from connector.workflow import model, rules, validation
from connector.workflow.model import Workflow
from connector.workflow.source import OPEN
from connector.workflow.type_check import Finding
from connector.workflow.validation import Surroundings

ERROR, WARNING = "error", "warning"

_MOST_ROUNDS = 60  # each mends one place that keeps the rest from being read
_MOST = 500
_STAND_IN = "standIn"
_TRUE = "{{ input == input }}"
# What may stand at a place that needs something, by its name.
_MENDED: dict[str, Any] = {
    "name": _STAND_IN,
    "type": "call",
    "connection": _STAND_IN,
    "when": _TRUE,
    "condition": _TRUE,
    "items": "{{ [] }}",
    "key": "position",
    "title": _STAND_IN,
    "url": "https://example.com",
    "workflow": _STAND_IN,
    "for": {"hours": "1"},
    "then": "stop",
    "transformation": "text",
    "trigger": {"type": validation.CALLED},
}


@dataclass(frozen=True)
class Problem:
    """Something about one place.

    Args:
        place: Such as ``steps[1].config.amount``; empty for the workflow as a whole.
        sentence: What is wrong.
        advice: What to do.
        severity: ``error`` keeps it from being published, ``warning`` does not.
    """

    place: str
    sentence: str
    advice: str = ""
    severity: str = ERROR

    def to_document(self) -> dict[str, Any]:
        """Return the problem as JSON data."""
        return dict(vars(self))


def problems(document: Any, surroundings: Surroundings) -> list[Problem]:
    """Return everything that is known to be wrong, errors first; never raises for a document.

    An empty list of errors means that ``drafts.publish`` takes it, as far as can be known now.
    """
    found: dict[tuple[str, str], Problem] = {}
    mended: list[str] = []
    for problem in _all(document, surroundings, mended):
        if len(found) >= _MOST:
            break
        found.setdefault((problem.place, problem.sentence), problem)
    return sorted(found.values(), key=lambda problem: problem.severity != ERROR)


def _all(document: Any, surroundings: Surroundings, mended: list[str]) -> Iterator[Problem]:
    try:
        broken = list(rules.every(document))
    except InputError as error:
        yield _problem(error)
        return
    labels = {step.place: step.label for step in every_step(document)}
    current = copy.deepcopy(document)
    first: dict[str, InputError] = {}
    for one in broken:
        first.setdefault(one.field, one)
    for place, one in first.items():
        yield Problem(place, _spoken(one, labels), one.advice)
        current = _mended(current, place, mended)
    for _ in range(_MOST_ROUNDS):
        try:
            workflow = model.parse(current)
        except InputError as error:
            if not _is_below(error.field, mended):
                yield _problem(error)
            elif error.field in mended:
                return  # mending did not help: what lies behind stays unknown
            current = _mended(current, error.field, mended)
        else:
            yield from _checked(workflow, surroundings, mended)
            return


def _checked(
    workflow: Workflow, surroundings: Surroundings, mended: list[str]
) -> Iterator[Problem]:
    try:
        report = validation.validate(workflow, surroundings)
    except ConnectorError as error:
        yield Problem("", error.title, error.advice)
        return
    for finding in report.findings:
        if not _is_below(finding.field, mended):
            yield _of_finding(finding)


def _of_finding(finding: Finding) -> Problem:
    severity = ERROR if finding.is_error else WARNING
    return Problem(finding.field, finding.title, finding.advice, severity)


def _spoken(error: InputError, labels: Mapping[str, str]) -> str:
    """Return the sentence with the place it begins with as people call it."""
    outer = error.field.rpartition(".")[0]
    for place in (error.field, outer):
        if place and error.title.startswith(f"{place} "):
            return f"{spoken(place, labels)}{error.title.removeprefix(place)}"
    return error.title


def _problem(error: InputError) -> Problem:
    return Problem(error.field, error.title, error.advice)


def _is_below(place: str, mended: list[str]) -> bool:
    return any(place == each or place.startswith((f"{each}.", f"{each}[")) for each in mended)


def _mended(document: Any, place: str, mended: list[str]) -> Any:
    """Return a copy with something at a place that lets the rest be read."""
    if not place:
        mended.append("")
        return document
    try:
        result = _with_stand_in(document, place)
    except InputError:
        result = document
    mended.append(place)
    return result


def _with_stand_in(document: Any, place: str) -> Any:
    last = places.parts_of(document, place)[-1]
    found = places.at(document, place)
    if last in {"steps", "onFailure", "otherwise"}:
        step = {"id": _fresh(document), "type": "call", "config": {"workflow": _STAND_IN}}
        return places.with_value(document, place, [step])
    if last == "id":
        return places.with_value(document, place, _fresh(document))
    if isinstance(found, str) and OPEN in found and last not in _MENDED:
        return places.with_value(document, place, _STAND_IN)
    if last in _MENDED and found != _MENDED[last]:
        return places.with_value(document, place, copy.deepcopy(_MENDED[last]))
    if last == "config":
        return places.with_value(document, place, {})
    return places.without(document, place)


def _fresh(document: Any) -> str:
    taken = {step.id for step in every_step(document)}
    number = 1
    while f"{_STAND_IN}{number}" in taken:
        number += 1
    return f"{_STAND_IN}{number}"
