"""The sandbox as one Flask app: gateway, admin interface, page, and the HubSpot portal."""

import time
from collections.abc import Callable
from datetime import datetime

import flask

from connector.sandbox import hubspot
from connector.sandbox.admin import create_admin
from connector.sandbox.company import Company, utc_now
from connector.sandbox.config import SandboxConfig
from connector.sandbox.endpoint import Surroundings, create_gateway
from connector.sandbox.page import create_page
from connector.sandbox.seed import seed

LARGEST_REQUEST = 64 * 1024 * 1024


def create_app(
    config: SandboxConfig,
    now: Callable[[], datetime] = utc_now,
    wait: Callable[[float], None] = time.sleep,
) -> flask.Flask:
    """Return the app of one sandbox, seeded when its store is empty.

    `now` is the clock of the company; `wait` is how latency and held replies pass their seconds.
    """
    app = flask.Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    company = Company(config, now)
    if company.store.is_empty():
        seed(company)
    sandbox = Surroundings(company, wait)
    app.extensions["sandbox"] = sandbox
    ours = (create_gateway(sandbox), create_admin(sandbox), create_page(sandbox))
    for blueprint in (*ours, hubspot.create_blueprint(config.hubspot)):
        app.register_blueprint(blueprint)
    return app
