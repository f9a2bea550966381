"""List AP Terms: payment terms for vendors, page by page."""

from actions import verbs

ACTION = verbs.list_(
    "apTerm",
    key="listApTerms",
    label="List AP Terms",
    description="Lists payment terms for vendors, all or those with the given values.",
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
