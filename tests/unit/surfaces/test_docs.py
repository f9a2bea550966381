"""The handbook of actions is what the descriptions say, and says what a person needs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import schemas
from connector import registry
from connector.component import Action, Effect
from connector.intacct.error_rules import RULES
from connector.surfaces import docs
from connector.surfaces.doc_tables import cell, spoken
from connector.surfaces.needs import needs_of

REGISTRY = registry.load()
PAGES = docs.pages(REGISTRY)
FOLDER = Path(__file__).parents[3] / "docs" / "actions"


def page(key: str) -> str:
    return PAGES[f"{key}.md"]


def row(text: str, start: str) -> str:
    """Return the row of a table that begins with this cell."""
    return next(line for line in text.splitlines() if line.startswith(f"| {start} |"))


def test_the_pages_that_are_checked_in_are_the_rendered_ones() -> None:
    """After changing a description: python -m connector.surfaces.docs docs/actions."""
    kept = {each.name: each.read_text(encoding="utf-8") for each in FOLDER.glob("*.md")}
    assert sorted(kept) == sorted(PAGES)
    stale = [name for name, text in PAGES.items() if kept[name] != text]
    assert stale == []


def test_pages_of_actions_that_are_gone_go_too(tmp_path: Path) -> None:
    (tmp_path / "createNothing.md").write_text("old")
    (tmp_path / "picture.png").write_text("kept")
    docs.write(tmp_path / "new", {"a.md": "A"})
    docs.write(tmp_path, {"a.md": "A"})
    assert {each.name for each in tmp_path.iterdir()} == {"a.md", "new", "picture.png"}
    assert (tmp_path / "new" / "a.md").read_text() == "A"


@pytest.mark.accepts("B18")
@pytest.mark.parametrize("action", REGISTRY.actions.values(), ids=lambda action: str(action.key))
def test_a_page_names_every_input_the_result_and_the_needs(action: Action) -> None:
    text = page(action.key)
    assert text.startswith(f"# {action.label}\n")
    assert action.description in text
    assert f"`sage-intacct.{action.key}`" in text
    for name, stanza in action.form.schema["properties"].items():
        assert f"`{name}` | {cell(stanza['title'])} |" in text
    for key in action.example:
        assert f'"{key}"' in text
    needs = needs_of(action)
    assert needs.cost in text
    assert needs.sentence in text
    if action.effect is not Effect.READ:
        assert "**writes**" in text


def test_a_page_tells_what_is_required_and_what_fields_lines_have() -> None:
    text = page("createInvoice")
    assert "| yes |" in row(text, "`customerId`")
    assert "| yes |" not in row(text, "`memo`")
    assert "### Invoice Line Items: each line of `lineItems`" in text
    assert "one of: Submit, Draft" in row(text, "`action`")
    assert "picklist `selectCustomer`" in row(text, "`customerId`")


def test_a_page_warns_where_a_lost_answer_needs_a_person() -> None:
    assert "`invoiceNumber` with `customerId`" in row(
        page("createInvoice"), "A lost answer is settled"
    )
    assert "A lost answer" not in page("getInvoice")


def test_every_table_is_one_that_markdown_can_read() -> None:
    """A stray bar or line end in a description would tear its row."""
    for name, text in PAGES.items():
        widths: list[int] = []
        for line in text.splitlines():
            if not line.startswith("|"):
                widths = []
                continue
            assert line.endswith(" |"), name
            widths.append(len(re.findall(r"(?<!\\)\|", line)))
            assert widths[-1] == widths[0], f"{name}: {line}"


def test_no_page_holds_markup_of_another_kind() -> None:
    for name, text in PAGES.items():
        outside = re.sub(
            r"```.*?```|`[^`]*`", "", text.replace(docs.GENERATED, ""), flags=re.DOTALL
        )
        assert not re.search(r"<\w", outside), name


def test_the_index_leads_to_every_page() -> None:
    found = set(re.findall(r"\]\(([\w.]+)\)", PAGES[docs.INDEX]))
    assert found | {docs.INDEX} == set(PAGES)


@pytest.mark.accepts("E16")
def test_the_index_lists_what_a_role_has_to_allow_and_for_what() -> None:
    permissions = PAGES[docs.INDEX].partition("## Permissions")[2]
    invoices = next(line for line in permissions.splitlines() if "| Invoices |" in line)
    assert "List, View" in invoices
    assert "createInvoice" in re.findall(r"Add: ([\w, ]+)", invoices)[0]
    assert "Reverse: reverseInvoice" in invoices
    assert "no more" in permissions


@pytest.mark.accepts("E16")
@pytest.mark.parametrize("action", REGISTRY.actions.values(), ids=lambda action: str(action.key))
def test_every_action_says_which_permission_it_needs(action: Action) -> None:
    needs = needs_of(action)
    assert needs.cost.endswith(".")
    if action.object_name:
        assert needs.permission, f"{action.object_name} is missing in schemas/needs.json"
        assert {"List", "View"} <= set(needs.rights)
    is_read = action.effect is Effect.READ
    assert is_read == (set(needs.rights) == {"List", "View"}) or action.effect is Effect.ANY


def test_no_need_is_stated_for_what_does_not_exist() -> None:
    table = schemas.load("needs.json")
    assert set(table["actions"]) <= set(REGISTRY.actions)
    assert all(schemas.exists(f"objects/{name}.json") for name in table["objects"])


def test_the_table_of_errors_shows_every_rule_in_words() -> None:
    text = PAGES[docs.ERRORS]
    for rule in RULES:
        for code in filter(None, rule.code.split("|")):
            assert spoken(code) in text
        assert cell(rule.advice or rule.kind.default_advice) in text
    assert not re.search(r"\(\?|\\[wbS]|\[\^|\{said\}", text)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("BL34000061|PL05000104", "BL34000061 or PL05000104"),
        ("GW-000[1-9]", "GW-000..."),
        (r"invalid (?P<what>[\w ]+) '[^']*' specified", "invalid ... '...' specified"),
        (r"\bperiod\b.{0,60}\bclosed\b", "period...closed"),
        (r"session (has |is )?(expired|timed out)", "session expired"),
        (r"temporarily off-?line", "temporarily off-line"),
    ],
)
def test_patterns_are_shown_as_words(pattern: str, words: str) -> None:
    assert spoken(pattern) == words


def test_a_text_stays_in_its_cell() -> None:
    assert cell("a | b\n <c>") == "a \\| b &lt;c>"
