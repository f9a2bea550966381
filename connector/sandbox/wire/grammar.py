"""Content models in a compact notation, compiled once to patterns over the sequence of child tags.

One line says `name @attribute... = model`. A model is `a, b?, (c | d)*, e{2,5}` in order, `{a, b?}`
in any order, or one of the kinds in `wire/kinds.py`. `tag:rule` says that inside this model the tag
obeys another rule than the one of its own name. A tag without a rule holds text and nothing else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from connector.sandbox.wire.kinds import KINDS, TEXT, ValueKind
from connector.sandbox.wire.tree import Element

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_TOKEN = re.compile(r"\s*([A-Za-z_][\w.]*(?::\w+)?|\{\d+,\d*\}|[(){},|?*+])")


@dataclass(frozen=True)
class Problem:
    """One thing the schema refuses: which element, and why in a sentence."""

    at: Element
    reason: str


@dataclass(frozen=True)
class Attribute:
    """An attribute that an element may carry."""

    name: str
    is_required: bool
    choices: tuple[str, ...] = ()
    longest: int | None = None


@dataclass(frozen=True)
class Rule:
    """What one element may hold."""

    attributes: dict[str, Attribute]
    kind: ValueKind | None = None
    whole: re.Pattern[str] | None = None
    prefix: re.Pattern[str] | None = None
    required: frozenset[str] = frozenset()
    is_unordered: bool = False
    rules_of_children: dict[str, str] = field(default_factory=dict)


class Grammar:
    """A set of rules, ready to judge documents."""

    def __init__(self, lines: str, *, root: str) -> None:
        """Compile the lines; the root rule judges the document element."""
        self.root = root
        self.rules = dict(_rule(line) for line in _joined(lines))
        self._text = Rule({}, kind=TEXT)

    def problems(self, top: Element) -> Iterator[Problem]:
        """Yield what the schema refuses in this document, in document order."""
        if top.tag != self.root:
            yield Problem(top, f"Element '{top.tag}': No matching global declaration available.")
            return
        yield from self._judge(top, self.root)

    def _judge(self, node: Element, name: str) -> Iterator[Problem]:
        rule = self.rules.get(name) or KINDS_AS_RULES.get(name) or self._text
        if rule.kind is not None and rule.kind.is_anything:
            yield from _wildcard_problems(node, rule)
            return
        yield from _attribute_problems(node, rule)
        if rule.kind is not None:
            yield from _value_problems(node, rule.kind)
            return
        if _stray_text(node):
            yield Problem(node, f"Element '{node.tag}': Character content is not allowed here.")
        culprit = _order_problem(node, rule)
        if culprit is not None:
            yield culprit
            return
        for child in node:
            yield from self._judge(child, rule.rules_of_children.get(child.tag, child.tag))


def _joined(lines: str) -> Iterator[str]:
    """Yield the logical lines: an indented line goes on with the one before it."""
    pending = ""
    for line in lines.strip().splitlines():
        if line[:1].isspace():
            pending += " " + line.strip()
            continue
        if pending:
            yield pending
        pending = line
    if pending:
        yield pending


def _rule(line: str) -> tuple[str, Rule]:
    head, _, model = line.partition(" = ")
    name, *marks = head.split()
    attributes = {mark.name: mark for mark in map(_attribute, marks)}
    model = model.strip()
    if model in KINDS:
        return name, Rule(attributes, kind=KINDS[model])
    tokens = _TOKEN.findall(model)
    children = dict(_tag_and_rule(token) for token in tokens if token[0].isalpha())
    if model.startswith("{"):
        required = {_tag_and_rule(tokens[i])[0] for i in _required_positions(tokens)}
        return name, Rule(
            attributes,
            required=frozenset(required),
            is_unordered=True,
            rules_of_children=children,
        )
    whole, prefix = _Compiler(tokens).compiled()
    return name, Rule(
        attributes,
        whole=re.compile(whole),
        prefix=re.compile(prefix),
        rules_of_children=children,
    )


def _required_positions(tokens: list[str]) -> Iterator[int]:
    for position, token in enumerate(tokens):
        if token[0].isalpha() and tokens[position + 1] != "?":
            yield position


def _attribute(mark: str) -> Attribute:
    """Read `@name`, `@name!` (required), `@name=a|b` (choices) or `@name<=256` (longest text)."""
    found = re.fullmatch(r"@(\w+)(!?)(?:=([\w|]+)|<=(\d+))?", mark)
    if found is None:
        raise ValueError(f"{mark} is no attribute.")
    name, needed, choices, longest = found.groups()
    options = tuple(choices.split("|")) if choices else ()
    return Attribute(name, bool(needed), options, int(longest) if longest else None)


def _tag_and_rule(token: str) -> tuple[str, str]:
    tag, _, rule = token.partition(":")
    return tag, rule or tag


class _Compiler:
    """Turns the tokens of a model into two patterns: the whole model, and any beginning of it."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.position = 0

    def compiled(self) -> tuple[str, str]:
        return self._sequence_or_choice()

    def _peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self.position += 1
        return token

    def _sequence_or_choice(self) -> tuple[str, str]:
        parts = [self._item()]
        separator = ""
        while self._peek() in (",", "|"):
            separator = self._take()
            parts.append(self._item())
        wholes = [whole for whole, _ in parts]
        if separator == "|":
            prefixes = "|".join(prefix for _, prefix in parts)
            return f"(?:{'|'.join(wholes)})", f"(?:{prefixes})"
        begun = ""
        for whole, prefix in reversed(parts):
            begun = f"(?:{whole}{begun}|{prefix})" if begun else prefix
        return "".join(wholes), begun

    def _item(self) -> tuple[str, str]:
        token = self._take()
        if token == "(":  # noqa: S105 # a token of the notation, not of a login
            whole, prefix = self._sequence_or_choice()
            self._take()
        else:
            whole = f"(?:{_tag_and_rule(token)[0]},)"
            prefix = f"{whole}?"
        return self._counted(f"(?:{whole})", f"(?:{prefix})")

    def _counted(self, whole: str, prefix: str) -> tuple[str, str]:
        count = self._peek()
        if count == "?":
            self._take()
            return f"{whole}?", prefix
        if count in ("*", "+"):
            self._take()
            return f"{whole}{count}", f"(?:{whole}*{prefix})"
        if count.startswith("{"):
            self._take()
            most = count[1:-1].split(",")[1]
            before = f"{whole}{{0,{int(most) - 1}}}" if most else f"{whole}*"
            return f"{whole}{count}", f"(?:{before}{prefix})"
        return whole, prefix


def _attribute_problems(node: Element, rule: Rule) -> Iterator[Problem]:
    for name in map(str, node.attrib):
        if name not in rule.attributes and not name.startswith(XSI):
            yield Problem(
                node, f"Element '{node.tag}', attribute '{name}': This attribute is not allowed."
            )
    for allowed in rule.attributes.values():
        value = node.get(allowed.name)
        if value is None:
            if allowed.is_required:
                reason = f"The attribute '{allowed.name}' is required but missing."
                yield Problem(node, f"Element '{node.tag}': {reason}")
        elif allowed.choices and value not in allowed.choices:
            listed = ", ".join(allowed.choices)
            reason = f"The value '{value}' is not an element of the set ({listed})."
            yield Problem(node, f"Element '{node.tag}', attribute '{allowed.name}': {reason}")
        elif allowed.longest is not None and len(value) > allowed.longest:
            reason = f"The value is longer than {allowed.longest} characters."
            yield Problem(node, f"Element '{node.tag}', attribute '{allowed.name}': {reason}")


def _wildcard_problems(node: Element, rule: Rule) -> Iterator[Problem]:
    """Yield what is wrong around contents that are not judged themselves."""
    if rule.kind is None or not rule.kind.needs_children:
        return
    yield from _attribute_problems(node, rule)
    if not len(node):
        yield Problem(node, f"Element '{node.tag}': Missing child element(s).")
    elif _stray_text(node):
        yield Problem(node, f"Element '{node.tag}': Character content is not allowed here.")


def _value_problems(node: Element, kind: ValueKind) -> Iterator[Problem]:
    if len(node):
        yield Problem(node[0], f"Element '{node[0].tag}': This element is not expected.")
    elif not kind.accepts(node.text or ""):
        yield Problem(
            node, f"Element '{node.tag}': The value '{node.text or ''}' is not {kind.title}."
        )


def _stray_text(node: Element) -> bool:
    return bool((node.text or "").strip()) or any((child.tail or "").strip() for child in node)


def _order_problem(node: Element, rule: Rule) -> Problem | None:
    if rule.is_unordered:
        return _unordered_problem(node, rule)
    if rule.whole is None or rule.prefix is None:
        return None
    tags = [f"{child.tag}," for child in node]
    if rule.whole.fullmatch("".join(tags)):
        return None
    for count, child in enumerate(node, start=1):
        if not rule.prefix.fullmatch("".join(tags[:count])):
            return Problem(child, f"Element '{child.tag}': This element is not expected.")
    return Problem(node, f"Element '{node.tag}': Missing child element(s).")


def _unordered_problem(node: Element, rule: Rule) -> Problem | None:
    seen: set[str] = set()
    for child in node:
        if child.tag in seen or child.tag not in rule.rules_of_children:
            return Problem(child, f"Element '{child.tag}': This element is not expected.")
        seen.add(child.tag)
    missing = sorted(rule.required - seen)
    if missing:
        expected = f"Missing child element(s). Expected is ( {', '.join(missing)} )."
        return Problem(node, f"Element '{node.tag}': {expected}")
    return None


KINDS_AS_RULES = {name: Rule({}, kind=kind) for name, kind in KINDS.items()}
