"""First start, log-in, sessions: C18 to C21."""

from __future__ import annotations

import dataclasses

import pytest
import sqlalchemy as sa

from connector.accounts import Role, WebSessions
from connector.settings import Settings
from connector.store import tables
from connector.web.access import console_key
from connector.web.app import create_app
from connector.web.signing_in import own_path
from tests.unit.connector.web.conftest import PASSWORD, Browser, Console

FIRST = {"name": "Ada", "login": "Ada@Example.com", "password": PASSWORD, "again": PASSWORD}


def at_set_up(console: Console) -> tuple[Browser, str]:
    """Return a browser that came with the one-time address, and its form's token."""
    browser = console.browser()
    key = console_key(console.services.settings.data_dir)
    assert browser.get(f"/?key={key}").location == "/set-up?next=/"
    return browser, browser.token("/set-up")


def signing_in(
    browser: Browser, password: str = PASSWORD, login: str = "viewer", **more: str
) -> int:
    given = {"form_token": browser.token("/sign-in"), "login": login, "password": password}
    answer = browser.client.post("/sign-in", data={**given, **more})
    return answer.status_code


def test_the_first_start_makes_one_administrator_and_then_never_again(console: Console) -> None:
    browser, token = at_set_up(console)
    other, other_token = at_set_up(console)
    answer = browser.client.post("/set-up", data={"form_token": token, **FIRST})
    assert (answer.status_code, answer.location) == (303, "/welcome")
    assert browser.get("/welcome").status_code == 200
    late = other.client.post("/set-up", data={"form_token": other_token, **FIRST, "login": "eve"})
    assert late.status_code == 404
    assert browser.get("/set-up").status_code == 404
    key = console_key(console.services.settings.data_dir)
    assert console.browser().get(f"/runs/x?key={key}").location == "/runs/x"
    assert [(one.login, one.role) for one in console.accounts.list()] == [
        ("ada@example.com", Role.ADMIN)
    ]


def test_set_up_without_the_address_that_was_printed_is_refused(console: Console) -> None:
    browser = console.browser()
    assert browser.get("/set-up").status_code == 403
    assert browser.get("/?key=wrong").status_code == 403
    assert console.accounts.list() == ()


@pytest.mark.parametrize(
    "spoiled",
    [
        {"password": "short", "again": "short"},
        {"password": "a" * 20, "again": "a" * 20},
        {"again": "another horse battery"},
        {"login": " "},
        {"name": "\u202eevil"},
        {"login": "x" * 10_000},
    ],
)
def test_a_first_account_that_is_not_as_it_should_be_is_not_made(
    console: Console, spoiled: dict[str, str]
) -> None:
    browser, token = at_set_up(console)
    answer = browser.client.post("/set-up", data={"form_token": token, **FIRST, **spoiled})
    assert answer.status_code == 400
    assert PASSWORD not in answer.text
    assert console.accounts.list() == ()


def test_roles_and_owners_in_a_form_are_not_looked_at(console: Console) -> None:
    """C04: the first account's role is not the form's to choose, nor is anything else."""
    browser, token = at_set_up(console)
    more = {"role": "viewer", "id": "x", "tenant": "other", "is_active": "0"}
    browser.client.post("/set-up", data={"form_token": token, **FIRST, **more})
    (row,) = console.services.database.read(lambda c: list(c.execute(sa.select(tables.account))))
    assert (row.id, row.role, row.tenant, row.is_active) == ("first", "admin", "main", 1)


def test_signing_in_changes_the_session_and_signing_out_ends_it_at_the_server(
    console: Console,
) -> None:
    console.account(Role.VIEWER)
    browser = console.browser()
    browser.client.set_cookie("session", "chosen-by-an-attacker")
    assert signing_in(browser) == 303
    cookie = browser.client.get_cookie("session")
    assert cookie is not None
    assert cookie.value != "chosen-by-an-attacker"
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert browser.post("/sign-out").status_code == 303
    browser.client.set_cookie("session", cookie.value)
    assert browser.get("/").status_code == 302


def test_over_https_cookies_are_bound_to_the_host(console: Console) -> None:
    settings = Settings.read(
        {
            "INTACCT_DATA_DIR": str(console.services.settings.data_dir),
            "INTACCT_PUBLIC_URL": "https://books.example",
        }
    )
    app = create_app(dataclasses.replace(console.services, settings=settings))
    console.account(Role.VIEWER)
    browser = Browser(app.test_client())
    address = "https://books.example"
    page = browser.client.get("/sign-in", base_url=address)
    assert page.headers["Strict-Transport-Security"].startswith("max-age=")
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-form=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("column", ["seen_at", "created_at"])
def test_a_session_ends_without_use_and_after_twelve_hours(console: Console, column: str) -> None:
    browser = console.browser(console.account(Role.VIEWER))
    assert browser.get("/").status_code == 200
    limit = 30 * 60_000 if column == "seen_at" else 12 * 3_600_000
    aged = tables.web_session.update().values({column: tables.web_session.c[column] - limit})
    console.services.database.write(lambda c: c.execute(aged))
    assert browser.get("/").status_code == 302


def test_a_page_that_renews_itself_does_not_keep_a_session_alive(console: Console) -> None:
    browser = console.browser(console.account(Role.VIEWER))
    column = tables.web_session.c.seen_at
    aged = tables.web_session.update().values(seen_at=column - 120_000)
    console.services.database.write(lambda c: c.execute(aged))

    def seen() -> int:
        found: int = console.services.database.read(
            lambda c: c.execute(sa.select(column)).scalar_one()
        )
        return found

    before = seen()
    browser.get("/connections/x/limiter")
    assert seen() == before
    browser.get("/")
    assert seen() > before


def test_a_session_can_be_ended_from_another_browser_but_only_ones_own(console: Console) -> None:
    who = console.account(Role.VIEWER)
    here, there = console.browser(who), console.browser(who)
    other = console.browser(console.account(Role.BUILDER))
    cookie = there.client.get_cookie("session")
    assert cookie is not None
    visit = WebSessions(console.services.database).find(cookie.value)
    assert visit is not None
    other.post(f"/account/sessions/{visit.id}/end")
    assert there.get("/").status_code == 200
    assert here.post(f"/account/sessions/{visit.id}/end").status_code == 303
    assert there.get("/").status_code == 302
    assert here.get("/").status_code == 200


@pytest.mark.parametrize("change", ["role", "password", "switched off"])
def test_a_changed_account_is_signed_out_everywhere(
    console: Console, admin: Browser, change: str
) -> None:
    who = console.account(Role.BUILDER)
    browser = console.browser(who)
    if change == "password":
        admin.post(f"/people/{who.id}/password", {"password": "another horse battery"})
    else:
        given = {"role": "viewer", **({"is_active": "1"} if change == "role" else {})}
        assert admin.post(f"/people/{who.id}", given).status_code == 303
    assert browser.get("/").status_code == 302
    expected = {"role": 303, "password": 401, "switched off": 401}[change]
    assert signing_in(console.browser(), login="builder") == expected


def test_the_last_administrator_stays_one(console: Console, admin: Browser) -> None:
    (who,) = console.accounts.list()
    answer = admin.post(f"/people/{who.id}", {"role": "viewer", "is_active": "1"})
    assert answer.status_code == 400
    assert "last administrator" in answer.text
    assert console.accounts.list()[0].role is Role.ADMIN


def test_guessing_is_slowed_down_for_one_name_and_one_network_alone(console: Console) -> None:
    """C20."""
    console.account(Role.VIEWER)
    console.account(Role.BUILDER)
    browser = console.browser()
    assert [signing_in(browser, "wrong password") for _ in range(5)] == [401] * 5
    assert signing_in(browser, "wrong password") == 429
    assert signing_in(browser) == 429  # the right one is not looked at either
    assert signing_in(console.browser(), login="builder") == 303


def test_the_wait_is_said_in_the_answer_and_forwarded_addresses_are_not_believed(
    console: Console,
) -> None:
    console.account(Role.VIEWER)
    browser = console.browser()
    for number in range(6):
        token = browser.token("/sign-in")
        answer = browser.client.post(
            "/sign-in",
            data={"form_token": token, "login": "viewer", "password": "no"},
            headers={"X-Forwarded-For": f"10.0.0.{number}"},
        )
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(console: Console) -> None:
    console.account(Role.VIEWER)
    browser = console.browser()
    texts = []
    for login in ("viewer", "nobody"):
        given = {"form_token": browser.token("/sign-in"), "login": login, "password": "no"}
        answer = browser.client.post("/sign-in", data=given)
        texts.append((answer.status_code, answer.text.replace(login, "")))
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "\t/x",
        "/a\nb",
    ],
)
def test_after_signing_in_nobody_is_led_elsewhere(target: str) -> None:
    assert own_path(target) == "/"


def test_after_signing_in_the_page_that_was_wanted_opens(console: Console) -> None:
    console.account(Role.VIEWER)
    browser = console.browser()
    wanted = browser.get("/catalogue?q=bill&sort=reads")
    assert wanted.location == "/sign-in?next=/catalogue?q%3Dbill%26sort%3Dreads"
    token = browser.token(wanted.location)
    answer = browser.client.post(
        "/sign-in",
        data={
            "form_token": token,
            "login": "VIEWER ",
            "password": PASSWORD,
            "next": "/catalogue?q=bill&sort=reads",
        },
    )
    assert answer.location == "/catalogue?q=bill&sort=reads"


def test_a_fragment_without_a_session_leads_the_whole_page_to_the_log_in(console: Console) -> None:
    console.account(Role.VIEWER)
    answer = console.browser().get("/picklists/x", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in")


def test_people_change_their_own_password_only_with_the_present_one(console: Console) -> None:
    browser = console.browser(console.account(Role.VIEWER))
    new = {"password": "another horse battery", "again": "another horse battery"}
    wrong = browser.post("/account/password", {"current_password": "no", **new})
    assert wrong.status_code == 400
    done = browser.post("/account/password", {"current_password": PASSWORD, **new})
    assert done.status_code == 303
    assert browser.get("/").status_code == 302
    assert signing_in(console.browser(), "another horse battery") == 303
