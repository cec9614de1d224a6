"""What the hands-busy view is made of: the one huge thing, names that fit their line, trials, keys."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QWidget

from evalassist.evaluation import Side
from evalassist.translate import tr
from ui import style
from ui.widgets.exercise_card import ExercisePicture
from ui.widgets.glyph import StateGlyph
from ui.widgets.marks import KeyCap
from ui.widgets.side import SideBadge
from ui.widgets.strength_row import ReadingMark

MOST_KEYS, WIDEST_GAP = 20, 56
"""The legend's keys stand evenly from the left: an empty column behind the last one takes what is left."""
LEAST_TRIAL_PT = 26
"""A trial that is long with its unit is no smaller, whatever the size of the text; what they come to gives way."""
UNIT_OF_DIGITS, FAR_PT = 0.34, 34
"""The unit beside the digits, and the least size at which it is read from three meters, as a trial is."""
DIGITS_OF_HEIGHT = 0.82
"""Size of the font for the height of its place: 172 pt in a window of 1366x768."""


def _bold(pixels: float) -> QFont:
    font = style.font(weight=700)
    font.setPixelSize(max(1, round(pixels)))
    return font


class FittingWords(QLabel):
    """Bold words in one line, smaller where they would not fit into it."""

    def __init__(self, points: float, *, fills: bool = False) -> None:
        super().__init__()
        self._points, self._grow, self._tone = points, 1.0, "ink"
        across = QSizePolicy.Policy.Ignored if fills else QSizePolicy.Policy.Preferred
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)

    def set_grow(self, grow: float) -> None:
        self._grow = grow
        self.updateGeometry()

    def say(self, words: str, tone: str = "ink") -> None:
        self._tone = tone
        self.setText(words)

    def _font(self) -> QFont:
        return style.font(self._points * self._grow, 700)

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self._font())
        return QSize(ceil(metrics.horizontalAdvance(self.text())) + 2, ceil(metrics.height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), style.px(60)), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(_shrunk(self._font(), self.text(), self.width()))
        painter.setPen(style.colour(self._tone))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())


def _shrunk(font: QFont, words: str, room: float) -> QFont:
    wide = QFontMetricsF(font).horizontalAdvance(words)
    if wide > room > 0:
        font.setPointSizeF(font.pointSizeF() * room / wide)
    return font


class HugeValue(QLabel):
    """The value as it is typed, or the seconds of the count; both are read from three meters."""

    def __init__(self) -> None:
        super().__init__()
        self.unit, self.asked, self._quiet = "", "", False
        self._second, self._of = 0, 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.set_grow(1.0)

    def set_grow(self, grow: float) -> None:
        """Never lower than this, however little room there is."""
        self.setMinimumHeight(style.px(110 * min(1.0, grow)))

    @property
    def digits_pt(self) -> float:
        """How large the digits are."""
        return self._digits().pixelSize() * 72 / self.logicalDpiY()

    def show_value(self, value: str, unit: str, *, asked: str = "", quiet: bool = False) -> None:
        """What is typed with its unit; with nothing typed a line waits where it will stand.

        Asked: what it is, where it is not a force. Quiet: it is taken.
        """
        self._second, self._of, self.unit, self.asked, self._quiet = 0, 0, unit, asked, quiet
        self.setText(value)
        self.setAccessibleName(
            f"{value} {unit}".rstrip() if value else tr("nothing typed yet, {unit}").format(unit=unit)
        )
        self.update()

    def show_count(self, second: int, of: int) -> None:
        """This second of the count."""
        self._second, self._of = second, of
        self.setText(str(second))
        self.setAccessibleName(tr("Hold, {second} of {of} seconds").format(second=second, of=of))
        self.update()

    @property
    def unit_pt(self) -> float:
        """How large the unit is."""
        return self._beside(self._digits()).pixelSize() * 72 / self.logicalDpiY()

    def _beside(self, digits: QFont) -> QFont:
        """The font of the unit."""
        least = FAR_PT * self.logicalDpiY() / 72
        return _bold(min(digits.pixelSize(), max(digits.pixelSize() * UNIT_OF_DIGITS, least)))

    def _digits(self) -> QFont:
        """As high as there is room for, and not wider."""
        font = _bold(self.height() * DIGITS_OF_HEIGHT)
        room = self.width() - style.px(20) - self._unit_width(font)
        wide = QFontMetricsF(font).horizontalAdvance(self.text())
        return _bold(font.pixelSize() * room / wide) if wide > room > 0 else font

    def _unit_width(self, digits: QFont) -> float:
        font = self._beside(digits)
        return QFontMetricsF(font).horizontalAdvance(self.unit) + style.px(20)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._of:
            self._paint_count(painter)
        else:
            self._paint_value(painter)

    def _paint_value(self, painter: QPainter) -> None:
        font = self._digits()
        metrics = QFontMetricsF(font)
        base = self.height() / 2 + metrics.capHeight() / 2
        x = float(style.px(4))
        painter.setFont(font)
        painter.setPen(style.colour("quiet" if self._quiet else "ink"))
        painter.drawText(QPointF(x, base), self.text())
        x += metrics.horizontalAdvance(self.text())
        if not self.text():
            painter.fillRect(
                QRectF(x, base - metrics.capHeight(), style.px(6), metrics.capHeight()),
                style.colour("accent"),
            )
            x += style.px(10)
        unit = self._beside(font)
        unit.setWeight(QFont.Weight.Normal)
        painter.setFont(unit)
        painter.setPen(style.colour("quiet"))
        x += style.px(16)
        painter.drawText(QPointF(x, base), self.unit)
        if self.asked:  # over the unit, as large as there is room for
            over = _bold(unit.pixelSize())
            room, wide = self.width() - x, QFontMetricsF(over).horizontalAdvance(self.asked)
            painter.setFont(_bold(over.pixelSize() * min(1.0, room / wide)))
            painter.setPen(style.colour("ink"))
            painter.drawText(QPointF(x, base - unit.pixelSize() * 1.1), self.asked)

    def _paint_count(self, painter: QPainter) -> None:
        size = min(self.height(), self.width() / 2)
        thick = size * 0.075
        ring = QRectF(style.px(4) + thick / 2, (self.height() - size + thick) / 2, size - thick, size - thick)
        painter.setPen(QPen(style.colour("track"), thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawEllipse(ring)
        painter.setPen(QPen(style.colour("accent"), thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawArc(ring, 90 * 16, round(-360 * 16 * self._second / self._of))
        painter.setFont(_bold(size * 0.68))
        painter.setPen(style.colour("ink"))
        painter.drawText(ring, Qt.AlignmentFlag.AlignCenter, self.text())
        x = ring.right() + thick + style.px(30)
        room = QRectF(x, 0, self.width() - x, self.height() / 2)
        painter.setFont(_bold(size * 0.18))
        painter.drawText(room, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, tr("Hold"))
        below = _bold(size * 0.09)
        below.setWeight(QFont.Weight.Normal)
        painter.setFont(below)
        painter.setPen(style.colour("quiet"))
        words = tr("{second} of {of} seconds").format(second=self._second, of=self._of)
        painter.drawText(
            room.translated(0, self.height() / 2),
            Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft,
            words,
        )


class TrialBox(QLabel):
    """One trial with its number above it; the one that is taken next has an accent edge."""

    def __init__(self) -> None:
        super().__init__()
        self._caption, self._now, self._grow = "", False, 1.0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_grow(self, grow: float) -> None:
        self._grow = grow
        self.updateGeometry()

    def show_trial(self, caption: str, value: str, *, now: bool) -> None:
        self._caption, self._now = caption, now
        self.setText(value)
        self.setAccessibleName(
            f"{caption}: {value}" if value else tr("{caption}: nothing yet").format(caption=caption)
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(style.px(150 * self._grow), self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        caption = ceil(QFontMetricsF(style.font()).horizontalAdvance(self._caption)) + style.px(10)
        least = style.font(min(FAR_PT * self._grow, LEAST_TRIAL_PT / style.scale()), 700)
        value = ceil(QFontMetricsF(least).horizontalAdvance(self.text())) + style.px(12)
        return QSize(max(style.px(64 * self._grow), caption, value), style.px(28 + 68 * self._grow))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = style.thick() + style.thin() if self._now else style.thin()
        painter.setPen(QPen(style.colour("accent" if self._now else "line"), edge))
        painter.setBrush(style.colour("card"))
        box = QRectF(self.rect()).adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2)
        painter.drawRoundedRect(box, style.px(6), style.px(6))
        painter.setFont(style.font())
        painter.setPen(style.colour("quiet"))
        top = QRectF(0, style.px(6), self.width(), style.px(22))
        painter.drawText(top, Qt.AlignmentFlag.AlignCenter, self._caption)
        painter.setPen(style.colour("ink"))
        painter.setFont(self._value_font())
        below = QRectF(0, style.px(28), self.width(), self.height() - style.px(34))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.text())

    @property
    def value_pt(self) -> float:
        """How large its number and unit are."""
        return self._value_font().pointSizeF()

    def _value_font(self) -> QFont:
        return _shrunk(style.font(FAR_PT * self._grow, 700), self.text(), self.width() - style.px(12))


class TestPicture(ExercisePicture):
    """The position of a strength test and where the pad goes, as large as its place."""

    def __init__(self) -> None:
        super().__init__("habd", "", "test")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def show_group(self, group: str, title: str) -> None:
        """The picture of this muscle group."""
        self._exercise_id = group
        self.setAccessibleName(tr("Picture: {title}, position and pad").format(title=title))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(style.px(400), style.px(230))

    def minimumSizeHint(self) -> QSize:
        return QSize(style.px(160), style.px(60))


class Keys(QWidget):
    """What each key does here; a click does the same. In two lines where one is too narrow."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = style.scaled(QGridLayout(self), (12, 6, 12, 6), spacing=4)
        self._grid.setColumnStretch(MOST_KEYS, 1)
        self._cells: list[QWidget] = []
        self._words: dict[str, QPushButton] = {}

    def add(self, key: str, act: Callable[[], object]) -> None:
        cell = QWidget(self)  # it is shown before it is placed
        line = style.row(cell, spacing=0)
        button = QPushButton()
        button.setProperty("kind", "flat")
        button.setProperty("t", "b")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(act)
        line.addWidget(KeyCap(key), 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._cells.append(cell)
        self._words[key] = button

    def say(self, key: str, words: str) -> None:
        """What this key does now; nothing hides it."""
        button = self._words[key]
        cell = self._cells[list(self._words).index(key)]
        if button.text() == words and cell.isHidden() != bool(words):
            return
        button.setText(words)
        button.setAccessibleName(tr("{words}, key {key}").format(words=words, key=key))
        cell.setVisible(bool(words))
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        shown = [cell for cell in self._cells if not cell.isHidden()]
        widths = [cell.sizeHint().width() for cell in shown]
        room = self.width() - style.px(24)
        for in_a_line, gap in _lines_of(len(shown)):
            columns = _columns(len(shown), in_a_line, gap)
            left = room - sum(max(widths[at] for at in column) for column in columns)
            if left >= style.px(4) * len(columns):
                break
        between = left // max(1, len(columns) - 1)
        self._grid.setHorizontalSpacing(max(style.px(4), min(style.px(WIDEST_GAP), between)))
        for cell in self._cells:
            self._grid.removeWidget(cell)
        for column, cells in enumerate(columns):
            for at in cells:
                line = (at + gap) // in_a_line if at >= in_a_line - gap else 0
                self._grid.addWidget(shown[at], line, column, Qt.AlignmentFlag.AlignLeft)


def _lines_of(count: int) -> list[tuple[int, int]]:
    """How many keys a line may hold, and how many the first one has less: as few lines as there is room for."""
    found = []
    for lines in (1, 2, 3):
        in_a_line = max(1, -(-count // lines))
        found += [(in_a_line, gap) for gap in dict.fromkeys((0, max(0, in_a_line * lines - count)))]
    return found


def _columns(count: int, in_a_line: int, gap: int) -> list[list[int]]:
    """Which keys stand below each other."""
    first = in_a_line - gap
    places = [at if at < first else (at + gap) % in_a_line for at in range(count)]
    return [[at for at in range(count) if places[at] == column] for column in range(in_a_line)]


class Result(QWidget):
    """A result in large figures under a word."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = stack = style.column(self, (8, 4, 4, 4), spacing=2)
        head = style.row(spacing=6)
        self._badge = SideBadge("right")
        self._glyph, self._words, self.value = StateGlyph("look"), style.label("q"), FittingWords(28)
        for part in (self._badge, self._glyph):
            head.addWidget(part)
        head.addWidget(self._words, 1)
        stack.addLayout(head)
        stack.addWidget(self.value)
        stack.addStretch(1)

    def say(self, words: str, value: str, *, side: Side | None = None, mark: ReadingMark = "") -> None:
        """What it says; whether it is shown is said elsewhere, by the room there is."""
        self._badge.setVisible(side is not None)
        if side is not None:
            self._badge.set_side(side)
        self._glyph.setVisible(bool(mark))
        if mark:
            self._glyph.set_state(mark)
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self.value.say(value, side or "ink")

    def least_width(self) -> int:
        """How wide its words must be, also while it is hidden."""
        self._stack.activate()
        return self._stack.totalMinimumSize().width()

    @property
    def says_something(self) -> bool:
        return bool(self._words.text() or self.value.text())
