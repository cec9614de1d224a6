"""What is due this week, read from the signed notes one a turn."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from evalassist.errors import EvalAssistError
from evalassist.translate import tr
from ui import icons, style
from ui.widgets.cards import Card, Rule
from ui.widgets.lines import Line, empty, plain, short_date

if TYPE_CHECKING:
    from evalassist.due import Due
    from evalassist.records.rows import EvaluationRow
    from evalassist.records.store import Store

LOOKED_AT = 300
"""So many visits, the last ones worked on, are looked through."""
MOST = 6
WEEKDAYS = (tr("Mon"), tr("Tue"), tr("Wed"), tr("Thu"), tr("Fri"), tr("Sat"), tr("Sun"))


class DueCard(Card):
    """Re-evaluations and certifications, each a line that leads to the chart. Hidden while nothing is due."""

    patient_chosen = Signal(str)

    def __init__(self, store: Store) -> None:
        super().__init__(tr("Due this week"))
        self.title_row.insertWidget(0, icons.Picture("calendar", "quiet", 16))
        self._store = store
        self._dues: dict[str, tuple[Due, ...]] = {}
        """By signed note, which never changes: read once."""
        self._notes: list[tuple[EvaluationRow, bool]] = []
        self._lines = style.column(spacing=0)
        self.body.addLayout(self._lines)
        self._look = QTimer(self, interval=0)
        self._look.timeout.connect(self._look_on)
        self._begun = self._may_look = False
        self.hide()

    def content_is_read(self) -> None:
        """From now on notes may be read: two threads that load what the content is made of could stop each other."""
        self._may_look = True
        self.refresh()

    def refresh(self) -> None:
        """The records may have changed: look again once the page is shown."""
        self._begun = False
        if self._may_look:
            self._look.start()

    @property
    def at_work(self) -> bool:
        """Whether notes are still to be read."""
        return self._look.isActive()

    def _look_on(self) -> None:
        from evalassist.due import due_this_week, dues_of, notes_in_force
        from evalassist.note import read_note

        try:
            if not self._begun:
                self._begun = True
                self._notes = list(notes_in_force(self._store.recent(LOOKED_AT), date.today()))
                return
            waiting = [row for row, _ in self._notes if row.id not in self._dues]
            if waiting:
                self._dues[waiting[0].id] = ()  # one that cannot be read names nothing
                self._dues[waiting[0].id] = dues_of(
                    read_note(self._store.note_of(waiting[0].id, shown=False))
                )
                return
        except EvalAssistError:
            if not self._notes:
                self._look.stop()
            return
        self._look.stop()
        self._show(due_this_week(self._notes, self._dues, date.today()))

    def _show(self, found: tuple[tuple[Due, EvaluationRow], ...]) -> None:
        empty(self._lines)
        for place, (due, row) in enumerate(found[:MOST]):
            if place:
                self._lines.addWidget(Rule())
            words = f"{row.patient.name} · {day_words(due.day, date.today())}"
            line = Line(f"{due.what}: {words}", (2, 0, 2, 0))
            line.setMinimumHeight(style.px(28))
            line.cells.addWidget(plain(due.what, "q"), 1)
            line.cells.addWidget(plain(words))
            line.chosen.connect(lambda patient_id=row.patient.id: self.patient_chosen.emit(patient_id))
            self._lines.addWidget(line)
        more = len(found) - MOST
        self.set_title(
            tr("Due this week"),
            tr("the first {most} of {count}").format(most=MOST, count=len(found)) if more > 0 else "",
        )
        self.setVisible(bool(found))


def day_words(day: date, today: date) -> str:
    """Thu within the week that comes; a day that is past says so."""
    if day == today:
        return tr("today")
    if today < day < today + timedelta(days=7):
        return WEEKDAYS[day.weekday()]
    return tr("since {day}").format(day=short_date(day)) if day < today else short_date(day)
