"""create_, update_, reverse_ and delete_ of invoices, bills and adjustments: one per call."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from connector.sandbox import documents, masters
from connector.sandbox.company import Call
from connector.sandbox.document_kinds import ADJUSTMENT, AP_ADJUSTMENT, BILL, INVOICE, Kind
from connector.sandbox.document_lines import LineChange
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.functions.given import addressed, custom, flat, mapped, needed_day, taxes
from connector.sandbox.store import Record
from connector.sandbox.wire.tree import Element, text_of
from connector.sandbox.writer import Given

_HEADER = {
    "datecreated": "WHENCREATED", "dateposted": "WHENPOSTED", "datedue": "WHENDUE",
    "termname": "TERMNAME", "batchkey": "PRBATCHKEY", "action": "ACTION",
    "ponumber": "DOCNUMBER", "description": "DESCRIPTION",
    "externalid": "EXTERNALID", "basecurr": "BASECURR", "currency": "CURRENCY",
    "exchratedate": "EXCH_RATE_DATE", "exchratetype": "EXCH_RATE_TYPE_ID",
    "exchrate": "EXCHANGE_RATE", "nogl": "NOGL", "supdocid": "SUPDOCID", "onhold": "ONHOLD",
    "taxsolutionid": "TAXSOLUTIONID", "inclusivetax": "INCLUSIVETAX",
}  # fmt: skip
_PAY_TO, _RETURN_TO = "BILLTOPAYTOCONTACTNAME", "SHIPTORETURNTOCONTACTNAME"
_PARTIES = {"billto": _PAY_TO, "payto": _PAY_TO, "shipto": _RETURN_TO, "returnto": _RETURN_TO}
_LINE = {
    "glaccountno": "ACCOUNTNO", "accountlabel": "ACCOUNTLABEL", "amount": "TRX_AMOUNT",
    "offsetglaccountno": "OFFSETGLACCOUNTNO", "allocationid": "ALLOCATION",
    "memo": "ENTRYDESCRIPTION", "locationid": "LOCATIONID", "departmentid": "DEPARTMENTID",
    "item1099": "FORM1099", "form1099type": "FORM1099TYPE", "form1099box": "FORM1099BOX",
    "projectid": "PROJECTID", "taskid": "TASKID", "costtypeid": "COSTTYPEID",
    "customerid": "CUSTOMERID", "vendorid": "VENDORID", "employeeid": "EMPLOYEEID",
    "itemid": "ITEMID", "classid": "CLASSID", "contractid": "CONTRACTID",
    "warehouseid": "WAREHOUSEID", "billable": "BILLABLE", "revrectemplate": "REVRECTEMPLATE",
    "defrevaccount": "DEFERREDREVACCTNO", "revrecstartdate": "REVRECSTARTDATE",
    "revrecenddate": "REVRECENDDATE", "partialexempt": "PARTIALEXEMPT",
}  # fmt: skip


@dataclass(frozen=True)
class Legacy:
    """How one kind of document is called in its legacy functions."""

    name: str
    kind: Kind
    items: str
    updated_items: str
    own_names: dict[str, str]

    @property
    def names(self) -> dict[str, str]:
        """The fields of its header by element."""
        return _HEADER | self.own_names


_INVOICES = Legacy(
    "invoice",
    INVOICE,
    "invoiceitems",
    "updateinvoiceitems",
    {"customerid": "CUSTOMERID", "invoiceno": "RECORDID"},
)
_BILLS = Legacy(
    "bill",
    BILL,
    "billitems",
    "updatebillitems",
    {"vendorid": "VENDORID", "billno": "RECORDID"},
)
_ADJUSTMENTS = Legacy(
    "aradjustment",
    ADJUSTMENT,
    "aradjustmentitems",
    "updatearadjustmentitems",
    {"customerid": "CUSTOMERID", "adjustmentno": "RECORDID", "invoiceno": "DOCNUMBER"},
)


def _create(legacy: Legacy, call: Call, request: Element) -> Answer:
    """Create a document; the key of the answer is its record number."""
    lines = [_line(line) for line in request.iterfind(f"{legacy.items}/lineitem")]
    made = documents.create(call, legacy.kind, _header(legacy, call, request), lines)
    return Answer(key=str(made.recordno))


def _update(legacy: Legacy, call: Call, request: Element) -> Answer:
    """Change a document: updatelineitem changes a line, lineitem adds one.

    Empty elements clear only under set_nulls="true"; otherwise they change nothing.
    """
    record = _addressed(legacy, call, request, "update")
    clears = request.get("set_nulls") == "true"
    header = _header(legacy, call, request)
    given = {name: text for name, text in header.items() if text or clears}
    changes = []
    for line in request.iterfind(f"{legacy.updated_items}/*"):
        values = {name: text for name, text in _line(line).items() if text or clears}
        changes.append(LineChange(values, _number(line.get("line_num"))))
    changed = documents.update(call, legacy.kind, record, given, changes, replaces_lines=False)
    return Answer(key=str(changed.recordno))


def _reverse(legacy: Legacy, call: Call, request: Element) -> Answer:
    """Reverse a posted document."""
    record = _addressed(legacy, call, request, "reverse")
    day = needed_day(request.find("datereversed"), "DATEREVERSED", "reversal")
    documents.reverse(call, legacy.kind, record, day, text_of(request, "description"))
    return Answer(key=str(record.recordno))


def _delete(legacy: Legacy, call: Call, request: Element) -> Answer:
    """Delete a document."""
    record = _addressed(legacy, call, request, "delete")
    documents.delete(call, legacy.kind, record)
    return Answer(key=str(record.recordno))


def _addressed(legacy: Legacy, call: Call, request: Element, verb: str) -> Record:
    return addressed(call, request, legacy.kind.object, legacy.kind.title, verb)


def _header(legacy: Legacy, call: Call, request: Element) -> Given:
    given = mapped(request, legacy.names)
    for tag, name in _PARTIES.items():
        party = request.find(tag)
        if party is not None:
            given[name] = _contact_name(call, party)
    given.update(custom(request))
    return given


def _contact_name(call: Call, party: Element) -> str:
    """Return the name of an existing contact, or of the one that is described in place."""
    contact = party.find("contact")
    if contact is None:
        return text_of(party, "contactname")
    return masters.create_contact(call, flat(contact)).id


def _line(line: Element) -> Given:
    entries = line.findall("taxentries/taxentry")
    return {
        **mapped(line, _LINE),
        **taxes([(text_of(entry, "detailid"), text_of(entry, "trx_tax")) for entry in entries]),
        **custom(line),
    }


def _number(text: str | None) -> int | None:
    """Return the number of a line, None for a new one, and 0, which no line has, for a mistake."""
    if text is None:
        return None
    return int(text) if text.isdecimal() else 0


_AP_ADJUSTMENTS = Legacy(
    "apadjustment",
    AP_ADJUSTMENT,
    "apadjustmentitems",
    "updateapadjustmentitems",
    {"vendorid": "VENDORID", "adjustmentno": "RECORDID", "billno": "DOCNUMBER"},
)
_VERBS: dict[str, Callable[[Legacy, Call, Element], Answer]] = {
    "create": _create,
    "update": _update,
    "reverse": _reverse,
    "delete": _delete,
}
FUNCTIONS: dict[str, Function] = {
    f"{verb}_{legacy.name}": partial(function, legacy)
    for legacy in (_INVOICES, _BILLS, _ADJUSTMENTS, _AP_ADJUSTMENTS)
    for verb, function in _VERBS.items()
    # No function reverses an adjustment.
    if verb != "reverse" or legacy in (_INVOICES, _BILLS)
}
