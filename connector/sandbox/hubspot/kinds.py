"""The portal's four kinds of objects, their properties, and how they hang together."""

from __future__ import annotations

from dataclasses import dataclass

SYSTEM_PROPERTIES = ("hs_object_id", "createdate", "hs_lastmodifieddate")


@dataclass(frozen=True)
class Kind:
    """A kind of object.

    Args:
        name: Its name in addresses, such as ``line_items``.
        singular: Its name in association types and event types, such as ``line_item``.
        type_id: Its number in generic events and addresses, such as ``0-8``.
        associations_key: Its key among the associations of another object.
        properties: What the portal knows of it without custom properties.
        shown: What a read shows when it asks for nothing in particular.
    """

    name: str
    singular: str
    type_id: str
    associations_key: str
    properties: tuple[str, ...]
    shown: tuple[str, ...]


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "deals",
            "deal",
            "0-3",
            "deals",
            (
                "dealname",
                "amount",
                "dealstage",
                "pipeline",
                "closedate",
                "deal_currency_code",
                "hubspot_owner_id",
                "description",
            ),
            ("dealname", "amount", "dealstage", "pipeline", "closedate"),
        ),
        Kind(
            "companies",
            "company",
            "0-2",
            "companies",
            (
                "name",
                "domain",
                "address",
                "address2",
                "city",
                "state",
                "zip",
                "country",
                "phone",
            ),
            ("name", "domain"),
        ),
        Kind(
            "contacts",
            "contact",
            "0-1",
            "contacts",
            ("email", "firstname", "lastname", "phone"),
            ("email", "firstname", "lastname"),
        ),
        Kind(
            "line_items",
            "line_item",
            "0-8",
            "line items",  # with a space, unlike the name that is asked for
            (
                "name",
                "quantity",
                "price",
                "amount",
                "hs_sku",
                "hs_product_id",
                "discount",
                "hs_discount_percentage",
                "hs_line_item_currency_code",
                "hs_recurring_billing_period",
                "recurringbillingfrequency",
                "description",
            ),
            ("name", "quantity", "price", "amount"),
        ),
    )
}

_BY_ANY_NAME = {
    name: kind for kind in KINDS.values() for name in (kind.name, kind.singular, kind.type_id)
}


def find_kind(name: str) -> Kind | None:
    """Return the kind by its plural, singular or number (``deals``, ``deal``, ``0-3``)."""
    return _BY_ANY_NAME.get(name)


@dataclass(frozen=True)
class AssociationType:
    """One direction of one way in which two objects belong together.

    Args:
        type_id: HubSpot's number.
        start: The kind of the object it starts at.
        end: The kind of the object it leads to.
        label: What people see, None for the plain association.
        inverse: The number of the way back, None where the portal keeps none.
        implies: The plain association that comes with a labelled one.
    """

    type_id: int
    start: str
    end: str
    label: str | None = None
    inverse: int | None = None
    implies: int | None = None


PRIMARY_COMPANY = 5
PLAIN_COMPANY = 341
DEAL_CONTACT = 3
DEAL_LINE_ITEM = 19
COMPANY_CONTACT = 280
BILLING_CONTACT = 930

ASSOCIATION_TYPES = {
    entry.type_id: entry
    for entry in (
        AssociationType(
            PRIMARY_COMPANY, "deals", "companies", "Primary", inverse=6, implies=PLAIN_COMPANY
        ),
        AssociationType(PLAIN_COMPANY, "deals", "companies", inverse=342),
        AssociationType(6, "companies", "deals", "Primary", inverse=5, implies=342),
        AssociationType(342, "companies", "deals", inverse=341),
        AssociationType(DEAL_CONTACT, "deals", "contacts", inverse=4),
        AssociationType(4, "contacts", "deals", inverse=3),
        AssociationType(DEAL_LINE_ITEM, "deals", "line_items", inverse=20),
        AssociationType(20, "line_items", "deals", inverse=19),
        AssociationType(279, "contacts", "companies", inverse=280),
        AssociationType(COMPANY_CONTACT, "companies", "contacts", inverse=279),
        AssociationType(
            BILLING_CONTACT, "companies", "contacts", "Billing contact", implies=COMPANY_CONTACT
        ),
    )
}


def plain_type(start: Kind, end: Kind) -> AssociationType | None:
    """Return the association without a label between two kinds; None when HubSpot has none."""
    for entry in ASSOCIATION_TYPES.values():
        if (entry.start, entry.end, entry.label) == (start.name, end.name, None):
            return entry
    return None


def type_name(entry: AssociationType) -> str:
    """Return the v3 API's name of the type, such as ``deal_to_company_unlabeled``.

    Only where a labelled primary exists does the plain one carry ``_unlabeled``.
    """
    name = f"{KINDS[entry.start].singular}_to_{KINDS[entry.end].singular}"
    if entry.label is None:
        kinds = {(other.start, other.end) for other in ASSOCIATION_TYPES.values() if other.label}
        return f"{name}_unlabeled" if (entry.start, entry.end) in kinds else name
    return name if entry.label == "Primary" else f"{name}_{entry.label.lower().replace(' ', '_')}"
