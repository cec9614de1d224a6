"""The small place of the practice patient on the start page, apart from everybody real; the band over its visit."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QPushButton, QWidget

from evalassist.translate import tr
from ui import style
from ui.widgets.cards import Card
from ui.widgets.marks import StateGlyph

WORD = tr("PRACTICE")
SAYS = tr("Learn with a patient who does not exist. Kept apart: never counted, exported or backed up.")
BEGUN = tr(
    "Patient Practice is not a real patient. Everything may be tried, signed and printed; every paper says so."
)
BAND = tr("Not a real patient. What is written, signed or printed here is no record.")


class PracticeCard(Card):
    """Begin, go on, begin again, remove."""

    begin_wanted = Signal(bool)
    """A new practice visit: True for the worked example, False for an empty one."""
    open_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Practice"))
        self.setAccessibleName(tr("Practice"))
        self._says = style.label("s", wrap=True)
        self.go_on = _button(tr("Go on practicing"), self.open_wanted.emit)
        self.filled = _button(tr("Begin with a worked example"), lambda: self.begin_wanted.emit(True))
        self.empty = _button(tr("Begin with nothing filled in"), lambda: self.begin_wanted.emit(False))
        self.remove = _button(tr("Remove"), self.remove_wanted.emit)
        self.remove.setAccessibleName(tr("Remove the practice patient"))
        self._line = style.row(spacing=8)
        self._line.addWidget(self._says, 1)
        for button in (self.go_on, self.filled, self.empty, self.remove):
            self._line.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addLayout(self._line)
        self.show_state(begun=False)

    def show_state(self, *, begun: bool) -> None:
        """Whether there is a practice patient now."""
        self.begun = begun
        self._says.setText(BEGUN if begun else SAYS)
        self.filled.setText(
            tr("Again from the worked example") if begun else tr("Begin with a worked example")
        )
        self.empty.setText(
            tr("Again with nothing filled in") if begun else tr("Begin with nothing filled in")
        )
        self.go_on.setVisible(begun)
        self.remove.setVisible(begun)

    def set_narrow(self, narrow: bool) -> None:
        """One below the other, where the text is large."""
        beside, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._line.setDirection(below if narrow else beside)

    def say(self, words: str) -> None:
        """What could not be done."""
        self._says.setText(words)

    def answers(self, typed: str) -> bool:
        """Whether a search for these words means the practice patient."""
        words = typed.casefold().replace(",", " ").split()
        return self.begun and bool(words) and all("practice patient".find(word) >= 0 for word in words)


class PracticeBand(QFrame):
    """The band over everything of a practice visit."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("practiceBand")
        self.setProperty("card", "att")
        self.setAccessibleName(f"{WORD}. {BAND}")
        line: QHBoxLayout = style.row(self, (16, 3, 16, 3), spacing=10)
        word = style.label("b", WORD)
        style.say(word, c="att")
        line.addWidget(StateGlyph("look"))
        line.addWidget(word)
        line.addWidget(style.label("s", BAND), 1, Qt.AlignmentFlag.AlignVCenter)


def _button(words: str, act: object) -> QPushButton:
    made = QPushButton(words)
    made.clicked.connect(lambda: act())  # type: ignore[operator]
    return made
