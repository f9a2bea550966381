"""A small HubSpot portal to test against: enough CRM and webhooks for "deal to invoice"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint

from connector.sandbox.hubspot.admin import admin_blueprint
from connector.sandbox.hubspot.crm import crm_blueprint
from connector.sandbox.hubspot.portal import Portal
from connector.sandbox.hubspot.settings import HubspotSettings
from connector.sandbox.hubspot.wire import HubspotError, reply_error

if TYPE_CHECKING:
    from connector.sandbox.hubspot.deliveries import Post

__all__ = ["HubspotSettings", "create_blueprint"]


def create_blueprint(settings: HubspotSettings, post: Post | None = None) -> Blueprint:
    """Return the portal's blueprint: ``/crm/...`` and ``/_sandbox/hubspot/...``.

    Args:
        settings: How the portal starts; its data lives as long as the blueprint, or in its file.
        post: Sends one delivery and returns the status; httpx over the network when not given.
    """
    portal = Portal(settings, post)
    blueprint = Blueprint("hubspot", __name__)
    blueprint.register_blueprint(crm_blueprint(portal))
    blueprint.register_blueprint(admin_blueprint(portal))
    blueprint.register_error_handler(HubspotError, reply_error)
    return blueprint
