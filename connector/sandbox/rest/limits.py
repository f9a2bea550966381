"""Limits of the REST API: at once, a minute, an hour and of computing time, with their headers."""

from connector.sandbox.company import Company
from connector.sandbox.rest.errors import RestError, gateway_error
from connector.sandbox.rest.state import RestState

MINUTE, HOUR = 60, 3600
RATE_LIMIT = "GW-0010"
COST = 1  # what one request costs of the computing time; a real cost is not published
_WINDOWS = (
    ("rest_minute_limit", "X-IA-Minute-Rate-Limit", MINUTE),
    ("rest_hour_limit", "X-IA-Hour-Rate-Limit", HOUR),
)


def counted(company: Company, state: RestState) -> dict[str, str]:
    """Count one request and return the headers that tell the limits; raises RestError beyond one.

    A limit of 0 is none, and then there is no header for it.
    """
    now = company.now().timestamp()
    limits = {policy: int(company.policies[policy]) for policy, _, _ in _WINDOWS}
    processor = int(company.policies["rest_cpu_limit"])
    if not any(limits.values()) and not processor:
        return {}
    used = state.counted(now, HOUR)
    headers: dict[str, str] = {}
    is_over = False
    for policy, name, seconds in _WINDOWS:
        if limits[policy]:
            count = state.within(now, seconds)
            headers[name] = str(limits[policy])
            headers[f"{name}-Remaining"] = str(max(limits[policy] - count, -1))
            is_over = is_over or count > limits[policy]
    if limits["rest_hour_limit"] and used > limits["rest_hour_limit"]:
        headers["X-IA-Hour-Rate-Limit-Retry-After"] = str(state.freed_in(now, HOUR))
    if processor:
        spent = state.within(now, MINUTE) * COST
        headers |= {
            "X-IA-CPU-Request-Cost": str(COST),
            "X-IA-CPU-Limit": str(processor),
            "X-IA-CPU-Limit-Remaining": str(max(processor - spent, -1)),
            "X-IA-CPU-Limit-Reset": str(state.freed_in(now, MINUTE)),
        }
        is_over = is_over or spent > processor
    if is_over:
        raise over_the_limit(company, headers)
    return headers


def over_the_limit(company: Company, headers: dict[str, str] | None = None) -> RestError:
    """Return the refusal of one request too many, with advice when to try again."""
    status = int(company.policies["rest_overload_status"])
    refused = gateway_error(status, RATE_LIMIT, "API rate limit exceeded")
    refused.headers.update(headers or {})
    name, seconds = company.policies["rest_retry_header"], company.policies["retry_after_seconds"]
    if name != "none" and seconds != "0":
        refused.headers[name] = seconds
    return refused


def throttle_headers(limit: int, inside: int) -> dict[str, str]:
    """Return the headers that tell how many more requests may run beside this one."""
    if not limit:
        return {}
    left = str(max(limit - inside, -1))
    return {"X-IA-Throttle-Limit": str(limit), "X-IA-Throttle-Limit-Remaining": left}


def too_many_at_once(company: Company) -> RestError:
    """Return the refusal of one request beside too many others."""
    limit = int(company.policies["concurrency"])
    return over_the_limit(company, throttle_headers(limit, limit + 1))
