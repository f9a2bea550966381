"""The Flask application and the server that runs it."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import uuid
from collections.abc import Callable
from http import HTTPStatus
from multiprocessing.process import BaseProcess

from flask import Flask, Response, render_template, request
from granian import Granian
from granian.constants import Interfaces
from werkzeug.exceptions import HTTPException

from connector.errors import ConnectorError, SetupError
from connector.runtime import logs, pulse
from connector.runtime.bells import make_broker
from connector.runtime.services import Services, open_services
from connector.settings import Settings
from connector.store.problems import StoreUnavailable
from connector.web import (
    access,
    audit_pages,
    catalogue_pages,
    connection_pages,
    health,
    health_pages,
    hooks,
    notification_pages,
    oauth,
    pages,
    people,
    rendering,
    second_factor,
    settings_pages,
    signing_in,
    trigger_setup_pages,
)
from connector.web.composer import (
    file_view,
    plan_pages,
    publishing,
    samples,
    step_test,
    taking_over,
    testing,
    versions,
)
from connector.web.composer import listing as workflow_list
from connector.web.composer import page as composer_page
from connector.web.operations import approvals as approval_pages
from connector.web.operations import (
    bulk_replay,
    repairs,
    reversals,
    run_list,
    run_page,
    today,
    transfers,
)
from connector.web.operations import issues as issue_pages
from connector.web.operations import reconciliation as reconciliation_pages
from connector.web.operations import usage as usage_pages
from connector.web.proxies import Proxies

LOG = logging.getLogger(__name__)

PROCESSES = 2
BROKER_SECONDS = 2.0
# Deliveries wait for the disk together: what waits at once shares a commit. Measured with two
# processes: 2 threads 680, 4 threads 1,130, 8 threads 1,640, 16 threads 1,320 deliveries a second.
THREADS = 8


def create_app(services: Services) -> Flask:
    """Return the application over services that are already open."""
    app = Flask(__name__)
    app.config["DEBUG"] = False  # whatever FLASK_DEBUG says: its error pages show code and values
    app.config["MAX_CONTENT_LENGTH"] = hooks.MOST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = hooks.MOST_BYTES  # a form of a thousand lines is long
    # Behind the door of deliveries, whose connections each name the proxies that they believe.
    app.wsgi_app = Proxies(app.wsgi_app, services.settings.trusted_proxies)  # type: ignore[method-assign]  # Flask's own way
    access.guard(app, services)
    rendering.install(app, services.wall_clock.now_ms)
    for edge in (
        hooks,
        health,
        oauth,
        signing_in,
        second_factor,
        people,
        trigger_setup_pages,
        settings_pages,
        notification_pages,
        audit_pages,
        health_pages,
        pages,
        today,
        issue_pages,
        approval_pages,
        reconciliation_pages,
        usage_pages,
        transfers,
        connection_pages,
        catalogue_pages,
        workflow_list,
        composer_page,
        samples,
        testing,
        step_test,
        plan_pages,
        publishing,
        versions,
        file_view,
        taking_over,
        run_list,
        run_page,
        repairs,
        bulk_replay,
        reversals,
    ):
        app.register_blueprint(edge.blueprint(services))
    app.register_error_handler(ConnectorError, _problem)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _mistake)
    app.after_request(_hardened(services.settings))
    return app


def serve(settings: Settings) -> None:
    """Serve until told to stop."""
    host, port = settings.web_address
    server = Granian(
        "connector.web.app:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=PROCESSES,
        blocking_threads=THREADS,
        factory=True,
        log_enabled=False,
        respawn_failed_workers=True,
    )
    server.serve()


def application() -> Flask:
    """Return the application of one server process, from the environment's settings."""
    end_with_server()
    settings = Settings.read()
    logs.start(settings.log_level)
    app = make_broker(settings.redis_url, settings.sweep_seconds, answer_seconds=BROKER_SECONDS)
    services = open_services(settings, app)
    pulse.Pulse(services.database, pulse.WEB, settings).start()
    services.clock_guard.watch()
    return create_app(services)


def end_with_server() -> None:
    """End this process when the one that started it is gone, however it went.

    A server process that is left behind would keep the port and answer with yesterday's code.
    """
    server = multiprocessing.parent_process()
    if server is not None:
        threading.Thread(target=_outlive, args=(server,), name="server", daemon=True).start()


def _outlive(server: BaseProcess) -> None:
    server.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _problem(error: ConnectorError) -> tuple[str, int]:
    status = 503 if isinstance(error, StoreUnavailable | SetupError) else 400
    return render_template("problem.html", problem=error.describe()), status


def _refused(error: HTTPException) -> HTTPException | tuple[str, int]:
    title = _REFUSALS.get(error.code or 0)
    if error.response is not None or title is None:
        return error
    return render_template("problem.html", problem={"title": title}), error.code or 500


_REFUSALS = {
    400: "The request cannot be read.",
    403: "This is not for you, or not any more.",
    404: "There is no such page, or not any more.",
    405: "This page does not take that.",
    413: "That is too much at once: a form may hold one megabyte.",
}


def _mistake(error: Exception) -> tuple[str, int]:
    support_id = uuid.uuid4().hex[:12]
    LOG.error("A request failed by our mistake, support id %s", support_id, exc_info=error)
    problem = {
        "title": "The connector made a mistake.",
        "advice": "Its log says more under the support id.",
        "supportId": support_id,
    }
    return render_template("problem.html", problem=problem), 500


_HEADERS = {
    # No script or style but our files: nothing that is stored can run.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with it, forms would say that they come from nowhere.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


def _hardened(settings: Settings) -> Callable[[Response], Response]:
    headers = dict(_HEADERS)
    if settings.public_url.startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=31536000"

    def harden(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code == HTTPStatus.OK:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    return harden
