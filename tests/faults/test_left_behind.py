"""What a process leaves behind when it dies without a word, and a broker that is only frozen."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import httpx
import psutil

if TYPE_CHECKING:
    from tests.support.installation import Installation

NOW = int(time.time() * 1000)


def is_serving(installation: Installation) -> bool:
    address = f"{installation.machine.settings.public_url}/health"
    try:
        return installation.outside.get(address).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def test_no_server_process_outlives_the_one_that_started_it(installation: Installation) -> None:
    """It would keep the port and answer half of the requests with yesterday's code and keys."""
    supervisor = installation.machine.supervisor
    server = psutil.Process(supervisor.pid("web"))
    children = installation.until(lambda: server.children(recursive=True), "the server has workers")
    server.kill()
    installation.until(
        lambda: not any(child.is_running() for child in children), "its workers have ended"
    )
    installation.until(lambda: is_serving(installation), "the server is back")


def test_a_frozen_broker_does_not_freeze_the_web_server(installation: Installation) -> None:
    """The row is kept, so the sender is answered; the bell is not waited for."""
    deals = [installation.new_deal() for _ in range(3)]
    for deal_id in deals:
        installation.move(deal_id, deliver=False)
    valkey = psutil.Process(installation.machine.supervisor.pid("valkey"))
    frozen = [child for child in valkey.children() if "valkey-server" in child.name()]
    for child in frozen:
        os.kill(child.pid, signal.SIGSTOP)
    try:
        events = [installation.event(deal_id, 8100, NOW) for deal_id in deals]
        assert installation.deliver_events(*events).status_code == 200
    finally:
        for child in frozen:
            os.kill(child.pid, signal.SIGCONT)
    assert frozen
    for deal_id in deals:
        installation.run_in(deal_id, "succeeded")
        assert len(installation.invoices(deal_id)) == 1
