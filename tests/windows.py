"""The window as the tests open it."""

from __future__ import annotations

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
