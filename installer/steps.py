"""What every step of packaging needs: where things lie, and how a command is run."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evalassist import __version__

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VERSION = __version__
OUT = ROOT / "out" / "package"


class PackagingError(Exception):
    """A package cannot be made, or a made one is not as it must be; the message says why."""


def say(text: str) -> None:
    print(text, flush=True)


def run(
    command: Sequence[str | Path], *, timeout_s: float = 1800, env: Mapping[str, str] | None = None
) -> str:
    """Run a command in the checkout and return what it wrote; when it fails, all of that is the fault."""
    done = subprocess.run(
        [str(each) for each in command],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout_s,
        check=False,
    )
    wrote = done.stdout.decode(errors="replace")
    if done.returncode:
        raise PackagingError(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{wrote}")
    return wrote


def built_at() -> int:
    """The moment all files of a build bear, in seconds since 1970: that of the last commit."""
    told = os.environ.get("SOURCE_DATE_EPOCH")
    return int(told or run(["git", "log", "-1", "--format=%ct"]))


def reproducible() -> dict[str, str]:
    """What makes two builds of one commit alike to the last bit."""
    return {"SOURCE_DATE_EPOCH": str(built_at()), "PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}


def files_of(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files and links of a folder by name, in one order on all systems."""
    for file in sorted(folder.rglob("*"), key=lambda each: each.relative_to(folder).as_posix()):
        if file.is_symlink() or file.is_file():
            yield file.relative_to(folder).as_posix(), file


def sha256(file: Path) -> str:
    if file.is_symlink():
        return f"link to {file.readlink()}"
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def on_linux() -> bool:
    return sys.platform.startswith("linux")
