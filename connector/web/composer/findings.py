"""Problems of a workflow at the fields of a form that they belong to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.errors import InputError
from connector.surfaces import form
from connector.web.composer.filled import CASES, ERROR
from connector.web.composer.values import Mapped
from connector.workbench import places
from connector.workbench import problems as all_problems
from connector.workbench.problems import Problem

_PART = re.compile(r"[^.\[\]]+")
NEEDED = "This is needed."


@dataclass(frozen=True)
class Findings(form.Problem):
    """Sentences by the names of fields; a form asks it what is wrong with each."""

    by_name: Mapping[str, str]

    def at(self, name: str) -> str:
        """Return what is wrong with a field; empty for nothing."""
        return self.by_name.get(name, "")


NOTHING = Findings("", "", {})


def findings(
    document: Any, step_place: str, found: Sequence[Problem], mapped: Mapping[str, Mapped]
) -> Findings:
    """Return the errors of one step by the names of its form's fields."""
    by_name: dict[str, str] = {}
    for problem in found:
        if problem.severity == all_problems.ERROR:
            name = field_name(problem.place.removeprefix(f"{step_place}."), mapped)
            by_name.setdefault(name, spoken(document, problem))
    return Findings("", "", by_name)


def field_name(tail: str, mapped: Mapping[str, Mapped]) -> str:
    """Return which field of a step's form a place below the step belongs to."""
    head, *rest = _PART.findall(tail) or [""]
    if head == "connection":
        return "step_connection"
    if head == "onError":
        return ".".join((ERROR, *rest))
    if head == "cases":
        return ".".join((CASES, *rest))
    if head != "config":
        return f"step_{head}"
    name = ""
    for part in rest:
        if name in mapped and part in {"each", "as", "where"}:
            name += f"@{part}"
        elif name in mapped and part == "value":
            name += ".0"
        else:
            name = f"{name}.{part}" if name else part
    return name


def spoken(document: Any, problem: Problem) -> str:
    """Return a problem as it is said beside its field."""
    try:
        found = places.at(document, problem.place) if problem.place else None
    except InputError:
        found = None
    if found in (None, "", [], {}):
        return NEEDED if "required" in problem.sentence or found == "" else problem.sentence
    return f"{problem.sentence} {problem.advice}".strip()
