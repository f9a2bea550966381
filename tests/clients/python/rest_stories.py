"""Uses the package sageintacctrestsdk as its users do, and prints what it got as JSON.

Run by an environment of its own: `python rest_stories.py STORY SETTINGS`, the second text JSON.
"""

import importlib
import json
import sys
from itertools import islice
from typing import Any

SDK = importlib.import_module("intacctsdk")
ERRORS = importlib.import_module("intacctsdk.exceptions")
# The SDK takes no address: it is a constant that these modules have imported by name.
ADDRESSED = ("intacctsdk.intacctsdk", "intacctsdk.apis.api_base")


def signed_in(given: dict[str, Any]) -> Any:
    """Return the SDK with a token of its own, pointed at the sandbox."""
    for name in ADDRESSED:
        vars(importlib.import_module(name))["BASE_URL"] = given["url"]
    names = ("username", "client_id", "client_secret", "entity_id", "access_token")
    return SDK.IntacctRESTSDK(**{name: given[name] for name in names if name in given})


def token(sdk: Any, given: dict[str, Any]) -> Any:
    """Say for how long the token lasts, and whether a refresh token came with it."""
    return {"seconds": sdk.access_token_expires_in, "has_refresh": bool(sdk.refresh_token)}


def refresh(sdk: Any, given: dict[str, Any]) -> Any:
    """Sign in again by the refresh token, and count with the new token."""
    again = SDK.IntacctRESTSDK(
        client_id=given["client_id"],
        client_secret=given["client_secret"],
        refresh_token=sdk.refresh_token,
        use_client_credentials_auth=False,
    )
    return again.customers.count()


def create(sdk: Any, given: dict[str, Any]) -> Any:
    """Create what is given, then read it by its key."""
    part = getattr(sdk, given["part"])
    made = part.post(given["values"])["ia::result"]
    return {"made": made, "read": part.get_by_key(made["key"])["ia::result"]}


def create_twice(sdk: Any, given: dict[str, Any]) -> Any:
    """Create with an idempotency key, and send the same again."""
    part = getattr(sdk, given["part"])
    return [part.post(given["values"], given["key"])["ia::result"]["key"] for _ in range(2)]


def update(sdk: Any, given: dict[str, Any]) -> Any:
    """Change a record, then read it by its key."""
    part = getattr(sdk, given["part"])
    part.update(given["key"], given["values"])
    return part.get_by_key(given["key"])["ia::result"]


def delete(sdk: Any, given: dict[str, Any]) -> Any:
    """Delete a record."""
    return getattr(sdk, given["part"]).delete(given["key"])


def pages(sdk: Any, given: dict[str, Any]) -> Any:
    """List page by page, ten pages at most."""
    part = getattr(sdk, given["part"])
    part._ApiBase__page_size = given["page_size"]
    listed = part.get_all_generator(
        fields=given["fields"], filters=given["filters"], order_by=[{given["fields"][0]: "asc"}]
    )
    return list(islice(listed, 10))


def count(sdk: Any, given: dict[str, Any]) -> Any:
    """Count what the filters let through."""
    return getattr(sdk, given["part"]).count(filters=given["filters"])


def model(sdk: Any, given: dict[str, Any]) -> Any:
    """Describe an object."""
    return getattr(sdk, given["part"]).get_model()["ia::result"]


def session(sdk: Any, given: dict[str, Any]) -> Any:
    """Ask for a session of the XML API."""
    return sdk.sessions.get_session_id()


STORIES = {
    story.__name__: story
    for story in (
        token,
        refresh,
        create,
        create_twice,
        update,
        delete,
        pages,
        count,
        model,
        session,
    )
}


def main() -> None:
    """Run one story; a refusal is printed as well."""
    given = json.loads(sys.argv[2])
    try:
        answer = {"found": STORIES[sys.argv[1]](signed_in(given), given)}
    except ERRORS.IntacctRESTSDKError as error:
        answer = {"error": type(error).__name__, "response": error.response}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
