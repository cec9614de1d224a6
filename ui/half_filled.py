"""What was half filled when the window was locked: a form with what was typed in it, a number at the table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from evalassist.translate import tr
from ui.widgets.segments import SegmentedControl
from ui.widgets.typed import Typed, quotable

if TYPE_CHECKING:
    from ui.evaluation_view import EvaluationView
    from ui.hands_entry import Begun


@dataclass(frozen=True)
class HalfFilled:
    """Kept in the memory for the account that locked the window; a password is never among it."""

    form: str
    """Which form: `patient`, `correction`, `account`, `limit` or `anyway`."""
    of: str
    """The id of the patient, account, limit or evaluation it is about; empty for a new one."""
    words: dict[str, str] = field(repr=False)
    """What stands in each field that was touched, by its name."""
    at: str = ""
    """The field that had the keyboard."""

    @property
    def is_of_evaluation(self) -> bool:
        """Whether it has a place only where the evaluation is open over which it was open."""
        return self.form in ("anyway", "correction")

    def put_into(self, form: QWidget) -> None:
        """Show it again in a form that was opened anew."""
        for typed in form.findChildren(Typed):
            if typed.accessibleName() in self.words:
                typed.put_back(self.words[typed.accessibleName()])
        for boxes in form.findChildren(SegmentedControl):
            if boxes.accessibleName() in self.words:
                boxes.set_value(self.words[boxes.accessibleName()] or None)
        for each in (*form.findChildren(Typed), *form.findChildren(SegmentedControl)):
            if self.at and each.accessibleName() == self.at:
                each.setFocus(Qt.FocusReason.OtherFocusReason)


def half_filled() -> HalfFilled | None:
    """The form that is open, if it is one that can be opened again."""
    for widget in QApplication.topLevelWidgets():
        form, of = getattr(widget, "half_filled_as", ("", ""))
        if form and widget.isVisible():
            shown: dict[str, str] = getattr(widget, "as_shown", {})
            words = {name: said for name, said in words_in(widget).items() if said != shown.get(name)}
            return HalfFilled(form, of, words, _at(widget))
    return None


def number_not_entered(begun: Begun, view: EvaluationView | None, *, gone: bool) -> str:
    """What is told of a number that was half typed in the hands-busy view where it cannot be gone on with.

    Nothing where it can, and where the evaluation could not be read now: then it waits on.
    """
    note = None if view is None else view.session.evaluation
    hands = None if view is None else view.hands
    if not begun.typed or (note is None and not gone):
        return ""
    if hands is not None:
        told = tr("“{typed}” for {name}, was not entered, because this muscle is not offered any more.")
        if hands.item_id == begun.item_id:
            return ""
    elif note is None:
        told = tr("“{typed}” for {name}, was not entered, because the draft was discarded.")
    elif note.entered_in_error:
        told = tr("“{typed}” for {name}, was not entered, because the note is marked as entered in error.")
    elif note.signature is not None:
        told = tr("“{typed}” for {name}, was not entered, because the note is signed.")
    else:
        told = tr("“{typed}” for {name}, was not entered, because the safety screen closes the step.")
    return told.format(typed=quotable(begun.told), name=begun.name)


def words_in(form: QWidget) -> dict[str, str]:
    """What stands in each field of a form. As `as_shown` of one that begins with what is kept, it tells what was
    touched: only that is put back, for somebody else may change the rest meanwhile."""
    words = {typed.accessibleName(): _raw(typed) for typed in form.findChildren(Typed)}
    return words | {
        boxes.accessibleName(): boxes.value or "" for boxes in form.findChildren(SegmentedControl)
    }


def _at(form: QWidget) -> str:
    """The name of the field that has the keyboard in a form."""
    part: QWidget | None = form.focusWidget()
    while part is not None and part is not form:
        if isinstance(part, Typed | SegmentedControl):
            return part.accessibleName()
        part = part.parentWidget()
    return ""


def _raw(typed: Typed) -> str:
    edit = getattr(typed, "edit", None)
    return edit.text() if isinstance(edit, QLineEdit) else edit.toPlainText() if edit is not None else ""
