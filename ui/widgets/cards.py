"""Quiet cards that hold a group of items, and the group that folds to one line."""

from typing import Literal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui import icons, style
from ui.spoken import Role
from ui.widgets.bars import FooterBar, HeaderBar
from ui.widgets.elided import ElidedLabel, GivingLabel
from ui.widgets.focus import ENTER_KEYS, go_on
from ui.widgets.glyph import State, StateGlyph
from ui.widgets.rail import RailStep, StepRail
from ui.widgets.stepper import Stepper

__all__ = ["Card", "FoldingGroup", "FooterBar", "HeaderBar", "RailStep", "Rule", "StepRail", "Stepper"]

CardKind = Literal["plain", "open", "att", "danger", "sunk", "desk"]


class Rule(QFrame):
    """A hair line between two rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("rule", True)


class Card(QFrame):
    """A group on its own ground: a title with a quiet remark, room at the right of it, and a body."""

    def __init__(
        self,
        title: str = "",
        remark: str = "",
        parent: QWidget | None = None,
        *,
        kind: CardKind = "plain",
        spacing: int = 6,
    ) -> None:
        super().__init__(parent)
        self.setProperty("card", kind)
        self.setAccessibleName(title)
        stack = style.column(self, (13, 9, 13, 11), spacing=spacing)
        self.title_row: QHBoxLayout = style.row(spacing=10)
        """The line of the title; what is added to it stands at the right."""
        self.body: QVBoxLayout = style.column(spacing=spacing)
        """Where the content goes."""
        self._title, self._remark = GivingLabel(), GivingLabel()
        self._title.setText(title)
        self._remark.setText(remark)
        self._title.setProperty("t", "h2")
        self._remark.setProperty("t", "s")
        self.title_row.addWidget(self._title, 0, Qt.AlignmentFlag.AlignVCenter)
        self.title_row.addWidget(self._remark, 0, Qt.AlignmentFlag.AlignVCenter)
        self.title_row.addStretch(1)
        stack.addLayout(
            self.title_row
        )  # before they are shown: without a place each would be a window of its own
        self._title.setVisible(bool(title))
        self._remark.setVisible(bool(remark))
        stack.addLayout(self.body, 1)

    def set_kind(self, kind: CardKind) -> None:
        """Make it the open one, or one that asks to be looked at."""
        style.say(self, card=kind)

    def set_title(self, title: str, remark: str = "", *, heard: str = "") -> None:
        """Change the title and the quiet words after it; `heard`: what is read of it by who comes in."""
        self._title.setText(title)
        self._remark.setText(remark)
        self._title.setVisible(bool(title))
        self._remark.setVisible(bool(remark))
        if (heard or title) != self.accessibleName():  # each time it is set a reader is told of it
            self.setAccessibleName(heard or title)


class _Head(QFrame):
    """The line of a group: a click, Enter or Space opens and closes it."""

    toggled = Signal()
    spoken_role = Role.Button

    def __init__(self) -> None:
        super().__init__()
        self._goes_on = False
        self.setObjectName("foldingHead")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.press()

    def press(self) -> None:
        """Open or close the group."""
        self.toggled.emit()

    def take_keyboard(self) -> None:
        """The group is done and folds under the keyboard: the next Enter goes on, as it would from its last field."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._goes_on = True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._goes_on = False
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        with_control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if isinstance(self.window().focusWidget(), QPushButton):
            super().keyPressEvent(event)  # a link in this line is pressed
        elif self._goes_on and event.key() in ENTER_KEYS and not with_control:
            go_on(self, back=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif (event.key() in ENTER_KEYS or event.key() == Qt.Key.Key_Space) and not with_control:
            self.press()
        else:
            super().keyPressEvent(event)


class FoldingGroup(QFrame):
    """A group that folds to one line of 34 px: its state, name, what it holds, and its sum at the right."""

    folded_changed = Signal(bool)
    """The therapist folded (True) or opened (False) it."""

    def __init__(
        self, title: str, detail: str = "", parent: QWidget | None = None, *, folded: bool = False
    ) -> None:
        super().__init__(parent)
        self.setProperty("card", "plain")
        self._name = title
        self._folded = folded
        edge = style.thin()
        stack = QVBoxLayout(self)
        stack.setContentsMargins(edge, edge, edge, edge)
        stack.setSpacing(0)
        self._head = _Head()
        self._head.setFixedHeight(style.px(34) - 2 * style.thin())
        self._head.toggled.connect(self._toggle)
        self._glyph = StateGlyph("empty")
        self._summary = style.label()
        self._arrow = icons.Picture("forward", "quiet", 16)
        name, words = style.label("b", title), ElidedLabel(align=Qt.AlignmentFlag.AlignLeft)
        words.set_text(detail)
        self._summary.setProperty("t", "s")
        line = self._head_line = style.row(self._head, (12, 0, 12, 0), spacing=10)
        line.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(name, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(words, 1, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._summary, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._arrow, 0, Qt.AlignmentFlag.AlignVCenter)
        stack.addWidget(self._head)
        self._content = QWidget()
        self._content.setAccessibleName(title)  # heard with the question by which one comes in
        self.body: QVBoxLayout = style.column(self._content, (18, 2, 14, 10), spacing=6)
        """Where the rows of the group go."""
        stack.addWidget(self._content)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_folded(folded)

    @property
    def folded(self) -> bool:
        """Whether only its line is shown."""
        return self._folded

    def set_folded(self, folded: bool) -> None:
        """Fold or open it without telling anyone."""
        self._folded = folded
        self._content.setVisible(not folded)
        self._arrow.set_icon("forward" if folded else "open")
        self._name_it()

    def fold_when_done(self) -> None:
        """Fold it after its last answer; where the keyboard is inside, it waits on the line of the group."""
        at = self.window().focusWidget()
        if at is not None and self._content.isAncestorOf(at):
            self._head.take_keyboard()
        self.set_folded(True)

    def focus_head(self) -> None:
        """Put the keyboard on its line."""
        self._head.setFocus(Qt.FocusReason.OtherFocusReason)

    def add_act(self, act: QWidget) -> None:
        """Put a button into its line, before the sum; it is there while the group is open."""
        self._head_line.insertWidget(self._head_line.count() - 2, act, 0, Qt.AlignmentFlag.AlignVCenter)

    def set_state(self, state: State, summary: str = "") -> None:
        """Show how far it is, and the sum in words ("6 of 6 no")."""
        self._glyph.set_state(state)
        self._summary.setText(summary)
        self._name_it()

    def _toggle(self) -> None:
        self.set_folded(not self._folded)
        self.folded_changed.emit(self._folded)

    def _name_it(self) -> None:
        how = "folded" if self._folded else "open"
        parts = (self._name, self._glyph.accessibleName(), self._summary.text(), how)
        self._head.setAccessibleName(", ".join(part for part in parts if part))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._head.setFixedHeight(style.px(34) - 2 * style.thin())
        super().changeEvent(event)
