"""Workflows to start from: each a workflow file as people write them, and what has to be filled in.

``<name>.yaml`` is a workflow that could be published as it stands; ``<name>.about.yaml`` tells what
it is for, which connections it names, and which places of it are settings. What stands at a place
is the setting's default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from connector.errors import InputError, NotFound
from connector.runtime.services import Services
from connector.workbench import drafts, places
from connector.workbench.draft_rows import Draft
from connector.workflow import yaml_loader
from connector.workflow.source import OPEN
from connector.workflow.wording import printable

# In the order in which people are shown them: the best known one first.
_KEYS = (
    "hubspot_deal_to_invoice",
    "stripe_payment_to_ar_payment",
    "csv_to_bills",
    "new_vendor_approval",
    "overdue_invoice_alert",
    "nightly_customer_sync",
    "monthly_journal_from_sql",
    "intacct_invoice_to_webhook",
)
_LONGEST_SETTING = 20_000


@dataclass(frozen=True)
class Need:
    """A connection that a template names.

    Args:
        name: What the template calls it.
        kind: Which kind it has to be of.
        title: What it is to people.
        help: What it is for.
    """

    name: str
    kind: str
    title: str
    help: str


@dataclass(frozen=True)
class Setting:
    """A place of the workflow that differs from company to company.

    Args:
        key: What commands and forms call it.
        at: Where it stands, such as ``steps[1].config.termName``.
        title: What it is to people.
        help: What to fill in.
        default: What stands there; the parts of a list with commas between them.
        is_list: Whether a list stands there.
    """

    key: str
    at: str
    title: str
    help: str
    default: str
    is_list: bool


@dataclass(frozen=True)
class Template:
    """A workflow to start from.

    Args:
        key: What commands call it, such as ``csv_to_bills``.
        title: The name of the workflow.
        summary: One sentence.
        setup: What has to be done besides filling in.
        needs: The connections.
        settings: What can be filled in.
        warnings: The warnings of validation that are meant to be, by place, each with its reason.
        document: The workflow with its defaults.
    """

    key: str
    title: str
    summary: str
    setup: str
    needs: tuple[Need, ...]
    settings: tuple[Setting, ...]
    warnings: Mapping[str, str]
    document: Mapping[str, Any]

    def filled(
        self,
        *,
        name: str = "",
        connections: Mapping[str, str] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Return the workflow with what was filled in; what was not keeps its default.

        Args:
            name: What it is called; blank for the template's title.
            connections: The connections to use, by the names in the template.
            settings: The values, by key; blank for the default.

        Raises:
            InputError: There is no such connection or setting in it, or a value is an expression.
        """
        document = dict(self.document)
        if name.strip():
            document["name"] = name.strip()
        by_key = {setting.key: setting for setting in self.settings}
        for key, value in (settings or {}).items():
            if key not in by_key:
                raise _unknown("setting", key, list(by_key))
            if value.strip():
                document = places.with_value(document, by_key[key].at, _read(by_key[key], value))
        bound = {old: new.strip() for old, new in (connections or {}).items() if new.strip()}
        known = [need.name for need in self.needs]
        if strange := sorted(set(bound) - set(known)):
            raise _unknown("connection", strange[0], known)
        for place, old in _connections(document).items():
            document = places.with_value(document, place, bound.get(old, old))
        return document


def every() -> tuple[Template, ...]:
    """Return all templates, the best known one first."""
    return tuple(template(key) for key in _KEYS)


@cache
def template(key: str) -> Template:
    """Return a template by its key.

    Raises:
        NotFound: There is none of that key.
    """
    if key not in _KEYS:
        raise NotFound(
            f"There is no template '{printable(key)}'.", advice=f"There is: {', '.join(_KEYS)}."
        )
    about: dict[str, Any] = yaml_loader.load(_file(f"{key}.about.yaml"))
    document: dict[str, Any] = yaml_loader.load(text(key))
    return Template(
        key=key,
        title=document["name"],
        summary=about["summary"],
        setup=about["setup"],
        needs=tuple(Need(**need) for need in about["connections"]),
        settings=tuple(_setting(document, one) for one in about["settings"]),
        warnings={one["at"]: one["why"] for one in about.get("warnings", ())},
        document=document,
    )


def text(key: str) -> str:
    """Return a template's workflow file, such as that of ``hubspot_deal_to_invoice``.

    Raises:
        FileNotFoundError: There is none of that key.
    """
    return _file(f"{key}.yaml")


def begin(
    services: Services,
    key: str,
    *,
    actor: str,
    name: str = "",
    connections: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
) -> Draft:
    """Begin a draft from a template; see ``Template.filled``. Nothing runs before it is published.

    Connections that are not there yet may be added later; one of another kind is refused.

    Raises:
        NotFound: There is no such template.
        InputError: Something was filled in that does not fit.
    """
    found = template(key)
    document = found.filled(name=name, connections=connections, settings=settings)
    for need in found.needs:
        wanted = (connections or {}).get(need.name, "").strip() or need.name
        row = services.connections.by_name(wanted)
        if row is not None and row.kind != need.kind:
            raise InputError(
                f"The connection '{row.name}' is of the kind {row.kind}, and {need.title} is "
                f"{need.kind}.",
                advice="Choose another connection.",
                field=need.name,
            )
    return drafts.begin_new(services.database, document, actor=actor)


def _file(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def _setting(document: Mapping[str, Any], one: Mapping[str, str]) -> Setting:
    there = places.at(document, one["at"])
    is_list = isinstance(there, list)
    default = ", ".join(there) if is_list else str(there)
    return Setting(one["key"], one["at"], one["title"], one["help"], default, is_list)


def _read(setting: Setting, value: str) -> Any:
    if OPEN in value or len(value) > _LONGEST_SETTING:
        raise InputError(
            f"{setting.title} is a plain value.",
            advice="Begin the workflow first; expressions are written in its steps.",
            field=setting.key,
        )
    if setting.is_list:
        return [part.strip() for part in value.split(",") if part.strip()]
    return value.strip()


def _connections(document: Mapping[str, Any]) -> dict[str, str]:
    trigger = document["trigger"]
    found = {"trigger.connection": trigger["connection"]} if "connection" in trigger else {}
    for step in places.every_step(document):
        if "connection" in step.step:
            found[f"{step.place}.connection"] = step.step["connection"]
    return found


def _unknown(what: str, name: str, known: list[str]) -> InputError:
    return InputError(
        f"The template has no {what} '{printable(name)}'.",
        advice=f"It has: {', '.join(known)}.",
        field=name,
    )
