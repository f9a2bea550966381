"""One compiled CEL expression: it sees what it names, as plain data, and its work is bounded."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from cel_expr_python import cel

from connector.errors import InputError
from connector.workflow import explain, functions, source
from connector.workflow.values import Allowance, Intake, taken_out, wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

ITERATION_BUDGET = 10_000
_MAX_DOUBLINGS = 30
_FAILURES = (cel.Type.ERROR, cel.Type.UNKNOWN)  # the engine returns these instead of raising
# Left out on purpose: / and double (they lose decimals), string (it prints floats), matches (one
# pattern can take 30 ms to prepare), contains (quadratic on hostile text; `includes` is not).
_STANDARD = (
    *("_+_", "_-_", "-_", "_*_", "_%_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "_&&_"),
    *("_||_", "!_", "_?_:_", "_[_]", "@in", "@not_strictly_false"),
    *("size", "startsWith", "endsWith", "int"),
)


@lru_cache(maxsize=256)
def _environment(names: frozenset[str]) -> cel.Env:
    listed = "".join(f'    - name: "{name}"\n' for name in _STANDARD)
    return cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(f"stdlib:\n  include_functions:\n{listed}"),
        variables=dict.fromkeys(sorted(names), cel.Type.DYN),
        functions=functions.declarations(),
    )


@dataclass(eq=False)
class Scope:
    """The values expressions may name; a list adds one name per item, in a scope inside.

    Args:
        roots: Name to data.
        allowance: What may still be spent, shared with the scopes outside.
        bound: The name this scope adds to the one outside.
        outer: The scope outside.
    """

    roots: Mapping[str, Any]
    allowance: Allowance = field(default_factory=Allowance)
    bound: str = ""
    outer: Scope | None = None
    results: dict[Expression, tuple[Any, int]] = field(default_factory=dict)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names in reach."""
        return frozenset(self.roots)

    def bind(self, name: str, item: Any) -> Scope:
        """Return a scope inside this one where ``name`` is the item."""
        return Scope({**self.roots, name: item}, self.allowance, name, self)

    def home(self, names: frozenset[str]) -> Scope:
        """Return the outermost scope where these names mean the same as here."""
        scope = self
        while scope.outer is not None and scope.bound not in names:
            scope = scope.outer
        return scope


class Expression:
    """A compiled source; get it from ``compiled``, share it between threads."""

    def __init__(self, text: str, names: frozenset[str]) -> None:
        self.source = text
        self._outline = source.outline(text)
        self.paths = tuple(path for path in self._outline.paths if path[0] in names)
        self.names = frozenset(path[0] for path in self.paths)
        self._wanted = wanted(self.paths)
        try:
            self._program = _environment(names).compile(text)
        except RuntimeError as error:
            raise explain.within(text, explain.refused(str(error), names)) from error

    @property
    def return_type(self) -> str:
        """What is known of the result before there is data, such as ``STRING`` or ``DYN``."""
        return str(self._program.return_type().name())

    def evaluate(self, scope: Scope, limit: int) -> Any:
        """Return the result as JSON data of at most ``limit`` bytes.

        It is worked out once for all scopes that share its names, and counted each time.

        Raises:
            InputError: A path is missing, types do not fit, or a limit is reached.
        """
        home = scope.home(self.names)
        if self in home.results:
            result, size = home.results[self]
            scope.allowance.spend_text(size)
            return copy.deepcopy(result)  # no two fields share a list
        try:
            result, size = taken_out(self._run(home), limit)
        except InputError as error:
            raise explain.within(self.source, error) from error
        home.results[self] = result, size
        scope.allowance.spend_text(size)
        return result

    def _run(self, scope: Scope) -> cel.Value:
        intake = Intake()
        data = intake.take(scope.roots, self._wanted)
        scope.allowance.spend_nodes(intake.nodes)
        self._check_work(intake, scope.allowance)
        try:
            value = self._program.eval(data=data)
        except RuntimeError as error:
            raise explain.failed(self.paths, str(error), scope.roots) from error
        if value.type() in _FAILURES:
            raise explain.failed(self.paths, str(value.plain_value()), scope.roots)
        return value

    def _check_work(self, intake: Intake, allowance: Allowance) -> None:
        found = self._outline
        longest = max(intake.longest_list, self.source.count(",") + 1)
        iterations = 1
        growth = (1 + found.additions) * (2 + found.additions) // 2  # a + b + c copies a twice
        if found.list_functions:  # these name values, and each plus may double a named one
            iterations = min(ITERATION_BUDGET, found.list_functions * longest**found.nesting)
            growth = 2 ** min(found.additions, _MAX_DOUBLINGS)
        effort = iterations * (growth + found.calls)
        taken = sum(name in functions.LIST_TAKERS for name in found.inner_calls)
        if (
            effort * max(intake.longest_text, len(self.source)) > allowance.text_work
            or effort * (intake.nodes + 8 * longest) > allowance.node_work
            or iterations * taken * intake.nodes > allowance.conversions
        ):
            allowance.is_exceeded = True
            raise InputError(
                "The expression could do too much work on this data.",
                advice="Map the list with 'each' and 'where', which take one item at a time.",
            )


@lru_cache(maxsize=4096)
def compiled(text: str, names: frozenset[str]) -> Expression:
    """Return the expression, compiled for the names in reach; kept for the next use.

    Raises:
        InputError: The source is not valid; the advice says what would be.
    """
    return Expression(text, names)


def typed_result(text: str, types: Mapping[str, cel.Type]) -> str:
    """Return the type of a source's result, such as ``STRING``, where this is known of its names.

    Args:
        text: The source.
        types: The type of each name; a name with points in it is a path that is known.

    Raises:
        InputError: The types do not fit together.
    """
    listed = "".join(f'    - name: "{name}"\n' for name in _STANDARD)
    environment = cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(f"stdlib:\n  include_functions:\n{listed}"),
        variables=dict(types),
        functions=functions.declarations(),
    )
    try:
        return str(environment.compile(text).return_type().name())
    except RuntimeError as error:
        names = {name.partition(".")[0] for name in types}
        raise explain.within(text, explain.refused(str(error), names)) from error
