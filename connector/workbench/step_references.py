"""Who names a step: expressions, mapping tables and approvals; read by their paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.errors import InputError
from connector.workbench.places import every_step
from connector.workflow.source import CLOSE, OPEN, Pill, outline, rename_step, split
from connector.workflow.wording import join, printable

_PATHS_OF_ROWS = frozenset({"text", "template"})  # rows of these hold no bare path


@dataclass(frozen=True)
class Reference:
    """One place that names a step.

    Args:
        place: Where, such as ``steps[2].config.customerId``.
        step_id: The step that is named.
        title: The place in words, such as ``customerId of the step 'Invoice'``.
    """

    place: str
    step_id: str
    title: str


def references_to(document: Any, step_id: str) -> list[Reference]:
    """Return every place that names a step, in the order of the document."""
    labels = {step.place: step.label for step in every_step(document)}
    found = dict.fromkeys(place for place, name in _names(document, "") if name == step_id)
    return [Reference(place, step_id, spoken(place, labels)) for place in found]


def spoken(place: str, labels: Mapping[str, str]) -> str:
    """Return a place as people call it, given the labels of steps by their places."""
    if place in labels:
        return f"The step '{printable(labels[place])}'"
    around = [step for step in labels if place.startswith((f"{step}.", f"{step}["))]
    if not around:
        return place
    nearest = max(around, key=len)
    field = place.removeprefix(nearest).removeprefix(".").removeprefix("config.")
    return f"{field} of the step '{printable(labels[nearest])}'"


def _names(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield each place with the id of a step it names."""
    if isinstance(value, str):
        for source in _sources(value):
            for path in outline(source).paths:
                if path[0] == "steps" and len(path) > 1:
                    yield place, path[1]
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _names(item, f"{place}[{index}]")
    elif isinstance(value, dict):
        yield from _names_in_group(value, place)


def _names_in_group(value: dict[str, Any], place: str) -> Iterator[tuple[str, str]]:
    if _is_row(value):
        yield from ((join(place, "source"), name) for name in _bare_names(value["source"]))
    for name, item in value.items():
        where = join(place, name)
        if _are_covered(name, item, place):
            ids = (each for each in enumerate(item) if _is_text(each[1]))
            yield from ((f"{where}[{index}]", step_id) for index, step_id in ids)
        else:
            yield from _names(item, where)


def _are_covered(name: str, item: Any, place: str) -> bool:
    """Say whether these are the steps that an approval is about."""
    return name == "covers" and isinstance(item, list) and place.endswith("config")


def _sources(text: str) -> list[str]:
    if OPEN not in text:
        return []
    try:
        return [part.source for part in split(text) if isinstance(part, Pill)]
    except InputError:
        return []  # not finished; nothing of it can be read


def _is_row(value: dict[str, Any]) -> bool:
    way = value.get("transformation", "direct")
    has_both = isinstance(value.get("source"), str) and "target" in value
    return has_both and way not in _PATHS_OF_ROWS


def _bare_names(source: str) -> list[str]:
    return [path[1] for path in outline(source).paths if path[0] == "steps" and len(path) > 1]


def renamed_in(document: Any, renamed: Mapping[str, str]) -> Any:
    """Return the document with the steps called by their new ids wherever they are named.

    The ids of the steps themselves stay. An expression that cannot be read stays as it is.
    """
    return _renamed(document, renamed, "")


def _renamed(value: Any, renamed: Mapping[str, str], place: str) -> Any:
    if isinstance(value, str):
        return _renamed_text(value, renamed)
    if isinstance(value, list):
        return [_renamed(item, renamed, "") for item in value]
    if not isinstance(value, dict):
        return value
    result: dict[str, Any] = {}
    for name, item in value.items():
        if _are_covered(name, item, place):
            result[name] = [renamed.get(each, each) if _is_text(each) else each for each in item]
        elif name == "source" and _is_row(value):
            result[name] = rename_step(item, renamed)
        else:
            result[name] = _renamed(item, renamed, name)
    return result


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _renamed_text(text: str, renamed: Mapping[str, str]) -> str:
    try:
        parts = split(text) if OPEN in text else []
    except InputError:
        return text
    sources = [part.source for part in parts if isinstance(part, Pill)]
    if all(rename_step(source, renamed) == source for source in sources):
        return text
    return "".join(
        f"{OPEN} {rename_step(part.source, renamed)} {CLOSE}" if isinstance(part, Pill) else part
        for part in parts
    )
