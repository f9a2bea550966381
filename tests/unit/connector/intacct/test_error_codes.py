from __future__ import annotations

import pytest

import schemas
from connector import registry
from connector.errors import (
    ConnectionProblem,
    ConnectorError,
    DuplicateRecord,
    NotFound,
    OutcomeUnknown,
    Refused,
    SessionExpired,
    Unavailable,
)
from connector.intacct.error_codes import ErrorEntry, classify, clean
from connector.intacct.error_rules import RULES


def _one(number: str, text: str = "", level: str = "function", status: int = 200) -> ConnectorError:
    return classify((ErrorEntry(number, description2=text),), level, status)


@pytest.mark.parametrize(
    ("number", "text", "level", "status", "expected"),
    [
        ("XL03000003", "XML Parse schema error", "control", 200, Refused),
        # A record may stand under it: whatever the number, nobody may call this a refusal.
        ("ANY-1", "The control id aic-7 was completed before.", "function", 200, OutcomeUnknown),
        ("ANY-2", "Duplicate controlid in this company.", "function", 200, OutcomeUnknown),
        ("XL03000006", "Incorrect Intacct XML Partner ID or password.", "control", 200,
         ConnectionProblem),
        ("XL03000006", "'x' is not a valid transport policy.", "control", 200, Refused),
        ("XL03000006", "Invalid session ****", "authentication", 200, SessionExpired),
        ("XL03000006", "Sign-in information is incorrect", "authentication", 200,
         ConnectionProblem),
        ("XL03000006", "", "authentication", 200, ConnectionProblem),
        ("XL03000009", "The entire transaction was rolled back.", "function", 200, Refused),
        ("XL03000009", "Your session has expired.", "authentication", 200, SessionExpired),
        ("XL03000009", "", "function", 200, Refused),
        ("XMLGW_JPP0002", "", "control", 401, ConnectionProblem),
        ("UJPP0002", "", "control", 401, ConnectionProblem),
        ("PL04000055", "", "control", 200, ConnectionProblem),
        ("GW-0001", "Unable to process request", "control", 400, OutcomeUnknown),
        ("GW-0011", "Invalid Request", "control", 400, ConnectionProblem),
        ("GW-0014", "", "control", 400, ConnectionProblem),
        ("GW-0033", "", "control", 400, ConnectionProblem),
        ("ZZ99", "denied", "control", 403, ConnectionProblem),
        ("ZZ99", "denied", "authentication", 200, ConnectionProblem),
        ("BL01001973", "Could not create Customer record!", "function", 200, Refused),
        ("BL01001973", "Currently, we can't create the transaction", "function", 200, Refused),
        ("BL01001973", "Cannot find customer with key '1' to delete.", "function", 200, NotFound),
        ("BL01001973", "Duplicate account number 4000", "function", 200, DuplicateRecord),
        ("BL01001973", "Customer C-1 already exists", "function", 200, DuplicateRecord),
        ("BL34000061", "", "function", 200, DuplicateRecord),
        ("PL05000104", "", "function", 200, DuplicateRecord),
        ("BL03002185", "", "function", 200, DuplicateRecord),
        ("BL03002128", "", "function", 200, Refused),
        ("BL03002101", "Remove the extra line item", "function", 200, Refused),
        ("BL03000018", "", "function", 200, Refused),
        ("PL01000127", "", "function", 200, Refused),
        ("DL02000001", "There was an error processing the request.", "function", 200,
         OutcomeUnknown),
        ("WS", "Object definition X not found", "function", 200, NotFound),
        ("Query Failed", "Object definition X not found", "function", 200, NotFound),
        ("Query Failed", "", "function", 200, Refused),
        ("Invalid fields list A,B", "", "function", 200, NotFound),
        ("Get API Session Failed", "", "function", 200, ConnectionProblem),
        ("CRE-3211", "", "function", 200, Refused),
        ("ZZ99", "You do not have permission for API operation READ", "function", 200, Refused),
        ("ZZ99", "You do not have permission for API operation READ", "authentication", 200,
         ConnectionProblem),
        ("ZZ99", "The Service is Temporarily Off-line", "function", 200, Unavailable),
        ("WS0001", "", "control", 200, ConnectionProblem),
        ("BL01001074", "", "function", 200, Refused),
        ("ZZ99", "Invalid Vendor 'V-1' specified.", "function", 200, Refused),
    ],
)  # fmt: skip
def test_numbers_mean_what_place_and_words_say(
    number: str, text: str, level: str, status: int, expected: type[ConnectorError]
) -> None:
    error = _one(number, text, level, status)
    assert type(error) is expected
    assert error.title.endswith((".", "!"))
    assert error.advice


def test_a_sender_that_is_not_authorised_is_told_from_a_wrong_password() -> None:
    entry = ErrorEntry(
        "XL03000006",
        description="Invalid Web Services Authorization",
        description2="The sender ID 'me' is not authorized to make requests to company 'c'.",
        correction="Contact your company's administrator.",
    )
    error = classify((entry,), "authentication", 200)
    assert "authorised the sender" in error.title
    assert "Web Services authorizations" in error.advice


def test_the_cause_is_shown_and_not_its_wrappers() -> None:
    """Recorded: four errors for one customer, whose contact was there already."""
    errors = (
        ErrorEntry("BL34000061", description2="Another Contact with the value 'A(C1)' already "
                   "exists. [Support ID: Ab-1_%7Ez==]"),
        ErrorEntry("BL01001973", description2="Could not create Contact record!"),
        ErrorEntry("BL01001973", description2="Could not create customer record."),
        ErrorEntry("XL03000009", description2="The entire transaction was rolled back."),
    )  # fmt: skip
    for order in (errors, errors[::-1]):
        error = classify(order, "function", 200)
        assert type(error) is DuplicateRecord
        assert error.title == "Another Contact with the value 'A(C1)' already exists."
        assert error.code == "BL34000061"
        assert error.support_id == "Ab-1_%7Ez=="


def test_a_wrapper_alone_is_not_called_a_duplicate() -> None:
    error = classify(
        (
            ErrorEntry("ZZ99", description2="Invalid Project 'P-9' specified."),
            ErrorEntry("BL01001973", description2="Could not create record!"),
        ),
        "function",
        200,
    )
    assert type(error) is Refused
    assert error.title == "Invalid Project 'P-9' specified."
    assert "spelled the same" in error.advice


def test_an_unknown_number_still_reads_well() -> None:
    entry = ErrorEntry(
        "QQ01020304",
        description2="The &lt;b&gt;flux&lt;/b&gt; &amp;   gate is <i>5 < 6</i> [Support ID: a%7Eb]",
        correction="Turn the <b>gate</b> &amp; wait",
    )
    error = classify((entry,), "function", 200)
    assert error.describe() == {
        "type": "Refused",
        "title": "The flux & gate is 5 < 6.",
        "advice": "Turn the gate & wait.",
        "code": "QQ01020304",
        "supportId": "a%7Eb",
    }


def test_the_additional_information_names_what_the_number_does_not() -> None:
    entry = ErrorEntry(
        "Save failed",
        description2="Account 4000 is there.",
        error_id="GL-0493",
        message_id="IA.DUPLICATE_ACCOUNT_NUMBER",
    )
    error = classify((entry,), "function", 200)
    assert type(error) is DuplicateRecord
    assert error.code == "GL-0493"


def test_a_correction_that_says_nothing_is_replaced() -> None:
    entry = ErrorEntry(
        "QQ1000", "", "Odd.", "Check the transaction for errors or inconsistencies, then try again."
    )
    assert classify((entry,), "function", 200).advice == Refused.default_advice


def test_a_later_error_may_decide_but_the_first_is_told() -> None:
    entries = (
        ErrorEntry("QQ1000", description2="The first sentence."),
        ErrorEntry("QQ2000", correction="Please Try Again Later"),
    )
    error = classify(entries, "function", 200)
    assert type(error) is Unavailable
    assert error.title == "The first sentence."


def test_endless_and_hostile_texts_become_one_short_line() -> None:
    text = "a\x00b\r\n\tc <script>alert(1)</script>" + "x" * 5000
    shown = clean(text)
    assert shown.startswith("a b c alert(1)")
    assert len(shown) <= 401


def test_no_errors_at_all_still_make_a_sentence() -> None:
    assert classify((), "function", 200).title == "Intacct declined the request and gave no reason."
    assert isinstance(classify((), "authentication", 200), ConnectionProblem)


def test_every_sentence_of_the_table_is_one_for_people() -> None:
    for rule in RULES:
        for text in (rule.worded(""), rule.worded("Odd."), rule.advice):
            assert not text or (text[0].isupper() and text.endswith("."))
            assert not set("<{}") & set(text)


def test_every_field_of_the_table_is_an_input_somewhere() -> None:
    """A connection's, an action's or a list's: a person has to find it."""
    known = set(schemas.resolve("connections/sage-intacct.json")["properties"])
    for action in registry.load().actions.values():
        known |= set(action.form.schema["properties"])
    known |= set(schemas.load("lines.json")["properties"])
    assert {rule.field for rule in RULES if rule.field} <= known


@pytest.mark.accepts("E29")
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 422])
def test_a_client_s_error_asks_for_a_change_and_not_for_a_repetition(status: int) -> None:
    error = _one("QQ1000", "Odd.", "control", status)
    assert isinstance(error, Refused | ConnectionProblem)
    assert not isinstance(error, Unavailable | OutcomeUnknown)


@pytest.mark.accepts("A51")
@pytest.mark.parametrize(
    ("number", "text", "level"),
    [
        ("BL01001973", "Customer C-1 already exists.", "function"),
        ("BL01001074", "", "function"),
        ("WS0001", "", "control"),
        ("XL03000009", "Your session has expired.", "authentication"),
    ],
)
def test_code_cause_and_remedy_come_in_plain_words(number: str, text: str, level: str) -> None:
    """The fifth of them, a missing input, never gets as far as Intacct."""
    shown = _one(number, text, level).describe()
    assert {"type", "title", "advice"} <= set(shown)
    assert number not in shown["title"] + shown["advice"]
    assert shown["code"] == number
