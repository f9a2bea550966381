"""The functions this company runs, by name: another module of them is one more line here."""

from connector.sandbox.functions import (
    approvals,
    audit_trail,
    company_facts,
    describing,
    generic_read,
    generic_write,
    legacy_deletes,
    legacy_documents,
    legacy_journals,
    legacy_list,
    legacy_payments,
    not_offered,
    object_query,
    payment_requests,
    session,
    supdocs,
)
from connector.sandbox.functions.answer import Function

FUNCTIONS: dict[str, Function] = {
    **session.FUNCTIONS,
    **generic_read.FUNCTIONS,
    **object_query.FUNCTIONS,
    **legacy_list.FUNCTIONS,
    **describing.FUNCTIONS,
    **company_facts.FUNCTIONS,
    **audit_trail.FUNCTIONS,
    **not_offered.FUNCTIONS,
    **generic_write.FUNCTIONS,
    **legacy_deletes.FUNCTIONS,
    **legacy_documents.FUNCTIONS,
    **legacy_payments.FUNCTIONS,
    **legacy_journals.FUNCTIONS,
    **payment_requests.FUNCTIONS,
    **approvals.FUNCTIONS,
    **supdocs.FUNCTIONS,
}
