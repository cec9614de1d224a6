"""The search of the start page: it answers with every key, and what was typed is underlined in the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from evalassist.errors import EvalAssistError
from evalassist.evaluation import Patient
from evalassist.records.rows import PatientRow
from evalassist.records.search import hits
from evalassist.translate import tr, trn
from ui import icons, spoken, style
from ui.widgets.cards import Rule
from ui.widgets.dates import KIND_WORDS, date_text
from ui.widgets.elided import ElidedLabel
from ui.widgets.focus import ENTER_KEYS
from ui.widgets.lines import Line, age, cell, short_date
from ui.widgets.marks import KeyCap, LinkButton, StateGlyph
from ui.widgets.practice_card import WORD, PracticeCard
from ui.widgets.side import SideBadge
from ui.widgets.typed import quotable

FOUND = 8
WHERE = tr("name, date of birth or record number")


class PatientSearch(QWidget):
    """A field, and below it who fits. Enter takes the first, arrows go to the others, Esc empties it."""

    patient_chosen = Signal(str)
    new_wanted = Signal(str)
    """A new patient, with what was typed."""
    failed = Signal(str)

    def __init__(
        self,
        find: Callable[[str, int], Sequence[PatientRow]],
        count: Callable[[], int],
        practice: PracticeCard,
    ) -> None:
        super().__init__()
        self._is_practice = practice.answers
        self._find, self._count = find, count
        self._spoke = ""
        """What was read aloud of it last."""
        self._patients: int | None = None
        """How many there are; counted once, at the first key."""
        self.edit = QLineEdit()
        self.edit.setProperty("tall", True)
        self.edit.setAccessibleName(tr("Find a patient by {where}").format(where=WHERE))
        self.edit.textChanged.connect(self.search)
        self.edit.installEventFilter(self)
        glass = icons.Picture("search", "quiet", 18, self.edit)
        glass.move(style.px(13), style.px(15))
        self._box = QFrame()
        self._box.setProperty("card", "plain")
        self._rows = style.column(self._box, (2, 2, 2, 2), spacing=0)
        self._lines: list[FoundLine] = []
        self._rules: list[Rule] = []
        self._foot = QWidget()
        line = style.row(self._foot, (10, 4, 14, 4))
        self._new = LinkButton("")
        icons.put_icon(self._new, "add", "accent")
        self._new.clicked.connect(lambda: self.new_wanted.emit(self._typed))
        self._told = ElidedLabel()
        line.addWidget(self._new)
        line.addWidget(self._told, 1)
        self._practice = _practice_line()
        self._practice.chosen.connect(practice.open_wanted)
        self._rows.addWidget(self._practice)
        self._rows.addWidget(self._foot)
        self._box.hide()
        self._ahead = QTimer(self, interval=0)
        self._ahead.timeout.connect(self._get_ready)
        whole = style.column(self, spacing=6)
        whole.addWidget(self.edit)
        whole.addWidget(self._box)

    @property
    def _typed(self) -> str:
        return self.edit.text().strip()

    def refresh(self) -> None:
        """The records may have changed: ask again."""
        self._patients = None
        self.search()
        self._ahead.start()

    def _get_ready(self) -> None:
        """While nobody types, a step a turn: so the first key is answered as quickly as the others."""
        try:
            if self._patients is None:
                self._patients = self._count()
                self._find("a", 1)
                return
        except EvalAssistError:  # whoever types is told
            self._ahead.stop()
            return
        if len(self._lines) < FOUND:
            self._add_line()
        else:
            self._ahead.stop()

    def search(self) -> None:
        """Show who fits what is typed now."""
        if not self._typed:
            self._spoke = ""
            self._box.hide()
            return
        try:
            found = self._find(self._typed, FOUND + 1)
            if self._patients is None:
                self._patients = self._count()
        except EvalAssistError as fault:
            self._box.hide()
            self.failed.emit(str(fault))
            return
        while len(self._lines) < min(len(found), FOUND):
            self._add_line()
        for place, line in enumerate(self._lines):
            line.setVisible(place < len(found))
            self._rules[place].setVisible(place < len(found))
            if place < len(found):
                line.show_row(found[place], self._typed)
        self._practice.setVisible(self._is_practice(self._typed))
        number = tr("More than {found}").format(found=FOUND) if len(found) > FOUND else f"{len(found)}"
        patients = trn("1 patient", "{patients:,} patients", self._patients).format(patients=self._patients)
        self._new.setText(tr("New patient “{typed}…”").format(typed=quotable(self._typed).rstrip("…")))
        self._new.setAccessibleName(tr("New patient {typed}").format(typed=self._typed))
        self._told.set_text(
            tr("{number} of {patients} · {where}").format(number=number, patients=patients, where=WHERE)
        )
        self.edit.setAccessibleDescription(
            tr("{number} of {patients}").format(number=number, patients=patients)
        )
        self._mark(0)
        self._box.show()
        if self.edit.hasFocus():
            first = f": {self._lines[0].accessibleName()}" if found else ""
            told, self._spoke = self._spoke, f"{self.edit.accessibleDescription()}{first}"
            if told != self._spoke:
                spoken.say(self.edit, self._spoke, at_once=True, instead=True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self._mark(self._lines.index(watched) if watched in self._lines else 0)
        if watched is self.edit and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in ENTER_KEYS:
                self._take_first()
                return True
            if event.key() == Qt.Key.Key_Down and self._shown:
                self._shown[min(1, len(self._shown) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.edit.clear()
                return True
        return super().eventFilter(watched, event)

    @property
    def _shown(self) -> list[FoundLine]:
        return [] if self._box.isHidden() else [line for line in self._lines if not line.isHidden()]

    def _add_line(self) -> None:
        line, rule = FoundLine(), Rule()
        line.hide()
        rule.hide()
        line.chosen.connect(lambda: self.patient_chosen.emit(line.patient_id))
        line.installEventFilter(self)
        at = 2 * len(self._lines)
        self._rows.insertWidget(at, line)
        self._rows.insertWidget(at + 1, rule)
        self._lines.append(line)
        self._rules.append(rule)

    def _take_first(self) -> None:
        if self._shown:
            self._shown[0].chosen.emit()
        elif self._is_practice(self._typed):
            self._practice.chosen.emit()
        elif self._typed:
            self.new_wanted.emit(self._typed)

    def _mark(self, current: int) -> None:
        """The line that Enter takes."""
        for place, line in enumerate(self._lines):
            line.set_current(place == current)


def _practice_line() -> Line:
    """Found like anybody, and marked as nobody."""
    line = Line(tr("{word}, not a real patient").format(word=WORD))
    word = style.label("b", WORD)
    style.say(word, c="att")
    for part in (StateGlyph("look"), word, style.label("q", tr("not a real patient"))):
        line.cells.addWidget(part)
    line.cells.addStretch(1)
    return line


class FoundLine(Line):
    """A patient who fits: name, age and birth date, knee, and where the care stands."""

    def __init__(self) -> None:
        super().__init__("")
        self.patient_id = ""
        self._name, self._who, self._state = style.label("b"), style.label("q"), ElidedLabel()
        for rich in (self._name, self._who):
            rich.setTextFormat(Qt.TextFormat.RichText)  # escaped, with what was typed underlined
        self._side = SideBadge("right", tr("knee"))
        self._key = KeyCap("Enter")
        self.cells.addWidget(cell(self._name, 190))
        self.cells.addWidget(cell(self._who, 200))
        self.cells.addWidget(self._side)
        self.cells.addWidget(self._state, 1)
        self.cells.addWidget(self._key)
        self._current: bool | None = None

    def show_row(self, row: PatientRow, typed: str) -> None:
        """Show this patient, who was found by what was typed."""
        patient, last = row.patient, row.last
        self.patient_id = patient.id
        found = hits(typed, patient)
        born = date_text(patient.birth_date)
        parts = [escape(age(patient)), f"<u>{born}</u>" if found.born else born]
        if found.number:
            parts.append(_underlined(patient.record_number, ((0, found.number),)))
        self._name.setText(_underlined(patient.name, found.name))
        self._name.setToolTip(style.tip(patient.name))
        self._who.setText(" · ".join(parts))
        self._side.setVisible(last is not None)
        state = tr("no visit yet")
        if last is not None:
            self._side.set_side(last.sore_knee, tr("knees") if last.sore_knee == "both" else tr("knee"))
            kind, day = KIND_WORDS[last.kind].lower(), short_date(last.visit_date)
            state = (
                tr("{kind}, unfinished").format(kind=kind)
                if last.is_draft
                else tr("seen {day}").format(day=day)
            )
            if last.kind == "discharge" and not last.is_draft:
                state = tr("discharged {day}").format(day=day)
        self._state.set_text(state)
        side = f", {self._side.accessibleName()}" if last is not None else ""
        self.setAccessibleName(f"{patient.name}, {_spoken(patient)}{side}, {state}")

    def set_current(self, current: bool) -> None:
        """Enter takes it."""
        if current != self._current:
            self._current = current
            style.say(self, current=current)
            self._key.setVisible(current)


def _spoken(patient: Patient) -> str:
    return tr("{patient}, born {birth_date}").format(
        patient=age(patient), birth_date=date_text(patient.birth_date)
    )


def _underlined(words: str, spans: Sequence[tuple[int, int]]) -> str:
    """The words as rich text, these letters underlined."""
    shown, at = "", 0
    for begin, end in spans:
        shown += f"{escape(words[at:begin])}<u>{escape(words[begin:end])}</u>"
        at = end
    return shown + escape(words[at:])
