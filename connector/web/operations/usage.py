"""API transactions: used, forecast, what they cost, and the budgets that stop them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from connector.accounts import Right
from connector.connections.store import ConnectionRow
from connector.errors import InputError, NotFound
from connector.runtime import budgets
from connector.runtime.budgets import Budget, Standing
from connector.runtime.services import INTACCT, Services
from connector.transfer import usage
from connector.transfer.usage import Line
from connector.web.access import current, needs
from connector.web.operations import plots

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Share:
    """What one connection or workflow has used, and what it comes to.

    Args:
        name: Whose.
        transactions: So far.
        expected: By the end of the month at this pace.
        standing: Against its budget; None where it has none.
        row: The connection; None for workflows and for connections that are gone.
    """

    name: str
    transactions: int
    expected: int
    standing: Standing | None = None
    row: ConnectionRow | None = None


@dataclass(frozen=True)
class Month:
    """What a month has seen.

    Args:
        name: ``YYYY-MM``.
        is_present: Whether it is still going on.
        by_connection: The connections that may call, and those that have.
        by_workflow: The workflows whose runs began in it.
        history: Transactions of the newest months, oldest first.
    """

    name: str
    is_present: bool
    by_connection: list[Share]
    by_workflow: list[Share]
    history: list[tuple[str, int]]

    @property
    def total(self) -> int:
        """All transactions so far."""
        return sum(share.transactions for share in self.by_connection)

    @property
    def expected(self) -> int:
        """All transactions by its end."""
        return sum(share.expected for share in self.by_connection)

    def overage(self, tier: int) -> Decimal:
        """Return what the transactions beyond a tier will cost, in US dollars."""
        return usage.cost(self.expected, included=usage.TIERS[tier])


def blueprint(services: Services) -> Blueprint:
    """Return the page ``/usage`` and the form of budgets."""
    routes = Blueprint("usage", __name__)

    @routes.get("/usage")
    @needs(Right.VIEW)
    def page() -> str:
        return _page(services)

    @routes.post("/usage/budgets/<connection_id>")
    @needs(Right.ADMINISTER)
    def change(connection_id: str) -> BaseResponse | tuple[str, int]:
        row = _connection(services, connection_id)
        actor, form = current().login, request.form
        try:
            if form.get("remove"):
                services.database.write(lambda c: budgets.remove(c, row, actor))
            else:
                wanted = budgets.checked(
                    _number(form.get("warn_at", ""), "warnAt"),
                    _number(form.get("stop_at", ""), "stopAt"),
                )
                _keep(services, row, wanted, actor)
        except InputError as error:
            return _page(services, error, row.id), 422
        return redirect(url_for("usage.page"), 303)

    return routes


def _page(services: Services, problem: InputError | None = None, of: str = "") -> str:
    rows = services.connections.list()
    asked = request.args.get("month", "")
    found = services.database.read(lambda c: _month(c, rows, asked))
    tier = request.args.get("tier", "1")
    chosen = int(tier) if tier.isdecimal() and int(tier) in usage.TIERS else 1
    columns = [
        plots.Column(_short(name), (("here" if name == found.name else "other", count),))
        for name, count in found.history
    ]
    return render_template(
        "operations/usage.html",
        month=found,
        tier=chosen,
        tiers=usage.TIERS,
        overage=found.overage(chosen),
        plot=plots.stacked(columns),
        problem=problem,
        problem_of=of,
        form=request.form,
    )


def _month(connection: sa.Connection, rows: tuple[ConnectionRow, ...], asked: str) -> Month:
    present, passed = usage.this_month(connection)
    name = asked if _MONTH.fullmatch(asked) and asked <= present else present
    is_present = name == present

    def expected(line: Line) -> int:
        return usage.forecast(line.transactions, passed) if is_present else line.transactions

    lines = {line.name: line for line in usage.by_connection(connection, name)}
    callers = {row.name: row for row in rows if row.kind == INTACCT}
    shares = []
    for who in sorted({*lines, *callers}):
        line = lines.get(who) or Line(who, name, 0, {})
        row = callers.get(who)
        standing = budgets.standing(connection, row) if row is not None and is_present else None
        shares.append(Share(who, line.transactions, expected(line), standing, row))
    flows = [
        Share(line.name, line.transactions, expected(line))
        for line in usage.by_workflow(connection, name)
        if line.transactions
    ]
    flows.sort(key=lambda share: -share.transactions)
    return Month(name, is_present, shares, flows, usage.by_month(connection, _MONTHS_SHOWN))


def _keep(services: Services, row: ConnectionRow, wanted: Budget, actor: str) -> None:
    """Keep a budget; the same form sent twice changes nothing the second time."""

    def write(connection: sa.Connection) -> None:
        if budgets.budget_of(connection, row.id) != wanted:
            budgets.keep(connection, row, wanted, actor)

    services.database.write(write)


def _connection(services: Services, connection_id: str) -> ConnectionRow:
    try:
        row = services.connections.by_id(connection_id)
    except NotFound:
        abort(404)
    if row.kind != INTACCT:
        abort(404)
    return row


def _short(month: str) -> str:
    return f"{date.fromisoformat(f'{month}-01'):%b}"


def _number(text: str, field: str) -> int | None:
    plain = re.sub(r"[ ,_]", "", text)
    if not plain:
        return None
    if not plain.isdecimal():
        raise InputError(f"“{text[:40]}” is not a whole number.", field=field)
    return int(plain)
