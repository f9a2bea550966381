"""Syncs and exports in the console: how far, how fast, and what went wrong, as it comes."""

from __future__ import annotations

from connector.errors import InputError
from connector.transfer import progress
from connector.transfer.progress import Kind, Progress
from connector.transfer.rows import Outcome, Told
from connector.web.access import access_of
from tests.support.office import Office
from tests.unit.connector.web.conftest import Browser, Console
from tests.unit.connector.web.operations.test_today_page import text

SYNC = Kind("sync-1", "sync", "customer", "books", "customers.outcomes.csv", expected=4)
ADDRESS = f"/transfers/{progress.id_of('sync-1')}"
WRONG = InputError("<b>Name</b> is missing.", advice="Give the customer a name.")


def test_without_transfers_the_page_says_how_one_is_started(viewer: Browser) -> None:
    page = text(viewer, "/transfers")
    assert "No rows have been moved yet." in page
    assert "intacct sync" in page


def test_a_running_sync_renews_its_page_and_an_ended_one_does_not(
    here: Office, viewer: Browser
) -> None:
    with Progress(here.services.settings.data_dir, SYNC) as seen:
        seen.row(Told(1, Outcome.CREATED))
        for path in ("/transfers", ADDRESS):
            assert 'hx-trigger="every 2s"' in viewer.get(path).text
    for path in ("/transfers", ADDRESS, "/transfers/now", f"{ADDRESS}/now"):
        answer = viewer.get(path)
        assert answer.status_code == 200
        assert "hx-trigger" not in answer.text


def test_a_page_that_renews_itself_keeps_nobody_signed_in(console: Console) -> None:
    for endpoint, is_use in (("everything", True), ("everything_now", False), ("one_now", False)):
        access = access_of(console.app.view_functions[f"transfers.{endpoint}"])
        assert access is not None
        assert access.is_use is is_use


def test_rows_that_went_wrong_are_shown_with_what_to_do_as_text(
    here: Office, viewer: Browser
) -> None:
    with Progress(here.services.settings.data_dir, SYNC) as seen:
        seen.row(Told(1, Outcome.CREATED))
        seen.row(Told(2, Outcome.INVALID, error=WRONG))
    page = viewer.get(ADDRESS).text
    assert "<b>Name" not in page
    assert "&lt;b&gt;Name&lt;/b&gt; is missing." in page
    assert "Give the customer a name." in page
    assert "Invalid 1" in text(viewer, ADDRESS)
    assert "2 1 " in text(viewer, "/transfers")


def test_a_stopped_sync_says_why_and_how_it_goes_on(here: Office, viewer: Browser) -> None:
    with Progress(here.services.settings.data_dir, SYNC) as seen:
        seen.stop("The budget is reached.")
    page = text(viewer, ADDRESS)
    assert "The budget is reached." in page
    assert "--resume sync-1" in page


def test_unknown_transfers_and_other_files_are_no_pages(viewer: Browser) -> None:
    for path in ("x", "..%2f..%2fconsole.key", "..", "console.key", "%00"):
        assert viewer.get(f"/transfers/{path}").status_code == 404
        assert viewer.get(f"/transfers/{path}/now").status_code == 404
