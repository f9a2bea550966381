"""What the composer does to a document: nothing is lost, and what names a step goes with it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from connector.errors import InputError
from connector.workbench import editing, places
from connector.workbench.step_references import references_to


def flow() -> dict[str, Any]:
    return {
        "name": "Orders",
        "steps": [
            {"id": "customer", "type": "sage-intacct.findOrCreateCustomer", "config": {}},
            {
                "id": "ask",
                "type": "approval",
                "config": {
                    "title": "Pay {{steps.customer.id}} and {{ 'steps.customer' }}",
                    "covers": ["invoice"],
                },
            },
            {
                "id": "loop",
                "type": "forEach",
                "config": {"items": "{{ input.lines }}", "key": "{{ item.id }}"},
                "steps": [{"id": "wait", "type": "delay", "config": {"for": {"hours": "1"}}}],
            },
            {
                "id": "invoice",
                "type": "sage-intacct.createInvoice",
                "config": {
                    "customerId": '{{ has(steps["customer"].id) ? steps.customer.id : "" }}',
                    "memo": "{{ input.steps.customer }} {{ steps.`customer`.key }}",
                },
                "mapping": [
                    {"source": "steps.customer.name", "target": "customerName"},
                    {"source": "steps.customer", "target": "note", "transformation": "text"},
                ],
            },
        ],
    }


def test_renaming_a_step_rewrites_every_expression_that_names_it_and_nothing_else() -> None:
    edited = editing.rename_step(flow(), "steps[0]", "buyer")
    assert edited.renamed == {"customer": "buyer"}
    steps = edited.document["steps"]
    assert steps[0]["id"] == "buyer"
    assert steps[1]["config"]["title"] == "Pay {{ steps.buyer.id }} and {{ 'steps.customer' }}"
    assert steps[3]["config"] == {
        "customerId": '{{ has(steps["buyer"].id) ? steps.buyer.id : "" }}',
        "memo": "{{ input.steps.customer }} {{ steps.`buyer`.key }}",
    }
    assert [row["source"] for row in steps[3]["mapping"]] == [
        "steps.buyer.name",
        "steps.customer",
    ]


def test_renaming_follows_into_what_an_approval_covers() -> None:
    edited = editing.rename_step(flow(), "invoice", "bill")
    assert edited.document["steps"][1]["config"]["covers"] == ["bill"]


def test_an_expression_that_cannot_be_read_stays_as_it_was_typed() -> None:
    document = flow()
    document["steps"][3]["config"]["memo"] = "{{ steps.customer.id"
    edited = editing.rename_step(document, "customer", "buyer")
    assert edited.document["steps"][3]["config"]["memo"] == "{{ steps.customer.id"


def test_a_name_that_is_worked_out_is_not_taken_for_a_steps() -> None:
    document = flow()
    document["steps"][3]["config"]["memo"] = "{{ steps['customer' + input.kind] }}"
    edited = editing.rename_step(document, "customer", "buyer")
    memo = edited.document["steps"][3]["config"]["memo"]
    assert memo == "{{ steps['customer' + input.kind] }}"


@pytest.mark.parametrize("wrong", ["", "1st", "a b", "a-b", "x" * 65, "ask", "é", "a\n"])
def test_ids_that_are_taken_or_impossible_are_refused(wrong: str) -> None:
    with pytest.raises(InputError) as refused:
        editing.rename_step(flow(), "customer", wrong)
    assert refused.value.field == "steps[0].id"


def test_removing_a_step_names_who_still_uses_it() -> None:
    with pytest.raises(InputError) as refused:
        editing.remove_step(flow(), "customer")
    assert refused.value.title == (
        "The step 'customer' is still used: title of the step 'ask', customerId of the step "
        "'invoice', memo of the step 'invoice', mapping[0].source of the step 'invoice'."
    )
    edited = editing.remove_step(flow(), "customer", despite_references=True)
    assert [step["id"] for step in edited.document["steps"]] == ["ask", "loop", "invoice"]


def test_removing_looks_for_users_of_the_inner_steps_but_not_inside() -> None:
    document = flow()
    document["steps"][2]["steps"].append(
        {"id": "last", "type": "filter", "config": {"condition": "{{ steps.wait.until == '' }}"}}
    )
    assert editing.remove_step(document, "loop").document["steps"][2]["id"] == "invoice"
    document["steps"][3]["config"]["memo"] = "{{ steps.wait.until }}"
    with pytest.raises(InputError, match="'loop' is still used: memo"):
        editing.remove_step(document, "loop")


def test_a_copy_has_ids_of_its_own_and_names_itself() -> None:
    document = flow()
    document["steps"][2]["steps"].append(
        {"id": "last", "type": "filter", "config": {"condition": "{{ steps.wait.until == '' }}"}}
    )
    edited = editing.duplicate_step(document, "loop")
    assert edited.place == "steps[3]"
    copied = edited.document["steps"][3]
    assert [copied["id"], *(step["id"] for step in copied["steps"])] == ["loop2", "wait2", "last2"]
    assert copied["steps"][1]["config"]["condition"] == "{{ steps.wait2.until == '' }}"
    assert edited.document["steps"][2] == document["steps"][2]


def test_a_moved_step_lands_where_it_was_dropped_although_places_shift() -> None:
    edited = editing.move_step(flow(), "customer", "steps[2].steps", 0)
    assert edited.place == "steps[1].steps[0]"
    assert places.at(edited.document, edited.place)["id"] == "customer"
    back = editing.move_step(edited.document, edited.place, "steps", 0)
    assert back.document == flow()
    last = editing.move_step(flow(), "customer", "steps")
    assert [step["id"] for step in last.document["steps"]] == ["ask", "loop", "invoice", "customer"]


def test_a_step_cannot_be_moved_into_itself() -> None:
    with pytest.raises(InputError, match="into itself"):
        editing.move_step(flow(), "loop", "steps[2].steps", 0)


def test_a_branch_is_made_when_something_is_put_into_it_and_goes_when_it_is_empty() -> None:
    added = editing.add_step(flow(), "delay", "steps[0].onError.steps")
    assert added.document["steps"][0]["onError"]["steps"][0]["id"] == "delay"
    gone = editing.remove_step(added.document, added.place)
    assert gone.document["steps"][0]["onError"] == {}
    failing = editing.add_step(flow(), "http", "onFailure")
    assert editing.remove_step(failing.document, failing.place).document == flow()


def test_every_kind_of_step_can_be_added_with_an_id_of_its_own() -> None:
    document: Any = {}
    wanted = ["filter", "switch", "forEach", "delay", "approval", "http", "call", "call"]
    for kind in [*wanted, "sage-intacct.createInvoice"]:
        document = editing.add_step(document, kind, connection="books").document
    assert [step["id"] for step in document["steps"]] == [*wanted[:-1], "call2", "createInvoice"]
    assert document["steps"][-1]["connection"] == "books"
    first = editing.add_step(document, "filter", index=0)
    assert (first.place, first.document["steps"][0]["id"]) == ("steps[0]", "filter2")


@pytest.mark.parametrize(
    "block", ["", "tables", "steps[9].steps", "steps[0].config", "steps[0]", "__class__", "a[0]"]
)
def test_steps_go_into_blocks_of_steps_only(block: str) -> None:
    with pytest.raises(InputError):
        editing.add_step(flow(), "delay", block)


def test_a_full_block_takes_no_more() -> None:
    document = {"steps": [{"id": f"s{number}"} for number in range(100)]}
    with pytest.raises(InputError, match="100 steps"):
        editing.add_step(document, "delay")
    with pytest.raises(InputError, match="no kind of step"):
        editing.add_step({}, "goto")


def test_what_is_typed_stays_text_unless_only_a_structure_fits() -> None:
    amount = editing.set_value(flow(), "steps[3].config.amount", "12.10", {"type": "string"})
    assert amount.document["steps"][3]["config"]["amount"] == "12.10"
    lines = editing.set_value(
        flow(), "steps[3].config.lineItems", '[{"amount": 10.00}]', {"type": ["array", "object"]}
    )
    assert lines.document["steps"][3]["config"]["lineItems"] == [{"amount": "10.00"}]
    pill = "{{ input.lines }}"
    mapped = editing.set_value(flow(), "steps[3].config.lineItems", pill, {"type": "array"})
    assert mapped.document["steps"][3]["config"]["lineItems"] == pill
    odd = editing.set_value(flow(), "steps[3].config.lineItems", "[1, ", {"type": "array"})
    assert odd.document["steps"][3]["config"]["lineItems"] == "[1, "


def test_blank_text_takes_a_value_out() -> None:
    edited = editing.set_value(flow(), "steps[3].config.memo", "  ")
    assert "memo" not in edited.document["steps"][3]["config"]
    assert editing.set_value({}, "once", "").document == {}


def test_a_field_with_points_in_its_name_is_found() -> None:
    document = {"steps": [{"id": "a", "config": {"headers": {"X.Y[0]": "1"}}}]}
    edited = editing.set_value(document, "steps[0].config.headers.X.Y[0]", "2")
    assert edited.document["steps"][0]["config"]["headers"] == {"X.Y[0]": "2"}


def test_a_list_mapping_is_written_as_the_engine_reads_it() -> None:
    edited = editing.set_list_mapping(
        flow(),
        "steps[3].config.lineItems",
        "{{ input.lines }}",
        {"amount": "{{ line.amount }}"},
        where="{{ line.amount != '0' }}",
    )
    assert edited.document["steps"][3]["config"]["lineItems"] == {
        "each": "{{ input.lines }}",
        "as": "line",
        "value": {"amount": "{{ line.amount }}"},
        "where": "{{ line.amount != '0' }}",
    }


def test_nothing_changes_the_document_that_was_given() -> None:
    document = flow()
    before = copy.deepcopy(document)
    editing.add_step(document, "delay", "steps[2].steps", 0)
    editing.move_step(document, "customer", "steps[2].steps", 0)
    editing.duplicate_step(document, "loop")
    editing.remove_step(document, "wait")
    editing.rename_step(document, "customer", "buyer")
    editing.set_value(document, "steps[0].config.a.b", "1")
    assert document == before


@pytest.mark.parametrize("place", ["", "steps[99].config.a", "steps[0].id.x", "[0]", "a..b", "]"])
def test_places_that_are_not_there_are_refused_in_words(place: str) -> None:
    with pytest.raises(InputError):
        editing.set_value(flow(), place, "1")


def test_references_are_read_as_paths_not_as_text() -> None:
    found = [reference.place for reference in references_to(flow(), "customer")]
    assert found == [
        "steps[1].config.title",
        "steps[3].config.customerId",
        "steps[3].config.memo",
        "steps[3].mapping[0].source",
    ]
