"""The frozen app: one folder that starts without Python, made with PyInstaller, the same to the last bit each time."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from installer import contents
from installer.steps import HERE, OUT, PackagingError, files_of, reproducible, run, sha256

ALLOWED_OUTPUT = (
    r"Self-test passed: [A-Z].*\.",
    r"Window passed: \d+ steps, a sheet of \d pages, locked and opened again\.",
    r"This plugin does not support propagateSizeHints\(\)",  # Qt, where there is no screen
)
"""Each line the self-test may write; another one means that something is amiss, and the build fails."""
MOST_MB_ON_LINUX = 180


def freeze(target: Path) -> Path:
    """Make the app's folder in `target`, and tell where it lies."""
    work = target / "work"
    shutil.rmtree(target, ignore_errors=True)
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "ERROR"]
    places = ["--distpath", str(target), "--workpath", str(work)]
    run([*command, *places, HERE / "evalassist.spec"], env=reproducible())
    shutil.rmtree(work)
    return target / "EvalAssist"


def program(app: Path) -> Path:
    """What is started for a command and the self-test."""
    return app / ("evalassist-command.exe" if sys.platform == "win32" else "evalassist")


def check_files(app: Path) -> None:
    """Fail when something is missing in the app or lies there that must not."""
    from PyInstaller.archive.readers import CArchiveReader

    inside = app / "_internal"
    wrong = contents.complaints(name for name, _ in files_of(inside))
    wrong += [f"leads nowhere: {name}" for name, file in files_of(app) if not file.exists()]
    archive = CArchiveReader(str(program(app)))
    modules = archive.open_embedded_archive(next(name for name in archive.toc if name.endswith(".pyz"))).toc
    wrong += contents.module_complaints(modules)
    if wrong:
        raise PackagingError("The frozen app is not as it must be:\n" + "\n".join(wrong))


def size_mb(app: Path) -> float:
    """What the app takes on the disk."""
    return sum(file.lstat().st_size for _, file in files_of(app)) / 1e6


def self_test(command: list[str | Path]) -> None:
    """Run a self-test and fail for any line that is not expected."""
    with tempfile.TemporaryDirectory() as elsewhere:  # not in the checkout, where data might be found by luck
        done = subprocess.run(
            [str(each) for each in command],
            cwd=elsewhere,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=900,
            check=False,
        )
    wrote = done.stdout.decode(errors="replace")
    unexpected = unexpected_lines(wrote)
    if done.returncode or unexpected or len(re.findall("passed", wrote)) != 2:
        raise PackagingError(f"The self-test ended with {done.returncode} and wrote:\n{wrote}")


def check_postgres(app: Path) -> None:
    """Fail when the app cannot so much as knock at a PostgreSQL server; there is none at this address."""
    command = [str(program(app)), "postgres-setup", "postgresql://nobody@127.0.0.1:1/clinic"]
    done = subprocess.run(command, input=b"none\n", capture_output=True, timeout=120, check=False)
    said = done.stderr.decode(errors="replace")
    if "cannot be reached" not in said:
        raise PackagingError(f"Asked for a PostgreSQL server that is not there, the app said:\n{said}")


def unexpected_lines(wrote: str) -> list[str]:
    """The lines of a self-test that nobody expects."""
    return [
        line
        for line in wrote.splitlines()
        if line.strip() and not any(re.fullmatch(one, line.strip()) for one in ALLOWED_OUTPUT)
    ]


def different(one: Path, other: Path) -> list[str]:
    """The files by which two builds differ."""
    first, second = ({name: sha256(file) for name, file in files_of(each)} for each in (one, other))
    return sorted(name for name in first.keys() | second.keys() if first.get(name) != second.get(name))


def frozen_folder() -> Path:
    return OUT / "frozen" / "EvalAssist"
