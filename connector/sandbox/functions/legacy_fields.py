"""What get and get_list call objects and their fields.

Invoices, attachments and their lines follow recorded replies, bills and adjustments follow
invoices. Of the other objects no reply is published: their fields have their integration names in
lower case.
"""

from dataclasses import dataclass

from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.reader import find_field

# Legacy names of objects that are not simply the integration name in lower case.
OBJECT_NAMES = {
    "invoice": "ARINVOICE",
    "bill": "APBILL",
    "arpayment": "ARPYMT",
    "appayment": "APPYMT",
    "icitem": "ITEM",
    "gltransaction": "GLBATCH",
    "statglaccount": "STATACCOUNT",
}

_DOCUMENT = {
    "datecreated": "WHENCREATED", "dateposted": "WHENPOSTED", "datedue": "WHENDUE",
    "datepaid": "WHENPAID", "termname": "TERMNAME", "batchkey": "PRBATCHKEY",
    "ponumber": "DOCNUMBER", "totalamount": "TOTALENTERED", "totalpaid": "TOTALPAID",
    "totaldue": "TOTALDUE", "totalselected": "TOTALSELECTED", "description": "DESCRIPTION",
    "trx_totalamount": "TRX_TOTALENTERED", "trx_totalpaid": "TRX_TOTALPAID",
    "trx_totaldue": "TRX_TOTALDUE", "trx_totalselected": "TRX_TOTALSELECTED",
    "basecurr": "BASECURR", "currency": "CURRENCY", "externalid": "EXTERNALID",
    "supdocid": "SUPDOCID",
}  # fmt: skip
_END = {"whenmodified": "WHENMODIFIED", "state": "STATE"}
_INVOICE = {
    "key": "RECORDNO", "customerid": "CUSTOMERID", "invoiceno": "RECORDID", **_DOCUMENT,
    "billto.contactname": "BILLTOPAYTOCONTACTNAME",
    "shipto.contactname": "SHIPTORETURNTOCONTACTNAME", **_END,
}  # fmt: skip
_BILL = {
    "key": "RECORDNO", "vendorid": "VENDORID", "billno": "RECORDID", **_DOCUMENT,
    "payto.contactname": "BILLTOPAYTOCONTACTNAME",
    "returnto.contactname": "SHIPTORETURNTOCONTACTNAME", **_END,
}  # fmt: skip
_ADJUSTMENT = {
    "key": "RECORDNO", "customerid": "CUSTOMERID", "vendorid": "VENDORID",
    "adjustmentno": "RECORDID", **_DOCUMENT, **_END,
}  # fmt: skip
_LINE = {
    "line_num": "LINE_NO", "accountlabel": "ACCOUNTLABEL", "glaccountno": "ACCOUNTNO",
    "amount": "AMOUNT", "memo": "ENTRYDESCRIPTION", "locationid": "LOCATIONID",
    "departmentid": "DEPARTMENTID", "key": "RECORDNO", "trx_amount": "TRX_AMOUNT",
    "currency": "CURRENCY", "projectid": "PROJECTID", "customerid": "CUSTOMERID",
    "vendorid": "VENDORID", "employeeid": "EMPLOYEEID", "itemid": "ITEMID", "classid": "CLASSID",
    "billable": "BILLABLE", "offsetglaccountno": "OFFSETGLACCOUNTNO",
}  # fmt: skip
_ATTACHMENT = {
    "recordno": "RECORDNO", "supdocid": "SUPDOCID", "supdocname": "SUPDOCNAME",
    "folder": "FOLDERNAME", "description": "DESCRIPTION", "creationdate": "CREATIONDATE",
    "createdby": "CREATEDBY",
}  # fmt: skip
_FILE = {
    "attachmentname": "ATTACHMENTNAME", "attachmenttype": "ATTACHMENTTYPE",
    "attachmentdata": "ATTACHMENTDATA",
}  # fmt: skip


@dataclass(frozen=True)
class LegacyLines:
    """The lines of an object: wrapper, element, the object that they are, and their fields."""

    wrapper: str
    tag: str
    object_name: str
    fields: dict[str, str]


_LINES = {
    "ARINVOICE": LegacyLines("invoiceitems", "lineitem", "ARINVOICEITEM", _LINE),
    "APBILL": LegacyLines("billitems", "lineitem", "APBILLITEM", _LINE),
    "ARADJUSTMENT": LegacyLines("aradjustmentitems", "lineitem", "ARADJUSTMENTITEM", _LINE),
    "APADJUSTMENT": LegacyLines("apadjustmentitems", "lineitem", "APADJUSTMENTITEM", _LINE),
    "SUPDOC": LegacyLines("attachments", "attachment", "SUPDOCFILE", _FILE),
}
_FIELDS = {
    "ARINVOICE": _INVOICE,
    "APBILL": _BILL,
    "ARADJUSTMENT": _ADJUSTMENT,
    "APADJUSTMENT": _ADJUSTMENT,
    "SUPDOC": _ATTACHMENT,
}


def object_named(name: str) -> ObjectType | None:
    """Return the object with that legacy name, None when the company has none."""
    return OBJECTS.get(OBJECT_NAMES.get(name, name.upper()))


def fields_of(described: ObjectType) -> dict[str, str]:
    """Return the fields of an object by their legacy names, in the order of a reply."""
    names = _FIELDS.get(described.name) or {n.lower(): n for n in described.all_names()}
    return {legacy: name for legacy, name in names.items() if find_field(described, name)}


def lines_of(described: ObjectType) -> LegacyLines | None:
    """Return the lines that a reply shows below an object."""
    return _LINES.get(described.name)
