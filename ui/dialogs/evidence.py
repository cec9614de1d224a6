"""What the guideline says of an intervention, what studies found, for and against, and where sources disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QFrame,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from evalassist.content import Content
from evalassist.content.entries import TRUST
from evalassist.content.schema import Disagreement, Evidence, Mark, Recommendation
from evalassist.translate import tr
from evalassist.words import upper_first
from ui import style
from ui.spoken import Said
from ui.widgets.marks import Chip
from ui.widgets.roomy import take_room
from ui.widgets.segments import Choice, SegmentedControl

WIDE = 900
GUIDELINE, STUDIES, DISPUTED = "guideline", "studies", "disputed"
ACTIONS = {"DO": tr("Do"), "MAY": tr("May"), "DO-NOT": tr("Do not")}
"""How the guideline's word on an intervention reads."""
DIRECTIONS = {"FOR": "for", "NEUTRAL": "neither", "AGAINST": "against"}
GRADES = tr(
    "Grades of the guideline: A strong evidence, B moderate, C weak, D conflicting, E theory, F expert opinion."
)
MEASURES = tr(
    "MD: difference on a 0–10 pain scale, below 0 is less pain. SMD: standardized difference, above 0 is better "
    "activity. OR: odds ratio. In brackets: 95 % confidence interval. No study here shows that a weak hip caused "
    "the pain; weakness is found with it."
)
HIP_WORK = tr("Does hip work add something?")
OTHER = tr("Other questions")


@dataclass(frozen=True, slots=True)
class Statement:
    """One recommendation or one finding of a study, in words."""

    id: str
    title: str
    remark: str
    figures: str
    source: str

    @property
    def words(self) -> str:
        """What a search looks through."""
        return " ".join((self.id, self.title, self.remark, self.figures, self.source)).casefold()


class EvidenceDialog(QDialog):
    """Three views to search: the recommendations by do, may and do not; the studies by for, and against or neither;
    and where sources disagree, with what the app does."""

    def __init__(self, content: Content, parent: QWidget | None = None, *, wanted: str = "") -> None:
        super().__init__(parent)
        self._content = content
        statements = (
            *map(self._recommendation, content.recommendations.values()),
            *map(self._evidence, content.evidence.values()),
            *map(self._disagreement, content.disagreements.values()),
        )
        self._statements = {one.id: one for one in statements}
        self._fitting = set(self._statements)
        """What has the words typed."""
        self._entries: dict[str, Entry] = {}
        self._made: dict[str, QScrollArea] = {}
        """Each view, made when it is first looked at."""
        self._columns: list[QBoxLayout] = []
        self._view = GUIDELINE
        self._heads: list[tuple[QWidget, list[Entry]]] = []
        """What is shown only while one of its entries is."""
        self.setWindowTitle(tr("Evidence"))
        self.search = QLineEdit()
        self.search.setAccessibleName(tr("Search the evidence"))
        self.search.setPlaceholderText(tr("Search: brace, needling, manual therapy, runners …"))
        self.search.setClearButtonEnabled(True)
        self.views = SegmentedControl(
            [
                Choice(GUIDELINE, tr("Guideline")),
                Choice(STUDIES, tr("Studies")),
                Choice(DISPUTED, tr("Where they disagree")),
            ],
            tr("Guideline, studies, or where they disagree"),
        )
        self._pages = QStackedWidget()
        self.found = Said("s", wrap=True)
        done = QPushButton(tr("Done"))
        done.setAutoDefault(False)
        done.clicked.connect(self.accept)
        head = style.row(spacing=10)
        head.addWidget(style.label("h1", tr("Evidence")))
        head.addWidget(self.search, 1)
        head.addWidget(self.views)
        ends = style.row(spacing=8)
        ends.addWidget(self.found, 1)
        ends.addWidget(done)
        stack = style.column(self, (14, 10, 14, 12), spacing=8)
        stack.addLayout(head)
        stack.addWidget(self._pages, 1)
        stack.addLayout(ends)
        self.search.textChanged.connect(self._filter)
        self.views.answered.connect(lambda view: self.show_view(str(view or self._view)))
        self.show_view(STUDIES if wanted in content.evidence else GUIDELINE)
        take_room(self, 1180, 760)
        self.search.setFocus()
        if wanted in self._entries:
            self._lead_to(self._entries[wanted])

    def show_view(self, view: str) -> None:
        """The guideline's recommendations, the studies, or where sources disagree."""
        self._view = view
        self.views.set_value(view)
        if view not in self._made:
            build = {STUDIES: self._build_studies, DISPUTED: self._build_disputed}
            made = self._made[view] = build.get(view, self._build_guideline)()
            self._pages.addWidget(made)
            self._direct()
        self._pages.setCurrentWidget(self._made[view])
        self._show_fitting()

    def shown_entries(self) -> list[str]:
        """The ids of what the words typed leave in the view."""
        return [key for key in self._ids(self._view) if not self._entries[key].isHidden()]

    def _ids(self, view: str) -> Mapping[str, object]:
        views: dict[str, Mapping[str, object]] = {
            STUDIES: self._content.evidence,
            DISPUTED: self._content.disagreements,
        }
        return views.get(view, self._content.recommendations)

    # ------------------------------------------------------------ building

    def _build_guideline(self) -> QScrollArea:
        said = list(self._content.recommendations.values())
        area, stack = _page(tr("What the guideline says"))
        stack.addWidget(style.label("s", GRADES, wrap=True))
        columns = [
            (words, [self._entry(one.id) for one in said if one.action == action])
            for action, words in ACTIONS.items()
        ]
        self._add_columns(stack, columns)
        stack.addStretch(1)
        return area

    def _build_studies(self) -> QScrollArea:
        found = list(self._content.evidence.values())
        area, stack = _page(tr("What the studies found"))
        stack.addWidget(style.label("s", MEASURES, wrap=True))
        for title, some in (
            (HIP_WORK, [one for one in found if not one.about]),
            (OTHER, [one for one in found if one.about]),
        ):
            speaks_for = [self._entry(one.id) for one in some if one.direction == "FOR"]
            others = [self._entry(one.id) for one in some if one.direction != "FOR"]
            head = style.label("h2", title)
            stack.addWidget(head)
            self._heads.append((head, [*speaks_for, *others]))
            self._add_columns(stack, [(tr("For"), speaks_for), (tr("Against, or neither"), others)])
        stack.addStretch(1)
        return area

    def _build_disputed(self) -> QScrollArea:
        area, stack = _page(tr("Where they disagree"))
        for one in self._content.disagreements:
            stack.addWidget(self._entry(one))
        stack.addStretch(1)
        return area

    def _add_columns(self, stack: QVBoxLayout, columns: Sequence[tuple[str, list[Entry]]]) -> None:
        """Side by side where there is room, else one below the other."""
        line: QBoxLayout = style.row(spacing=12)
        for words, entries in columns:
            place = QWidget()
            column = style.column(place, spacing=6)
            column.addWidget(style.label("cap", words.upper()))
            for entry in entries:
                column.addWidget(entry)
            column.addStretch(1)
            line.addWidget(place, 1)
            self._heads.append((place, entries))
        stack.addLayout(line)
        self._columns.append(line)

    def _entry(self, statement_id: str) -> Entry:
        entry = self._entries[statement_id] = Entry(self._statements[statement_id])
        return entry

    def _recommendation(self, one: Recommendation) -> Statement:
        grade = tr("grade {grade}").format(grade=one.grade) if one.grade else ""
        source = self._source(one.cites, one.mark)
        return Statement(one.id, one.intervention, grade, one.conditions, source)

    def _evidence(self, one: Evidence) -> Statement:
        about = f": {one.about}" if one.about else ""
        parts = (
            (tr("Effect"), one.effect),
            (tr("People"), one.population),
            (tr("Compared"), one.comparison),
            (tr("Time"), one.time),
            (tr("Certainty"), one.certainty),
        )
        figures = "\n".join(f"{name}: {words}" for name, words in parts if words)
        remark = f"{DIRECTIONS[one.direction]}{about}" if about or one.direction != "FOR" else ""
        return Statement(one.id, one.claim, remark, figures, self._source(one.cites, one.mark))

    def _disagreement(self, one: Disagreement) -> Statement:
        content = self._content
        named = [
            content.evidence[key].claim
            if key in content.evidence
            else content.recommendations[key].intervention
            for key in one.against
        ]
        words = "\n".join(
            (
                tr("Differs from: {named}.").format(named="; ".join(named)),
                tr("What the app does: {app}").format(app=one.app),
            )
        )
        return Statement(one.id, one.says, "", words, self._source(one.cites, one.mark))

    def _source(self, cites: Iterable[str], mark: Mark) -> str:
        """The citation and how it was seen; what nobody checked is shown without a citation."""
        if mark == "K":
            return TRUST[mark]
        references = [self._content.references[cite] for cite in cites]
        citations = "; ".join(
            tr("{citation} (read: {read})").format(citation=reference.citation, read=reference.read)
            if reference.read
            else reference.citation
            for reference in references
        )
        return f"{citations}. {TRUST[mark]}"

    # ------------------------------------------------------------ searching

    def _filter(self, typed: str) -> None:
        wanted = typed.casefold().split()
        self._fitting = {
            key for key, one in self._statements.items() if all(word in one.words for word in wanted)
        }
        found = [view for view in (self._view, GUIDELINE, STUDIES, DISPUTED) if self._count(view)]
        self.show_view(found[0] if found else self._view)

    def _count(self, view: str) -> int:
        return sum(key in self._fitting for key in self._ids(view))

    def _show_fitting(self) -> None:
        for key, entry in self._entries.items():
            entry.setVisible(key in self._fitting)
        for head, entries in self._heads:
            head.setVisible(any(not entry.isHidden() for entry in entries))
        recommendations, studies, disputed = map(self._count, (GUIDELINE, STUDIES, DISPUTED))
        self.found.setText(
            tr(
                "{recommendations} of the guideline's recommendations, {studies} findings of studies, "
                "{disputed} on which sources disagree"
            ).format(recommendations=recommendations, studies=studies, disputed=disputed)
            if self._fitting
            else tr("Nothing has these words.")
        )

    def _lead_to(self, entry: Entry) -> None:
        style.say(entry, card="open")
        style.settle()
        page = self._pages.currentWidget()
        if isinstance(page, QScrollArea):
            page.ensureWidgetVisible(entry, 0, style.px(24))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._direct()

    def _direct(self) -> None:
        wide = self.width() >= style.px(WIDE)
        for line in self._columns:
            line.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)


class Entry(QFrame):
    """One statement with its figures and source; the figures can be selected and copied."""

    def __init__(self, statement: Statement) -> None:
        super().__init__()
        self.setProperty("card", "plain")
        self.setAccessibleName(statement.title)
        stack = style.column(self, (10, 7, 10, 8), spacing=3)
        stack.addWidget(style.label("b", statement.title, wrap=True))
        if statement.remark:
            stack.addWidget(Chip(upper_first(statement.remark), "outlined"), 0, Qt.AlignmentFlag.AlignLeft)
        if statement.figures:
            figures = style.label("", statement.figures, wrap=True)
            figures.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            stack.addWidget(figures)
        stack.addWidget(style.label("s", statement.source, wrap=True))


def _page(name: str) -> tuple[QScrollArea, QVBoxLayout]:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    area.setProperty("reads", True)
    area.setAccessibleName(name)
    inner = QWidget()
    stack: QVBoxLayout = style.column(inner, (0, 0, 6, 0), spacing=8)
    area.setWidget(inner)
    return area, stack
