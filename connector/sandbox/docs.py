"""The tables of docs/sandbox.md, made from what the sandbox itself runs.

`python -m connector.sandbox.docs docs/sandbox.md` renews them. The text around them is written by
hand: a table stands between `<!-- table: NAME -->` and `<!-- end -->`.
"""

import inspect
import re
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from connector.sandbox.fault_effects import FAULTS
from connector.sandbox.functions import FUNCTIONS
from connector.sandbox.functions.not_offered import REFUSED
from connector.sandbox.functions.write_handlers import LISTED, OWNED
from connector.sandbox.objects import OBJECTS
from connector.sandbox.objects.definition import ObjectType
from connector.sandbox.policies import POLICIES, Policy
from connector.sandbox.rest.catalogue import CATALOGUE
from connector.sandbox.rest.description import RestObject
from connector.sandbox.rest.payload import required
from connector.sandbox.rest.routes import SERVICES
from connector.sandbox.rest.workflows import WORKFLOWS
from connector.sandbox.wire.function_names import FUNCTION_NAMES

_BLOCK = re.compile(r"(<!-- table: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def renewed(page: str) -> str:
    """Return the page with its tables as they are now; KeyError for a table that nobody makes."""
    return _BLOCK.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n{found[4]}", page)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *([_cell(text) for text in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _promise(function: Callable[..., object]) -> str:
    """Return what a function says of itself first, without the errors that Python sees."""
    own = function.func if isinstance(function, partial) else function
    first = (inspect.getdoc(own) or "").partition("\n\n")[0]
    return " ".join(first.partition("; raises")[0].split()).rstrip(".") + "."


def functions() -> str:
    """Return the XML functions that run, those together that do the same to different records."""
    by_promise: dict[str, list[str]] = {}
    for name, function in FUNCTIONS.items():
        if name not in REFUSED:
            by_promise.setdefault(_promise(function), []).append(name)
    rows = ([_code(names), promise] for promise, names in by_promise.items())
    return _table(("Functions", "What they do here"), rows)


def functions_not_offered() -> str:
    """Return the functions of the official schema that are refused, with the reason if special."""
    others = FUNCTION_NAMES - FUNCTIONS.keys()
    rows = [[f"`{name}`", reason] for name, reason in REFUSED.items()]
    rows.append([_code(sorted(others, key=str.lower)), "Not part of this sandbox."])
    return _table(("Function", "Why it is refused"), rows)


def objects() -> str:
    """Return the objects of the XML API."""
    head = ("Object", "What it is", "Known by", "Fields", "Lines", "Written")
    return _table(head, (_object(described) for described in OBJECTS.values()))


def _object(described: ObjectType) -> list[str]:
    return [
        f"`{described.name}`",
        described.title,
        f"`{described.id_field}`",
        str(len(list(described.all_names()))),
        f"`{described.lines.object}`" if described.lines else "",
        _written(described.name),
    ]


def _written(name: str) -> str:
    if name in LISTED:
        return "not at all"
    return f"with its {OWNED[name]}" if name in OWNED else "on its own"


def faults() -> str:
    """Return the faults that can be armed for requests."""
    rows = ([f"`{name}`", _promise(effect)] for name, effect in FAULTS.items())
    return _table(("Fault", "What the sandbox does"), rows)


def guesses() -> str:
    """Return the policies whose right value nobody outside Sage knows."""
    return _policies(is_setting=False)


def settings() -> str:
    """Return the policies in which companies differ."""
    return _policies(is_setting=True)


def _policies(*, is_setting: bool) -> str:
    chosen = ((n, policy) for n, policy in POLICIES.items() if policy.is_setting == is_setting)
    rows = (
        [f"`{n}`", _values(policy), f"`{policy.default}`", policy.meaning] for n, policy in chosen
    )
    return _table(("Policy", "Values", "Default", "What it decides"), rows)


def _values(policy: Policy) -> str:
    is_words = re.fullmatch(r"[\w|-]+", policy.values) is not None
    return _code(policy.values.split("|")) if is_words else f"`{policy.values}`"


def rest_objects() -> str:
    """Return the objects of the REST API."""
    head = ("Object", "The same as", "POST needs", "`state` of a POST", "Workflows")
    return _table(head, (_rest_object(shape) for shape in CATALOGUE.values()))


def _rest_object(shape: RestObject) -> list[str]:
    return [
        f"`{shape.path}`",
        f"`{shape.described.name}`",
        _code(path for path, _ in required(shape)) if _is_written(shape) else "(only read)",
        _code(shape.states),
        _code(action for path, action in WORKFLOWS if path == shape.path),
    ]


def _is_written(shape: RestObject) -> bool:
    is_field_written = any(not field.is_readonly for field in shape.fields.values())
    return is_field_written or any(not one.is_readonly for one in shape.references.values())


def rest_services() -> str:
    """Return the services of the REST API."""
    rows = (
        [f"`{method} {path}`", _promise(handler)] for (method, path), handler in SERVICES.items()
    )
    return _table(("Service", "What it does here"), rows)


TABLES: dict[str, Callable[[], str]] = {
    made.__name__: made
    for made in (
        functions,
        functions_not_offered,
        objects,
        faults,
        guesses,
        settings,
        rest_objects,
        rest_services,
    )
}


def main() -> None:
    """Renew the tables of the page whose path is given."""
    page = Path(sys.argv[1])
    page.write_text(renewed(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
