"""What one step asked of Intacct and what came back, for results in another form than ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from connector.errors import ConnectorError
from connector.intacct.operation import Operation, Result, Verb
from connector.intacct.ports import Batches, Effect

_MAIN = "main"
_PAGES = {Verb.QUERY, Verb.READ_BY_QUERY, Verb.READ_MORE}


@dataclass
class Transcript:
    """The calls of one step, in order."""

    calls: list[tuple[Operation, Result]] = field(default_factory=list)

    def add(self, operation: Operation, result: Result) -> None:
        """Keep one call and its answer."""
        self.calls.append((operation, result))

    @property
    def principal(self) -> Result | None:
        """The answer the step is about: of its main write, else of its last call."""
        writes = [r for o, r in self.calls if o.is_write and o.call == _MAIN]
        if writes:
            return writes[-1]
        return self.calls[-1][1] if self.calls else None

    @property
    def pages(self) -> list[Result]:
        """The pages of a list, in order."""
        return [result for operation, result in self.calls if operation.verb in _PAGES]

    @property
    def routes(self) -> list[dict[str, str]]:
        """Which API each call took and why, for whoever looks at a step afterwards."""
        frozen = [operation.frozen for operation, _ in self.calls if operation.frozen]
        return [{"function": f.function, "api": f.api, "why": f.why} for f in frozen]


@dataclass(frozen=True)
class RecordedBatches:
    """Writes that go together, with every answer kept."""

    batches: Batches
    transcript: Transcript

    def __call__(self, operations: Sequence[Operation]) -> Sequence[Result | ConnectorError]:
        """Send them, and keep what was answered."""
        answers = self.batches(operations)
        for operation, answer in zip(operations, answers, strict=True):
            if isinstance(answer, Result):
                self.transcript.add(operation, answer)
        return answers

    def find(self, call: str) -> Effect | None:
        """Return the effect of the step's write of that name."""
        return self.batches.find(call)
