"""The paper key, shown once: printed or written down before anything else is done."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QShowEvent, QTextOption
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit, QPushButton, QWidget

from evalassist.errors import EvalAssistError
from evalassist.translate import tr
from ui import icons, spoken, style
from ui.saving import ask_where
from ui.spoken import Said

if TYPE_CHECKING:
    from evalassist.settings import Settings

GROUPS_IN_A_LINE = 3
READ_AFTER_MS = 600
SAYS = tr(
    "When nobody remembers a password, or the computer is lost and only a backup is left, this key is the only way "
    "to the records. Nobody can make it again. It is shown this once."
)


class _Shown(QPlainTextEdit):
    """The key, read with the arrow keys sign by sign; it is never copied, for the clipboard would keep it."""

    def __init__(self, key: str, lines: int) -> None:
        super().__init__(key)
        spoken.read_by_keys(self)
        self.setAccessibleName(
            tr("The paper key, {lines} lines: arrow down for the next").format(lines=lines)
        )
        self.setTabChangesFocus(True)
        self.setProperty("t", "say")
        self.document().setDefaultTextOption(QTextOption(Qt.AlignmentFlag.AlignHCenter))
        high = lines * QFontMetrics(style.font(15)).lineSpacing()
        self.setFixedHeight(high + 2 * round(self.document().documentMargin()) + style.px(8))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.selectionChanged.connect(self._deselect)

    def _deselect(self) -> None:
        cursor = self.textCursor()
        if cursor.hasSelection():
            cursor.clearSelection()
            self.setTextCursor(cursor)


class PaperKey(QWidget):
    """The key in groups of four, to be printed or saved as PDF; `done` once its owner has it on paper."""

    done = Signal()

    def __init__(self, key: str, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key, self._settings = key, settings
        groups = key.split("-")
        lines = [groups[at : at + GROUPS_IN_A_LINE] for at in range(0, len(groups), GROUPS_IN_A_LINE)]
        self.shown = _Shown("\n".join("  –  ".join(line) for line in lines), len(lines))
        print_it, save = QPushButton(tr("Print…")), QPushButton(tr("Save as PDF…"))
        icons.put_icon(print_it, "print")
        print_it.clicked.connect(self._print)
        save.clicked.connect(self._save)
        self._said = Said("s", wrap=True)
        self._said.hide()
        self.has_it = QCheckBox(tr("I have printed or written down the paper key"))
        self.go_on = QPushButton(tr("Go on"))
        self.go_on.setProperty("kind", "primary")
        self.go_on.setEnabled(False)
        self.go_on.setDefault(True)  # Enter presses it, and in a dialog never the first of the others
        self.has_it.toggled.connect(self.go_on.setEnabled)
        self.go_on.clicked.connect(self._leave)
        acts = style.row(spacing=8)
        for button in (print_it, save):
            button.setAutoDefault(True)  # Enter presses the one that has the keyboard
            acts.addWidget(button)
        acts.addStretch(1)
        ends = style.row(spacing=8)
        ends.addStretch(1)
        ends.addWidget(self.go_on)
        stack = style.column(self, spacing=10)
        stack.addWidget(style.label("", SAYS, wrap=True))
        stack.addWidget(self.shown)
        stack.addLayout(acts)
        stack.addWidget(self._said)
        stack.addWidget(self.has_it)
        stack.addLayout(ends)

    @property
    def is_on_paper(self) -> bool:
        """Its owner said so, and it is forgotten here."""
        return not self._key

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        spoken.say(self, SAYS)

    def take_keyboard(self) -> None:
        """Begin where the owner goes on; with a screen reader the key itself is read first."""
        self.has_it.setFocus()
        if spoken.listens():  # Orca passes over a text that gets the keyboard as soon as it is made
            QTimer.singleShot(READ_AFTER_MS, self.shown, self.shown.setFocus)

    def _leave(self) -> None:
        self._key = ""
        self.shown.clear()  # nothing reads it any more
        self.done.emit()

    def pdf(self) -> bytes:
        """The page to be locked away."""
        from evalassist.documents import paper_key_pdf

        return paper_key_pdf(self._key, self._settings.clinic_name, date.today(), self._settings.paper)

    def _print(self) -> None:
        from evalassist.documents import paper_key_pdf
        from ui.printing import Printout, print_again

        clinic, today = self._settings.clinic_name, date.today()
        try:
            page = Printout(
                tr("paper key"),
                tr("EvalAssist paper key"),
                self.pdf(),
                1,
                self._settings.paper,
                anew=lambda paper: paper_key_pdf(self._key, clinic, today, paper),
            )
            sent = print_again(self, page)
        except EvalAssistError as fault:
            self._say(str(fault), "danger")
            return
        if sent is not None:
            self._say(tr("{says} Look whether it came out, and take it away at once.").format(says=sent.says))

    def _save(self) -> None:
        if (path := ask_where(self, tr("Save as PDF"), "paper-key.pdf")) is not None:
            self.save_as(path)

    def save_as(self, path: Path) -> None:
        """Write the page into a file, to be printed elsewhere."""
        from ui.printing import ending_pdf, write_atomically

        try:
            write_atomically(ending_pdf(path), self.pdf())
        except EvalAssistError as fault:
            self._say(str(fault), "danger")
            return
        self._say(tr("Saved. Print it, then delete the file: whoever finds it can open the records."))

    def _say(self, words: str, tone: str = "") -> None:
        self._said.setText(words)
        style.say(self._said, c=tone)
        self._said.show()
