"""What kinds of connections there are: one schema each in ``schemas/connections``."""

from __future__ import annotations

import re
from collections.abc import Mapping
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
    """

    form: InputForm
    secret_names: frozenset[str]
    defaults: dict[str, Any]

    def split(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the checked values as settings and secrets.

        Raises:
            InputError: A value is wrong or missing.
        """
        checked = self.form.check(values)
        hidden = {key: value for key, value in checked.items() if key in self.secret_names}
        return {key: value for key, value in checked.items() if key not in hidden}, hidden


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
    )
