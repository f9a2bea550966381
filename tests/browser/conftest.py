"""A real browser on a real installation: everything a person sees, clicks and types."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from connector.accounts import Accounts
from tests.support.installation import Installation

PATIENCE_MS = 90_000  # slow machines get this long; nothing below it is measured
WIDE, NARROW = 1280, 400
HEIGHT = 800
PASSWORD = "correct horse battery"
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's browser, driven by Playwright; skipped with a reason where there is none."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("Chromium is not installed (package chromium).")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures go: the folder named by CONSOLE_SCREENSHOTS, else a passing one."""
    named = os.environ.get("CONSOLE_SCREENSHOTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass
class Seat:
    """One person before one browser.

    Args:
        complaints: What the browser itself objected to, such as a script it did not run.
    """

    page: Page
    url: str
    gallery: Path
    complaints: list[str] = field(default_factory=list)
    was_measured: bool = False

    def complain(self, kind: str, text: str) -> None:
        """Note what the browser objected to."""
        # axe and the camera try inline styles, which the policy refuses them too.
        is_theirs = self.was_measured and "Applying inline style" in text
        # A status of 4xx on purpose is no complaint.
        if kind == "error" and "Failed to load resource" not in text and not is_theirs:
            self.complaints.append(text)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def look(self, name: str) -> None:
        """Take a picture at two widths; nothing may stick out, and axe must find nothing."""
        assert self.complaints == []
        self.was_measured = True
        for width, suffix in ((WIDE, ""), (NARROW, "-narrow")):
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            picture = self.gallery / f"{name}{suffix}.png"
            self.page.screenshot(path=picture, full_page=True)
            reach = self.page.evaluate("document.documentElement.scrollWidth")
            assert reach <= width, f"{name} is {reach} wide at {width}"
            assert self.violations() == []
        self.page.set_viewport_size({"width": WIDE, "height": HEIGHT})

    def violations(self) -> list[str]:
        """Return what axe finds wrong with the page as it is."""
        rules = '{resultTypes: ["violations"]}'
        found: dict[str, Any] = self.page.evaluate(f"{AXE};axe.run(document, {rules})")
        return [
            f"{one['id']}: {node['html'][:200]}"
            for one in found["violations"]
            for node in one["nodes"]
        ]

    def tab_to(self, target: str) -> None:
        """Press Tab until what the selector names has the focus."""
        for _ in range(400):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("s => document.activeElement.matches(s)", target):
                return
        pytest.fail(f"The keyboard does not reach {target}.")


Sit = Callable[..., Any]


@pytest.fixture
def sit(chromium: Browser, gallery: Path, installation: Installation) -> Sit:
    """Seat somebody before a new browser."""
    url = installation.machine.settings.public_url

    @contextmanager
    def seated(kept: dict[str, Any] | None = None, **options: Any) -> Iterator[Seat]:
        context = chromium.new_context(
            viewport={"width": WIDE, "height": HEIGHT},
            storage_state=kept,  # type: ignore[arg-type] # what storage_state() gave
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        try:
            yield _seat(context, url, gallery)
        finally:
            context.close()

    return seated


def _seat(context: BrowserContext, url: str, gallery: Path) -> Seat:
    seat = Seat(context.new_page(), url, gallery)
    seat.page.on("console", lambda message: seat.complain(message.type, message.text))
    seat.page.on("pageerror", lambda error: seat.complain("error", str(error)))
    return seat


def sign_in(seat: Seat, login: str, password: str = PASSWORD) -> None:
    """Sign in by the page."""
    seat.open("/sign-in")
    seat.page.get_by_label("Log-in name").fill(login)
    seat.page.get_by_label("Password").fill(password)
    seat.page.get_by_role("button", name="Sign in").click()
    expect(seat.page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.fixture(scope="module")
def admin_kept(chromium: Browser, installation: Installation, gallery: Path) -> dict[str, Any]:
    """The cookies of an administrator who has signed in once."""
    Accounts(installation.machine.database).set_up("ada", "Ada Admin", PASSWORD)
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE_MS)
    sign_in(_seat(context, installation.machine.settings.public_url, gallery), "ada")
    kept: dict[str, Any] = dict(context.storage_state())
    context.close()
    return kept


@pytest.fixture
def ada(sit: Sit, admin_kept: dict[str, Any]) -> Iterator[Seat]:
    """The administrator before her browser."""
    with sit(admin_kept) as seat:
        yield seat
