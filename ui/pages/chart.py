"""The chart of a patient: episodes and their visits, the papers given, and how pain, scores and strength went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QPushButton, QScrollArea, QWidget

from evalassist.errors import EvalAssistError
from evalassist.evaluation import Evaluation, VisitKind
from evalassist.translate import tr, trn
from ui import icons, style
from ui.document_rows import document_line
from ui.widgets.bars import TWO_LINES_FROM
from ui.widgets.cards import Card, HeaderBar, Rule
from ui.widgets.dates import KIND_WORDS, date_text
from ui.widgets.glyph import State, StateGlyph
from ui.widgets.lines import Line, age, cell, empty, giving, plain, quiet, short_date
from ui.widgets.marks import LinkButton
from ui.widgets.pdf_view import PdfMaker
from ui.widgets.side import SideBadge
from ui.widgets.trend_view import WIDTH as TREND_WIDTH
from ui.widgets.trend_view import TrendView, drawn, family, inks

if TYPE_CHECKING:
    from evalassist.clinical.trends import Trend
    from evalassist.content.loader import Content
    from evalassist.records.rows import EvaluationRow
    from evalassist.records.store import Store
    from evalassist.settings import Settings

MOST_PAPERS = 5
LEFT = 470
NARROW = 1100
"""Under this the trends stand below the visits."""
MARKS = tr("Open mark: not signed yet. A gap: not tested, or not comparable.")
ONE_VISIT = tr("Trends begin with the second visit at which something is measured again.")
LATER_VISITS: tuple[VisitKind, ...] = ("re-evaluation", "discharge")
Episode = tuple["EvaluationRow", ...]


class ChartPage(QWidget):
    """Everything kept about one patient. Reads the records and changes nothing."""

    start_wanted = Signal()
    evaluation_chosen = Signal(str)
    visit_wanted = Signal(str, object)
    """The kind of visit, and the visits of the episode it goes on with; none for a new episode."""
    paper_chosen = Signal(str)
    """The document to look at; empty for the list."""
    export_wanted = Signal()
    lock_wanted = Signal()
    account_wanted = Signal()

    def __init__(self, store: Store, patient_id: str, settings: Settings, *, signed_in: bool = False) -> None:
        super().__init__()
        self.setObjectName("page")
        self._store, self.patient_id = store, patient_id
        self.patient = store.patient(patient_id)
        self._content: Content | None = None
        self._waiting: list[EvaluationRow] = []
        self._visits: list[Evaluation] = []
        self._notes: dict[str, str] = {}
        self._views: list[TrendView] = []
        self._drawn: list[tuple[Trend, bytes]] = []
        self._columns = 1
        self._put = QTimer(self, interval=0)
        self._put.timeout.connect(self._put_next)
        self._read = QTimer(self, interval=0)
        self._read.timeout.connect(self._read_next_visit)
        self._maker = PdfMaker(self)
        self._maker.made.connect(self._show_trends)
        self._maker.failed.connect(self._say)
        self._header = HeaderBar()
        self._header.lock_wanted.connect(self.lock_wanted)
        self._header.user_clicked.connect(self.account_wanted)
        self._header.set_two_lines(style.scale() >= TWO_LINES_FROM)
        self._header.set_user(settings.therapist_name if signed_in else "")
        self._episodes_column = style.column(spacing=12)
        self._papers = Card(tr("Documents kept"))
        self._paper_rows = style.column(spacing=0)
        self._papers.body.addLayout(self._paper_rows)
        self._trends = Card(tr("Trends"))
        self._said = quiet("")
        self._grid = style.scaled(QGridLayout(), spacing=8)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._trends.body.addWidget(self._said)
        self._trends.body.addLayout(self._grid)
        self._marks = style.label("s", MARKS, wrap=True)
        self._trends.body.addWidget(self._marks)
        self._lay_out()
        self.refresh()

    # ------------------------------------------------------------ what it shows

    @property
    def at_work(self) -> bool:
        """Whether trends are still to come."""
        return bool(self._waiting or self._drawn) or self._maker.at_work

    def refresh(self) -> None:
        """Read the records again."""
        rows = self._store.patient_evaluations(self.patient_id)
        by_episode = sorted(rows, key=lambda row: row.episode_id)
        episodes = [tuple(found) for _, found in groupby(by_episode, key=lambda row: row.episode_id)]
        self._episodes: list[Episode] = sorted(episodes, key=lambda found: found[-1].visit_date, reverse=True)
        self._fill_header()
        empty(self._episodes_column)
        self._lines: list[Line] = []
        for place, episode in enumerate(self._episodes):
            self._episodes_column.addWidget(self._episode_card(episode, newest=place == 0))
        self.fill_papers()
        self._trends_of(self._episodes[0] if self._episodes else ())

    def use_content(self, content: Content) -> None:
        """The clinical content is read: values can be judged and drawn."""
        self._content = content
        self._read.start()

    def focus_first(self) -> None:
        """The unfinished visit, else the newest one."""
        if self._lines:
            first = next((line for line in self._lines if line.property("draft")), self._lines[0])
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this page."""
        return [
            (tr("Up, Down"), tr("the visit before and after")),
            ("Enter", tr("open it")),
            ("Esc", tr("start page")),
        ]

    def acts(self) -> list[tuple[str, str, Callable[[], object]]]:
        """What can be done here, for the search of commands."""
        found: list[tuple[str, str, Callable[[], object]]] = [
            (tr("Start page"), "Esc", self.start_wanted.emit),
            (tr("New episode"), tr("initial evaluation"), self._want_episode),
            (tr("Documents"), tr("printed and saved"), partial(self.paper_chosen.emit, "")),
            (tr("Export this patient"), tr("encrypted file"), self.export_wanted.emit),
        ]
        for episode in self._episodes[:1]:
            found.append(
                (tr("Re-evaluation"), tr("new visit"), partial(self._want, "re-evaluation", episode))
            )
            found.append((tr("Discharge"), tr("new visit"), partial(self._want, "discharge", episode)))
        return found

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.start_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _fill_header(self) -> None:
        born = tr("{patient} · born {birth_date}").format(
            patient=age(self.patient), birth_date=date_text(self.patient.birth_date)
        )
        number = self.patient.record_number
        self._header.set_patient(
            self.patient.name,
            tr("{born} · record {number}").format(born=born, number=number) if number else born,
        )
        latest = self._episodes[0][-1] if self._episodes else None
        self._header.set_side(latest.sore_knee if latest else None)
        self._header.set_visit(tr("Chart"))

    # ------------------------------------------------------------ episodes and visits

    def _episode_card(self, episode: Episode, *, newest: bool) -> Card:
        first, last = episode[0], episode[-1]
        number = trn("1 visit", "{count} visits", len(episode)).format(count=len(episode))
        card = Card(
            tr("Since {visit_date}").format(visit_date=date_text(first.visit_date)), number, spacing=2
        )
        card.title_row.insertWidget(
            0, SideBadge(last.sore_knee, tr("knees") if last.sore_knee == "both" else tr("knee"))
        )
        for place, row in enumerate(reversed(episode)):
            if place:
                card.body.addWidget(Rule())
            card.body.addWidget(self._visit_line(row))
        ends = style.row(spacing=8)
        discharged = any(row.kind == "discharge" and not row.in_error for row in episode)
        drafts = any(row.is_draft for row in episode)
        if not discharged:
            for kind in LATER_VISITS:
                words = KIND_WORDS[kind]
                button = QPushButton(words)
                icons.put_icon(button, "add")
                button.setAccessibleName(
                    tr("New visit: {words}, care since {visit_date}").format(
                        words=words, visit_date=date_text(first.visit_date)
                    )
                )
                if newest and not drafts and kind == "re-evaluation":
                    button.setProperty("kind", "primary")
                    icons.put_icon(button, "add", "accent_ink")
                button.clicked.connect(partial(self._want, kind, episode))
                ends.addWidget(button)
        ends.addStretch(1)
        if len(self._episodes) > 1:
            show = QPushButton(tr("Trends"))
            show.setProperty("kind", "flat")
            show.setAccessibleName(
                tr("Trends of the care since {visit_date}").format(visit_date=date_text(first.visit_date))
            )
            icons.put_icon(show, "chart")
            show.clicked.connect(partial(self._trends_of, episode))
            ends.addWidget(show)
        card.body.addLayout(ends)
        return card

    def _visit_line(self, row: EvaluationRow) -> Line:
        standing = f"{row.standing}, {row.clinician}" if row.clinician and not row.in_error else row.standing
        day, kind = date_text(row.visit_date), KIND_WORDS[row.kind]
        line = Line(f"{kind}, {day}, {standing}", (8, 2, 8, 2))
        line.setProperty("draft", row.is_draft)
        state: State = (
            "partly" if row.is_draft else "look" if row.in_error or row.waits_for_cosignature else "complete"
        )
        line.cells.addWidget(cell(giving(day), 96))
        line.cells.addWidget(cell(giving(kind, "b"), 128))
        line.cells.addWidget(StateGlyph(state, size=14))
        said = plain(standing, "s", "" if state == "complete" else "att")
        said.setWordWrap(True)
        line.cells.addWidget(said, 1)
        line.cells.addWidget(icons.Picture("forward", "quiet", 16))
        line.chosen.connect(lambda: self.evaluation_chosen.emit(row.id))
        self._lines.append(line)
        return line

    def _want_episode(self) -> None:
        self._want("initial", self._episodes[0] if self._episodes else ())

    def _want(self, kind: VisitKind, episode: Episode, *_: object) -> None:
        self.visit_wanted.emit(kind, episode)

    # ------------------------------------------------------------ papers

    def fill_papers(self) -> None:
        """Read the kept papers again."""
        empty(self._paper_rows)
        found = self._store.documents_of_patient(self.patient_id)
        latest = sorted(found, key=lambda row: (row.visit_date, row.kept_at), reverse=True)
        for place, row in enumerate(latest[:MOST_PAPERS]):
            told = document_line(row, found)
            if place:
                self._paper_rows.addWidget(Rule())
            line = Line(f"{told.title}, {told.line}", (8, 2, 8, 2))
            line.cells.addWidget(cell(plain(short_date(row.visit_date)), 86))
            line.cells.addWidget(plain(told.title), 1)
            line.cells.addWidget(plain(told.value, "s", "att"))
            line.cells.addWidget(icons.Picture("forward", "quiet", 16))
            line.setToolTip(style.tip("\n".join(told.details)))
            line.chosen.connect(partial(self.paper_chosen.emit, row.id))
            self._paper_rows.addWidget(line)
        if len(found) > MOST_PAPERS:
            more = LinkButton(tr("and {count} more").format(count=len(found) - MOST_PAPERS))
            more.setAccessibleName(tr("{words}: show all documents").format(words=more.text()))
            more.clicked.connect(partial(self.paper_chosen.emit, ""))
            self._paper_rows.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
        if not found:
            self._paper_rows.addWidget(quiet(tr("No paper was printed or saved yet.")))
        self._papers.set_title(tr("Documents kept"), f"{len(found)}" if found else "")

    # ------------------------------------------------------------ trends

    def _trends_of(self, episode: Episode, *_: object) -> None:
        """Read the visits of this episode one a turn, then judge and draw them beside the window's own work."""
        self._maker.forget()
        self._visits, self._notes = [], {}
        self._waiting = [row for row in episode if not row.in_error]
        self._take_views_away()
        self._say(tr("Drawing…") if len(self._waiting) > 1 else ONE_VISIT)
        if len(self._waiting) < 2:
            self._waiting = []
        since = (
            tr(", care since {visit_date}").format(visit_date=date_text(episode[0].visit_date))
            if len(self._episodes) > 1
            else ""
        )
        self._trends.set_title(tr("Trends{since}").format(since=since))
        if self._content is not None:
            self._read.start()

    def _read_next_visit(self) -> None:
        if not self._waiting or self._content is None:
            self._read.stop()
            return
        row = self._waiting.pop(0)
        try:
            visit = self._store.load(row.id, to_edit=False)
            if row.is_draft:
                visit = visit.with_defaults(self._store.clinic_defaults())
            else:
                self._notes[row.id] = self._store.note_of(row.id, shown=False)
        except EvalAssistError as fault:
            self._waiting = []
            self._say(str(fault))
            return
        self._visits.append(visit)
        if not self._waiting:
            visits, notes, content = tuple(self._visits), dict(self._notes), self._content
            self._maker.make(partial(_made, visits, notes, content, family(), inks()))

    def _show_trends(self, found: Sequence[tuple[Trend, bytes]]) -> None:
        self._say("" if found else ONE_VISIT)
        self._drawn = list(found)
        self._put.start()

    def _put_next(self) -> None:
        """One drawing a turn: each takes some milliseconds to be painted."""
        if not self._drawn:
            self._put.stop()
            return
        view = TrendView(*self._drawn.pop(0))
        place = len(self._views)
        self._views.append(view)
        self._grid.addWidget(view, place // self._columns, place % self._columns)
        self._marks.show()

    def _take_views_away(self) -> None:
        for old in self._views:
            self._grid.removeWidget(old)
            old.deleteLater()
        self._views, self._drawn = [], []
        self._marks.hide()

    def _say(self, words: str) -> None:
        self._said.setText(words)
        self._said.setVisible(bool(words))

    # ------------------------------------------------------------ layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Beside the visits where there is room, in as many columns as fit."""
        narrow = self.width() < style.px(NARROW)
        ways = QBoxLayout.Direction
        self._halves.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)
        self._left.setMaximumWidth(16_777_215 if narrow else style.px(LEFT))
        self._left.setMinimumWidth(0 if narrow else style.px(LEFT))
        room = self.width() - style.px(32 + 40) - (0 if narrow else style.px(LEFT + 16))
        columns = max(1, min(4, room // style.px(TREND_WIDTH + 8)))
        if columns != self._columns:
            self._columns = columns
            for place, view in enumerate(self._views):
                self._grid.addWidget(view, place // columns, place % columns)

    def _lay_out(self) -> None:
        back = QPushButton(tr("Start page"))
        back.setProperty("kind", "flat")
        icons.put_icon(back, "back")
        back.clicked.connect(self.start_wanted)
        head = style.row(spacing=8)
        head.addWidget(back)
        head.addStretch(1)
        for words, icon, act in (
            (tr("Export…"), "export", self.export_wanted.emit),
            (tr("Documents"), "document", partial(self.paper_chosen.emit, "")),
            (tr("New episode"), "add", self._want_episode),
        ):
            button = QPushButton(words)
            icons.put_icon(button, icon)
            button.clicked.connect(act)
            head.addWidget(button)
        self._left = QWidget()
        left = style.column(self._left, spacing=12)
        left.addLayout(self._episodes_column)
        left.addWidget(self._papers)
        left.addStretch(1)
        self._halves = style.row(spacing=16)
        self._halves.addWidget(self._left, 0)
        self._halves.addWidget(self._trends, 1, Qt.AlignmentFlag.AlignTop)
        inner = QWidget()
        whole = style.column(inner, (16, 10, 16, 16), spacing=10)
        whole.addLayout(head)
        whole.addLayout(self._halves)
        whole.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        stack = style.column(self, spacing=0)
        stack.addWidget(self._header)
        stack.addWidget(area, 1)


def _made(
    evaluations: Sequence[Evaluation],
    notes: dict[str, str],
    content: Content,
    typeface: str,
    colours: Sequence[str],
) -> list[tuple[Trend, bytes]]:
    from evalassist.clinical.follow_up import visits_of
    from evalassist.clinical.trends import trends
    from evalassist.content import content_for
    from evalassist.follow_up_noting import given_at

    signed = {one: given_at(text, content.exercises) for one, text in notes.items()}
    visits = visits_of(evaluations, signed)
    found = trends(visits, content_for(evaluations[-1]))
    return drawn([trend for trend in found if trend.is_course], typeface, colours)
