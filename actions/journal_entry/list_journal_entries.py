"""List Journal Entries: entries of the general ledger, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "journalEntry",
    key="listJournalEntries",
    label="List Journal Entries",
    description="Lists journal entries, of one journal or of all.",
    columns=(
        "recordNo",
        "journal",
        "entryNumber",
        "postingDate",
        "description",
        "referenceNumber",
        "state",
    ),
    example={
        "key": "30565",
        "id": "30565",
        "journal": "GJ",
        "postingDate": "2026-03-31",
        "description": "Rent of March",
        "state": "Posted",
    },
)
