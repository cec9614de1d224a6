"""What waits behind the lock for who locked the window: where each was, and what the disk refuses."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from evalassist.errors import EvalAssistError
from ui.locking import Held, Left, Mark, marks_of

if TYPE_CHECKING:
    from evalassist.evaluation import Evaluation
    from evalassist.records.store import Store
    from ui.main_window import MainWindow
    from ui.session import EvaluationSession
    from ui.way_in import WayIn


class Waiting:
    """Keeps it in the memory, out of sight, and gives it out to its owner alone."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.left: list[Left] = []
        """Where each account of each records was when it locked the window."""
        self.held: list[Held] = []
        """Evaluations whose last changes the disk refused."""
        self._here: Left | None = None
        """Where whoever locked the window last was."""
        self._known: list[Mark] = []
        """Of what waits: what is of the records that are open."""

    @property
    def words_wait(self) -> bool:
        """Whether something that somebody typed stands nowhere else."""
        return any(left.waits for left in self.left)

    @property
    def lost_key(self) -> bool:
        """Whether locking closed a new paper key that nobody has on paper."""
        return any(left.lost_key for left in self.left)

    # ------------------------------------------------------------ somebody comes in

    def take_held(self, store: Store, way_in: WayIn | None) -> Held | None:
        """What the disk refused of who comes in; it goes on with its own records, and these are closed."""
        waits: tuple[Left | Held, ...] = (*self.left, *self.held)
        self._known = marks_of((each.records for each in waits), store)
        # one of other records, with the same id, or of a later day, waits
        own = (each for each in self.held if each.account.id == store.account.id)
        held = next((each for each in own if each.records in self._known), None)
        if held is not None:
            self.held.remove(held)
            held.store.go_on_as(store)
            held.store.trail_was_cut = store.trail_was_cut
            held.store.accept_cut = None
            if store.accept_cut is not None and way_in is not None:
                held.store.accept_cut = partial(way_in.entrance.accept_cut, held.store)
            store.close()
        return held

    def take_left(self, account_id: str) -> list[Left]:
        """Where who came in was: what waits first, the last place after it.

        Nothing where it was in other records, or on a later day than theirs.
        """
        own = self._left_by(account_id)
        self.left = [each for each in self.left if each not in own]
        return [*(each for each in own if each.waits), *(each for each in own[-1:] if not each.waits)]

    def _left_by(self, account_id: str) -> list[Left]:
        return [each for each in self.left if each.account_id == account_id and each.records in self._known]

    # ------------------------------------------------------------ the window is locked

    def put_by(self, left: Left) -> None:
        """Keep where somebody was until they come back to these records, and what waits in another evaluation."""
        own = self._left_by(left.account_id)
        self.left = [*(each for each in self.left if each.waits or each not in own), left]
        self._known.append(left.records)

    def leave(self, left: Left) -> None:
        """The window is locked here."""
        self.put_by(left)
        self._here = left

    def note_new_ways(self, store: Store) -> None:
        """A way in was changed at this window: what waits is given to no state of the records that lacks that.

        On a server, too: a file from before the move may be put in place. What was asked for before is asked for
        still: who changes a way in in an earlier state takes nothing back.
        """
        waits: tuple[Left | Held, ...] = (*self.left, *self.held)
        for each in waits if store.changed_ways else ():
            if each.records.is_akin(store):
                each.records.later = (*each.records.later, *store.own_lines)

    def note_answers(self, evaluation: Evaluation) -> None:
        """What was answered when the evaluation was put away, to which what waits belongs."""
        assert self._here is not None
        told = replace(self._here, answers=evaluation.answers)
        self.left = [told if each is self._here else each for each in self.left]
        self._here = told

    def hold(self, session: EvaluationSession, store: Store, why: str) -> None:
        """What cannot be kept stays in the memory until it can be or its owner comes back.

        Nothing of the page stays: another program could ask for each part of it by its number.
        """
        for signal in (session.changed, session.kept, session.not_kept, session.side_changed, session.moved):
            signal.disconnect()
        assert self._here is not None
        held = Held(session, store, self._here.records, why)
        self.held.append(held)
        session.setParent(self._window)
        session.kept.connect(lambda _: self._let_go(held))
        # somebody else may be at the window by then
        held.store.on_dismissed = lambda _: self._forget_removed(held)
        self.tell()

    def close_locked(self, store: Store) -> None:
        """The records of who locked the window are closed, unless something must still be kept in them."""
        if store.is_removed:  # nobody comes back for it
            self.take_left(store.account.id)
        self._forget_removed_at(store)
        if all(held.store is not store for held in self.held):
            store.close("locked")
        if not store.is_shared:  # a server asks its own vault who may come in
            for mark in self._known:
                mark.later = store.own_lines or mark.later
        self.note_new_ways(store)
        self._known = []

    def tell(self) -> None:
        """Say at the door what the disk refuses."""
        if self._window.door is not None:
            self._window.door.say_above("\n".join(held.says for held in self.held))

    def keep(self) -> bool:
        """Try once more to keep what the disk refused; True when it is all on the disk."""
        return all(held.session.keep() for held in list(self.held))

    def close(self) -> None:
        """The program ends."""
        for held in self.held:
            held.store.close()

    def _forget_removed_at(self, store: Store) -> None:
        """An account that was removed at this window has no key any more by which its own records could say so."""
        with suppress(EvalAssistError):
            there = {account.id for account in store.accounts()} if self.held else set()
            for held in list(self.held):
                if held.store is not store and held.records.is_of(store) and held.account.id not in there:
                    self._forget_removed(held, removed=True)

    def _forget_removed(self, held: Held, *, removed: bool = False) -> None:
        """Nobody comes back for what a removed account left; one with another role is waited for."""
        if removed or held.store.is_removed:
            self.left = [left for left in self.left if left.records is not held.records]
            QTimer.singleShot(0, self._window, partial(self._let_go, held))

    def _let_go(self, held: Held) -> None:
        """What was held was kept at last, or its owner is gone: close it like everything else."""
        if held not in self.held:
            return
        self.held.remove(held)
        held.session.leave()
        held.session.deleteLater()
        held.store.close()
        self.tell()
