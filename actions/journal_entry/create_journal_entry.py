"""Create Journal Entry: debit and credit accounts of the general ledger."""

from actions import verbs
from actions.journal_entry.rules import entry_values

ACTION = verbs.create(
    "journalEntry",
    key="createJournalEntry",
    label="Create Journal Entry",
    description="Creates a journal entry whose debits and credits balance, posted unless a draft.",
    values=entry_values,
    example={"key": "30565", "id": "30565"},
)
