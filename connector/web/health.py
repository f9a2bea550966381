"""What a monitor asks: is everything alive, and does anything wait too long."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify

from connector.intacct.ports import EffectState
from connector.runtime import clock_skew, pulse, reconcile_first, runs
from connector.runtime.services import Services
from connector.store import clock
from connector.store.problems import StoreUnavailable
from connector.store.tables import effect, run

OK = "ok"
ATTENTION = "attention"
UNAVAILABLE = "unavailable"


def blueprint(services: Services) -> Blueprint:
    """Return ``GET /health``: 200 with figures, or 503 with what is wrong.

    ``status`` is ``ok``; ``attention`` when a part of the installation has been silent for two
    minutes, named in ``missing`` with what to do; ``unavailable`` when the database does not
    answer. Webhooks are taken as long as it answers, whatever else is missing.
    """
    routes = Blueprint("health", __name__)
    limit = pulse.limit_ms(services.settings)
    listening: dict[str, int] = {}

    @routes.get("/health")
    def health() -> tuple[Response, int]:
        try:
            # From the first question on: what has yet to start is not missed.
            since = listening.setdefault("since", services.database.read(clock.now_ms))
            figures = services.database.read(lambda c: _figures(c, limit, since))
        except StoreUnavailable as error:
            return jsonify(status=UNAVAILABLE, title=error.title), 503
        wrong = clock_skew.wrong_clocks(services.redis)
        return jsonify(**figures, wrongClocks=dict(wrong)), 200 if figures["status"] == OK else 503

    return routes


def _figures(connection: sa.Connection, limit: int, since: int) -> dict[str, Any]:
    now = clock.now_ms(connection)
    oldest = connection.execute(
        sa.select(sa.func.min(run.c.not_before)).where(
            run.c.state.in_(runs.DUE), run.c.not_before <= now
        )
    ).scalar_one()
    missing = pulse.silences(connection, limit, since)
    return {
        "status": ATTENTION if missing else OK,
        "missing": [{"part": one.part, "title": one.sentence} for one in missing],
        "oldestDueSeconds": 0 if oldest is None else (now - oldest) // 1000,
        "uncertainEffects": _count(connection, EffectState.UNCERTAIN),
        "parkedEffects": _count(connection, EffectState.PARKED),
        "checksRestoredBackup": reconcile_first.moment(connection)[1] is not None,
    }


def _count(connection: sa.Connection, state: EffectState) -> int:
    rows = sa.select(sa.func.count()).where(effect.c.state == state)
    return int(connection.execute(rows).scalar_one())
