"""The functions this company runs, by name: another module of them is one more line here."""

from connector.sandbox.functions import (
    generic_read,
    generic_write,
    legacy_invoice,
    object_query,
    session,
)
from connector.sandbox.functions.answer import Function

FUNCTIONS: dict[str, Function] = {
    **session.FUNCTIONS,
    **generic_read.FUNCTIONS,
    **object_query.FUNCTIONS,
    **generic_write.FUNCTIONS,
    **legacy_invoice.FUNCTIONS,
}
