"""What the typed fields share: a line that hands on Enter, and when a value is told."""

import sys
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import ClassVar, NamedTuple
from weakref import WeakKeyDictionary

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from ui.widgets.focus import ENTER_KEYS

PAUSE_MS = 700
LONGEST_MS = 1500
"""Who types without a pause is not waited for any longer: a power cut must not take more."""
QUOTED_LETTERS = 16
"""So many letters of what was typed stand in a sentence about it: a page pasted by mistake fills no other page."""

AGAIN_MS = 30
"""After which it is looked again whether a button of the mouse is still down."""


def once_released(part: QWidget, act: Callable[[], None]) -> None:
    """Do what moves other parts, but nothing under the mouse between press and release: the click would be lost."""
    if QApplication.mouseButtons() == Qt.MouseButton.NoButton:
        act()
    else:
        QTimer.singleShot(AGAIN_MS, part, partial(once_released, part, act))


def quotable(typed: str) -> str:
    """What was typed, on one line and short enough to stand in a sentence."""
    line = " ".join(typed.split())
    return line if len(line) <= QUOTED_LETTERS else f"{line[: QUOTED_LETTERS - 1].rstrip()}…"


class Where(NamedTuple):
    """The field in which something was typed that is no answer yet."""

    step: str
    name: str
    item: str = ""
    """The answer it belongs to, where it is one."""
    opens: tuple[str, str] = ("", "")
    """What must be chosen or opened for the field to be there as it was: of what kind, and which one."""


class Line(QLineEdit):
    """A line of text that hands Enter to its field."""

    entered = Signal(bool)
    """Enter was pressed; True with Shift, which goes back."""
    left = Signal()
    """The keyboard went elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.end(False)  # a caret that comes from nowhere with the keyboard keeps Orca from reading the name

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER_KEYS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.entered.emit(bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        elif event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            undo, redo = (
                event.matches(key) for key in (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
            )
            if (undo and not self.isUndoAvailable()) or (redo and not self.isRedoAvailable()):
                event.ignore()  # nothing was typed here: what was answered before is meant
                return True
        return super().event(event)


class Typed(QWidget):
    """What the typed fields share: when to tell, and never to tell twice the same."""

    answered = Signal(object)
    _made: ClassVar[WeakKeyDictionary["Typed", None]] = WeakKeyDictionary()
    """All of them, in the order of their making; to look through a page for them takes ten times as long."""

    def __init__(self, name: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._made[self] = None
        self._told: object = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self.commit)
        self._first_key = 0.0
        self.setAccessibleName(name)

    @classmethod
    def all_in(cls, part: QWidget) -> list["Typed"]:
        """The typed fields in a part of the window."""
        return [each for each in cls._made if isValid(each) and part.isAncestorOf(each)]

    def commit(self) -> None:
        """Tell the value now, as Enter does; nothing happens if it was told already."""
        self._pause.stop()
        self._first_key = 0.0
        value = self._read()
        if value != self._told:
            self._told = value
            self.answered.emit(value)

    def commit_unasked(self) -> None:
        """Tell because the keyboard or the page went elsewhere.

        A defect is handed to the crash hook here: an exception that leaves Qt's own call ends the program.
        """
        try:
            self.commit()
        except Exception as error:
            sys.excepthook(type(error), error, error.__traceback__)

    def clear(self) -> None:
        """Empty the field, whatever was typed, without telling anyone: for another patient."""
        self._told = None
        self._write("")
        self._pause.stop()
        self.commit()

    def put_back(self, words: str) -> None:
        """Show again what was typed before the window was locked."""
        self._write(words)
        self.commit()

    def hideEvent(self, event: QHideEvent) -> None:
        if self._pause.isActive():
            self.commit_unasked()
        super().hideEvent(event)

    def _line_left(self) -> None:
        # A window that is being taken down takes the keyboard from lines whose field is gone already.
        if isValid(self):
            self.commit_unasked()

    @property
    def uncounted(self) -> str:
        """What stands in the field but is not counted, or ""."""
        return ""

    def _typing(self) -> None:
        now = monotonic()
        self._first_key = self._first_key or now
        left_ms = LONGEST_MS - round((now - self._first_key) * 1000)
        self._pause.start(max(0, min(PAUSE_MS, left_ms)))

    def _read(self) -> object:
        raise NotImplementedError

    def _write(self, words: str) -> None:
        raise NotImplementedError
