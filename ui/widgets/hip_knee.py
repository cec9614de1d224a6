"""The hip-knee figure that a slider moves, and the two bars beside it, for a patient who looks from 2 to 3 m."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSlider, QWidget

from evalassist import resources
from evalassist.explaining import DRIFTS, DROPS, PICTURES, STEADY, Bars, Explanation, PartLabel
from ui import style

INK, QUIET, EDGE, BAR = QColor("#1A1A1A"), QColor("#404040"), QColor("#767676"), QColor("#595959")
"""As on the patient's sheet: light whatever the theme, and readable in gray."""
BESIDE = 0.42
"""The room for words beside the picture, as a share of its width."""
_WRAPPED = Qt.TextFlag.TextWordWrap


def lettering(size: float, *, bold: bool = False) -> QFont:
    """The interface's font at a size in pixels."""
    font = QFont(style.font())
    font.setPixelSize(max(1, round(size)))
    font.setWeight(QFont.Weight.Bold if bold else QFont.Weight.Normal)
    return font


def height_of(words: str, font: QFont, width: float) -> float:
    """How high these words stand in a column of this width."""
    return QFontMetricsF(font).boundingRect(QRectF(0, 0, width, 10_000), _WRAPPED, words).height()


@cache
def _renderer(name: str) -> QSvgRenderer:
    return QSvgRenderer(str(resources.path(f"pictures/{name}.svg")))


class HipKneeFigure(QWidget):
    """One step of the figure with the names of its parts; every step is drawn once for the size it has."""

    def __init__(self, shown: Explanation) -> None:
        super().__init__()
        self._shown, self._step, self._letters = shown, STEADY, 20.0
        self._drawn: dict[int, QPixmap] = {}
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._draw_next)
        self._name()

    def set_step(self, step: int) -> None:
        """Show a step, from steady to dropping."""
        self._step = step
        self._name()
        self.update()

    def set_letters(self, size: float) -> None:
        """How high the words are, in pixels."""
        self._letters = size
        self.update()

    @property
    def at_work(self) -> bool:
        """Whether steps are still to be drawn."""
        return self._rest.isActive()

    def _name(self) -> None:
        self.setAccessibleName(self._shown.in_words[self._step >= DRIFTS])

    def _picture_size(self) -> QSize:
        asked = _renderer(PICTURES[STEADY]).defaultSize()
        asked.scale(round(self.width() / (1 + BESIDE)), self.height(), Qt.AspectRatioMode.KeepAspectRatio)
        return asked

    def _picture(self) -> QRectF:
        """Where the picture lies, with the room for words on the outer side of the leg."""
        size = self._picture_size()
        beside = (self.width() - size.width()) / 2 + size.width() * BESIDE / 2
        left = self.width() - beside - size.width() if self._shown.mirrored else beside
        return QRectF(left, (self.height() - size.height()) / 2, size.width(), size.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._drawn.clear()
        self._rest.start()
        super().resizeEvent(event)

    def _draw_next(self) -> None:
        """One step at a time, so that a key finds room between them."""
        missing = [step for step in range(STEADY, DROPS + 1) if step not in self._drawn]
        if missing:
            self._draw(min(missing, key=lambda step: abs(step - self._step)))
            self._rest.start()

    def _draw(self, step: int) -> QPixmap:
        ratio = self.devicePixelRatioF()
        found = self._drawn.get(step)
        if found is None or found.devicePixelRatio() != ratio:
            found = QPixmap(self._picture_size() * ratio)
            found.setDevicePixelRatio(ratio)
            found.fill(Qt.GlobalColor.white)
            painter = QPainter(found)
            size = self._picture_size()
            if self._shown.mirrored:
                painter.translate(size.width(), 0)
                painter.scale(-1, 1)
            _renderer(PICTURES[step]).render(painter, QRectF(0, 0, size.width(), size.height()))
            painter.end()
            self._drawn[step] = found
        return found

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        picture = self._picture()
        painter.drawPixmap(picture.topLeft(), self._draw(self._step))
        painter.setFont(lettering(self._letters, bold=True))
        painter.setPen(QPen(INK, max(1.5, self._letters / 14)))
        for label, words in self.names():
            if label.line:
                at = self._place_of(label)
                painter.drawLine(at, QPointF(self._edge_of_words(label), at.y()))
            painter.drawText(words, self._align(label), label.words)
        painter.end()

    def names(self) -> list[tuple[PartLabel, QRectF]]:
        """The names at this step and where their words stand: apart from each other, and below what is above them."""
        shown = [label for label in self._shown.labels if label.first <= self._step <= label.last]
        metrics, picture = QFontMetricsF(lettering(self._letters, bold=True)), self._picture()
        placed: list[tuple[PartLabel, QRectF]] = []
        for label in sorted(shown, key=lambda label: self._place_of(label).y(), reverse=True):
            words = metrics.boundingRect(self._room_of(label), self._align(label), label.words)
            words.moveTop(max(words.top(), picture.top() + label.below * picture.height()))
            for _, lower in (one for one in placed if one[0].inner == label.inner):
                words.moveBottom(min(words.bottom(), lower.top() - self._letters / 2))
            placed.append((label, words))
        return placed

    def _place_of(self, label: PartLabel) -> QPointF:
        (x, y), picture = label.place(self._step), self._picture()
        x = 1 - x if self._shown.mirrored else x
        return QPointF(picture.left() + x * picture.width(), picture.top() + y * picture.height())

    def _stands_right(self, label: PartLabel) -> bool:
        return label.inner != self._shown.mirrored

    def _align(self, label: PartLabel) -> int:
        side = Qt.AlignmentFlag.AlignLeft if self._stands_right(label) else Qt.AlignmentFlag.AlignRight
        return (side | Qt.AlignmentFlag.AlignVCenter).value | _WRAPPED.value

    def _edge_of_words(self, label: PartLabel) -> float:
        """Where the words begin, or the line to a part that no arrow shows ends: at the picture's edge."""
        if not label.line:
            return self._place_of(label).x()
        picture = self._picture()
        return picture.right() if self._stands_right(label) else picture.left()

    def _room_of(self, label: PartLabel) -> QRectF:
        """Between the picture and the edge of the widget, around the height of the part."""
        edge, gap, high = self._edge_of_words(label), self._letters * 0.35, 4 * self._letters
        top = self._place_of(label).y() - high
        if self._stands_right(label):
            return QRectF(edge + gap, top, self.width() - edge - gap, 2 * high)
        return QRectF(0, top, edge - gap, 2 * high)


class StepSlider(QSlider):
    """From a hip that holds to one that lets go: arrows, Home, End, a click or a finger anywhere on it."""

    def __init__(self, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(STEADY, DROPS)
        self.setPageStep(2)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _radius(self) -> float:
        return self.height() * 0.36

    def _way(self) -> tuple[float, float]:
        edge = self._radius() * 1.4
        return edge, self.width() - edge

    def _take(self, x: float) -> None:
        first, last = self._way()
        self.setValue(round((x - first) / max(1.0, last - first) * DROPS))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._take(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._take(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # up and right make the hip more tired, on every system and in every direction of writing
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Up: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: -1}
        if event.key() in steps:
            self.setValue(self.value() + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        (first, last), middle, radius = self._way(), self.height() / 2, self._radius()
        at = first + (last - first) * self.value() / DROPS
        painter.setPen(QPen(EDGE, radius / 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(first, middle), QPointF(last, middle))
        for step in range(STEADY, DROPS + 1):
            mark = first + (last - first) * step / DROPS
            painter.setPen(QPen(EDGE, max(1.0, radius / 10)))
            painter.drawLine(QPointF(mark, middle - radius * 0.5), QPointF(mark, middle + radius * 0.5))
        accent = QColor(style.LIGHT.accent)
        if self.hasFocus():
            painter.setPen(QPen(INK, max(2.0, radius / 7)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(at, middle), radius * 1.3, radius * 1.3)
        painter.setPen(QPen(Qt.GlobalColor.white, max(2.0, radius / 8)))
        painter.setBrush(accent)
        painter.drawEllipse(QPointF(at, middle), radius, radius)
        painter.end()


class HipBars(QWidget):
    """How hard each hip pushed, as the sheet draws it: the stronger one is 100 and hatched."""

    LETTERS_HIGH = 6.15
    """Its height, in those of its letters."""

    def __init__(self, bars: Bars) -> None:
        super().__init__()
        self._bars, self._letters = bars, 20.0
        self.setAccessibleName(bars.in_words)

    def set_letters(self, size: float) -> int:
        """How high the words are, in pixels; gives the height of the whole."""
        self._letters = size
        return round(size * self.LETTERS_HIGH)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size, bars = self._letters, self._bars
        painter.setPen(INK)
        plain, bold = lettering(size * 0.9), lettering(size * 0.9, bold=True)
        painter.setFont(bold)
        painter.drawText(QRectF(0, 0, self.width(), size * 1.4), Qt.AlignmentFlag.AlignVCenter, bars.heading)
        names = max(
            QFontMetricsF(plain).horizontalAdvance(bars.stronger),
            QFontMetricsF(bold).horizontalAdvance(bars.weaker),
        )
        left, high = names + size * 0.6, size * 1.45
        room = self.width() - left - 2
        rows = ((bars.stronger, 100, plain), (bars.weaker, bars.rest, bold))
        for row, (name, value, font) in enumerate(rows):
            top = size * 1.45 + row * size * 1.6
            painter.setFont(font)
            painter.setPen(INK)
            painter.drawText(QRectF(0, top, names + 2, high), Qt.AlignmentFlag.AlignVCenter, name)
            whole = QRectF(left, top, room, high)
            filled = QRectF(left, top, room * value / 100, high)
            painter.fillRect(whole, Qt.GlobalColor.white)
            painter.fillRect(filled, QBrush(INK, Qt.BrushStyle.BDiagPattern) if row == 0 else BAR)
            painter.setPen(QPen(INK, max(1.5, size / 16)))
            painter.drawRect(whole)
            painter.drawRect(filled)
            self._value(painter, filled, str(value), solid=row == 1)
        end, below = left + room * bars.rest / 100, size * 4.95
        painter.setPen(QPen(INK, max(1.5, size / 14)))
        for x in (end, left + room):
            painter.drawLine(QPointF(x, below - size * 0.12), QPointF(x, below + size * 0.12))
        painter.drawLine(QPointF(end, below), QPointF(left + room, below))
        painter.setFont(bold)
        metrics = QFontMetricsF(bold)
        foot = QRectF(end, below - size * 0.05, left + room - end, metrics.height())
        if (
            metrics.horizontalAdvance(bars.less) > foot.width()
        ):  # before the bracket: under it they would overrun it
            foot = QRectF(left, below - metrics.height() / 2, end - size * 0.4 - left, metrics.height())
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, bars.less)
        painter.end()

    def _value(self, painter: QPainter, bar: QRectF, value: str, *, solid: bool) -> None:
        """The number at the end of its bar, on white where it is hatched, behind it where it is too short."""
        painter.setFont(lettering(self._letters, bold=True))
        wide = QFontMetricsF(painter.font()).horizontalAdvance(value) + self._letters * 0.5
        place = QRectF(bar.right() - wide - self._letters * 0.15, bar.top() + 3, wide, bar.height() - 6)
        inside = place.left() > bar.left()
        if not inside:
            place.moveLeft(bar.right() + self._letters * 0.15)
        if not solid:
            painter.fillRect(place, Qt.GlobalColor.white)
        painter.setPen(Qt.GlobalColor.white if solid and inside else INK)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, value)
