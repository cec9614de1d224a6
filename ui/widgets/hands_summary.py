"""What the tested muscles came to, readable from the treatment table: both sides and how they compare."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from evalassist.evaluation import SIDES, Side, StrengthTest
from evalassist.translate import tr
from evalassist.words import unbroken
from ui import style
from ui.hands_entry import HandsEntry
from ui.widgets.marks import StateGlyph
from ui.widgets.plan_cards import empty
from ui.widgets.side import SideBadge
from ui.widgets.strength_parts import result
from ui.widgets.strength_row import ReadingMark, aloud, reading, within_error

MOST_FAR, MOST_CLOSE = 5, 3
"""So many lines can be read from far; more are smaller, so that all are seen at once. Fewer in small room."""
SMALL, NEAR = 0.6, 0.9
"""Of the usual room: below it fewer lines can be read from far, and many lines from near only."""


def score_of(entry: HandsEntry, group_id: str, side: Side) -> str:
    """What one side came to: its score in the device's unit, its grade, or that it was not tested."""
    answer = entry.session.evaluation.answers.get(f"{group_id}.{side}")
    if not isinstance(answer, StrengthTest) or not (answer.trials or answer.grade):
        return tr("not tested")
    measured = entry.session.assessment.strength[group_id].side(side)
    return answer.grade or result(measured, answer.unit or entry.shown_unit)


def compared(entry: HandsEntry, group_id: str) -> tuple[str, str, ReadingMark]:
    """The percentage, its words, and whether it wants a look."""
    assessment, answers = entry.session.assessment, entry.session.evaluation.answers
    given = {side: answers.get(f"{group_id}.{side}") for side in SIDES}
    return reading(assessment.strength[group_id], given, assessment.numbers["symmetry-deficit"])


def compared_aloud(entry: HandsEntry, group_id: str) -> str:
    """The same for who hears it."""
    percent, words, _ = compared(entry, group_id)
    session = entry.session
    measured, group = session.assessment.strength[group_id], session.content.strength_groups[group_id]
    unsure = within_error(group, measured, entry.unit, session.assessment.numbers["symmetry-deficit"])
    return aloud(measured, percent, words, session.evaluation.sore_knee, unsure)


class HandsSummary(QWidget):
    """A line for each muscle."""

    def __init__(self) -> None:
        super().__init__()
        self._grid: QGridLayout = style.scaled(QGridLayout(self), spacing=14)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(4, 3)
        self._told: list[str] = []
        self.unscored = 0
        """Sides with trials that differ too much to be scored."""
        self.left_out = 0
        """Sides that were not tested."""
        self._room = 1.0

    def set_room(self, room: float) -> None:
        """How much of the usual room there is: with less of it the letters are smaller."""
        self._room = room
        self._grid.setSpacing(style.px(14 if room > SMALL else 4))

    def in_words(self) -> list[str]:
        """The lines, read aloud."""
        return self._told

    def show_results(self, entry: HandsEntry) -> None:
        """Show what there is now."""
        empty(self._grid)
        self._told, self.unscored, self.left_out = [], 0, 0
        middle = Qt.AlignmentFlag.AlignVCenter
        groups = list(dict.fromkeys(stop.group for stop in entry.stops))
        far, many = self._room > SMALL, len(groups) > (MOST_FAR if self._room > SMALL else MOST_CLOSE)
        words, numbers = ("far", "far-num") if far and not many else ("say", "say-num")
        if many and self._room < NEAR:
            words, numbers = "", "num"
        for row, group_id in enumerate(groups):
            title = entry.session.content.strength_groups[group_id].title
            self._grid.addWidget(style.label(words, title, wrap=True), row, 0, middle)
            for place, side in enumerate(SIDES):
                cell = QWidget()  # the badge beside its own number, the numbers under each other
                line = style.row(cell, (18, 0, 0, 0), spacing=6)
                line.addStretch(1)
                line.addWidget(SideBadge(side, words=False))
                line.addWidget(style.label(numbers, score_of(entry, group_id, side)))
                self._grid.addWidget(cell, row, 1 + place, middle)
            strength = entry.session.assessment.strength[group_id]
            known = [one for side in SIDES if (one := strength.side(side)) is not None]
            self.unscored += sum(one.score is None for one in known if one.trials)
            self.left_out += sum(one.not_tested is not None for one in known)
            percent, told, mark = compared(entry, group_id)
            if mark:
                self._grid.addWidget(StateGlyph(mark, size=22), row, 3, middle)
            sides = ", ".join(f"{side} {score_of(entry, group_id, side)}" for side in SIDES)
            self._told.append(f"{title}: {', '.join(filter(None, (sides, compared_aloud(entry, group_id))))}")
            said = unbroken(" · ".join(filter(None, (percent, told.replace("\n", ", ")))))
            self._grid.addWidget(style.label(words, said, wrap=True), row, 4, middle)
        self._grid.setRowStretch(len(groups), 1)
