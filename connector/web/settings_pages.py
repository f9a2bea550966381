"""Administration at a glance, and every setting of the installation with where it comes from."""

from __future__ import annotations

from flask import Blueprint, render_template

from connector.accounts import Accounts, ApiKeys, Right
from connector.errors import SetupError
from connector.operations import condition, subscribers
from connector.operations.mail import MailSettings
from connector.runtime.services import Services
from connector.store import audit
from connector.web.access import needs


def blueprint(services: Services) -> Blueprint:
    """Return ``/administration`` and ``/administration/settings``."""
    routes = Blueprint("administration", __name__, url_prefix="/administration")
    pages = _Pages(services)
    routes.get("")(pages.overview)
    routes.get("/settings")(pages.settings)
    return routes


class _Pages:
    def __init__(self, services: Services) -> None:
        self._services = services

    @needs(Right.ADMINISTER)
    def overview(self) -> str:
        services = self._services
        wrong = [line for line in condition.lines(services) if not line.is_well]
        told = services.database.read(subscribers.listed)
        return render_template(
            "administration/overview.html",
            people=sum(one.is_active for one in Accounts(services.database).list()),
            keys=len(ApiKeys(services.database).list()),
            told=told,
            troubled=[one for one in told if one.problem or one.dead],
            wrong=wrong,
            newest=services.database.read(audit.newest),
            settings=sum(one.source != "default" for one in services.settings.describe()),
        )

    @needs(Right.ADMINISTER)
    def settings(self) -> str:
        mail: MailSettings | None = None
        problem: SetupError | None = None
        try:
            mail = MailSettings.read()
        except SetupError as error:
            problem = error
        return render_template(
            "administration/settings.html",
            settings=self._services.settings.describe(),
            allowed=self._services.settings.allowed_origins,
            proxies=self._services.settings.trusted_proxies,
            mail=mail,
            problem=problem,
        )
