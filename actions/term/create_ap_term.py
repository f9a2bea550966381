"""Create AP Term: a new payment term for vendors."""

from actions import verbs
from actions.term.rules import term_values

ACTION = verbs.create(
    "apTerm",
    key="createApTerm",
    label="Create AP Term",
    description="Creates a new payment term for vendors.",
    values=term_values,
    example={"key": "12", "id": "Net 30"},
)
