"""The details of the ledgers: lines of other objects, shown once their owner is posted."""

from connector.sandbox.objects.definition import Relation, describe

GLDETAIL = describe(
    "GLDETAIL",
    "GL detail",
    "RECORDNO",
    """
BATCHKEY int <- GLBATCH.RECORDNO
BATCH_DATE date <- GLBATCH.BATCH_DATE
BATCH_TITLE text <- GLBATCH.BATCH_TITLE
SYMBOL text <- GLBATCH.JOURNAL
BATCH_NO int <- GLBATCH.BATCHNO
BOOKID text default=ACCRUAL
CHILDENTITY text
MODIFIED stamp <- GLBATCH.MODIFIED
REFERENCENO text <- GLBATCH.REFERENCENO
ADJ tf <- GLBATCH.ADJ
MODULEKEY text <- GLBATCH.MODULE
OWNERSHIPKEY int
LINE_NO int readonly
ENTRY_DATE date readonly
TR_TYPE int
DOCUMENT text
ACCOUNTNO text
ACCOUNTTITLE text
STATISTICAL tf
DEPARTMENTID text <- DEPARTMENTOF.DEPARTMENTID
DEPARTMENTTITLE text <- DEPARTMENTOF.TITLE
LOCATIONID text <- LOCATIONOF.LOCATIONID
LOCATIONNAME text <- LOCATIONOF.NAME
CURRENCY text
BASECURR text
DESCRIPTION text
DEBITAMOUNT money readonly default=0
CREDITAMOUNT money readonly default=0
AMOUNT money
TRX_AMOUNT money
CUSTOMERID text
VENDORID text
PROJECTID text
EMPLOYEEID text
ITEMID text
CLASSID text
""",
    relations={
        "GLBATCH": Relation("GLBATCH", "BATCHNO", is_by_number=True),
        "JOURNAL": Relation("GLJOURNAL", "GLBATCH.JOURNAL"),
        "DEPARTMENTOF": Relation("DEPARTMENT", "DEPARTMENT"),
        "LOCATIONOF": Relation("LOCATION", "LOCATION"),
    },
    is_unique=False,
)


def _subledger(name: str, title: str, owner: str, party: str) -> tuple[str, str, str, str]:
    return (
        name,
        title,
        "RECORDNO",
        f"""
RECORDKEY int readonly #{owner}:{owner}
RECORDTYPE text
RECORDID text <- {owner}.RECORDID
DOCNUMBER text <- {owner}.DOCNUMBER
{party}ID text <- {owner}.{party}ID
{party}NAME text <- {owner}.{party}NAME
STATE text <- {owner}.STATE
WHENCREATED date <- {owner}.WHENCREATED
WHENDUE date <- {owner}.WHENDUE
LINE_NO int
ENTRY_DATE date
ACCOUNTNO text ->GLACCOUNT
ACCOUNTTITLE text <- GLACCOUNT.TITLE
AMOUNT money
TRX_AMOUNT money
CURRENCY text
TOTALPAID money
TRX_TOTALPAID money
ENTRYDESCRIPTION text
DEPARTMENTID text ->DEPARTMENT
DEPARTMENTNAME text <- DEPARTMENT.TITLE
LOCATIONID text ->LOCATION
LOCATIONNAME text <- LOCATION.NAME
PROJECTID text
ITEMID text
CLASSID text
""",
    )


APDETAIL = describe(*_subledger("APDETAIL", "AP detail", "APBILL", "VENDOR"), is_unique=False)
ARDETAIL = describe(*_subledger("ARDETAIL", "AR detail", "ARINVOICE", "CUSTOMER"), is_unique=False)

# They have no records of their own: the lines of another object whose owner is posted are theirs.
VIEWS = {
    "GLDETAIL": ("GLENTRY", "GLBATCH"),
    "APDETAIL": ("APBILLITEM", "APBILL"),
    "ARDETAIL": ("ARINVOICEITEM", "ARINVOICE"),
}
DETAIL_OBJECTS = (GLDETAIL, APDETAIL, ARDETAIL)
