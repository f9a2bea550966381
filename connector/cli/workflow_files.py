"""``intacct workflow export|import|diff``: workflows as files, and what differs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import click

from connector.cli import person, workflow_names
from connector.cli.opened import open_installation
from connector.cli.output import say_json
from connector.errors import InputError, NotFound
from connector.store.database import Database
from connector.workbench import difference, drafts, importing, portable
from connector.workbench.difference import Change
from connector.workbench.portable import Portable

_KEY = click.option(
    "--key-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file with a key that both sides have, to sign with.",
)
_SHORTEST_KEY = 16
_MOST_BYTES = 1024 * 1024
_SAME, _DIFFERS = 0, 1  # as `diff` says it; 2 is trouble


@click.command()
@click.argument("name", metavar="NAME[@VERSION|@draft]")
@click.option("--format", "form", type=click.Choice([portable.YAML, portable.JSON]), default="yaml")
@click.option("--output", type=click.Path(path_type=Path), help="Write this file.")
@_KEY
def export(name: str, form: str, output: Path | None, key_file: Path | None) -> None:
    """Print NAME as a file: no secrets, connections by name, the same bytes each time."""
    database = open_installation().database
    meant = workflow_names.find(database, name)
    document = workflow_names.document_of(database, meant)
    text = portable.write(meant.line.id, document, form=form, key=_key(key_file))
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_bytes(text.encode())
    except OSError as error:
        raise InputError(f"The file {output} cannot be written: {error.strerror}.") from None
    click.echo(f"{meant.line.name} is written to {output}.")


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--bind", "bound", multiple=True, metavar="OLD=NEW", help="A connection's name here.")
@click.option("--dry", is_flag=True, help="Only show what would change.")
@click.option("--over-draft", is_flag=True, help="Take the place of a draft that is there.")
@click.option("--publish", "is_published", is_flag=True, help="Publish it at once.")
@click.option("--note", default="", help="What the version is for.")
@click.option("--as", "actor", metavar="NAME", help="Who imports; your user name.")
@_KEY
def import_(  # noqa: PLR0913 - one parameter for each option of the command
    file: IO[bytes],
    bound: tuple[str, ...],
    note: str,
    actor: str | None,
    key_file: Path | None,
    *,
    dry: bool,
    over_draft: bool,
    is_published: bool,
) -> None:
    """Make a draft of the workflow in FILE; it runs once it is published."""
    services = open_installation()
    found = read_file(file, key=_key(key_file))
    wanted = importing.prepare(services, found, _binding(bound))
    say_changes(wanted.changes)
    if dry:
        click.echo("Nothing was changed.")
        return
    who = actor or person.name()
    there = drafts.draft_of(services.database, wanted.workflow_id) if over_draft else None
    draft = importing.take(services, wanted, actor=who, revision=there.revision if there else None)
    if not is_published:
        click.echo(f"{wanted.name or 'The workflow'} is a draft now; publish it to let it run.")
        return
    published = drafts.publish(
        services, draft.workflow_id, revision=draft.revision, actor=who, note=note
    )
    click.echo(f"{wanted.name} is published as version {published.version}.")


@click.command()
@click.argument("old", metavar="FILE|NAME[@VERSION]")
@click.argument("new", metavar="[FILE|NAME[@VERSION]]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def diff(context: click.Context, old: str, new: str | None, *, as_json: bool) -> None:
    """Say what differs between two workflows: 0 for nothing, 1 for something, 2 for trouble.

    A FILE alone is compared with the workflow of its name, a NAME alone with its draft, and a
    NAME@VERSION alone with what is published.
    """
    database = open_installation().database
    before, after = _both(database, old, new)
    changes = difference.difference(before, after)
    if as_json:
        say_json([change.to_document() for change in changes])
    else:
        say_changes(changes)
    context.exit(_DIFFERS if changes else _SAME)


def _both(database: Database, old: str, new: str | None) -> tuple[Any, Any]:
    if new is not None:
        return _meant(database, old), _meant(database, new)
    if Path(old).is_file():
        document = _file(old)
        name = document.get("name") if isinstance(document, dict) else None
        try:
            published = _meant(database, str(name))
        except NotFound:
            published = {}
        return published, document
    found = workflow_names.find(database, old)
    if found.version is not None:
        return _meant(database, old), _meant(database, found.line.name)
    published = workflow_names.document_of(database, found)
    draft = drafts.draft_of(database, found.line.id)
    return published, draft.document if draft else published


def _meant(database: Database, text: str) -> Any:
    if Path(text).is_file():
        return _file(text)
    return workflow_names.document_of(database, workflow_names.find(database, text))


def _file(path: str) -> Any:
    with Path(path).open("rb") as file:
        return read_file(file).document


def say_changes(changes: Iterable[Change]) -> None:
    """Print changes, one line each."""
    for change in changes:
        sign = {difference.ADDED: "+", difference.REMOVED: "-", difference.MOVED: ">"}
        click.echo(f"{sign.get(change.kind, '~')} {change.title}")


def read_file(file: IO[bytes], *, key: bytes = b"") -> Portable:
    """Return the workflow in a file that was exported or written by hand.

    Raises:
        InputError: It cannot be read, or is not what it says it is.
    """
    return portable.read(read_text(file), key=key)


def read_text(file: IO[bytes]) -> str:
    """Return a file's text.

    Raises:
        InputError: It is too large, or no text.
    """
    content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise InputError("The file is larger than 1 MB.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("The file is not UTF-8 text.") from None


def _binding(bound: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in bound]
    if any(not old or not new for old, _, new in pairs):
        raise InputError("A connection is bound as OLD=NEW.", advice="Such as --bind books=test.")
    return {old: new for old, _, new in pairs}


def _key(path: Path | None) -> bytes:
    if path is None:
        return b""
    key = path.read_bytes().strip()
    if len(key) < _SHORTEST_KEY:
        raise InputError(f"The key in {path} has less than {_SHORTEST_KEY} characters.")
    return key


COMMANDS = (export, import_, diff)
