"""Named switches for what nobody outside Sage knows, and for settings of a company that differ."""

import re
import threading
from dataclasses import dataclass

CHOICE = "true|false"


@dataclass(frozen=True)
class Policy:
    """One switch: its default, the values it takes (a pattern) and what it decides.

    A setting differs between companies or is the sandbox's own; of the others nobody outside Sage
    knows which value is right.
    """

    default: str
    values: str
    meaning: str
    is_setting: bool = False

    @property
    def standing(self) -> str:
        """Say whether the right value is known."""
        if self.is_setting:
            return "A setting: companies and installations differ."
        return "Nobody outside Sage knows. The default is a guess; prove nothing by it."


POLICIES = {
    "signin_errors": Policy(
        "classic",
        "classic|gateway",
        "Wrong credentials: HTTP 200 with a failure inside, or HTTP 400/401 with control only.",
    ),
    "repeated_control_id": Policy(
        "error",
        "error|replay",
        "What a completed control id gets when it comes again: a refusal or the first answer.",
    ),
    "refused_burns_control_id": Policy(
        "false",
        CHOICE,
        "Whether a refused function uses up its control id as a completed one does.",
    ),
    "control_id_retention_hours": Policy(
        "24", "[0-9]+", "How long completed function control ids are remembered."
    ),
    "transaction_culprit": Policy(
        "failure", "failure|aborted", "Status of the function that made a transaction roll back."
    ),
    "after_culprit": Policy(
        "aborted", "aborted|omitted", "What a reply says of the functions after that one."
    ),
    "unknown_fields": Policy(
        "ignore", "ignore|refuse", "What create and update do with elements they do not know."
    ),
    "strict_endpoint": Policy(
        "false", CHOICE, "Whether a session works only at the endpoint it was given."
    ),
    "unique_invoice_numbers": Policy(
        "true", CHOICE, "Whether invoice numbers may not repeat.", is_setting=True
    ),
    "number_invoices": Policy(
        "made",
        "made|blank|refused",
        "What happens to an invoice without a number.",
        is_setting=True,
    ),
    "number_customers": Policy(
        "true", CHOICE, "Whether a blank customer id is filled in.", is_setting=True
    ),
    "number_vendors": Policy(
        "false", CHOICE, "Whether a blank vendor id is filled in.", is_setting=True
    ),
    "number_projects": Policy(
        "false", CHOICE, "Whether a blank project id is filled in.", is_setting=True
    ),
    "number_employees": Policy(
        "false", CHOICE, "Whether a blank employee id is filled in.", is_setting=True
    ),
    "number_attachments": Policy(
        "true", CHOICE, "Whether a blank attachment id is filled in.", is_setting=True
    ),
    "unique_bill_numbers": Policy(
        "true", CHOICE, "Whether a vendor's bill numbers may not repeat.", is_setting=True
    ),
    "number_bills": Policy(
        "blank",
        "made|blank|refused",
        "What happens to a bill without a number.",
        is_setting=True,
    ),
    "bill_approvals": Policy(
        "0", "[0-9]", "How many approvals a submitted bill needs; 0 posts it.", is_setting=True
    ),
    "vendor_approvals": Policy(
        "false", CHOICE, "Whether a new vendor waits for its approval.", is_setting=True
    ),
    "bill_payments": Policy(
        "posted",
        "posted|approved|submitted",
        "Where a submitted AP payment lands: paid at once, or waiting for the request verbs.",
        is_setting=True,
    ),
    "ar_inline_credits": Policy(
        "true",
        "true|false",
        "Whether lines below zero of an invoice can be used as credits for its other lines.",
        is_setting=True,
    ),
    "journal_balance": Policy(
        "entity",
        "entity|currency",
        "Whether journal lines balance per entity too, unless a base entity is named.",
        is_setting=True,
    ),
    "vendor_contact_name": Policy(
        "numbered", "numbered|plain", "What a vendor's contact is called: NAME(VID) or NAME."
    ),
    "line_location_required": Policy(
        "false",
        CHOICE,
        "Whether each invoice line needs a location unless an entity is signed in.",
        is_setting=True,
    ),
    "books_closed_through": Policy(
        "2024-12-31",
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
        "Last day of the closed periods.",
        is_setting=True,
    ),
    "concurrency": Policy(
        "0",
        "[0-9]{1,4}",
        "How many requests the company takes at once; one more gets HTTP 429. 0 is no limit.",
        is_setting=True,
    ),
    "retry_after_seconds": Policy(
        "0", "[0-9]{1,5}", "The Retry-After header of a 429; 0 leaves it out."
    ),
    "auth_lockout": Policy(
        "0", "[0-9]{1,4}", "How many wrong passwords in a row lock a user out; 0 never does."
    ),
    "result_expiry_minutes": Policy(
        "0",
        "[0-9]{1,6}",
        "How long a resultId lives unused; 0 is as long as its session.",
    ),
    "read_more_from": Policy(
        "session",
        "session|company",
        "Who may read on with a resultId: the session that has it, or any of the company.",
    ),
    "entity_switch": Policy(
        "keeps",
        "keeps|ends_results|ends_session",
        "What getAPISession for another entity ends: nothing, the results of the session that"
        " asks, or that session.",
    ),
    "aggregate_names": Policy(
        "prefixed", "prefixed|bare", "Whether a sum is called SUM.X or X in the answer of query."
    ),
    "query_dates": Policy(
        "us", "us|iso", "Whether query writes dates as MM/DD/YYYY or as YYYY-MM-DD."
    ),
    "reads_by_key_count": Policy(
        "false", CHOICE, "Whether read and readByName count as API transactions."
    ),
    "legacy_get_missing": Policy(
        "refused", "refused|empty", "What legacy get answers when there is no such record."
    ),
    "webhook_signature": Policy(
        "jwt", "jwt|envelope", "A webhook's signature: the JWT itself, or base64 JSON around it."
    ),
    "webhook_headers": Policy(
        "current", "current|older", "Which of the documented spellings webhook headers have."
    ),
    "event_context": Policy(
        "json", "json|broken", "Whether the client context of an event is valid JSON."
    ),
    "delivery_retry_scale": Policy(
        "1", r"[0-9]+(\.[0-9]+)?", "What the waits of 10, 30 and 90 seconds are multiplied by."
    ),
    "rest_grant_replaces": Policy(
        "authorization",
        "authorization|any|none",
        "Which new REST grants silently end earlier ones of the same application and user: those"
        " of the consent page, client credentials too, or none.",
    ),
    "rest_refresh_rotates": Policy("true", CHOICE, "Whether a refresh token works only once."),
    "rest_access_token_seconds": Policy(
        "43200", "[1-9][0-9]{0,6}", "How long a REST access token lives."
    ),
    "rest_invalid_token_status": Policy(
        "401", "401|400", "The HTTP status of a REST token that no longer counts."
    ),
    "rest_redirect_needs_https": Policy(
        "false", CHOICE, "Whether a grant may go only to https addresses, as Intacct registers."
    ),
    "rest_error_envelope": Policy(
        "result", "result|top", "Whether a REST error stands inside ia::result or in its place."
    ),
    "rest_readonly_fields": Policy(
        "refuse", "refuse|ignore", "What a REST write does with fields that only Intacct fills."
    ),
    "rest_duplicate_status": Policy(
        "422", "422|409", "The HTTP status of a REST write that repeats a unique value."
    ),
    "rest_bill_default_state": Policy(
        "draft", "draft|posted", "The state of a bill that a REST client makes without a state."
    ),
    "rest_list_parameters": Policy(
        "refuse", "refuse|accept", "Whether a REST list takes start and size or refuses them."
    ),
    "rest_last_page": Policy(
        "null", "null|zero|omitted", "What the meta of the last page says of the next one."
    ),
    "rest_batch_items": Policy(
        "wrapped",
        "wrapped|flat",
        "Whether an item of a batch holds its result inside ia::result or beside its status.",
    ),
    "rest_minute_limit": Policy(
        "0",
        "[0-9]{1,6}",
        "How many REST requests a minute are taken; 0 is any number.",
        is_setting=True,
    ),
    "rest_hour_limit": Policy(
        "0",
        "[0-9]{1,7}",
        "How many REST requests an hour are taken; 0 is any number.",
        is_setting=True,
    ),
    "rest_cpu_limit": Policy(
        "0",
        "[0-9]{1,7}",
        "How much computing time REST requests may use a minute, each costing 1; 0 is no limit.",
        is_setting=True,
    ),
    "rest_overload_status": Policy(
        "429", "429|503", "The HTTP status of a REST request beyond a limit."
    ),
    "rest_retry_header": Policy(
        "Retry-After",
        "Retry-After|X-IA-Throttle-Limit-RetryAfter|X-IA-Hour-Rate-Limit-Retry-After|none",
        "Which header tells when to try again.",
    ),
    "rest_job_state_name": Policy(
        "state", "state|processingStatus", "What the state of an asynchronous request is called."
    ),
}


class Policies:
    """The current values; safe to read and change from several threads."""

    def __init__(self, chosen: dict[str, str]) -> None:
        """Start from the defaults and apply what was chosen; an unknown one raises ValueError."""
        self._lock = threading.Lock()
        self._values = {name: policy.default for name, policy in POLICIES.items()}
        self.change(chosen)
        self._first = self.all()

    def restore(self) -> None:
        """Go back to what was chosen at the start."""
        self.change(self._first)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def is_on(self, name: str) -> bool:
        """Return whether a yes-or-no policy says yes."""
        return self._values[name] == "true"

    def change(self, chosen: dict[str, str]) -> None:
        """Set several policies, or none of them when a name or a value is not known."""
        for name, value in chosen.items():
            if name not in POLICIES:
                raise ValueError(f"There is no policy named {name}. Known: {', '.join(POLICIES)}.")
            if not re.fullmatch(POLICIES[name].values, value):
                raise ValueError(f"{name} takes {POLICIES[name].values}, not {value!r}.")
        with self._lock:
            self._values.update(chosen)

    def all(self) -> dict[str, str]:
        """Return every policy with its current value."""
        with self._lock:
            return dict(self._values)
