"""The window as the tests open it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from evalassist.content import load_content
from evalassist.records.store import Store
from evalassist.settings import Settings
from ui.main_window import MainWindow

CHEN = Settings(therapist_name="A. Chen, PT")


def window_of(qtbot: QtBot, store: Store, settings: Settings = CHEN) -> MainWindow:
    """The window with these records. Nobody is there to answer when the test is over: what it holds may go then."""
    window = MainWindow()
    qtbot.addWidget(
        window, before_close_func=lambda each: setattr(each.leaving, "ask_to_lose", lambda *_, **__: True)
    )
    window.resize(1366, 768)
    window.show()
    window.open_store(store, load_content(), settings)
    window.activateWindow()
    return window


def follow() -> None:
    """Let what follows a step or an answer be drawn, in the turns of the loop after it."""
    for _ in range(4):
        QApplication.processEvents()


def once_asked(act: Callable[[], object]) -> None:
    """Do this in the dialog that comes up, however long that takes; too early it would stay there for ever."""
    if QApplication.activeModalWidget() is None:
        QTimer.singleShot(20, partial(once_asked, act))
    else:
        act()


def words(widget: QWidget) -> str:
    """Everything that can be read on it."""
    QApplication.processEvents()  # what was just made is shown with the next event
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))
