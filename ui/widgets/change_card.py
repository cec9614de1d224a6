"""What changed since an earlier visit: then, now, and whether it is a real change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout

from evalassist.clinical.change import Change
from evalassist.clinical.follow_up import FollowUp
from evalassist.translate import tr
from ui import style
from ui.widgets.cards import Card
from ui.widgets.dates import date_text
from ui.widgets.glyph import State
from ui.widgets.marks import ReasonLink, StateGlyph
from ui.widgets.plan_cards import empty
from ui.widgets.segments import Choice, SegmentedControl

FIRST, LAST = "first", "last"


class ChangeCard(Card):
    """A row for each value that differs; what is the same, or was not measured again, takes a line."""

    go_to = Signal(str)

    def __init__(self) -> None:
        super().__init__(tr("Change"), spacing=4)
        self._found: FollowUp | None = None
        self._drawn: object = None
        self.since = SegmentedControl(
            [Choice(FIRST, tr("Since the first visit")), Choice(LAST, tr("Since the last visit"))],
            tr("Change since"),
        )
        self.since.set_value(FIRST)
        self.since.answered.connect(self._since_chosen)
        self.title_row.addWidget(self.since, 0, Qt.AlignmentFlag.AlignLeft)
        self._title.set_gives(False)
        self._grid: QGridLayout = style.scaled(QGridLayout(), spacing=2)
        self._grid.setHorizontalSpacing(style.px(14))
        self._grid.setColumnStretch(5, 1)
        self._same, self._not_now = style.label("s", wrap=True), style.label("s", wrap=True)
        self.body.addLayout(self._grid)
        self.body.addWidget(self._same)
        self.body.addWidget(self._not_now)

    def minimumSizeHint(self) -> QSize:
        """As narrow as its widest part: where there is no room beside the title, the choice goes below it."""
        parts = (self._title.minimumSizeHint(), self.since.minimumSizeHint(), self.body.minimumSize())
        return QSize(max(part.width() for part in parts) + self._edges(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_choice()

    def _edges(self) -> int:
        layout = self.layout()
        assert layout is not None
        edges = layout.contentsMargins()
        return edges.left() + edges.right()

    def _place_choice(self) -> None:
        ways = QBoxLayout.Direction
        for way, gap in ((ways.LeftToRight, 10), (ways.TopToBottom, 4)):
            self.title_row.setDirection(way)
            self.title_row.setSpacing(style.px(gap))
            if self.title_row.minimumSize().width() + self._edges() <= self.width():
                break

    def show_found(self, found: FollowUp) -> None:
        """Show the changes of this visit."""
        self._found = found
        self.since.setVisible(found.first != found.last)
        self._draw()

    def _since_chosen(self, value: object) -> None:
        if value is None:
            self.since.set_value(FIRST)
        self._draw()

    def _draw(self) -> None:
        found = self._found
        if found is None:
            return
        of_last = self.since.value == LAST
        day, changes = (found.last, found.since_last) if of_last else (found.first, found.since_first)
        if (day, changes) == self._drawn:
            return
        self._drawn = (day, changes)
        self.set_title(
            tr("Change since {day}").format(day=date_text(day)),
            tr("MDC: beyond error · MCID: important on average"),
        )
        self._place_choice()
        self._show(day, changes)

    def _show(self, day: date, changes: Sequence[Change]) -> None:
        empty(self._grid)
        told = [change for change in changes if change.now and change.direction != "same"]
        heads = ("", "", date_text(day), tr("now"), tr("change"), tr("what it means"))
        for column, head in enumerate(heads if told else ()):
            self._grid.addWidget(style.label("s", head), 0, column)
        for line, change in enumerate(told, start=1):
            self._add(change, line)
        same = [f"{change.name} {change.now}" for change in changes if change.direction == "same"]
        self._same.setText(tr("No change: {same}.").format(same="; ".join(same)))
        self._same.setVisible(bool(same))
        gone = [change.name for change in changes if not change.now]
        self._not_now.setText(tr("Not measured again: {gone}.").format(gone="; ".join(gone)))
        self._not_now.setVisible(bool(gone))

    def _add(self, change: Change, line: int) -> None:
        name = ReasonLink(change.name)
        name.clicked.connect(lambda: self.go_to.emit(change.items[0]))
        heard = (change.name, change.then, tr("now {now}").format(now=change.now), change.by, change.verdict)
        name.setAccessibleName(", ".join(part for part in heard if part))
        name.setEnabled(bool(change.items))
        limits = f" · {change.limits}" if change.limits else ""
        means = style.label("", f"{change.verdict}{limits}", wrap=True)
        style.say(means, c="att" if _glyph(change) == "look" else "" if change.real else "q")
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(StateGlyph(_glyph(change)), line, 0, top)
        self._grid.addWidget(name, line, 1, top)
        told = [name, means]
        for column, words in ((2, change.then), (3, change.now), (4, change.by)):
            told.append(style.label("b" if column == 3 else "", words or "–"))
            self._grid.addWidget(told[-1], line, column, top)
        self._grid.addWidget(means, line, 5)
        for label in told:
            label.setToolTip(style.tip(change.note))


def _glyph(change: Change) -> State:
    if not change.compared:
        return "empty"
    if change.direction == "worse" and change.real:
        return "look"
    return "complete" if change.real else "not-met"
