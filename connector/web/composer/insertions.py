"""The data that expressions of a form can name, and what they give on samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.runtime.services import Services
from connector.web.composer.values import WHERE, Mapped, as_text
from connector.workbench import samples
from connector.workbench.drafts import Draft
from connector.workbench.places import every_step
from connector.workbench.preview import LIST, Preview, preview
from connector.workbench.within_reach import NOTHING, Field, Reach
from connector.workflow.source import OPEN

MOST_SHOWN = 150  # of one group; who needs more types the path
_LONGEST = 60
_TABLES = "Lookup tables"
_LONGEST_TOLD = 300
_ORIGINS = {
    "delivery": "a delivery",
    "run": "a past run",
    "typed": "a sample that was entered",
    "example": "an example that came along",
}


@dataclass(frozen=True)
class Item:
    """One thing that can be inserted.

    Args:
        path: As expressions write it.
        title: What people call it.
        kind: Its kind in a word.
        sample: Its sample, cut short; empty where there is none.
        depth: How deep it lies.
    """

    path: str
    title: str
    kind: str
    sample: str
    depth: int


@dataclass(frozen=True)
class Source:
    """Where data comes from: the event, an earlier step, an item.

    Args:
        title: What people call it.
        origin: Where its sample is from, in words; empty for what has no sample of its own.
        is_untried: Nothing is known of it yet, not even an example.
        items: What it holds.
        more: How many were left out.
    """

    title: str
    origin: str
    is_untried: bool
    items: tuple[Item, ...]
    more: int


@dataclass(frozen=True)
class Told:
    """What an expression gives on the samples, as it is shown."""

    kind: str
    text: str
    is_wrong: bool


class Data:
    """The samples around one form, read once for each scope that its fields have."""

    def __init__(self, services: Services, draft: Draft) -> None:
        self._services = services
        self._draft = draft
        self._reaches: dict[str, Reach] = {}

    def reach(self, place: str) -> Reach:
        """Return what expressions at a place can name."""
        if place not in self._reaches:
            self._reaches[place] = samples.for_draft(self._services, self._draft, place)
        return self._reaches[place]

    def worked_out(self, value: Any, place: str) -> Preview:
        """Return what a value gives at a place."""
        return preview(value, self.reach(place).roots)

    def told(self, value: Any, place: str) -> Told:
        """Return what a value gives at a place, as it is shown."""
        return told(self.worked_out(value, place))

    def sources(self, places: Mapping[str, str]) -> list[Source]:
        """Return everything that the fields of a form can name.

        Args:
            places: The place of the form's plain fields under an empty name; under the names of
                further roots, such as ``line``, the places where these are known.
        """
        reach = self.reach(places[""])
        labels = {step.id: step.label for step in every_step(self._draft.document)}
        grouped: dict[tuple[str, str], list[Field]] = {}
        for found in reach.fields:
            grouped.setdefault(_group_of(found.path), []).append(found)
        for root, place in places.items():
            if root and (root, "") not in grouped:
                fields = [f for f in self.reach(place).fields if _group_of(f.path)[0] == root]
                grouped[(root, "")] = fields
        order = {"input": 0, "steps": 1, "tables": 9}
        keys = sorted((k for k in grouped if grouped[k]), key=lambda k: order.get(k[0], -1))
        found_sources = [_source(key, grouped[key], reach, labels) for key in keys]
        return [each for each in found_sources if each.title != _TABLES or len(each.items) > 1]


def _group_of(path: str) -> tuple[str, str]:
    parts = path.replace("[", ".").split(".")
    return (parts[0], parts[1]) if parts[0] == "steps" and len(parts) > 1 else (parts[0], "")


def _source(
    key: tuple[str, str], fields: list[Field], reach: Reach, labels: Mapping[str, str]
) -> Source:
    root, step_id = key
    titles = {"input": "The event", "failure": "What went wrong", "tables": _TABLES}
    name = step_id or root
    told = reach.sources.get(name, "")
    base = 2 if step_id else 1
    items = tuple(_item(each, base) for each in fields[:MOST_SHOWN])
    title = labels.get(step_id, step_id) if step_id else titles.get(root, f"Each {root}")
    is_untried = told == NOTHING and len(fields) <= 1
    return Source(
        title, _ORIGINS.get(told, ""), is_untried, items, max(0, len(fields) - MOST_SHOWN)
    )


def _item(field: Field, base: int) -> Item:
    depth = field.path.replace("[", ".").count(".") + 1 - base
    last = field.path.rpartition(".")[2]
    return Item(field.path, field.title or last, field.kind, brief(field.value), max(0, depth))


def brief(value: Any) -> str:
    """Return a sample in a few characters."""
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, list):
        return f"{len(value)} item{'' if len(value) == 1 else 's'}"
    text = as_text(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def is_expression(text: Any) -> bool:
    """Say whether a text holds an expression."""
    return isinstance(text, str) and OPEN in text


def scope_of(step_place: str, name: str, mapped: Mapping[str, Mapped]) -> str:
    """Return a place that sees the same data as a field of a step's form does.

    Fields that see the same get the same place, so that the data is read once for all of them.
    """
    plain, _, mark = name.partition("@")
    if plain == "key":
        return f"{step_place}.config.key"  # that of a loop sees the item
    scope = place = f"{step_place}.config"
    so_far = ""
    for part in plain.split("."):
        if part.isdecimal() and so_far:
            place += ".value" if so_far in mapped else f"[{part}]"
            scope = place if so_far in mapped else scope
        else:
            place += f".{part}"
        so_far = f"{so_far}.{part}" if so_far else part
    return f"{place}.value" if f"@{mark}" == WHERE else scope


def told(found: Preview) -> Told:
    """Return what an expression gives, in a line."""
    if found.error:
        return Told("", f"On the sample: {found.error} {found.advice}".strip(), is_wrong=True)
    text = found.text[:_LONGEST_TOLD] if found.text else "nothing"
    if found.kind == LIST:
        count = len(found.value)
        first = brief(found.value[0]) if count else ""
        text = (
            f"{count} item{'' if count == 1 else 's'}{f', the first is {first}' if first else ''}"
        )
    return Told(found.kind, text, is_wrong=False)
