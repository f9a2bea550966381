"""Signing in with a second factor: what opens, what does not, and who may take it away."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from connector.accounts import Account, Role, SecondFactors
from connector.accounts.second_factor import STEP_SECONDS, app_address, code_at, step_of
from connector.connections import rotate
from connector.connections.encrypt import SecretBox
from connector.store import clock, tables
from tests.unit.connector.web.conftest import PASSWORD, Browser, Console

# RFC 6238, appendix B, whose codes of eight digits end like these of six.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")]


def factors(console: Console) -> SecondFactors:
    return SecondFactors(console.services.database, console.services.box)


def code_now(console: Console, account_id: str, later: int = 1) -> str:
    """Return what the app shows, as many half minutes later.

    One later by default, which is taken too: no half minute that ends meanwhile makes it stale.
    """
    services = console.services

    def read(connection: sa.Connection) -> tuple[str, int]:
        row = connection.execute(
            sa.select(tables.second_factor.c.sealed).where(
                tables.second_factor.c.account_id == account_id
            )
        ).scalar_one()
        return row, clock.now_ms(connection)

    sealed, now = services.database.read(read)
    secret = services.box.open(f"second-factor/{account_id}", sealed)["secret"]
    return code_at(secret, now // 1000 // STEP_SECONDS + later)


def with_factor(console: Console, role: Role = Role.VIEWER) -> tuple[Account, list[str]]:
    """Return an account that has a second factor, and its recovery codes."""
    who = console.account(role)
    factors(console).begin(who.id)
    code = code_now(console, who.id, later=0)
    return who, factors(console).confirm(who.id, code, actor=who.login)


def after_password(console: Console, login: str = "viewer") -> Browser:
    browser = console.browser()
    given = {"login": login, "password": PASSWORD, "next": "/connections"}
    answer = browser.client.post(
        "/sign-in", data={"form_token": browser.token("/sign-in"), **given}
    )
    assert answer.location == "/sign-in/code?next=/connections"
    return browser


def give(browser: Browser, code: str) -> Any:
    token = browser.token("/sign-in/code?next=/connections")
    data = {"form_token": token, "code": code, "next": "/connections"}
    return browser.client.post("/sign-in/code", data=data)


def audited(console: Console) -> list[str]:
    query = sa.select(tables.audit.c.action).order_by(tables.audit.c.seq)
    return console.services.database.read(lambda c: list(c.execute(query).scalars()))


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    step = seconds // STEP_SECONDS
    assert code_at(RFC_SECRET, step) == code
    assert step_of(RFC_SECRET, f" {code[:3]} {code[3:]}", seconds * 1000) == step


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_clock_that_is_half_a_minute_off_is_forgiven(off: int) -> None:
    now = 2_000_000_000
    step = now // STEP_SECONDS + off
    assert step_of(RFC_SECRET, code_at(RFC_SECRET, step), now * 1000) == step
    far = code_at(RFC_SECRET, now // STEP_SECONDS + 3 * (off or 1))
    assert step_of(RFC_SECRET, far, now * 1000) is None


@pytest.mark.parametrize(
    "code",
    ["", "12345", "1234567", "abcdef", "\uff11\uff12\uff13\uff14\uff15\uff16", "-12345", "1e5000"],
)
def test_what_is_no_code_is_none(code: str) -> None:
    assert step_of(RFC_SECRET, code, 0) is None


def test_the_address_for_the_app_names_who_and_what() -> None:
    address = app_address(RFC_SECRET, "ada@example.com")
    assert address.startswith("otpauth://totp/Intacct%20connector%3Aada%40example.com?secret=GEZD")


def test_a_password_alone_opens_nothing_where_there_is_a_second_factor(console: Console) -> None:
    who, _ = with_factor(console)
    browser = after_password(console)
    for path in ("/", "/connections", "/account", "/account/second-factor"):
        assert browser.get(path).status_code == 302
    before = browser.client.get_cookie("session")
    answer = give(browser, code_now(console, who.id))
    assert (answer.status_code, answer.location) == (303, "/connections")
    after = browser.client.get_cookie("session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert browser.get("/connections").status_code == 200
    browser.client.set_cookie("session", before.value)
    assert browser.get("/connections").status_code == 302


def test_a_code_opens_once(console: Console) -> None:
    who, _ = with_factor(console)
    code = code_now(console, who.id)
    assert give(after_password(console), code).status_code == 303
    assert give(after_password(console), code).status_code == 401


def test_a_recovery_code_opens_once_and_is_audited(console: Console) -> None:
    who, codes = with_factor(console)
    assert len(set(codes)) == 10
    assert give(after_password(console), codes[3].upper().replace("-", " ")).status_code == 303
    assert give(after_password(console), codes[3]).status_code == 401
    assert factors(console).codes_left(who.id) == 9
    assert audited(console).count("second-factor.recovery-code") == 1
    assert audited(console).count("second-factor.refused") == 1


def test_recovery_codes_of_others_open_nothing(console: Console) -> None:
    _, codes = with_factor(console, Role.BUILDER)
    with_factor(console)
    assert give(after_password(console), codes[0]).status_code == 401


def test_guessing_codes_is_slowed_down_however_often_the_password_is_given(
    console: Console,
) -> None:
    who, _ = with_factor(console)
    for _ in range(5):
        assert give(after_password(console), "not it").status_code == 401
    answer = give(after_password(console), code_now(console, who.id))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_a_password_waits_for_its_code_for_five_minutes(console: Console) -> None:
    who, _ = with_factor(console)
    browser = after_password(console)
    column = tables.web_session.c.created_at
    aged = tables.web_session.update().values(created_at=column - 5 * 60_000)
    token = browser.token("/sign-in/code")
    console.services.database.write(lambda c: c.execute(aged))
    data = {"form_token": token, "code": code_now(console, who.id)}
    answer = browser.client.post("/sign-in/code", data=data)
    assert answer.location == "/sign-in"
    assert browser.get("/connections").status_code == 302


def test_the_code_page_is_for_those_who_gave_their_password(console: Console) -> None:
    with_factor(console)
    assert console.browser().get("/sign-in/code").location == "/sign-in"


def test_setting_up_takes_a_right_code_and_shows_recovery_codes_once(console: Console) -> None:
    who = console.account(Role.VIEWER)
    browser = console.browser(who)
    assert browser.post("/account/second-factor").status_code == 303
    assert browser.post("/account/second-factor/confirm", {"code": "000 00"}).status_code == 400
    assert not factors(console).is_on(who.id)
    code = code_now(console, who.id)
    done = browser.post("/account/second-factor/confirm", {"code": code})
    codes = re.findall(r"\b(?:[a-z2-7]{4}-){3}[a-z2-7]{4}\b", done.text)
    assert len(codes) == 10
    again = browser.get("/account/second-factor").text
    assert codes[0] not in again
    assert "10 of 10" in again
    assert browser.post("/account/second-factor").status_code == 400  # there is one already
    stored = console.services.database.read(
        lambda c: str(list(c.execute(sa.select(tables.recovery_code))))
    )
    assert codes[0] not in stored
    assert codes[0].replace("-", "") not in stored


def test_turning_it_off_takes_a_code_too(console: Console) -> None:
    who, codes = with_factor(console)
    browser = console.browser(who)
    assert browser.post("/account/second-factor/remove", {"code": "123456"}).status_code == 400
    assert factors(console).is_on(who.id)
    assert browser.post("/account/second-factor/remove", {"code": codes[0]}).status_code == 303
    assert not factors(console).is_on(who.id)
    assert browser.get("/").status_code == 302
    assert factors(console).codes_left(who.id) == 0


def test_an_administrator_takes_anothers_away_and_it_is_signed_out(
    console: Console, admin: Browser
) -> None:
    who, _ = with_factor(console)
    theirs = console.browser(who)
    assert admin.post(f"/people/{who.id}/second-factor/remove").status_code == 303
    assert theirs.get("/").status_code == 302
    browser = console.browser()
    data = {"form_token": browser.token("/sign-in"), "login": "viewer", "password": PASSWORD}
    assert browser.client.post("/sign-in", data=data).location == "/"
    assert "second-factor.remove" in audited(console)


def test_a_role_that_needs_it_opens_nothing_else_before_it_is_set_up(
    console: Console, admin: Browser
) -> None:
    who = console.account(Role.BUILDER)
    theirs = console.browser(who)
    assert theirs.get("/connections").status_code == 200
    assert admin.post("/administration/second-factor", {"role": "builder"}).status_code == 303
    assert admin.get("/connections").status_code == 200  # another role
    assert theirs.get("/connections").location == "/account/second-factor"
    fragment = theirs.get("/picklists/x", headers={"HX-Request": "true"})
    assert fragment.headers["HX-Redirect"] == "/account/second-factor"
    refused = {"form_token": theirs.token("/account/second-factor")}
    assert theirs.client.post("/catalogue/createBill", data=refused).status_code == 403
    assert theirs.client.post("/account/second-factor", data=refused).status_code == 303
    code = {"code": code_now(console, who.id), **refused}
    assert theirs.client.post("/account/second-factor/confirm", data=code).status_code == 200
    assert theirs.get("/connections").status_code == 200
    codes = {"code": code_now(console, who.id), **refused}
    off = theirs.client.post("/account/second-factor/remove", data=codes)
    assert off.status_code == 400
    assert "Your role needs" in off.text


def test_an_unknown_role_in_the_rule_changes_nothing(console: Console, admin: Browser) -> None:
    factors(console).require([Role.ADMIN], actor="test")
    factors(console).require([], actor="test")
    assert admin.post("/administration/second-factor", {"role": "owner"}).status_code == 400
    assert factors(console).required() == frozenset()


def test_a_new_master_key_seals_second_factors_too(console: Console) -> None:
    who, _ = with_factor(console)
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    first = SecretBox([old])
    database = console.services.database
    sealed = first.seal(f"second-factor/{who.id}", {"secret": RFC_SECRET})
    stored = tables.second_factor.update().values(sealed=sealed)
    database.write(lambda c: c.execute(stored))
    rotate.rotate(database, SecretBox([new, old]))
    newest = database.read(
        lambda c: c.execute(sa.select(tables.second_factor.c.sealed)).scalar_one()
    )
    assert SecretBox([new]).open(f"second-factor/{who.id}", newest)["secret"] == RFC_SECRET
