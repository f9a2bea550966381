"""Installs the clients, once for each version of their locked lists, below `.clients/`."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".clients"
SECONDS = 300
NPM = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1")
PIP = ("-m", "pip", "install", "--quiet", "--retries=1", "--timeout=20", "--require-hashes")


class NotInstallable(Exception):
    """The client cannot be installed here; the text says why."""


def node_modules() -> Path:
    """Return the folder of the JavaScript packages; raises NotInstallable."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NotInstallable("Node.js with npm is not installed on this machine.")
    source = HERE / "javascript"

    def install(folder: Path) -> None:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, folder)
        _run([npm, *NPM], folder)

    return _installed("javascript", source / "package-lock.json", install) / "node_modules"


def python() -> Path:
    """Return the interpreter that has the Python packages; raises NotInstallable."""
    requirements = HERE / "python" / "requirements.txt"

    def install(folder: Path) -> None:
        _run([sys.executable, "-m", "venv", str(folder)], HERE)
        _run([str(folder / "bin" / "python"), *PIP, "-r", str(requirements)], HERE)

    return _installed("python", requirements, install) / "bin" / "python"


def _installed(name: str, lock: Path, install: Callable[[Path], None]) -> Path:
    """Return the folder that belongs to that lock file, filled when it is not there yet."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    wanted = CACHE / f"{name}-{digest}"
    if wanted.exists():
        return wanted
    CACHE.mkdir(exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n")
    made = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=CACHE))
    try:
        install(made)
        made.rename(wanted)
    except OSError:
        if not wanted.exists():  # another run may have been faster
            raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return wanted


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(  # noqa: S603 # our own command
            command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotInstallable(f"{Path(command[0]).name} took over {SECONDS} s.") from None
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().split("\n")
        said = next((line for line in lines if "error" in line.lower()), lines[-1])
        raise NotInstallable(f"{Path(command[0]).name} failed: {said}")


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a client: this one's, without anything of Python's or a proxy's."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "INTACCT_")) and "proxy" not in name.lower()
    }
    return {**kept, **more}
