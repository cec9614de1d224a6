"""A line for a secret: hidden, it holds bullets, and nobody who listens to it hears what was typed.

Qt tells assistive technology every letter that goes into a line, also where it shows dots. So the line itself gets
bullets, and what they stand for is kept beside it.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QClipboard,
    QContextMenuEvent,
    QDropEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QLineEdit, QWidget

from ui import spoken

BULLET = "•"
ASKED = (
    Qt.InputMethodHint.ImhHiddenText
    | Qt.InputMethodHint.ImhSensitiveData
    | Qt.InputMethodHint.ImhNoAutoUppercase
    | Qt.InputMethodHint.ImhNoPredictiveText
)
HIDDEN, SHOWN = QLineEdit.EchoMode.Password, QLineEdit.EchoMode.Normal


class SecretLine(QLineEdit):
    """A line whose letters are neither seen nor heard until its owner shows them."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._secret = ""
        self._coming = ""
        """What the bullets that go in next stand for."""
        self._hides, self._is_put = True, False
        super().setEchoMode(HIDDEN)
        self.setInputMethodHints(ASKED)
        self.setAccessibleName(name)
        self.textChanged.connect(self._follow)  # before anybody else: they ask what is typed
        self.end(False)  # as in `Line`

    def text(self) -> str:
        """What was typed, hidden or not."""
        return self._secret

    def setText(self, secret: str | None) -> None:
        self.selectAll()
        self.insert(secret or "")

    def insert(self, letters: str) -> None:
        self._coming = letters
        super().insert(self._stands_for(letters))
        self._coming = ""

    def paste(self) -> None:
        self._paste(QClipboard.Mode.Clipboard)

    def setEchoMode(self, mode: QLineEdit.EchoMode) -> None:
        """Show or hide what is typed; the caret stays where it was."""
        if (hides := mode != SHOWN) == self._hides:
            return
        if not hides:
            super().setEchoMode(SHOWN)
        self._hides = hides
        at = self.cursorPosition()
        self._put()  # what is taken out to be hidden was shown until now
        self.setCursorPosition(at)
        super().setEchoMode(mode)
        self._be_met_anew()

    def _be_met_anew(self) -> None:
        """A screen reader remembers what kind of line it met: of one that was shown Orca reads what goes in hidden."""
        if spoken.listens():
            QAccessible.deleteAccessibleInterface(
                QAccessible.uniqueId(QAccessible.queryAccessibleInterface(self))
            )
            if self.hasFocus():
                QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Focus))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        letters = event.text()
        if not self._hides:
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif event.matches(QKeySequence.StandardKey.Redo):
            pass  # the letters were let go
        elif not letters or any(letter < " " or letter == "\x7f" for letter in letters):
            super().keyPressEvent(event)
        else:
            self._coming = letters
            same = QKeyEvent(
                event.type(),
                event.key(),
                event.modifiers(),
                event.nativeScanCode(),
                event.nativeVirtualKey(),
                event.nativeModifiers(),
                self._stands_for(letters),
                event.isAutoRepeat(),
                event.count(),
                event.device(),
            )
            super().keyPressEvent(same)
            event.setAccepted(same.isAccepted())
            self._coming = ""

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        if self._hides and event.commitString():
            self._coming = event.commitString()
            same = QInputMethodEvent()
            same.setCommitString(
                self._stands_for(self._coming), event.replacementStart(), event.replacementLength()
            )
            super().inputMethodEvent(same)
            self._coming = ""
        else:
            super().inputMethodEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        if self._hides:
            for action in menu.actions():
                if action.objectName() == "edit-redo":
                    menu.removeAction(action)
                elif action.objectName() == "edit-paste":
                    mine = menu.addAction(action.icon(), action.text(), self.paste)
                    mine.setEnabled(action.isEnabled())
                    menu.insertAction(action, mine)
                    menu.removeAction(action)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        chosen = QGuiApplication.clipboard().supportsSelection()
        if self._hides and chosen and event.button() == Qt.MouseButton.MiddleButton:
            self.deselect()
            self._paste(QClipboard.Mode.Selection)
        else:
            super().mouseReleaseEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if self._hides and event.mimeData().hasText() and not self.isReadOnly():
            self.setCursorPosition(self.cursorPositionAt(event.position().toPoint()))
            event.acceptProposedAction()
            self.insert(event.mimeData().text())
        else:
            super().dropEvent(event)

    def _stands_for(self, letters: str) -> str:
        return BULLET * len(letters) if self._hides else letters

    def _paste(self, where: QClipboard.Mode) -> None:
        letters = QGuiApplication.clipboard().text(where)
        if letters and not self.isReadOnly():
            self.insert(letters)

    def _follow(self, seen: str) -> None:
        """Do to the secret what was done to the line; the caret stands behind what came."""
        if self._is_put:
            return
        if not self._hides:
            self._secret = seen
            return
        coming, at = self._coming, self.cursorPosition()
        if strange := [place for place, sign in enumerate(seen) if sign != BULLET]:
            # assistive technology, which fills in a password by itself, goes round all of the above
            coming, at = seen[strange[0] : strange[-1] + 1], strange[-1] + 1
        begin = at - len(coming)
        gone = len(self._secret) + len(coming) - len(seen)
        if begin < 0 or gone < 0:
            coming, begin, gone = "", 0, len(self._secret)  # nobody knows what these stand for
        self._secret = self._secret[:begin] + coming + self._secret[begin + gone :]
        if strange or len(seen) != len(self._secret):
            self._put()

    def _put(self) -> None:
        """Have the line stand for the secret."""
        self._is_put = True
        super().setText(self._stands_for(self._secret))
        self._is_put = False
