"""More of /_sandbox/: capabilities, clock, snapshots, usage, lockouts, transport policies."""

from typing import Any

import flask

from connector.sandbox import sessions, usage
from connector.sandbox.company import Company
from connector.sandbox.config import GATEWAY_PATH
from connector.sandbox.endpoint import Surroundings
from connector.sandbox.fault_effects import FAULTS
from connector.sandbox.functions import FUNCTIONS
from connector.sandbox.functions.not_offered import REFUSED
from connector.sandbox.objects import OBJECTS
from connector.sandbox.policies import POLICIES
from connector.sandbox.wire.function_names import FUNCTION_NAMES

STATEMENT = "This is not Sage Intacct. It is an offline stand-in, written from published documents."


def create_controls(sandbox: Surroundings) -> flask.Blueprint:
    """Return the blueprint of these controls."""
    blueprint = flask.Blueprint("sandbox_controls", __name__, url_prefix="/_sandbox")
    _add_facts(blueprint, sandbox.company)
    _add_clock(blueprint, sandbox.company)
    _add_snapshots(blueprint, sandbox.company)
    _add_lockouts(blueprint, sandbox.company)
    _add_transport(blueprint, sandbox.company)
    blueprint.register_error_handler(ValueError, _bad_request)
    return blueprint


def _bad_request(error: ValueError) -> tuple[flask.Response, int]:
    return flask.jsonify(error=str(error)), 400


def _posted() -> dict[str, Any]:
    body = flask.request.get_json(silent=True)
    if not isinstance(body, dict):
        raise ValueError("Post a JSON object.")  # noqa: TRY004 # one error type means a bad request
    return body


def capabilities(company: Company) -> dict[str, Any]:
    """Return what this sandbox runs, what it refuses, and every switch with its standing."""
    values = company.policies.all()
    offered = sorted(FUNCTIONS.keys() - REFUSED.keys())
    return {
        "intacct": False,
        "statement": STATEMENT,
        "gateway": GATEWAY_PATH,
        "functions": {
            "offered": offered,
            "refused": sorted(FUNCTION_NAMES - set(offered)),
        },
        "objects": {name: described.title for name, described in sorted(OBJECTS.items())},
        "generated_rows": company.config.rows,
        "faults": sorted(FAULTS),
        "policies": {
            name: {
                "value": values[name],
                "default": policy.default,
                "values": policy.values,
                "meaning": policy.meaning,
                "is_known": policy.is_setting,
                "standing": policy.standing,
            }
            for name, policy in POLICIES.items()
        },
    }


def _add_facts(blueprint: flask.Blueprint, company: Company) -> None:
    @blueprint.get("/capabilities")
    def show_capabilities() -> flask.Response:
        return flask.jsonify(capabilities(company))

    @blueprint.get("/usage")
    def show_usage() -> flask.Response:
        return flask.jsonify(usage.summary(company.store))


def _add_clock(blueprint: flask.Blueprint, company: Company) -> None:
    @blueprint.get("/clock")
    def show_clock() -> flask.Response:
        return flask.jsonify(company.clock.state())

    @blueprint.post("/clock")
    def set_clock() -> flask.Response:
        given = _posted()
        if given.keys() == {"fixed"} and isinstance(given["fixed"], str):
            company.clock.stop(given["fixed"])
        elif given.keys() == {"offset_seconds"} and isinstance(
            given["offset_seconds"], int | float
        ):
            company.clock.shift(given["offset_seconds"])
        else:
            raise ValueError("Give either offset_seconds, a number, or fixed, an ISO moment.")
        return flask.jsonify(company.clock.state())

    @blueprint.delete("/clock")
    def run_clock() -> flask.Response:
        company.clock.run()
        return flask.jsonify(company.clock.state())


def _add_snapshots(blueprint: flask.Blueprint, company: Company) -> None:
    @blueprint.get("/snapshots")
    def show_snapshots() -> flask.Response:
        return flask.jsonify(company.snapshots.names())

    @blueprint.post("/snapshots/<name>")
    def take(name: str) -> flask.Response:
        company.take_snapshot(name)
        return flask.jsonify(company.snapshots.names())

    @blueprint.post("/snapshots/<name>/restore")
    def restore(name: str) -> flask.Response:
        company.restore_snapshot(name)
        return flask.jsonify(status="ok")

    @blueprint.delete("/snapshots/<name>")
    def forget(name: str) -> flask.Response:
        company.snapshots.forget(name)
        return flask.jsonify(company.snapshots.names())


def _add_lockouts(blueprint: flask.Blueprint, company: Company) -> None:
    @blueprint.get("/lockouts")
    def show_lockouts() -> flask.Response:
        failed = sessions.failed_sign_ins(company)
        locked = [user for user in failed if sessions.is_locked(company, user)]
        return flask.jsonify(failed_sign_ins=failed, locked=locked)

    @blueprint.delete("/lockouts")
    def unlock() -> flask.Response:
        sessions.unlock(company)
        return flask.jsonify(failed_sign_ins={}, locked=[])


def _add_transport(blueprint: flask.Blueprint, company: Company) -> None:
    @blueprint.get("/transport-policies")
    def show_transport() -> flask.Response:
        return flask.jsonify(company.transport.state())

    @blueprint.post("/transport-policies")
    def define() -> flask.Response:
        given = _posted()
        company.transport.define(str(given.get("name", "")), str(given.get("url", "")))
        return flask.jsonify(company.transport.state())
