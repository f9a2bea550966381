"""Update Journal Entry: write an entry anew, with all its lines, or post a draft."""

from actions import verbs
from actions.journal_entry.rules import entry_values

ACTION = verbs.update(
    "journalEntry",
    key="updateJournalEntry",
    label="Update Journal Entry",
    description="Changes a journal entry; the lines given replace all lines of the entry.",
    values=entry_values,
    example={"key": "30565", "id": "30565"},
)
