"""What was copied here does not stay on the clipboard when the window is locked."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QClipboard, QGuiApplication


class Copied(QObject):
    """Notices what this app puts on the clipboard; what other programs put there is theirs."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._ours: dict[QClipboard.Mode, int] = {}
        QGuiApplication.clipboard().changed.connect(self._note)

    def take_back(self) -> None:
        """Empty the clipboard (and the selection) where it still holds what was copied here."""
        clipboard = QGuiApplication.clipboard()
        for mode, words in self._ours.items():
            if hash(clipboard.text(mode)) == words:
                clipboard.clear(mode)
        self._ours = {}

    def _note(self, mode: QClipboard.Mode) -> None:
        if (
            QGuiApplication.focusWindow() is not None
        ):  # a clipboard manager takes it over, so who owns it says little
            self._ours[mode] = hash(QGuiApplication.clipboard().text(mode))
