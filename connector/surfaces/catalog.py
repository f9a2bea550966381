"""The machine-readable catalogue: every action, trigger, data source and connection."""

from __future__ import annotations

from typing import Any

import schemas
from connector.component import Action, DataSource, Trigger
from connector.registry import COMPONENT, Registry

KINDS = ("sage-intacct", "hubspot", "intacct-events", "webhook")

DESCRIPTION = (
    "Creates, finds and changes customers, vendors, invoices, bills and payments in Sage Intacct, "
    "a financial management system for mid-sized companies."
)


def catalog(registry: Registry) -> dict[str, Any]:
    """Return the catalogue as JSON values; its shape stays stable."""
    return {
        "component": {"key": COMPONENT, "label": "Sage Intacct", "description": DESCRIPTION},
        "connections": [_connection(kind) for kind in KINDS],
        "dataSources": [_data_source(item) for item in registry.data_sources.values()],
        "actions": [_action(item) for item in registry.actions.values()],
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
        "apis": list(item.apis),
        "inputs": item.form.schema,
        "output": dict(item.output),
        "example": dict(item.example),
    }


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
