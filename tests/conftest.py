"""What every test of the window shares: drawn off screen, with settings and records of its own."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
PRINT_SYSTEM = Path(tempfile.mkdtemp(prefix="evalassist-cups-"))
atexit.register(shutil.rmtree, PRINT_SYSTEM, ignore_errors=True)
os.environ["CUPS_SERVER"] = str(PRINT_SYSTEM / "socket")
"""No test sees the printers of this computer; `test_printing` starts a print system of its own here."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of settings and records of this test alone."""
    folder = tmp_path / "home"
    monkeypatch.setenv("EVALASSIST_HOME", str(folder))
    return folder
