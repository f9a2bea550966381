"""Everything about events that the app serves, as one blueprint."""

import flask

from connector.sandbox.company import Company
from connector.sandbox.events.admin import create_admin
from connector.sandbox.events.deliveries import Deliverer, Post
from connector.sandbox.events.queue import create_queue


def create_blueprint(company: Company, post: Post | None = None) -> flask.Blueprint:
    """Return the blueprint of the queue and of the definitions.

    Deliveries run in the background once something is defined; each request to the app wakes them.
    `post` sends one delivery and returns the status; httpx over the network when not given.
    """
    deliverer = Deliverer(company, post)
    blueprint = flask.Blueprint("events", __name__)
    blueprint.register_blueprint(create_admin(company))
    blueprint.register_blueprint(create_queue(company))

    @blueprint.teardown_app_request
    def wake(_problem: BaseException | None) -> None:
        deliverer.wake()

    return blueprint
