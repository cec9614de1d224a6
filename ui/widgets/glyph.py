"""State told by shape: ring, half, disc with tick, triangle, slashed ring, ring with dash."""

from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from evalassist.translate import tr
from ui import style

State = Literal[
    "empty", "partly", "complete", "good", "kept", "under-way", "look", "danger", "blocked", "not-met"
]

WORDS: dict[State, str] = {
    "empty": tr("empty"),
    "partly": tr("partly done"),
    "complete": tr("complete"),
    "good": tr("all well"),
    "kept": tr("kept"),
    "under-way": tr("under way"),
    "look": tr("look here"),
    "danger": tr("danger"),
    "blocked": tr("blocked"),
    "not-met": tr("not met or not tested"),
}
TONES: dict[State, str] = {
    "empty": "quiet",
    "partly": "accent",
    "complete": "accent",
    "good": "good",
    "kept": "good",
    "under-way": "quiet",
    "look": "att",
    "danger": "danger",
    "blocked": "danger",
    "not-met": "quiet",
}

GLYPHS: dict[str, State] = {
    "empty": "empty",
    "partly": "partly",
    "complete": "complete",
    "attention": "look",
    "danger": "danger",
    "blocked": "blocked",
}
"""The sign for how far a step is."""


class StateGlyph(QLabel):
    """A painted sign of state; read aloud as its word unless a better one is given."""

    def __init__(
        self, state: State, parent: QWidget | None = None, *, size: int = 16, tone: str = "", name: str = ""
    ) -> None:
        super().__init__(parent)
        self._state, self._size, self._tone, self._name = state, size, tone, name
        self._usual = (tone, name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_state(state, tone=tone, name=name)

    @property
    def state(self) -> State:
        """The state shown."""
        return self._state

    def set_state(self, state: State, *, tone: str = "", name: str = "") -> None:
        """Show another state; `tone` is a colour token where the usual one does not fit, for this once."""
        looks = (state, tone or self._usual[0], name or self._usual[1])
        if looks == (self._state, self._tone, self._name) and self.accessibleName():
            return
        self._state, self._tone, self._name = looks
        self.setAccessibleName(self._name or WORDS[state])
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(style.px(self._size), style.px(self._size))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = min(self.width(), self.height())
        box = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        paint_state(painter, box, self._state, style.colour(self._tone or TONES[self._state]))


def paint_state(painter: QPainter, box: QRectF, state: State, colour: QColor) -> None:
    """Draw a state's shape in the box."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = box.width()
    painter.translate(box.topLeft())
    width = side / 9
    pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    ring = QRectF(0, 0, side, side).adjusted(width, width, -width, -width)
    mark = style.colour("card")
    if state in ("look", "danger"):
        _triangle(painter, side, colour, mark)
    elif state in ("complete", "good"):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QRectF(0, 0, side, side).adjusted(width / 2, width / 2, -width / 2, -width / 2))
        _tick(painter, side, QPen(pen), mark)
    else:
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(ring)
        _inside_ring(painter, side, ring, state, pen, colour)
    painter.restore()


def _inside_ring(
    painter: QPainter, side: float, ring: QRectF, state: State, pen: QPen, colour: QColor
) -> None:
    if state == "partly":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        inner = ring.adjusted(side / 9, side / 9, -side / 9, -side / 9)
        painter.drawPie(inner, 90 * 16, 180 * 16)
    elif state == "kept":
        _tick(painter, side, QPen(pen), colour)
    elif state == "blocked":
        reach = ring.width() / 2 * 0.7071
        middle = side / 2
        painter.drawLine(QPointF(middle - reach, middle + reach), QPointF(middle + reach, middle - reach))
    elif state == "not-met":
        painter.drawLine(QPointF(side * 0.33, side / 2), QPointF(side * 0.67, side / 2))
    elif state == "under-way":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for at in (0.32, 0.5, 0.68):
            painter.drawEllipse(QPointF(side * at, side / 2), side / 16, side / 16)


def _tick(painter: QPainter, side: float, pen: QPen, colour: QColor) -> None:
    pen.setColor(colour)
    pen.setWidthF(side / 8)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(
        QPolygonF(
            [
                QPointF(side * 0.30, side * 0.52),
                QPointF(side * 0.44, side * 0.66),
                QPointF(side * 0.70, side * 0.37),
            ]
        )
    )


def _triangle(painter: QPainter, side: float, colour: QColor, mark: QColor) -> None:
    joined = QPen(colour, side / 9)
    joined.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(joined)
    painter.setBrush(colour)
    painter.drawPolygon(
        QPolygonF(
            [
                QPointF(side * 0.5, side * 0.13),
                QPointF(side * 0.93, side * 0.88),
                QPointF(side * 0.07, side * 0.88),
            ]
        )
    )
    stroke = QPen(mark, side / 8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    painter.setPen(stroke)
    painter.drawLine(QPointF(side * 0.5, side * 0.40), QPointF(side * 0.5, side * 0.60))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mark)
    painter.drawEllipse(QPointF(side * 0.5, side * 0.78), side / 14, side / 14)
