"""One item of a step: its label and its answer, or an answer for each side, each with the mark of its side."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from evalassist.clinical.progress import shown
from evalassist.clinical.result import Assessment
from evalassist.content import Content
from evalassist.content.accuracy_words import accuracy_of
from evalassist.content.schema import Item
from evalassist.evaluation import SIDES, ItemId, Side
from evalassist.findings import brief_words
from evalassist.translate import tr
from ui import icons, style
from ui.widgets.editors import Editor, NumberEditor, editor_for
from ui.widgets.last_line import LastLine
from ui.widgets.side import WORDS, paint_badge
from ui.widgets.side_heads import SideHeads

if TYPE_CHECKING:
    from ui.pages.step import StepPage

SIDE = 272
"""What the answer of one side may take, at 100 % text."""
MARK = 18
"""The letter of its side before each answer, and the room after it."""
COLUMN = MARK + SIDE
GAP = 8
ASIDE = 60
"""How much further right an answer without sides begins, so that nobody reads it as that of the RIGHT."""


class Frame(NamedTuple):
    """How the rows of a page stand, at 100 % text."""

    inside: int
    """The whole width of a row."""
    label: int
    """The width of the labels."""
    sided: bool
    """Whether the page has answers by side."""
    stacked: bool
    """RIGHT stands above LEFT: two columns do not fit."""


class ItemRow(QWidget):
    """One item: its label, and its answer, or an answer for each side in the two columns."""

    def __init__(self, item: Item, page: StepPage) -> None:
        super().__init__()
        self.item, self._page = item, page
        self.editors: dict[ItemId, Editor] = {}
        self.last: dict[ItemId, LastLine] = {}
        """At a later visit what was found last time, below its field."""
        self._cells: dict[ItemId, QVBoxLayout] = {}
        self._instead: dict[ItemId, QLabel] = {}
        """What was measured, in the place of an answer by eye that is no longer asked."""
        self._marks: dict[ItemId, QWidget] = {}
        self._heads: SideHeads | None = None
        """RIGHT and LEFT above the first of several rows with sides."""
        self._frame = page.frame
        self._placed: tuple[Frame, bool, float] | None = None
        self._stack = style.column(self, spacing=0)
        self._line: QBoxLayout = style.row(spacing=GAP)
        self._stack.addLayout(self._line)
        self._line.addWidget(self._build_label(), 0, Qt.AlignmentFlag.AlignTop)
        self._help, self._accuracy = style.label("s", wrap=True), style.label("s", wrap=True)
        self._stack.addWidget(self._help)
        self._stack.addWidget(self._accuracy)
        self._accuracy.hide()
        self._compact = False
        self._content: Content | None = None
        self._show_help()
        self._signs = style.label("s")
        self._signs.setWordWrap(True)
        self._signs.hide()
        self._stack.addWidget(self._signs)
        self._answers: QBoxLayout = style.row(spacing=GAP)
        if item.sides:
            for side in SIDES:
                self._add_side(side)
        else:
            cell = style.column(spacing=1)
            cell.addWidget(self._editor(item.id, item.label, page.room), 0, Qt.AlignmentFlag.AlignTop)
            self._add_last(item.id, cell)
            self._answers.addLayout(cell, 1)
        self._line.addLayout(self._answers, 0 if item.sides else 1)
        if item.sides:
            self._line.addStretch(1)
        self.set_frame(page.frame)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    # ------------------------------------------------------------ building

    def _build_label(self) -> QWidget:
        cell = self._label_cell = QWidget()
        line: QHBoxLayout = style.row(cell, spacing=4)
        self._label = style.label("", self.item.label, wrap=True)
        self._label.setMinimumHeight(style.control_height())
        self._mark = QToolButton()
        self._mark.setProperty("bare", True)
        self._mark.setCursor(Qt.CursorShape.PointingHandCursor)
        icons.put_icon(self._mark, "about", "quiet", 14)
        self._mark.setCheckable(True)
        self._mark.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._mark.setAccessibleName(tr("{label}: accuracy of the test").format(label=self.item.label))
        self._mark.toggled.connect(self._show_accuracy)
        line.addWidget(self._label, 1)
        line.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignVCenter)
        return cell

    def _add_side(self, side: Side) -> None:
        place = QWidget()
        place.setFixedWidth(style.px(COLUMN))
        line: QHBoxLayout = style.row(place, spacing=0)
        mark = self._marks[f"{self.item.id}.{side}"] = _SideMark(side)
        line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        editor = self._editor(f"{self.item.id}.{side}", f"{self.item.label}, {side}", SIDE)
        cell = style.column(spacing=1)
        cell.addWidget(editor, 0, Qt.AlignmentFlag.AlignTop)
        self._cells[editor.item_id] = cell
        self._add_last(editor.item_id, cell)
        line.addLayout(cell, 1)
        self._answers.addWidget(place, 0, Qt.AlignmentFlag.AlignTop)

    def _add_last(self, item_id: ItemId, cell: QVBoxLayout) -> None:
        if self._page.session.last_words(item_id):
            editor = self.editors[item_id]
            line = self.last[item_id] = LastLine(item_id, editor.name, self._page.session, editor)
            line.said.connect(editor.go_on)
            cell.addLayout(line.place)

    def _editor(self, item_id: ItemId, name: str, room: int) -> Editor:
        editor = editor_for(self.item, name, room)
        editor.item_id = item_id
        editor.ask_in(self._page.session.settings.first_units)
        editor.answered.connect(partial(self._page.session.answer, item_id))
        editor.copy_wanted.connect(partial(self._copy_right_to_left, item_id))
        self.editors[item_id] = editor
        return editor

    # ------------------------------------------------------------ its place

    def set_frame(self, frame: Frame) -> None:
        """Stand in columns, or below each other where they do not fit: nothing is ever cut off."""
        self._frame = frame
        flow = QBoxLayout.Direction
        label = frame.label + (ASIDE if frame.sided and not self.item.sides else 0)
        left = style.px(frame.inside - label - GAP)
        widest = style.px(COLUMN) if self.item.sides else self._widest()
        below = widest > left
        placed = (frame, below, style.scale())
        if placed == self._placed:  # saying it again would lay out the whole page again
            return
        self._placed = placed
        self._label_cell.setFixedWidth(style.px(frame.inside if below else label))
        self._line.setDirection(flow.TopToBottom if below else flow.LeftToRight)
        self._line.setSpacing(0 if below else style.px(GAP))
        self._answers.setDirection(flow.TopToBottom if frame.stacked else flow.LeftToRight)
        self._answers.setSpacing(style.px(2 if frame.stacked else GAP))
        self._place_heads()

    def showEvent(self, event: QShowEvent) -> None:
        self.set_frame(self._frame)  # only now its fields know how wide they are
        super().showEvent(event)

    def _widest(self) -> int:
        return max(editor.minimumSizeHint().width() for editor in self.editors.values())

    def show_heads(self, wanted: bool) -> None:
        """Say RIGHT and LEFT above the two columns; only rows that have them come below these words."""
        if wanted and self._heads is None:
            self._heads = SideHeads(COLUMN, gap=GAP)
            self._heads.line.addStretch(1)
            self._stack.insertWidget(0, self._heads)
        if self._heads is not None:
            self._heads.show_sore(self._page.session.evaluation.sore_knee)
            self._heads.setVisible(wanted)
            self._place_heads()

    def _place_heads(self) -> None:
        if self._heads is not None:
            self._heads.set_stacked(self._frame.stacked)
            self._heads.place(0 if self._frame.stacked else self._frame.label, 0)

    def set_compact(self, compact: bool) -> None:
        """The remark under the label moves into its tooltip."""
        self._compact = compact
        self._help.setVisible(not compact and bool(self._help.text()))

    # ------------------------------------------------------------ showing

    def _show_help(self) -> None:
        """What the content says of it; the clinic may change a limit that it names."""
        content = self._page.session.content
        if content is self._content:
            return
        self._content = content
        item = content.items[self.item.id]
        accuracy = accuracy_of(item, content)
        self._help.setText(item.help)
        self._help.setVisible(not self._compact and bool(item.help))
        self._accuracy.setText(accuracy)
        self._mark.setVisible(bool(accuracy))
        self._mark.setToolTip(accuracy)
        self._label.setToolTip("\n".join(words for words in (item.help, accuracy) if words))

    def _show_accuracy(self, wanted: bool) -> None:
        self._accuracy.setVisible(wanted)

    def refresh(self, assessment: Assessment) -> bool:
        """Show the answers; False when nothing of this item is asked now."""
        answers = self._page.session.evaluation.answers
        self._show_help()
        style.say(self._label, t="" if self._page.session.counts(self.item) else "q")
        any_shown = False
        for item_id, editor in self.editors.items():
            asked = shown(self.item, assessment, side_of(self.item, item_id))
            any_shown = any_shown or asked
            editor.show_answer(answers.get(item_id))
            if isinstance(editor, NumberEditor) and self.item.unit_from:
                editor.name_unit(answers.get(self.item.unit_from))
            editor.setVisible(asked)
            told = "" if asked or not self.item.sides else self._measured_instead(side_of(self.item, item_id))
            if told and item_id not in self._instead:
                self._instead[item_id] = style.label("s", wrap=True)
                self._cells[item_id].addWidget(self._instead[item_id])
            if item_id in self._instead:
                self._instead[item_id].setText(told)
                self._instead[item_id].setVisible(bool(told))
            if item_id in self._marks:
                self._marks[item_id].setVisible(asked or bool(told))
            if item_id in self.last:
                self.last[item_id].set_shown(asked)
        self.setEnabled(not self._page.read_only and not self._page.blocked)
        self._show_signs(self._page.signs(self.item.id))
        self._hint()
        return any_shown

    def _hint(self) -> None:
        """What stands beside the item is heard with its first answer; of another cause, what speaks for and against.

        What was found last time is heard with each.
        """
        words = " ".join(filter(None, (self._help.text(), self._signs.text())))
        for item_id, editor in self.editors.items():
            asked = not editor.isHidden()
            last = self._page.session.last_told(item_id).words if item_id in self.last else ""
            editor.hint(" ".join(filter(None, (f"{last}." if last else "", words))) if asked else "")
            if asked:
                words = ""

    def hideEvent(self, event: QHideEvent) -> None:
        """The step or the view is left, the keyboard may be nowhere."""
        super().hideEvent(event)
        if not event.spontaneous():
            for line in self.last.values():
                line.disarm()

    def say_same(self, item_id: ItemId) -> None:
        """The same as last time, for this one field; what is typed in it goes before."""
        if item_id in self.last and self.isEnabled():
            self.editors[item_id].commit()
            self.last[item_id].say_same()

    def _measured_instead(self, side: Side | None) -> str:
        """What was measured where the answer by eye is no longer asked, `6° measured`, or the total of its points."""
        content, answers = self._page.session.content, self._page.session.evaluation.answers
        parts = self.item.shown_when.walk() if self.item.shown_when else ()
        names = [(part.fact or "").replace("{side}", side or "") for part in parts if part.answered is False]
        items = {name: content.asked[name][0] for name in names if name in answers}
        told = ", ".join(brief_words(item, answers[name], None) for name, item in items.items())
        words = tr("{told} measured") if any(item.unit for item in items.values()) else tr("total {told}")
        return words.format(told=told) if told else ""

    def _show_signs(self, words: str) -> None:
        """What speaks for and against the cause that is rated here, so far."""
        if words != self._signs.text():
            self._signs.setText(words)
            self._signs.setVisible(bool(words))

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


class _SideMark(QWidget):
    """The letter of a side in its shape, before the answer of that side; the answer's own name says it aloud."""

    def __init__(self, side: Side) -> None:
        super().__init__()
        self._side: Side = side
        self.setAccessibleName(WORDS[side])
        self.setFixedSize(style.px(MARK), style.control_height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = style.px(13)
        paint_badge(painter, QRectF(0, (self.height() - size) / 2, size, size), self._side)


def side_of(item: Item, item_id: ItemId) -> Side | None:
    """The side that an answer of this item is for; None where it has none."""
    if not item.sides:
        return None
    return "right" if item_id.endswith(".right") else "left"
