"""The log of Smart Events: which one ran for which record, written by the company alone."""

from connector.sandbox.objects.definition import Field, ObjectType

# It has these fields and no others, not even those of the audit.
SMARTEVENTLOG = ObjectType(
    "SMARTEVENTLOG",
    "Smart Event log",
    "RECORDNO",
    {
        name: Field(name, kind, is_readonly=True)
        for name, kind in (
            ("RECORDNO", "int"),
            ("SMARTLINKID", "text"),
            ("TOPIC", "text"),
            ("OWNEROBJECT", "text"),
            ("TIMESTAMP", "stamp"),
            ("USERID", "text"),
            ("OBJECTKEY", "text"),
        )
    },
    {},
    is_unique=False,
)
