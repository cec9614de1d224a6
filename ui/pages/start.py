"""The start page: search that answers as you type, unfinished notes first, what is due, recent patients, a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from evalassist.errors import EvalAssistError
from evalassist.records.rows import EvaluationRow
from evalassist.translate import tr
from ui import icons, style
from ui.widgets.bars import TWO_LINES_FROM, HeaderBar
from ui.widgets.cards import Card, Rule
from ui.widgets.dates import SHORT_KINDS
from ui.widgets.drafts_card import DraftsCard
from ui.widgets.due_card import DueCard
from ui.widgets.lines import Line, age, cell, empty, quiet, short_date, two_lines
from ui.widgets.marks import Banner, KeyCap
from ui.widgets.patient_search import PatientSearch
from ui.widgets.practice_card import PracticeCard
from ui.widgets.side import SideBadge

if TYPE_CHECKING:
    from evalassist.content.loader import Content
    from evalassist.records.store import Store
    from evalassist.settings import Settings

RECENT = 6
NARROW, NARROWER = 1100, 800
"""Under this the recent patients stand below the unfinished notes; under that each of these takes two lines."""
CUT = tr("These records are not as they were left.")
CUT_MEANS = tr(
    "Lines that the audit trail had when they were last closed are missing or changed: the file was put back to an "
    "earlier state, or altered. Compare them with your backups before you rely on them."
)
CUT_ACT = tr("It was put back on purpose…")
GIVEN = tr("Your password was chosen by somebody else.")
GIVEN_MEANS = tr("Whoever knows it can sign notes in your name. Choose one that only you know.")


class StartPage(QWidget):
    """Where a visit begins. Reads the records; changes them only by discarding a draft."""

    evaluation_chosen = Signal(str)
    patient_chosen = Signal(str)
    new_wanted = Signal(str)
    """A new patient, with the name typed so far."""
    settings_wanted = Signal()
    about_wanted = Signal()
    manual_wanted = Signal()
    trail_wanted = Signal()
    lock_wanted = Signal()
    account_wanted = Signal()
    password_wanted = Signal()
    """One's own password is to be changed."""
    accept_cut_wanted = Signal()
    """Go on from the earlier state to which the records were put back."""

    def __init__(self, store: Store, settings: Settings, *, signed_in: bool = False) -> None:
        """`signed_in`: somebody signed in, so that the page can be locked."""
        super().__init__()
        self._signed_in = signed_in
        self.setObjectName("page")
        self._store, self._settings = store, settings
        self._header = HeaderBar()
        self._header.setAccessibleName(tr("Start page"))  # it is of no patient here
        self._header.details.set_gives(True)  # a clinic may have a long name
        administers = store.account.administers
        for words, icon, wanted in (
            *([(tr("Audit trail"), "history", self.trail_wanted)] if administers else []),
            (tr("Manual"), "help", self.manual_wanted),
            (tr("About"), "about", self.about_wanted),
            (tr("Settings"), "settings", self.settings_wanted),
        ):
            self._header.add_act(words, icon).clicked.connect(wanted)
        self._who = style.label()
        self._who.setProperty("t", "b")
        self._who.setContentsMargins(0, 0, style.px(8), 0)  # as the padding of a button would be
        self._header.extra.addWidget(self._who)
        self._header.lock_wanted.connect(self.lock_wanted)
        self._header.user_clicked.connect(self.account_wanted)
        self.practice = PracticeCard()
        self._search = PatientSearch(store.search_patients, store.number_of_patients, self.practice)
        self._search.patient_chosen.connect(self.patient_chosen)
        self._search.new_wanted.connect(self.new_wanted)
        self._search.failed.connect(self.say)
        self.search = self._search.edit
        self._drafts = DraftsCard(store)
        self._drafts.chosen.connect(self.evaluation_chosen)
        self._drafts.changed.connect(self._read_again)
        self._due = DueCard(store)
        self._due.patient_chosen.connect(self.patient_chosen)
        self._recent = Card(tr("Recent patients"))
        self._recent_rows: QVBoxLayout = style.column(spacing=0)
        self._recent.body.addLayout(self._recent_rows)
        self._version = style.label()
        self._version.setProperty("t", "s")
        self._alarm = Banner("danger", CUT, CUT_MEANS, act=CUT_ACT)
        self._alarm.acted.connect(self.accept_cut_wanted)
        self._alarm.hide()
        self._given = Banner("att", GIVEN, GIVEN_MEANS, act=tr("Change my password…"))
        self._given.acted.connect(self.password_wanted)
        self._given.hide()
        self._lay_out()
        self.use_settings(settings)

    # ------------------------------------------------------------ what it shows

    def refresh(self) -> None:
        """Read the records again."""
        self._alarm.setVisible(self._store.trail_was_cut)
        self._tell_given()
        self._alarm.say("danger", CUT, CUT_MEANS, act=CUT_ACT if self._store.accept_cut else "")
        self._drafts.show_rows(self._store.drafts())
        self._show_recent(self._store.recent(60))
        self._search.refresh()
        self._due.refresh()

    def _tell_given(self) -> None:
        """Of two banners the alarm goes first."""
        given = self._signed_in and self._store.password_was_given
        self._given.setVisible(given and not self._store.trail_was_cut)

    def say(self, words: str) -> None:
        """One sentence above the unfinished notes; empty hides it."""
        self._drafts.say(words)

    def tell_backups(self, short: str, full: str) -> None:
        """What is wrong with the backups, in a quiet line at the foot; empty when all is well."""
        self._backups.setText(f"{short}. {full}" if short else "")
        self._backups.setVisible(bool(short))

    def use_content(self, content: Content) -> None:
        """The clinical content is read: look how far each note is."""
        self._version.setText(tr("Clinical content {version}").format(version=content.release.version))
        self._drafts.use_content(content)
        self._due.content_is_read()

    def use_settings(self, settings: Settings) -> None:
        """Show whose clinic this is."""
        self._settings = settings
        self._tell_given()
        self._header.set_patient("EvalAssist", settings.clinic_name)
        self._who.setText(settings.therapist_name)
        self._who.setVisible(bool(settings.therapist_name) and not self._signed_in)
        self._header.set_two_lines(style.scale() >= TWO_LINES_FROM)
        self._header.set_user(settings.therapist_name if self._signed_in else "")

    def focus_search(self) -> None:
        """Put the keyboard into the search."""
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < style.px(NARROW)
        for card in (self._drafts, self.practice):
            card.set_narrow(self.width() < style.px(NARROWER))
        ways = QBoxLayout.Direction
        self._cards.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)
        self._recent.setMinimumWidth(0 if narrow else style.px(374))
        self._recent.setMaximumWidth(16_777_215 if narrow else style.px(374))
        self._cards.setAlignment(self._recent, Qt.AlignmentFlag(0) if narrow else Qt.AlignmentFlag.AlignTop)

    def _read_again(self, why: str) -> None:
        """A draft was discarded, or could not be."""
        try:
            self.refresh()
        except EvalAssistError as fault:
            why = why or str(fault)
        self.say(why)

    # ------------------------------------------------------------ recent patients

    def _show_recent(self, rows: Sequence[EvaluationRow]) -> None:
        empty(self._recent_rows)
        latest: dict[str, EvaluationRow] = {}
        cosigns = not self._store.account.needs_cosignature
        for row in sorted(rows, key=lambda row: not (cosigns and row.waits_for_cosignature)):
            latest.setdefault(row.patient.id, row)
        for place, row in enumerate(list(latest.values())[:RECENT]):
            if place:
                self._recent_rows.addWidget(Rule())
            self._recent_rows.addWidget(self._recent_line(row))
        if not latest:
            self._recent_rows.addWidget(quiet(tr("Nobody yet. Begin with New patient.")))

    def _recent_line(self, row: EvaluationRow) -> Line:
        special = row.in_error or row.waits_for_cosignature
        kind = row.standing if special else SHORT_KINDS[row.kind].lower()
        if row.kind == "discharge" and not special and not row.is_draft:
            kind = tr("discharged")
        visit = f"{kind} · {short_date(row.visit_date)}"
        line = Line(f"{row.patient.name}, {age(row.patient)}, {visit}", (2, 4, 2, 4))
        line.cells.addWidget(cell(SideBadge(row.sore_knee, tr("knee"), words=False), 46))
        below = f"{age(row.patient)} · {visit}"
        line.cells.addWidget(two_lines(row.patient.name, below, kind="b", tone="att" if special else ""), 1)
        line.cells.addWidget(icons.Picture("forward", "quiet", 16))
        line.chosen.connect(lambda: self.patient_chosen.emit(row.patient.id))
        return line

    # ------------------------------------------------------------ layout

    def _lay_out(self) -> None:
        head = style.row(spacing=8)
        title = style.label("", tr("Find a patient"))
        title.setProperty("t", "h2")
        new = QPushButton(tr("New patient"))
        icons.put_icon(new, "add")
        new.clicked.connect(lambda: self.new_wanted.emit(""))
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(new)
        head.addWidget(KeyCap("Ctrl+N"))
        left = style.column(spacing=12)
        left.addWidget(self._drafts)
        left.addWidget(self._due)
        left.addStretch(1)
        self._cards = cards = style.row(spacing=16)
        cards.addLayout(left, 1)
        cards.addWidget(self._recent, 0, Qt.AlignmentFlag.AlignTop)
        middle = QWidget()
        middle.setMaximumWidth(style.px(1120))
        stack = style.column(middle, (0, 16, 0, 16), spacing=12)
        stack.addWidget(self._alarm)
        stack.addWidget(self._given)
        stack.addLayout(head)
        stack.addWidget(self._search)
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
