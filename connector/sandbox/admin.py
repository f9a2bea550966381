"""The sandbox's own JSON interface under /_sandbox/: an extension, nothing of Intacct's."""

from dataclasses import fields
from typing import Any

import flask

from connector.sandbox import ledger
from connector.sandbox.endpoint import Surroundings
from connector.sandbox.faults import Armed
from connector.sandbox.objects import OBJECTS
from connector.sandbox.policies import POLICIES
from connector.sandbox.reader import Reader
from connector.sandbox.seed import reset
from connector.sandbox.sessions import expire_all

_ARMED_FIELDS = {field.name: field.type for field in fields(Armed)}


def create_admin(sandbox: Surroundings) -> flask.Blueprint:
    """Return the blueprint of the admin interface."""
    blueprint = flask.Blueprint("sandbox_admin", __name__, url_prefix="/_sandbox")
    _add_state(blueprint, sandbox)
    _add_faults(blueprint, sandbox)
    _add_switches(blueprint, sandbox)
    blueprint.register_error_handler(ValueError, _bad_request)
    return blueprint


def _bad_request(error: ValueError) -> tuple[flask.Response, int]:
    return flask.jsonify(error=str(error)), 400


def _posted() -> dict[str, Any]:
    body = flask.request.get_json(silent=True)
    if not isinstance(body, dict):
        raise ValueError("Post a JSON object.")  # noqa: TRY004 # one error type means a bad request
    return body


def _add_state(blueprint: flask.Blueprint, sandbox: Surroundings) -> None:
    company = sandbox.company

    @blueprint.get("/health")
    def health() -> flask.Response:
        with company.store.lock:
            found = company.store.execute("SELECT object, count(*) FROM record GROUP BY object")
        return flask.jsonify(status="ok", intacct=False, records=dict(map(tuple, found)))

    @blueprint.post("/reset")
    def start_over() -> flask.Response:
        reset(company)
        sandbox.faults.clear()
        sandbox.traffic.clear()
        return flask.jsonify(status="ok")

    @blueprint.get("/ledger")
    def show_ledger() -> flask.Response:
        return flask.jsonify(ledger.entries(company.store, flask.request.args.get("object")))

    @blueprint.get("/requests")
    def show_requests() -> flask.Response:
        return flask.jsonify(sandbox.traffic.all())

    @blueprint.get("/records/<name>")
    def show_records(name: str) -> flask.Response | tuple[flask.Response, int]:
        described = OBJECTS.get(name.upper())
        if described is None:
            return flask.jsonify(error=f"There is no object {name}."), 404
        reader = Reader(company.store)
        return flask.jsonify(
            [
                {field: reader.value(described, record, field) for field in described.all_names()}
                for record in company.store.select(described.name)
            ]
        )


def _add_faults(blueprint: flask.Blueprint, sandbox: Surroundings) -> None:
    @blueprint.post("/faults")
    def arm() -> flask.Response:
        given = _posted()
        unknown = ", ".join(sorted(given.keys() - _ARMED_FIELDS.keys()))
        if unknown or "fault" not in given:
            raise ValueError(f"Unknown: {unknown}." if unknown else "Name a fault.")
        sandbox.faults.arm(_armed(given))
        return flask.jsonify(sandbox.faults.all())

    @blueprint.get("/faults")
    def show_faults() -> flask.Response:
        return flask.jsonify(sandbox.faults.all())

    @blueprint.delete("/faults")
    def disarm() -> flask.Response:
        sandbox.faults.clear()
        return flask.jsonify([])


def _armed(given: dict[str, Any]) -> Armed:
    """Return the fault that a posted object describes, its numbers checked."""
    try:
        return Armed(
            fault=str(given["fault"]),
            function=str(given.get("function", "*")),
            times=int(given.get("times", 1)),
            seconds=float(given.get("seconds", 5)),
            skip=int(given.get("skip", 0)),
        )
    except TypeError:
        raise ValueError("times, seconds and skip are numbers.") from None


def _add_switches(blueprint: flask.Blueprint, sandbox: Surroundings) -> None:
    company = sandbox.company

    @blueprint.get("/policies")
    def show_policies() -> flask.Response:
        values = company.policies.all()
        return flask.jsonify(
            {
                name: {"value": values[name], "values": p.values, "meaning": p.meaning}
                for name, p in POLICIES.items()
            }
        )

    @blueprint.post("/policies")
    def change_policies() -> flask.Response:
        company.policies.change({name: _as_text(value) for name, value in _posted().items()})
        return flask.jsonify(company.policies.all())

    @blueprint.post("/sessions/expire")
    def expire() -> flask.Response:
        return flask.jsonify(expired=expire_all(company))


def _as_text(value: object) -> str:
    """Return a JSON value as a policy takes it, true and false in lower case."""
    return str(value).lower() if isinstance(value, bool) else str(value)
