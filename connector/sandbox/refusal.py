"""What the sandbox says when it refuses: errors as the gateway words them."""

from dataclasses import dataclass, replace

NOT_UNIQUE = "BL34000061"
RULE = "BL01001973"
FORMAT = "BL03000018"
MISSING_AMOUNT = "BL03002101"
NUMBER_TAKEN = "BL03002185"
EMPLOYEE_TAKEN = "PL05000104"
NUMBER_MISSING = "PL01000127"
ROLLED_BACK = "XL03000009"
SIGN_IN = "XL03000006"
SCHEMA = "XL03000003"
DUPLICATE_CONTROL_ID = "SANDBOX-DUPLICATE-CONTROLID"  # invented on purpose: the real one is unknown
NOT_OFFERED = "SANDBOX-NOT-OFFERED"  # invented on purpose too

TRY_AGAIN = "Check the transaction for errors or inconsistencies, then try again."


@dataclass(frozen=True)
class Fault:
    """One `error` element. `object_name` and `field` show only in the additional information."""

    errorno: str
    text: str
    correction: str = ""
    description: str = ""
    message_id: str = ""
    object_name: str = ""
    field: str = ""
    values: tuple[tuple[str, str], ...] = ()


class Refusal(Exception):
    """A function is refused; the faults stand in the order of the reply, the cause first."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults[0].text or faults[0].errorno)
        self.faults = list(faults)

    def wrapped(self, text: str) -> "Refusal":
        """Return the refusal with one more general error behind it."""
        return Refusal(*self.faults, Fault(RULE, text))


def could_not(verb: str, title: str) -> str:
    """Return the sentence that ends a chain of errors."""
    return f"Could not {verb} {title} record!"


def rule(text: str, *, field: str = "", object_name: str = "", message_id: str = "") -> Refusal:
    """Return the refusal of an ordinary business rule."""
    return Refusal(
        Fault(RULE, text, TRY_AGAIN, message_id=message_id, object_name=object_name, field=field)
    )


def not_unique(title: str, value: str, *, field: str = "") -> Refusal:
    """Return the refusal of a second record with the same unique value."""
    text = f"Another {title} with the given value(s) {value} already exists."
    return Refusal(
        Fault(
            NOT_UNIQUE,
            text,
            "Use a unique value instead.",
            message_id="IA.ANOTHER_RECORD_EXISTS",
            object_name=title.upper(),
            field=field,
            values=(("VALUE", value),),
        )
    )


def with_support_id(fault: Fault, support_id: str) -> Fault:
    """Return the fault with the support id behind its text, as the gateway appends it."""
    if not fault.text:
        return fault
    return replace(fault, text=f"{fault.text} [Support ID: {support_id}]")
