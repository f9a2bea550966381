"""What the entries of the general ledger have in common: two sides, and dimensions."""

from connector.sandbox.record import Body

SIDES = {"1": "-1", "-1": "1"}  # debit and credit, each with the other one
DIMENSIONS = (
    "LOCATION", "DEPARTMENT", "PROJECTID", "TASKID", "COSTTYPEID", "CUSTOMERID", "VENDORID",
    "EMPLOYEEID", "ITEMID", "CLASSID", "CONTRACTID", "WAREHOUSEID",
)  # fmt: skip
_SIDE_AMOUNTS = {"1": ("DEBITAMOUNT", "CREDITAMOUNT"), "-1": ("CREDITAMOUNT", "DEBITAMOUNT")}


def opposite(line: Body) -> Body:
    """Return the line that takes back another one."""
    body = {**line, "TR_TYPE": SIDES[line["TR_TYPE"]]}
    settle_sides(body)
    return body


def settle_sides(body: Body) -> None:
    """Fill in what the details of the general ledger show of a line."""
    mine, other = _SIDE_AMOUNTS[body["TR_TYPE"]]
    body[mine] = body["AMOUNT"]
    body[other] = "0"
