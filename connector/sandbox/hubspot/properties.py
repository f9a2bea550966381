"""What may be written into a record's properties."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from connector.sandbox.hubspot.kinds import SYSTEM_PROPERTIES
from connector.sandbox.hubspot.pipelines import has_stage
from connector.sandbox.hubspot.wire import invalid

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def property_texts(given: object) -> dict[str, str | None]:
    """Return the properties as the portal keeps them: texts, or None for nothing.

    Raises:
        HubspotError: There is no object, or a value is a list or an object.
    """
    if not isinstance(given, dict):
        raise invalid("Invalid input JSON: properties is an object.")
    return {name: _text(name, value) for name, value in given.items()}


def check_names(given: Collection[str], known: Collection[str]) -> None:
    """Refuse properties that do not exist and those only HubSpot writes.

    Raises:
        HubspotError: One entry in ``errors`` per wrong property.
    """
    errors = [
        _wrong(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
        for name in given
        if name not in {*known, *SYSTEM_PROPERTIES}
    ] + [
        _wrong(name, "READ_ONLY_VALUE", f'"{name}" is a read only property; its value is not set.')
        for name in given
        if name in SYSTEM_PROPERTIES
    ]
    if errors:
        raise invalid(f"Property values were not valid: {json.dumps(errors)}", errors)


def check_stage(properties: Mapping[str, str | None]) -> None:
    """Refuse a deal in a stage its pipeline does not have.

    Raises:
        HubspotError: The pipeline does not exist or has no such stage.
    """
    pipeline, stage = properties.get("pipeline"), properties.get("dealstage")
    if not has_stage(pipeline, stage):
        message = f"{stage or ''} is no stage of the deal pipeline {pipeline or ''}."
        raise invalid(message, [_wrong("dealstage", "INVALID_OPTION", message)])


def _text(name: str, value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if value is None or isinstance(value, str):
        return value
    raise invalid(f"Invalid input JSON: {name} is a text.")


def _wrong(name: str, code: str, message: str) -> dict[str, Any]:
    return {"message": message, "code": code, "context": {"propertyName": [name]}}
