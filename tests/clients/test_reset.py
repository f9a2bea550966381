"""A connection that is reset in the sense of TCP, not only closed."""

import socket
import sys

import pytest

from connector.sandbox import config
from tests.clients.conftest import Sandbox

DEADLINE = 30.0
REQUEST = f"""<request><control><senderid>{config.SENDER_ID}</senderid>
<password>{config.SENDER_PASSWORD}</password><controlid>c</controlid><uniqueid>false</uniqueid>
<dtdversion>3.0</dtdversion></control><operation><authentication><login>
<userid>{config.USER_ID}</userid><companyid>{config.COMPANY_ID}</companyid>
<password>{config.USER_PASSWORD}</password></login></authentication><content>
<function controlid="f"><create><CLASS><CLASSID>RESET</CLASSID><NAME>Reset</NAME></CLASS></create>
</function></content></operation></request>"""


def _read_to_the_end(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells which connection it is")
def test_the_work_is_done_and_the_connection_is_reset(sandbox: Sandbox) -> None:
    sandbox.admin.post("/_sandbox/faults", json={"fault": "reset"}).raise_for_status()
    head = (
        f"POST {config.GATEWAY_PATH} HTTP/1.1\r\nHost: sandbox\r\n"
        f"Content-Length: {len(REQUEST)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", sandbox.port), DEADLINE) as connection:
        connection.sendall((head + REQUEST).encode())
        with pytest.raises(ConnectionResetError):
            _read_to_the_end(connection)
    assert sandbox.ledger("CLASS") == ["RESET"]
