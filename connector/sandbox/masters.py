"""What master records do when they are written, beyond their description."""

from connector.sandbox.company import Call
from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.refusal import Refusal, could_not, rule
from connector.sandbox.store import Record
from connector.sandbox.values import date_of
from connector.sandbox.writer import (
    Given,
    create_record,
    find_for_update,
    is_taken,
    update_record,
)

PREFIX = "DISPLAYCONTACT."
# The letter that a party's system names begin with, and the policy that numbers it.
LETTERS = {"CUSTOMER": "C", "VENDOR": "V", "PROJECT": "P", "EMPLOYEE": "E"}
PARTIES = frozenset({"CUSTOMER", "VENDOR"})


def create(call: Call, described: ObjectType, given: Given) -> Record:
    """Create any record that is no transaction."""
    if described.name in PARTIES:
        return create_party(call, described, given)
    if described.name == "CONTACT":
        return create_contact(call, given)
    if described.name in LETTERS and not given.get(described.id_field):
        given[described.id_field] = _next_id(call, described)
    if described.name == "REPORTINGPERIOD":
        _check_days(call, given)
    extra = {}
    if described.name in ("ARTERM", "APTERM"):
        extra["VALUE"] = f"::#{given.get('DUEDATE') or '0'}#:O:"
    return create_record(call, described, given, extra)


def update(call: Call, described: ObjectType, given: Given) -> Record:
    """Change any record that is no transaction."""
    if described.name in PARTIES:
        return update_party(call, described, given)
    if described.name == "CONTACT":
        return update_contact(call, given)
    return update_record(call, described, find_for_update(call, described, given), given)


def _check_days(call: Call, given: Given) -> None:
    """Raise Refusal for a reporting period that ends before it starts.

    Periods that can be budgeted must not overlap either.
    """
    first, last = (date_of(given.get(name, "")) for name in ("START_DATE", "END_DATE"))
    if first is None or last is None:
        return  # refused by the description
    refusal = None
    if last < first:
        text = "The end date of a reporting period is not before its start date."
        refusal = rule(text, field="END_DATE")
    elif given.get("BUDGETING", "").lower() == "true":
        for other in call.store.where("REPORTINGPERIOD", "BUDGETING", "true"):
            days = other.body["START_DATE"], other.body["END_DATE"]
            if days[0] <= last.isoformat() and first.isoformat() <= days[1]:
                text = f"The budgetable period overlaps with the period {other.id}."
                refusal = rule(text, field="START_DATE")
                break
    if refusal is not None:
        raise refusal.wrapped(could_not("create", "Reporting period"))


def create_contact(call: Call, given: Given) -> Record:
    """Create a contact, in its first version."""
    return create_record(call, OBJECTS["CONTACT"], given, {"VERSIONKEY": "1"})


def update_contact(call: Call, given: Given) -> Record:
    """Change a contact, which makes a new version of it."""
    described = OBJECTS["CONTACT"]
    return _new_version(call, find_for_update(call, described, given), given)


def create_party(call: Call, described: ObjectType, given: Given) -> Record:
    """Create a customer or vendor together with its display contact.

    The contact comes first, so a repeated create is often refused because of the contact.
    """
    party, contact = _split(given)
    if not party.get(described.id_field):
        party[described.id_field] = _next_id(call, described)
    extra = {"ENTITY": LETTERS[described.name] + party[described.id_field]}
    if described.name == "VENDOR" and call.company.policies.is_on("vendor_approvals"):
        extra["STATE"] = "Submitted"
    extra["DISPLAYCONTACTKEY"] = str(_display_contact(call, described, party, contact).recordno)
    return create_record(call, described, party, extra)


def update_party(call: Call, described: ObjectType, given: Given) -> Record:
    """Change a customer or vendor; a display contact with content gets a new version."""
    record = find_for_update(call, described, given)
    party, contact = _split(given)
    current = call.store.get("CONTACT", record.body.get("DISPLAYCONTACTKEY", ""))
    if current is not None and any(contact.values()):
        _new_version(call, current, contact)
    return update_record(call, described, record, party)


def _split(given: Given) -> tuple[Given, Given]:
    """Return the fields of the party and those of its display contact."""
    party = {name: text for name, text in given.items() if not name.startswith("DISPLAYCONTACT")}
    contact = {
        name.removeprefix(PREFIX): text for name, text in given.items() if name.startswith(PREFIX)
    }
    return party, contact


def _new_version(call: Call, record: Record, given: Given) -> Record:
    version = str(int(record.body.get("VERSIONKEY", "1")) + 1)
    changed = Record(**{**vars(record), "body": {**record.body, "VERSIONKEY": version}})
    return update_record(call, OBJECTS["CONTACT"], changed, given)


def _next_id(call: Call, described: ObjectType) -> str:
    """Return the next free id of the numbering sequence; without one the id is required."""
    if not call.company.policies.is_on(f"number_{described.name.lower()}s"):
        raise rule(
            f"Required field {described.id_field} is missing for {described.title}.",
            field=described.id_field,
            object_name=described.name,
            message_id="IA.REQUIRED_FIELD_MISSING",
        ).wrapped(could_not("create", described.title))
    while True:
        number = call.store.next_number(f"{described.name} id", 10001)
        identifier = f"{LETTERS[described.name]}-{number}"
        if not is_taken(call, described, identifier):
            return identifier


def _display_contact(call: Call, described: ObjectType, party: Given, contact: Given) -> Record:
    name, identifier = party.get("NAME", ""), party[described.id_field]
    if not contact.get("CONTACTNAME"):
        is_plain = described.name == "VENDOR" and (
            call.company.policies["vendor_contact_name"] == "plain"
        )
        suffix = "" if is_plain else f"({LETTERS[described.name]}{identifier})"
        contact["CONTACTNAME"] = name + suffix
    contact.setdefault("VISIBLE", "false" if party.get("HIDEDISPLAYCONTACT") == "true" else "true")
    try:
        return create_contact(call, contact)
    except Refusal as refusal:
        chain = refusal.wrapped(could_not("create", "DisplayContact"))
        raise chain.wrapped(could_not("create", described.title)) from None
