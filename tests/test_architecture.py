"""The house keeps its floors apart: the import contracts of pyproject.toml, and what starting it loads."""

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
