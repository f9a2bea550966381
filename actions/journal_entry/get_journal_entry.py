"""Get Journal Entry: read one journal entry with its lines."""

from actions import verbs

ACTION = verbs.get(
    "journalEntry",
    key="getJournalEntry",
    label="Get Journal Entry",
    description="Gets a journal entry with its lines.",
    id_field="recordNo",
    example={
        "key": "30565",
        "id": "30565",
        "journal": "GJ",
        "postingDate": "2026-03-31",
        "description": "Rent of March",
        "state": "Posted",
        "lines": [
            {"lineNumber": 1, "accountNumber": "6500", "lineType": "1", "amount": "99.00"},
            {"lineNumber": 2, "accountNumber": "2080", "lineType": "-1", "amount": "99.00"},
        ],
    },
)
