"""List AR Terms: payment terms for customers, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "term",
    key="listArTerms",
    label="List AR Terms",
    description="Lists payment terms for customers, all or those with the given values.",
    columns=(
        "termName",
        "description",
        "dueDays",
        "discountDays",
        "discountAmount",
        "discountUnit",
        "active",
        "dateModified",
    ),
    example={"key": "12", "id": "Net 30", "termName": "Net 30", "dueDays": 30},
)
