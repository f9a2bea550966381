"""Running the functions of one operation: each on its own, or all of them or none."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from connector.sandbox import usage
from connector.sandbox.company import Call, Company, Scope
from connector.sandbox.functions import FUNCTIONS
from connector.sandbox.functions.answer import Answer, Bare
from connector.sandbox.refusal import (
    DUPLICATE_CONTROL_ID,
    NOT_OFFERED,
    ROLLED_BACK,
    Fault,
    Refusal,
    with_support_id,
)
from connector.sandbox.wire.reply import Pieces, add_errors, result
from connector.sandbox.wire.tree import Element, add, children, text_of

_ROLLED_BACK = Fault(
    ROLLED_BACK,
    "There was an error processing the transaction, so the entire transaction was rolled back.",
)


@dataclass
class Outcome:
    """What became of one function."""

    function: str
    control_id: str
    answer: Answer = field(default_factory=Answer)
    replayed: Element | None = None
    status: str = "success"


class _Failed(Exception):
    """One function of a transaction failed."""


class Operation:
    """One operation of a request, ready to run for its caller."""

    def __init__(
        self, company: Company, scope: Scope, control: Element, block: Element, pieces: Pieces
    ) -> None:
        """Take the options of the control block and the functions of the operation.

        What results hold as text goes to the pieces; `bare` is set when one travels alone.
        """
        self.bare: Bare | None = None
        self._pieces = pieces
        self._company = company
        self._scope = scope
        self._block = block
        # Left out means true, so a constant control id fails the second time.
        self._is_alone = True
        self._is_unique = text_of(control, "uniqueid").lower() not in ("false", "0")
        self._with_details = text_of(control, "showadditionalerrorinfo") in ("true", "1")

    def run(self) -> Iterator[Element]:
        """Run everything and yield one result per function, in the order of the request."""
        calls = children(self._block.findall("content"), "function")
        self._is_alone = len(calls) == 1
        if self._block.get("transaction") == "true":
            outcomes = self._all_or_none(calls)
        else:
            outcomes = [self._alone(call) for call in calls]
        for outcome in outcomes:
            self.bare = self.bare or outcome.answer.bare
            yield self._result(outcome, self._pieces)

    def _all_or_none(self, calls: list[Element]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        try:
            with self._company.store.transaction():
                for call in calls:
                    outcomes.append(self._alone(call))
                    if outcomes[-1].status != "success":
                        raise _Failed  # noqa: TRY301 # it is what makes the store roll back
        except _Failed:
            self._abort(outcomes, calls)
        return outcomes

    def _abort(self, outcomes: list[Outcome], calls: list[Element]) -> None:
        policies = self._company.policies
        culprit = outcomes[-1]
        if policies["after_culprit"] == "aborted":
            outcomes.extend(
                Outcome(str(call[0].tag), call.get("controlid", ""))
                for call in calls[len(outcomes) :]
            )
        for outcome in outcomes:
            is_culprit = outcome is culprit
            outcome.status = policies["transaction_culprit"] if is_culprit else "aborted"
            own = outcome.answer.faults if is_culprit else []
            outcome.answer = Answer(faults=[*own, _ROLLED_BACK])
            outcome.replayed = None

    def _alone(self, call: Element) -> Outcome:
        request = call[0]
        outcome = Outcome(str(request.tag), call.get("controlid", ""))
        try:
            with self._company.store.transaction():
                self._execute(outcome, request)
        except Refusal as refusal:
            outcome.answer = Answer(faults=refusal.faults)
            if self._company.policies.is_on("refused_burns_control_id"):
                self._remember(outcome)
        if outcome.answer.faults:
            outcome.status = "failure"
        return outcome

    def _execute(self, outcome: Outcome, request: Element) -> None:
        earlier = self._remembered(outcome.control_id)
        if earlier is not None:
            if earlier and self._company.policies["repeated_control_id"] == "replay":
                outcome.replayed = etree.fromstring(earlier)
                outcome.status = text_of(outcome.replayed, "status")
                return
            text = f"A function with the control id {outcome.control_id} was already completed."
            raise Refusal(Fault(DUPLICATE_CONTROL_ID, text, "Send a new control id."))
        function = FUNCTIONS.get(outcome.function)
        if function is None:
            text = f"The function {outcome.function} is not part of this sandbox."
            raise Refusal(Fault(NOT_OFFERED, text))
        now = self._company.now()
        call = Call(self._company, self._scope, outcome.function, outcome.control_id, now)
        outcome.answer = function(call, request)
        if outcome.answer.bare and not self._is_alone:
            text = "This sandbox answers in JSON or CSV only when the function stands alone."
            raise Refusal(Fault(NOT_OFFERED, text))
        usage.note(call, usage.transactions(call, request, outcome.answer))
        if not outcome.answer.faults:
            self._remember(outcome)

    def _remembered(self, control_id: str) -> str | None:
        """Return the result of an earlier function with that control id, if it still counts."""
        if not self._is_unique:
            return None
        hours = int(self._company.policies["control_id_retention_hours"])
        oldest = self._company.now().timestamp() - hours * 3600
        rows = self._company.store.execute(
            "SELECT result FROM completed WHERE sender = ? AND controlid = ? AND at > ?",
            (self._scope.sender, control_id, oldest),
        )
        return str(rows[0][0]) if rows else None

    def _remember(self, outcome: Outcome) -> None:
        if not self._is_unique:
            return
        if outcome.answer.faults:
            outcome.status = "failure"
        self._company.store.execute(
            "INSERT OR REPLACE INTO completed VALUES (?, ?, ?, ?)",
            (
                self._scope.sender,
                outcome.control_id,
                self._company.now().timestamp(),
                self._kept_text(outcome),
            ),
        )

    def _kept_text(self, outcome: Outcome) -> str:
        """Return the result as it can be replayed; a page that never will be is not kept."""
        answer = outcome.answer
        is_replayed = self._company.policies["repeated_control_id"] == "replay"
        if answer.bare or (answer.rows and not is_replayed):
            return ""
        pieces = Pieces()
        text = etree.tostring(self._result(outcome, pieces), encoding="utf-8")
        return pieces.put_in(text).decode()

    def _result(self, outcome: Outcome, pieces: Pieces) -> Element:
        if outcome.replayed is not None:
            return outcome.replayed
        block = result(outcome.status, outcome.function, outcome.control_id)
        answer = outcome.answer
        if answer.key:
            add(block, "key", answer.key)
        if answer.listed is not None:
            block.append(answer.listed)
        if answer.data is not None:
            block.append(answer.data)
        if answer.data is not None and answer.rows:
            answer.data.text = pieces.stand_in(answer.rows)
        if answer.faults:
            support_id = self._company.support_id()
            marked = [with_support_id(fault, support_id) for fault in answer.faults]
            add_errors(block, marked, with_details=self._with_details)
        return block
