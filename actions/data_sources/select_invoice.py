"""Select Invoice: the company's invoices to choose from."""

from actions.data_sources.documents import documents

DATA_SOURCE = documents(
    "invoice",
    key="selectInvoice",
    label="Select Invoice",
    description="Offers the company's invoices; the record number is stored.",
    number="invoiceNumber",
    party_id="customerId",
    party_name="customerName",
    day="dateCreated",
)
