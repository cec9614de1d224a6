"""A dose that is stepped with minus and plus."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from evalassist.translate import tr
from ui import spoken, style
from ui.widgets.focus import ENTER_KEYS, go_on

REPEAT_AFTER_MS = 350
REPEAT_EVERY_MS = 70


class _Step(QToolButton):
    """The button of one direction; the keys + and − work on both."""

    keyed = Signal(int)

    def __init__(self, sign: str, name: str) -> None:
        super().__init__()
        self.setText(sign)
        self.setAccessibleName(name)
        self.setProperty("step", True)
        self.setProperty("field", True)
        self.setAutoRepeat(True)
        self.setAutoRepeatDelay(REPEAT_AFTER_MS)
        self.setAutoRepeatInterval(REPEAT_EVERY_MS)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Up, Qt.Key.Key_Equal):
            self.keyed.emit(1)
        elif event.key() in (Qt.Key.Key_Minus, Qt.Key.Key_Down):
            self.keyed.emit(-1)
        elif event.key() in ENTER_KEYS:
            go_on(
                self.parentWidget() or self, back=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            )
        else:
            super().keyPressEvent(event)


class Stepper(QWidget):
    """Minus, the value, plus, and the unit after it; holding a button repeats. Starts empty."""

    answered = Signal(object)
    """The new value (`float`, or `int` when the step is whole)."""

    def __init__(
        self,
        name: str,
        unit: str = "",
        parent: QWidget | None = None,
        *,
        low: float,
        high: float,
        step: float = 1,
        told: Callable[[float], str] | None = None,
    ) -> None:
        """`told`: how a value is heard, where that is more than the number with its unit."""
        super().__init__(parent)
        self._name = name
        self._low, self._high, self._step = low, high, step
        self._told = told or (lambda value: f"{value:g} {unit}".strip())
        self._value: float | None = None
        self._less, self._more = (
            _Step("−", tr("{name}, less").format(name=name)),
            _Step("+", tr("{name}, more").format(name=name)),
        )
        self._less.setProperty("field", False)  # Enter comes to one of the two
        self._shown, word = style.label(), style.label("", unit)
        self._shown.setProperty("t", "b")
        self._shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._shown.setMinimumWidth(
            QFontMetrics(style.font(weight=600)).horizontalAdvance("0" * len(f"{high:g}")) + style.px(6)
        )
        word.setProperty("t", "s")
        for button, by in ((self._less, -1), (self._more, 1)):
            button.clicked.connect(lambda _=False, by=by: self._go(by))
            button.keyed.connect(self._go)
        line = style.row(self, spacing=3)
        for part in (self._less, self._shown, self._more, word):
            line.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        word.setVisible(bool(unit))
        self.setFocusProxy(self._more)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_value(None)

    @property
    def value(self) -> float | None:
        """The value shown, or None while none was set."""
        return self._value

    @property
    def _in_words(self) -> str:
        return tr("not set") if self._value is None else self._told(self._value)

    def set_value(self, value: float | None) -> None:
        """Show a value without telling anyone."""
        self._value = value
        self._shown.setText("–" if value is None else f"{value:g}")
        self.setAccessibleName(f"{self._name}: {self._in_words}")
        self._shown.setAccessibleName(self.accessibleName())
        for button in (self._less, self._more):
            button.setAccessibleDescription(self._in_words)

    def _go(self, by: int) -> None:
        wanted = self._low if self._value is None else self._value + by * self._step
        new = round(min(self._high, max(self._low, wanted)), 6)
        if float(new).is_integer() and float(self._step).is_integer():
            new = int(new)
        changed = new != self._value
        if changed:
            self.set_value(new)
            self.answered.emit(new)
        reached = self._less.hasFocus() or self._more.hasFocus()
        if not (changed and reached and spoken.is_kept_busy()):  # else Orca reads the new description already
            spoken.say(self, self._in_words, at_once=True, instead=True)
