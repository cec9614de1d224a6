"""How irritable the knee is: what the findings say, and the level the therapist may set in its place, with a reason."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from evalassist.clinical.assessment import IRRITABILITY_LEVELS
from evalassist.clinical.result import Assessment, Reason
from evalassist.evaluation import Opinion
from evalassist.translate import tr
from evalassist.wording.assessment import level_words
from evalassist.words import upper_first
from ui import style
from ui.widgets.cards import Card
from ui.widgets.conclusion_card import ReasonList
from ui.widgets.fields import TextField
from ui.widgets.marks import StateGlyph
from ui.widgets.roomy import bring_into_view
from ui.widgets.segments import Choice, SegmentedControl


class IrritabilityCard(Card):
    """The level in force, its findings, what is missing, and the therapist's own level."""

    go_to = Signal(str)
    said = Signal(object)
    """The therapist's `Opinion`, or None when the findings decide again."""

    def __init__(self) -> None:
        super().__init__()
        self._found: str | None = None
        self._glyph = StateGlyph("empty", size=17)
        self._heading, self._by_hand = style.label("b"), style.label("s")
        self.title_row.insertWidget(0, self._glyph)
        self.title_row.insertWidget(1, self._heading)
        self._by_hand.setWordWrap(True)
        self.body.addWidget(self._by_hand)
        self._reasons, self._against, self._missing = ReasonList(), ReasonList(), ReasonList()
        for reasons in (self._reasons, self._against, self._missing):
            reasons.go_to.connect(self.go_to)
            self.body.addWidget(reasons)
        self._rule = style.label("s")
        self._rule.setWordWrap(True)
        self.body.addWidget(self._rule)
        self.level = SegmentedControl(
            [Choice(level, upper_first(level.lower())) for level in IRRITABILITY_LEVELS],
            tr("Irritability, your word"),
        )
        self.level.answered.connect(self._chosen)
        mine = style.row(spacing=8)
        mine.addWidget(style.label("q", tr("Your word")))
        mine.addWidget(self.level)
        mine.addStretch(1)
        self.body.addLayout(mine)
        self._why_line = QWidget()
        why = style.row(self._why_line, spacing=8)
        why.addWidget(style.label("s", tr("Because")))
        self.why = TextField(tr("Irritability: why you set another level"), from_the_start=True)
        self.why.answered.connect(self._explained)
        why.addWidget(self.why, 1)
        self._why_missing = style.label("s", tr("write the reason"))
        style.say(self._why_missing, c="att")
        why.addWidget(self._why_missing)
        self.body.addWidget(self._why_line)
        self.body.addStretch(1)

    def show_irritability(
        self,
        assessment: Assessment,
        against: Sequence[Reason],
        missing: Sequence[Reason],
        rule: str,
        opinion: Opinion | None,
        last: Opinion | None,
        *,
        read_only: bool,
    ) -> None:
        """Show the level in force; the findings stand below it also when the therapist set another.

        `last`: the level set by hand at the last visit, where the findings say the same again.
        """
        level, self._found = assessment.irritability, assessment.irritability_found
        by_hand = assessment.irritability_by_hand
        taken = assessment.irritability_taken
        self._glyph.set_state("partly" if taken else "complete" if level else "empty")
        self._heading.setText(
            tr("Irritability: {level}").format(level=level_words(level, taken=taken))
            if level
            else tr("Irritability: open")
        )
        told = _last_told(last) if last is not None else ""
        if by_hand:
            told = tr("Your word. The findings say {found}:").format(found=(self._found or "").lower())
        self._by_hand.setText(told)
        self._by_hand.setVisible(bool(told))
        self._reasons.show_reasons(assessment.irritability_reasons)
        self._against.show_reasons(against)
        self._missing.show_reasons(missing)
        self._rule.setText(rule)
        self._rule.setVisible(bool(rule))
        heard = (self._heading.text(), self._by_hand.text(), rule)
        self.level.describe(" ".join(f"{words.rstrip('.:')}." for words in heard if words))
        self.level.setEnabled(self._found is not None and not read_only)
        self.level.set_value(level if by_hand else None)
        reason = opinion.reason if opinion is not None and by_hand else ""
        self._why_line.setVisible(by_hand)
        self._why_missing.setVisible(not reason)
        self.why.setEnabled(not read_only)
        self.why.set_value(reason or None)

    def _chosen(self, level: object) -> None:
        if level is None or level == self._found:
            self.said.emit(None)
        else:
            self.said.emit(Opinion(False, str(self.why.value or ""), str(level)))
            self.why.setFocus()
            bring_into_view(self._why_line)

    def _explained(self, words: object) -> None:
        if self.level.value is not None:
            self.said.emit(Opinion(False, str(words or ""), self.level.value))


def _last_told(last: Opinion) -> str:
    level = last.instead.lower()
    if not last.reason:
        return tr("At the last visit you set {level}.").format(level=level)
    return tr("At the last visit you set {level}: {reason}.").format(
        level=level, reason=last.reason.rstrip(".")
    )
