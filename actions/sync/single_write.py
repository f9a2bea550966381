"""What one row's action would write, where one call is all it takes.

The action is performed against a stand-in that keeps its write, so that a row of a sync obeys the
same checks and gets the same completions as a step of a workflow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from connector.component import Action, Context
from connector.intacct.client import IntacctClient
from connector.intacct.operation import Verb

_MAIN = "main"
_KEYS = {"key": "", "id": "", "href": "", "outcome": "created"}


class NeedsMoreCallsError(Exception):
    """The action reads first, or writes more than one record: it has to run by itself."""


class _Stand:
    """Keeps what an action would write; whatever else it asks for cannot be had here."""

    def __init__(self) -> None:
        self.writes: list[tuple[Verb, str, dict[str, Any]]] = []

    def create(
        self, object_name: str, values: Mapping[str, Any], *, call: str = _MAIN
    ) -> dict[str, Any]:
        return self._keep(Verb.CREATE, object_name, values, call)

    def update(
        self, object_name: str, values: Mapping[str, Any], *, call: str = _MAIN
    ) -> dict[str, Any]:
        return self._keep(Verb.UPDATE, object_name, values, call)

    def _keep(
        self, verb: Verb, object_name: str, values: Mapping[str, Any], call: str
    ) -> dict[str, Any]:
        if call != _MAIN or self.writes:
            raise NeedsMoreCallsError
        self.writes.append((verb, object_name, dict(values)))
        return dict(_KEYS)

    def __getattr__(self, name: str) -> Any:
        raise NeedsMoreCallsError(name)


def written_by(
    action: Action, inputs: Mapping[str, Any], verb: Verb, object_name: str
) -> dict[str, Any]:
    """Return the values of the one write that an action makes of its inputs.

    Raises:
        InputError: They are not what the action takes.
        NeedsMoreCallsError: One call is not enough for it, or it writes something else.
    """
    stand = _Stand()
    checked = action.form.check(inputs)
    action.perform(Context(intacct_client=cast("IntacctClient", stand)), checked)
    if len(stand.writes) != 1 or stand.writes[0][:2] != (verb, object_name):
        raise NeedsMoreCallsError
    return stand.writes[0][2]
