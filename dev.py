#!/usr/bin/env python3
"""The commands a developer of EvalAssist needs; each prepares what it needs first.

python3 dev.py run [ARGS]          start EvalAssist, or the command line in ARGS
python3 dev.py test [PYTEST ARGS]  every check: style, types, import contracts, tests, self-test
python3 dev.py screenshots         every page of the window as a picture, in out/screens; and those of the manual
python3 dev.py pictures            draw the exercise pictures anew
python3 dev.py words [LANGUAGE]    collect the words of the window for translators
python3 dev.py bench               measure how fast the app answers
python3 dev.py faults [--short]    break the records on purpose, and count what is lost
python3 dev.py package [--check]   build the installers in out/package, or try the built ones out
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PACKAGE_VENV = ROOT / "out" / "package-venv"
"""What is shipped and what packs it, and nothing else: none of the developers' tools can slip into the app."""
OLDEST_PYTHON = (3, 11)

SYSTEM_PACKAGES = {  # Debian's names
    "venv": ["python3-venv"],
    "run": [
        *["libegl1", "libgl1", "libfontconfig1", "libglib2.0-0", "libdbus-1-3", "libxkbcommon0"],
        *["libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "libxcb-xkb1"],
        *["libxkbcommon-x11-0", "libwayland-cursor0"],
    ],
    "test": [
        *["xvfb", "poppler-utils", "qpdf", "fonts-open-sans", "cups-daemon", "cups-client"],
        *["gcc", "libc6-dev"],  # what breaks the disk on purpose
        *["at-spi2-core", "dbus", "python3-gi"],  # what hears the window as a screen reader does
        *["postgresql"],  # the tests start a server of their own in a temporary folder
        *["nsis", "man-db"],  # the setup and the manual page are checked
    ],
    "faults": ["strace"],
    "package": ["binutils", "dpkg-dev", "nsis", "libcups2", "libpython3-dev"],
    "package --check": ["debootstrap", "strace", "wine64", "wine", "xvfb"],
}

# import-linter cannot be run with -m
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as check; check(['--no-logo'])"


class CannotGoOnError(Exception):
    """Something on this machine must be put right first; the message says what."""


def too_old(version: tuple[int, ...], executable: str) -> str | None:
    """What to say to a Python that cannot run EvalAssist, or None."""
    if version >= OLDEST_PYTHON:
        return None
    found, needed = (".".join(map(str, each)) for each in (version, OLDEST_PYTHON))
    return (
        f"EvalAssist needs Python {needed} or newer; {executable} is {found}.\n"
        f"Install a newer one and start dev.py with it, for example: python{needed} dev.py run"
    )


def venv_python(windows: bool = os.name == "nt", venv: Path = VENV) -> Path:
    """A virtual environment's Python; its tools are run through it, so a moved checkout still works."""
    return venv / ("Scripts/python.exe" if windows else "bin/python")


def no_display(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether a window has nowhere to appear: a Linux machine without X11 and Wayland."""
    return platform.startswith("linux") and not (
        environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    )


def fingerprint(texts: Iterable[bytes], python: str) -> str:
    """Changes when what must be installed changes, or the Python it is installed for."""
    digest = hashlib.sha256(python.encode())
    for text in texts:
        digest.update(hashlib.sha256(text).digest())
    return digest.hexdigest()


def missing_packages(wanted: Iterable[str], dpkg_listing: str) -> list[str]:
    """The wanted packages that no installed one is or provides.

    The listing has a line for each package: its state, its name, and what it provides, separated by tabs.
    """
    present: set[str] = set()
    for line in dpkg_listing.splitlines():
        state, name, provides = line.split("\t")
        if state.startswith("ii"):
            present.add(name)
            present.update(each.split()[0] for each in provides.split(",") if each.strip())
    return [package for package in wanted if package not in present]


def apt_line(packages: Sequence[str]) -> str:
    """The one line that installs Debian packages by hand."""
    return f"sudo apt-get install -y --no-install-recommends {' '.join(packages)}"


def say(text: str) -> None:
    print(text, flush=True)


def call(command: Sequence[str | Path], **environment: str) -> int:
    """Run a command in the checkout, seen by the person who started it, and return its exit code."""
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def ensure_system_packages(kinds: Iterable[str]) -> str | None:
    """Install the missing system packages where that can be done; else say and return the line that does."""
    dpkg_query, apt_get = shutil.which("dpkg-query"), shutil.which("apt-get")
    if not (dpkg_query and apt_get):
        return None
    query: list[str] = [dpkg_query, "-W", "-f", r"${db:Status-Abbrev}\t${Package}\t${Provides}\n"]
    listing = subprocess.run(query, capture_output=True, text=True, check=True).stdout
    missing = missing_packages([name for kind in kinds for name in SYSTEM_PACKAGES[kind]], listing)
    if not missing:
        return None
    if is_root():
        say(f"Installing with apt: {' '.join(missing)}")
        call([apt_get, "update", "-qq"])
        install: list[str | Path] = [apt_get, "install", "-y", "-qq", "--no-install-recommends", *missing]
        if call(install, DEBIAN_FRONTEND="noninteractive") == 0:
            return None
    line = f"System packages are missing. Install them with this line:\n    {apt_line(missing)}"
    say(line)
    return line


def ensure_venv(venv: Path = VENV, parts: str = "dev") -> None:
    """Make .venv with the exact versions of constraints.txt; do nothing when it is already so."""
    texts = [(ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    wanted = fingerprint(texts, f"{sys.version_info[:2]} {ROOT}")
    python, stamp = venv_python(venv=venv), venv / "installed-for.sha256"
    if python.exists() and stamp.is_file() and stamp.read_text() == wanted:
        return
    pip: list[str | Path] = [python, "-m", "pip"]
    half_made = (
        python.exists() and subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode
    )
    if half_made or not python.exists():
        make_venv(venv)
    say(f"Installing what EvalAssist needs into {venv.relative_to(ROOT)} (a few minutes the first time) ...")
    quiet = [] if sys.stdout.isatty() else ["--quiet"]
    # An older pip ignores the second constraint, which pins what builds the package.
    os.environ.setdefault("PIP_BUILD_CONSTRAINT", "constraints.txt")
    if call([*pip, "install", *quiet, "-e", f".[{parts}]", "-c", "constraints.txt"]):
        raise CannotGoOnError("pip could not install what EvalAssist needs; its message is above.")
    stamp.write_text(wanted)


def make_venv(venv: Path) -> None:
    """A fresh virtual environment; a half-made one is replaced."""
    if importlib.util.find_spec("ensurepip") is None:  # Debian keeps it in a package of its own
        line = ensure_system_packages(["venv"])
        if line:
            raise CannotGoOnError("Then start dev.py again.")
        importlib.invalidate_caches()
    if call([sys.executable, "-m", "venv", "--clear", venv]):
        raise CannotGoOnError(f"{sys.executable} could not make a virtual environment in {venv}.")


def run(arguments: Sequence[str]) -> int:
    hint = ensure_system_packages(["run"])
    ensure_venv()
    if not arguments and no_display(sys.platform, os.environ):
        say("There is no display here, so no window can open. Running the demonstration instead:")
        arguments = ["demo", "--out", "out/demo"]
        say(f"    evalassist {' '.join(arguments)}")
    code = call([venv_python(), "-m", "evalassist", *arguments])
    if code and hint:
        say(hint)
    return code


IN_PARALLEL = ("-n", str(min(4, os.cpu_count() or 1)), "--dist", "worksteal")
"""The whole suite on several processors."""


def test(arguments: Sequence[str]) -> int:
    hint = ensure_system_packages(["run", "test"])
    ensure_venv()
    python = venv_python()
    checks: dict[str, list[str | Path]] = {
        "ruff check": [python, "-m", "ruff", "check", "."],
        "ruff format": [python, "-m", "ruff", "format", "--check", "."],
        "mypy": [python, "-m", "mypy"],
        "import contracts": [python, "-c", LINT_IMPORTS],
        "faults": [python, "tests/faults.py", "--short"],
        "pytest": [python, "-m", "pytest", *(arguments or IN_PARALLEL)],
        "self-test": [python, "-m", "evalassist", "--self-test"],
    }
    results: list[tuple[str, int, float]] = []
    for name, command in checks.items():
        say(f"\n=== {name}")
        started = time.monotonic()
        code = call(command, QT_QPA_PLATFORM="offscreen")
        results.append((name, code, time.monotonic() - started))
    say("\n" + summary(results))
    if hint:
        say(hint)
    return int(any(code for _, code, _ in results))


def summary(results: Sequence[tuple[str, int, float]]) -> str:
    """What each check came to and how long it took, and a last line for all of them."""
    lines = [
        f"{name:<18}{'ok' if code == 0 else f'FAILED (exit {code})':<18}{seconds:>7.1f} s"
        for name, code, seconds in results
    ]
    failed = [name for name, code, _ in results if code]
    verdict = f"Not good yet: {', '.join(failed)}." if failed else "Everything is in order."
    return "\n".join([*lines, f"{verdict} {sum(seconds for _, _, seconds in results):.0f} s in all."])


def module(*command: str, needs: Sequence[str] = ("run",)) -> int:
    """Run a module or a file of the checkout without a display."""
    hint = ensure_system_packages(needs)
    ensure_venv()
    code = call([venv_python(), *command], QT_QPA_PLATFORM="offscreen")
    if code and hint:
        say(hint)
    return code


def package(arguments: Sequence[str]) -> int:
    """Build the installers, or try them out; everything about them stands in `installer`."""
    needs = ["run", "package", *(["package --check"] if "--check" in arguments else [])]
    hint = ensure_system_packages(needs)
    ensure_venv(PACKAGE_VENV, "postgres,package")
    code = call(
        [venv_python(venv=PACKAGE_VENV), "-m", "installer.package", *arguments], QT_QPA_PLATFORM="offscreen"
    )
    if code and hint:
        say(hint)
    return code


def screenshots(arguments: Sequence[str]) -> int:
    """Every page for whoever develops, then the pictures of the manual, which so cannot age."""
    return module("-m", "ui.screenshots", "out/screens", *arguments) or module(
        "-m", "ui.manual_pictures", *arguments
    )


def main(arguments: Sequence[str]) -> int:
    name, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    commands = {
        "run": lambda: run(rest),
        "test": lambda: test(rest),
        "screenshots": lambda: screenshots(rest),
        "pictures": lambda: module("-m", "evalassist.drawing", *rest),
        "words": lambda: module("-m", "ui.extract", *rest),
        "bench": lambda: module("tests/bench.py", *rest),
        "package": lambda: package(rest),
        "faults": lambda: module("tests/faults.py", *rest, needs=("run", "test", "faults")),
    }
    complaint = too_old(sys.version_info[:3], sys.executable)
    if complaint:
        say(complaint)
        return 1
    if name not in commands:
        say(__doc__ or "")
        return 0 if name in ("-h", "--help", "help") else 2
    try:
        return commands[name]()
    except CannotGoOnError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
