"""The kinds of documents: what sets an invoice, a bill, an adjustment and an advance apart."""

from dataclasses import dataclass, field

from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.refusal import NUMBER_MISSING, TRY_AGAIN, Fault

BILL_NUMBER_NEEDED = "BL03002128"
_MISSING_NUMBER = Fault(NUMBER_MISSING, "The document number is missing.", TRY_AGAIN)


@dataclass(frozen=True)
class Kind:
    """One kind of document: its object, its party, and how it is numbered and dated."""

    object: str
    title: str
    party: str
    batch: str  # what its automatic summaries are called
    term: str = ""
    created: str = "WHENCREATED"
    posted: str = "WHENPOSTED"
    number_policy: str = ""
    unique_policy: str = ""
    is_unique_per_party: bool = False
    number_prefix: str = ""
    missing_number: Fault = _MISSING_NUMBER
    needed_unless_draft: tuple[str, ...] = ()
    approvals_policy: str = ""
    submit_words: frozenset[str] = field(default_factory=lambda: frozenset({"submit"}))
    is_owed: bool = True  # whether it is part of what the party owes, or is owed

    @property
    def described(self) -> ObjectType:
        """The description of its object."""
        return OBJECTS[self.object]

    @property
    def line(self) -> ObjectType:
        """The description of its lines."""
        lines = self.described.lines
        if lines is None:
            raise TypeError(f"{self.object} has no lines.")
        return OBJECTS[lines.object]

    @property
    def party_field(self) -> str:
        """The field that names the party."""
        return OBJECTS[self.party].id_field


INVOICE = Kind(
    object="ARINVOICE",
    title="invoice",
    party="CUSTOMER",
    batch="Invoices",
    term="ARTERM",
    number_policy="number_invoices",
    unique_policy="unique_invoice_numbers",
    number_prefix="INV-",
)
# A positive adjustment is a debit memo, a negative one a credit memo.
ADJUSTMENT = Kind(
    object="ARADJUSTMENT",
    title="adjustment",
    party="CUSTOMER",
    batch="Adjustments",
    # The documents' table says Submit, their example Posted.
    submit_words=frozenset({"submit", "posted"}),
)
# A positive adjustment adds to what is owed to the vendor, a negative one takes from it.
AP_ADJUSTMENT = Kind(
    object="APADJUSTMENT", title="AP adjustment", party="VENDOR", batch="AP adjustments"
)
ADVANCE = Kind(
    object="ARADVANCE",
    title="advance",
    party="CUSTOMER",
    batch="Advances",
    created="PAYMENTDATE",
    posted="RECEIPTDATE",
    is_owed=False,
)
AP_ADVANCE = Kind(
    object="APADVANCE",
    title="advance",
    party="VENDOR",
    batch="Advances",
    created="PAYMENTDATE",
    posted="PAYMENTDATE",
    is_owed=False,
)
BILL = Kind(
    object="APBILL",
    title="bill",
    party="VENDOR",
    batch="Bills",
    term="APTERM",
    number_policy="number_bills",
    unique_policy="unique_bill_numbers",
    is_unique_per_party=True,
    number_prefix="BILL-",
    missing_number=Fault(BILL_NUMBER_NEEDED, "Enter a Bill number.", TRY_AGAIN, field="RECORDID"),
    needed_unless_draft=("VENDORID", "WHENCREATED"),
    approvals_policy="bill_approvals",
)

KINDS = {
    kind.object: kind for kind in (INVOICE, ADJUSTMENT, AP_ADJUSTMENT, ADVANCE, AP_ADVANCE, BILL)
}
