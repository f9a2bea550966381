"""Raw Request: any function of Intacct's XML API, written by hand."""

from __future__ import annotations

from actions.raw.headers import read_headers
from connector.component import Action, Context, Effect, Inputs, Inverse, Output
from connector.intacct.dialects import raw_json
from connector.intacct.raw_retries import RawRetries

_LONGEST_WAIT_MS = 120_000


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Send the function and return the gateway's whole reply, as JSON or as XML text.

    Raises:
        InputError: A header is not harmless.
    """
    result = ctx.intacct.raw(
        inputs["data"],
        headers=read_headers(inputs.get("header", [])),
        seconds=inputs.get("timeout", _LONGEST_WAIT_MS) / 1000,
        retries=RawRetries(
            count=inputs.get("maxRetryCount", 0),
            on_all_errors=inputs.get("retryOnAllErrors", False),
            delay_ms=inputs.get("retryDelayMs", 0),
            use_backoff=inputs.get("useExponentialBackoff", False),
        ),
    )
    if inputs.get("responseType") == "xml":
        return {"data": raw_json.to_text(result.reply)}
    always_lists = inputs.get("arrayJsonNodes", True)
    return {"data": raw_json.to_json(result.reply, always_lists=always_lists)}


ACTION = Action(
    key="rawRequest",
    label="Raw Request",
    description="Sends one function of Intacct's XML API as it is written, signed in for you.",
    object_name="",
    inputs="actions/rawRequest.json",
    effect=Effect.ANY,
    perform=perform,
    inverse=Inverse(why="A raw request says nothing of what it does; take it back in Intacct."),
    example={
        "data": {
            "response": {
                "control": [{"status": ["success"], "controlid": ["1705003571234"]}],
                "operation": [
                    {
                        "result": [
                            {
                                "status": ["success"],
                                "function": ["readByQuery"],
                                "data": [
                                    {
                                        "$": {"listtype": "contact", "count": "1"},
                                        "contact": [
                                            {"RECORDNO": ["1234"], "CONTACTNAME": ["John Doe"]}
                                        ],
                                    }
                                ],
                            }
                        ]
                    }
                ],
            }
        }
    },
    output={
        "type": "object",
        "required": ["data"],
        "properties": {
            "data": {
                "type": ["object", "string"],
                "title": "Data",
                "description": "The reply as it came: an object for json, text for xml.",
            }
        },
    },
)
