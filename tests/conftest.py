"""What every test of the window shares: drawn off screen, with settings and records of its own."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from evalassist.content import Content
    from evalassist.content.schema import Exercise

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


@pytest.fixture(scope="session")
def spanish_content() -> Content:
    """The content with every exercise in Spanish: where one is not translated yet, its English stands in."""
    from evalassist.content import load_content

    content = load_content()
    return replace(content, exercises={id: _in_spanish(each) for id, each in content.exercises.items()})


def _in_spanish(exercise: Exercise) -> Exercise:
    parts = ("patient_name", "feel", "steps", "steps_both")
    texts = {part: text for part in parts if (text := getattr(exercise, part))}
    filled = {part: text.model_copy(update={"es": text.es or text.en}) for part, text in texts.items()}
    return exercise.model_copy(update=filled)
