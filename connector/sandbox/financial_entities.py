"""Where money is kept: checking accounts, savings accounts and charge cards."""

from connector.sandbox.company import Call
from connector.sandbox.reader import closest
from connector.sandbox.refusal import rule
from connector.sandbox.store import Record


def check_financial_entity(call: Call, identifier: str, *, with_cards: bool) -> Record:
    """Return the bank account or card with that id; raises Refusal for none and an inactive one."""
    names = ("CHECKINGACCOUNT", "SAVINGSACCOUNT", *(("CREDITCARD",) if with_cards else ()))
    for name in names:
        found = closest(call.store.by_id(name, identifier), call.scope.entity)
        if found is not None and found.body.get("STATUS") != "inactive":
            return found
    raise rule(
        f"Financial entity '{identifier}' specified is not valid.",
        field="FINANCIALENTITY",
        message_id="IA.VALUE_IS_NOT_VALID",
    )
