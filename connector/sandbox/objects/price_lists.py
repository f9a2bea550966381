"""Price lists of inventory."""

from connector.sandbox.objects.definition import describe

_STATUS = "STATUS enum(active=T|inactive=F) default=active\nWHENCREATED stamp readonly\n"

INVPRICELISTENTRY = describe(
    "INVPRICELISTENTRY",
    "Price list entry",
    "RECORDNO",
    """
PRICELISTID text
ITEMID text ->ITEM
ITEMNAME text <- ITEM.NAME
DATEFROM date
DATETO date
QTYLIMITMIN rate
QTYLIMITMAX rate
VALUE money
VALUETYPE text
FIXED text
CURRENCY text default=USD
"""
    + _STATUS,
    is_unique=False,
)
