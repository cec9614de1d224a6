"""Coming back after the lock: the same evaluation, step, field, form and half-typed words."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLineEdit

from evalassist.errors import EvalAssistError, GoneError
from evalassist.translate import tr
from ui.locking import Held, Left, addendum_words, keyboard_in, mark_of, shows_paper_key

if TYPE_CHECKING:
    from evalassist.records.store import Store
    from ui.half_filled import HalfFilled
    from ui.hands_entry import Begun
    from ui.main_window import MainWindow
    from ui.waiting import Waiting


class ComingBack:
    """Puts by where somebody is in the window when it is locked, and brings them back there."""

    def __init__(self, window: MainWindow, waiting: Waiting) -> None:
        self._window, self._waiting = window, waiting
        self._lost_key = False
        """Who is signed in has not been told yet that locking closed a new paper key."""
        self._form: HalfFilled | None = None
        """The form of who is signed in that is not open again yet."""

    def put_by(self, store: Store) -> None:
        """The window is being locked: where its owner is, with what was typed and is no answer yet."""
        from ui.half_filled import half_filled

        window = self._window
        step, item, words, hands, keyboard = "", "", {}, None, None
        if window.view is not None and window.view.step:
            window.remember_place()
            keyboard = keyboard_in(window.view)
            step, item, hands = window.view.step, window.view.focused_item(), window.view.leave_hands()
            words = window.view.loose_words() | addendum_words()
        form, self._form = half_filled() or self._form, None
        left = Left(
            store.account.id,
            mark_of(store),
            window.evaluation_id(),
            step,
            item,
            words,
            form,
            hands,
            shows_paper_key() or self._lost_key,
            keyboard,
        )
        self._waiting.put_by(left)

    def bring_back(self, store: Store, held: Held | None) -> None:
        """Somebody came in: show where they were when they locked the window, else the start page."""
        window, waited = self._window, self._waiting.take_left(store.account.id)
        if held is not None:
            window.show_held(held)
        else:
            window.show_start()
        self._lost_key = any(left.lost_key for left in waited)
        self._form = next((left.form for left in waited if left.form is not None), None)
        for left in (replace(each, form=None, lost_key=False) for each in waited):
            there = window.evaluation_id()
            is_next = not there or (there == left.evaluation_id and left.waits)
            if held is None and left.evaluation_id and is_next:
                self._go_back_to(left)
            is_there = left.evaluation_id in ("", window.evaluation_id())
            if left.hands is not None and (is_there or window.view is None):
                left = self._go_on_at_the_table(left, left.hands)
            if not is_there:  # it cannot be read now, or another one is open: what was typed in it waits on
                self._waiting.put_by(left)
        if self._lost_key:
            QTimer.singleShot(0, window, self._tell_lost_key)
        elif self._form is not None:
            QTimer.singleShot(0, window, self._open_again)

    def put_back(self, step: str, item: str, words: dict[tuple[str, str], str]) -> None:
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
        for step, name in left.words:
            if left.answers is not None and window.view.answered_since(step, name, left.answers):
                told = tr(
                    "{name}: “{typed}” was typed here before the window was locked. Another answer was kept since."
                )
                told = told.format(name=name, typed=words.pop((step, name)))
                QTimer.singleShot(0, window, partial(self._tell, told))
        if left.step and left.step != window.view.step:
            window.view.show_step(left.step)
        self.put_back(left.step, left.item, words)
        if left.keyboard is not None:
            left.keyboard.put_back(window.view)

    def _go_on_at_the_table(self, left: Left, hands: Begun) -> Left:
        """The hands-busy view with the number that was half typed; where that has no place any more, say so once.

        Returns what waits on where the evaluation cannot be read now.
        """
        from ui.half_filled import number_not_entered

        window, gone = self._window, False
        if window.view is not None:
            window.view.open_hands(hands)
        else:
            try:
                window.records.load(left.evaluation_id, to_edit=False)
            except EvalAssistError as fault:
                gone = isinstance(fault, GoneError)
        told = number_not_entered(hands, window.view, gone=gone)
        if told:
            QTimer.singleShot(0, window, partial(self._tell, told))
        return replace(left, hands=None) if told else left

    def _tell(self, told: str) -> None:
        from ui.dialogs.asking import tell

        if self._window.door is None:
            tell(self._window, told, "")

    def _open_again(self) -> None:
        """The form that locking closed, as far as it was filled; where it cannot be opened now it waits on."""
        from ui.dialogs.asking import tell

        window, form = self._window, self._form
        if window.door is not None or form is None:
            return
        self._form = None
        try:
            self._open(form)
        except EvalAssistError as fault:
            self._form = form
            tell(window, str(fault), "")

    def _open(self, form: HalfFilled) -> None:
        window = self._window
        if form.form == "account":
            window.show_accounts(form)
        elif form.form == "limit":
            window.show_content(form)
        elif form.form == "anyway":
            from ui.pages.locked import LockablePage

            page = window.view.page if window.view is not None else None
            if isinstance(page, LockablePage) and page.session.evaluation.id == form.of and page.blocked:
                page.ask_to_test(form)
        elif form.form == "correction":
            if window.view is not None and window.view.session.evaluation.patient.id == form.of:
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
