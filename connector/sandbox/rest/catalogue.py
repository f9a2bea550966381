"""Every object of the REST API, by its path."""

from connector.sandbox.rest.credits import CREDITS
from connector.sandbox.rest.description import RestObject
from connector.sandbox.rest.errors import not_found
from connector.sandbox.rest.masters import MASTERS
from connector.sandbox.rest.parties import PARTIES
from connector.sandbox.rest.payments import PAYMENTS
from connector.sandbox.rest.transactions import TRANSACTIONS

CATALOGUE: dict[str, RestObject] = {
    made.path: made for made in (*PARTIES, *MASTERS, *TRANSACTIONS, *PAYMENTS, *CREDITS)
}


def rest_object(path: str) -> RestObject:
    """Return the object at a path like accounts-payable/vendor; raises RestError for none."""
    found = CATALOGUE.get(path)
    if found is None:
        raise not_found(f"The object {path} is not found in version 1")
    return found
