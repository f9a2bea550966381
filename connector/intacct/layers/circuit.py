"""Sends nothing while Intacct does not answer anybody."""

from __future__ import annotations

from connector.intacct.operation import Operation, Result
from connector.intacct.ports import Circuit, Send


class OutagePause:
    """Fails a call at once, before it is marked as sent, while the company's circuit is open.

    It stands above the slots and above the verdict: what it holds back has not been executed, and
    a write that already left is judged below it, whatever the circuit says meanwhile.
    """

    def __init__(self, following: Send, circuit: Circuit) -> None:
        self._following = following
        self._circuit = circuit

    def __call__(self, operation: Operation) -> Result:
        """Send, if Intacct answers as far as is known.

        Raises:
            Busy: It does not; nothing was sent.
        """
        with self._circuit.passage():
            return self._following(operation)
