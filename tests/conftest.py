"""What every test of the window shares: drawn off screen, with settings and records of its own."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from evalassist.content import Content, load_content
from ui import style
from ui.pages.base import Page

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
PRINT_SYSTEM = Path(tempfile.mkdtemp(prefix="evalassist-cups-"))
atexit.register(shutil.rmtree, PRINT_SYSTEM, ignore_errors=True)
os.environ["CUPS_SERVER"] = str(PRINT_SYSTEM / "socket")
"""No test sees the printers of this computer; `test_printing` starts a print system of its own here."""

P = TypeVar("P", bound=Page)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of settings and records of this test alone."""
    folder = tmp_path / "home"
    monkeypatch.setenv("EVALASSIST_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def content() -> Content:
    return load_content()


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """What was closed is gone before the next test; else a new look would dress it again, for ever longer."""
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[None]:
    """The look of the app as it comes, whatever the test before or this one makes of it."""
    style.apply_style(qapp)
    yield
    style.apply_style(qapp)


@pytest.fixture
def opened(dressed: None, qtbot: QtBot) -> Callable[..., Page]:
    """Shows a page as the window does; it is closed when the test is over."""

    def show(page: P, width: int = 1140, height: int = 760) -> P:
        qtbot.addWidget(page)
        page.resize(width, height)
        page.prepare()
        with qtbot.waitExposed(page):
            page.show()
        page.activateWindow()
        return page

    return show
