"""The house keeps its floors apart: the import contracts of pyproject.toml, and what starting it loads."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_import_contracts_hold() -> None:
    result = python("from importlinter.cli import lint_imports_command as check; check(['--no-cache'])")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("package", ["PySide6", "reportlab", "sqlalchemy"])
def test_the_command_line_starts_without(package: str) -> None:
    result = python(f"import sys, evalassist.cli; sys.exit({package!r} in sys.modules)")
    assert result.returncode == 0, result.stderr or f"importing evalassist.cli loads {package}"


@pytest.mark.parametrize("folder", ["tests", "installer", "resources"])
def test_a_folder_that_is_no_package_has_no_init(folder: str) -> None:
    assert list((ROOT / folder).rglob("__init__.py")) == []


def test_what_opens_the_records_shares_nothing_with_the_content_that_is_read_beside_it() -> None:
    """Two threads that load modules which need one another can stop each other: one start in some hundreds failed."""
    shared = ("evalassist.content", "evalassist.clinical", "evalassist.note")
    loads = "import sys, evalassist.records.entrance, ui.pages.start"
    code = f"{loads}; sys.exit(any(m.startswith({shared}) for m in sys.modules))"
    result = python(code)
    assert result.returncode == 0, result.stderr


BESIDE_EACH_OTHER = """
import sys, threading, time
import evalassist.settings, ui.app  # as they are before the window begins a thread

class Slow:
    '''Every module of ours takes its time, so that the threads meet.'''
    @staticmethod
    def find_spec(name, path=None, target=None):
        time.sleep(0.01 if name.startswith(("evalassist", "ui")) else 0)

def load(what):
    try:
        exec(what, {})
    except BaseException as fault:
        faults.append(f"{what}: {fault!r}")

sys.meta_path.insert(0, Slow)
faults = []
threads = [threading.Thread(target=load, args=(what,)) for what in LOADS]
for each in threads:
    each.start()
for each in threads:
    each.join()
sys.exit("\\n".join(faults) or 0)
"""


@pytest.mark.parametrize(
    "loads",
    [
        (
            "from evalassist.content.loader import load_content",
            "import evalassist.content.schema",
            "import evalassist.clinical.assessment",
            "import evalassist.records.drill",
            "import ui.evaluation_view",
        ),
        (
            "import evalassist.records.entrance",
            "import evalassist.records.models",
            "import evalassist.records.backup",
            "import ui.pages.start",
        ),
    ],
    ids=["content", "records"],
)
def test_what_is_loaded_in_several_threads_at_once_comes_whole(loads: tuple[str, ...]) -> None:
    """Content and records are read beside the window; who was quick then met a window in which nothing opened."""
    result = python(f"LOADS = {loads!r}\n{BESIDE_EACH_OTHER}")
    assert result.returncode == 0, result.stderr


def test_no_package_loads_its_own_parts_as_it_is_loaded() -> None:
    """One thread then waits for the part that the other has, and the other for the package."""
    found = []
    for file in (*ROOT.glob("evalassist/**/__init__.py"), *ROOT.glob("ui/**/__init__.py")):
        package = ".".join(file.relative_to(ROOT).parent.parts)
        for node in ast.parse(file.read_text("utf-8")).body:
            named = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else [named]
            found += [f"{package}: {name}" for name in names if f"{name}.".startswith(f"{package}.")]
    assert found == []
