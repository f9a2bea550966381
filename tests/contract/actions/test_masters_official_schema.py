"""Every request of the master data actions is valid by Sage's own schema, where that file lies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import xmlschema

from connector import registry

if TYPE_CHECKING:
    from tests.contract.actions.conftest import Books

SCHEMA = Path(__file__).parents[4] / "shared" / "reference" / "xml-schema" / "api.xsd"
pytestmark = pytest.mark.skipif(
    not SCHEMA.is_file(), reason=f"Sage's schema does not lie beside the repository ({SCHEMA.name})"
)

NEEDED: dict[str, dict[str, Any]] = {
    "Customer": {"customerId": "C-Q", "customerName": "Quay & Sons", "customFields": {"X": "1"}},
    "Vendor": {"vendorId": "V-Q", "vendorName": "Quay & Sons", "restrictedLocations": []},
    "Contact": {"contactName": "Lantern, Jane", "city": "York"},
    "Project": {
        "projectId": "P-Q",
        "projectName": "Website",
        "projectCategory": "Contract",
        "beginDate": "2026-03-02",
        "additionalFields": {"CONTRACTAMOUNT": "1.00"},
    },
}


def _run(books: Books, key: str, **inputs: Any) -> dict[str, Any]:
    return registry.load().action(key).run(books.context, inputs)


@pytest.mark.parametrize("name", NEEDED)
def test_every_request_is_valid_by_the_official_schema(books: Books, name: str) -> None:
    keys = [f"createOrUpdate{name}", f"update{name}", f"createOrUpdate{name}"]
    if name != "Project":
        keys.insert(1, f"findOrCreate{name}")
    made = [_run(books, key, **NEEDED[name]) for key in keys]
    _run(books, f"get{name}", recordNo=made[0]["key"], fields="*")
    _run(books, f"list{name}s", active=True, pageSize=2)
    official = xmlschema.XMLSchema(str(SCHEMA), validation="lax")
    assert len(books.sent) > len(keys)
    for body in books.sent:
        assert [f"{error.path}: {error.reason}" for error in official.iter_errors(body)] == []
