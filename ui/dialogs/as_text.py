"""A paper as plain text, to be read line by line by a screen reader or in large letters."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QPlainTextEdit, QPushButton, QWidget

from evalassist.translate import tr
from ui import spoken, style
from ui.widgets.roomy import take_room


class AsText(QDialog):
    """The words of a paper; the arrow keys read it line by line."""

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("{name}, as text").format(name=name))
        take_room(self, 640, 480)
        self.words = QPlainTextEdit(words)
        spoken.read_by_keys(self.words)
        self.words.setTabChangesFocus(True)
        self.words.setAccessibleName(name)
        done = QPushButton(tr("Close"))
        done.setDefault(True)
        done.clicked.connect(self.accept)
        ends = style.row(spacing=8)
        ends.addStretch(1)
        ends.addWidget(done)
        stack = style.column(self, (20, 16, 20, 16), spacing=10)
        stack.addWidget(self.words, 1)
        stack.addLayout(ends)
        self.words.setFocus()
