"""Syncs and exports as they go: how far, how fast, and each row that went wrong."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from connector.accounts import Right
from connector.runtime.services import Services
from connector.transfer import progress
from connector.transfer.progress import Transfer
from connector.web.access import needs


def blueprint(services: Services) -> Blueprint:
    """Return the pages under ``/transfers``."""
    routes = Blueprint("transfers", __name__)

    @routes.get("/transfers")
    @needs(Right.VIEW)
    def everything() -> str:
        return _list(services)

    # What renews itself by a script keeps nobody signed in.
    @routes.get("/transfers/now")
    @needs(Right.VIEW, use=False)
    def everything_now() -> str:
        return _list(services)

    @routes.get("/transfers/<transfer_id>")
    @needs(Right.VIEW)
    def one(transfer_id: str) -> str:
        return _page(services, transfer_id)

    @routes.get("/transfers/<transfer_id>/now")
    @needs(Right.VIEW, use=False)
    def one_now(transfer_id: str) -> str:
        return _page(services, transfer_id)

    return routes


def _list(services: Services) -> str:
    found = progress.listed(services.settings.data_dir, services.wall_clock.now_ms())
    going = any(_is_going(transfer) for transfer in found)
    return render_template("operations/transfers.html", transfers=found, is_going=going)


def _page(services: Services, transfer_id: str) -> str:
    now = services.wall_clock.now_ms()
    found = progress.one(services.settings.data_dir, transfer_id, now)
    if found is None:
        abort(404)
    return render_template(
        "operations/transfer.html",
        transfer=found,
        is_going=_is_going(found),
        most_errors=progress.MOST_ERRORS,
    )


def _is_going(transfer: Transfer) -> bool:
    return transfer.state == progress.RUNNING
