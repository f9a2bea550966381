"""The machine-readable catalogue: every action, trigger, data source and connection."""

from __future__ import annotations

from typing import Any

import schemas
from connector.component import Action, DataSource, Trigger
from connector.component.groups import Group
from connector.registry import COMPONENT, Registry

KINDS = ("sage-intacct", "hubspot", "intacct-events", "webhook", "http", "sql")

DESCRIPTION = (
    "Creates, finds and changes customers, vendors, invoices, bills and payments in Sage Intacct, "
    "a financial management system for mid-sized companies."
)


# What Sage itself says of its APIs.
DOCUMENTATION = "https://developer.sage.com/intacct/"


def changelog() -> list[dict[str, Any]]:
    """Return what came with which version, the newest first: ``version`` and ``changes``."""
    releases: list[dict[str, Any]] = schemas.load("changelog.json")["releases"]
    return releases


def catalog(registry: Registry) -> dict[str, Any]:
    """Return the catalogue as JSON values; its shape stays stable."""
    return {
        "component": {
            "key": COMPONENT,
            "label": "Sage Intacct",
            "description": DESCRIPTION,
            "documentation": DOCUMENTATION,
            "changelog": changelog(),
        },
        "connections": [_connection(kind) for kind in KINDS],
        "dataSources": [_data_source(item) for item in registry.data_sources.values()],
        "actions": [_action(item) for item in registry.actions.values()],
        "actionsElsewhere": [
            {"stepType": step_type, **_action(item)}
            for step_type, item in registry.actions_elsewhere.items()
        ],
        "triggers": [_trigger(item) for item in registry.triggers.values()],
    }


def _connection(kind: str) -> dict[str, Any]:
    form = schemas.resolve(f"connections/{kind}.json")
    return {"key": kind, "label": form.get("title", kind), "inputs": form}


def _data_source(item: DataSource) -> dict[str, Any]:
    return {
        "key": item.key,
        "label": item.label,
        "description": item.description,
        "option": item.option,
    }


def _action(item: Action) -> dict[str, Any]:
    return {
        "key": item.key,
        "label": item.label,
        "description": item.description,
        "object": item.object_name,
        "effect": item.effect.value,
        "inverse": item.way_back.to_document() if item.way_back else None,
        "apis": list(item.apis),
        "inputs": item.form.schema,
        "groups": [_group(each) for each in item.form.groups.values()],
        "output": dict(item.output),
        "example": dict(item.example),
    }


def _group(group: Group) -> dict[str, Any]:
    """Return inputs that may be given together: as an object under ``key``, or each by itself."""
    return {"key": group.key, "title": group.title, "inputs": list(group.fields)}


def _trigger(item: Trigger) -> dict[str, Any]:
    return {
        "key": item.key,
        "label": item.label,
        "description": item.description,
        "connection": item.connection,
        "config": item.form.schema,
        "event": schemas.resolve(item.event),
        "example": dict(item.example),
    }
