"""What a warning asks for in words: who was told, and why it goes on all the same."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from evalassist.clinical.progress import shown
from evalassist.clinical.result import Assessment
from evalassist.content.schema import Group, Item
from evalassist.evaluation import Answers, ItemId
from ui import style
from ui.session import EvaluationSession
from ui.widgets.cards import Card
from ui.widgets.editors import Editor, editor_for
from ui.widgets.panel_lines import DOUBT

ROOM = 420


class GoingOnCard(Card):
    """The lines of text that stand beside a warning; each is there while the safety action asks for it."""

    def __init__(self, group: Group, session: EvaluationSession) -> None:
        super().__init__(group.title, group.hint)
        self._group, self._session = group, session
        self.editors: dict[ItemId, Editor] = {}
        self._rows: dict[ItemId, QWidget] = {}
        self._doubts: dict[ItemId, QLabel] = {}
        """Below an answer: what does not fit together with it."""

    def refresh(self, assessment: Assessment, answers: Answers, *, read_only: bool) -> None:
        """Show what is asked now, and the answers; nothing asked, no card."""
        for item in self._group.items:
            asked = shown(item, assessment)
            if asked and item.id not in self._rows:
                self._add(item)
            if item.id in self._rows:
                self._rows[item.id].setVisible(asked)
                self.editors[item.id].show_answer(answers.get(item.id))
                self._say_doubts(item.id, read_only=read_only)
        self.setVisible(any(shown(item, assessment) for item in self._group.items))
        for row in self._rows.values():
            row.setEnabled(not read_only)

    def _say_doubts(self, item_id: ItemId, *, read_only: bool) -> None:
        """The reasoning panel says it too, and may be folded; in a signed evaluation there is nothing to mend."""
        told = () if read_only else self._session.contradictions
        doubts = [one.text for one in told if item_id in one.items]
        words = f"{DOUBT}: {' '.join(doubts)}" if doubts else ""
        self._doubts[item_id].setText(words)
        self._doubts[item_id].setVisible(bool(words))
        self.editors[item_id].hint(words)

    def _add(self, item: Item) -> None:
        row = QWidget()
        stack = style.column(row, spacing=2)
        stack.addWidget(style.label("b", item.label, wrap=True))
        if item.help:
            stack.addWidget(style.label("s", item.help, wrap=True))
        editor = editor_for(item, item.label, ROOM)
        editor.item_id = item.id
        editor.answered.connect(partial(self._session.answer, item.id))
        stack.addWidget(editor)
        doubts = self._doubts[item.id] = style.label("s", wrap=True)
        style.say(doubts, c="att")
        stack.addWidget(doubts)
        before = [
            other for other in self._group.items[: self._group.items.index(item)] if other.id in self._rows
        ]
        self.body.insertWidget(len(before), row, 0, Qt.AlignmentFlag(0))
        self._rows[item.id], self.editors[item.id] = row, editor
