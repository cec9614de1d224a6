"""Nothing is left that is not kept, unless the therapist says that it may be lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from evalassist.errors import EvalAssistError
from evalassist.translate import tr

if TYPE_CHECKING:
    from ui.main_window import MainWindow
    from ui.waiting import Waiting

MOST_NAMED = 6
"""So many unkept entries are named when the evaluation is left."""


class Leaving:
    """What is asked before an evaluation or the window is left; and why something is not kept."""

    def __init__(self, window: MainWindow, waiting: Waiting) -> None:
        self._window, self._waiting = window, waiting
        self.why_not_kept = ""
        """What the disk, or another window, said of the evaluation that is open."""

    def note_why(self, because: str) -> None:
        """The open evaluation could not be kept."""
        self.why_not_kept = because

    def leave(self) -> bool:
        """Put the open evaluation away; False when the therapist stays because it could not be kept."""
        window = self._window
        if window.view is None:
            return True
        kept = window.keep()
        if not kept and window.view.session.conflict:
            settled = self._settle_conflict()
            if settled == "theirs":
                window.put_away()
                return True
            kept = settled == "mine"
            if not kept:
                return False
        unkept = window.view.unkept()
        if (unkept or not kept) and not self.ask_to_lose(unkept, kept=kept):
            return False
        window.put_away()
        return True

    def leave_what_waits(self) -> bool:
        """The window goes while it is locked: what waits for its owner would be lost."""
        if not self._waiting.keep() and not self.ask_to_lose([]):
            return False
        return self.may_lose_words()

    def may_lose_words(self) -> bool:
        """Whether what somebody typed before the lock, and is no answer yet, may be lost."""
        return not self._waiting.words_wait or self.ask_to_lose(
            [tr("Words that wait for who locked the window.")], kept=True
        )

    def leave_paper_key(self) -> bool:
        """The window goes while the first paper key is shown, or locked over a new one: nobody can show it again."""
        from ui.dialogs.asking import asked

        lost, door = self._waiting.lost_key, self._window.door
        return not (lost or (door is not None and door.shows_paper_key)) or asked(
            self._window,
            tr("The paper key is not on paper yet."),
            tr(
                "It is shown this once. When nobody remembers a password, it is the only way to the records. "
                "If you close now, an administrator has to make another one, under Accounts."
            ),
            tr("Close without it"),
        )

    def ask_to_lose(self, unkept: list[str], *, kept: bool = False) -> bool:
        """Say once what would be lost; True when the therapist leaves all the same."""
        from ui.dialogs.asking import asked

        says = tr("Something typed is not kept.") if kept else tr("The last changes are not kept.")
        lines = [*([] if kept else [self.why_not_kept]), *unkept[:MOST_NAMED]]
        if len(unkept) > MOST_NAMED:
            lines.append(tr("and {count} more.").format(count=len(unkept) - MOST_NAMED))
        one = kept and len(unkept) == 1
        lines.append(tr("If you leave now, it is lost.") if one else tr("If you leave now, they are lost."))
        leave = tr("Leave without it") if one else tr("Leave without them")
        return asked(self._window, says, "\n".join(line for line in lines if line), leave)

    def explain_not_kept(self) -> None:
        """Why the open evaluation is not kept; where another window changed it, ask which version stays."""
        window = self._window
        if window.view is not None and window.view.session.conflict:
            evaluation_id = window.evaluation_id()
            if self._settle_conflict() == "theirs":
                window.put_away()
                window.show_start()
                window.open_evaluation(evaluation_id)
            return
        box = QMessageBox(
            QMessageBox.Icon.NoIcon, "EvalAssist", tr("The last changes are not kept yet."), parent=window
        )
        box.setInformativeText(
            tr(
                "{why_not_kept}\n\nThey stay on the screen, and EvalAssist tries again every two seconds. "
                "Leave this window open until the header says Kept."
            ).format(why_not_kept=self.why_not_kept)
        )
        box.exec()

    # ------------------------------------------------------------ two versions

    def _settle_conflict(self) -> Literal["mine", "theirs", ""]:
        """Two versions of one note: the therapist says which stays; "" while that is open."""
        from ui.dialogs.asking import answer

        window = self._window
        assert window.view is not None
        session = window.view.session
        box = QMessageBox(
            QMessageBox.Icon.NoIcon,
            "EvalAssist",
            tr("Another window changed this evaluation."),
            parent=window,
        )
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(self.why_not_kept)
        other, fixed = True, False
        try:
            fixed = session.store.load(session.evaluation.id, to_edit=False).signature is not None
        except EvalAssistError:
            other = False
        mine = None if fixed else box.addButton(tr("Keep mine"), QMessageBox.ButtonRole.AcceptRole)
        both = (
            None if fixed or not other else box.addButton(tr("Compare…"), QMessageBox.ButtonRole.ActionRole)
        )
        words = tr("Take the other") if other else tr("Leave without mine")  # discarded: there is no other
        theirs = box.addButton(words, QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton(tr("Stay here"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        chosen = answer(box)
        if mine is not None and chosen is mine:
            return "mine" if session.keep_mine() else ""
        if both is not None and chosen is both:
            return "mine" if self._keep_of_both() else ""
        return "theirs" if chosen is theirs else ""

    def _keep_of_both(self) -> bool:
        """Field by field from both versions; True when that is kept."""
        from ui.dialogs.two_versions import TwoVersionsDialog

        assert self._window.view is not None
        session = self._window.view.session
        try:
            dialog = TwoVersionsDialog(session, self._window)
        except EvalAssistError as fault:  # the other version went meanwhile
            self.note_why(str(fault))
            return False
        return bool(dialog.exec()) and session.keep_chosen(dialog.from_theirs())
