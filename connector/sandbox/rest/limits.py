"""Limits of the REST API: requests at once and requests a minute, with their headers."""

from connector.sandbox.company import Company
from connector.sandbox.rest.errors import RestError, gateway_error
from connector.sandbox.rest.state import RestState

MINUTE = 60
RATE_LIMIT = "GW-0010"


def counted(company: Company, state: RestState) -> dict[str, str]:
    """Count one request and return the headers that tell the limit; raises RestError beyond it."""
    limit = int(company.policies["rest_minute_limit"])
    if not limit:
        return {}
    used = state.counted(company.now().timestamp(), MINUTE)
    headers = {
        "X-IA-Minute-Rate-Limit": str(limit),
        "X-IA-Minute-Rate-Limit-Remaining": str(max(limit - used, -1)),
    }
    if used > limit:
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


def too_many_at_once(company: Company) -> RestError:
    """Return the refusal of one request beside too many others."""
    headers = {
        "X-IA-Throttle-Limit": company.policies["concurrency"],
        "X-IA-Throttle-Limit-Remaining": "-1",
    }
    return over_the_limit(company, headers)
