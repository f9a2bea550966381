"""What differs between two workflow documents, in words: steps by their ids, fields by name."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connector.errors import InputError
from connector.workbench.places import StepAt, blocks_of, every_step
from connector.workflow import model
from connector.workflow.wording import join, printable, shown

ADDED, REMOVED, MOVED, CHANGED = "added", "removed", "moved", "changed"

_INNER = frozenset({"cases", "otherwise", "steps"})
_OUTSIDE = {
    "trigger": "the trigger",
    "once": "'once'",
    "tables": "the lookup tables",
    "name": "the name",
    "description": "the description",
}
_MOST = 1_000  # changes told; more than that is another workflow
_NOTHING: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Change:
    """One thing that differs.

    Args:
        kind: ``added``, ``removed``, ``moved`` or ``changed``.
        place: Where, in the new document; for what was removed, in the old one.
        step: The id of the step it is about; empty outside of steps.
        title: One sentence.
        old: What was there; None where nothing was.
        new: What is there now; None where nothing is.
    """

    kind: str
    place: str
    step: str
    title: str
    old: Any = None
    new: Any = None

    def to_document(self) -> dict[str, Any]:
        """Return the change as JSON data."""
        return dict(vars(self))


def difference(old: Any, new: Any) -> list[Change]:
    """Return what somebody has to know to get from one document to the other, at most 1,000.

    Both may be unfinished. Two that mean the same give nothing, however they were written; steps
    are known by their ids, wherever they stand.
    """
    before, after = _comparable(old, new)
    found: list[Change] = []
    for change in _changes(before, after):
        found.append(change)
        if len(found) == _MOST:
            break
    return found


def _comparable(old: Any, new: Any) -> tuple[Any, Any]:
    """Return both in their one spelling where both are valid, else both as they are written."""
    try:
        return model.parse(old).to_document(), model.parse(new).to_document()
    except InputError:
        return old, new


def _changes(old: Any, new: Any) -> Iterator[Change]:
    before, after = _group(old), _group(new)
    for name in _names(before, after):
        if name not in {"steps", "onFailure", "version"}:
            spoken = _OUTSIDE.get(name, f"'{printable(name)}'")
            yield from _fields(before.get(name), after.get(name), name, "", spoken)
    steps_before, steps_after = _by_id(before), _by_id(after)
    for key, step in steps_before.items():
        if key not in steps_after:
            title = f"The step {_named(step)} was removed."
            yield Change(REMOVED, step.place, step.id, title, old=step.step)
    moved = _moved(steps_before, steps_after)
    for key, step in steps_after.items():
        was = steps_before.get(key)
        if was is None:
            title = f"The step {_named(step)} was added."
            yield Change(ADDED, step.place, step.id, title, new=step.step)
            continue
        if key in moved:
            title = f"The step {_named(step)} was moved from {was.place} to {step.place}."
            yield Change(MOVED, step.place, step.id, title, old=was.place, new=step.place)
        yield from _in_step(was, step)


def _named(step: StepAt) -> str:
    name = step.step.get("name")
    if isinstance(name, str) and name and name != step.id:
        return f"'{printable(name)}' ({step.id})"
    return f"'{printable(step.id or step.place)}'"


def _by_id(document: dict[str, Any]) -> dict[str, StepAt]:
    """Return the steps by id; those without one, or with one that is taken, by their place."""
    found: dict[str, StepAt] = {}
    for step in every_step(document):
        key = step.id if step.id and step.id not in found else f"@{step.place}"
        found[key] = step
    return found


def _moved(before: dict[str, StepAt], after: dict[str, StepAt]) -> set[str]:
    """Return the fewest steps that have to be taken elsewhere to get the new order."""
    owner_before, owner_after = _owners(before), _owners(after)
    common = [key for key in after if key in before]
    moved = {key for key in common if owner_before[key] != owner_after[key]}
    for owner in {owner_after[key] for key in common}:
        here = [key for key in common if owner_after[key] == owner and key not in moved]
        staying = _longest_rising([before[key].index for key in here])
        moved |= {key for number, key in enumerate(here) if number not in staying}
    return moved


def _owners(steps: dict[str, StepAt]) -> dict[str, str]:
    """Return for each step the list it stands in, named by the id of the step around it."""
    blocks: dict[str, str] = {}
    for key, step in steps.items():
        for _, place in blocks_of(step.step, step.place):
            blocks[place] = f"{key}{place.removeprefix(step.place)}"
    return {key: blocks.get(step.block, step.block) for key, step in steps.items()}


def _longest_rising(numbers: list[int]) -> set[int]:
    """Return the positions of a longest rising part of a list."""
    tails: list[int] = []
    tail_at: list[int] = []
    before: list[int] = []
    for position, number in enumerate(numbers):
        length = bisect.bisect_left(tails, number)
        before.append(tail_at[length - 1] if length else -1)
        tails[length : length + 1] = [number]
        tail_at[length : length + 1] = [position]
    found: set[int] = set()
    position = tail_at[-1] if tail_at else -1
    while position >= 0:
        found.add(position)
        position = before[position]
    return found


def _in_step(old: StepAt, new: StepAt) -> Iterator[Change]:
    spoken = f"the step {_named(new)}"
    before, after = _own_fields(old.step), _own_fields(new.step)
    for name in _names(before, after):
        place = f"{new.place}.{name}"
        where = name.removeprefix("config.") if name != "config" else ""
        yield from _fields(before.get(name), after.get(name), place, new.id, spoken, where)


def _own_fields(step: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a step without the steps inside it, and without its id."""
    own = {name: value for name, value in step.items() if name not in _INNER and name != "id"}
    cases = step.get("cases")
    if isinstance(cases, list):
        own["cases"] = [_without_steps(case) for case in cases]
    if isinstance(step.get("onError"), dict):
        own["onError"] = _without_steps(step["onError"])
    return own


def _without_steps(group: Any) -> Any:
    if not isinstance(group, dict):
        return group
    return {name: value for name, value in group.items() if name != "steps"}


def _fields(
    old: Any, new: Any, place: str, step: str, spoken: str, field: str = ""
) -> Iterator[Change]:
    """Yield the fields that differ between two values, each with the place of the new one."""
    if _is_same(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in _names(old, new):
            where = join(field, name)
            yield from _fields(old.get(name), new.get(name), join(place, name), step, spoken, where)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            was = old[index] if index < len(old) else None
            now = new[index] if index < len(new) else None
            inner = f"{place}[{index}]"
            yield from _fields(was, now, inner, step, spoken, f"{field}[{index}]")
    else:
        yield _changed(old, new, place, step, spoken, field)


def _changed(old: Any, new: Any, place: str, step: str, spoken: str, field: str) -> Change:
    what = f"{field} of {spoken}" if field else spoken[0].upper() + spoken[1:]
    if old in _NOTHING:
        return Change(ADDED, place, step, f"{what} was set to {shown(new)}.", None, new)
    if new in _NOTHING:
        return Change(REMOVED, place, step, f"{what} was {shown(old)} and was removed.", old, None)
    title = f"{what} was changed from {shown(old)} to {shown(new)}."
    return Change(CHANGED, place, step, title, old, new)


def _is_same(old: Any, new: Any) -> bool:
    if old in _NOTHING and new in _NOTHING:
        return True
    return type(old) is type(new) and bool(old == new)


def _names(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return list(dict.fromkeys([*old, *new]))


def _group(document: Any) -> dict[str, Any]:
    return document if isinstance(document, dict) else {}
