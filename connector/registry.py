"""Finds every action, data source and trigger by walking packages; nobody lists them by hand."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from types import ModuleType
from typing import TypeVar

from connector.component import Action, DataSource, Trigger
from connector.component.action import OWN_COMPONENT
from connector.errors import InputError, SetupError

ENTRY_POINTS = "sage_intacct_connector.components"
COMPONENT = OWN_COMPONENT

T = TypeVar("T", Action, DataSource, Trigger)


@dataclass(frozen=True)
class Registry:
    """Everything installed, by key, in the order of the keys.

    Args:
        actions: What can be done in Intacct.
        data_sources: What fills picklists.
        triggers: What can start a workflow.
        actions_elsewhere: What can be done in other services, by the whole type of a step, such
            as ``hubspot.updateDeal``.
    """

    actions: Mapping[str, Action]
    data_sources: Mapping[str, DataSource]
    triggers: Mapping[str, Trigger]
    actions_elsewhere: Mapping[str, Action] = field(default_factory=dict)

    def action(self, key: str) -> Action:
        """Return an action by key; the component's prefix ``sage-intacct.`` may stand before it.

        Raises:
            InputError: There is no such action; the message names the nearest ones.
        """
        found = self.find_action(key)
        if found is None:
            plain = key.removeprefix(f"{COMPONENT}.")
            raise InputError(
                f"There is no action named {plain}.",
                advice="The actions are: " + ", ".join(self.actions) + ".",
                field="type",
            )
        return found

    def find_action(self, key: str) -> Action | None:
        """Return an action by a step's type, or by its key where it is Intacct's; else None."""
        own = self.actions.get(key.removeprefix(f"{COMPONENT}."))
        return own or self.actions_elsewhere.get(key)

    def trigger(self, key: str) -> Trigger:
        """Return a trigger by key.

        Raises:
            InputError: There is no such trigger.
        """
        found = self.triggers.get(key)
        if found is None:
            raise InputError(
                f"There is no trigger named {key}.",
                advice="The triggers are: " + ", ".join(self.triggers) + ".",
                field="trigger.type",
            )
        return found

    def triggers_of(self, connection_kind: str) -> list[Trigger]:
        """Return the triggers that listen on this kind of connection."""
        return [item for item in self.triggers.values() if item.connection == connection_kind]


@cache
def load() -> Registry:
    """Return what is installed: our own packages and those of other distributions.

    Raises:
        SetupError: Two modules declare the same key.
    """
    actions: dict[str, Action] = {}
    data_sources: dict[str, DataSource] = {}
    triggers: dict[str, Trigger] = {}
    for module in _modules():
        _keep(actions, module, "ACTION", Action)
        _keep(data_sources, module, "DATA_SOURCE", DataSource)
        _keep(triggers, module, "TRIGGER", Trigger)
    own = {key: each for key, each in actions.items() if each.component == COMPONENT}
    elsewhere = {key: each for key, each in actions.items() if key not in own}
    return Registry(_sorted(own), _sorted(data_sources), _sorted(triggers), _sorted(elsewhere))


def _modules() -> Iterator[ModuleType]:
    for entry_point in sorted(metadata.entry_points(group=ENTRY_POINTS), key=lambda e: e.value):
        package = entry_point.load()
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def _keep(found: dict[str, T], module: ModuleType, name: str, kind: type[T]) -> None:
    item = getattr(module, name, None)
    if not isinstance(item, kind):
        return
    key = _key_of(item)
    if key in found:
        raise SetupError(f"Two modules declare {key}; {module.__name__} is one of them.")
    found[key] = item


def _key_of(item: Action | DataSource | Trigger) -> str:
    if isinstance(item, Action) and item.component != COMPONENT:
        return item.step_type
    return item.key


def _sorted(found: dict[str, T]) -> dict[str, T]:
    return dict(sorted(found.items(), key=lambda entry: entry[0].lower()))
