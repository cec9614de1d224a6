"""What a screen reader is told of the controls we made ourselves: their role, and that they can be pressed.

A class says its role in `spoken_role`; where it can be pressed, it has `press`. Names are accessible names.
What changes elsewhere than under the keyboard is told with `say`, else only who sees it knows.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

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
AGAIN_MS, TIMES = 1_500, 20
"""A screen reader that is busy with a new page passes over what it is told: it is told again until it takes it."""
QUEUED_MS = 12_000
"""What it took but did not read yet waits its turn behind much else: told again sooner it would be heard twice."""
KEPT_MS = 30_000
"""So long words can be read after they came up last: of what went before its turn only "notification" is heard."""


@dataclass(frozen=True)
class _Sentence:
    """What is said once the keyboard has come to rest, and of what; `alone`: it may be replaced by itself."""

    about: QWidget
    at_once: bool
    alone: bool


_waiting: dict[str, _Sentence] = {}


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
        if isinstance(self._widget, _Notification):
            self._widget.is_taken()
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
        for before in [
            before for before, said in _waiting.items() if said.about is widget and before != words
        ]:
            del _waiting[before]
    if words and words not in _waiting:
        if not _waiting:
            QTimer.singleShot(0, _tell)
        _waiting[words] = _Sentence(widget, at_once, instead)
    elif instead:
        forget(widget, but=words)


def _tell() -> None:
    """Say all that came up meanwhile, as one: a second announcement may break off the first one."""
    said = {
        words: one
        for words, one in _waiting.items()
        if isValid(one.about) and one.about.isVisible()  # else it was taken back before anyone saw it
    }
    _waiting.clear()
    together: dict[QWidget, list[str]] = {}
    for words, one in sorted(said.items(), key=lambda each: not each[1].at_once):
        if one.alone:
            _announce([words], one.about, at_once=one.at_once, instead=True)
        else:
            together.setdefault(_below(one.about.window()), []).append(words)
    for sentences in together.values():
        abouts = [said[words] for words in sentences]
        _announce(sentences, abouts[0].about, at_once=any(one.at_once for one in abouts), instead=False)


def _announce(sentences: list[str], widget: QWidget, *, at_once: bool, instead: bool) -> None:
    words = _joined(sentences)
    told = QAccessibleAnnouncementEvent(widget, words)
    ways = QAccessible.AnnouncementPoliteness
    told.setPoliteness(ways.Assertive if at_once else ways.Polite)
    QAccessible.updateAccessibility(told)
    window = _below(widget.window())
    if sys.platform != "linux":
        return
    queued = _forget_notes(widget, but=words) if instead else None
    if any(note.waits and note.accessibleName() == words for note in _notes(window)):
        return
    if queued is not None:
        queued.say_instead(words)
    else:
        _Notification(window, words, widget)


def _joined(sentences: list[str]) -> str:
    *before, last = sentences
    return " ".join([*(words if words[-1] in ".!?" else f"{words}." for words in before), last])


def forget(widget: QWidget, *, but: str = "") -> None:
    """Nothing that was said of this widget, or of all that is in this window, is heard any more."""
    for words in [words for words, said in _waiting.items() if said.about is widget and words != but]:
        del _waiting[words]
    if (queued := _forget_notes(widget, but=but)) is not None:
        queued.go()


def _forget_notes(widget: QWidget, *, but: str) -> _Notification | None:
    """One of them a screen reader took already, and will read when its turn comes: what is there then."""
    queued = None
    for note in _notes(_below(widget.window())):
        if (note.about is widget or widget.isWindow()) and note.accessibleName() != but:
            if queued is None and note.is_queued:
                queued = note
            else:
                note.go()
    return queued


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
        self.is_queued = False
        """Whether a screen reader took it, and did not read it yet."""
        self._again = QTimer(self)
        self._again.timeout.connect(self._come_up)
        self._come_up()

    def _come_up(self) -> None:
        if self.waits and isValid(self.about) and self.about.isVisible():
            self.waits -= 1
            self._again.stop()
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.ObjectShow))
            self._again.start(AGAIN_MS if self.waits else KEPT_MS)
        else:
            self.go()

    def say_instead(self, words: str) -> None:
        """Be read with other words when its turn comes."""
        self.setAccessibleName(words)

    def go(self) -> None:
        """Not come up again, and leave the same words to be said anew."""
        self.waits, self.is_queued = 0, False
        self._again.stop()
        self.deleteLater()

    def is_taken(self) -> None:
        """Its state is asked for by who has taken it among what is to be read."""
        if self.waits and not self.is_queued and self._again.isActive():  # not while it is coming up
            self.is_queued, self.waits = True, 1
            self._again.start(QUEUED_MS)

    def is_read(self) -> None:
        """A description is asked for only by who reads it out; it goes once nobody can be reading it any more."""
        self.waits, self.is_queued = 0, False
        self._again.start(KEPT_MS)


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
