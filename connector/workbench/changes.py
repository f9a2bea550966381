"""What differs between two rehearsals of the same event, and from what a real run did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_MOST = 5
_LONGEST = 60


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return sentences that say what has changed, at most five.

    Args:
        before: A rehearsal as ``Rehearsal.to_document`` renders it.
        after: A later one of the same event.
    """
    found = list(_changes(before, after))
    shown = " ".join(found[:_MOST])
    return f"{shown} And {len(found) - _MOST} more." if len(found) > _MOST else shown


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    if before["fingerprint"] != after["fingerprint"]:
        yield "The workflow is another one."
    if before["verdict"] != after["verdict"]:
        yield f"The run {before['verdict']} then; now: {after['sentence']}"
    old, new = _by_place(before), _by_place(after)
    for place, step in old.items():
        if place not in new:
            yield f"'{place}' would not be reached any more."
        else:
            yield from _of_step(place, step, new[place])
    for place in new:
        if place not in old:
            yield f"'{place}' would be reached now."


def _by_place(rehearsal: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {_place(step): step for step in rehearsal["steps"]}


def _place(step: Mapping[str, Any]) -> str:
    return f"{step['inside']} / {step['id']}" if step["inside"] else str(step["id"])


def _of_step(place: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    if old["state"] != new["state"]:
        yield f"'{place}' {old['state']} then, and {new['state']} now."
        return
    writes = list(zip(old["writes"], new["writes"], strict=False))
    has_other = any(a["payloadHash"] != b["payloadHash"] for a, b in writes)
    if has_other:
        names = [difference for difference, _, _ in differences(old["inputs"], new["inputs"])]
        fields = f" ({', '.join(names[:_MOST])})" if names else ""
        yield f"'{place}' would send something else{fields}."
    elif any(a != b for a, b in writes) and _subject(old) != _subject(new):
        yield f"What '{place}' would change has changed meanwhile."


def _subject(step: Mapping[str, Any]) -> list[Any]:
    return [(write.get("version"), write["record"]) for write in step["writes"]]


def differences(old: Any, new: Any, place: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield every place where two documents differ, with what stands there in each."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys([*old, *new]):
            inner = f"{place}.{name}" if place else str(name)
            yield from differences(old.get(name), new.get(name), inner)
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            inner = f"{place}[{index}]"
            yield from differences(_at(old, index), _at(new, index), inner)
    elif old != new:
        yield place, _shown(old), _shown(new)


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else None


def _shown(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
