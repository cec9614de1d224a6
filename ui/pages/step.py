"""Any step that is drawn from content: groups as quiet cards, labels left, answers right, RIGHT before LEFT."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from evalassist.clinical.differentials import causes, in_short
from evalassist.clinical.progress import shown
from evalassist.clinical.result import Assessment
from evalassist.content import Content
from evalassist.content.accuracy_words import help_of
from evalassist.content.schema import Group, Item, Step
from evalassist.evaluation import SIDES, ItemId, Side
from ui import style
from ui.pages.locked import LockablePage
from ui.pages.scores import MeasureLine, RatingLine, measures_of, ratings_of, running_findings
from ui.session import EvaluationSession
from ui.widgets.cards import FoldingGroup
from ui.widgets.editors import Editor, editor_for, legend
from ui.widgets.glyph import State
from ui.widgets.marks import LinkButton
from ui.widgets.side_heads import SideHeads

LABEL = (150, 260)
"""Narrowest and widest column of labels, at 100 % text."""
SIDE = 278
ALONE = 480
"""What an answer without sides may take, at 100 % text."""
GAP = 12
INDENT, MARGIN = 18, 14
"""What a folding group leaves free at its left and right."""
AROUND = 50
"""What the page, the scroll bar and the edges of a card take."""
FIRST_ROWS = 14
"""Rows that are made before a page is shown; as many as can be seen at once."""
SLICE_S = 0.012
"""How long more rows are made at a time, so that nobody waits for a page that is long."""


class ItemRow(QWidget):
    """One item: its label, and its answer, or an answer for each side in the two columns."""

    def __init__(self, item: Item, page: StepPage) -> None:
        super().__init__()
        self.item, self._page = item, page
        self.editors: dict[ItemId, Editor] = {}
        self._last: dict[ItemId, QLabel] = {}
        """At a later visit what was found last time, below its field."""
        self._line: QHBoxLayout = style.row(spacing=GAP)
        stack = style.column(self, spacing=0)
        stack.addLayout(self._line)
        self._label = style.label("", item.label)
        self._label.setWordWrap(True)
        self._label.setMinimumHeight(style.control_height())
        if item.optional:
            self._label.setProperty("t", "q")
        self._line.addWidget(self._label, 0, Qt.AlignmentFlag.AlignTop)
        self._help = style.label("s", wrap=True)
        stack.addWidget(self._help)
        self._content: Content | None = None
        self._show_help()
        self._signs = style.label("s")
        self._signs.setWordWrap(True)
        self._signs.hide()
        stack.addWidget(self._signs)
        if item.sides:
            for side in SIDES:
                self._add_side(side)
            self._line.addStretch(1)
        else:
            cell = style.column(spacing=1)
            cell.addWidget(self._editor(item.id, item.label, page.room), 0, Qt.AlignmentFlag.AlignTop)
            self._add_last(item.id, cell)
            self._line.addLayout(cell, 1)
        self.set_label_width(page.label_width)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _show_help(self) -> None:
        """What the content says of it; the clinic may change a limit that it names."""
        content = self._page.session.content
        if content is self._content:
            return
        self._content = content
        words = help_of(content.items[self.item.id], content)
        self._help.setText(words)
        self._help.setVisible(bool(words))  # it has its place: without one it would be a window of its own
        self._label.setToolTip(words)

    def set_label_width(self, width: int) -> None:
        self._label.setFixedWidth(style.px(width))

    def set_compact(self, compact: bool) -> None:
        """The remark under the label moves into its tooltip."""
        self._help.setVisible(not compact and bool(self._help.text()))

    def refresh(self, assessment: Assessment) -> bool:
        """Show the answers; False when nothing of this item is asked now."""
        answers = self._page.session.evaluation.answers
        self._show_help()
        any_shown = False
        for item_id, editor in self.editors.items():
            asked = shown(self.item, assessment, _side_of(self.item, item_id))
            any_shown = any_shown or asked
            editor.show_answer(answers.get(item_id))
            editor.setVisible(asked)
            if item_id in self._last:
                self._last[item_id].setVisible(asked)
        self.setEnabled(not self._page.read_only and not self._page.blocked)
        self._show_signs(self._page.signs(self.item.id))
        return any_shown

    def _show_signs(self, words: str) -> None:
        """What speaks for and against the cause that is rated here, so far."""
        if words != self._signs.text():
            self._signs.setText(words)
            self._signs.setVisible(bool(words))

    def _add_side(self, side: Side) -> None:
        place = QWidget()
        place.setFixedWidth(style.px(SIDE))
        editor = self._editor(f"{self.item.id}.{side}", f"{self.item.label}, {side}", SIDE)
        cell = style.column(place, spacing=1)
        cell.addWidget(editor, 0, Qt.AlignmentFlag.AlignTop)
        self._add_last(editor.item_id, cell)
        self._line.addWidget(place, 0, Qt.AlignmentFlag.AlignTop)

    def _add_last(self, item_id: ItemId, cell: QVBoxLayout) -> None:
        if words := self._page.session.last_words(item_id):
            self._last[item_id] = style.label("s", words, wrap=True)
            cell.addWidget(self._last[item_id])

    def _editor(self, item_id: ItemId, name: str, room: int) -> Editor:
        editor = editor_for(self.item, name, room)
        editor.item_id = item_id
        editor.answered.connect(partial(self._page.session.answer, item_id))
        editor.copy_wanted.connect(partial(self._copy_right_to_left, item_id))
        self.editors[item_id] = editor
        return editor

    def _copy_right_to_left(self, pressed_in: ItemId) -> None:
        if not self.item.sides:
            return
        right, left = self.item.ids
        self.editors[right].commit()
        value = self._page.session.evaluation.answers.get(right)
        if value is None or pressed_in != left:
            return  # nothing is ever taken away, or overwritten from a side that is not looked at
        self._page.session.answer(left, value)
        self.editors[left].setFocus(Qt.FocusReason.OtherFocusReason)


class GroupCard(FoldingGroup):
    """A group of items; its rows are made when they are first seen, so that a long page opens at once."""

    def __init__(self, group: Group, page: StepPage) -> None:
        super().__init__(group.title, group.hint)
        self._group, self._page = group, page
        self._rows: dict[str, ItemRow] = {}
        self._order = [item.id for item in group.items]
        self.measures = [
            MeasureLine(measure, page.session) for measure in measures_of(group, page.session.content)
        ]
        self._optional = all(item.optional for item in group.items)
        self._compact = False
        self._words = style.label("", legend(group.items))
        self._words.setProperty("t", "s")
        self._words.setWordWrap(True)
        self._words.setVisible(bool(self._words.text()))
        self.body.addWidget(self._words)
        self._rows_place: QVBoxLayout = style.column(spacing=6)
        self.body.addLayout(self._rows_place)
        self._found = style.label()
        self._found.setProperty("t", "b")
        self._found.setWordWrap(True)
        self.body.addWidget(self._found)
        for line in self.measures:
            self.body.addWidget(line)
        for rating in ratings_of(group, page.session.content):
            self.body.addWidget(RatingLine(rating))
        self._rest = self._make_rest()
        self.folded_changed.connect(self._opened)
        answers = page.session.evaluation.answers
        answered = any(item_id in answers for item in group.items for item_id in item.ids)
        self.set_folded(self._optional and not answered)

    def refresh(self, assessment: Assessment) -> None:
        """Show the answers, what of the group is asked, and how far it is."""
        asked = [item for item in self._group.items if _asked(item, assessment)]
        self.setVisible(bool(asked))
        if not self.folded:
            self._refresh_rows(assessment)
        answers = self._page.session.evaluation.answers
        gaps = self._page.gaps().intersection(i for item in asked for i in item.ids)
        begun = any(item_id in answers for item in asked for item_id in item.ids)
        state: State = "partly" if gaps and begun else "empty" if gaps or not begun else "complete"
        words = f"{len(gaps)} left" if gaps else "optional" if not begun else ""
        for line in self.measures:
            line.refresh(assessment)
        scored = " · ".join(line.summary for line in self.measures if line.summary)
        self.set_state(state, " · ".join(part for part in (scored, words) if part))
        self._show_rest()
        evaluation, content = self._page.session.evaluation, self._page.session.content
        found = "\n".join(running_findings(self._group, evaluation, assessment, content))
        self._found.setText(found)
        self._found.setVisible(bool(found))

    def _make_rest(self) -> LinkButton | None:
        """The one act that answers what is left, where the content says with which option."""
        options = (option for item in self._group.items for option in item.options)
        label = next((option.label for option in options if option.id == self._group.rest), "")
        if not label:
            return None
        button = LinkButton(f"The rest: {label}")
        button.setAccessibleName(f"{self._group.title}, {button.text().lower()}")
        button.clicked.connect(self.answer_rest)
        self.add_act(button)
        return button

    def _unanswered(self) -> list[ItemId]:
        """What is asked here, not answered, and may be answered with the group's own option."""
        assessment, answers = self._page.session.assessment, self._page.session.evaluation.answers
        return [
            item_id
            for item in self._group.items
            if item.kind == "choice" and any(option.id == self._group.rest for option in item.options)
            for item_id in item.ids
            if item_id not in answers and shown(item, assessment, _side_of(item, item_id))
        ]

    def _show_rest(self) -> None:
        if self._rest is not None:
            locked = self._page.read_only or self._page.blocked
            self._rest.setVisible(not (self.folded or locked) and bool(self._unanswered()))

    def answer_rest(self) -> None:
        """Give what is not answered yet the one option of the group; undone as one."""
        if unanswered := self._unanswered():
            self._page.session.answer_all(dict.fromkeys(unanswered, self._group.rest))

    def row(self, item_id: ItemId) -> ItemRow | None:
        """The row of an item, opened and made if need be; None when it is not asked now."""
        own = item_id.removesuffix(".right").removesuffix(".left")
        name = item_id if item_id in self._order else own
        if name not in self._order:
            return None
        if self.folded:
            self.set_folded(False)
        self.make_rows(self._page.session.assessment)
        return self._rows.get(name)

    def editors(self) -> list[Editor]:
        return [editor for row in self._rows.values() for editor in row.editors.values()]

    def set_label_width(self, width: int) -> None:
        for row in self._rows.values():
            row.set_label_width(width)

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        for row in self._rows.values():
            row.set_compact(compact)
        self._rows_place.setSpacing(style.px(3 if compact else 6))

    def has_sides(self) -> bool:
        """Whether two columns of answers are to be seen in it."""
        return not self.folded and any(row.item.sides and not row.isHidden() for row in self._rows.values())

    def _opened(self, folded: bool) -> None:
        if not folded:
            self.make_rows(self._page.session.assessment)
            self._refresh_rows(self._page.session.assessment)
        self._show_rest()
        self._page.show_heads()

    def rows_made(self) -> int:
        return len(self._rows)

    def lacks_rows(self, assessment: Assessment) -> bool:
        """Whether an item that is asked has no row yet; a folded group needs none."""
        return not self.folded and self._next_item(assessment) is not None

    def make_row(self, assessment: Assessment) -> None:
        """Make the first row that is lacking."""
        item = self._next_item(assessment)
        if item is None:
            return
        row = ItemRow(item, self._page)
        row.set_compact(self._compact)
        row.refresh(assessment)
        before = self._order[: self._order.index(item.id)]
        self._rows_place.insertWidget(sum(1 for name in before if name in self._rows), row)
        self._rows[item.id] = row
        row.show()  # now, not with a later event: it is laid out with the others

    def make_rows(self, assessment: Assessment) -> None:
        """Make all rows now."""
        while self.lacks_rows(assessment):
            self.make_row(assessment)

    def _next_item(self, assessment: Assessment) -> Item | None:
        lacking = (item for item in self._group.items if item.id not in self._rows)
        return next((item for item in lacking if _asked(item, assessment)), None)

    def _refresh_rows(self, assessment: Assessment) -> None:
        for row in self._rows.values():
            row.setVisible(row.refresh(assessment))


class StepPage(LockablePage):
    """A step as its content says: a new question is a line of TOML, never a new widget."""

    def __init__(self, step: Step, session: EvaluationSession) -> None:
        super().__init__(session, step.title, step.hint, step.short)
        self.step, self.step_id = step, step.id
        self._rated = {d.item_id for d in session.content.differentials.values()}
        self._signs: tuple[Assessment, dict[ItemId, str]] | None = None
        sided = any(item.sides for item in step.items)
        self.room = 2 * SIDE + GAP if sided else ALONE
        self.label_width = 200
        self._heads = self._make_heads() if sided else None
        if self._heads is not None:
            self.body.addWidget(self._heads)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.inner = QWidget()
        self.cards: QVBoxLayout = style.column(self.inner, spacing=8)
        self.groups: list[GroupCard] = []
        self.cards.addStretch(1)
        self.parts = self._make_groups()
        self.area.setWidget(self.inner)
        self.body.addWidget(self.area, 1)
        self._compact = False
        self._fill = QTimer(self, interval=0)
        self._fill.timeout.connect(self._make_more_rows)

    def gaps(self) -> frozenset[ItemId]:
        """What is still to answer here."""
        return frozenset(self.session.progress[self.step_id].gaps)

    def signs(self, item_id: ItemId) -> str:
        """What speaks for and against the cause that this item rates; empty for every other item."""
        if item_id not in self._rated:
            return ""
        assessment = self.session.assessment
        if self._signs is None or self._signs[0] is not assessment:
            found = causes(self.session.evaluation, assessment.known, self.session.content)
            self._signs = (
                assessment,
                {cause.differential.item_id: in_short(cause) for cause in found.values()},
            )
        return self._signs[1].get(item_id, "")

    @property
    def at_work(self) -> bool:
        return self._fill.isActive()

    def _make_groups(self) -> Iterator[None]:
        for group in self.step.groups:
            card = GroupCard(group, self)
            card.set_compact(self._compact)
            self.cards.insertWidget(len(self.groups), card)
            self.groups.append(card)
            yield

    def pieces(self) -> Iterator[None]:
        for _ in self.parts:
            yield
        assessment = self.session.assessment
        for group in self.groups:
            while group.lacks_rows(assessment):
                group.make_row(assessment)
                yield
                assessment = self.session.assessment
        self.prepare()
        yield

    def refresh(self) -> None:
        assessment = self.session.assessment
        for group in self.groups:
            group.refresh(assessment)
        self._make_rows(lambda made: made < FIRST_ROWS)
        self.show_lock()
        self.show_heads()

    def show_heads(self) -> None:
        """RIGHT and LEFT stand above the columns while there are two."""
        if self._heads is not None:
            self._heads.show_sore(self.session.evaluation.sore_knee)
            self._heads.setVisible(any(group.has_sides() for group in self.groups))

    def _make_rows(self, go_on: Callable[[int], bool]) -> None:
        """Make rows from the top while there is reason to go on; the rest follows between two events."""
        assessment = self.session.assessment
        made = sum(group.rows_made() for group in self.groups)
        for group in self.groups:
            while group.lacks_rows(assessment):
                if not go_on(made):
                    self._fill.start()
                    return
                group.make_row(assessment)
                made += 1
        self._fill.stop()
        style.settle()

    def _make_more_rows(self) -> None:
        until = perf_counter() + SLICE_S
        self._make_rows(lambda _: perf_counter() < until)
        self.show_heads()

    def focus_item(self, item_id: ItemId) -> bool:
        for group in self.groups:
            row = group.row(item_id)
            if row is None:
                continue
            editor = row.editors.get(item_id) or next(iter(row.editors.values()))
            self.cards.activate()
            editor.setFocus(Qt.FocusReason.OtherFocusReason)
            self.area.ensureWidgetVisible(row, 0, style.px(60))
            return True
        return False

    def commit(self) -> None:
        for group in self.groups:
            for editor in group.editors():
                editor.commit()

    def keys(self) -> list[tuple[str, str]]:
        found = [("/", "not tested: choose the reason"), ("first letter, arrows", "choose an answer")]
        if self._heads is not None:
            found.append(("=", "copy right to left"))
        return found

    def set_compact(self, compact: bool) -> None:
        if compact == self._compact:
            return
        self._compact = compact
        self.cards.setSpacing(style.px(5 if compact else 8))
        for group in self.groups:
            group.set_compact(compact)

    def focusNextPrevChild(self, forward: bool) -> bool:
        moved = super().focusNextPrevChild(forward)
        self.show_focused()
        return moved

    def show_focused(self) -> None:
        """Scroll so that the field with the keyboard can be seen."""
        focused = self.window().focusWidget()
        if focused is not None and self.inner.isAncestorOf(focused):
            self.area.ensureWidgetVisible(focused, 0, style.px(48))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() / style.scale() - AROUND - INDENT - MARGIN
        answers = self.room
        width = int(min(LABEL[1], max(LABEL[0], room - answers - GAP)))
        if width != self.label_width:
            self.label_width = width
            for group in self.groups:
                group.set_label_width(width)
            self._place_heads()

    def _make_heads(self) -> SideHeads:
        heads = SideHeads(SIDE, gap=GAP)
        heads.line.addStretch(1)
        return heads

    def _place_heads(self) -> None:
        if self._heads is not None:
            self._heads.place(self.label_width, style.px(INDENT) + style.thin())


def _side_of(item: Item, item_id: ItemId) -> Side | None:
    if not item.sides:
        return None
    return "right" if item_id.endswith(".right") else "left"


def _asked(item: Item, assessment: Assessment) -> bool:
    return any(shown(item, assessment, _side_of(item, item_id)) for item_id in item.ids)
