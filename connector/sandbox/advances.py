"""Advances of customers and to vendors: where the money is, and whose it is."""

from connector.sandbox import documents
from connector.sandbox.company import Call
from connector.sandbox.document_kinds import AP_ADVANCE, Kind
from connector.sandbox.financial_entities import check_financial_entity
from connector.sandbox.refusal import Refusal, could_not, rule
from connector.sandbox.store import Body, Record
from connector.sandbox.writer import Given


def create(call: Call, kind: Kind, given: Given, lines: list[Given]) -> Record:
    """Create an advance, which says where the money went or comes from."""
    try:
        _check_means(call, kind, given)
        if kind.party == "CUSTOMER":
            _check_customers(call, given.get("CUSTOMERID", ""), lines)
    except Refusal as refusal:
        raise refusal.wrapped(could_not("create", kind.title)) from None
    return documents.create(call, kind, given, lines)


def check_update(call: Call, kind: Kind, record: Record, given: Given, lines: list[Given]) -> None:
    """Raise Refusal when an update leaves the advance without a place for the money."""
    body: Body = {**record.body, **given}
    try:
        _check_means(call, kind, body)
        if kind.party == "CUSTOMER":
            _check_customers(call, body.get("CUSTOMERID", ""), lines)
    except Refusal as refusal:
        raise refusal.wrapped(could_not("update", kind.title)) from None


def _check_means(call: Call, kind: Kind, given: Given) -> None:
    bank = given.get("FINANCIALENTITY", "")
    if bank:
        check_financial_entity(call, bank, with_cards=kind is AP_ADVANCE)
    elif not any(given.get(name) for name in ("UNDEPOSITEDACCOUNTNO", "PRBATCH", "PRBATCHKEY")):
        other = "a summary" if kind is AP_ADVANCE else "an undeposited funds account"
        raise rule(f"Enter a financial entity or {other}.", field="FINANCIALENTITY")


def _check_customers(call: Call, customer: str, lines: list[Given]) -> None:
    """A line may name the customer of the advance or a child of it."""
    for line in lines:
        named = line.get("CUSTOMERID", "")
        found = call.store.by_id("CUSTOMER", named) if named not in ("", customer) else []
        if found and found[0].body.get("PARENTID") != customer:
            text = f"Customer '{named}' is neither the customer of the advance nor a child of it."
            raise rule(text, field="CUSTOMERID")
