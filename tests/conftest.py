"""What every test of the window shares: drawn off screen, with settings and records of its own."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ui.app import App

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


PASSWORD = "four blue kneecaps"


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying a password costs as little as the vault allows."""
    from evalassist.records import vault

    for name, least in (("MEMORY_KIB", vault.LEAST_MEMORY_KIB), ("PASSES", vault.LEAST_PASSES), ("LANES", 1)):
        monkeypatch.setattr(vault, name, least)


@pytest.fixture
def first_run(quick_passwords: None) -> Callable[[App], None]:
    """Fill in the first page as a person does, tick that the paper key was written down, and go on."""

    def fill_in(program: App) -> None:
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication

        from ui.pages.first_run import FirstRun  # first of all: `ui` must come before Qt

        def wait(until: Callable[[], bool]) -> None:
            while not until():
                QApplication.processEvents()
                sleep(0.005)  # the thread that is waited for needs the processor, too

        wait(lambda: program.window.door is not None)
        page = program.window.door
        assert isinstance(page, FirstRun)
        for field, typed in (
            (page.fields.name, "A. Chen, PT"),
            (page.fields.licence, "40-12345"),
            (page.fields.sign_in, "chen"),
        ):
            field.clear()
            QTest.keyClicks(field.edit, typed)
        for secret in (page.password.first, page.password.again):
            QTest.keyClicks(secret.edit, PASSWORD)
        page.button.click()
        wait(lambda: not page.at_work)
        page.paper_key.has_it.click()
        page.paper_key.go_on.click()

    return fill_in
