"""Reading the posted bytes: a document that the schema allows, or what is wrong and where."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from xml.parsers import expat

from lxml import etree

from connector.sandbox.wire.content_models import GRAMMAR
from connector.sandbox.wire.grammar import Problem
from connector.sandbox.wire.tree import Element, text_of

# Generic functions came with version 3.0; 2.1 knows the legacy names with an underscore.
_OLD_VERSION = "2.1"
MOST_COMPLAINTS = 20  # to find the place of each means reading the document once more
# The parser's own message quotes the document, and what it quotes may be part of a password.
NOT_WELL_FORMED = "The document is not well-formed."


@dataclass
class Document:
    """A request as it came in. `complaints` empty means that the schema allows it."""

    top: Element | None = None
    complaints: list[str] = field(default_factory=list)
    characters: int = 0

    @property
    def control(self) -> Element | None:
        """The control block, when the document has one."""
        return None if self.top is None else self.top.find("control")

    def functions(self) -> Iterator[tuple[str, str]]:
        """Yield the name and the control id of each function, in document order."""
        if self.top is not None:
            for function in self.top.iterfind("operation/content/function"):
                if len(function):
                    yield str(function[0].tag), function.get("controlid", "")


def parse(body: bytes) -> Document:
    """Return the document of these bytes, judged."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        top = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        return Document(complaints=[_complaint(NOT_WELL_FORMED, line, column)])
    if getattr(top.getroottree().docinfo, "doctype", ""):
        return Document(complaints=[_complaint("A DOCTYPE is not allowed.", 1, 1)])
    problems = list(islice(GRAMMAR.problems(top), MOST_COMPLAINTS))
    problems = problems or list(_version_problems(top))
    complaints = [_located(body, top, problem) for problem in problems]
    return Document(top, complaints, len(body.decode("utf-8", "replace")))


def _version_problems(top: Element) -> Iterator[Problem]:
    control = top.find("control")
    if control is None or text_of(control, "dtdversion") != _OLD_VERSION:
        return
    for function in islice(top.iterfind("operation/content/function"), MOST_COMPLAINTS):
        if "_" not in str(function[0].tag):
            yield Problem(
                function[0], f"Element '{function[0].tag}': This element is not expected."
            )


def _complaint(reason: str, line: int, column: int) -> str:
    return f"XML Parse schema error: {reason} Line: {line}, column: {column}."


def _located(body: bytes, top: Element, problem: Problem) -> str:
    wanted = next(i for i, node in enumerate(top.iter()) if node is problem.at)
    line, column = _position(body, wanted)
    return _complaint(problem.reason, line, column)


def _position(body: bytes, wanted: int) -> tuple[int, int]:
    """Return line and column of a start tag, counted from zero; lxml itself knows lines only."""
    seen: list[tuple[int, int]] = []
    reader = expat.ParserCreate()

    def opened(_tag: str, _attributes: dict[str, str]) -> None:
        if len(seen) <= wanted:
            seen.append((reader.CurrentLineNumber, reader.CurrentColumnNumber + 1))

    reader.StartElementHandler = opened
    reader.Parse(body)
    return seen[wanted]
