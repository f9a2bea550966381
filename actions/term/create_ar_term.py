"""Create AR Term: a new payment term for customers."""

from actions import verbs
from actions.term.rules import term_values

ACTION = verbs.create(
    "term",
    key="createArTerm",
    label="Create AR Term",
    description="Creates a new payment term for customers.",
    values=term_values,
    example={"key": "12", "id": "Net 30"},
)
