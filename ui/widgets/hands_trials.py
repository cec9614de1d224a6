"""The trials of the side that is worked on, what they come to, and the other side beside it."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from evalassist.clinical import battery
from evalassist.evaluation import StrengthTest, other
from evalassist.translate import tr
from ui import style
from ui.hands_entry import HandsEntry
from ui.widgets.hands_parts import Result, TrialBox
from ui.widgets.hands_summary import compared, score_of
from ui.widgets.strength_parts import GRADE_WORDS, result


class HandsTrials(QWidget):
    """The line of large numbers at the foot of the hands-busy view."""

    def __init__(self) -> None:
        super().__init__()
        self._line = style.row(self, spacing=12)
        self._boxes: list[TrialBox] = []
        self._grow, self._fits = 1.0, False
        self._best, self._beside, self.compared = Result(), Result(), Result()
        for part in (self._best, self._beside, self.compared):
            self._line.addWidget(part)

    def set_grow(self, grow: float) -> None:
        """Larger or smaller than the text scale says."""
        self._grow = grow
        for box in self._boxes:
            box.set_grow(grow)
        for part in (self._best, self._beside, self.compared):
            part.value.set_grow(grow)

    def show_entry(self, entry: HandsEntry, *, counting: bool) -> None:
        """The trials with what is typed now, in their places."""
        self._show_boxes(entry, counting)
        for part in (self._best, self._beside, self.compared):
            part.say("", "")
        if entry.stop is not None and entry.question is None:
            self._show_results(entry)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The trials are whole; of what they come to, what is least needed goes first."""
        if self._fits:
            return  # showing a part lays the line out, which leads here again
        self._fits = True
        for _ in range(2):  # the line may have got another width
            between = self._line.spacing()
            boxes = [box for box in self._boxes if not box.isHidden()]
            room = self.width() + between - sum(box.minimumSizeHint().width() + between for box in boxes)
            for part in (self._beside, self.compared, self._best):
                wide = part.least_width() + between
                shown = part.says_something and (room >= wide or part is self._beside)
                room -= wide if shown else 0
                part.setVisible(shown)
        self._fits = False

    def _show_boxes(self, entry: HandsEntry, counting: bool) -> None:
        test = entry.test
        by_hand = entry.by_hand or bool(test.grade)
        wanted = battery.wanted_trials(test, entry.measured, entry.session.content.pace.trials)
        count = 1 if by_hand else wanted
        shown = entry.stop is not None and not test.not_tested and entry.question is None
        while len(self._boxes) < count:
            box = TrialBox()
            box.set_grow(self._grow)
            self._line.insertWidget(len(self._boxes), box)
            self._boxes.append(box)
        for at, box in enumerate(self._boxes):
            box.setVisible(shown and at < count)
            taken = entry.in_its_unit(test.trials[at]) if at < len(test.trials) else ""
            now = entry.ask in ("trial", "grade") and (by_hand or at == len(test.trials))
            typed = f"{entry.typed} {entry.unit_of_typed}".strip() if entry.typed else ""
            value = ("…" if counting else typed) if now else (test.grade or "") if by_hand else taken
            box.show_trial(tr("grade") if by_hand else tr("trial {at}").format(at=at + 1), value, now=now)

    def _show_results(self, entry: HandsEntry) -> None:
        stop, test, answers = entry.stop, entry.test, entry.session.evaluation.answers
        assert stop is not None
        counts = "mean" if answers.get("strength-score") == "mean" else "best"
        if test.trials:
            self._best.say(counts, result(entry.measured, entry.shown_unit))
        elif test.grade:
            self._best.say(tr("by hand"), GRADE_WORDS[test.grade])
        side = other(stop.side)
        beside = answers.get(f"{stop.group}.{side}")
        if isinstance(beside, StrengthTest) and beside.has_result:
            self._beside.say(counts if beside.trials else "", score_of(entry, stop.group, side), side=side)
        percent, said, mark = compared(entry, stop.group)
        self.compared.say(said, percent, mark="" if entry.awaits_trials else mark)
