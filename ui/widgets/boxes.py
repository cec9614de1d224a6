"""The boxes a choice is made of, and how loud each looks once chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy
from shiboken6 import isValid

from ui import style
from ui.spoken import Role

Tone = Literal["soft", "quiet", "solid", "danger"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be chosen: `tone` is how loud it is then, `key` the letter that chooses it."""

    value: str
    text: str
    tone: Tone = "soft"
    key: str = ""
    detail: str = ""

    @property
    def letter(self) -> str:
        """The key that chooses it: its own, or the first letter of its text."""
        return (self.key or self.text[:1].replace("\N{MINUS SIGN}", "-")).casefold()

    @property
    def signed_number(self) -> str:
        """The number behind its sign ("2" of "+2"), which may be typed after the sign or alone."""
        return self.text[1:] if self.letter in ("+", "-") and self.text[1:].isdigit() else ""


def chosen_by(typed: str, choices: Sequence[Choice], now: str | None) -> str | None:
    """The value that a typed letter chooses while `now` is chosen, or None.

    Choices with one first letter take turns; the number of "+2" keeps to the sign that is chosen already, and is
    plus, as it is written, while none is.
    A letter never clears, so it is safe to press twice.
    """
    sign = next((each.letter for each in choices if each.value == now and each.signed_number), "+")
    fitting = [each for each in choices if each.letter == typed]
    if not fitting and typed:
        numbered = [each for each in choices if each.signed_number == typed]
        fitting = [each for each in numbered if each.letter == sign] or numbered
    if not fitting:
        return None
    at = next((place for place, each in enumerate(fitting) if each.value == now), -1)
    return fitting[(at + 1) % len(fitting)].value


@dataclass(frozen=True, slots=True)
class _Looks:
    """What a segment's tone looks like once chosen, as colour tokens."""

    ground: str
    edge: str
    text: str


LOOKS: dict[Tone, _Looks] = {
    "soft": _Looks("accent_soft", "accent", "ink"),
    "quiet": _Looks("faint", "quiet", "ink"),
    "solid": _Looks("accent", "accent", "accent_ink"),
    "danger": _Looks("danger", "danger", "card"),
}


class BoxFrame(QFrame):
    """What holds boxes: it draws their ground and hears of their keys."""

    def key_pressed(self, event: QKeyEvent) -> bool:
        """A key was pressed on a box; True when it was used."""
        raise NotImplementedError

    def keyboard_moved(self, box: "Box", came: bool) -> None:
        """The keyboard came to a box or left it."""
        raise NotImplementedError


class Box(QAbstractButton):
    """One box. Its frame draws the ground; the box knows its width and draws its word."""

    spoken_role = Role.RadioButton

    def __init__(self, choice: Choice, width: int | None, frame: BoxFrame) -> None:
        super().__init__(frame)
        self.choice = choice
        self._frame = frame
        self._width = width
        self._hint: tuple[float, QSize] | None = None
        self.setText(choice.text)
        self.setToolTip(choice.detail)
        self.setProperty("field", True)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)

    def press(self) -> None:
        """As a click; Qt itself would only tick the box, and nobody would be told."""
        self.click()

    def nextCheckState(self) -> None:
        """The control decides what a click means: it may also clear."""

    def show_chosen(self, chosen: bool) -> None:
        """Look chosen or not."""
        if chosen == self.isChecked():
            return
        # Exclusive boxes refuse to be emptied, and empty is a state here.
        self.setAutoExclusive(False)
        self.setChecked(chosen)
        self.setAutoExclusive(True)

    def sizeHint(self) -> QSize:
        height = style.control_height() - 2 * style.thin()
        if self._hint is None or self._hint[0] != style.scale() or self._hint[1].height() != height:
            # Measured in bold, or the row would jump when the weight changes.
            bold = QFontMetrics(style.font(weight=600)).horizontalAdvance(self.text())
            wanted = (
                max(bold + style.px(22), style.segment_width())
                if self._width is None
                else style.px(self._width)
            )
            self._hint = (style.scale(), QSize(max(wanted, bold + style.px(6)), height))
        return self._hint[1]

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._frame.key_pressed(event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._frame.keyboard_moved(self, True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if isValid(self._frame):
            self._frame.keyboard_moved(self, False)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._frame.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._frame.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        chosen = self.isChecked()
        ink = LOOKS[self.choice.tone].text if chosen else "ink"
        painter.setFont(style.font(weight=600 if chosen else 400))
        painter.setPen(style.colour(ink if self.isEnabled() or chosen else "quiet"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
