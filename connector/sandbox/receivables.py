"""Advances of customers: where the money went, and whose it is."""

from connector.sandbox import documents
from connector.sandbox.company import Call
from connector.sandbox.document_kinds import ADVANCE
from connector.sandbox.financial_entities import check_financial_entity
from connector.sandbox.refusal import Refusal, could_not, rule
from connector.sandbox.store import Body, Record
from connector.sandbox.writer import Given


def create_advance(call: Call, given: Given, lines: list[Given]) -> Record:
    """Create an advance, which says where the money went."""
    try:
        _check_means(call, given)
        _check_customers(call, given.get("CUSTOMERID", ""), lines)
    except Refusal as refusal:
        raise refusal.wrapped(could_not("create", ADVANCE.title)) from None
    return documents.create(call, ADVANCE, given, lines)


def check_advance(call: Call, record: Record, given: Given, lines: list[Given]) -> None:
    """Raise Refusal when an update leaves the advance without a place for the money."""
    body: Body = {**record.body, **given}
    try:
        _check_means(call, body)
        _check_customers(call, body.get("CUSTOMERID", ""), lines)
    except Refusal as refusal:
        raise refusal.wrapped(could_not("update", ADVANCE.title)) from None


def _check_means(call: Call, given: Given) -> None:
    bank = given.get("FINANCIALENTITY", "")
    if bank:
        check_financial_entity(call, bank, with_cards=False)
    elif not any(given.get(name) for name in ("UNDEPOSITEDACCOUNTNO", "PRBATCH", "PRBATCHKEY")):
        raise rule(
            "Enter a financial entity or an undeposited funds account.", field="FINANCIALENTITY"
        )


def _check_customers(call: Call, customer: str, lines: list[Given]) -> None:
    """A line may name the customer of the advance or a child of it."""
    for line in lines:
        named = line.get("CUSTOMERID", "")
        found = call.store.by_id("CUSTOMER", named) if named not in ("", customer) else []
        if found and found[0].body.get("PARENTID") != customer:
            text = f"Customer '{named}' is neither the customer of the advance nor a child of it."
            raise rule(text, field="CUSTOMERID")
