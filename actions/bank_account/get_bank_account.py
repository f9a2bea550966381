"""Get Bank Account: read one checking or savings account."""

from typing import Any

from actions import outputs, rules, verbs
from connector.component import Action, Context, Effect, Inputs, Output
from connector.errors import InputError

_OBJECTS = {"Checking": "checkingAccount", "Savings": "savingsAccount"}


def perform(ctx: Context, inputs: Inputs) -> Output:
    """Read the account that the ID, else the record number, means.

    Raises:
        InputError: Neither is given, they mean two accounts, or the record number is that of a
            checking account and of a savings account.
    """
    rules.require_any(inputs, "bankAccountId", "recordNo", what="bank account")
    found: list[Output] = []
    for kind in [inputs["accountType"]] if "accountType" in inputs else list(_OBJECTS):
        record = _read(ctx, _OBJECTS[kind], inputs)
        if record["found"]:
            found.append({**record, "accountType": kind})
            if "bankAccountId" in inputs:
                break  # both kinds share their IDs; only record numbers are given twice
    if len(found) > 1:
        raise InputError(
            "There is a checking account and a savings account of that number.",
            advice="Choose the accountType, or give the bankAccountId.",
            field="accountType",
        )
    if found and found[0]["key"] != inputs.get("recordNo", found[0]["key"]):
        raise InputError(
            f"Bank account {found[0]['id']} is record {found[0]['key']}, not {inputs['recordNo']}.",
            advice="Leave out recordNo or bankAccountId, or correct one of them.",
            field="recordNo",
        )
    return found[0] if found else {"found": False}


def _read(ctx: Context, object_name: str, inputs: Inputs) -> dict[str, Any]:
    # The ID comes first here: it tells checking from savings, and the record number does not.
    known_as = inputs.get("bankAccountId", "")
    return ctx.intacct.get(
        object_name,
        key="" if known_as else inputs["recordNo"],
        id=known_as,
        fields=verbs.asked_fields(inputs, "bankAccountId"),
    )


_FOUND = outputs.found("checkingAccount")
ACTION = Action(
    key="getBankAccount",
    label="Get Bank Account",
    description="Gets a checking or savings account by its ID or its record number.",
    object_name="checkingAccount",
    inputs="actions/getBankAccount.json",
    effect=Effect.READ,
    perform=perform,
    example={
        "found": True,
        "key": "1",
        "id": "CHK-100",
        "href": "/objects/cash-management/checking-account/1",
        "recordNo": "1",
        "bankAccountId": "CHK-100",
        "bankName": "First Example Bank",
        "currency": "USD",
        "glAccountNumber": "1000",
        "accountType": "Checking",
        "active": True,
    },
    output={
        **_FOUND,
        "properties": {
            **_FOUND["properties"],
            "accountType": {
                "enum": list(_OBJECTS),
                "title": "Account Type",
                "description": "Which kind of account it is.",
            },
        },
    },
)
