"""The start page: search that answers as you type, unfinished notes first, recent patients, a new one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from evalassist.errors import EvalAssistError
from evalassist.evaluation import Patient
from evalassist.records.rows import EvaluationRow, PatientRow
from ui import icons, style
from ui.widgets.bars import HeaderBar
from ui.widgets.cards import Card, Rule
from ui.widgets.dates import KIND_WORDS, date_text, day_of_month
from ui.widgets.glyph import GLYPHS
from ui.widgets.marks import Banner, KeyCap, LinkButton, SideBadge, StateGlyph
from ui.widgets.practice_card import WORD, PracticeCard

if TYPE_CHECKING:
    from evalassist.content.loader import Content
    from evalassist.records.store import Store
    from evalassist.settings import Settings

FOUND = 8
RECENT = 6
OLD_DAYS = 1
FIRST_STEP = "safety"
CUT = "These records are not as they were left."
CUT_MEANS = (
    "Lines that the audit trail had when they were last closed are missing or changed: the file was put back to an "
    "earlier state, or altered. Compare them with your backups before you rely on them."
)
CUT_ACT = "It was put back on purpose…"


class Line(QFrame):
    """A line that is chosen as a whole: by a click, Enter or Space."""

    chosen = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("foldingHead")
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumHeight(style.px(44))
        self.cells: QHBoxLayout = style.row(self, (14, 2, 14, 2), spacing=10)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)


class StartPage(QWidget):
    """Where a visit begins. Reads the records; changes them only by discarding a draft."""

    evaluation_chosen = Signal(str)
    patient_chosen = Signal(str)
    new_wanted = Signal(str)
    """A new patient, with the name typed so far."""
    settings_wanted = Signal()
    about_wanted = Signal()
    trail_wanted = Signal()
    lock_wanted = Signal()
    account_wanted = Signal()
    accept_cut_wanted = Signal()
    """Go on from the earlier state to which the records were put back."""

    def __init__(self, store: Store, settings: Settings, *, signed_in: bool = False) -> None:
        """`signed_in`: somebody signed in, so that the page can be locked."""
        super().__init__()
        self._signed_in = signed_in
        self.setObjectName("page")
        self._store, self._settings = store, settings
        self._content: Content | None = None
        self._header = HeaderBar()
        administers = store.account.administers
        for words, icon, wanted in (
            *([("Audit trail", "history", self.trail_wanted)] if administers else []),
            ("About", "about", self.about_wanted),
            ("Settings", "settings", self.settings_wanted),
        ):
            button = QPushButton(words)
            button.setProperty("kind", "flat")
            icons.put_icon(button, icon)
            button.clicked.connect(wanted)
            self._header.extra.addWidget(button)
        self._who = style.label()
        self._who.setProperty("t", "b")
        self._header.extra.addWidget(self._who)
        self._header.lock_wanted.connect(self.lock_wanted)
        self._header.user_clicked.connect(self.account_wanted)
        self._make_search()
        self._drafts = Card("Unfinished notes", "")
        self._recent = Card("Recent patients")
        self._said = style.label()
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setWordWrap(True)
        self._said.setProperty("c", "danger")
        self._said.hide()
        self._drafts.body.addWidget(self._said)
        self._draft_rows: QVBoxLayout = style.column(spacing=0)
        self._recent_rows: QVBoxLayout = style.column(spacing=0)
        self._drafts.body.addLayout(self._draft_rows)
        self._recent.body.addLayout(self._recent_rows)
        self._recent.setFixedWidth(style.px(374))
        self._version = style.label()
        self._version.setProperty("t", "s")
        self._alarm = Banner("danger", CUT, CUT_MEANS, act=CUT_ACT)
        self._alarm.acted.connect(self.accept_cut_wanted)
        self.practice = PracticeCard()
        self._lay_out()
        self._waiting: list[tuple[str, Callable[[str, str], None]]] = []
        self._step_names: list[tuple[str, QLabel]] = []
        self._look = QTimer(self, interval=0)
        self._look.timeout.connect(self._look_at_next_draft)
        self.use_settings(settings)

    # ------------------------------------------------------------ what it shows

    def refresh(self) -> None:
        """Read the records again."""
        self._alarm.setVisible(self._store.trail_was_cut)
        self._alarm.say("danger", CUT, CUT_MEANS, act=CUT_ACT if self._store.accept_cut else "")
        self._show_drafts(self._store.drafts())
        self._show_recent(self._store.recent(60))
        self._search_now()

    def say(self, words: str) -> None:
        """One sentence above the unfinished notes; empty hides it."""
        self._said.setText(words)
        self._said.setVisible(bool(words))

    def tell_backups(self, short: str, full: str) -> None:
        """What is wrong with the backups, in a quiet line at the foot; empty when all is well."""
        self._backups.setText(f"{short}. {full}" if short else "")
        self._backups.setVisible(bool(short))

    def use_content(self, content: Content) -> None:
        """The clinical content is read: name the steps, and look how far each note is."""
        self._content = content
        self._version.setText(f"Clinical content {content.release.version}")
        for step, name in self._step_names:
            name.setText(content.steps[step].short if step in content.steps else "")
        self._look.start()

    def use_settings(self, settings: Settings) -> None:
        """Show whose clinic this is."""
        self._settings = settings
        self._header.set_patient("EvalAssist", settings.clinic_name)
        self._who.setText(settings.therapist_name)
        self._who.setVisible(bool(settings.therapist_name) and not self._signed_in)
        self._header.set_two_lines(style.scale() >= 1.6)
        self._header.set_user(settings.therapist_name if self._signed_in else "")

    def focus_search(self) -> None:
        """Put the keyboard into the search."""
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take_first()
                return True
            if event.key() == Qt.Key.Key_Down and self._found_lines:
                self._found_lines[0].setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.search.clear()
                return True
        return super().eventFilter(watched, event)

    # ------------------------------------------------------------ search

    def _make_search(self) -> None:
        self.search = QLineEdit()
        self.search.setProperty("tall", True)
        self.search.setAccessibleName("Find a patient by name, date of birth or record number")
        self.search.textChanged.connect(self._search_now)
        self.search.installEventFilter(self)
        glass = icons.Picture("search", "quiet", 18, self.search)
        glass.move(style.px(13), style.px(15))
        self._found = QFrame()
        self._found.setProperty("card", "plain")
        self._found_rows: QVBoxLayout = style.column(self._found, (2, 2, 2, 2), spacing=0)
        self._found_lines: list[Line] = []
        self._found.hide()

    def _search_now(self) -> None:
        text = self.search.text().strip()
        self._found_lines = []
        _empty(self._found_rows)
        self._found.setVisible(bool(text))
        if not text:
            return
        try:
            rows = self._store.search_patients(text, FOUND + 1)
        except EvalAssistError as fault:
            self._found.hide()
            self.say(str(fault))
            return
        for row in rows[:FOUND]:
            self._found_rows.addWidget(self._found_line(row, text, first=not self._found_lines))
            self._found_rows.addWidget(Rule())
        if self.practice.answers(text):
            self._found_rows.addWidget(self._practice_line())
            self._found_rows.addWidget(Rule())
        foot = QWidget()
        line = style.row(foot, (10, 4, 14, 4))
        new = LinkButton(f"New patient “{text}”")
        icons.put_icon(new, "add", "accent")
        new.clicked.connect(lambda: self.new_wanted.emit(text))
        said = style.label("", f"{_several(rows)} · name, date of birth or record number")
        said.setProperty("t", "s")
        line.addWidget(new)
        line.addStretch(1)
        line.addWidget(said)
        self._found_rows.addWidget(foot)

    def _found_line(self, row: PatientRow, typed: str, *, first: bool) -> Line:
        patient = row.patient
        line = Line(f"{patient.name}, {_age(patient)}")
        name = style.label("", _marked(patient.name, typed))
        name.setTextFormat(Qt.TextFormat.RichText)  # escaped, with what was typed underlined
        name.setProperty("t", "b")
        name.setFixedWidth(style.px(240))
        who = style.label("", f"{_age(patient)} · {date_text(patient.birth_date)}")
        who.setProperty("t", "q")
        seen = f"seen {_short(row.last_visit)}" if row.last_visit else ""
        state = style.label("", "unfinished note" if row.drafts else seen)
        state.setProperty("t", "s")
        line.cells.addWidget(name)
        line.cells.addWidget(who)
        line.cells.addStretch(1)
        line.cells.addWidget(state)
        if first:
            line.cells.addWidget(KeyCap("Enter"))
        line.chosen.connect(lambda: self.patient_chosen.emit(patient.id))
        self._found_lines.append(line)
        return line

    def _practice_line(self) -> Line:
        """Found like anybody, and marked as nobody."""
        line = Line(f"{WORD}, not a real patient")
        word = style.label("b", WORD)
        style.say(word, c="att")
        for part in (StateGlyph("look"), word, style.label("q", "not a real patient")):
            line.cells.addWidget(part)
        line.cells.addStretch(1)
        line.chosen.connect(self.practice.open_wanted)
        self._found_lines.append(line)
        return line

    def _take_first(self) -> None:
        text = self.search.text().strip()
        if self._found_lines:
            self._found_lines[0].chosen.emit()
        elif text:
            self.new_wanted.emit(text)

    # ------------------------------------------------------------ unfinished notes

    def _show_drafts(self, rows: Sequence[EvaluationRow]) -> None:
        _empty(self._draft_rows)
        self._waiting = []
        self._step_names = []
        late_first = sorted(rows, key=lambda row: row.visit_date)
        self._drafts.set_title("Unfinished notes", f"{len(rows)}" if rows else "")
        for place, row in enumerate(late_first):
            if place:
                self._draft_rows.addWidget(Rule())
            self._draft_rows.addWidget(self._draft_line(row, newest=row is rows[0]))
        if not rows:
            none = "None. Every note is signed." if self._store.recent(1) else "No notes yet."
            self._draft_rows.addWidget(_quiet(none))
        self._look.start()

    def _draft_line(self, row: EvaluationRow, *, newest: bool) -> QWidget:
        made = QWidget()
        made.setMinimumHeight(style.px(58))
        line = style.row(made, (2, 4, 0, 4), spacing=8)
        line.addWidget(
            _two(row.patient.name, f"{KIND_WORDS[row.kind]} · {_short(row.visit_date)}", width=176)
        )
        line.addWidget(_cell(SideBadge(row.sore_knee, "knees" if row.sore_knee == "both" else "knee"), 144))
        glyph = StateGlyph("partly")
        step = self._content.steps.get(row.step or FIRST_STEP) if self._content else None
        where = _two(step.short if step else "", "", width=124)
        line.addWidget(glyph)
        line.addWidget(where)
        days = (date.today() - row.visit_date).days
        late = days > OLD_DAYS
        age = style.label("", f"{days} days old" if late else f"{row.updated_at.astimezone():%H:%M}")
        age.setProperty("c", "att" if late else "q")
        when = QWidget()
        when.setFixedWidth(style.px(104))
        beside = style.row(when, spacing=6)
        if late:
            beside.addWidget(StateGlyph("look", size=14))
        beside.addWidget(age)
        beside.addStretch(1)
        line.addWidget(when)
        line.addStretch(1)
        go = QPushButton("Go on")
        go.setAccessibleName(f"Go on with {row.patient.name}")
        if newest:
            go.setProperty("kind", "primary")
        go.clicked.connect(lambda: self.evaluation_chosen.emit(row.id))
        discard = QPushButton()
        discard.setProperty("kind", "flat")
        discard.setToolTip("Discard this note")
        discard.setAccessibleName(f"Discard the note of {row.patient.name}")
        icons.put_icon(discard, "delete", "quiet")
        discard.clicked.connect(lambda: self._ask_to_discard(row, made))
        line.addWidget(discard)
        line.addWidget(go)
        name, words = where.findChildren(QLabel)
        self._step_names.append((row.step or FIRST_STEP, name))

        def say(state: str, text: str) -> None:
            glyph.set_state(GLYPHS.get(state, "partly"))
            words.setText(text)

        self._waiting.append((row.id, say))
        return made

    def _look_at_next_draft(self) -> None:
        """How far each note is needs its answers judged: one note a turn, so that nobody waits for it."""
        if not self._waiting or self._content is None:
            self._look.stop()
            return
        from evalassist.clinical.assessment import assess
        from evalassist.clinical.plan import plan_of_care
        from evalassist.clinical.progress import progress
        from evalassist.content.loader import content_for

        evaluation_id, say = self._waiting.pop(0)
        try:
            evaluation = self._store.load(evaluation_id, to_edit=False).with_defaults(
                self._store.clinic_defaults()
            )
        except EvalAssistError:  # discarded in another window, or the records are away
            say("look", "cannot be read now")
            return
        content = content_for(evaluation) if evaluation.defaults else self._content
        assessment = assess(evaluation, content)
        plan = plan_of_care(evaluation, assessment, content)
        steps = progress(evaluation, assessment, plan, content)
        if assessment.stopped:
            say("danger", "refer: " + "; ".join(flag.rule.title.lower() for flag in assessment.stops))
            return
        left = [step.left for step in steps.values() if step.left]
        say(
            "partly" if left else "complete",
            f"{sum(left)} left in {len(left)} {'step' if len(left) == 1 else 'steps'}"
            if left
            else "ready to sign",
        )

    def _ask_to_discard(self, row: EvaluationRow, line: QWidget) -> None:
        """Asked twice, in the line itself."""
        place = self._draft_rows.indexOf(line)
        line.hide()
        asked = _Question(
            f"Discard the unfinished note of {row.patient.name}?",
            "It cannot be brought back. Discard it for good?",
            lambda: self._discard(row.id),
            self.refresh,
        )
        self._draft_rows.insertWidget(place, asked)

    def _discard(self, evaluation_id: str) -> None:
        why = ""
        try:
            self._store.discard_draft(evaluation_id)
        except EvalAssistError as fault:
            why = str(fault)
        try:
            self.refresh()
        except EvalAssistError as fault:
            why = why or str(fault)
        self.say(why)

    # ------------------------------------------------------------ recent patients

    def _show_recent(self, rows: Sequence[EvaluationRow]) -> None:
        _empty(self._recent_rows)
        latest: dict[str, EvaluationRow] = {}
        for row in rows:
            latest.setdefault(row.patient.id, row)
        for place, row in enumerate(list(latest.values())[:RECENT]):
            if place:
                self._recent_rows.addWidget(Rule())
            self._recent_rows.addWidget(self._recent_line(row))
        if not latest:
            self._recent_rows.addWidget(_quiet("Nobody yet. Begin with New patient."))

    def _recent_line(self, row: EvaluationRow) -> Line:
        line = Line(f"{row.patient.name}, {_age(row.patient)}")
        line.cells.setContentsMargins(style.px(2), style.px(4), style.px(2), style.px(4))
        line.cells.addWidget(_cell(SideBadge(row.sore_knee, "knee", words=False), 46))
        line.cells.addWidget(_two(row.patient.name, _age(row.patient)), 1)
        special = row.in_error or row.waits_for_cosignature
        kind = row.standing if special else KIND_WORDS[row.kind].lower()
        visit = style.label("", f"{kind} · {_short(row.visit_date)}")
        visit.setProperty("t", "s")
        visit.setProperty("c", "att" if special else "")
        line.cells.addWidget(visit)
        line.cells.addWidget(icons.Picture("forward", "quiet", 16))
        line.chosen.connect(lambda: self.patient_chosen.emit(row.patient.id))
        return line

    # ------------------------------------------------------------ layout

    def _lay_out(self) -> None:
        head = style.row(spacing=8)
        title = style.label("", "Find a patient")
        title.setProperty("t", "h2")
        new = QPushButton("New patient")
        icons.put_icon(new, "add")
        new.clicked.connect(lambda: self.new_wanted.emit(""))
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(new)
        head.addWidget(KeyCap("Ctrl+N"))
        cards = style.row(spacing=16)
        cards.addWidget(self._drafts, 1, Qt.AlignmentFlag.AlignTop)
        cards.addWidget(self._recent, 0, Qt.AlignmentFlag.AlignTop)
        middle = QWidget()
        middle.setMaximumWidth(style.px(1120))
        stack = style.column(middle, (0, 16, 0, 16), spacing=12)
        stack.addWidget(self._alarm)
        stack.addLayout(head)
        search = style.column(spacing=6)
        search.addWidget(self.search)
        search.addWidget(self._found)
        stack.addLayout(search)
        stack.addLayout(cards)
        stack.addWidget(self.practice)
        stack.addStretch(1)
        inner = QWidget()
        around = style.row(inner, (16, 0, 16, 0), spacing=0)
        around.addStretch(1)
        around.addWidget(middle, 1000)
        around.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        foot = QWidget()
        line = style.row(foot, (16, 4, 16, 8))
        line.addStretch(1)
        line.addWidget(self._version)
        self._backups = style.label("s", wrap=True)
        self._backups.setTextFormat(Qt.TextFormat.PlainText)
        self._backups.setContentsMargins(style.px(16), 0, style.px(16), 0)
        style.say(self._backups, c="att")
        self._backups.hide()
        whole = style.column(self, spacing=0)
        whole.addWidget(self._header)
        whole.addWidget(area, 1)
        whole.addWidget(self._backups)
        whole.addWidget(foot)


class _Question(QWidget):
    """A question in place of a line: asked once more before it is done."""

    def __init__(self, first: str, second: str, do: Callable[[], None], leave: Callable[[], None]) -> None:
        super().__init__()
        line = style.row(self, (2, 8, 0, 8), spacing=10)
        words = style.label("", first)
        words.setWordWrap(True)
        yes, no = QPushButton("Discard"), QPushButton("Keep it")
        line.addWidget(StateGlyph("look"))
        line.addWidget(words, 1)
        line.addWidget(no)
        line.addWidget(yes)
        self._asked = 0

        def ask() -> None:
            self._asked += 1
            if self._asked == 1:
                words.setText(second)
                yes.setText("Discard for good")
                style.say(yes, kind="danger")
                no.setFocus()
            else:
                do()

        yes.clicked.connect(ask)
        no.clicked.connect(leave)
        no.setFocus()


def _empty(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def _several(rows: Sequence[PatientRow]) -> str:
    if len(rows) > FOUND:
        return f"the first {FOUND}"
    return "nobody found" if not rows else "1 patient" if len(rows) == 1 else f"{len(rows)} patients"


def _marked(name: str, typed: str) -> str:
    from html import escape

    words = typed.casefold().replace(",", " ").split()
    shown = []
    for word in name.split(" "):
        hit = next((part for part in words if word.casefold().startswith(part)), "")
        shown.append(f"<u>{escape(word[: len(hit)])}</u>{escape(word[len(hit) :])}" if hit else escape(word))
    return " ".join(shown)


def _age(patient: Patient) -> str:
    sex = f" · {patient.sex}" if patient.sex != "X" else ""
    return f"{patient.age_on(date.today())} y{sex}"


def _short(day: date) -> str:
    if day == date.today():
        return "today"
    return day_of_month(day) if day.year == datetime.now().year else date_text(day)


def _two(first: str, second: str, width: int = 0) -> QWidget:
    made = QWidget()
    stack = style.column(made, spacing=1)
    above, below = style.label("", first), style.label("", second)
    below.setProperty("t", "s")
    stack.addStretch(1)
    stack.addWidget(above)
    stack.addWidget(below)
    stack.addStretch(1)
    if width:
        made.setFixedWidth(style.px(width))
        above.setToolTip(first)
    return made


def _cell(widget: QWidget, width: int) -> QWidget:
    made = QWidget()
    made.setFixedWidth(style.px(width))
    style.row(made).addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return made


def _quiet(text: str) -> QLabel:
    made = style.label("", text)
    made.setProperty("t", "q")
    made.setContentsMargins(0, style.px(8), 0, style.px(8))
    return made
