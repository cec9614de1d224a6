"""Codes and minutes: which codes are offered and why, which the therapist ticks, and the units the minutes give."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from evalassist.clinical.codes import CHOSEN_ITEM, WHOLE_ITEM, chosen_codes
from evalassist.clinical.result import Code, CodeKind, Complexity, PlanOfCare
from evalassist.content import Content
from evalassist.evaluation import Answer, Answers, Evaluation, ItemId
from evalassist.translate import tr, trn
from evalassist.words import upper_first
from ui import style
from ui.widgets.cards import Card
from ui.widgets.editors import Editor, editor_for
from ui.widgets.elided import ElidedLabel
from ui.widgets.marks import LinkButton, ReasonLink
from ui.widgets.plan_cards import empty
from ui.widgets.record_facts import RecordFacts

KINDS: tuple[tuple[CodeKind, str], ...] = (
    ("diagnosis", tr("DIAGNOSIS")),
    ("evaluation", tr("EVALUATION")),
    ("treatment", tr("TREATMENT OF THIS SESSION")),
)
MINUTES_ROOM = 300


class _WordsOfBox(QLabel):
    """The words of a tick box, which wrap, as the box's own would not; a click on them ticks."""

    def __init__(self, box: QCheckBox, words: str) -> None:
        super().__init__(words)
        self._box = box
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._box.click()


class CodesCard(Card):
    """What is offered is not yet chosen: the therapist ticks what is used, and types the minutes."""

    answered = Signal(str, object)
    """An item and its new answer: minutes of a code, or the codes ticked."""
    go_to = Signal(str)

    def __init__(self, content: Content) -> None:
        super().__init__(tr("Codes and minutes"), tr("offered with a reason; tick what you use"), spacing=5)
        self._content = content
        self._drawn: object = None
        self._ticked: tuple[str, ...] = ()
        self._ends = False
        """Care ends: there is no evaluation to code."""
        self.boxes: dict[str, QCheckBox] = {}
        self.editors: dict[ItemId, Editor] = {}
        """Minutes by item: of each code shown, and of the whole treatment."""
        self._whole = self._minutes(WHOLE_ITEM, content.items[WHOLE_ITEM].label)
        self._units: dict[str, ElidedLabel] = {}
        self._more = LinkButton(tr("More codes"))
        self._more.setCheckable(True)
        self._more.clicked.connect(self._draw_again)
        self.title_row.addWidget(self._more)
        self._beside = columns = style.row(spacing=22)
        self._columns: dict[str, QVBoxLayout] = {}
        for kinds, stretch in ((("diagnosis", "evaluation"), 5), (("treatment",), 6)):
            column = style.column(spacing=3)
            for kind in kinds:
                head = dict(KINDS)[kind]  # type: ignore[index]
                column.addWidget(style.label("cap", head))
                place: QVBoxLayout = style.column(spacing=2)
                column.addLayout(place)
                self._columns[kind] = place
            if "evaluation" in kinds:
                self._components: QVBoxLayout = style.column(spacing=1)
                column.addLayout(self._components)
            else:
                self._session, self._rule = style.label("b", wrap=True), style.label("s", wrap=True)
                column.addLayout(self._whole_row())
                column.addWidget(self._session)
                column.addWidget(self._rule)
            column.addStretch(1)
            columns.addLayout(column, stretch)
        self.body.addLayout(columns)
        self.body.addWidget(style.label("s", f"{content.plan.codes.version}.", wrap=True))
        self._facts = RecordFacts("codes", content)
        self.body.addWidget(self._facts)
        self._plan: PlanOfCare | None = None
        self._complexity: Complexity | None = None
        self._answers: Answers = {}
        self._read_only = self._explained = False

    def show_plan(self, plan: PlanOfCare, evaluation: Evaluation, *, read_only: bool) -> None:
        """Show the codes of this plan; a field that is being typed in is left alone."""
        self._plan, self._read_only = plan, read_only
        self._answers = evaluation.answers
        self._ends = evaluation.kind == "discharge"
        self._ticked = chosen_codes(self._answers.get(CHOSEN_ITEM))
        self._draw()
        self._facts.show_facts(plan.record_facts)

    def field_of(self, item_id: ItemId) -> QWidget | None:
        """Where an item is answered: minutes of a code, or the first code to tick. Codes not shown are shown first."""
        if item_id in self._content.items and item_id.startswith("minutes-") and item_id not in self.editors:
            self._more.setChecked(True)
            self._draw_again()
        if item_id == CHOSEN_ITEM:
            return next(iter(self.boxes.values()), None)
        return self.editors.get(item_id)

    def set_wide(self, wide: bool) -> None:
        """Treatment beside diagnosis where there is room, else below it."""
        along, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._beside.setDirection(along if wide else down)

    def commit(self) -> None:
        """Tell the minutes that are typed and were not told yet."""
        for editor in list(self.editors.values()):
            editor.commit()

    # ------------------------------------------------------------ drawing

    def _draw_again(self) -> None:
        self._more.setText(tr("Fewer codes") if self._more.isChecked() else tr("More codes"))
        self._draw()

    def _draw(self) -> None:
        plan = self._plan
        if plan is None:
            return
        everything = self._more.isChecked()
        shown = [code for code in plan.codes if code.offered or code.chosen or everything]
        self._more.setVisible(any(not (code.offered or code.chosen) for code in plan.codes))
        drawn = tuple((code.code, code.offered) for code in shown)
        if drawn != self._drawn:
            self._drawn = drawn
            with style.at_once(self):
                self._draw_rows(shown)
        self._explained = plan.complexity is not None
        for code in shown:
            self._show_code(code)
        for item_id, editor in self.editors.items():
            editor.show_answer(self._answers.get(item_id))
            editor.setEnabled(not self._read_only)
        self._show_complexity(plan.complexity)
        self._show_session(plan)

    def _draw_rows(self, codes: list[Code]) -> None:
        self.boxes, self.editors, self._units = {}, {WHOLE_ITEM: self._whole}, {}
        for kind, _ in KINDS:
            place = self._columns[kind]
            empty(place)
            for code in codes:
                if code.kind == kind:
                    place.addWidget(self._row(code))
            if kind == "evaluation" and not place.count():
                none = tr("No code yet: a component is not recorded.")
                place.addWidget(style.label("s", tr("None at a discharge.") if self._ends else none))

    def _row(self, code: Code) -> QWidget:
        row = QWidget()
        grid: QGridLayout = style.scaled(QGridLayout(row), spacing=1)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(style.px(8))
        box = QCheckBox(code.code)
        box.setAccessibleName(tr("Use {code}, {label}").format(code=code.code, label=code.label))
        box.setProperty("field", False)
        box.clicked.connect(self._tick)
        self.boxes[code.code] = box
        grid.addWidget(box, 0, 0)
        grid.addWidget(_WordsOfBox(box, code.label), 0, 1)
        because = ElidedLabel(align=Qt.AlignmentFlag.AlignLeft, lines=2)
        style.say(because, t="s")
        self._units[code.code] = because
        item_id = f"minutes-{code.code}"
        if item_id in self._content.items:
            self.editors[item_id] = self._minutes(
                item_id, tr("Minutes of {code}, {label}").format(code=code.code, label=code.label)
            )
            grid.addWidget(self.editors[item_id], 0, 2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(because, 1, 0, 1, 3)
        return row

    def _minutes(self, item_id: ItemId, name: str) -> Editor:
        editor = editor_for(self._content.items[item_id], name, MINUTES_ROOM)
        editor.takes_reason = False
        editor.answered.connect(partial(self.answered.emit, item_id))
        return editor

    def _whole_row(self) -> QHBoxLayout:
        item = self._content.items[WHOLE_ITEM]
        row = style.row(spacing=8)
        row.addWidget(style.label("b", item.label), 1)
        row.addWidget(self._whole)
        self._whole.setToolTip(item.help)
        return row

    def _show_code(self, code: Code) -> None:
        box = self.boxes[code.code]
        box.setChecked(code.chosen)
        box.setEnabled(not self._read_only)
        words = code.because if code.offered else tr("not offered: {because}").format(because=code.because)
        self._units[code.code].set_text(upper_first(words))
        told_below = code.kind == "evaluation" and code.offered and self._explained
        self._units[code.code].setVisible(not told_below)

    def _show_complexity(self, complexity: Complexity | None) -> None:
        if complexity == self._complexity:
            return
        self._complexity = complexity
        empty(self._components)
        if complexity is None:
            return
        for one in complexity.components:
            words = f"{upper_first(one.title)}: {one.value or tr('not recorded')}"
            link = ReasonLink(f"{words} → {one.level}" if one.level else words)
            link.clicked.connect(partial(self.go_to.emit, one.item))
            self._components.addWidget(link)
        told = tr("The lowest level counts: {code}.").format(code=complexity.code) if complexity.code else ""
        if told:
            self._components.addWidget(style.label("s", told))

    def _show_session(self, plan: PlanOfCare) -> None:
        session = plan.session
        units = trn("{units} unit", "{units} units", session.units).format(units=session.units)
        first = (
            tr("{minutes} timed minutes → {units}").format(minutes=session.minutes, units=units)
            if session.minutes
            else tr("No minutes typed yet")
        )
        if session.units and not session.minutes:
            first = units
        told = [first]
        if session.choose:
            choose = ", ".join(session.choose)
            told.append(tr("Equal claim to the last unit: {choose}; you pick").format(choose=choose))
        unticked = [code.code for code in plan.codes if code.minutes and not code.chosen]
        if unticked and self._ticked:
            told.append(tr("Minutes without a tick: {unticked}").format(unticked=", ".join(unticked)))
        self._session.setText(". ".join(told) + ("." if len(told) > 1 else ""))
        self._rule.setText(session.rule)

    # ------------------------------------------------------------ telling

    def _tick(self) -> None:
        """What is ticked, in the order of the list; what is ticked and not shown stays ticked."""
        ticked = {code for code, box in self.boxes.items() if box.isChecked()}
        ticked |= {code for code in self._ticked if code not in self.boxes}
        codes = self._content.plan.codes.every_code
        answer: Answer | None = tuple(code for code in codes if code in ticked) or None
        self.answered.emit(CHOSEN_ITEM, answer)
