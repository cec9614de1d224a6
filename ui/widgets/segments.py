"""One of a few, and 0 to 10: boxes in one frame, none filled until someone fills it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from evalassist.translate import tr
from ui import spoken, style
from ui.widgets.boxes import LOOKS, Box, BoxFrame, Choice, Tone, chosen_by
from ui.widgets.focus import CLEARING_KEYS, ENTER_KEYS, go_on

__all__ = [
    "CLEARING_KEYS",
    "ENTER_KEYS",
    "Choice",
    "SegmentedControl",
    "Tone",
    "ZeroToTen",
    "yes_no_not_tested",
]


class SegmentedControl(BoxFrame):
    """One of a few answers; clicking the chosen one again clears it, for untouched is an answer too.

    Arrow keys move, Space or the first letter chooses, Backspace clears, Enter goes to the next field.
    """

    answered = Signal(object)
    """The value chosen by the therapist (`str`), or None when the answer was cleared."""

    def __init__(
        self,
        choices: Sequence[Choice],
        name: str,
        parent: QWidget | None = None,
        *,
        box_width: int | None = None,
    ) -> None:
        super().__init__(parent)
        self._value: str | None = None
        self._waiting: str | None = None
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        line = QHBoxLayout(self)
        line.setContentsMargins(style.thin(), style.thin(), style.thin(), style.thin())
        line.setSpacing(style.thin())
        self._boxes = [Box(choice, box_width, self) for choice in choices]
        for box in self._boxes:
            box.setAccessibleName(f"{name}: {box.text()}" if name else box.text())
            box.setAccessibleDescription(box.choice.detail)
            box.clicked.connect(self._box_clicked)
            line.addWidget(box)
        self._let_tab_reach(self._boxes[0])

    @property
    def value(self) -> str | None:
        """The chosen value, or None while nothing is chosen."""
        return self._value

    def set_value(self, value: str | None) -> None:
        """Show an answer without telling anyone."""
        if value not in {box.choice.value for box in self._boxes}:
            value = None  # what the content no longer knows is shown as nothing
        self._value = value
        for box in self._boxes:
            box.show_chosen(box.choice.value == value)
            if box.choice.value == value:
                self._let_tab_reach(box)
        self.update()

    def choose(self, value: str | None) -> None:
        """Choose as the therapist would, and tell."""
        if value == self._value:
            return
        self.set_value(value)
        self.answered.emit(value)

    @property
    def waiting(self) -> str | None:
        """The box that was begun on the keyboard but is not taken yet."""
        return self._waiting

    def describe(self, words: str) -> None:
        """What is read aloud with every box."""
        for box in self._boxes:
            box.setAccessibleDescription(words)

    def show_waiting(self, value: str | None) -> None:
        """Mark a box that was begun on the keyboard but is not taken yet."""
        if value != self._waiting:
            self._waiting = value
            self.update()

    def has_keyboard(self) -> bool:
        """Whether the keyboard is on one of its boxes."""
        return any(box.hasFocus() for box in self._boxes)

    def focus_box(self, value: str) -> None:
        """Put the keyboard on one box."""
        for box in self._boxes:
            if box.choice.value == value:
                self._let_tab_reach(box)
                box.setFocus(Qt.FocusReason.OtherFocusReason)

    def sizeHint(self) -> QSize:
        hints = [box.sizeHint() for box in self._boxes]
        edge = style.thin()
        return QSize(sum(hint.width() + edge for hint in hints) + edge, hints[0].height() + 2 * edge)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyboard_moved(self, box: Box, came: bool) -> None:
        if came:
            self._let_tab_reach(box)
        self.update()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.updateGeometry()
        super().changeEvent(event)

    def _box_clicked(self) -> None:
        box = self.sender()
        if isinstance(box, Box):
            self.choose(None if box.choice.value == self._value else box.choice.value)

    def key_pressed(self, event: QKeyEvent) -> bool:
        key, typed = event.key(), event.text().casefold()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            self._step(-1)
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_Down):
            self._step(1)
        elif key in CLEARING_KEYS:
            if self._value is not None:
                spoken.say(self, tr("cleared"))
            self.choose(None)
        elif key in ENTER_KEYS and not event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        ):
            go_on(self, back=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif typed.strip() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return self._letter(typed)
        else:
            return False
        return True

    def _step(self, by: int) -> None:
        at = next((i for i, box in enumerate(self._boxes) if box.hasFocus()), 0)
        box = self._boxes[(at + by) % len(self._boxes)]
        self._let_tab_reach(box)
        box.setFocus(Qt.FocusReason.OtherFocusReason)

    def _letter(self, typed: str) -> bool:
        value = chosen_by(typed, [box.choice for box in self._boxes], self._value)
        if value is None:
            spoken.tell_no_answer(self, typed)
            return False
        there = next((box for box in self._boxes if box.hasFocus()), None)
        self.focus_box(value)
        self.choose(value)
        if (
            there is not None and there.choice.value == value
        ):  # the keyboard did not move, so nothing is heard
            spoken.say(there, tr("{name}, selected").format(name=there.accessibleName()))
        return True

    def _let_tab_reach(self, reached: Box) -> None:
        # One stop for Tab in the whole control; the arrow keys do the rest.
        for box in self._boxes:
            box.setFocusPolicy(Qt.FocusPolicy.StrongFocus if box is reached else Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(reached)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge, radius = style.thin(), style.px(4)
        outline = QRectF(self.rect()).adjusted(edge / 2, edge / 2, -edge / 2, -edge / 2)
        shape = QPainterPath()
        shape.addRoundedRect(outline, radius, radius)
        painter.fillPath(shape, style.colour("field" if self.isEnabled() else "faint"))
        for box in self._boxes:
            if box.underMouse() and box.isEnabled() and not box.isChecked():
                painter.save()
                painter.setClipPath(shape)
                painter.fillRect(box.geometry(), style.colour("hover"))
                painter.restore()
        pen = QPen(style.colour("control"), edge)
        if not self.isEnabled():
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        for box in self._boxes[:-1]:
            x = box.geometry().right() + 1 + edge / 2
            painter.drawLine(QPointF(x, outline.top()), QPointF(x, outline.bottom()))
        painter.drawPath(shape)
        for box in self._boxes:
            chosen = box.isChecked()
            if chosen or box.choice.value == self._waiting:
                looks = LOOKS[box.choice.tone if chosen else "soft"]
                self._draw_box(painter, box, looks.edge, looks.ground)
        for box in self._boxes:
            if box.hasFocus():
                self._draw_focus(painter, box)

    def _draw_box(self, painter: QPainter, box: Box, edge: str, ground: str | None) -> None:
        width = style.thick()
        inset = width / 2 - style.thin()
        shape = self._rounded(QRectF(box.geometry()).adjusted(inset, inset, -inset, -inset), box)
        if ground is not None:
            painter.fillPath(shape, style.colour(ground))
        painter.setPen(QPen(style.colour(edge), width))
        painter.drawPath(shape)

    def _draw_focus(self, painter: QPainter, box: Box) -> None:
        if not box.isChecked():
            self._draw_box(painter, box, "ink", None)
            return
        # Inside the edge, so that chosen and focused can both be seen.
        looks = LOOKS[box.choice.tone]
        solid = looks.ground in ("accent", "danger")
        inset = style.px(3)
        painter.setPen(QPen(style.colour(looks.text if solid else "ink"), style.thick()))
        inner = QRectF(box.geometry()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(inner, style.px(2), style.px(2))

    def _rounded(self, rect: QRectF, box: Box) -> QPainterPath:
        """The box, rounded only where it touches an end of the frame."""
        radius = float(style.px(4))
        first = radius if box is self._boxes[0] else 0.0
        last = radius if box is self._boxes[-1] else 0.0
        path = QPainterPath()
        path.moveTo(rect.left() + first, rect.top())
        path.lineTo(rect.right() - last, rect.top())
        path.arcTo(QRectF(rect.right() - 2 * last, rect.top(), 2 * last, 2 * last), 90, -90)
        path.lineTo(rect.right(), rect.bottom() - last)
        path.arcTo(QRectF(rect.right() - 2 * last, rect.bottom() - 2 * last, 2 * last, 2 * last), 0, -90)
        path.lineTo(rect.left() + first, rect.bottom())
        path.arcTo(QRectF(rect.left(), rect.bottom() - 2 * first, 2 * first, 2 * first), 270, -90)
        path.lineTo(rect.left(), rect.top() + first)
        path.arcTo(QRectF(rect.left(), rect.top(), 2 * first, 2 * first), 180, -90)
        path.closeSubpath()
        return path


class _Digits(SegmentedControl):
    """The eleven boxes; a typed "1" may be the beginning of "10"."""

    def __init__(self, name: str, box_width: int) -> None:
        super().__init__([Choice(str(at), str(at), "solid") for at in range(11)], name, box_width=box_width)

    def set_value(self, value: str | None) -> None:
        self.show_waiting(None)
        super().set_value(value)

    def hideEvent(self, event: QHideEvent) -> None:
        self.take_begun()
        super().hideEvent(event)

    def keyboard_moved(self, box: Box, came: bool) -> None:
        super().keyboard_moved(box, came)
        if not came and not self.has_keyboard():
            self.take_begun()

    def key_pressed(self, event: QKeyEvent) -> bool:
        typed, begun = event.text(), self.waiting is not None
        if typed == "1":
            self.focus_box("1")
            self.show_waiting("1")
            spoken.say(self, tr("1, or 10 with a 0; Enter takes it"))
            return True
        if begun and typed == "0":
            self.show_waiting(None)
            self.focus_box("10")
            self.choose("10")
            return True
        if begun and (event.key() == Qt.Key.Key_Escape or event.key() in CLEARING_KEYS):
            self.show_waiting(None)
            return True
        if begun and event.key() in ENTER_KEYS:
            self.take_begun()  # and Enter goes on, as everywhere
        elif typed.isdigit():
            self.show_waiting(None)
        return super().key_pressed(event)

    def take_begun(self) -> None:
        """Leaving with a 1 typed means 1: nothing typed is lost."""
        begun = self.waiting
        self.show_waiting(None)
        if begun is not None:
            self.choose(begun)


class ZeroToTen(QWidget):
    """Eleven boxes, a word at each end. A typed "1" waits for "0" or Enter; other digits count at once."""

    answered = Signal(object)
    """The number chosen (`int`), or None when it was cleared."""

    def __init__(
        self,
        name: str,
        parent: QWidget | None = None,
        *,
        low: str = "none",
        high: str = "worst",
        box_width: int = 27,
    ) -> None:
        super().__init__(parent)
        self._digits = _Digits(name, box_width)
        self._digits.answered.connect(self._box_answered)
        self._digits.describe(
            tr("0 is {low}, 10 is {high}").format(low=low, high=high) if low and high else ""
        )
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusProxy(self._digits)
        line = style.row(self, spacing=7)
        if low:
            line.addWidget(_end(low))
        line.addWidget(self._digits)
        if high:
            line.addWidget(_end(high))

    @property
    def value(self) -> int | None:
        """The chosen number, or None while nothing is chosen."""
        chosen = self._digits.value
        return None if chosen is None else int(chosen)

    def set_value(self, value: int | None) -> None:
        """Show a number without telling anyone."""
        self._digits.set_value(None if value is None else str(value))

    def take_begun(self) -> None:
        """A typed 1 waits for a 0 no longer: it is 1."""
        self._digits.take_begun()

    def _box_answered(self, value: str | None) -> None:
        self.answered.emit(None if value is None else int(value))


def _end(word: str) -> QLabel:
    label = style.label("", word)
    label.setProperty("t", "s")
    return label


def yes_no_not_tested(*, alarming: bool = False, not_tested: str = tr("Not tested")) -> tuple[Choice, ...]:
    """The three plain answers: Y, N and /. "No" is quiet; an alarming "Yes" is loud."""
    return (
        Choice("yes", tr("Yes"), "danger" if alarming else "soft"),
        Choice("no", tr("No"), "quiet"),
        Choice("not-tested", not_tested, "quiet", key="/"),
    )
