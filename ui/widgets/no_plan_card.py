"""In the place of a plan: why there is none, what it waits for, and the letter where the patient is referred."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton

from evalassist.clinical.result import NoPlan, Reason
from evalassist.content import Content
from evalassist.translate import tr
from evalassist.words import upper_first
from ui import icons, style
from ui.widgets.conclusion_card import ReasonList
from ui.widgets.marks import StateGlyph

OPENS = tr(
    "There is no exercise plan until the patient is cleared. It opens once this is no longer found; only after surgery "
    "is the clearance itself recorded."
)


class NoPlanCard(QFrame):
    """Why there is no plan, as a sentence and as links to what it rests on or waits for."""

    go_to = Signal(str)

    def __init__(self, content: Content) -> None:
        super().__init__()
        self._content = content
        self.setProperty("card", "plain")
        stack = style.column(self, (24, 22, 24, 22), spacing=8)
        head = style.row(spacing=10)
        self._glyph = StateGlyph("blocked", size=20)
        self._title = style.label("h2", tr("No plan of care yet"))
        head.addWidget(self._glyph)
        head.addWidget(self._title)
        head.addStretch(1)
        stack.addLayout(head)
        self._why = style.label("", wrap=True)
        stack.addWidget(self._why)
        self._missing = ReasonList()
        self._missing.go_to.connect(self.go_to)
        stack.addWidget(self._missing)
        self.letter = QPushButton(tr("Write the referral letter"))
        self.letter.setProperty("kind", "primary")
        icons.put_icon(self.letter, "letter", "accent_ink")
        stack.addWidget(self.letter, 0, Qt.AlignmentFlag.AlignLeft)
        kept = tr("What you answered is kept; the note can be finished and signed without a plan.")
        stack.addWidget(style.label("s", kept, wrap=True))
        stack.addStretch(1)

    def show_why(self, plan: NoPlan, *, stopped: bool, by_hand: bool) -> None:
        """`stopped`: by the safety screen. `by_hand`: the exercises are picked by hand after surgery."""
        self._glyph.set_state("danger" if stopped else "empty")
        title = tr("No plan of care: refer first") if stopped else tr("No plan of care yet")
        self._title.setText(tr("Nothing is proposed: pick the exercises by hand") if by_hand else title)
        self._why.setText(f"{plan.why} {OPENS}" if stopped else plan.why)
        labels = self._content.label
        reasons = [Reason(upper_first(labels(item_id)), (item_id,)) for item_id in plan.items]
        self._missing.show_reasons(reasons, most=8)
        self.letter.setVisible(stopped)
