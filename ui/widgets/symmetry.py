"""Right against left as two bars from a true zero, and the same said in words."""

from typing import Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from evalassist.translate import tr
from ui import style
from ui.widgets.glyph import StateGlyph

Mark = Literal["look", "good", ""]


class SymmetryBar(QLabel):
    """Two bars, right above left; the stronger side fills the width, a tick marks the line to reach.

    No line is drawn when none applies (both knees sore). With a side missing nothing is drawn: a bar
    of zero length would say that the leg has no strength.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._right: float | None = None
        self._left: float | None = None
        self._line: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_sides(None, None)

    def set_sides(
        self, right: float | None, left: float | None, *, line: float | None = None, words: str = ""
    ) -> None:
        """Show both sides in one unit; `line` is the share of the stronger side to reach (0.9: 90 %)."""
        self._right, self._left, self._line = right, left, line
        if right is None or left is None or max(right, left) <= 0:
            self.setAccessibleName(tr("{name}: no comparison yet").format(name=self._name))
        elif words:  # the bars may be shares; what was measured is read in its own fields
            self.setAccessibleName(tr("{name}: {words}").format(name=self._name, words=words))
        else:
            weaker, stronger = sorted((right, left))
            side = (
                tr("sides equal")
                if right == left
                else tr("right weaker")
                if right < left
                else tr("left weaker")
            )
            said = tr("{side}, {share:.1%} of the stronger side").format(side=side, share=weaker / stronger)
            self.setAccessibleName(
                tr("{name}: right {right:.4g}, left {left:.4g}; {said}").format(
                    name=self._name, right=right, left=left, said=said.replace("%", " %")
                )
            )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(style.px(96), style.px(24))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._right is None or self._left is None:
            return
        stronger = max(self._right, self._left)
        if stronger <= 0:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        full, bar, gap = style.px(94), style.px(7), style.px(4)
        top = (self.height() - 2 * bar - gap) / 2
        for value, side, y in ((self._right, "right", top), (self._left, "left", top + bar + gap)):
            painter.setBrush(style.colour("track"))
            painter.drawRoundedRect(QRectF(0, y, full, bar), style.px(2), style.px(2))
            painter.setBrush(style.colour(side))
            painter.drawRoundedRect(
                QRectF(0, y, full * max(0.0, value) / stronger, bar), style.px(2), style.px(2)
            )
        if self._line is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            x = round(full * self._line)
            # A rim of the ground keeps the tick apart from bars of its own darkness.
            painter.fillRect(QRectF(x - 1, 0, style.px(2) + 2, self.height()), style.colour("card"))
            painter.fillRect(QRectF(x, 0, style.px(2), self.height()), style.colour("ink"))


class SymmetryReading(QWidget):
    """The bar with its sign, its percentage and its words, beside it or below it."""

    def __init__(
        self, name: str, parent: QWidget | None = None, *, words: Literal["beside", "below"] = "below"
    ) -> None:
        super().__init__(parent)
        self.bar = SymmetryBar(name)
        self._glyph = StateGlyph("look", size=16)
        self._percent, self._words = style.label(), style.label()
        self._percent.setProperty("t", "b")
        self._words.setProperty("t", "s")
        stack = style.column(self, spacing=2)
        line = style.row(spacing=7)
        for part in (self.bar, self._glyph, self._percent):
            line.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        stack.addLayout(line)
        if words == "beside":
            line.addSpacing(style.px(4))
            line.addWidget(self._words, 0, Qt.AlignmentFlag.AlignVCenter)
        else:
            stack.addWidget(self._words)
        line.addStretch(1)
        self.clear()

    def clear(self, words: str = "") -> None:
        """Show no comparison, only why ("by hand: no percentage")."""
        self.bar.set_sides(None, None)
        self._show(bar=False, percent="", words=words, mark="")

    def set_reading(
        self,
        right: float,
        left: float,
        percent: str,
        words: str,
        *,
        mark: Mark = "",
        line: float | None = None,
    ) -> None:
        """Show a comparison: the percentage and the words are worked out elsewhere and only shown here."""
        self.bar.set_sides(right, left, line=line, words=f"{percent}, {words}")
        self._show(bar=True, percent=percent, words=words, mark=mark)

    def _show(self, *, bar: bool, percent: str, words: str, mark: Mark) -> None:
        self.bar.setVisible(bar)
        if mark:
            self._glyph.set_state(mark)
        self._glyph.setVisible(bool(mark))
        self._percent.setText(percent)
        self._percent.setVisible(bool(percent))
        self._words.setText(words)
        self._words.setVisible(bool(words))
        tone = "att" if mark == "look" else ""
        style.say(self._percent, c=tone)
        style.say(self._words, c=tone)
