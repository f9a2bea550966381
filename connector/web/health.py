"""What machines ask: does the server live, can it serve, does anything wait too long."""

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
    """Return three questions with one answer each.

    - ``GET /health``, for a monitor: 200 with figures, or 503 with what is wrong. ``status`` is
      ``ok``; ``attention`` when a part of the installation has been silent for two minutes, named
      in ``missing`` with what to do; ``unavailable`` when the database does not answer.
    - ``GET /health/live``: 200 while this process answers at all; without it, start it anew.
    - ``GET /health/ready``, for a load balancer: 200 while webhooks can be taken and pages shown,
      503 while the database is away. That another part is silent is no reason to send nobody here.
    """
    routes = Blueprint("health", __name__)
    limit = pulse.limit_ms(services.settings)
    listening: dict[str, int] = {}

    @routes.get("/health")
    def health() -> tuple[Response, int]:
        try:
            # From the first question on: what has yet to start is not missed.
            since = listening.setdefault("since", services.database.read(clock.now_ms))
            found = services.database.read(lambda c: figures(c, limit, since))
        except StoreUnavailable as error:
            return jsonify(status=UNAVAILABLE, title=error.title), 503
        wrong = clock_skew.wrong_clocks(services.redis)
        return jsonify(**found, wrongClocks=dict(wrong)), 200 if found["status"] == OK else 503

    @routes.get("/health/live")
    def live() -> Response:
        return jsonify(status=OK)

    @routes.get("/health/ready")
    def ready() -> tuple[Response, int]:
        try:
            services.database.read(clock.now_ms)
        except StoreUnavailable as error:
            return jsonify(status=UNAVAILABLE, title=error.title), 503
        return jsonify(status=OK), 200

    return routes


def figures(connection: sa.Connection, limit: int, since: int = 0) -> dict[str, Any]:
    """Return the figures of ``/health`` under the names they have there.

    Args:
        connection: To the database.
        limit: How long a part may be silent, in milliseconds.
        since: From when on silence counts, in milliseconds since 1970.
    """
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
