"""What if: change any finding in a scratch copy and see labels, plan and goals change beside the present ones."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from evalassist.clinical.whatif import Compared, changed_answers, compare, outcome_of, rests_on
from evalassist.evaluation import Answer, ItemId
from evalassist.translate import tr, trn
from ui import icons, style
from ui.dialogs.palette import Command, fitting
from ui.session import EvaluationSession
from ui.spoken import Said
from ui.widgets.cards import Card
from ui.widgets.comparison import ComparisonTable, summary
from ui.widgets.finding_row import FindingRow
from ui.widgets.roomy import ScrolledDown, take_room
from ui.widgets.segments import Choice, SegmentedControl

WIDE = 1100
"""Findings and what follows stand side by side from this width on, at 100 % text; else one of them is shown."""
FINDINGS, FOLLOWS = "findings", "follows"
MOST_FOUND = 8


class WhatIfDialog(QDialog):
    """A scratch copy of the answers. Nothing is written until "Use these", which is one change, undone as one."""

    def __init__(self, session: EvaluationSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._content = session, session.content
        self._evaluation = session.evaluation
        self.scratch = replace(self._evaluation, signature=None)
        """What is tried out; never kept."""
        self._now = outcome_of(self._evaluation, self._content, session.episode)
        self.rows: dict[ItemId, FindingRow] = {}
        self._compared: tuple[Compared, ...] = ()
        self.setWindowTitle(tr("What if"))
        self._findings, self._follows = self._build_findings(), self._build_outcome()
        panes = style.row(spacing=12)
        panes.addWidget(self._findings, 2)
        panes.addWidget(self._follows, 3)
        self.views = SegmentedControl(
            [Choice(FINDINGS, tr("Findings")), Choice(FOLLOWS, tr("What follows"))],
            tr("Findings or what follows"),
        )
        self.views.set_value(FINDINGS)
        self.views.answered.connect(self._show_view)
        self.says = Said("b", wrap=True)
        stack = style.column(self, (14, 10, 14, 12), spacing=8)
        head = style.row(spacing=10)
        head.addWidget(style.label("h1", tr("What if")))
        head.addWidget(self.says, 1)
        head.addWidget(self.views)
        stack.addLayout(head)
        stack.addLayout(panes, 1)
        stack.addLayout(self._build_ends())
        for item_id in rests_on(self._now, self._content):
            self._add_row(item_id)
        self._show()
        take_room(self, 1300, 820)
        self.search.setFocus()

    # ------------------------------------------------------------ building

    def _build_findings(self) -> Card:
        card = Card(tr("Findings"), tr("that the plan rests on"))
        self.search = QLineEdit()
        self.search.setAccessibleName(tr("Find any other finding to change"))
        self.search.setPlaceholderText(tr("Any other finding"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._find)
        self.search.installEventFilter(self)
        self.found = QListWidget()
        self.found.setAccessibleName(tr("Findings with these words"))
        self.found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.found.itemClicked.connect(self._take)
        self.found.hide()
        self._commands: list[Command] = []
        inner = QWidget()
        self._list: QVBoxLayout = style.column(inner, (0, 0, 6, 0), spacing=2)
        self._list.addStretch(1)
        self._area = ScrolledDown(inner)
        card.body.addWidget(self.search)
        card.body.addWidget(self.found)
        card.body.addWidget(self._area, 1)
        return card

    def _build_outcome(self) -> Card:
        card = Card(tr("As it is, and as it would be"))
        self.only_changes = QCheckBox(tr("Only what changes"))
        self.only_changes.toggled.connect(self._draw)
        card.title_row.addWidget(self.only_changes)
        self.table = ComparisonTable()
        card.body.addWidget(self.table, 1)
        return card

    def _build_ends(self) -> QBoxLayout:
        self.leave, self.use = QPushButton(tr("Leave it as it is")), QPushButton(tr("Use these"))
        self.leave.setAutoDefault(False)
        self.use.setAutoDefault(False)
        self.use.setProperty("kind", "primary")
        icons.put_icon(self.use, "accept-all", "accent_ink")
        self.leave.clicked.connect(self.reject)
        self.use.clicked.connect(self._use)
        self._note = style.label("s", wrap=True)
        self._note.setMinimumWidth(style.px(120))
        ends = style.row(spacing=8)
        ends.addWidget(self._note, 1)
        ends.addWidget(self.leave)
        ends.addWidget(self.use)
        return ends

    # ------------------------------------------------------------ choosing what to vary

    def _find(self, typed: str) -> None:
        self.found.clear()
        if not self._commands:
            self._commands = self._findable()
        hits = list(fitting(self._commands, typed))[:MOST_FOUND] if typed.strip() else []
        for command in hits:
            entry = QListWidgetItem(f"{command.words}    {command.where}")
            entry.setData(Qt.ItemDataRole.UserRole, self._commands.index(command))
            self.found.addItem(entry)
        self.found.setVisible(bool(hits))
        self.found.setCurrentRow(0)
        line = self.found.sizeHintForRow(0) if hits else 0
        self.found.setFixedHeight(line * len(hits) + style.px(8))

    def _findable(self) -> list[Command]:
        content = self._content
        return [
            Command(
                content.label(item_id),
                content.steps[content.step_of[item.id]].short,
                partial(self.vary, item_id),
            )
            for item_id, (item, _) in content.asked.items()
        ]

    def _take(self, entry: QListWidgetItem | None) -> None:
        if entry is not None:
            act = self._commands[entry.data(Qt.ItemDataRole.UserRole)].act
            self.search.clear()
            act()

    def vary(self, item_id: ItemId) -> None:
        """Open this finding to be changed, with the keyboard on it."""
        row = self.rows.get(item_id) or self._add_row(item_id, first=True)
        row.open()
        style.settle()
        self._area.ensureWidgetVisible(row, 0, style.px(24))

    def _add_row(self, item_id: ItemId, *, first: bool = False) -> FindingRow:
        row = self.rows[item_id] = FindingRow(item_id, self._content, self._evaluation, self._now.assessment)
        row.answered.connect(self._answered)
        self._list.insertWidget(0 if first else self._list.count() - 1, row)
        return row

    # ------------------------------------------------------------ trying out

    def _answered(self, item_id: ItemId, answer: Answer | None) -> None:
        if answer is None:
            self.scratch = self.scratch.without_answer(item_id)
        else:
            self.scratch = self.scratch.with_answer(item_id, answer)
        self._show()

    def _show(self) -> None:
        then = outcome_of(self.scratch, self._content, self._session.episode)
        for row in self.rows.values():
            row.show_answer(self.scratch, then.assessment)
        self._compared = compare(self._now, then, self._content)
        differences = changed_answers(self._evaluation, self.scratch)
        signed = self._session.signed
        self.use.setEnabled(bool(differences) and not signed)
        count = len(differences)
        changed = tr("{count} {what} changed here.").format(
            count=count, what=trn("finding is", "findings are", count)
        )
        if signed:
            self._note.setText(
                tr("This evaluation is signed: it can be looked at from here, and not changed.")
            )
        else:
            self._note.setText(
                tr("{changed} Nothing is kept until you use them.").format(changed=changed) if count else ""
            )
        self.says.setText(summary(self._compared) if count else tr("Try other findings; nothing is kept."))
        self._draw()

    def _draw(self) -> None:
        self.table.show_compared(self._compared, only_changes=self.only_changes.isChecked())

    # ------------------------------------------------------------ leaving

    def _use(self) -> None:
        self._session.answer_all(changed_answers(self._evaluation, self.scratch))
        self.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self.found.count():
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                by = 1 if event.key() == Qt.Key.Key_Down else -1
                self.found.setCurrentRow((self.found.currentRow() + by) % self.found.count())
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.found.currentItem())
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field goes on to the next; it never closes what is being tried out."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_view()

    def _show_view(self, _: object = None) -> None:
        wide = self.width() >= style.px(WIDE)
        follows = self.views.value == FOLLOWS
        self.views.setVisible(not wide)
        self._findings.setVisible(wide or not follows)
        self._follows.setVisible(wide or follows)
