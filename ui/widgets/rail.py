"""The steps of an evaluation at the left: state by shape, name, and how many are left."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout, QWidget

from evalassist.translate import tr
from ui import style
from ui.spoken import Role
from ui.widgets.glyph import TONES, WORDS, State, paint_state

WIDE, NARROW = 200, 70


@dataclass(frozen=True, slots=True)
class RailStep:
    """A step as the rail names it."""

    step_id: str
    name: str


class _Item(QAbstractButton):
    """One step of the rail."""

    spoken_role = Role.RadioButton

    def __init__(self, step: RailStep, number: int) -> None:
        super().__init__()
        self.step = step
        self._number = number
        self._state: State = "empty"
        self._left = 0
        self._because = ""
        self._narrow = False
        self.setText(step.name)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._tell()

    def press(self) -> None:
        """As a click; Qt itself would only mark the step, and it would not be shown."""
        self.click()

    def nextCheckState(self) -> None:
        """The window decides which step is shown."""

    def show_state(self, state: State, left: int, because: str = "") -> None:
        """Show how far the step is and how much is left in it."""
        if (state, left, because) == (self._state, self._left, self._because):
            return
        self._state, self._left, self._because = state, left, because
        self._tell()

    def _tell(self) -> None:
        left_words = tr("{left} left").format(left=self._left) if self._left else ""
        said = (self.step.name, WORDS[self._state], left_words, self._because)
        self.setAccessibleName(
            tr("Step {number}: {said}").format(
                number=self._number, said=", ".join(part for part in said if part)
            )
        )
        self._explain()
        self.update()

    def show_narrow(self, narrow: bool) -> None:
        """Only the shape and the number of the step."""
        self._narrow = narrow
        self._explain()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        word = str(self._number) if self._narrow else self.text()
        named = QFontMetrics(style.font(weight=600)).horizontalAdvance(word)
        counted = style.px(28 if self._left and not self._narrow else 12)
        width = style.px(36 if self._narrow else 40) + named + counted
        return QSize(width, max(style.px(40), style.control_height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        current = self.isChecked()
        if current or self.underMouse():
            painter.fillRect(self.rect(), style.colour("card" if current else "hover"))
        if current:
            painter.setPen(QPen(style.colour("line"), style.thin()))
            painter.drawLine(self.rect().topLeft(), self.rect().topRight())
            painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())
            painter.fillRect(QRect(0, 0, style.px(4), self.height()), style.colour("accent"))
        side = style.px(16)
        glyph = QRectF(style.px(14), (self.height() - side) / 2, side, side)
        paint_state(painter, glyph, self._state, style.colour(TONES[self._state]))
        count = str(self._left) if self._left and not self._narrow else ""
        count_font = style.font(9.5)
        count_room = QFontMetrics(count_font).horizontalAdvance(count) + style.px(4) if count else 0
        name_font = style.font(weight=600 if current else 400)
        blocked = self._state == "blocked"
        painter.setFont(name_font)
        painter.setPen(style.colour("quiet" if blocked else "ink"))
        x = style.px(40 if not self._narrow else 36)
        room = QRect(QPoint(x, 0), QSize(self.width() - x - count_room - style.px(12), self.height()))
        word = str(self._number) if self._narrow else self.text()
        shown = QFontMetrics(name_font).elidedText(word, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        if count:
            painter.setFont(count_font)
            painter.setPen(style.colour("quiet"))
            at_right = self.rect().adjusted(0, 0, -style.px(12), 0)
            painter.drawText(at_right, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, count)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(style.colour("ink"), style.thick()))
            inner = QRectF(self.rect()).adjusted(style.px(6), style.px(3), -style.px(4), -style.px(3))
            painter.drawRoundedRect(inner, style.px(4), style.px(4))

    def _explain(self) -> None:
        if self._narrow:
            left_words = tr(", {left} left").format(left=self._left) if self._left else ""
            self.setToolTip(
                style.tip(f"{self.step.name}{left_words}" + (f". {self._because}" if self._because else ""))
            )
        else:
            self.setToolTip(style.tip(self._because))


class StepRail(QFrame):
    """All steps, reachable in any order; up and down move, Enter opens. Narrow, it shows numbers."""

    chosen = Signal(str)
    """The step the therapist wants to see, by its id."""

    def __init__(self, steps: Sequence[RailStep], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAccessibleName(tr("Steps"))
        self._narrow = False
        self._items = {step.step_id: _Item(step, number) for number, step in enumerate(steps, start=1)}
        stack = QVBoxLayout(self)
        stack.setContentsMargins(0, style.px(8), style.thin(), style.px(8))
        stack.setSpacing(0)
        for item in self._items.values():
            item.clicked.connect(lambda _=False, wanted=item.step.step_id: self.chosen.emit(wanted))
            item.installEventFilter(self)
            stack.addWidget(item)
        stack.addStretch(1)
        self.foot: QVBoxLayout = style.column(margins=(8, 0, 8, 0), spacing=2)
        """Room at the bottom for the chart and the documents."""
        stack.addLayout(self.foot)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._fit()
        self._let_tab_reach(next(iter(self._items)))

    @property
    def narrow(self) -> bool:
        """Whether it shows numbers instead of names."""
        return self._narrow

    def set_narrow(self, narrow: bool) -> None:
        """Show shapes and numbers only, or the names too."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self._fit()

    def _fit(self) -> None:
        for item in self._items.values():
            item.show_narrow(self._narrow)
        self.setFixedWidth(style.px(NARROW if self._narrow else WIDE))

    def set_current(self, step_id: str) -> None:
        """Mark the step that is shown, without telling anyone."""
        for key, item in self._items.items():
            item.setAutoExclusive(False)
            item.setChecked(key == step_id)
            item.setAutoExclusive(True)
        self._let_tab_reach(step_id)

    def in_words(self, step_id: str) -> str:
        """A step and how far it is."""
        return self._items[step_id].accessibleName()

    def set_state(self, step_id: str, state: State, left: int = 0, because: str = "") -> None:
        """Show how far a step is, how many answers are left, and why it is blocked."""
        self._items[step_id].show_state(state, left, because)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            keys = list(self._items)
            at = next((i for i, key in enumerate(keys) if self._items[key] is watched), 0)
            by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
            if by:
                wanted = keys[(at + by) % len(keys)]
                self._let_tab_reach(wanted)
                self._items[wanted].setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.chosen.emit(keys[at])
                return True
        return False

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._fit()
        super().changeEvent(event)

    def _let_tab_reach(self, step_id: str) -> None:
        for key, item in self._items.items():
            reached = key == step_id
            item.setFocusPolicy(Qt.FocusPolicy.StrongFocus if reached else Qt.FocusPolicy.ClickFocus)
            if reached:
                self.setFocusProxy(item)
