"""Select Bill: the company's bills to choose from."""

from actions.data_sources.documents import documents

DATA_SOURCE = documents(
    "bill",
    key="selectBill",
    label="Select Bill",
    description="Offers the company's bills; the record number is stored.",
    number="billNumber",
    party_id="vendorId",
    party_name="vendorName",
    day="transactionDate",
)
