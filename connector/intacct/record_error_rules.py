"""What Intacct says of records: already there, not there, or not as they have to be.

Of the wording of missing references and dimensions only texts are known, no numbers (xml-api 5.2).
Where a text names a kind of record, the group ``what`` catches it, which tells the input.
"""

from __future__ import annotations

from connector.errors import DuplicateRecord, NotFound, Refused
from connector.intacct.error_pattern import Rule

_NOT_FOUND = "Check the name or number; it may have been deleted, or belong to another entity."
_REFERENCE = "Check that it exists in Intacct, is active, and is spelled the same."
_DUPLICATE = "Use the record that is there, or choose another id or number."
_ALREADY_THERE = r"\balready exists\b|\bduplicate account number\b|IA\.DUPLICATE_"

RECORD_RULES: tuple[Rule, ...] = (
    # It is already there. BL01001973 says so only where its words do.
    Rule("BL34000061|PL05000104|BL03002185", "", "", DuplicateRecord, "", _DUPLICATE),
    Rule("", "", _ALREADY_THERE, DuplicateRecord, "", _DUPLICATE),
    # It is not there.
    Rule("", "", r"cannot find \S+ with key", NotFound, "", _NOT_FOUND),
    Rule(
        "",
        "",
        r"object definition \S+ not found",
        NotFound,
        "",
        "Check the object's name; Intacct's names are upper case and without blanks.",
    ),
    Rule(
        "Invalid fields list .*|invalid fields list .*",
        "",
        "",
        NotFound,
        "Intacct does not know a field that is asked for: {said}",
        "Check the names; a company's own fields go by their integration names.",
        "fields",
    ),
    Rule(
        "Query Failed",
        "",
        "",
        Refused,
        "Intacct could not run the query: {said}",
        "Check names, quotes and values of the query.",
    ),
    # What a line or a header names.
    Rule("", "", r"invalid (?P<what>[\w ]+) '[^']*' specified", Refused, "", _REFERENCE),
    Rule("", "", r"(?P<what>\w[\w ]*) '[^']*' (specified )?is not valid", Refused, "", _REFERENCE),
    Rule(
        "BL01001074",  # named by one guide only, and never seen
        "",
        "",
        Refused,
        "Something that the record refers to does not exist: {said}",
        "Check the IDs of customer, vendor, account, location, department and other dimensions.",
    ),
    Rule(
        "",
        "",
        r"the account number '[^']*' requires an? (?P<what>\w+)"
        r"|is missing the (?P<missing>[\w ]+) dimension",
        Refused,
        "",
        "Give every line the dimension that its account demands.",
    ),
    Rule(
        "",
        "",
        r"\bperiod\b.{0,60}\bclosed\b|\bclosed period\b|\bbooks are closed\b",
        Refused,
        "",
        "Choose a date in an open period, or have the period opened in Intacct.",
    ),
    Rule(
        "",
        "",
        r"debits and credits do(es)? not balance|do(es)? not balance\b",
        Refused,
        "",
        "Make debits and credits equal, for each currency and entity.",
    ),
    Rule(
        "BL03002128",
        "",
        "",
        Refused,
        "This company demands a number on every bill.",
        "Fill in the bill number.",
        "billNumber",
    ),
    Rule(
        "BL03002101",
        "",
        "",
        Refused,
        "Intacct could not use a line; most often its amount is missing.",
        "Give every line an amount and an account, then run the step again.",
        "amount",
    ),
    Rule("BL03000018", "", "", Refused, "", "Correct the form of the value, such as an address."),
    Rule(
        "PL01000127",
        "",
        "",
        Refused,
        "The document number is missing.",
        "Fill in the number of the document.",
        "documentNumber",
    ),
    Rule("CRE-3211", "", "", Refused, "", "Resolve the compliance rule in Intacct first."),
    # Errors around others. Where one stands alone, nothing is known but that it failed:
    # BL01001973 is no proof of a duplicate, and XL03000009 none of an ended session.
    Rule(
        "XL03000009",
        "",
        r"rolled back",
        Refused,
        "Intacct undid the whole request and gave no closer reason.",
        "Nothing was kept. Give Sage's support the support ID, or try the record by hand.",
        is_last_resort=True,
    ),
    Rule(
        "BL01001973|XL03000009",
        "",
        "",
        Refused,
        "",
        "Intacct gives no closer reason. Compare the inputs with a record that could be saved, or "
        "give Sage's support the support ID.",
        is_last_resort=True,
    ),
)
