"""Work out values with expressions in them: ``{{ ... }}`` in texts, and lists mapped by ``each``.

One pass, from templates to data: what an expression gives is never looked at again. An expression
gets the paths it names and nothing else, as plain data: no Python, no settings, no secrets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from connector.errors import InputError
from connector.workflow.program import Expression, Scope, compiled
from connector.workflow.source import OPEN, split
from connector.workflow.values import MAX_RESULT, MAX_TOTAL, Allowance
from connector.workflow.wording import join, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOTS = frozenset({"input", "steps", "item", "tables", "failure"})
MAX_ITEMS = 10_000
MAX_DEPTH = 64
_EACH = frozenset({"each", "as", "where", "value"})
# What the expression language keeps for itself, and our own roots. `item` may be rebound.
_TAKEN_NAMES = frozenset(
    (
        *(
            "input",
            "steps",
            "tables",
            "failure",
            "as",
            "bool",
            "break",
            "bytes",
            "const",
            "continue",
            "double",
        ),
        *("duration", "dyn", "else", "false", "for", "function", "if", "import", "in"),
        *("int", "let", "list", "loop", "map", "namespace", "null", "null_type", "package"),
        *("return", "string", "timestamp", "true", "type", "uint", "var", "void", "while"),
    )
)


@dataclass(frozen=True)
class Template:
    """A text with expressions, compiled; get it from ``Template.compile``."""

    parts: tuple[str | Expression, ...]

    @staticmethod
    def compile(text: str, names: frozenset[str] = ROOTS) -> Template:
        """Return the template for a text whose expressions may use these names.

        Raises:
            InputError: An expression is not closed, too long, not valid, or names something else.
        """
        return _template(text, names)

    @property
    def paths(self) -> tuple[tuple[str, ...], ...]:
        """Every path its expressions name, such as ``("steps", "customer", "id")``."""
        expressions = [part for part in self.parts if isinstance(part, Expression)]
        return tuple(path for expression in expressions for path in expression.paths)

    @property
    def return_type(self) -> str:
        """``STRING`` for text with something around an expression, else the expression's type."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Expression):
            return self.parts[0].return_type
        return "STRING"

    def evaluate(self, roots: Mapping[str, Any] | Scope, limit: int = MAX_RESULT) -> Any:
        """Return the result: of its own type for a lone expression, else text.

        Args:
            roots: Name to data, or the scope of a value that is being worked out.
            limit: The most bytes the result may have.

        Raises:
            InputError: A path is missing, types do not fit, or a limit is reached.
        """
        scope = roots if isinstance(roots, Scope) else Scope(roots)
        if len(self.parts) == 1 and isinstance(self.parts[0], Expression):
            return self.parts[0].evaluate(scope, limit)
        pieces = [
            _as_text(part, part.evaluate(scope, limit)) if isinstance(part, Expression) else part
            for part in self.parts
        ]
        text = "".join(pieces)
        scope.allowance.spend_text(len(text))
        if len(text.encode("utf-8", "surrogatepass")) > limit:
            raise InputError(f"The text becomes longer than {limit // 1024} KB.")
        return text


@lru_cache(maxsize=4096)
def _template(text: str, names: frozenset[str]) -> Template:
    return Template(
        tuple(
            part if isinstance(part, str) else compiled(part.source, names) for part in split(text)
        )
    )


def _as_text(part: Expression, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int):
        return str(value)
    raise InputError(
        f"{{{{ {part.source} }}}} is {shown(value)} and cannot stand inside a text.",
        advice="Use default(value, 'x') for null, and single fields instead of lists and groups.",
    )


def evaluate(
    value: Any, roots: Mapping[str, Any], field: str = "", allowance: Allowance | None = None
) -> Any:
    """Return the value with every template in it worked out; texts without one stay as they are.

    Args:
        value: JSON data: dicts, lists, text, whole numbers, true, false, None.
        roots: Name to data, such as ``{"input": event, "steps": outputs}``.
        field: Where the value stands; it begins the path in an error's ``field``.
        allowance: What it may cost; as much as in a run if not given.

    Raises:
        InputError: With the path of the template in ``field``.
    """
    return _evaluated(value, Scope(roots, allowance or Allowance()), field, 0)


def _evaluated(value: Any, scope: Scope, field: str, depth: int) -> Any:
    if isinstance(value, str):
        return _evaluated_text(value, scope, field)
    _check_depth(depth, field)
    if isinstance(value, list):
        return [
            _evaluated(item, scope, f"{field}[{index}]", depth + 1)
            for index, item in enumerate(value)
        ]
    if isinstance(value, dict):
        if is_mapping_form(value):
            return _mapped(value, scope, field, depth)
        return {
            name: _evaluated(item, scope, join(field, name), depth + 1)
            for name, item in value.items()
        }
    return value


def _evaluated_text(text: str, scope: Scope, field: str, limit: int = MAX_RESULT) -> Any:
    try:
        if OPEN not in text:
            scope.allowance.spend_text(len(text))
            return text
        return _template(text, scope.names).evaluate(scope, limit)
    except InputError as error:
        raise placed(error, field) from error


def is_mapping_form(value: Mapping[str, Any]) -> bool:
    """Say whether a group of fields is the list mapping: it has both ``each`` and ``value``."""
    return "each" in value and "value" in value


def _mapped(form: dict[str, Any], scope: Scope, field: str, depth: int) -> list[Any]:
    name = _bound_name(form, field, scope.names)
    found = form["each"]
    if isinstance(found, str):
        found = _evaluated_text(found, scope, join(field, "each"), MAX_TOTAL)
    else:
        found = _evaluated(found, scope, join(field, "each"), depth + 1)
    _check_items(found, scope, field)
    result = []
    for index, item in enumerate(found):
        inner, place = scope.bind(name, item), f"{field}[{index}]"
        if _is_wanted(form, inner, place):
            result.append(_evaluated(form["value"], inner, place, depth + 1))
    return result


def _check_items(found: Any, scope: Scope, field: str) -> None:
    if not isinstance(found, list):
        raise InputError(
            f"'each' needs a list, and this is {shown(found)}.",
            advice="Name the list itself, such as {{ input.lineItems }}.",
            field=join(field, "each"),
        )
    if len(found) > MAX_ITEMS:
        raise InputError(
            f"The list has {len(found)} items; at most 10,000 are mapped.",
            advice="Send fewer at a time.",
            field=join(field, "each"),
        )
    try:
        scope.allowance.spend_items(len(found))
    except InputError as error:
        raise placed(error, field) from error


def _is_wanted(form: dict[str, Any], scope: Scope, place: str) -> bool:
    if "where" not in form:
        return True
    verdict = _evaluated_text(form["where"], scope, join(place, "where"))
    if not isinstance(verdict, bool):
        raise InputError(
            f"'where' must be yes or no, and this is {shown(verdict)}.",
            advice="Compare the value, such as {{ line.quantity > 0 }}.",
            field=join(place, "where"),
        )
    return verdict


def templates(
    value: Any, names: frozenset[str] = ROOTS, field: str = ""
) -> Iterator[tuple[str, Template]]:
    """Yield the place and the compiled template of every text with an expression in a JSON value.

    Raises:
        InputError: Something in the value is not valid; ``field`` tells where.
    """
    yield from _templates(value, names, field, 0)


def _templates(
    value: Any, names: frozenset[str], field: str, depth: int
) -> Iterator[tuple[str, Template]]:
    if isinstance(value, str):
        if OPEN in value:
            try:
                yield field, _template(value, names)
            except InputError as error:
                raise placed(error, field) from error
        return
    _check_depth(depth, field)
    if isinstance(value, dict):
        yield from _templates_of_group(value, names, field, depth)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _templates(item, names, f"{field}[{index}]", depth + 1)


def _templates_of_group(
    value: dict[str, Any], names: frozenset[str], field: str, depth: int
) -> Iterator[tuple[str, Template]]:
    is_form = is_mapping_form(value)
    bound = {_bound_name(value, field, names)} if is_form else frozenset()
    for name, item in value.items():
        if OPEN in name:
            raise InputError(
                "A field's name cannot be an expression.", field=field, advice="Write the name out."
            )
        inner = names | bound if name in {"where", "value"} else names
        yield from _templates(item, inner, join(field, name), depth + 1)


def _bound_name(form: dict[str, Any], field: str, names: frozenset[str]) -> str:
    name = form.get("as")
    if extra := sorted(set(form) - _EACH):
        raise InputError(
            f"A list mapping has no '{extra[0]}': it consists of each, as, where and value.",
            advice="Move the field into 'value'.",
            field=join(field, extra[0]),
        )
    if not isinstance(form.get("where", ""), str):
        raise InputError(
            "'where' must be an expression.",
            advice="Write it as {{ line.quantity > 0 }}.",
            field=join(field, "where"),
        )
    if not isinstance(name, str) or not name.isascii() or not name.isidentifier():
        raise InputError(
            "A list mapping needs a name for its item: letters, digits and _.",
            advice="Add it, such as 'as: line'.",
            field=join(field, "as"),
        )
    if name in _TAKEN_NAMES or name in names - {"item"}:
        raise InputError(
            f"The name '{name}' is taken.",
            advice="Use another one, such as line.",
            field=join(field, "as"),
        )
    return name


def _check_depth(depth: int, field: str) -> None:
    if depth > MAX_DEPTH:
        raise InputError(f"The value is nested deeper than {MAX_DEPTH} levels.", field=field)


def placed(error: InputError, field: str) -> InputError:
    """Return the error with its field; a field it already has stays."""
    return InputError(error.title, advice=error.advice, field=error.field or field)
