"""What a client may ask about the company: dimensions, financial setup, users, preferences."""

from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.objects import OBJECTS, extensions
from connector.sandbox.refusal import Refusal, rule
from connector.sandbox.store import Record
from connector.sandbox.wire.tree import Element, add, element, text_of

# Object, and whether it is enabled in the general ledger; in the order of a recorded reply.
_DIMENSIONS = (
    ("DEPARTMENT", True), ("LOCATION", True), ("PROJECT", True), ("CUSTOMER", True),
    ("VENDOR", True), ("EMPLOYEE", True), ("ITEM", True), ("CLASS", True), ("CONTRACT", False),
    ("TASK", False), ("WAREHOUSE", False),
)  # fmt: skip
_TITLES = {"CONTRACT": "Contract", "TASK": "Task", "WAREHOUSE": "Warehouse"}
_FIRST_DIMENSION = 5001
_SETUP = {
    "baseCurrency": "USD",
    "defaultBook": "ACCRUAL",
    "firstFiscalMonth": "1",
    "multiBaseCurrency": "false",
    "multiBook": "false",
    "multiCurrency": "true",
    "multiEntityShared": "true",
}
_FORMATTING = {"locale": "en_US", "dateformat": "/mdY", "gmtoffset": "+00:00", "clock": "12"}
_ALL_RIGHTS = "List|View|Add|Edit|Delete"
_APPLICATIONS = {
    "Company": ("Contacts", "Departments", "Entities", "Locations", "Users"),
    "General Ledger": ("Accounts", "Journal entries", "Journals"),
    "Accounts Payable": ("Bills", "Payments", "Vendors"),
    "Accounts Receivable": ("Adjustments", "Customers", "Invoices", "Payments"),
    "Projects": ("Projects",),
}
_PREFERENCES = {
    "GEN": {
        "PRIMARY_ACCTNO_LENGTH": "4",
        "ACCTNO_SEPARATOR": "-",
        "SUBACCTNO_LENGTH": "0",
        "FISCAL_FIRST_MONTH": "1",
        "FISCAL_FIRST_MONTH_TAX": "1",
        "WEEK_START": "1",
        "CUSTOM_ACCOUNTING_PERIODS": "F",
    },
    "ME": {"DISABLEENTITYSLIDEIN": "false"},
    "GL": {"EMPLOYEEDIMENSION": "T", "CUSTOMERDIMENSION": "T", "VENDORDIMENSION": "T"},
}
# A subscription without preferences of its own is answered without any; another one is refused.
_SUBSCRIPTIONS = frozenset({"CM", "AP", "AR", "EE", "PO", "SO", "INV", "PA", "CS", *_PREFERENCES})

_SUBSCRIBED = ("CO", "CM", "GL", "AP", "AR", "ME", "PA")


def get_dimensions(_call: Call, _request: Element) -> Answer:
    """List the dimensions."""
    data = element("data")
    dimensions = add(data, "dimensions")
    own = {dimension.name for dimension in extensions.dimensions()}
    for name, is_enabled in _dimensions():
        block = add(dimensions, "dimension")
        title = OBJECTS[name].title if name in OBJECTS else _TITLES[name]
        add(block, "objectName", name)
        add(block, "objectLabel", title)
        add(block, "termLabel", title)
        add(block, "userDefinedDimension", "true" if name in own else "false")
        add(block, "enabledInGL", "true" if is_enabled else "false")
    return Answer(data)


def _dimensions() -> list[tuple[str, bool]]:
    """Return every dimension, those that the company made itself last."""
    return [*_DIMENSIONS, *((made.name, True) for made in extensions.dimensions())]


def get_dimension_relationships(_call: Call, _request: Element) -> Answer:
    """List the dimensions with their relations to each other; standard ones have none."""
    data = element("data")
    for number, (name, _) in enumerate(_dimensions(), start=_FIRST_DIMENSION):
        block = add(data, "relationship")
        add(block, "dimension", name)
        add(block, "object_id", str(number))
        add(block, "autofillrelated", "false")
        add(block, "enableoverride", "false")
    return Answer(data)


def get_financial_setup(_call: Call, _request: Element) -> Answer:
    """Say which currency, books and months the company has."""
    data = element("data")
    block = add(data, "financialSetup")
    for name, value in _SETUP.items():
        add(block, name, value)
    return Answer(data)


def get_user_permissions(call: Call, request: Element) -> Answer:
    """List what a user may do; everybody here may do everything."""
    _user(call, text_of(request, "userId"))
    data = element("data")
    permissions = add(data, "permissions")
    for application, names in _APPLICATIONS.items():
        block = add(permissions, "appSubscription")
        add(block, "applicationName", application)
        policies = add(block, "policies")
        for name in names:
            policy = add(policies, "policy")
            add(policy, "policyName", name)
            add(policy, "rights", _ALL_RIGHTS)
    return Answer(data)


def read_user_formatting(call: Call, request: Element) -> Answer:
    """Say how dates and times look to a user, named by record number or by id."""
    user = _user(call, text_of(request, "userId"), text_of(request, "key"))
    data = element("data")
    block = add(data, "userformatting")
    add(block, "recordno", str(user.recordno))
    for name, value in _FORMATTING.items():
        add(block, name, value)
    return Answer(data)


def _user(call: Call, login: str, key: str = "") -> Record:
    number = call.store.get("USERINFO", key) if key else None
    found = [number] if number else call.store.by_id("USERINFO", login)
    if not found:
        raise _no_user(login or key)
    return found[0]


def _no_user(name: str) -> Refusal:
    return rule(f"The user {name} does not exist.", object_name="USERINFO")


def get_companyprefs(_call: Call, request: Element) -> Answer:
    """List the preferences of a subscription."""
    application = request.get("application", "").strip()
    if application not in _SUBSCRIPTIONS:
        raise rule(f"The application {application} is not valid.", field="application")
    data = element("data")
    for name, value in _PREFERENCES.get(application, {}).items():
        block = add(data, "companypref")
        add(block, "application", application)
        add(block, "preference", name)
        add(block, "prefvalue", value)
    return Answer(data)


def get_applications(_call: Call, _request: Element) -> Answer:
    """List the subscriptions of the company."""
    data = element("data")
    for name in _SUBSCRIBED:
        add(data, "application", name)
    return Answer(data)


def get_closedbooksdate(call: Call, _request: Element) -> Answer:
    """Say through which day the books are closed."""
    data = element("data")
    block = add(data, "closedbooksdate")
    parts = call.company.policies["books_closed_through"].split("-")
    for name, part in zip(("year", "month", "day"), parts, strict=True):
        add(block, name, part)
    return Answer(data)


FUNCTIONS: dict[str, Function] = {
    "getDimensions": get_dimensions,
    "getDimensionRelationships": get_dimension_relationships,
    "getFinancialSetup": get_financial_setup,
    "getUserPermissions": get_user_permissions,
    "readUserFormatting": read_user_formatting,
    "get_companyprefs": get_companyprefs,
    "get_applications": get_applications,
    "get_closedbooksdate": get_closedbooksdate,
}
