"""Any step that is drawn from content: groups as quiet cards, labels left, answers right, RIGHT before LEFT."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from evalassist.clinical.differentials import in_short
from evalassist.clinical.progress import knee_meant, shown
from evalassist.clinical.result import Assessment
from evalassist.clinical.same_as import group_offered
from evalassist.content.schema import Group, Item, Step
from evalassist.evaluation import SIDES, Answer, ItemId, Side
from evalassist.translate import tr
from ui import spoken, style
from ui.pages.base import KNEES
from ui.pages.filling import Filling
from ui.pages.item_row import COLUMN, GAP, Frame, ItemRow, side_of
from ui.pages.locked import LockablePage
from ui.pages.scores import (
    MeasureLine,
    RatingLine,
    changed_scores,
    findings_to_come,
    measures_of,
    ratings_of,
    running_findings,
)
from ui.session import EvaluationSession
from ui.widgets.cards import FoldingGroup
from ui.widgets.editors import Editor, legend
from ui.widgets.glyph import State
from ui.widgets.last_line import SAME_KEY
from ui.widgets.marks import LinkButton

LABEL = (150, 260)
"""Narrowest and widest column of labels, at 100 % text."""
ALONE = 480
"""What an answer without sides may take, at 100 % text."""
INDENT, MARGIN = 18, 14
"""What a folding group leaves free at its left and right."""
AROUND = 50
"""What the page, the scroll bar and the edges of a card take."""


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
        self.body.addWidget(self._words)
        self._words.setVisible(bool(self._words.text()))
        self._knee = style.label("s", wrap=True)
        style.say(self._knee, c="att")
        self.body.addWidget(self._knee)
        self._rows_place: QVBoxLayout = style.column(spacing=6)
        self.body.addLayout(self._rows_place)
        self._lines = 0
        """So many lines what is found keeps, told or not: nothing below moves while one clicks."""
        self._found = style.label()
        self._found.setProperty("t", "b")
        self._found.setWordWrap(True)
        self.body.addWidget(self._found)
        for line in self.measures:
            self.body.addWidget(line)
        for rating in ratings_of(group, page.session.content):
            self.body.addWidget(RatingLine(rating))
        self._rest = self._make_rest()
        self._as_last = self._make_as_last()
        self.folded_changed.connect(self._opened)
        ids = frozenset(item_id for item in group.items for item_id in item.ids)
        answered = not ids.isdisjoint(page.session.evaluation.answers)
        waits = not ids.isdisjoint(page.gaps())  # a later visit may wait for what is optional otherwise
        self.set_folded(self._optional and not (answered or waits or group.open))

    def refresh(self, assessment: Assessment) -> None:
        """Show the answers, what of the group is asked, and how far it is."""
        knee = knee_meant(self._group, self._page.session.evaluation)
        self._knee.setText(knee)
        self._knee.setVisible(bool(knee))
        asked = [item for item in self._group.items if _asked(item, assessment)]
        self.setVisible(bool(asked))
        if not self.folded:
            self._refresh_rows(assessment)
        answers = self._page.session.evaluation.answers
        gaps = self._page.gaps().intersection(i for item in asked for i in item.ids)
        begun = any(item_id in answers for item in asked for item_id in item.ids)
        state: State = "partly" if gaps and begun else "empty" if gaps or not begun else "complete"
        words = tr("{count} left").format(count=len(gaps)) if gaps else tr("optional") if not begun else ""
        for line in self.measures:
            line.refresh(assessment)
        scored = " · ".join(line.summary for line in self.measures if line.summary)
        self.set_state(state, " · ".join(part for part in (scored, words) if part))
        self._show_rest()
        session = self._page.session
        found = (*running_findings(self._group, session), *changed_scores(self._group, session))
        open_ids = frozenset(item_id for item in asked for item_id in item.ids)
        to_come = findings_to_come(open_ids, assessment, session.content)
        self._keep_lines(len(found) + to_come)
        self._found.setText("\n".join(found))

    def _keep_lines(self, lines: int) -> None:
        if lines > self._lines:
            self._lines = lines
            self._found.ensurePolished()
            self._found.setText("\n".join("x" * lines))
            self._found.setMinimumHeight(self._found.sizeHint().height())
        self._found.setVisible(self._lines > 0)

    def _make_rest(self) -> LinkButton | None:
        """The one act that answers what is left, where the content says with which option."""
        if not any(option.id == self._group.rest for item in self._group.items for option in item.options):
            return None
        button = LinkButton("")
        button.clicked.connect(self.answer_rest)
        self.add_act(button)
        return button

    def _rest_words(self, left: Sequence[ItemId]) -> str:
        options = (option for item in self._group.items for option in item.options)
        label = next(option.label for option in options if option.id == self._group.rest)
        for side in SIDES:
            if left and left[0].endswith(f".{side}") and side not in self._page.session.evaluation.sore_sides:
                return tr("The rest, {side}: {label}").format(side=KNEES[side], label=label)
        return tr("The rest: {label}").format(label=label)

    def _make_as_last(self) -> LinkButton | None:
        """At a later visit the ratings of such a group are one judgment: one act says that it stands."""
        judged = any(self._page.rates_a_cause(item.id) for item in self._group.items)
        if self._rest is None or not judged or not self._page.session.earlier:
            return None
        button = LinkButton(tr("The rest: as last time"))
        button.setAccessibleName(tr("{title}, the rest: as last time").format(title=self._group.title))
        button.setToolTip(tr("Each is marked as the same; what was left out then stays open"))
        button.clicked.connect(self.answer_as_last)
        self.add_act(button)
        return button

    def _as_last_offered(self) -> dict[ItemId, tuple[Answer, date]]:
        session = self._page.session
        return group_offered(
            self._group.items, session.evaluation, session.last_answers, session.assessment, session.content
        )

    def answer_as_last(self) -> None:
        """Give every untouched rating of this group its last answer, each marked; undone as one."""
        self._page.session.say_same(self._as_last_offered())

    def unanswered(self) -> list[ItemId]:
        """What is asked of the sore knee here, is not answered, and may be answered with the group's own option.

        Once nothing is left of it: what is asked of the sound one, where that is examined as well.
        """
        sore = self._page.session.evaluation.sore_sides
        of_sore = self._unanswered((None, *sore))
        if of_sore or self._group.rest_at_sore_knee:
            return of_sore
        return self._unanswered([side for side in SIDES if side not in sore])

    def _unanswered(self, sides: Collection[Side | None]) -> list[ItemId]:
        assessment, answers = self._page.session.assessment, self._page.session.evaluation.answers
        return [
            item_id
            for item in self._group.items
            if item.kind == "choice"
            if any(option.id == self._group.rest for option in item.options)
            for item_id in item.ids
            if side_of(item, item_id) in sides and item_id not in answers
            if shown(item, assessment, side_of(item, item_id))
        ]

    def _show_rest(self) -> None:
        if self._rest is not None:
            locked = self._page.read_only or self._page.blocked
            left = self.unanswered()
            self._rest.setText(self._rest_words(left))
            self._rest.setAccessibleName(f"{self._group.title}, {self._rest.text().lower()}")
            self._rest.setVisible(not (self.folded or locked) and bool(left))
            if self._as_last is not None:
                self._as_last.setVisible(not (self.folded or locked) and bool(self._as_last_offered()))

    def answer_rest(self) -> None:
        """Give what is not answered yet the one option of the group; undone as one."""
        if unanswered := self.unanswered():
            rest = self._rest_words(unanswered)
            self._page.session.answer_all(dict.fromkeys(unanswered, self._group.rest))
            words = tr("{title}: {count} answered. {rest}")
            spoken.say(self, words.format(title=self._group.title, count=len(unanswered), rest=rest))

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

    def first_item(self, assessment: Assessment) -> ItemId:
        """The first answer of the group that is asked now, or an empty word."""
        asked = (
            item_id
            for item in self._group.items
            for item_id in item.ids
            if shown(item, assessment, side_of(item, item_id))
        )
        return next(asked, "")

    def rows(self) -> list[ItemRow]:
        """The rows made so far, in their order."""
        return [self._rows[item_id] for item_id in self._order if item_id in self._rows]

    def editors(self) -> list[Editor]:
        return [editor for row in self._rows.values() for editor in row.editors.values()]

    def set_frame(self, frame: Frame) -> None:
        for row in self._rows.values():
            row.set_frame(frame)

    def set_compact(self, compact: bool) -> None:
        self._compact = compact
        for row in self._rows.values():
            row.set_compact(compact)
        self._rows_place.setSpacing(style.px(3 if compact else 6))

    def _show_heads(self) -> None:
        """RIGHT and LEFT above each run of rows that have sides, and above no other."""
        before = False
        for row in self.rows():
            if not row.isHidden():
                row.show_heads(row.item.sides and not before)
                before = row.item.sides

    def _opened(self, folded: bool) -> None:
        if not folded:
            self.make_rows(self._page.session.assessment)
            self._refresh_rows(self._page.session.assessment)
        self._show_rest()

    def rows_made(self) -> int:
        return len(self._rows)

    def lacks_rows(self, assessment: Assessment, *, folded: bool = False) -> bool:
        """Whether an item that is asked has no row yet; a folded group needs none, unless `folded` is asked for."""
        return (folded or not self.folded) and self._next_item(assessment) is not None

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
        self._show_heads()

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
        self._show_heads()


class StepPage(LockablePage):
    """A step as its content says: a new question is a line of TOML, never a new widget."""

    def __init__(self, step: Step, session: EvaluationSession, parent: QWidget | None = None) -> None:
        super().__init__(session, step.title, step.hint, step.short, parent)
        self.step, self.step_id = step, step.id
        self._rated = {d.item_id for d in session.content.differentials.values()}
        self._signs: tuple[Assessment, dict[ItemId, str]] | None = None
        self.room = ALONE
        self._sided = any(item.sides for item in step.items)
        self.frame = Frame(760, 200, self._sided, stacked=False)
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
        self._filling = Filling(self, session, self.groups, then=lambda: self._show_wanted())
        self._wanted: ItemRow | None = None
        """The row that was gone to, until the page stands as it will."""
        self._scroll_later = QTimer(self, interval=0, singleShot=True)
        self._scroll_later.timeout.connect(self._scroll_once_more)

    def gaps(self) -> frozenset[ItemId]:
        """What is still to answer here."""
        return frozenset(self.session.progress[self.step_id].gaps)

    def rates_a_cause(self, item_id: ItemId) -> bool:
        """Whether the item says how likely another cause is."""
        return item_id in self._rated

    def signs(self, item_id: ItemId) -> str:
        """What speaks for and against the cause that this item rates; empty for every other item."""
        if not self.rates_a_cause(item_id):
            return ""
        assessment = self.session.assessment
        if self._signs is None or self._signs[0] is not assessment:
            found = self.session.causes.values()
            self._signs = (assessment, {cause.differential.item_id: in_short(cause) for cause in found})
        return self._signs[1].get(item_id, "")

    @property
    def at_work(self) -> bool:
        return self._filling.at_work

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
        yield from self._filling.pieces()
        self.prepare()
        yield

    def refresh(self) -> None:
        assessment = self.session.assessment
        for group in self.groups:
            group.refresh(assessment)
        self._filling.begin()
        self.show_lock()

    def focus_item(self, item_id: ItemId) -> bool:
        for group in self.groups:
            row = group.row(item_id)
            if row is None:
                continue
            editor = row.editors.get(item_id) or next(iter(row.editors.values()))
            self.cards.activate()
            editor.setFocus(Qt.FocusReason.OtherFocusReason)
            self._wanted = row
            self._show_wanted()
            return True
        return False

    def focus_start(self) -> None:
        assessment = self.session.assessment
        first = next((found for group in self.groups if (found := group.first_item(assessment))), "")
        if first and not self.read_only:
            self.focus_item(first)

    def _show_wanted(self) -> None:
        """Scroll to the row that was gone to; again while rows above it are still being made and laid out."""
        if self._wanted is None:
            return
        style.settle()
        self.area.ensureWidgetVisible(self._wanted, 0, style.px(60))
        if not self.at_work:
            self._scroll_later.start()

    def _scroll_once_more(self) -> None:
        row, self._wanted = self._wanted, None
        if row is not None and isValid(row):
            self.area.ensureWidgetVisible(row, 0, style.px(60))

    def go_group(self, by: int) -> None:
        focused = self.window().focusWidget()
        groups = [group for group in self.groups if not group.isHidden()]
        here = [at for at, group in enumerate(groups) if focused and group.isAncestorOf(focused)]
        at = here[0] + by if here else 0 if by > 0 else len(groups) - 1
        if 0 <= at < len(groups):
            groups[at].set_folded(False)
            first = groups[at].first_item(self.session.assessment)
            if first:
                self.focus_item(first)

    def none_of_these(self) -> None:
        """Ctrl+Shift+N: the one act that answers the rest of the group with the keyboard.

        From elsewhere it only goes to the next group that offers it: what nobody read is not answered.
        """
        if self.read_only or self.blocked:
            return
        focused = self.window().focusWidget()
        at = next((n for n, group in enumerate(self.groups) if focused and group.isAncestorOf(focused)), 0)
        wanted = next((each for each in (*self.groups[at:], *self.groups[:at]) if each.unanswered()), None)
        if wanted is None:
            return
        if focused is not None and wanted.isAncestorOf(focused) and not wanted.folded:
            wanted.answer_rest()
        else:
            self.focus_item(wanted.unanswered()[0])

    def commit(self) -> None:
        for group in self.groups:
            for editor in group.editors():
                editor.commit()

    def keys(self) -> list[tuple[str, str]]:
        found = [
            ("/", tr("not tested: choose the reason")),
            (tr("first letter, arrows"), tr("choose an answer")),
            ("Ctrl+Down, Ctrl+Up", tr("the group after, before")),
        ]
        if any(group.rest for group in self.step.groups):
            found.append(("Ctrl+Shift+N", tr("the rest of a group, where one answer is offered for it")))
        if self._sided:
            found.append(("=", tr("copy right to left")))
        if self.session.earlier:
            found.append((SAME_KEY, tr("the same as last time, for this field")))
        return found

    def same_as_last(self) -> None:
        item_id = self.focused_item()
        for group in self.groups:
            for row in group.rows():
                if item_id in row.editors:
                    row.say_same(item_id)

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
        inside = int(self.width() / style.scale()) - AROUND - INDENT - MARGIN
        columns = COLUMN + GAP + COLUMN
        stacked = self._sided and inside < LABEL[0] + GAP + columns
        answers = COLUMN if stacked else columns if self._sided else self.room
        label = min(LABEL[1], max(LABEL[0], inside - answers - GAP))
        frame = Frame(inside, label, self._sided, stacked)
        if frame != self.frame:
            self.frame = frame
            for group in self.groups:
                group.set_frame(frame)


def _asked(item: Item, assessment: Assessment) -> bool:
    return any(shown(item, assessment, side_of(item, item_id)) for item_id in item.ids)
