"""The unfinished notes: whose, where each was left and what is left, how old it is; the oldest first."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QPushButton, QWidget

from evalassist.errors import EvalAssistError
from evalassist.translate import tr, trn
from ui import icons, style
from ui.faults import log_fault
from ui.spoken import Said
from ui.widgets.cards import Card, Rule
from ui.widgets.dates import KIND_WORDS
from ui.widgets.glyph import GLYPHS
from ui.widgets.lines import cell, empty, giving, plain, quiet, short_date, two_lines
from ui.widgets.marks import StateGlyph
from ui.widgets.side import SideBadge

if TYPE_CHECKING:
    from evalassist.clinical.result import Assessment
    from evalassist.content.loader import Content
    from evalassist.records.rows import EvaluationRow
    from evalassist.records.store import Store

log = logging.getLogger(__name__)

OLD_DAYS = 1
FIRST_STEP, LAST_STEP = "safety", "sign"
STOPS = {"EMERGENCY": tr("Safety: emergency"), "URGENT": tr("Safety: urgent"), "REFER": tr("Safety: refer")}


class DraftsCard(Card):
    """Go on with a note, sign it, or discard it after being asked twice."""

    chosen = Signal(str)
    """The evaluation to open."""
    changed = Signal(str)
    """A draft was discarded; with the reason when it could not be."""

    def __init__(self, store: Store) -> None:
        super().__init__(tr("Unfinished notes"), "")
        self._store = store
        self._content: Content | None = None
        self._rows: list[DraftRow] = []
        self._flow = QBoxLayout.Direction.LeftToRight
        self._order = style.label("s", tr("late first"))
        self.title_row.addWidget(self._order)
        self._said = Said(wrap=True)
        self._said.setProperty("c", "danger")
        self._said.hide()
        self.body.addWidget(self._said)
        self._lines = style.column(spacing=0)
        self.body.addLayout(self._lines)
        self._look = QTimer(self, interval=0)
        self._look.timeout.connect(self._look_at_next)

    def say(self, words: str) -> None:
        """One sentence above the notes; empty hides it."""
        self._said.setText(words)
        self._said.setVisible(bool(words))

    def use_content(self, content: Content) -> None:
        """The clinical content is read: name the steps, and look how far each note is."""
        self._content = content
        for row in self._rows:
            row.name_step(content)
        self._look.start()

    def set_narrow(self, narrow: bool) -> None:
        """Each note takes two lines where one has no room."""
        ways = QBoxLayout.Direction
        self._flow = ways.TopToBottom if narrow else ways.LeftToRight
        for row in self._rows:
            row.halves.setDirection(self._flow)

    def show_rows(self, rows: Sequence[EvaluationRow]) -> None:
        """Show these drafts, given with the one last worked on first."""
        empty(self._lines)
        self._rows = []
        self.set_title(tr("Unfinished notes"), f"{len(rows)}" if rows else "")
        self._order.setVisible(len(rows) > 1)
        for place, row in enumerate(sorted(rows, key=lambda row: row.visit_date)):
            if place:
                self._lines.addWidget(Rule())
            made = DraftRow(row, newest=row is rows[0])
            made.halves.setDirection(self._flow)
            if self._content is not None:
                made.name_step(self._content)
            made.go.clicked.connect(lambda _=False, made=made: self._open(made))
            made.discard.clicked.connect(lambda _=False, made=made: self._ask_to_discard(made))
            self._lines.addWidget(made)
            self._rows.append(made)
        if not rows:
            signed = bool(self._store.recent(1))
            self._lines.addWidget(quiet(tr("None left unfinished.") if signed else tr("No notes yet.")))
        self._look.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look.start()

    def _open(self, row: DraftRow) -> None:
        if row.ready:
            try:
                self._store.remember_place(row.row.id, LAST_STEP)
            except EvalAssistError as fault:
                self.say(str(fault))
        self.chosen.emit(row.row.id)

    def _look_at_next(self) -> None:
        """How far each note is needs its answers judged: one note a turn, so that nobody waits for it."""
        waiting = [row for row in self._rows if not row.told]
        if not waiting or self._content is None or not self.isVisible():
            self._look.stop()
            return
        row = waiting[0]
        row.tell("look", tr("cannot be read now"))  # each is looked at once, whatever it holds
        try:
            self._judge(row, self._content)
        except EvalAssistError:  # discarded in another window, or the records are away
            return
        except Exception as error:  # what is wrong with one note hides no other
            log_fault(log, "a draft could not be judged", error, row.row.id)

    def _judge(self, row: DraftRow, content: Content) -> None:
        """Say how far this note is."""
        from evalassist.clinical.assessment import assess
        from evalassist.clinical.change import Visit
        from evalassist.clinical.plan import plan_of_care
        from evalassist.clinical.progress import progress
        from evalassist.content.loader import content_for

        evaluation = self._store.load(row.row.id, to_edit=False).with_defaults(self._store.clinic_defaults())
        content = content_for(evaluation) if evaluation.defaults else content
        assessment = assess(evaluation, content)
        if assessment.stopped:
            self._tell_stopped(row, assessment)
            return
        plan = plan_of_care(evaluation, assessment, content)
        earlier = self._store.earlier_visits(evaluation)
        visits = [Visit(one, assess(one, content_for(one))) for one in earlier]
        steps_now = progress(evaluation, assessment, plan, content, earlier=visits)
        left = [step.left for step in steps_now.values() if step.left]
        if left:
            steps = trn("1 step", "{count} steps", len(left)).format(count=len(left))
            row.tell("partly", tr("{left} left in {steps}").format(left=sum(left), steps=steps))
        else:
            row.tell_ready(content.steps[LAST_STEP].short)

    def _tell_stopped(self, row: DraftRow, assessment: Assessment) -> None:
        flags = "; ".join(flag.rule.title.lower() for flag in assessment.stops)
        try:
            written = any(paper.kind == "referral" for paper in self._store.documents(row.row.id))
        except EvalAssistError:
            written = False
        letter = tr("letter written") if written else tr("letter not written")
        row.tell("danger", letter, STOPS[str(assessment.action)], flags)

    def _ask_to_discard(self, row: DraftRow) -> None:
        """Asked twice, in the line itself."""
        place = self._lines.indexOf(row)
        row.hide()
        asked = _Question(
            tr("Discard the unfinished note of {name}?").format(name=row.row.patient.name),
            tr("It cannot be brought back. Discard it for good?"),
            lambda: self._discard(row.row.id),
            lambda: self.changed.emit(""),
        )
        self._lines.insertWidget(place, asked)

    def _discard(self, evaluation_id: str) -> None:
        why = ""
        try:
            self._store.discard_draft(evaluation_id)
        except EvalAssistError as fault:
            why = str(fault)
        self.changed.emit(why)


class DraftRow(QWidget):
    """One unfinished note."""

    def __init__(self, row: EvaluationRow, *, newest: bool) -> None:
        super().__init__()
        self.row, self.told, self.ready = row, False, False
        self.setMinimumHeight(style.px(58))
        self.halves: QBoxLayout = style.row(self, (2, 4, 0, 4), spacing=8)
        """Whose note, and how far it is: beside each other, or below where both have no room."""
        line, who = style.row(spacing=8), style.row(spacing=8)
        self.halves.addLayout(who)
        self.halves.addLayout(line, 1)
        who.addWidget(
            two_lines(row.patient.name, f"{KIND_WORDS[row.kind]} · {short_date(row.visit_date)}", 180, "b")
        )
        knee = tr("knee")
        badge = SideBadge(row.sore_knee, knee, words=row.sore_knee != "both")
        who.addWidget(cell(badge, 110, SideBadge("right", knee).sizeHint().width()))
        who.addStretch(1)
        self._glyph = StateGlyph("partly")
        where = two_lines("", "", 132)
        self._step, self._left = where.findChildren(QLabel)
        line.addWidget(self._glyph)
        line.addWidget(where)
        line.addWidget(self._age())
        line.addStretch(1)
        self.discard = QPushButton()
        self.discard.setProperty("kind", "flat")
        self.discard.setToolTip(tr("Discard this note"))
        self.discard.setAccessibleName(tr("Discard the note of {name}").format(name=row.patient.name))
        icons.put_icon(self.discard, "delete", "quiet")
        self.go = QPushButton(tr("Go on"))
        style.at_least(self.go, 78)
        self.go.setAccessibleName(tr("Go on with {name}").format(name=row.patient.name))
        if newest:
            self.go.setProperty("kind", "primary")
        line.addWidget(self.discard)
        line.addWidget(self.go)

    def name_step(self, content: Content) -> None:
        """Name the step where it was left."""
        step = content.steps.get(self.row.step or FIRST_STEP)
        self._step.setText(step.short if step else "")

    def tell(self, state: str, left: str, step: str = "", more: str = "") -> None:
        """How far it is; `step` in place of the one where it was left."""
        self.told = True
        self._glyph.set_state(GLYPHS.get(state, "partly"))
        self._left.setText(left)
        if step:
            self._step.setText(step)
        self.setToolTip(style.tip(more))

    def tell_ready(self, step: str) -> None:
        """Nothing is left but to sign it."""
        self.tell("complete", tr("ready to sign"), step)
        self.ready = True
        self.go.setText(tr("Sign"))
        self.go.setAccessibleName(tr("Sign the note of {name}").format(name=self.row.patient.name))

    def _age(self) -> QWidget:
        """How many days old it is, or of today's the time it was last worked on."""
        days = (date.today() - self.row.visit_date).days
        late = days > OLD_DAYS
        words = (
            tr("{days} days old").format(days=days) if late else f"{self.row.updated_at.astimezone():%H:%M}"
        )
        made = QWidget()
        made.setFixedWidth(style.px(98))
        beside = style.row(made, spacing=6)
        if late:
            beside.addWidget(StateGlyph("look", size=14))
        else:
            made.setToolTip(tr("Last worked on"))
        beside.addWidget(giving(words, tone="att" if late else "q"))
        beside.addStretch(1)
        return made


class _Question(QWidget):
    """A question in place of a line: asked once more before it is done."""

    def __init__(self, first: str, second: str, do: Callable[[], None], leave: Callable[[], None]) -> None:
        super().__init__()
        line = style.row(self, (2, 8, 0, 8), spacing=10)
        words = plain(first)
        words.setWordWrap(True)
        yes, no = QPushButton(tr("Discard")), QPushButton(tr("Keep it"))
        line.addWidget(StateGlyph("look"))
        line.addWidget(words, 1)
        line.addWidget(no)
        line.addWidget(yes)
        self._asked = 0

        def ask() -> None:
            self._asked += 1
            if self._asked == 1:
                words.setText(second)
                yes.setText(tr("Discard for good"))
                style.say(yes, kind="danger")
                no.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                do()

        yes.clicked.connect(ask)
        no.clicked.connect(leave)
        no.setFocus()
