"""create_invoice, update_invoice, reverse_invoice and delete_invoice: one invoice per call."""

from connector.sandbox import masters, receivables
from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.functions.generic_write import flat
from connector.sandbox.invoice_lines import LineChange
from connector.sandbox.objects import OBJECTS
from connector.sandbox.reader import is_visible
from connector.sandbox.refusal import Refusal, could_not, rule
from connector.sandbox.store import Record
from connector.sandbox.values import decimal_of, normal
from connector.sandbox.wire.tree import Element, text_of, texts
from connector.sandbox.writer import Given

HEADER = {
    "customerid": "CUSTOMERID", "datecreated": "WHENCREATED", "dateposted": "WHENPOSTED",
    "datedue": "WHENDUE", "termname": "TERMNAME", "batchkey": "PRBATCHKEY", "action": "ACTION",
    "invoiceno": "RECORDID", "ponumber": "DOCNUMBER", "description": "DESCRIPTION",
    "externalid": "EXTERNALID", "basecurr": "BASECURR", "currency": "CURRENCY",
    "exchratedate": "EXCH_RATE_DATE", "exchratetype": "EXCH_RATE_TYPE_ID",
    "exchrate": "EXCHANGE_RATE", "nogl": "NOGL", "supdocid": "SUPDOCID",
    "taxsolutionid": "TAXSOLUTIONID",
}  # fmt: skip
PARTIES = {
    "billto": "BILLTOPAYTOCONTACTNAME", "payto": "BILLTOPAYTOCONTACTNAME",
    "shipto": "SHIPTORETURNTOCONTACTNAME", "returnto": "SHIPTORETURNTOCONTACTNAME",
}  # fmt: skip
LINE = {
    "glaccountno": "ACCOUNTNO", "accountlabel": "ACCOUNTLABEL", "amount": "TRX_AMOUNT",
    "offsetglaccountno": "OFFSETGLACCOUNTNO", "allocationid": "ALLOCATION",
    "memo": "ENTRYDESCRIPTION", "locationid": "LOCATIONID", "departmentid": "DEPARTMENTID",
    "projectid": "PROJECTID", "taskid": "TASKID", "costtypeid": "COSTTYPEID",
    "customerid": "CUSTOMERID", "vendorid": "VENDORID", "employeeid": "EMPLOYEEID",
    "itemid": "ITEMID", "classid": "CLASSID", "contractid": "CONTRACTID",
    "warehouseid": "WAREHOUSEID", "billable": "BILLABLE", "revrectemplate": "REVRECTEMPLATE",
    "defrevaccount": "DEFERREDREVACCTNO", "revrecstartdate": "REVRECSTARTDATE",
    "revrecenddate": "REVRECENDDATE", "partialexempt": "PARTIALEXEMPT",
}  # fmt: skip


def create_invoice(call: Call, request: Element) -> Answer:
    """Create an invoice; the key of the answer is its record number."""
    lines = [_line(line) for line in request.iterfind("invoiceitems/lineitem")]
    given = _header(call, request)
    return Answer(key=str(receivables.create_invoice(call, given, lines).recordno))


def update_invoice(call: Call, request: Element) -> Answer:
    """Change an invoice: updatelineitem changes a line, lineitem adds one.

    Empty elements clear only under set_nulls="true"; otherwise they change nothing.
    """
    record = _addressed(call, request, "update")
    clears = request.get("set_nulls") == "true"
    given = {n: text for n, text in _header(call, request).items() if text or clears}
    changes = []
    for line in request.iterfind("updateinvoiceitems/*"):
        values = {n: text for n, text in _line(line).items() if text or clears}
        number = line.get("line_num")
        changes.append(LineChange(values, None if number is None else _number(number)))
    changed = receivables.update_invoice(call, record, given, changes, replaces_lines=False)
    return Answer(key=str(changed.recordno))


def reverse_invoice(call: Call, request: Element) -> Answer:
    """Reverse a posted invoice."""
    record = _addressed(call, request, "reverse")
    day = normal(OBJECTS["ARINVOICE"].fields["DATEREVERSED"], _date(request.find("datereversed")))
    if not day:
        raise rule("Enter the date of the reversal.", field="DATEREVERSED")
    try:
        receivables.reverse_invoice(call, record, day, text_of(request, "description"))
    except Refusal as refusal:
        raise refusal.wrapped(could_not("reverse", "invoice")) from None
    return Answer(key=str(record.recordno))


def delete_invoice(call: Call, request: Element) -> Answer:
    """Delete an invoice."""
    record = _addressed(call, request, "delete")
    receivables.delete_invoice(call, record)
    return Answer(key=str(record.recordno))


def _addressed(call: Call, request: Element, verb: str) -> Record:
    """Return the invoice that `key` names: its record number, or its id of another system."""
    key = request.get("key", "").strip()
    if request.get("externalkey") == "true":
        found = call.store.where("ARINVOICE", "EXTERNALID", key) if key else []
    else:
        number = call.store.get("ARINVOICE", key)
        found = [number] if number else []
    seen = [r for r in found if is_visible(r, call.scope.entity, with_private=True)]
    if not seen:
        raise rule(f"Cannot find invoice with key '{key}' to {verb}.", object_name="ARINVOICE")
    return seen[0]


def _header(call: Call, request: Element) -> Given:
    given = _mapped(request, HEADER)
    for tag, name in PARTIES.items():
        party = request.find(tag)
        if party is not None:
            given[name] = _contact_name(call, party)
    given.update(_custom(request))
    return given


def _contact_name(call: Call, party: Element) -> str:
    """Return the name of an existing contact, or of the one that is described in place."""
    contact = party.find("contact")
    if contact is None:
        return text_of(party, "contactname")
    return masters.create_contact(call, flat(contact)).id


def _line(line: Element) -> Given:
    given = _mapped(line, LINE)
    entries = line.findall("taxentries/taxentry")
    if entries:
        given["TAXDETAILS"] = "#~#".join(text_of(entry, "detailid") for entry in entries)
        given["TRX_TAX"] = _sum([text_of(entry, "trx_tax") for entry in entries])
    given.update(_custom(line))
    return given


def _sum(texts_of_tax: list[str]) -> str:
    """Return the tax of a line; text that is no number goes on as it is and is refused later."""
    numbers = [decimal_of(text or "0") for text in texts_of_tax]
    known = [number for number in numbers if number is not None]
    return str(sum(known)) if len(known) == len(numbers) else ", ".join(texts_of_tax)


def _mapped(request: Element, names: dict[str, str]) -> Given:
    given: Given = {}
    for child in request:
        name = names.get(str(child.tag))
        if name is not None:
            given[name] = _date(child) if len(child) else (child.text or "").strip()
    return given


def _custom(request: Element) -> Given:
    fields = request.findall("customfields/customfield")
    return {
        text_of(field, "customfieldname").upper(): "".join(texts(field, "customfieldvalue"))
        for field in fields
    }


def _date(block: Element | None) -> str:
    """Return the date of year, month and day elements as MM/DD/YYYY, empty when all are empty."""
    if block is None:
        return ""
    year, month, day = (text_of(block, part) for part in ("year", "month", "day"))
    return f"{month}/{day}/{year}" if year or month or day else ""


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


FUNCTIONS: dict[str, Function] = {
    "create_invoice": create_invoice,
    "update_invoice": update_invoice,
    "reverse_invoice": reverse_invoice,
    "delete_invoice": delete_invoice,
}
