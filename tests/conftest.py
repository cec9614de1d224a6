"""What every test of the window shares: drawn off screen, with settings and records of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of settings and records of this test alone."""
    folder = tmp_path / "home"
    monkeypatch.setenv("EVALASSIST_HOME", str(folder))
    return folder
