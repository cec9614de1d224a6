"""Coming back after the lock: the same evaluation, step, field, form and half-typed words."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLineEdit

from evalassist.errors import EvalAssistError, GoneError
from evalassist.evaluation import PRACTICE
from evalassist.translate import tr
from ui.locking import Held, Left, Mark, keyboard_in, mark_of, shows_paper_key, with_addendum

if TYPE_CHECKING:
    from evalassist.records.store import Store
    from ui.half_filled import HalfFilled
    from ui.hands_entry import Begun
    from ui.main_window import MainWindow
    from ui.waiting import Waiting
    from ui.widgets.typed import Where

log = logging.getLogger(__name__)


class ComingBack:
    """Puts by where somebody is in the window when it is locked, and brings them back there."""

    def __init__(self, window: MainWindow, waiting: Waiting) -> None:
        self._window, self._waiting = window, waiting
        self._lost_key = False
        """Who is signed in has not been told yet that locking closed a new paper key."""
        self._told: list[str] = []
        """What who is signed in is still to be told of what was typed."""
        self._forms: list[Left] = []
        """Where a form was left that is to be opened again in a moment."""

    def put_by(self, store: Store) -> None:
        """The window is being locked: where its owner is, with what was typed and is no answer yet.

        Whatever fails, nobody is kept from locking.
        """
        told, forms, self._told, self._forms = self._told, self._forms, [], []
        left = Left(store.account.id, Mark(b"", ()), self._window.evaluation_id(), told=tuple(told))
        try:
            left = replace(left, lost_key=shows_paper_key() or self._lost_key)
            left = replace(left, records=mark_of(store))
            left = self._as_it_is(left)
        except Exception as fault:
            log.error("where somebody was could not be put by: %s", type(fault).__name__)
        for each in forms:
            self._waiting.put_by(each)
        self._waiting.leave(left)

    def _as_it_is(self, left: Left) -> Left:
        """With the step, the field, the words and the form."""
        from ui.half_filled import half_filled

        window = self._window
        left = replace(left, form=half_filled())
        if window.view is None or not window.view.step:
            return left
        window.remember_place()
        return replace(
            left,
            keyboard=keyboard_in(window.view),
            step=window.view.step,
            item=window.view.focused_item(),
            hands=window.view.leave_hands(),
            words=with_addendum(window.view.loose_words()),
        )

    def bring_back(self, store: Store, held: Held | None) -> None:
        """Somebody came in: show where they were when they locked the window, else the start page."""
        waited = self._waiting.take_left(store.account.id)
        try:
            self._bring_back(waited, held)
        except Exception:
            for left in waited:
                self._waiting.put_by(left)
            raise

    def _bring_back(self, waited: list[Left], held: Held | None) -> None:
        window = self._window
        if held is not None:
            window.show_held(held)
        else:
            window.show_start()
        self._lost_key = any(left.lost_key for left in waited)
        self._told = [told for left in waited for told in left.told]
        for left in waited:
            there = window.evaluation_id()
            is_held = held is not None and left.records is held.records
            is_next = not there or is_held or (there == left.evaluation_id and left.waits)
            if left.evaluation_id and is_next:
                self._go_back_to(left)
            is_there = left.evaluation_id in ("", window.evaluation_id())
            gone = not is_there and left.waits and self._is_gone(left.evaluation_id)
            if left.hands is not None and (is_there or window.view is None):
                left = self._go_on_at_the_table(left, left.hands, gone=gone)
            if gone:
                self._tell_gone(left)
            elif not is_there:  # it cannot be read now, or another one is open: what was typed in it waits on
                self._waiting.put_by(replace(left, form=None, lost_key=False, told=()))
            if left.form is not None and not (gone and left.form.is_of_evaluation):
                self._forms.append(replace(left, words={}, hands=None, lost_key=False, told=()))
        QTimer.singleShot(0, window, self._go_on)

    def put_back(self, step: str, item: str, words: dict[Where, str]) -> None:
        """Show what was typed and is no answer yet, and go where the keyboard was."""
        view = self._window.view
        assert view is not None
        typed_in = view.put_back(words)
        if step:
            view.show_step(step)
            if item:
                view.page.focus_item(item)
                for trial in typed_in:  # of a strength test's trials the one that was typed in
                    if view.page.item_of(trial) == item:
                        trial.setFocus(Qt.FocusReason.OtherFocusReason)
        field = self._window.focusWidget()
        if isinstance(field, QLineEdit):
            field.end(False)  # typing goes on behind what stands there

    def _go_back_to(self, left: Left) -> None:
        """The same evaluation, step and field, with what was typed and is no answer yet."""
        window, words = self._window, dict(left.words)
        if window.view is None:
            window.open_evaluation(left.evaluation_id)
        if window.view is None:
            return
        for where in left.words:
            if left.answers is not None and window.view.answered_since(where.item, left.answers):
                told = tr(
                    "{name}: “{typed}” was typed here before the window was locked. Another answer was kept since."
                )
                self._told.append(told.format(name=where.name, typed=words.pop(where)))
        if left.step and left.step != window.view.step:
            window.view.show_step(left.step)
        self.put_back(left.step, left.item, words)
        if left.keyboard is not None:
            left.keyboard.put_back(window.view)

    def _go_on_at_the_table(self, left: Left, hands: Begun, *, gone: bool) -> Left:
        """The hands-busy view with the number that was half typed; where that has no place any more, say so once.

        Returns what waits on where the evaluation cannot be read now.
        """
        from ui.half_filled import number_not_entered

        if self._window.view is not None:
            self._window.view.open_hands(hands)
        told = number_not_entered(hands, self._window.view, gone=gone)
        if told:
            self._told.append(told)
        return replace(left, hands=None) if told else left

    def _is_gone(self, evaluation_id: str) -> bool:
        """Whether the draft was discarded; what cannot be read now may be there."""
        if evaluation_id in ("", PRACTICE):
            return False
        try:
            self._window.records.load(evaluation_id, to_edit=False)
        except EvalAssistError as fault:
            return isinstance(fault, GoneError)
        return False

    def _tell_gone(self, left: Left) -> None:
        """Say once what has no place any more."""
        words = {where.name: typed for where, typed in left.words.items()}
        if left.form is not None and left.form.is_of_evaluation:
            words |= left.form.words
        told = tr(
            "{name}: “{typed}” was typed here before the window was locked. The draft was discarded since."
        )
        self._told += [told.format(name=name, typed=typed) for name, typed in words.items()]

    def _go_on(self) -> None:
        """What is to be told, one after the other; then each form that locking closed, as far as it was filled.

        A lock meanwhile puts by what was not read, and what was not opened.
        """
        from ui.dialogs.asking import tell

        if self._lost_key:
            self._tell_lost_key()
        told, forms = self._told, self._forms
        while told and told is self._told:
            tell(self._window, told[0], "")
            if told is self._told:
                del told[0]
        while forms and forms is self._forms:
            self._open_again(forms.pop(0))

    def _open_again(self, left: Left) -> None:
        """The form that locking closed, as far as it was filled; where it cannot be opened now it waits on."""
        from ui.dialogs.asking import tell

        assert left.form is not None
        view = self._window.view
        if left.form.is_of_evaluation and (
            view is None or left.evaluation_id != self._window.evaluation_id()
        ):
            self._waiting.put_by(left)
            return
        if left.form.is_of_evaluation and view is not None and left.step != view.step:
            view.show_step(left.step)
        try:
            self._open(left.form)
        except EvalAssistError as fault:
            self._waiting.put_by(left)
            if self._window.door is None:
                tell(self._window, str(fault), "")

    def _open(self, form: HalfFilled) -> None:
        window = self._window
        if form.form == "account":
            window.show_accounts(form)
        elif form.form == "limit":
            window.show_content(form)
        elif form.form == "anyway":
            from ui.pages.locked import LockablePage

            page = window.view.page if window.view is not None else None
            if isinstance(page, LockablePage) and page.blocked:
                page.ask_to_test(form)
        elif form.form == "correction":
            window.correct_patient(form)
        else:
            window.who_comes.go_on(form)

    def _tell_lost_key(self) -> None:
        """Locking closed a new paper key; the former one opens nothing any more."""
        from ui.dialogs.asking import tell

        if self._window.door is not None:
            return
        tell(
            self._window,
            tr("The new paper key is not on paper."),
            tr(
                "The window was locked while it was shown, and nobody can show it again. The former paper key opens "
                "nothing any more. Make another one under Accounts."
            ),
        )
        if self._window.door is None:  # else a lock took it away unread
            self._lost_key = False
