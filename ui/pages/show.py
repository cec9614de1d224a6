"""Show the patient: one screen that answers why a sore knee gets hip exercises. Nothing else is on it."""

from __future__ import annotations

from bisect import bisect_left

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from evalassist.explaining import DRIFTS, SHARES, STEADY, TURNS, Explanation
from evalassist.translate import tr
from ui import spoken, style
from ui.widgets.focus import enter_presses
from ui.widgets.hip_knee import HipBars, HipKneeFigure, StepSlider, height_of, lettering

LARGEST, SMALLEST = 0.054, 0.026
"""The height of the letters as a share of the window's: the largest at which everything fits is taken."""
TITLE, SMALL, NOTE = 1.2, 0.7, 0.56
"""Title, labels and what is not known, caption, beside the lines."""
FIGURE_SHARE = 0.44
AIR = 0.34
"""Between two lines, as a share of their letters."""


class ShowPage(QWidget):
    """Always light, large and in the patient's language; a slider moves the figure, and the words go with it."""

    closed = Signal()

    def __init__(self, shown: Explanation) -> None:
        super().__init__()
        self.setObjectName("show")
        self.setAccessibleName(" ".join(shown.title.split()))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        ink, ground = style.LIGHT.ink, style.LIGHT.card
        self.setStyleSheet(
            f"#show {{ background: {ground}; }} #show QLabel {{ color: {ink}; background: {ground}; }}"
            f"#show QToolButton {{ color: {ink}; background: {ground}; border: 0; }}"
            f"#show QToolButton:focus, #show QToolButton:hover {{ border: 3px solid {ink}; border-radius: 6px; }}"
        )
        self._shown = shown
        self.title = self._label(shown.title)
        self.lines = [self._label(line.words) for line in shown.lines]
        self.unknown, self.caption = self._label(shown.unknown), self._label(shown.caption)
        self.ends = (self._label(shown.steady), self._label(shown.drops))
        self.ends[1].setAlignment(Qt.AlignmentFlag.AlignRight)
        self.figure = HipKneeFigure(shown)
        self.slider = StepSlider(f"{shown.steady} – {shown.drops}")
        self.bars = HipBars(shown.bars) if shown.bars else None
        self.off = self._label(shown.bars.off) if shown.bars else None
        self.back = QToolButton()
        self.back.setText("×")
        self.back.setAccessibleName(tr("Back to the evaluation"))
        self.back.setToolTip(tr("Back to the evaluation (Esc)"))
        self.back.clicked.connect(self.closed)
        for part in (self.figure, self.slider, self.bars, self.back):
            if part is not None:
                part.setParent(self)
        self.slider.valueChanged.connect(self._move)
        QWidget.setTabOrder(self.slider, self.back)

    def _label(self, words: str) -> QLabel:
        made = style.label("", words, wrap=True)
        made.setParent(self)
        made.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        return made

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F5):
            self.closed.emit()
        elif not enter_presses(self, event):
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """The page takes the keyboard to the slider alone: its words are read aloud."""
        super().showEvent(event)
        shown = self._shown
        bars = (shown.bars.in_words, shown.bars.off) if shown.bars else ()
        now = [line.words for place, line in enumerate(shown.lines) if self._now(place)]
        self._say(shown.title, *now, self.figure.accessibleName(), *bars, shown.unknown, shown.caption)

    def _say(self, *parts: str) -> None:
        lines = [" ".join(part.split()) for part in parts if part]
        spoken.say(self, " ".join(line if line[-1] in ".!?" else f"{line}." for line in lines))

    def _move(self, step: int) -> None:
        before = self.figure.accessibleName()
        self.figure.set_step(step)
        figure = self.figure.accessibleName()
        new = [
            line.words
            for place, line in enumerate(self._shown.lines)
            if self._now(place) and self.lines[place].isHidden()
        ]
        self._say(*new, figure if figure != before else "")
        if [line.isHidden() for line in self.lines] != [
            not self._now(place) for place in range(len(self.lines))
        ]:
            self._place_lines()

    def _now(self, place: int) -> bool:
        line = self._shown.lines[place]
        return line.first <= self.slider.value() <= line.last

    # ------------------------------------------------------------ places

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Everything at the largest letters that fit: figure beside the words, or above them on an upright screen."""
        width, high = self.width(), self.height()
        unit = min(high, width * 3 // 4)
        margin = round(unit * 0.035)
        whole = QRect(margin, margin, width - 2 * margin, high - 2 * margin)
        if width > high:
            split = round((whole.width() - margin) * FIGURE_SHARE)
            first, second = (
                whole.adjusted(0, 0, split - whole.width(), 0),
                whole.adjusted(split + margin, 0, 0, 0),
            )
        else:
            split = round((whole.height() - margin) * FIGURE_SHARE)
            first, second = (
                whole.adjusted(0, 0, 0, split - whole.height()),
                whole.adjusted(0, split + margin, 0, 0),
            )
        self._cross = cross = round(unit * 0.06)
        sizes = range(round(unit * SMALLEST), round(unit * LARGEST) + 1)
        fitting = bisect_left(sizes, second.height() + 1, key=lambda size: self._needed(size, second.width()))
        size = sizes[max(0, fitting - 1)]
        self._dress(size)
        if width <= high:
            first.adjust(0, 0, -cross, 0)
        self.back.setGeometry(width - cross - margin // 2, margin // 2, cross, cross)
        self._place_left(first, size, round(unit * 0.075))
        self._place_right(second, size)

    def _dress(self, size: int) -> None:
        self.title.setFont(lettering(size * TITLE, bold=True))
        for label, line in zip(self.lines, self._shown.lines, strict=True):
            label.setFont(lettering(size, bold=line.bold))
        for label in (self.unknown, *self.ends):
            label.setFont(lettering(size * SMALL, bold=label in self.ends))
        for note in (self.caption, self.off):
            if note is not None:
                note.setFont(lettering(size * NOTE))
        self.back.setFont(lettering(size))
        self.figure.set_letters(size * SMALL)

    def _place_left(self, room: QRect, size: int, slider: int) -> None:
        """The figure, below it the slider with its ends, and what is to be known of the drawing."""
        caption = round(height_of(self.caption.text(), self.caption.font(), room.width())) + 2
        ends = round(height_of("Xg", self.ends[0].font(), room.width())) + 2
        self.caption.setGeometry(room.left(), room.bottom() - caption, room.width(), caption)
        top = room.bottom() - caption - ends - size // 4
        half = room.width() // 2
        self.ends[0].setGeometry(room.left(), top, half, ends)
        self.ends[1].setGeometry(room.right() + 1 - half, top, half, ends)
        self.slider.setGeometry(room.left(), top - slider, room.width(), slider)
        self.figure.setGeometry(room.left(), room.top(), room.width(), top - slider - room.top())

    def _place_right(self, room: QRect, size: int) -> None:
        """Title and lines from the top, bars and what is not known from the foot."""
        title = self._title_height(room.width())
        self.title.setGeometry(room.left(), room.top(), room.width() - self._cross, title)
        self._lines_at = QRect(room.left(), room.top() + title + size // 2, room.width(), room.height())
        bottom = room.bottom()
        for part in (self.unknown, self.off):
            if part is not None:
                high = round(height_of(part.text(), part.font(), room.width())) + 2
                part.setGeometry(room.left(), bottom - high, room.width(), high)
                bottom -= high + size // 3
        if self.bars is not None:
            high = self.bars.set_letters(size * SMALL)
            self.bars.setGeometry(room.left(), bottom - high + size // 3, room.width(), high)
        self._place_lines()

    def _title_height(self, width: int) -> int:
        return round(height_of(self.title.text(), self.title.font(), width - self._cross)) + 2

    def _place_lines(self) -> None:
        room, top = self._lines_at, self._lines_at.top()
        for place, label in enumerate(self.lines):
            label.setVisible(self._now(place))
            if self._now(place):
                high = round(height_of(label.text(), label.font(), room.width())) + 2
                label.setGeometry(room.left(), top, room.width(), high)
                top += high + round(label.font().pixelSize() * AIR)

    def _needed(self, size: int, width: int) -> int:
        """How high the right column is at this size of letters, at the step with the most words."""
        shown = self._shown

        def high(words: str, share: float, *, bold: bool = False, less: int = 0) -> float:
            return height_of(words, lettering(size * share, bold=bold), width - less) + 2

        each = [(line, high(line.words, 1, bold=line.bold) + size * AIR) for line in shown.lines]
        lines = max(
            sum(room for line, room in each if line.first <= step <= line.last)
            for step in (STEADY, TURNS, DRIFTS, SHARES)
        )
        below = high(shown.unknown, SMALL) + size / 3
        if shown.bars:
            below += high(shown.bars.off, NOTE) + size / 3 + size * SMALL * HipBars.LETTERS_HIGH
        return round(high(shown.title, TITLE, bold=True, less=self._cross) + lines + below + size)
