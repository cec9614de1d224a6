"""Fields for secrets: a password with a way to see it, a new one typed twice, and a key file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from evalassist.errors import EvalAssistError
from evalassist.translate import tr
from ui import icons, style
from ui.spoken import Said
from ui.widgets.marks import LinkButton
from ui.widgets.roomy import bring_into_view
from ui.widgets.secret_line import HIDDEN, SHOWN, SecretLine

MOST_BYTES = 1_000_000
"""A key file is a small file; a film chosen by a slip is not read into the memory."""


class _Secret(SecretLine):
    """A line that notices Caps Lock by the letters that come."""

    caps_lock = Signal(bool)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        letter = event.text()
        if len(letter) == 1 and letter.upper() != letter.lower():
            shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.caps_lock.emit(letter.isupper() != shift)
        super().keyPressEvent(event)


class PasswordField(QWidget):
    """A password, hidden until its owner wants to see it."""

    entered = Signal()
    typed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = _Secret(name)
        self.edit.returnPressed.connect(self.entered)
        self.edit.textChanged.connect(self._typing)
        self._known = ""
        self.edit.caps_lock.connect(self._say_caps)
        self.show_button = QPushButton(tr("Show"))
        self.show_button.setProperty("kind", "flat")
        self.show_button.setAccessibleName(tr("Show {name}").format(name=name.lower()))
        self.show_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_button.setCheckable(True)
        self.show_button.setAutoDefault(False)
        self.show_button.toggled.connect(self._show)
        self._caps = Said("s", tr("Caps Lock is on."))
        style.say(self._caps, c="att")
        self._caps.hide()
        line = style.row(spacing=4)
        line.addWidget(self.edit, 1)
        line.addWidget(self.show_button)
        stack = style.column(self, spacing=2)
        stack.addLayout(line)
        stack.addWidget(self._caps)
        self.setFocusProxy(self.edit)

    @property
    def value(self) -> str:
        """What was typed, to the last blank."""
        return self.edit.text()

    def clear(self) -> None:
        self.edit.clear()
        self._caps.hide()
        self.show_button.setChecked(False)

    def _typing(self) -> None:
        if self._known != self.value:  # to show it changes what stands in the line, and nothing is typed
            self._known = self.value
            self.typed.emit()

    def _show(self, shown: bool) -> None:
        self.edit.setEchoMode(SHOWN if shown else HIDDEN)
        self.show_button.setText(tr("Hide") if shown else tr("Show"))

    def _say_caps(self, on: bool) -> None:
        self._caps.setVisible(on)


class NewPassword(QWidget):
    """A new password, typed twice, with the rules and what is still wrong with it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from evalassist.records.passwords import RULES

        self.first, self.again = PasswordField(tr("New password")), PasswordField(tr("New password again"))
        self._said = Said("s", wrap=True)
        stack = style.column(self, spacing=4)
        for words, field in ((tr("New password"), self.first), (tr("New password again"), self.again)):
            stack.addWidget(style.label("s", words))
            stack.addWidget(field)
            field.typed.connect(self._unsay)
        stack.addWidget(style.label("s", RULES, wrap=True))
        self.first.edit.setAccessibleDescription(RULES)
        stack.addWidget(self._said)
        self._said.hide()
        self.first.entered.connect(self.again.setFocus)

    def taken(self, known: Iterable[str]) -> str:
        """The password, or "" with a sentence that says what is wrong. `known`: names that others know."""
        from evalassist.records.passwords import refusal

        why = refusal(self.first.value, known)
        differ = not why and self.first.value != self.again.value
        if differ:
            why = (
                tr("The two differ. Type the same password twice.")
                if self.again.value
                else tr("Type it once more.")
            )
        self._said.setText(why)
        self._said.setVisible(bool(why))
        style.say(self._said, c="danger" if why else "")
        if why:
            wrong = self.again if differ else self.first
            wrong.setFocus()
            wrong.edit.selectAll()  # what is typed now goes in its place
            bring_into_view(self._said)
        return "" if why else self.first.value

    def clear(self) -> None:
        self.first.clear()
        self.again.clear()

    def _unsay(self) -> None:
        self._said.hide()


class KeyFile(QWidget):
    """A key file beside the password: a link until one is chosen."""

    def __init__(self, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path: Path | None = None
        self.link = LinkButton(tr("Use a key file…"))
        self.link.setToolTip(hint)
        self.link.setAutoDefault(False)
        self.link.clicked.connect(self._ask)
        self._named = style.label("s")
        self._no = QPushButton()
        self._no.setProperty("kind", "flat")
        self._no.setToolTip(tr("Without a key file"))
        self._no.setAccessibleName(tr("Without a key file"))
        self._no.setAutoDefault(False)
        icons.put_icon(self._no, "close", "quiet")
        self._no.clicked.connect(lambda: self.use(None))
        line = style.row(self, spacing=4)
        for part in (self.link, self._named, self._no):
            line.addWidget(part)
        line.addStretch(1)
        self.use(None)

    def use(self, path: Path | None) -> None:
        """Take this file, or none."""
        self.path = path
        self.link.setVisible(path is None)
        self._named.setText(tr("Key file: {name}").format(name=path.name) if path else "")
        self._named.setVisible(path is not None)
        self._no.setVisible(path is not None)

    def _ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, tr("The key file"))
        if name:
            self.use(Path(name))


def key_bytes(path: Path | None) -> bytes | None:
    """What the key file holds; None without one."""
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            held = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise EvalAssistError(
            tr(
                "The key file {path} could not be read: {strerror}. Put in the stick that holds it, then try again."
            ).format(path=path, strerror=error.strerror)
        ) from error
    if not 0 < len(held) <= MOST_BYTES:
        raise EvalAssistError(
            tr("{name} is empty or too large for a key file. Choose the right file.").format(name=path.name)
        )
    return held
