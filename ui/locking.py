"""What is put by when the window is locked, and what is closed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QWidget,
)
from shiboken6 import isValid

from evalassist.errors import EvalAssistError
from evalassist.translate import tr
from ui.dialogs.asking import TAKEN_AWAY

if TYPE_CHECKING:
    from evalassist.evaluation import Answer, ItemId
    from evalassist.records.accounts import Account
    from evalassist.records.audit import Line
    from evalassist.records.store import Store
    from ui.evaluation_view import EvaluationView
    from ui.half_filled import HalfFilled
    from ui.hands_entry import Begun
    from ui.session import EvaluationSession
    from ui.widgets.typed import Where

_Move = QTextCursor.MoveMode


@dataclass
class Mark:
    """Tells these records as they are from others, and from an earlier day of their own; it gives no key away."""

    audit: bytes
    lines: tuple[Line, ...]
    """Of the audit trail: those written here, and the last one where it could be read."""
    later: tuple[Line, ...] = ()
    """Those of whoever was at this window last, or changed a way in here."""

    def is_akin(self, store: Store) -> bool:
        """Whether these are the records, on whatever day."""
        return hashlib.sha256(store.keys.audit).digest() == self.audit

    def is_of(self, store: Store) -> bool:
        """Whether these are the records, and no backup from before took their place."""
        lines = self.lines + self.later
        return self.is_akin(store) and bool(lines) and store.has_lines(lines)


@dataclass(frozen=True)
class Keyboard:
    """Where the keyboard was in an evaluation: on which control, and between which letters of it."""

    kind: type[QWidget]
    name: str
    of_page: bool
    """Else it belongs to what stands around every page."""
    letters: tuple[int, int] | None
    """Where the selection began and where the cursor stood."""

    def put_back(self, view: EvaluationView) -> None:
        """Put it there again, where there is such a control now."""
        within = view.page if self.of_page else view
        parts = (part for part in within.findChildren(self.kind) if part.isVisibleTo(within))
        part = next((part for part in parts if _called(part) == self.name), None)
        if part is None:
            return
        view.page.put_keyboard(part)
        if self.letters is not None and isinstance(part, QLineEdit):
            anchor, cursor = self.letters
            part.setCursorPosition(anchor)
            part.cursorForward(True, cursor - anchor)
        elif self.letters is not None and isinstance(part, QPlainTextEdit):
            here, end = part.textCursor(), len(part.toPlainText())
            for place, mode in zip(self.letters, (_Move.MoveAnchor, _Move.KeepAnchor), strict=True):
                here.setPosition(min(place, end), mode)
            part.setTextCursor(here)


def keyboard_in(view: EvaluationView) -> Keyboard | None:
    """Where the keyboard is in an evaluation."""
    at = view.window().focusWidget()
    if at is None or not view.isAncestorOf(at):
        return None
    letters = None
    if isinstance(at, QLineEdit):
        cursor = at.cursorPosition()
        first, end = at.selectionStart(), at.selectionEnd()
        letters = (cursor if first < 0 else first + end - cursor, cursor)
    elif isinstance(at, QPlainTextEdit):
        letters = (at.textCursor().anchor(), at.textCursor().position())
    return Keyboard(type(at), _called(at), view.page.isAncestorOf(at), letters)


def _called(part: QWidget) -> str:
    return part.accessibleName() or (part.text() if isinstance(part, QAbstractButton) else "")


@dataclass(frozen=True)
class Left:
    """Where somebody was when the window was locked."""

    account_id: str
    records: Mark
    """An account of other records may bear the same id."""
    evaluation_id: str = ""
    step: str = ""
    item: str = ""
    words: dict[Where, str] = field(default_factory=dict, repr=False)
    """What was typed and is no answer yet, by its field."""
    form: HalfFilled | None = None
    """The form that was open."""
    hands: Begun | None = None
    """What the hands-busy view was at."""
    lost_key: bool = False
    """A new paper key was shown that is not on paper."""
    told: tuple[str, ...] = field(default=(), repr=False)
    """What was to be told of what was typed, and was not read."""
    keyboard: Keyboard | None = field(default=None, repr=False)
    answers: Mapping[ItemId, Answer] | None = field(default=None, repr=False)
    """The answers that were kept then: where another one was given since, what waits is not put over it."""

    @property
    def waits(self) -> bool:
        """Whether something that was typed stands nowhere else."""
        return bool(self.words or self.form or self.told or (self.hands and self.hands.typed))


def mark_of(store: Store) -> Mark:
    """What is asked of records before something that was left is given out."""
    told, store.on_dismissed = store.on_dismissed, None  # who is dismissed is being locked out already
    lines = store.own_lines
    try:
        with suppress(EvalAssistError):
            last = store.last_line()
            if lines and last is not None:  # alone it could be guessed
                lines = (*lines, last)
    finally:
        store.on_dismissed = told
    return Mark(hashlib.sha256(store.keys.audit).digest(), lines)


def marks_of(marks: Iterable[Mark], store: Store) -> list[Mark]:
    """Which of them are of these records; where that cannot be read, none."""
    found = []
    for mark in marks:
        with suppress(EvalAssistError):
            if mark.is_of(store):
                found.append(mark)
    return found


@dataclass(frozen=True, eq=False)
class Held:
    """An evaluation whose last changes could not be kept: its window part is gone, and it is tried again."""

    session: EvaluationSession
    store: Store
    records: Mark
    why: str
    """Why they could not be kept."""

    @property
    def says(self) -> str:
        """What is told of it where one signs in."""
        return (
            tr(
                "The last changes of {name} are not kept: {why_not_kept}\n"
                "They wait out of sight, and EvalAssist tries again. Leave this window open, "
                "and let {name} sign in here."
            )
            if self.records.lines
            else tr(
                "The last changes of {name} are not kept: {why_not_kept}\n"
                "They wait out of sight, and EvalAssist tries again. Leave this window open until "
                "this line goes."
            )
        ).format(name=self.account.name, why_not_kept=self.why)

    @property
    def account(self) -> Account:
        """Whose it is."""
        return self.store.account


def with_addendum(words: dict[Where, str]) -> dict[Where, str]:
    """An addendum that is being written in its dialog goes on in the field of the sign page, behind its words."""
    from ui.dialogs.papers import AddendumDialog
    from ui.widgets.typed import Where

    words = dict(words)
    for dialog in QApplication.topLevelWidgets():
        if isinstance(dialog, AddendumDialog) and dialog.isVisible() and dialog.text.value:
            place = Where("sign", dialog.text.accessibleName(), opens=("addendum", dialog.form.kind))
            there = [words.pop(where) for where in list(words) if where[:2] == place[:2]]
            words[place] = "\n".join((*there, dialog.text.value))
    return words


def shows_paper_key() -> bool:
    """Whether a new paper key stands on the screen that nobody has on paper yet."""
    from ui.widgets.paper_key import PaperKey

    shown = (part for part in QApplication.allWidgets() if isinstance(part, PaperKey) and part.isVisible())
    return any(not part.is_on_paper for part in shown)


def cover_all() -> list[QWidget]:
    """Nothing is seen of any window from here on, however long the rest takes."""
    covers = []
    for window in QApplication.topLevelWidgets():
        if window.isVisible():
            cover = QWidget(window)
            cover.setAutoFillBackground(True)
            cover.setGeometry(window.rect())
            cover.show()
            cover.raise_()
            cover.repaint()
            covers.append(cover)
    return covers


def close_dialogs() -> list[QDialog]:
    """Close every dialog and menu; what was asked in it counts as not answered."""
    closed: list[QDialog] = []
    while (popup := QApplication.activePopupWidget()) is not None and popup.close():
        pass
    for widget in QApplication.topLevelWidgets():
        if not isinstance(widget, QDialog):
            continue
        closed.append(widget)
        asks = isinstance(widget, QMessageBox)
        if not widget.isVisible():  # answered just now: whoever asked hears nothing of it
            widget.setResult(TAKEN_AWAY if asks else QDialog.DialogCode.Rejected)
            continue
        if not (asks and widget.close()):  # as by Esc
            widget.done(QDialog.DialogCode.Rejected)  # not `reject`, which may ask before something is lost
        if asks:  # only once it is closed: changed while it is seen, it would block the window for good
            widget.setModal(False)  # `exec` puts it back: see below
    return closed


def still_waited_for(dialogs: list[QDialog]) -> bool:
    """Whether somebody's `exec` of a closed dialog has not come back yet.

    When it comes back it puts the modality back: off, but on for a message box, which is made that way.
    """
    return any(isValid(dialog) and dialog.isModal() != isinstance(dialog, QMessageBox) for dialog in dialogs)
