"""Which part of the API answers an address."""

from collections.abc import Callable

from connector.sandbox import usage
from connector.sandbox.rest import (
    composite,
    idempotency,
    jobs,
    model,
    query,
    resources,
    services,
    workflows,
)
from connector.sandbox.rest.errors import RestError, not_found
from connector.sandbox.rest.exchange import Reply, Request

Handler = Callable[[Request], Reply]


def handle(request: Request) -> Reply:
    """Return the reply to a request, refusals included. What a refused request did is undone."""
    try:
        # A composite request itself is nowhere: its parts say where they are.
        placed = request if request.path == composite.PATH else request.at_entity()
        if placed.headers.get("prefer", "").startswith("respond-async"):
            return jobs.queue(placed, handle)
        return idempotency.once(placed, lambda: _done(placed))
    except RestError as refused:
        return _refused(request, refused)


def _done(request: Request) -> Reply:
    try:
        with request.company.store.transaction():
            return _answer(request)
    except RestError as refused:
        return _refused(request, refused)


def _refused(request: Request, refused: RestError) -> Reply:
    return Reply(refused.status, request.fault_body(refused), refused.headers)


def _answer(request: Request) -> Reply:
    if request.path.startswith("/objects/"):
        return resources.answer(request)
    if request.path.startswith("/workflows/"):
        return workflows.answer(request)
    path = request.path.rstrip("/")
    handler = SERVICES.get((request.method, path))
    if handler is not None:
        return handler(request)
    if any(known == path for _, known in SERVICES):
        raise resources.method_not_allowed(request.method)
    raise not_found(f"The address {request.path} is not found")


def _query(request: Request) -> Reply:
    """Find rows of one object: fields, filters, order, pages and aggregates."""
    made = query.answer(request)
    usage.note(request.call(), 1)
    return made


def _composite(request: Request) -> Reply:
    """Run up to ten requests in a row, which may use each other's results."""
    return composite.answer(request, handle)


def _bulk(request: Request) -> Reply:
    """Take a file of records and start working through it."""
    return jobs.create_bulk(request, handle)


SERVICES: dict[tuple[str, str], Handler] = {
    ("POST", "/services/core/query"): _query,
    ("GET", "/services/core/model"): model.answer,
    ("GET", "/services/core/session/id"): services.session_id,
    ("GET", "/services/company-config/dimensions/list"): services.dimensions,
    ("POST", "/services/core/allowed-operations/list"): services.allowed_operations,
    ("GET", workflows.DOWNLOAD): services.download,
    ("POST", composite.PATH): _composite,
    ("POST", "/services/bulk/job/create"): _bulk,
    ("GET", "/services/bulk/job/status"): jobs.bulk_status,
    ("GET", "/services/core/async/job-status"): jobs.async_status,
}
