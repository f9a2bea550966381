"""Uses the package sageintacctsdk as its users do, and prints what it got as JSON.

Run by an environment of its own: `python xml_stories.py STORY SETTINGS`, the second text JSON.
"""

import importlib
import json
import sys
from typing import Any

SDK = importlib.import_module("sageintacctsdk")


def signed_in(given: dict[str, Any]) -> Any:
    """Return the SDK with a session, every part of it pointed at the sandbox.

    The SDK takes no address: it is a private attribute of each of its objects.
    """
    names = ("sender_id", "sender_password", "user_id", "company_id", "user_password")
    credentials = {name: given[name] for name in names}
    before = SDK.SageIntacctSDK(**credentials, session_id="none yet")
    before.api_base._ApiBase__api_url = given["url"]
    session = before.api_base.get_session_id(
        given["user_id"], given["company_id"], given["user_password"]
    )
    sdk = SDK.SageIntacctSDK(**credentials, session_id=session)
    for part in vars(sdk).values():
        if hasattr(part, "_ApiBase__api_url"):
            part._ApiBase__api_url = given["url"]
    return sdk


def create(sdk: Any, given: dict[str, Any]) -> Any:
    """Create what is given, by the part of the SDK that is named."""
    return getattr(sdk, given["part"]).post(given["values"])


def update(sdk: Any, given: dict[str, Any]) -> Any:
    """Change what is given, then get it."""
    part = getattr(sdk, given["part"])
    part.update(given["values"])
    return part.get(*given["by"])


def get(sdk: Any, given: dict[str, Any]) -> Any:
    """Get what a field is equal to."""
    return getattr(sdk, given["part"]).get(*given["by"])


def paged(sdk: Any, given: dict[str, Any]) -> Any:
    """List everything page by page."""
    part = getattr(sdk, given["part"])
    part._ApiBase__pagesize = given["page_size"]
    fields = given["fields"]
    pages = part.get_all_generator(fields=fields, order_by_field=fields[0], order="ascending")
    return list(pages)


def filtered(sdk: Any, given: dict[str, Any]) -> Any:
    """List what several filters let through."""
    part = getattr(sdk, given["part"])
    filters = [tuple(one) for one in given["filters"]]
    return part.get_by_query(fields=given["fields"], and_filter=filters)


def count(sdk: Any, given: dict[str, Any]) -> Any:
    """Count the active records, and all of them."""
    part = getattr(sdk, given["part"])
    return [part.count(), part.count(None)]


def calls(sdk: Any, given: dict[str, Any]) -> Any:
    """Call methods of the SDK one after the other, each written as part, name and arguments."""
    return [getattr(getattr(sdk, part), name)(*rest) for part, name, *rest in given["calls"]]


def generated(sdk: Any, given: dict[str, Any]) -> Any:
    """List everything by the generator of a part."""
    return list(getattr(sdk, given["part"]).get_all_generator())


def delete(sdk: Any, given: dict[str, Any]) -> Any:
    """Delete a record by its number."""
    return getattr(sdk, given["part"]).delete(given["key"])


STORIES = {
    story.__name__: story
    for story in (create, update, get, paged, filtered, count, calls, generated, delete)
}


def main() -> None:
    """Run one story; a refusal is printed as well."""
    given = json.loads(sys.argv[2])
    try:
        answer = {"found": STORIES[sys.argv[1]](signed_in(given), given)}
    except SDK.exceptions.SageIntacctSDKError as error:
        answer = {"error": type(error).__name__, "response": error.response}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
