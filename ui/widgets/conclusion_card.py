"""What one rule concludes about this patient: its reasons as links, and the therapist's word on it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from evalassist.clinical.result import Reason
from evalassist.evaluation import ItemId, Opinion
from evalassist.translate import tr
from evalassist.words import upper_first
from ui import icons, style
from ui.widgets.elided import WrappedLabel
from ui.widgets.fields import TextField
from ui.widgets.glyph import State
from ui.widgets.marks import LinkButton, ReasonLink, SourceMark, StateGlyph
from ui.widgets.roomy import bring_into_view
from ui.widgets.segments import Choice, SegmentedControl

ACCEPT, DISAGREE = "accept", "disagree"
MOST_AGAINST = 2
TITLE_WIDTH = 90
"""A title goes over several lines before it gets narrower than this."""
WHY_WIDTH = 50
"""So do the words that ask for the reason."""


class ReasonList(QWidget):
    """Findings that are reasons, each a link to its item; drawn again only when they changed."""

    go_to = Signal(str)

    def __init__(self, *, across: bool = False, heard_as: str = "") -> None:
        """`heard_as`: what its place on the page tells of all of them, for who does not see the page."""
        super().__init__()
        self._heard_as = heard_as
        self._shown: tuple[Reason, ...] | None = None
        self._lines: QBoxLayout = style.row(self, spacing=6) if across else style.column(self, spacing=0)
        self._across = across

    def show_reasons(self, reasons: Sequence[Reason], most: int = 4) -> None:
        """Show the first of them, and how many more there are."""
        wanted = tuple(reasons)
        if wanted == self._shown:
            return
        self._shown = wanted
        while (entry := self._lines.takeAt(0)) is not None:
            if (old := entry.widget()) is not None:
                old.hide()
                old.deleteLater()
        for reason in wanted[:most]:
            link = ReasonLink(upper_first(reason.text))
            if self._heard_as:
                link.setAccessibleName(f"{self._heard_as}: {link.text()}")
            link.setEnabled(bool(reason.items))
            link.clicked.connect(lambda _=False, reason=reason: self.go_to.emit(reason.items[0]))
            self._lines.addWidget(link, 0 if self._across else 1)
        if len(wanted) > most:
            more = style.label("", tr("and {count} more").format(count=len(wanted) - most))
            more.setProperty("t", "s")
            more.setIndent(style.px(16))
            more.setToolTip("\n".join(reason.text for reason in wanted[most:]))
            self._lines.addWidget(more)
        if self._across:
            self._lines.addStretch(1)
        self.setVisible(bool(wanted))


class ConclusionCard(QFrame):
    """A conclusion with its verdict told by place and glyph; accept or disagree, and then why, in place."""

    go_to = Signal(str)
    said = Signal(object)
    """The therapist's `Opinion`, or None when it was taken back."""
    source_wanted = Signal()

    def __init__(self, name: str, *, across: bool = False) -> None:
        super().__init__()
        self.setProperty("card", "plain")
        self._opinion: Opinion | None = None
        self._missing: tuple[ItemId, ...] = ()
        stack: QVBoxLayout = style.column(self, (13, 7, 9, 9), spacing=2)
        self._glyph = StateGlyph("empty", size=17)
        self._title, self._remark = WrappedLabel("b", least=TITLE_WIDTH), WrappedLabel("", least=TITLE_WIDTH)
        self.source = SourceMark("")
        self.source.clicked.connect(self.source_wanted)
        head: QHBoxLayout = style.row(spacing=8)
        head.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._title, 0 if across else 1)
        head.addWidget(self._remark)
        head.addWidget(self.source, 0, Qt.AlignmentFlag.AlignVCenter)
        self._head, self._across = head, across
        self._gap = head.count()
        head.addStretch(1 if across else 0)
        self.opinion = SegmentedControl(
            [Choice(ACCEPT, tr("Accept")), Choice(DISAGREE, tr("Disagree…"), "quiet")],
            tr("{name}: accept or disagree").format(name=name),
        )
        self.opinion.answered.connect(self._chosen)
        self._disagree = LinkButton(tr("Disagree…"))
        self._name = name
        self._disagree.clicked.connect(self._toggled)
        self._go = LinkButton(tr("Go to it"))
        self._go.setAccessibleName(tr("{name}: go to what is missing").format(name=name))
        icons.put_icon(self._go, "go", "accent")
        self._go.clicked.connect(self._follow)
        for part in (self.opinion, self._disagree, self._go):
            head.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        stack.addLayout(head)
        inner = style.column(margins=(20, 0, 0, 0), spacing=2)
        self._reasons = ReasonList(across=across)
        self._reasons.go_to.connect(self.go_to)
        self._note = style.label("s")
        self._note.setWordWrap(True)
        self._note.setIndent(style.px(5))
        self._why_line = QWidget()
        why = style.column(self._why_line, (5, 3, 0, 0), spacing=2)
        self._decided = WrappedLabel("b", least=TITLE_WIDTH)
        self._why_missing = WrappedLabel("s", tr("write the reason"), least=WHY_WIDTH)
        style.say(self._why_missing, c="att")
        words = style.row(spacing=8)
        words.addWidget(self._decided)
        words.addWidget(self._why_missing)
        words.addStretch(1)
        why.addLayout(words)
        self.why = TextField(tr("{name}: why you disagree").format(name=name), from_the_start=True)
        self.why.answered.connect(lambda words: self.said.emit(Opinion(False, str(words or ""))))
        why.addWidget(self.why)
        self._against = ReasonList()
        self._against.go_to.connect(self.go_to)
        self._rule = style.label("s")
        self._rule.setWordWrap(True)
        self._rule.setIndent(style.px(5))
        inner.addWidget(self._reasons)
        inner.addWidget(self._against)
        inner.addWidget(self._note)
        inner.addWidget(self._rule)
        inner.addWidget(self._why_line)
        stack.addLayout(inner)
        stack.addStretch(1)

    def show_conclusion(
        self,
        title: str,
        state: State,
        *,
        remark: str = "",
        remark_tone: str = "q",
        source: str = "",
        source_says: str = "",
        reasons: Sequence[Reason] = (),
        most: int = 4,
        against: Sequence[Reason] = (),
        rule: str = "",
        note: str = "",
        missing: tuple[ItemId, ...] = (),
        asks: str = "",
        opinion: Opinion | None = None,
        read_only: bool = False,
    ) -> None:
        """Show a verdict, what points the other way, and the rule that decides.

        `asks` is "both" for what wants a word, "disagree" for what may be objected to.
        """
        self._opinion, self._missing = opinion, missing
        style.say(self, card="att" if missing else "plain")
        self._glyph.set_state(state, tone="att" if missing else "")
        self._title.setText(title)
        at_once = bool(missing) or self._across
        self._head.setStretchFactor(self._title, 0 if at_once else 1)
        self._head.setStretch(self._gap, 1 if at_once else 0)
        self._remark.setText(remark)
        style.say(self._remark, c=remark_tone, t="b" if remark_tone == "good" else "")
        self._remark.setVisible(bool(remark))
        self.source.setText(source)
        self.source.setToolTip(source_says)
        self.source.setAccessibleName(tr("Source: {source}").format(source=source))
        self.source.setVisible(bool(source))
        self._reasons.show_reasons(reasons, most)
        self._against.show_reasons(against, MOST_AGAINST)
        self._rule.setText(rule)
        self._rule.setVisible(bool(rule))
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._go.setVisible(bool(missing))
        disagrees = opinion is not None and not opinion.accepts
        self.opinion.setVisible(asks == "both")
        self.opinion.setEnabled(not read_only)
        self.opinion.set_value(None if opinion is None else ACCEPT if opinion.accepts else DISAGREE)
        self._disagree.setVisible(asks == "disagree" and not read_only)
        self._disagree.setText(tr("Take it back") if disagrees else tr("Disagree…"))
        act = tr("{name}: take your disagreement back") if disagrees else tr("{name}: disagree")
        self._disagree.setAccessibleName(act.format(name=self._name))
        met = state in ("complete", "good")
        verdict = tr("undecided") if missing else tr("met") if met else tr("not met")
        decided = ", ".join(filter(None, (verdict, remark)))
        heard = ". ".join(words.rstrip(".") for words in (decided, note, rule) if words)
        for part in (self.opinion.describe, self._disagree.setAccessibleDescription):
            part(heard)
        self._go.setAccessibleDescription(heard)
        self._decided.setText(
            tr("Your decision: {what}, because").format(
                what=tr("met") if state in ("complete", "good") else tr("not met")
            )
        )
        if not disagrees and self.why.isAncestorOf(self.window().focusWidget() or self.window()):
            (self.opinion if asks == "both" else self._disagree).setFocus(Qt.FocusReason.OtherFocusReason)
        self._why_line.setVisible(disagrees)
        self._why_missing.setVisible(disagrees and not (opinion and opinion.reason))
        self.why.setEnabled(not read_only)
        self.why.set_value(opinion.reason or None if disagrees and opinion else None)

    def _follow(self) -> None:
        if self._missing:
            self.go_to.emit(self._missing[0])

    def _chosen(self, word: object) -> None:
        if word is None:
            self.said.emit(None)
        else:
            self._say(word == ACCEPT)

    def _toggled(self) -> None:
        if self._opinion is None:
            self._say(False)
        else:
            self.said.emit(None)

    def _say(self, accepts: bool) -> None:
        self.said.emit(Opinion(accepts, "" if accepts else self.why.value or ""))
        if not accepts:
            self.why.setFocus(Qt.FocusReason.OtherFocusReason)
            bring_into_view(self._why_line, self.why)
