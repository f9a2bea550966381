"""Select Object Type: the kinds of records to choose from."""

from typing import Any

from actions.data_sources.fixed import matching
from actions.object_names import wire_name
from connector.component import Choice, Context, DataSource, Search
from connector.errors import ConnectorError
from connector.intacct.raw_retries import RawRetries

# What is asked for most, under the names of the published list (acceptance A36).
USUAL = {
    "CUSTOMER": "Customer",
    "VENDOR": "Vendor",
    "ARINVOICE": "AR Invoice",
    "APBILL": "AP Bill",
    "ARPAYMENT": "AR Payment",
    "APPAYMENT": "AP Payment",
    "GLBATCH": "Journal Entry",
    "GLACCOUNT": "GL Account",
    "PROJECT": "Project",
    "EMPLOYEE": "Employee",
    "ITEM": "Item",
    "LOCATION": "Location",
    "DEPARTMENT": "Department",
    "CLASS": "Class",
}
_SECONDS = 60.0


def choices(ctx: Context, search: Search) -> list[Choice]:
    """Return the usual kinds, then all others that the company has, its own among them."""
    usual = [Choice(f"{label} ({name})", name) for name, label in USUAL.items()]
    known = {wire_name(name) for name in USUAL}
    others = {name: label for name, label in _of_company(ctx).items() if name not in known}
    more = [Choice(f"{label} ({name})", name) for name, label in sorted(others.items())]
    return matching([*usual, *more], search)


def _of_company(ctx: Context) -> dict[str, str]:
    """Return each object the company has with its label; none where it cannot be asked."""
    try:
        rows = ctx.intacct.raw(
            "<inspect><object>*</object></inspect>",
            seconds=_SECONDS,
            retries=RawRetries(count=0),
        ).rows
    except ConnectorError:
        return {}  # the usual ones can be chosen without the company
    return {name: label for row in rows for name, label in [_named(row)] if name}


def _named(row: dict[str, Any]) -> tuple[str, str]:
    name = str(row.get("@typename") or "").upper()
    return name, str(row.get("#text") or name)


DATA_SOURCE = DataSource(
    key="selectObjectType",
    label="Select Object Type",
    description="Offers the kinds of records, the usual ones first; Intacct's name is stored.",
    choices=choices,
)
