"""What a monitor asks: is the database there, and does anything wait too long."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify

from connector.intacct.ports import EffectState
from connector.runtime import runs
from connector.runtime.services import Services
from connector.store import clock
from connector.store.problems import StoreUnavailable
from connector.store.tables import effect, run


def blueprint(services: Services) -> Blueprint:
    """Return ``GET /health``: 200 with figures, or 503 when the database does not answer."""
    routes = Blueprint("health", __name__)

    @routes.get("/health")
    def health() -> tuple[Response, int]:
        try:
            return jsonify(services.database.read(_figures)), 200
        except StoreUnavailable as error:
            return jsonify(status="unavailable", title=error.title), 503

    return routes


def _figures(connection: sa.Connection) -> dict[str, Any]:
    now = clock.now_ms(connection)
    oldest = connection.execute(
        sa.select(sa.func.min(run.c.not_before)).where(
            run.c.state.in_(runs.DUE), run.c.not_before <= now
        )
    ).scalar_one()
    uncertain = connection.execute(
        sa.select(sa.func.count()).where(effect.c.state == EffectState.UNCERTAIN)
    ).scalar_one()
    return {
        "status": "ok",
        "oldestDueSeconds": 0 if oldest is None else (now - oldest) // 1000,
        "uncertainEffects": uncertain,
    }
