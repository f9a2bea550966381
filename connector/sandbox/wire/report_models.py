"""What functions that report on the ledgers may hold: facts of the official schema (api.xsd)."""

_PERIOD = "(reportingperiodname | (startdate:DATE, enddate:DATE))"
_ACCOUNTS = "(glaccountno | accountgroupname | (startaccountno, endaccountno))?"
_BOOKS = "reportingbook?, adjbooks?, includereportingbook?, statistical?"
_WITH_TYPES = ("project", "customer", "vendor", "employee")
_PLAIN = ("task", "costtype", "class", "contract", "warehouse", "asset")


def _loose(name: str) -> str:
    """Return a dimension whose switch for subordinates may stand without it."""
    own = f"{name}id?, {name}id_subs?"
    return f"(({own}) | {name}typeid?)" if name in _WITH_TYPES else own


def _tied(name: str) -> str:
    """Return a dimension whose switch for subordinates needs it."""
    own = f"({name}id, {name}id_subs?)"
    return f"({own} | {name}typeid)?" if name in _WITH_TYPES else f"{own}?"


_LOOSE = ", ".join(
    (
        *(_loose(name) for name in ("project", "task", "costtype", "customer", "vendor")),
        _loose("employee"),
        "itemid?, productlineid?",
        *(_loose(name) for name in ("class", "contract", "warehouse", "asset")),
    )
)
_TIED = ", ".join(
    (
        *(_tied(name) for name in ("project", "task", "costtype", "customer", "vendor")),
        _tied("employee"),
        "itemid?, productlineid?",
        *(_tied(name) for name in ("class", "contract", "warehouse", "asset")),
    )
)

REPORTS = f"""
get_araging = agingperiods?, customerid?, invoiceno?, locationid?, departmentid?, asofdate:DATE?,
    useduedate?, showdetails?, documenttype?, useglpostdate?, showzerowithactivity?
get_trialbalance = {_PERIOD}, showzerobalances?, showdeptdetail?, showlocdetail?, {_BOOKS},
    departmentid?, dept_subs?, locationid?, loc_subs?, {_LOOSE}, userDefinedDimensions?,
    debitcreditbalance?
get_accountbalances = {_PERIOD}, {_ACCOUNTS}, locationid?, departmentid?, showzerobalances?,
    {_BOOKS}, dept_subs?, loc_subs?, {_LOOSE}, userDefinedDimensions?
get_accountbalancesbydimensions = {_PERIOD}, contentselection?, budgetid?, budgetcomparison?,
    showperiodbalancedetail?, showzerowithactivity?, {_ACCOUNTS}, {_BOOKS},
    (departmentid, dept_subs?)?, (locationid, loc_subs?)?, {_TIED}, userDefinedDimensions?, groupby?
adjbooks = adjbook+
userDefinedDimensions = userDefinedDimension+
userDefinedDimension = objectName, (recordId | recordName)
retrievepdf = ARINVOICE:SHOWN_INVOICE | SODOCUMENT:SHOWN_ORDER
SHOWN_INVOICE = {{RECORDNO}}
SHOWN_ORDER = {{DOCID?}}
approveVendor = recordno, reviewcomments?
declineVendor = recordno, reviewcomments?
get_applications = EMPTY
get_closedbooksdate = EMPTY
get_invoice @key! @externalkey=true|false = EMPTY
get_bill @key! @externalkey=true|false = EMPTY
get_aradjustment @key! @externalkey=true|false = EMPTY
get_apadjustment @key! @externalkey=true|false = EMPTY
"""
