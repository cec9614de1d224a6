"""How the muscle is tested, for who stands at the table: position, pad, what to say, and the pain in the test."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QWidget

from evalassist.content.schema import StrengthGroup
from evalassist.evaluation import Side
from evalassist.translate import tr
from evalassist.words import lower_first
from ui import style
from ui.widgets.glyph import StateGlyph
from ui.widgets.hands_parts import TestPicture
from ui.widgets.segments import ZeroToTen

PAD_SEEN = 120
"""The least height of the picture before the card that is least needed may stand under it."""


class HowToTest(QWidget):
    """The right column of the hands-busy view."""

    pain_clicked = Signal(object)
    """The number of the box (`int`), or None when it was cleared."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = stack = style.column(self, spacing=10)
        self.picture = TestPicture()
        stack.addWidget(self.picture, 1)
        self.in_words = ""
        """All of it, for who hears it."""
        self._pain_asked = self._fits = False
        for card in (self._build_pad(), self._build_say(), self._build_pain()):
            stack.addWidget(card)

    def _build_pad(self) -> QFrame:
        self._pad, self._pad_glyph = QFrame(), StateGlyph("look")
        self._pad_stack = pad = style.column(self._pad, (12, 8, 12, 8), spacing=3)
        line = style.row(spacing=8)
        self._pad_words, self._pad_more = style.label("b", wrap=True), style.label("q", wrap=True)
        line.addWidget(self._pad_glyph)
        line.addWidget(self._pad_words, 1)
        pad.addLayout(line)
        pad.addWidget(self._pad_more)
        return self._pad

    def _build_say(self) -> QFrame:
        self._say_card = card = QFrame()
        card.setProperty("card", "plain")
        say = style.column(card, (12, 8, 12, 8), spacing=4)
        self._say = style.label("say", wrap=True)
        say.addWidget(style.label("cap", tr("SAY")))
        say.addWidget(self._say)
        return card

    def _build_pain(self) -> QFrame:
        self._pain_card = QFrame()
        pain = style.column(self._pain_card, (12, 8, 8, 8), spacing=6)
        head = style.row(spacing=6)
        self._pain_when = style.label("s")
        head.addWidget(style.label("b", tr("Pain in the test")))
        head.addStretch(1)
        head.addWidget(self._pain_when)
        pain.addLayout(head)
        self.pain = ZeroToTen(tr("Pain in the test"), low="", high="", box_width=33)
        for box in self.pain.findChildren(QAbstractButton):
            box.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a value that is read in must not land there: P asks
        self.pain.answered.connect(self.pain_clicked)
        pain.addWidget(self.pain)
        return self._pain_card

    def show_group(self, group: StrengthGroup, side: Side, pain: int | None, *, pain_asked: bool) -> None:
        """This muscle on this side, and whether its pain is what is asked now."""
        self.picture.show_group(group.id, group.title)
        self.picture.show_leg(side)
        pad = tr("Pad: {pad}").format(pad=lower_first(group.pad))
        self._pad_words.setText(pad)
        hold = tr("Hold still: {stabilise}").format(stabilise=lower_first(group.stabilise))
        self._pad_more.setText(f"{group.pad_warning}\n{hold}" if group.pad_warning else hold)
        self._pain_asked = pain_asked
        self._pad_glyph.setVisible(bool(group.pad_warning))
        style.say(self._pad, card="att" if group.pad_warning else "plain")
        self._say.setText(f"“{group.say}”")
        say = tr("Say: {words}").format(words=group.say)
        parts = (group.position, pad, group.pad_warning, hold, say)
        self.in_words = " ".join(f"{part.rstrip('.')}." for part in parts if part)
        style.say(self._pain_card, card="open" if pain_asked else "plain")
        self._pain_when.setText(tr("asked now") if pain_asked else tr("asked after the last trial"))
        self.pain.set_value(pain)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def set_close(self, close: bool) -> None:
        """Whether the text is large for the window."""
        self._stack.setSpacing(style.px(4 if close else 10))

    def _fit(self) -> None:
        """What is shown is whole: where large text leaves no room for all, what is least needed now goes first."""
        if self._fits:
            return  # showing a part lays the column out, which leads here again
        self._fits = True
        for _ in range(2):  # the column may have got another height
            for part, shown in self._what_fits().items():
                part.setVisible(shown)
        self._fits = False

    def _what_fits(self) -> dict[QWidget, bool]:
        say, pain, more = self._say_card, self._pain_card, self._pad_more
        needed, spare = (pain, say) if self._pain_asked else (say, pain)
        between, inside = self._stack.spacing(), self._pad_stack.contentsMargins()
        more_high = self._pad_stack.spacing() + more.heightForWidth(
            self.width() - inside.left() - inside.right()
        )
        high: dict[QWidget, int] = {
            card: between + _height(card, self.width()) for card in (self._pad, say, pain)
        }
        high[self._pad] -= 0 if more.isHidden() else more_high
        high |= {self.picture: self.picture.minimumSizeHint().height(), more: more_high}
        room = self.height() - high[self._pad] - high[needed]
        fits: dict[QWidget, bool] = {needed: True}
        for part in (self.picture, more, spare):
            # what is least needed now must leave a picture in which the pad is seen
            left = style.px(PAD_SEEN) - high[self.picture] if part is spare else 0
            fits[part] = room >= high[part] + left
            room -= high[part] if fits[part] else 0
        return fits


def _height(card: QFrame, width: int) -> int:
    layout = card.layout()
    assert layout is not None
    layout.activate()
    return (
        layout.totalMinimumHeightForWidth(width)
        if layout.hasHeightForWidth()
        else layout.totalMinimumSize().height()
    )
