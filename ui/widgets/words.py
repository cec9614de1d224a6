"""Fields for words."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid

from evalassist.words import seen
from ui import style
from ui.widgets.focus import go_on
from ui.widgets.typed import Line, Typed


class TextField(Typed):
    """Words: one line, or several that grow with what is written."""

    def __init__(
        self,
        name: str,
        parent: QWidget | None = None,
        *,
        lines: int = 1,
        most_lines: int = 8,
        letters: int | None = None,
        from_the_start: bool = False,
    ) -> None:
        """`from_the_start`: one line that shows how its words begin while nobody types in it."""
        super().__init__(name, parent)
        self._lines, self._most_lines = lines, max(lines, most_lines)
        self._letters = self._room = letters
        """Typing stops at so many letters; words that were longer already are shown whole."""
        self._from_the_start = from_the_start
        self.edit: QLineEdit | QPlainTextEdit
        if lines == 1:
            line = Line()
            if letters:
                line.setMaxLength(letters)
            line.textEdited.connect(self._typing)
            line.entered.connect(self._entered)
            line.left.connect(self._line_left)
            if from_the_start:
                line.installEventFilter(self)
            self.edit = line
        else:
            block = QPlainTextEdit()
            block.setTabChangesFocus(True)
            block.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
            block.textChanged.connect(self._stop_at_the_last_letter)
            block.textChanged.connect(self._typing)
            block.textChanged.connect(self._grow)
            block.installEventFilter(self)
            self.edit = block
        self.edit.setAccessibleName(name)
        self.setFocusProxy(self.edit)
        style.column(self).addWidget(self.edit)
        self._grow()

    @property
    def value(self) -> str | None:
        """The words without blanks around them, or None when there are none."""
        edit = self.edit
        typed = edit.text() if isinstance(edit, QLineEdit) else edit.toPlainText()
        return typed.strip() if seen(typed) else None

    def set_value(self, value: str | None) -> None:
        """Show words without telling anyone; what is being typed is left standing."""
        if self._pause.isActive():
            return
        self._told = value
        if value != self.value:
            self._write(value or "")

    def _write(self, words: str) -> None:
        if self._letters:
            self._room = max(self._letters, len(words.encode("utf-16-le")) // 2)  # as Qt counts
        if isinstance(self.edit, QLineEdit):
            if self._room:
                self.edit.setMaxLength(self._room)
            self.edit.setText(words)
            self._show_start()
        else:
            self.edit.setPlainText(words)
        self._pause.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isValid(self) and watched is self.edit:
            if event.type() == QEvent.Type.FocusOut:
                self.commit_unasked()
                self._show_start()
            elif (
                event.type() == QEvent.Type.FocusIn
                and isinstance(event, QFocusEvent)
                and event.reason() == Qt.FocusReason.OtherFocusReason
                and isinstance(self.edit, QLineEdit)
            ):
                self.edit.end(False)  # one goes on writing where the words end
        return super().eventFilter(watched, event)

    def _show_start(self) -> None:
        edit = self.edit
        if self._from_the_start and isinstance(edit, QLineEdit) and self.window().focusWidget() is not edit:
            edit.home(False)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._grow()
        super().changeEvent(event)

    def _entered(self, back: bool) -> None:
        self.commit()
        go_on(self, back=back)

    def _read(self) -> object:
        return self.value

    def _stop_at_the_last_letter(self) -> None:
        """Take away of what was just typed or pasted what is too much."""
        edit = self.edit
        if not self._room or not isinstance(edit, QPlainTextEdit):
            return
        if (over := edit.document().characterCount() - 1 - self._room) > 0:
            cursor = edit.textCursor()
            cursor.joinPreviousEditBlock()  # undo takes back both
            cursor.setPosition(max(cursor.position() - over, 0), cursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
            cursor.endEditBlock()

    def _grow(self) -> None:
        if isinstance(self.edit, QPlainTextEdit):
            shown = min(max(self._lines, int(self.edit.document().size().height())), self._most_lines)
            self.edit.setFixedHeight(shown * self.edit.fontMetrics().lineSpacing() + style.px(20))
