"""The screen for the patient takes the whole window, and gives it back as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget
from shiboken6 import isValid

from evalassist.explaining import explanation_of, why_not_explained
from evalassist.translate import tr
from ui.dialogs.asking import tell
from ui.pages.show import ShowPage

if TYPE_CHECKING:
    from evalassist.note import Note
    from ui.evaluation_view import EvaluationView
    from ui.main_window import MainWindow

LOCK = QKeySequence("Ctrl+L")


class Showing:
    """While it lasts only the lock and the page's own keys work."""

    def __init__(
        self,
        window: MainWindow,
        view: EvaluationView,
        stack: QStackedWidget,
        keys: list[QShortcut],
        note: Note,
    ) -> None:
        self._window, self._stack, self._keys = window, stack, [key for key in keys if key.key() != LOCK]
        self._under, self._focus = view, window.focusWidget()
        self._state = window.windowState()
        self.page: ShowPage | None = ShowPage(explanation_of(note, view.sheet_language))
        self.page.closed.connect(self.end)
        for key in self._keys:
            key.setEnabled(False)
        stack.addWidget(self.page)
        stack.setCurrentWidget(self.page)
        window.setWindowState(self._state | Qt.WindowState.WindowFullScreen)
        self.page.slider.setFocus()

    def end(self) -> None:
        """Back to the very place, with the window and the keyboard as they were."""
        page, self.page = self.page, None
        if page is None:
            return
        for key in self._keys:
            key.setEnabled(True)
        self._stack.setCurrentWidget(self._under)
        self._stack.removeWidget(page)
        page.deleteLater()
        self._window.setWindowState(self._state)
        if self._focus is not None and isValid(self._focus):
            self._focus.setFocus()


def say_why_not(window: MainWindow, note: Note) -> bool:
    """Where there is nothing to show the patient, say why; True when it was said."""
    why = why_not_explained(note)
    if why:
        tell(window, tr("This is not shown to the patient now."), why)
    return bool(why)
