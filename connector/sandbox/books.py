"""What every posting obeys: open periods, currencies, and the dimensions an account asks for."""

from decimal import Decimal

from connector.sandbox.company import Call
from connector.sandbox.objects.extensions import dimensions
from connector.sandbox.refusal import rule
from connector.sandbox.store import Body, Record

BASE_CURRENCY = "USD"
# Made-up daily rates to the base currency; other currencies are refused.
DAILY_RATES = {
    "USD": "1",
    "EUR": "1.10",
    "GBP": "1.25",
    "CAD": "0.75",
    "AUD": "0.65",
    "ZAR": "0.055",
}
DAILY_RATE = "Intacct Daily Rate"
_LEVELS = (("PROJECTID", "TASKID"), ("TASKID", "COSTTYPEID"))
# Switch of the account -> the dimension it asks for, and what the refusal calls it.
_WANTED = {
    "REQUIRELOC": ("LOCATIONID", "Location"),
    "REQUIREDEPT": ("DEPARTMENTID", "Department"),
    "REQUIREPROJECT": ("PROJECTID", "Project"),
    "REQUIRECUSTOMER": ("CUSTOMERID", "Customer"),
    "REQUIREVENDOR": ("VENDORID", "Vendor"),
    "REQUIREEMPLOYEE": ("EMPLOYEEID", "Employee"),
    "REQUIREITEM": ("ITEMID", "Item"),
    "REQUIRECLASS": ("CLASSID", "Class"),
    "REQUIREGLDIMREGION": ("GLDIMREGION", "Region"),
}


def check_period(call: Call, day: str, *, field: str = "WHENPOSTED") -> None:
    """Raise Refusal when the books of that day (ISO) are closed."""
    closed = call.company.policies["books_closed_through"]
    if day <= closed:
        raise rule(
            f"The period of {day} is closed. The books are closed through {closed}.",
            field=field,
            message_id="IA.PERIOD_IS_CLOSED",
        )


def settle_rate(body: Body, day: str) -> None:
    """Fill in the exchange rate of a body with CURRENCY and BASECURR for a day (ISO)."""
    currency = body.get("CURRENCY", BASE_CURRENCY)
    if currency not in DAILY_RATES:
        raise rule(f"Currency '{currency}' specified is not valid.", field="CURRENCY")
    if body.get("EXCHANGE_RATE"):
        if Decimal(body["EXCHANGE_RATE"]) <= 0:
            raise rule("The exchange rate must be above zero.", field="EXCHANGE_RATE")
        return
    if currency != body.get("BASECURR", BASE_CURRENCY):
        body.setdefault("EXCH_RATE_TYPE_ID", DAILY_RATE)
        body.setdefault("EXCH_RATE_DATE", day)
        body["EXCHANGE_RATE"] = DAILY_RATES[currency]


def check_dimensions(
    call: Call, account: Record, body: Body, *, names: dict[str, str] | None = None
) -> None:
    """Raise Refusal for a dimension that the account asks for and the line lacks.

    `names` says what a line calls a dimension where it is not LOCATIONID and the like.
    """
    is_located = call.company.policies.is_on("line_location_required")
    for switch, (name, title) in _WANTED.items():
        is_wanted = account.body.get(switch) == "true" or (switch == "REQUIRELOC" and is_located)
        own = (names or {}).get(name, name)
        if is_wanted and not body.get(own):
            text = (
                f"This transaction is missing the {title} dimension for the Account {account.id}."
            )
            raise rule(text, field=own)
    for needed, name in _LEVELS:
        if body.get(name) and not body.get(needed):
            raise rule(f"{name} is only available together with {needed}.", field=name)
    for dimension in dimensions():
        number = body.get(dimension.field, "")
        if number and call.store.get(dimension.name, number) is None:
            text = f"{dimension.title} '{number}' specified is not valid."
            raise rule(text, field=dimension.field)


def entity_of(call: Call, location: str) -> str:
    """Return the entity that a location belongs to: itself or the nearest one above, else none."""
    seen: set[str] = set()
    while location and location not in seen:
        if call.store.by_id("LOCATIONENTITY", location):
            return location
        seen.add(location)
        found = call.store.by_id("LOCATION", location)
        location = found[0].body.get("PARENTID", "") if found else ""
    return ""
