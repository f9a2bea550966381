"""What a new company holds."""

import hashlib
import json
from collections import Counter

import httpx
import pytest

from connector.sandbox.company import Company
from connector.sandbox.config import SandboxConfig
from connector.sandbox.seed import reset


def _digest(seed: int, name: str = "%") -> str:
    company = Company(SandboxConfig(seed=seed))
    reset(company)
    sql = "SELECT * FROM record WHERE object LIKE ? ORDER BY object, recordno"
    rows = company.store.execute(sql, (name,))
    company.store.close()
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def test_the_same_seed_makes_the_same_company() -> None:
    assert _digest(1) == _digest(1)
    assert _digest(1, "ARINVOICE") != _digest(2, "ARINVOICE")
    assert _digest(1, "APBILL") != _digest(2, "APBILL")


@pytest.mark.parametrize(
    ("name", "states"),
    [
        (
            "APBILL",
            {
                "Posted": 8,
                "Paid": 1,
                "Partially Paid": 1,
                "Selected": 1,
                "Draft": 2,
                "Submitted": 1,
            },
        ),
        ("APPYMT", {"Posted": 2, "Draft": 1}),
        ("ARPYMT", {"Posted": 2}),
        ("ARADJUSTMENT", {"Posted": 1, "Paid": 1, "Partially Paid": 1}),
        ("ARADVANCE", {"Posted": 1}),
        ("GLBATCH", {"Posted": 36, "Draft": 1}),
    ],
)
def test_there_are_transactions_in_several_states(
    client: httpx.Client, name: str, states: dict[str, int]
) -> None:
    records = client.get(f"/_sandbox/records/{name}").json()
    assert Counter(record["STATE"] for record in records) == states


def test_each_vendor_owes_what_its_bills_leave_due(client: httpx.Client) -> None:
    bills = client.get("/_sandbox/records/APBILL").json()
    for vendor in client.get("/_sandbox/records/VENDOR").json():
        due = sum(
            float(bill["TOTALDUE"])
            for bill in bills
            if bill["VENDORID"] == vendor["VENDORID"]
            and bill["STATE"] in ("Posted", "Selected", "Partially Paid")
        )
        assert float(vendor["TOTALDUE"]) == pytest.approx(due), vendor["VENDORID"]


def test_the_ledger_of_a_new_company_is_empty(client: httpx.Client) -> None:
    assert client.get("/_sandbox/ledger").json() == []
