"""What kinds of connections there are: one schema each in ``schemas/connections``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import schemas
from connector.component.inputs import InputForm
from connector.errors import InputError


@dataclass(frozen=True)
class Kind:
    """What the schema of a kind says.

    Args:
        form: Checks the values of a connection.
        secret_names: The values that are ``writeOnly``: kept encrypted, never shown.
        defaults: What holds where nothing was given.
        groups: The parts of its form, in order; those with ``complete`` are sets of credentials
            of which a connection has one at least.
    """

    form: InputForm
    secret_names: frozenset[str]
    defaults: dict[str, Any]
    groups: tuple[Mapping[str, Any], ...] = ()

    def split(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the checked values as settings and secrets.

        Raises:
            InputError: A value is wrong or missing, or no set of credentials is complete.
        """
        checked = self.form.check(values)
        self._check_sets(checked)
        hidden = {key: value for key, value in checked.items() if key in self.secret_names}
        return {key: value for key, value in checked.items() if key not in hidden}, hidden

    def complete(self, values: Mapping[str, Any]) -> frozenset[str]:
        """Return the keys of the sets of credentials that are complete."""
        whole = {g["key"] for g in self._sets if not _missing(g["complete"], values)}
        helped = {
            group["key"]
            for group in self._sets
            for key, enough in group.get("completeWith", {}).items()
            if key in whole and not _missing(enough, values)
        }
        return frozenset(whole | helped)

    @property
    def _sets(self) -> list[Mapping[str, Any]]:
        return [group for group in self.groups if "complete" in group]

    def _check_sets(self, values: Mapping[str, Any]) -> None:
        """Refuse half a set, and a connection without any."""
        whole = self.complete(values)
        for group in self._sets:
            missing = _missing(group["complete"], values)
            given = len(group["complete"]) - len(missing)
            enough = [needed for key, needed in group.get("completeWith", {}).items()]
            is_helped = group["key"] in whole and any(len(part) == given for part in enough)
            if given and missing and not is_helped:
                raise InputError(
                    f"{self._title(missing[0])} is missing: {group['title']} needs it.",
                    advice="Fill it in, or leave the other fields of that part blank.",
                    field=missing[0],
                )
        if self._sets and not whole:
            titles = " or ".join(group["title"] for group in self._sets)
            raise InputError(
                f"The credentials are missing: {titles}.",
                advice="Fill in one of these parts, or both.",
                field=self._sets[0]["complete"][0],
            )

    def _title(self, name: str) -> str:
        return str(self.form.schema["properties"][name]["title"])


def _missing(names: Sequence[str], values: Mapping[str, Any]) -> list[str]:
    return [name for name in names if not values.get(name)]


@cache
def kind_named(name: str) -> Kind:
    """Return a kind, such as ``sage-intacct``.

    Raises:
        InputError: There is no such kind.
    """
    path = f"connections/{name}.json"
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) or not schemas.exists(path):
        raise InputError(f"There is no kind of connection called '{name}'.", field="kind")
    schema = schemas.resolve(path)
    properties: dict[str, dict[str, Any]] = schema["properties"]
    return Kind(
        form=InputForm(schema),
        secret_names=frozenset(key for key, part in properties.items() if part.get("writeOnly")),
        defaults={key: part["default"] for key, part in properties.items() if "default" in part},
        groups=tuple(schema.get("x-form", {}).get("groups", ())),
    )
