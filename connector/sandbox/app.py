"""The sandbox as one Flask app: gateway, admin interface, page, and the HubSpot portal."""

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

import flask

from connector.sandbox import general_ledger, hubspot
from connector.sandbox.admin import create_admin
from connector.sandbox.company import Company, utc_now
from connector.sandbox.company_file import install
from connector.sandbox.config import SandboxConfig
from connector.sandbox.controls import create_controls
from connector.sandbox.endpoint import Surroundings, create_gateway
from connector.sandbox.events.blueprint import create_blueprint as create_events
from connector.sandbox.events.deliveries import Post
from connector.sandbox.page import create_page
from connector.sandbox.rest.face import create_rest
from connector.sandbox.seed import seed

LARGEST_REQUEST = 64 * 1024 * 1024


def create_app(
    config: SandboxConfig,
    now: Callable[[], datetime] = utc_now,
    wait: Callable[[float], None] = time.sleep,
    post: Post | None = None,
) -> flask.Flask:
    """Return the app of one sandbox, seeded when its store is empty.

    `now` is the clock of the company; `wait` is how latency and held replies pass their seconds.
    `post` sends what the company and the portal deliver; httpx over the network when not given.
    """
    app = flask.Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    install(config.company)
    company = Company(config, now, post)
    company.store.keep_books = partial(general_ledger.bring_up_to_date, company.store)
    if company.store.is_empty():
        seed(company)
    general_ledger.post_everything(company.store)
    sandbox = Surroundings(company, wait)
    app.extensions["sandbox"] = sandbox
    ours = (
        create_gateway(sandbox),
        create_admin(sandbox),
        create_controls(sandbox),
        create_page(sandbox),
        create_rest(sandbox, post),
    )
    theirs = (create_events(company, post), hubspot.create_blueprint(config.hubspot, post))
    for blueprint in (*ours, *theirs):
        app.register_blueprint(blueprint)
    return app
