"""Facts of billing and documentation below a card of the plan, to be read where they are needed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from evalassist.content import Content
from evalassist.content.entries import TRUST
from evalassist.content.record_schema import RecordFact
from evalassist.translate import tr
from ui import style
from ui.widgets.marks import LinkButton
from ui.widgets.plan_cards import empty

CITED = ("V", "V2")


class RecordFacts(QWidget):
    """What is needed at once stands open; the rest unfolds. Facts of one source stand together, the source once."""

    def __init__(self, card: str, content: Content) -> None:
        super().__init__()
        self._card, self._references = card, content.references
        self._facts: Sequence[RecordFact] = ()
        stack = style.column(self, spacing=2)
        self._list: QVBoxLayout = style.column(spacing=2)
        stack.addLayout(self._list)
        self._more = LinkButton("")
        self._more.setCheckable(True)
        self._more.clicked.connect(self._draw)
        stack.addWidget(self._more)

    def show_facts(self, facts: Sequence[RecordFact]) -> None:
        """Show those of the facts that stand on this card."""
        own = [fact for fact in facts if fact.card == self._card]
        if own != self._facts:
            self._facts = own
            self._draw()

    def _draw(self) -> None:
        empty(self._list)
        shown = [fact for fact in self._facts if fact.unfolded or self._more.isChecked()]
        for source in dict.fromkeys(map(self._source, shown)):
            facts = "\n".join(fact.says for fact in shown if self._source(fact) == source)
            self._list.addWidget(style.label("s", f"{facts} ({source})", wrap=True))
            self._list.addSpacing(style.px(4))
        folded = sum(not fact.unfolded for fact in self._facts)
        self._more.setText(
            tr("Fewer rules")
            if self._more.isChecked()
            else tr("Rules of the record ({folded})").format(folded=folded)
        )
        self._more.setVisible(bool(folded))

    def _source(self, fact: RecordFact) -> str:
        trust = TRUST[fact.mark].rstrip(".")
        if fact.mark not in CITED:
            return trust
        return f"{'; '.join(self._references[cite].citation for cite in fact.cites)}. {trust}"
