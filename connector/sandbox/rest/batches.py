"""Several records in one request: each on its own, or all of them or none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from connector.sandbox.company import Call
from connector.sandbox.rest.errors import (
    Json,
    RestError,
    counts,
    enveloped,
    invalid,
    unprocessed,
)
from connector.sandbox.rest.exchange import Reply, Request

LARGEST_BATCH = 500
MULTI_STATUS = 207


@dataclass
class Outcome:
    """What became of one item."""

    status: int
    result: Any = None
    refused: RestError | None = None


class _Failed(Exception):
    """One item of an atomic batch failed."""


def many(
    request: Request, items: Sequence[Any], work: Callable[[Call, Any], Any], status: int
) -> Reply:
    """Do the work for each item and return what became of all of them, in their order.

    `status` is what an item answers that succeeds. More than 500 items, or none, raise RestError.
    """
    if not items:
        raise invalid("The batch is empty")
    if len(items) > LARGEST_BATCH:
        raise invalid(f"A batch holds {LARGEST_BATCH} records at most, this one {len(items)}")
    if request.is_atomic:
        outcomes = _all_or_none(request, items, work, status)
    else:
        outcomes = [_alone(request, item, work, status) for item in items]
    return _told(request, outcomes, status)


def _alone(request: Request, item: Any, work: Callable[[Call, Any], Any], status: int) -> Outcome:
    try:
        with request.company.store.transaction():
            return Outcome(status, work(request.call(), item))
    except RestError as refused:
        return Outcome(refused.status, refused=refused)


def _all_or_none(
    request: Request, items: Sequence[Any], work: Callable[[Call, Any], Any], status: int
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    try:
        with request.company.store.transaction():
            for item in items:
                outcomes.append(_alone(request, item, work, status))
                if outcomes[-1].refused is not None:
                    raise _Failed  # noqa: TRY301 # it is what makes the store roll back
    except _Failed:
        culprit = outcomes[-1]
        skipped = unprocessed()
        return [
            culprit if at == len(outcomes) - 1 else Outcome(skipped.status, refused=skipped)
            for at in range(len(items))
        ]
    return outcomes


def _told(request: Request, outcomes: list[Outcome], status: int) -> Reply:
    statuses = {outcome.status for outcome in outcomes}
    failed = sum(outcome.refused is not None for outcome in outcomes)
    overall = statuses.pop() if len(statuses) == 1 else MULTI_STATUS
    if not failed and status == 204:  # noqa: PLR2004 # a deletion answers without a body
        return Reply(status)
    if not failed and request.method == "GET":
        return Reply(status, enveloped([o.result for o in outcomes], counts(len(outcomes))))
    told = [_item(request, outcome) for outcome in outcomes]
    return Reply(overall, enveloped(told, counts(len(outcomes), failed)))


def _item(request: Request, outcome: Outcome) -> Json:
    if outcome.refused is not None:
        error = outcome.refused.error(request.company.support_id())
        return {"ia::error": error, "ia::status": outcome.status}
    if outcome.result is None:
        return {"ia::status": outcome.status}
    if request.company.policies["rest_batch_items"] == "flat":
        return {**outcome.result, "ia::status": outcome.status}
    return {"ia::result": outcome.result, "ia::status": outcome.status}
