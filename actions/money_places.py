"""Where received money goes: a bank account, the undeposited funds, or a summary."""

from __future__ import annotations

from connector.component import Inputs
from connector.errors import InputError

_PLACES = ("financialEntity", "undepositedAccountNo")
_SUMMARIES = ("summaryName", "summaryRecordNo")
# The same places under Intacct's own names, for those who give them as additional fields.
_NATIVE = {"FINANCIALENTITY", "UNDEPOSITEDACCOUNTNO", "PRBATCH", "PRBATCHKEY"}


def require_place(inputs: Inputs) -> None:
    """Refuse money that goes nowhere, or to two places (xml-api 4.4, 4.5).

    Where Intacct makes summaries by itself it wants a bank account or the undeposited funds,
    else the summary; which of these a company does is known only there.

    Raises:
        InputError: Names financialEntity, or the second place.
    """
    refuse_two_places(inputs)
    named = [name for name in (*_PLACES, *_SUMMARIES) if name in inputs]
    if not named and not _NATIVE & _native_names(inputs):
        raise InputError(
            "financialEntity or undepositedAccountNo is required, to say where the money went.",
            advice="Give the bank account, or the account of the undeposited funds; "
            "a company that keeps summaries by hand gives the summary.",
            field="financialEntity",
        )


def refuse_two_places(inputs: Inputs) -> None:
    """Refuse a bank account beside the undeposited funds.

    Raises:
        InputError: Names undepositedAccountNo.
    """
    if all(name in inputs for name in _PLACES):
        raise InputError(
            "financialEntity and undepositedAccountNo cannot both be given.",
            advice="Keep the one that the money went to.",
            field="undepositedAccountNo",
        )


def _native_names(inputs: Inputs) -> set[str]:
    return {str(name).upper() for name in inputs.get("additionalFields", ())}
