"""Right and left, told by word, letter in a shape, and colour together."""

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from evalassist.translate import tr
from ui import style
from ui.spoken import Role

Side = Literal["right", "left", "both"]
Shape = Literal["plain", "chip", "big"]
WORDS: dict[Side, str] = {"right": tr("RIGHT"), "left": tr("LEFT"), "both": tr("BOTH")}


class SideBadge(QLabel):
    """A square with R, a circle with L, or both, and the word; `after` names the part ("RIGHT knee").

    `chip` is the boxed one of the header, `big` the one read from the treatment table.
    `words=False` leaves only the shapes, for narrow lists; the word is still read aloud.
    """

    spoken_role = Role.StaticText
    press: Callable[[], None] | None = None
    """What a click does, where it does something."""

    def __init__(
        self,
        side: Side,
        after: str = "",
        parent: QWidget | None = None,
        *,
        shape: Shape = "plain",
        words: bool = True,
    ) -> None:
        super().__init__(parent)
        self._shape, self._words = shape, words
        self._grow = 1.0
        self._side: Side = side
        self._word = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_side(side, after)

    def set_side(self, side: Side, after: str = "") -> None:
        """Show another side."""
        self._side = side
        self._word = f"{WORDS[side]} {after}".strip()
        self.setAccessibleName(self._word)
        self.setToolTip("" if self._words else self._word)
        self.updateGeometry()
        self.update()

    def set_grow(self, grow: float) -> None:
        """Be larger or smaller than the text scale says, where the room says so (the big one)."""
        self._grow = grow
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        width = self._badges_width() + 2 * self._pad()
        if self._words:
            width += self._gap() + QFontMetrics(self._font()).horizontalAdvance(self._word)
        heights = {"plain": self._badge(), "chip": style.px(34), "big": style.px(76 * self._grow)}
        text = QFontMetrics(self._font()).height() if self._words else 0
        return QSize(width + 1, max(heights[self._shape], text))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _font(self) -> QFont:
        points = {"plain": 10.5, "chip": 11.5, "big": 32.0}
        return style.font(points[self._shape] * self._grow, 700)

    def _badge(self) -> int:
        return style.px(60 * self._grow if self._shape == "big" else 20)

    def _gap(self) -> int:
        return style.px(8 if self._shape == "big" else 6)

    def _pad(self) -> int:
        return {"plain": 0, "chip": style.px(9), "big": style.px(16)}[self._shape]

    def _sides(self) -> tuple[Side, ...]:
        return ("right", "left") if self._side == "both" else (self._side,)

    def _badges_width(self) -> int:
        return len(self._sides()) * self._badge() + (len(self._sides()) - 1) * style.px(4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = "ink" if self._side == "both" else self._side
        if self._shape != "plain":
            edge = style.thick() if self._shape == "big" or self.hasFocus() else style.thin()
            painter.setPen(QPen(style.colour("accent" if self.hasFocus() else ink), edge))
            painter.setBrush(style.colour("card" if self._side == "both" else f"{self._side}_soft"))
            box = QRectF(self.rect()).adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2)
            painter.drawRoundedRect(box, style.px(6), style.px(6))
        x, size = float(self._pad()), self._badge()
        for side in self._sides():
            paint_badge(painter, QRectF(x, (self.height() - size) / 2, size, size), side)
            x += size + style.px(4)
        if not self._words:
            return
        x += self._gap() - style.px(4)
        painter.setFont(self._font())
        painter.setPen(style.colour(ink))
        room = QRectF(x, 0, self.width() - x, self.height())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._word)


def paint_badge(painter: QPainter, box: QRectF, side: Side) -> None:
    """Draw the letter in its shape: a square for the right, a circle for the left."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.colour(side))
    if side == "right":
        painter.drawRoundedRect(box, box.width() * 0.16, box.width() * 0.16)
    else:
        painter.drawEllipse(box)
    letter = style.font(weight=700)
    letter.setPixelSize(round(box.height() * 0.62))
    painter.setFont(letter)
    painter.setPen(style.colour("side_ink"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "R" if side == "right" else "L")
