"""Payment requests for bills: the older way to make an AP payment, and the verbs that move it."""

from functools import partial

from connector.sandbox import payments
from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.functions.given import addressed, mapped
from connector.sandbox.payment_details import MADE
from connector.sandbox.reader import is_visible
from connector.sandbox.refusal import NOT_OFFERED, Fault, Refusal, rule
from connector.sandbox.store import Record
from connector.sandbox.values import decimal_of
from connector.sandbox.wire.tree import Element, text_of
from connector.sandbox.writer import Given

_HEADER = {
    "bankaccountid": "FINANCIALENTITY", "chargecardid": "FINANCIALENTITY", "vendorid": "VENDORID",
    "paymentmethod": "PAYMENTMETHOD", "grouppayments": "GROUPPAYMENTS",
    "paymentdate": "PAYMENTDATE", "paymentoption": "PAYMENTREQUESTMETHOD",
    "documentnumber": "DOCNUMBER", "paymentdescription": "DESCRIPTION",
    "paymentcontact": "PAYMENTCONTACT",
}  # fmt: skip
_METHODS = {"Charge Card": "Credit Card"}  # what is called differently in the generic function


def create_paymentrequest(call: Call, request: Element) -> Answer:
    """Request the payment of bills; where it lands is the policy for submitted AP payments."""
    given = mapped(request, _HEADER)
    given["PAYMENTMETHOD"] = _METHODS.get(given["PAYMENTMETHOD"], given["PAYMENTMETHOD"])
    items = request.findall("paymentrequestitems/paymentrequestitem")
    if not items:
        text = "This sandbox pays the bills that a request names; it does not choose them."
        raise Refusal(Fault(NOT_OFFERED, text))
    details = [_detail(call, item) for item in items]
    return Answer(key=str(payments.create(call, MADE, given, details).recordno))


def _detail(call: Call, item: Element) -> Given:
    for name in ("credittoapply", "discounttoapply"):
        if decimal_of(text_of(item, name) or "0"):
            raise Refusal(Fault(NOT_OFFERED, f"This sandbox has no {name} in payment requests."))
    key = text_of(item, "key")
    if item.get("externalkey") == "true":
        found = call.store.where("APBILL", "EXTERNALID", key) if key else []
        key = str(found[0].recordno) if found else key
    return {"RECORDKEY": key, "TRX_PAYMENTAMOUNT": text_of(item, "paymentamount")}


def delete_paymentrequest(call: Call, request: Element) -> Answer:
    """Delete a payment request that is still a draft."""
    record = addressed(call, request, MADE.object, MADE.title, "delete")
    payments.delete(call, MADE, record)
    return Answer(key=str(record.recordno))


def _move(verb: str, call: Call, request: Element) -> Answer:
    """Move payment requests to their next state; the first refusal undoes the others."""
    for item in request.iterfind("appaymentkeys/appaymentkey"):
        payments.move(call, _request(call, (item.text or "").strip(), verb), verb)
    return Answer()


def _request(call: Call, key: str, verb: str) -> Record:
    record = call.store.get(MADE.object, key)
    if record is None or not is_visible(record, call.scope.entity, with_private=True):
        raise rule(f"Cannot find AP payment with key '{key}' to {verb}.", object_name="APPYMT")
    return record


FUNCTIONS: dict[str, Function] = {
    "create_paymentrequest": create_paymentrequest,
    "delete_paymentrequest": delete_paymentrequest,
    **{
        f"{verb}_appaymentrequest": partial(_move, verb)
        for verb in ("approve", "decline", "send", "confirm", "void")
    },
}
