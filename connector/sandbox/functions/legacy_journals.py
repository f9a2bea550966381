"""Journal entries in the older form."""

from connector.sandbox import journals
from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.functions.given import addressed, custom, mapped
from connector.sandbox.wire.tree import Element
from connector.sandbox.writer import Given

_HEADER = {
    "journalid": "JOURNAL", "datecreated": "BATCH_DATE", "reversedate": "REVERSEDATE",
    "description": "BATCH_TITLE", "referenceno": "REFERENCENO", "sourceentity": "BASELOCATION_NO",
}  # fmt: skip
_ENTRY = {
    "trtype": "TR_TYPE", "amount": "TRX_AMOUNT", "glaccountno": "ACCOUNTNO",
    "document": "DOCUMENT", "memo": "DESCRIPTION", "locationid": "LOCATION",
    "departmentid": "DEPARTMENT", "customerid": "CUSTOMERID", "vendorid": "VENDORID",
    "employeeid": "EMPLOYEEID", "projectid": "PROJECTID", "taskid": "TASKID",
    "costtypeid": "COSTTYPEID", "itemid": "ITEMID", "classid": "CLASSID",
    "contractid": "CONTRACTID", "warehouseid": "WAREHOUSEID", "recon_date": "RECON_DATE",
    "currency": "CURRENCY", "exchratedate": "EXCH_RATE_DATE", "exchratetype": "EXCH_RATE_TYPE_ID",
    "exchrate": "EXCHANGE_RATE",
}  # fmt: skip
_SIDES = {"debit": "1", "credit": "-1"}


def create_gltransaction(call: Call, request: Element) -> Answer:
    """Create a journal entry and post it; the key of the answer is its record number."""
    return _create(call, request, "gltransactionentries")


def create_statgltransaction(call: Call, request: Element) -> Answer:
    """Create an entry of a statistical journal."""
    return _create(call, request, "statgltransactionentries")


def _create(call: Call, request: Element, entries: str) -> Answer:
    given = mapped(request, _HEADER) | custom(request)
    lines = [_line(entry) for entry in request.iterfind(f"{entries}/glentry")]
    return Answer(key=str(journals.create(call, given, lines).recordno))


def _line(entry: Element) -> Given:
    given = mapped(entry, _ENTRY) | custom(entry)
    given["TR_TYPE"] = _SIDES.get(given["TR_TYPE"].lower(), given["TR_TYPE"])
    return given


def delete_gltransaction(call: Call, request: Element) -> Answer:
    """Delete a journal entry."""
    record = addressed(call, request, "GLBATCH", "journal entry", "delete")
    journals.delete(call, record)
    return Answer(key=str(record.recordno))


FUNCTIONS: dict[str, Function] = {
    "create_gltransaction": create_gltransaction,
    "create_statgltransaction": create_statgltransaction,
    "delete_gltransaction": delete_gltransaction,
}
