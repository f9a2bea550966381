"""The installation as a command uses it, without web server or workers."""

from __future__ import annotations

from connector.cli import first_start
from connector.runtime.bells import make_broker
from connector.runtime.services import Services, open_services
from connector.settings import Settings


def open_installation() -> Services:
    """Return the services of this installation, its tables up to date.

    Without a broker the bells stay silent, and the sweeper finds what a command left due.
    """
    settings = Settings.read()
    first_start.prepare(settings).close()
    app = make_broker(settings.redis_url or "memory://", settings.sweep_seconds)
    return open_services(settings, app)
