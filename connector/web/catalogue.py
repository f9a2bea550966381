"""The catalogue: what a step can do and what can start a workflow, searchable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connector.component import Action, Effect, Trigger
from connector.registry import Registry
from connector.web.words import object_words

READS, WRITES = "reads", "writes"
_LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Asked:
    """What somebody looks for.

    Args:
        text: Words that all must be found somewhere in a description.
        sort: ``reads``, ``writes`` or empty for both.
    """

    text: str = ""
    sort: str = ""

    @classmethod
    def of(cls, text: str, sort: str) -> Asked:
        """Return what was asked, as far as it makes sense."""
        return cls(text.strip()[:_LONGEST_SEARCH], sort if sort in {READS, WRITES} else "")


def actions_by_object(registry: Registry, asked: Asked) -> list[tuple[str, list[Action]]]:
    """Return the actions that fit under the names of their objects, both in order."""
    found: dict[str, list[Action]] = {}
    for action in registry.actions.values():
        if _fits(asked, _words_of(action)) and _is_sort(action, asked.sort):
            found.setdefault(object_words(action.object_name), []).append(action)
    return sorted((name, sorted(items, key=_label)) for name, items in found.items())


def triggers(registry: Registry, asked: Asked) -> list[Trigger]:
    """Return the triggers that fit; they neither read nor write by themselves."""
    if asked.sort:
        return []
    return [item for item in registry.triggers.values() if _fits(asked, _trigger_words(item))]


def _label(action: Action) -> str:
    return action.label


def _is_sort(action: Action, sort: str) -> bool:
    is_read = action.effect is Effect.READ
    return not sort or is_read == (sort == READS)


def _fits(asked: Asked, words: Sequence[str]) -> bool:
    place = " ".join(words).casefold()
    return all(word in place for word in asked.text.casefold().split())


def _words_of(action: Action) -> Sequence[str]:
    return (action.key, action.label, action.description, object_words(action.object_name))


def _trigger_words(item: Trigger) -> Sequence[str]:
    return (item.key, item.label, item.description, item.connection)
