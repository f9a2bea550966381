"""What an administrator enters in Intacct so that it tells of changed records, step by step."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

import schemas
from connector.accounts import Right
from connector.connections.store import ConnectionRow
from connector.runtime import listening
from connector.runtime.services import EVENTS, Services
from connector.surfaces import trigger_setup
from connector.web.access import needs

SMART = "smart"


def blueprint(services: Services) -> Blueprint:
    """Return the page ``/connections/<id>/set-up``."""
    routes = Blueprint("trigger_setup", __name__)
    objects = _objects(services)

    @routes.get("/connections/<row_id>/set-up")
    @needs(Right.ADMINISTER)
    def page(row_id: str) -> str:
        row = _source(services, row_id)
        chosen = request.args.get("object", "")
        if chosen not in objects:
            chosen = next(iter(objects))
        changes = [one for one in trigger_setup.CHANGES if one in request.args.getlist("change")]
        is_signed = request.args.get("sort") != SMART
        is_test = request.args.get("address") == "test"
        found = trigger_setup.setups(
            chosen,
            listening.address(services, row, is_test=is_test),
            changes or trigger_setup.CHANGES,
            is_signed=is_signed,
        )
        client_id = str(row.settings.get("clientId") or "")
        return render_template(
            "trigger_setup.html",
            row=row,
            objects=objects,
            chosen=chosen,
            every_change=trigger_setup.CHANGES,
            changes=changes or trigger_setup.CHANGES,
            is_signed=is_signed,
            is_test=is_test,
            setups=[(one, one.steps(client_id)) for one in found],
        )

    return routes


def _source(services: Services, row_id: str) -> ConnectionRow:
    found = [row for row in services.connections.list() if row.id == row_id and row.kind == EVENTS]
    if not found:
        abort(404)
    return found[0]


def _objects(services: Services) -> dict[str, str]:
    """Return the records that actions work on, with what people call them."""
    names = {action.object_name for action in services.registry.actions.values()} - {""}
    titles = {
        name: str(schemas.load(f"objects/{name}.json").get("title", name))
        for name in names
        if schemas.exists(f"objects/{name}.json")
    }
    return dict(sorted(titles.items(), key=lambda one: one[1]))
