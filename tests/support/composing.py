"""A builder before the composer, without a browser: open a form, press its buttons."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

from werkzeug.test import TestResponse

from connector.runtime.services import Services
from connector.workbench import drafts
from connector.workbench.drafts import Draft

DEAL_TO_INVOICE: dict[str, Any] = {
    "name": "Deal to invoice",
    "trigger": {
        "type": "hubspot.deal",
        "connection": "hubspot",
        "config": {"stages": ["won", "lost"]},
    },
    "once": "{{ input.deal.id }}",
    "steps": [
        {
            "id": "customer",
            "type": "sage-intacct.findOrCreateCustomer",
            "connection": "books",
            "config": {"customerName": "{{ input.company.name }}"},
        },
        {
            "id": "invoice",
            "type": "sage-intacct.createInvoice",
            "connection": "books",
            "config": {
                "customerId": "{{ steps.customer.id }}",
                "dateCreated": "{{ date(input.deal.closedate) }}",
                "lineItems": {
                    "each": "{{ input.lineItems }}",
                    "as": "line",
                    "value": {"accountNumber": "4000", "amount": "{{ line.amount }}"},
                },
            },
        },
    ],
}
_NOT_OF_THE_STEP = {"form_token", "revision", "step_at", "add_block", "add_after", "q"}


@dataclass
class Composer:
    """One draft, one browser and what its forms hold.

    Args:
        services: Where the draft is kept.
        browser: Who composes; anything with ``get`` and ``post``.
        id: The draft's workflow.
    """

    services: Services
    browser: Any
    id: str

    @property
    def draft(self) -> Draft:
        """The draft as it is now."""
        found = drafts.draft_of(self.services.database, self.id)
        assert found is not None
        return found

    @property
    def ids(self) -> list[str]:
        """The ids of the outermost steps."""
        return [step["id"] for step in self.draft.document["steps"]]

    def config(self, index: int) -> dict[str, Any]:
        """Return the settings of an outermost step."""
        found: dict[str, Any] = self.draft.document["steps"][index]["config"]
        return found

    def page(self, at: str = "") -> str:
        """Return the page with a step open."""
        text: str = self.browser.get(f"/workflows/{self.id}", query_string={"at": at}).text
        return text

    def form(self, at: str) -> dict[str, str]:
        """Return the fields of an open step as a browser would post them."""
        return fields_in(self.page(at))

    def press(self, do: str, at: str = "", fields: Any = None, **more: str) -> TestResponse:
        """Press a button, with the form of an open step as it is shown or as it is given."""
        held = fields if fields is not None else (self.form(at) if at else {})
        given = {"revision": str(self.draft.revision), "do": do, "step_at": at, **held, **more}
        answer: TestResponse = self.browser.post(f"/workflows/{self.id}", given)
        return answer


def fields_in(text: str) -> dict[str, str]:
    """Return the names and values of the fields of the composer's open step."""
    form = text[text.index('<form id="compose"') :]
    form = form[: form.index("</form>")]
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        is_off = 'type="checkbox"' in tag and "checked" not in tag
        if name and not is_off:
            found[name[1]] = html.unescape(value[1]) if value else ""
    for called, given in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>([^<]*)<', form):
        found[called] = html.unescape(given)
    select = r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>'
    for called, options in re.findall(select, form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[called] = html.unescape(chosen[1]) if chosen else ""
    return {name: value for name, value in found.items() if name not in _NOT_OF_THE_STEP}
