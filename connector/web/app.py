"""The Flask application and the server that runs it."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import uuid
from multiprocessing.process import BaseProcess

from flask import Flask, Response, jsonify, render_template
from granian import Granian
from granian.constants import Interfaces
from werkzeug.exceptions import HTTPException

from connector.errors import ConnectorError, SetupError
from connector.runtime import logs
from connector.runtime.bells import make_broker
from connector.runtime.services import Services, open_services
from connector.settings import Settings
from connector.store.problems import StoreUnavailable
from connector.web import access, health, hooks, pages

LOG = logging.getLogger(__name__)

PROCESSES = 2
BROKER_SECONDS = 2.0
THREADS = 2  # more threads than this halve the handler under the interpreter's lock


def create_app(services: Services) -> Flask:
    """Return the application over services that are already open."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = hooks.MOST_BYTES
    app.register_blueprint(hooks.blueprint(services))
    app.register_blueprint(health.blueprint(services))
    app.register_blueprint(pages.blueprint(services))
    access.guard(app, services)
    app.register_error_handler(ConnectorError, _problem)
    app.register_error_handler(Exception, _mistake)
    app.after_request(_harden)
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
    return create_app(open_services(settings, app))


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


def _mistake(error: Exception) -> tuple[str, int] | HTTPException | tuple[Response, int]:
    if isinstance(error, HTTPException):
        return error
    support_id = uuid.uuid4().hex[:12]
    LOG.error("A request failed by our mistake, support id %s", support_id, exc_info=error)
    return jsonify(title="The connector made a mistake.", supportId=support_id), 500


def _harden(response: Response) -> Response:
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-store")
    return response
