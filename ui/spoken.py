"""What a screen reader is told of the controls we made ourselves: their role, and that they can be pressed.

A class says its role in `spoken_role`; where it can be pressed, it has `press`. Names are accessible names.
What changes elsewhere than under the keyboard is told with `say`, else only who sees it knows.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QAccessibleInterface,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAccessibleWidget,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from evalassist.translate import tr

Role = QAccessible.Role
PRESS = tr("Press")
_HINT = "hint"
_waiting: dict[str, QWidget] = {}
"""What is said once the keyboard has come to rest, and of what."""
AGAIN_MS, TIMES = 1_500, 6
"""A screen reader that is busy with a new page passes over what it is told: it is told again until it reads it."""


class _Spoken(QAccessibleWidget):
    """A control of ours as assistive technology gets it."""

    def __init__(self, widget: QWidget, role: QAccessible.Role) -> None:
        super().__init__(widget, role)
        self._widget = widget

    @property
    def _press(self) -> Callable[[], object] | None:
        return getattr(self._widget, "press", None)

    def state(self) -> QAccessible.State:
        told = super().state()
        if isinstance(self._widget, QAbstractButton) and self._widget.isCheckable():
            told.checkable, told.checked = True, self._widget.isChecked()
        return told

    def text(self, kind: QAccessible.Text) -> str:
        if kind == QAccessible.Text.Description and isinstance(self._widget, _Notification):
            self._widget.is_read()
        return super().text(kind)

    def actionNames(self) -> list[str]:
        return [*([PRESS] if self._press else []), *super().actionNames()]

    def doAction(self, name: str) -> None:
        if name == PRESS and (press := self._press) is not None:
            press()
        else:
            super().doAction(name)


def _told_of(_kind: str, thing: QObject) -> QAccessibleInterface | None:
    role = getattr(thing, "spoken_role", None)
    return _Spoken(thing, role) if role is not None and isinstance(thing, QWidget) else None


QAccessible.installFactory(_told_of)


def listens() -> bool:
    """Whether a screen reader, or another assistive technology, is there."""
    return QAccessible.isActive()


def is_kept_busy() -> bool:
    """Whether what is made unseen keeps a screen reader from reading: Orca is told of every name that is set."""
    return sys.platform == "linux" and listens()


def say(widget: QWidget, words: str, *, at_once: bool = False, instead: bool = False) -> None:
    """Have these words read aloud, after the keyboard has come to rest; `at_once` breaks in on what is read.

    `instead`: they take the place of what was said of this widget before, which is not heard any more.
    """
    if not listens():
        return
    if instead:
        forget(widget, but=words)
    if words and words not in _waiting:
        _waiting[words] = widget
        QTimer.singleShot(0, partial(_tell, widget, words, at_once))


def _tell(widget: QWidget, words: str, at_once: bool) -> None:
    if _waiting.pop(words, None) is None:
        return  # forgotten meanwhile
    if isValid(widget) and widget.isVisible():  # else it was taken back before anyone saw it
        told = QAccessibleAnnouncementEvent(widget, words)
        ways = QAccessible.AnnouncementPoliteness
        told.setPoliteness(ways.Assertive if at_once else ways.Polite)
        QAccessible.updateAccessibility(told)
        window = _below(widget.window())
        if sys.platform == "linux" and words not in (
            note.accessibleName() for note in _notes(window) if note.waits
        ):
            _Notification(window, words, widget)


def forget(widget: QWidget, *, but: str = "") -> None:
    """Nothing that was said of this widget, or of all that is in this window, is heard any more."""
    for words in [words for words, about in _waiting.items() if about is widget and words != but]:
        del _waiting[words]
    for note in _notes(_below(widget.window())):
        if (note.about is widget or widget.isWindow()) and note.accessibleName() != but:
            note.go()


def _notes(window: QWidget) -> list[_Notification]:
    return [each for each in window.children() if isinstance(each, _Notification)]


def _below(window: QWidget) -> QWidget:
    """The window that dialogs lie on: of one that comes up in a dialog Orca reads all of the dialog again."""
    while isinstance(window, QDialog) and (parent := window.parentWidget()) is not None:
        window = parent.window()
    return window


def describe(widget: QWidget, words: str) -> None:
    """What is read after its name: these words of its own, then the hint of its place."""
    told = " ".join(filter(None, (words, widget.property(_HINT))))
    if told != widget.accessibleDescription():  # each time it is set a reader is told of it
        widget.setAccessibleDescription(told)


def hint(widget: QWidget, words: str) -> None:
    """What the page says beside it, read after its own words; it stays when those change."""
    before = widget.property(_HINT) or ""
    if words != before:
        own = widget.accessibleDescription().removesuffix(before).strip()
        widget.setProperty(_HINT, words)
        describe(widget, own)


class _Notification(QWidget):
    """The same words for Orca up to 44, which hears no announcement but a notification that comes up."""

    spoken_role = Role.Notification

    def __init__(self, window: QWidget, words: str, about: QWidget) -> None:
        super().__init__(window)  # never shown: only assistive technology meets it
        self.about = about
        """What the words are said of: once it is gone they do not hold any more."""
        self.setAccessibleName(words)
        self.waits = TIMES
        """How often it comes up yet, if nobody reads it."""
        self._again = QTimer(self, interval=AGAIN_MS)
        self._again.timeout.connect(self._come_up)
        self._again.start()
        self._come_up()

    def _come_up(self) -> None:
        if self.waits and isValid(self.about) and self.about.isVisible():
            self.waits -= 1
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.ObjectShow))
        else:
            self.go()

    def go(self) -> None:
        """Not come up again, and leave the same words to be said anew."""
        self.waits = 0
        self.deleteLater()

    def is_read(self) -> None:
        """A description is asked for only by who reads it out; once more round, and it goes."""
        self.waits = 0


def read_by_keys(text: QPlainTextEdit | QTextEdit) -> None:
    """Let the arrow keys go through words that cannot be changed; without a caret nothing is read aloud."""
    text.setReadOnly(True)
    text.setTextInteractionFlags(
        text.textInteractionFlags() | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )


def name_combo(combo: QComboBox, name: str) -> None:
    """On Linux Qt tells what is chosen as the name of a list, and its own name not at all."""
    combo.setAccessibleName(name)
    if sys.platform == "linux":
        combo.setAccessibleDescription(name)


def tell_no_answer(widget: QWidget, typed: str) -> None:
    """A letter or digit that chooses nothing: who sees it knows that nothing changed."""
    if typed.isalnum():
        say(widget, tr("no answer begins with {letter}").format(letter=typed.upper()))


def tell_in_full(reached: QWidget | None) -> None:
    """Have what stands in a line heard whole when the keyboard comes to it, before it does.

    Qt tells where letters of one kind end in a way that Orca takes for one letter less: it reads 9 for 93. What
    is typed afterwards is heard key by key, so the line's description says it only until then.
    """
    line = reached if isinstance(reached, QLineEdit) and is_kept_busy() else None
    if line is None or not line.text() or line.echoMode() != QLineEdit.EchoMode.Normal:
        return
    words = tr("in full: {value}").format(value=line.text())
    described = line.accessibleDescription()
    if described.startswith(words):
        return

    def take_back() -> None:
        line.textChanged.disconnect(take_back)
        line.setAccessibleDescription(line.accessibleDescription().removeprefix(words).removeprefix(". "))

    line.setAccessibleDescription(f"{words}. {described}" if described else words)
    line.textChanged.connect(take_back)


def line_in_words(reached: QWidget | None) -> str:
    """The name of what is typed in and what stands there, where a screen reader is kept from reading them; or "".

    Orca takes the carets of a page that was just made for the keyboard: it believes that it read the line already.
    """
    if not isinstance(reached, QLineEdit | QPlainTextEdit | QTextEdit) or not is_kept_busy():
        return ""
    # as it is seen: no secret is read aloud
    stands = reached.displayText() if isinstance(reached, QLineEdit) else reached.toPlainText()
    return f"{reached.accessibleName()}: {stands}" if stands.strip() else reached.accessibleName()


class Said(QLabel):
    """A line that stands there once there is something to say, and is read aloud then."""

    def __init__(self, kind: str = "", words: str = "", *, wrap: bool = False) -> None:
        super().__init__(words)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("t", kind)
        self.setWordWrap(wrap)

    def setText(self, words: str) -> None:
        super().setText(words)
        if self.isVisible():
            say(self, words, at_once=True, instead=True)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        say(self, self.text(), at_once=True, instead=True)
