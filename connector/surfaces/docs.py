"""The handbook of actions as Markdown, rendered from their descriptions.

``python -m connector.surfaces.docs docs/actions`` writes it; a test holds it against drift.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import schemas
from connector import registry
from connector.component import Action, Effect
from connector.errors import (
    Conflict,
    ConnectionProblem,
    ConnectorError,
    DuplicateRecord,
    InputError,
    NotFound,
    OutcomeUnknown,
    Parked,
    RateLimited,
    Refused,
    Uncertain,
    Unreachable,
)
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.error_rules import RULES, Rule
from connector.registry import COMPONENT, Registry
from connector.surfaces.catalog import DOCUMENTATION, changelog
from connector.surfaces.doc_tables import cell, input_tables, kind_of, spoken, table
from connector.surfaces.needs import needs_of

INDEX, ERRORS = "README.md", "errors.md"
GENERATED = "<!-- Rendered from the descriptions: change those, not this page. -->\n"

_MORE = (
    f"What Intacct's own numbers and words mean stands in [Errors]({ERRORS}). "
    f"All actions: [Actions]({INDEX}).\n"
)
_ABOUT_ACTIONS = (
    "Every action checks its inputs before anything is sent, gives one form of result over "
    f"both APIs, and words its errors for the person who has to act ([Errors]({ERRORS})).\n"
)
_ABOUT_GROUPS = (
    "These inputs may also be given together, as an object under the key of their group; the same "
    "request results.\n"
)
_ABOUT_PERMISSIONS = (
    "Give the connection's user a role with these permissions and no more; leave out what your "
    "workflows do not use. Applications and ticks are named as in Sage's help on roles; a page in "
    "Intacct may use other words, by country and release. Where a permission is missing, the error "
    "says so in Intacct's own words.\n"
)
_ABOUT_ERRORS = (
    "Intacct uses one number for many things, so an error is judged by its number, its place in "
    "the answer and its words; the first line that fits counts. `XL03000009` is the notice of a "
    "rollback and no ended session, `BL01001973` a wrapper around other errors and no proof of a "
    "duplicate, unless their words say so. A number that is not here keeps Intacct's own sentence, "
    "its correction and the support ID.\n"
)
_ALWAYS: tuple[type[ConnectorError], ...] = (
    InputError,
    ConnectionProblem,
    Refused,
    RateLimited,
    Unreachable,
)
_OF_EFFECT: Mapping[Effect, tuple[type[ConnectorError], ...]] = {
    Effect.READ: (OutcomeUnknown,),
    Effect.CREATE: (DuplicateRecord, Uncertain, Parked, Conflict),
    Effect.UPDATE: (NotFound, Uncertain, Parked, Conflict),
    Effect.DELETE: (NotFound, Uncertain, Parked, Conflict),
    Effect.ANY: (DuplicateRecord, NotFound, Uncertain, Parked, Conflict),
}
_API_NAMES = {"xml": "XML", "rest": "REST"}
_REPEATED = {
    "SessionExpired": "by itself, after signing in",
    "RateLimited": "by itself, after a pause",
    "Unavailable": "by itself",
    "Unreachable": "by itself",
    "OutcomeUnknown": "after looking, never blindly",
}


def pages(installed: Registry) -> dict[str, str]:
    """Return every page of the handbook by file name."""
    found = {f"{action.key}.md": action_page(action) for action in installed.actions.values()}
    return {INDEX: index_page(installed), ERRORS: errors_page(), **found}


def write(folder: Path, rendered: Mapping[str, str]) -> None:
    """Write the pages and remove those of actions that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    for page in folder.glob("*.md"):
        if page.name not in rendered:
            page.unlink()
    for name, text in rendered.items():
        (folder / name).write_text(text, encoding="utf-8")


def action_page(action: Action) -> str:
    """Return the page of one action."""
    needs = needs_of(action)
    apis = " and ".join(_API_NAMES[api] for api in action.apis)
    facts = [
        ("Step type", f"`{COMPONENT}.{action.key}`"),
        ("Does", "reads" if action.effect is Effect.READ else f"**writes** ({action.effect})"),
        ("API", f"{apis}; the connection decides" if len(action.apis) > 1 else apis),
        ("Permission", needs.sentence),
        ("API transactions", needs.cost),
        *_recognition(action),
        *([("Taken back", action.way_back.sentence())] if action.way_back else []),
    ]
    parts = [
        f"# {action.label}\n",
        GENERATED,
        f"{action.description}\n",
        table(("", ""), facts),
        "## Inputs\n",
        *input_tables(action.form.schema),
        _groups_table(action),
        "## Result\n",
        _result_table(action.output),
        f"```json\n{json.dumps(action.example, indent=2, ensure_ascii=False)}\n```\n",
        "## What can go wrong\n",
        _kinds_table([*_ALWAYS, *_OF_EFFECT[action.effect]]),
        _MORE,
    ]
    return "\n".join(part for part in parts if part)


def _recognition(action: Action) -> list[tuple[str, str]]:
    """Return how a lost answer is settled; it matters where records are made."""
    if action.effect is not Effect.CREATE or not action.object_name:
        return []
    schema = ObjectSchema.find(action.object_name)
    keys = [" with ".join(f"`{name}`" for name in names) for names in schema.lookup]
    if not keys:
        said = "It cannot be: a person has to look."
    else:
        said = f"By {', or by '.join(keys)}. Without that a person has to look."
    return [("A lost answer is settled", said)]


def _groups_table(action: Action) -> str:
    """Return which inputs may be given as one object; nothing where that makes little sense."""
    if action.effect is Effect.READ:
        return ""
    rows = [
        (f"`{each.key}`", cell(each.title), ", ".join(f"`{name}`" for name in each.fields))
        for each in action.form.groups.values()
    ]
    if not rows:
        return ""
    return f"### Groups\n\n{_ABOUT_GROUPS}\n{table(('Key', 'Label', 'Inputs'), rows)}"


def _result_table(output: Mapping[str, Any]) -> str:
    rows = [
        (f"`{name}`", cell(kind_of(stanza)), cell(_result_words(stanza)))
        for name, stanza in output.get("properties", {}).items()
    ]
    return table(("Field", "Kind", "What it is"), rows) if rows else ""


def _result_words(stanza: Mapping[str, Any]) -> str:
    return str(stanza.get("description") or stanza.get("title", ""))


def _kinds_table(kinds: Iterable[type[ConnectorError]]) -> str:
    rows = [(kind.__name__, _meaning(kind), cell(kind.default_advice)) for kind in kinds]
    return table(("Kind", "What it means", "What to do, where nothing better is known"), rows)


def _meaning(kind: type[ConnectorError]) -> str:
    return cell((kind.__doc__ or "").strip().partition("\n\n")[0])


def index_page(installed: Registry) -> str:
    """Return the index: every action by family, and what a role has to allow."""
    families: dict[str, list[Action]] = defaultdict(list)
    for action in installed.actions.values():
        families[_family(action)].append(action)
    parts = [
        "# Actions\n",
        GENERATED,
        _ABOUT_ACTIONS,
        f"Sage on its own APIs: {DOCUMENTATION}.\n",
    ]
    for family in sorted(families):
        parts += [f"## {family}\n", _family_table(families[family])]
    parts += [
        "## Permissions\n",
        _ABOUT_PERMISSIONS,
        _permissions_table(installed.actions.values()),
        "## Changes\n",
        _changes(),
    ]
    return "\n".join(parts)


def _changes() -> str:
    """Return what came with which version."""
    return "\n".join(
        f"### {release['version']}\n\n"
        + "".join(f"- {cell(each)}\n" for each in release["changes"])
        for release in changelog()
    )


def _family(action: Action) -> str:
    if not action.object_name:
        return "Any object"
    return str(schemas.load(f"objects/{action.object_name}.json")["title"])


def _family_table(actions: Sequence[Action]) -> str:
    rows = [
        (
            f"[{action.label}]({action.key}.md)",
            "reads" if action.effect is Effect.READ else "**writes**",
            cell(action.description),
            ", ".join(_API_NAMES[api] for api in action.apis),
        )
        for action in actions
    ]
    return table(("Action", "Does", "What", "API"), rows)


def _permissions_table(actions: Iterable[Action]) -> str:
    ticks: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for action in actions:
        needs = needs_of(action)
        for right in needs.rights if needs.application else ():
            ticks[needs.application, needs.permission][right].append(action.key)
    rows = []
    for (application, permission), rights in sorted(ticks.items()):
        reading = {"List", "View"}
        more = [
            f"{right}: {', '.join(keys)}" for right, keys in rights.items() if right not in reading
        ]
        rows.append((application, permission, "List, View", "; ".join(more)))
    return table(("Application", "Permission", "Always", "Only for"), rows)


def errors_page() -> str:
    """Return the table of Intacct's errors, as ``error_rules`` has it."""
    rows = [
        (_number(rule), rule.level or "any", rule.kind.__name__, _title(rule), cell(_advice(rule)),
         _REPEATED.get(rule.kind.__name__, "no"))
        for rule in RULES
    ]  # fmt: skip
    kinds = dict.fromkeys(rule.kind for rule in RULES)
    return "\n".join(
        [
            "# Errors\n",
            GENERATED,
            _ABOUT_ERRORS,
            table(
                ("Number or words", "Place", "Kind", "What is shown", "What to do", "Repeated"),
                rows,
            ),
            "## Kinds\n",
            _kinds_table(kinds),
        ]
    )


def _number(rule: Rule) -> str:
    numbers = " or ".join(f"`{spoken(code)}`" for code in rule.code.split("|") if code)
    words = f'"{spoken(rule.text)}"' if rule.text else ""
    return cell(" with ".join(part for part in (numbers, words) if part))


def _title(rule: Rule) -> str:
    return cell(rule.worded("what Intacct says.") or "What Intacct says.")


def _advice(rule: Rule) -> str:
    return rule.advice or rule.kind.default_advice


def main(arguments: Sequence[str]) -> None:
    """Write the handbook into the folder that is named."""
    write(Path(arguments[0]), pages(registry.load()))


if __name__ == "__main__":
    main(sys.argv[1:])
