"""Samples, the workflow as text, and files from elsewhere."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from connector.accounts import Role
from connector.runtime import listening
from connector.store import clock, tables, to_json
from connector.web.composer import file_text
from connector.workbench import drafts, portable, samples
from tests.support import desk as worker
from tests.support.bench import EVENT, WORKFLOW, Bench, bench, hidden, parsed


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Bench]:
    with bench(tmp_path) as found:
        yield found


def kept(here: Bench, place: str = "input") -> list[samples.Sample]:
    return samples.samples_of(here.database, here.id, place)


def delivered(here: Bench, data: Any) -> None:
    """Let an event arrive at the test address, as the door there keeps it."""
    source = here.office.services.connection_named("hubspot")

    def keep(connection: Any) -> None:
        values = {
            "connection_id": source.id,
            "trigger_key": "(test)",
            "dedupe_key": "sample-1",
            "type": "deal.propertyChange",
            "data": to_json(data),
            "received_at": clock.now_ms(connection),
            "state": listening.SAMPLE,
        }
        connection.execute(tables.inbox.insert().values(**values))

    here.database.write(keep)


def test_a_typed_sample_is_kept_pinned_and_masked(here: Bench) -> None:
    given = {"place": "input", "name": "Mine", "pin": "1"}
    document = '{"deal": {"id": "9", "amount": 10.10}, "password": "hunter2hunter2"}'
    assert here.post("/samples/typed", {**given, "document": document}).status_code == 302
    (sample,) = kept(here)
    assert (sample.name, sample.is_pinned, sample.source) == ("Mine", True, "typed")
    assert sample.document["deal"]["amount"] == Decimal("10.10")
    page = here.get("/samples")
    assert "Live runs never use them." in page.text
    assert "hunter2" not in page.text


@pytest.mark.parametrize("document", ["{", "", "NaN", '"' + "x" * 70_000 + '"'])
def test_what_is_no_sample_is_refused_and_stays_in_the_form(here: Bench, document: str) -> None:
    page = here.post("/samples/typed", {"place": "input", "document": document})
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert kept(here) == []


def test_samples_of_a_step_that_is_none_are_refused(here: Bench) -> None:
    page = here.post("/samples/typed", {"place": "nobody", "document": "{}"})
    assert page.status_code == 422
    assert here.get("/samples?place=invoice").text.count('value="invoice" selected') == 1


def test_long_samples_keep_the_page_light(here: Bench) -> None:
    for number in range(8):
        here.sample({"number": number, "long": ["some text"] * 3_000})
    page = here.get("/samples")
    assert "The first 6000 of" in page.text
    assert len(page.data) < 150_000


def test_the_shipped_example_and_every_sample_can_be_changed_in_a_copy(here: Bench) -> None:
    page = here.get("/samples")
    assert "Example of HubSpot Deal" in page.text
    assert "lineItems" in here.get("/samples?copy=example").text.partition("<textarea")[2]
    sample = here.sample({"deal": {"id": "copied-one", "amount": "1.00"}})
    copied = here.get(f"/samples?copy={sample.id}").text.partition("<textarea")[2]
    assert "copied-one" in copied
    assert here.get("/samples?copy=x").status_code == 200


def test_a_sample_is_pinned_unpinned_and_removed(here: Bench) -> None:
    sample = here.sample()
    assert here.post(f"/samples/{sample.id}/unpin").status_code == 302
    assert [each.is_pinned for each in kept(here)] == [False]
    assert here.post(f"/samples/{sample.id}/pin").status_code == 302
    assert [each.is_pinned for each in kept(here)] == [True]
    for _ in range(2):
        assert here.post(f"/samples/{sample.id}/remove").status_code == 302
    assert kept(here) == []
    assert here.post(f"/samples/{sample.id}/pin").status_code == 400


def test_samples_of_another_workflow_are_out_of_reach(here: Bench) -> None:
    other = samples.add(here.database, "another", "input", {}, actor="bob")
    here.post(f"/samples/{other.id}/remove")
    here.post(f"/samples/{other.id}/pin")
    (left,) = samples.samples_of(here.database, "another")
    assert not left.is_pinned


def test_the_event_and_the_results_of_a_past_run_become_samples(here: Bench) -> None:
    run_id = worker.start(here.office, EVENT)
    worker.work_off(here.office)
    for place in ("input", "customer"):
        posted = {"run": run_id, "place": place}
        assert here.post("/samples/run", posted).status_code == 302
    assert kept(here)[0].document == EVENT
    assert kept(here, "customer")[0].document["id"] == "C-00001"
    assert here.post("/samples/run", {"run": "x", "place": "input"}).status_code == 422


def test_what_comes_to_the_test_address_is_shown_and_kept_as_the_workflow_sees_it(
    here: Bench,
) -> None:
    assert "Listening" not in here.get("/samples").text
    assert here.post("/samples/listen").status_code == 302
    assert "Listening; nothing has come yet" in here.get("/samples/came").text
    assert here.get("/samples/came?seen=").status_code == 204
    delivered(here, EVENT)
    assert here.get("/samples/came?seen=").status_code == 200
    page = here.get("/samples/came")
    assert "deal.propertyChange" in page.text
    assert here.post("/samples/came", {"event": hidden(page, "event")}).status_code == 302
    (sample,) = kept(here)
    assert (sample.source, sample.document) == ("delivery", EVENT)
    assert here.post("/samples/came", {"event": "gone"}).status_code == 422


def test_an_event_that_the_workflow_does_not_want_becomes_no_sample(here: Bench) -> None:
    services = here.office.services
    trigger = dataclasses.replace(
        services.registry.trigger("hubspot.deal"), enrich=lambda _ctx, _event, _config: None
    )
    services.__dict__["registry"] = dataclasses.replace(
        services.registry, triggers={trigger.key: trigger}
    )
    delivered(here, EVENT)
    event = hidden(here.get("/samples"), "event")
    page = here.post("/samples/came", {"event": event})
    assert page.status_code == 422
    assert "not one that this workflow waits for" in page.text
    assert kept(here) == []


def test_the_test_address_is_for_administrators(here: Bench) -> None:
    source = here.office.services.connection_named("hubspot")
    assert source.hook_token not in here.get("/samples").text
    admin = here.as_role(Role.ADMIN)
    assert f"/hooks/{source.hook_token}/test" in admin.get(here.path("/samples")).text


def test_the_text_of_a_workflow_is_saved_as_its_draft(here: Bench) -> None:
    text = file_text.text_of(parsed(WORKFLOW)).replace("Net 30", "Net 60")
    done = here.post("/file", {"revision": "0", "text": text.replace("\n", "\r\n")})
    assert done.status_code == 302
    draft = drafts.draft_of(here.database, here.id)
    assert draft
    assert draft.document == parsed(text)
    assert here.versions() == 1
    page = here.builder.get(done.location)
    assert "The draft says what stands here." in page.text
    assert "Net 60" in page.text


def test_a_mistake_in_the_text_is_shown_with_its_line_and_nothing_is_lost(here: Bench) -> None:
    text = WORKFLOW.strip().replace("once:", "once: [")
    page = here.post("/file", {"revision": "0", "text": text})
    assert page.status_code == 422
    assert "at line 4, column" in page.text
    assert "   3  " in page.text
    assert "once: [" in page.text
    assert drafts.draft_of(here.database, here.id) is None
    for wrong in ("", "- a", "just text", "{"):
        assert here.post("/file", {"revision": "0", "text": wrong}).status_code == 422


def test_what_is_wrong_with_the_workflow_is_named_with_its_line(here: Bench) -> None:
    text = file_text.text_of(parsed(WORKFLOW)).replace("termName", "termNaem")
    here.post("/file", {"revision": "0", "text": text})
    number = text.split("\n").index("    termNaem: Net 30") + 1
    assert f"Line {number}: " in here.get("/file").text


def test_text_of_somebody_else_is_not_overwritten(here: Bench) -> None:
    here.draft(termName="Net 60")
    text = file_text.text_of(parsed(WORKFLOW)).replace("Net 30", "Net 10")
    page = here.post("/file", {"revision": "0", "text": text})
    assert page.status_code == 409
    assert "Save mine on top of it" in page.text
    draft = drafts.draft_of(here.database, here.id)
    assert draft
    assert draft.document["steps"][1]["config"]["termName"] == "Net 60"
    again = here.post("/file", {"revision": hidden(page, "revision"), "text": text})
    assert again.status_code == 302


DOCUMENTS = [
    {"name": "a", "n": 5},
    {"name": "a", "yes": True},
    {"name": "a", "n": 5, "amount": Decimal("12.10"), "yes": True},
    {"name": "a", "x": "\x07 bell", "steps": []},
    {"name": "no", "a": "010", "b": "12.10", "c": "null", "d": None, "e": "", "f": "a\nb\n"},
    {"name": "ü 😀", "steps": [{"id": "a", "config": {"x": [{"y": "{{ 'a: b' }}"}]}}]},
    {"name": " lead", "text": "a\r\nb", "trail": "x  "},
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_survives_its_text(document: Any) -> None:
    assert file_text.document_of(file_text.text_of(document)) == document


def test_places_are_found_on_their_lines() -> None:
    document = parsed(WORKFLOW)
    text = file_text.text_of(document)
    wanted = ["", "once", "steps[1].config.termName", "steps[1].config.lineItems[0].amount"]
    lines = text.split("\n")
    found = file_text.lines_of(text, document, [*wanted, "steps[1].config.none", "]["])
    assert [lines[found[place] - 1].split(":")[0].strip("- ") for place in wanted[1:]] == [
        "once", "termName", "amount",
    ]  # fmt: skip
    assert found[""] == 1
    assert lines[found["steps[1].config.none"] - 1].strip() == "config:"


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_the_file_is_the_same_each_time_and_can_be_read_back(here: Bench, form: str) -> None:
    first, second = (here.get(f"/file/download?form={form}") for _ in range(2))
    assert first.data == second.data
    assert f'filename="deal-to-invoice.{form}"' in first.headers["Content-Disposition"]
    found = portable.read(first.text)
    assert (found.workflow_id, found.is_checked) == (here.id, True)
    assert here.get("/file/download?form=exe").status_code == 404
    assert here.get("/file/download?version=9").status_code == 404
    assert here.get("/file/download?version=1").status_code == 200


ODD = [
    [],
    "text",
    {"name": 5, "trigger": [], "steps": "x", "once": {}},
    {"trigger": {"type": {}, "connection": []}, "steps": [5, {"id": 7, "type": [], "config": 1}]},
    {"name": "a", "trigger": {"type": "hubspot.deal", "connection": "gone"}, "onFailure": [[]]},
    {"steps": [{"id": "s", "connection": {}, "steps": {}, "cases": [1], "type": "forEach"}]},
]


@pytest.mark.parametrize("document", ODD)
def test_no_draft_however_odd_breaks_a_page(here: Bench, document: Any) -> None:
    """A draft may be anything that JSON can say."""
    draft = drafts.begin(here.database, here.id, actor="builder")
    drafts.save(here.database, here.id, document, revision=draft.revision, actor="builder")
    here.sample()
    for tail in ("/test", "/samples", "/publish", "/history", "/file", "/test/s"):
        assert here.get(tail).status_code in {200, 404}, tail
    for tail in ("/test", "/publish", "/samples/listen", "/samples/came", "/test/s", "/file"):
        assert here.post(tail, {"revision": "1", "text": "a: b"}).status_code < 500, tail
    assert here.get("/history/compare?old=1&new=draft").status_code == 200
    assert here.get("/file/download?form=json").status_code < 500


def imported(here: Bench, **data: Any) -> TestResponse:
    token = here.builder.token("/account")
    given = {"form_token": token, **data}
    return here.builder.client.post(
        "/workflows/import", data=given, content_type="multipart/form-data"
    )


def test_a_file_is_looked_at_bound_and_becomes_a_draft(here: Bench) -> None:
    """F41: and taken over twice, it is one draft."""
    text = WORKFLOW.replace("Deal to invoice", "From elsewhere").replace("books", "their-books")
    file = (io.BytesIO(text.encode()), "workflow.yaml")
    page = imported(here, file=file, do="look")
    assert page.status_code == 200
    assert "their-books" in page.text
    assert "Choose a connection" in page.text
    assert 'value="take"' not in page.text
    binding = {"bind.their-books": "books", "bind.hubspot": "hubspot"}
    page = imported(here, text=text, do="look", **binding)
    assert 'value="take"' in page.text
    assert "It is new here" in page.text
    assert len(drafts.all_drafts(here.database)) == 0
    binding["target"] = hidden(page, "target")
    done = [imported(here, text=text, do="take", **binding) for _ in range(2)]
    assert [each.status_code for each in done] == [302, 302]
    (draft,) = drafts.all_drafts(here.database)
    assert draft.document["steps"][0]["connection"] == "books"
    assert here.versions() == 1


def test_a_file_of_a_workflow_that_is_here_shows_what_differs(here: Bench) -> None:
    """F41: and taken over twice, it is one draft."""
    document = {**parsed(WORKFLOW), "once": "{{ input.deal.name }}"}
    text = portable.write(here.id, document)
    page = imported(here, text=text, do="look")
    assert "What differs from version 1 here" in page.text
    assert "checksum is right" in page.text
    done = [imported(here, text=text, do="take") for _ in range(2)]
    assert [each.status_code for each in done] == [302, 302]
    assert {each.location for each in done} == {f"/workflows/{here.id}"}
    (draft,) = drafts.all_drafts(here.database)
    assert draft.document == document


def test_a_draft_that_is_there_is_replaced_only_by_who_has_seen_it(here: Bench) -> None:
    draft = here.draft(termName="Net 60")
    text = portable.write(here.id, parsed(WORKFLOW))
    page = imported(here, text=text, do="look")
    assert "takes the place of the draft" in page.text
    assert imported(here, text=text, do="take").status_code == 422
    assert imported(here, text=text, do="take", revision=str(draft.revision)).status_code == 302


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "name: [",
        portable.write("0" * 8 + "-0000-0000-0000-" + "0" * 12, {"name": "a"}).replace("a", "b", 1),
        json.dumps({"name": "x", "steps": [{"config": {"password": "hunter2hunter2"}}]}),
    ],
)
def test_files_that_cannot_be_trusted_or_read_are_refused(here: Bench, text: str) -> None:
    page = imported(here, text=text, do="take")
    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert drafts.all_drafts(here.database) == []


def test_a_file_that_is_no_text_is_refused(here: Bench) -> None:
    page = imported(here, file=(io.BytesIO(b"\xff\xfe\x00"), "x.yaml"), do="look")
    assert page.status_code == 422
    assert "not UTF-8" in page.text
