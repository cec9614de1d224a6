"""Longer lists of answers: one of many, or several of many."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QRadioButton,
    QSizePolicy,
    QStyledItemDelegate,
    QWidget,
)

from evalassist.translate import tr
from ui import spoken, style
from ui.widgets.boxes import chosen_by
from ui.widgets.focus import CLEARING_KEYS, ENTER_KEYS, go_on
from ui.widgets.segments import Choice, SegmentedControl

Shape = Literal["auto", "segments", "radio", "combo"]
MOST_SEGMENTS = 5
MOST_RADIOS = 12


class _Combo(QComboBox):
    """A drop-down that the wheel cannot change by accident while the page scrolls."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER_KEYS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            go_on(self, back=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif event.key() in CLEARING_KEYS:
            self.setCurrentIndex(0)
            self.activated.emit(0)
        else:
            super().keyPressEvent(event)


class ChoiceField(QWidget):
    """One of several: boxes up to five, a column of radio buttons above, a drop-down list for many."""

    answered = Signal(object)
    """The value chosen (`str`), or None when the answer was cleared."""

    def __init__(
        self,
        choices: Sequence[Choice],
        name: str,
        parent: QWidget | None = None,
        *,
        shape: Shape = "auto",
        always: bool = False,
    ) -> None:
        """`always`: a drop-down list in which one is always chosen, without an empty line."""
        super().__init__(parent)
        self._choices = tuple(choices)
        self._empty_lines = 0 if always else 1
        self._value: str | None = None
        self.setAccessibleName(name)
        if shape == "auto":
            few, some = len(self._choices) <= MOST_SEGMENTS, len(self._choices) <= MOST_RADIOS
            shape = "segments" if few else "radio" if some else "combo"
        self._segments: SegmentedControl | None = None
        self._combo: _Combo | None = None
        self._radios: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        layout = style.column(self, spacing=2)
        if shape == "segments":
            self._segments = SegmentedControl(self._choices, name)
            self._segments.answered.connect(self._choose)
            layout.addWidget(self._segments)
            self.setFocusProxy(self._segments)
        elif shape == "combo":
            self._combo = self._make_combo(name)
            layout.addWidget(self._combo)
            self.setFocusProxy(self._combo)
        else:
            for choice in self._choices:
                radio = self._make_radio(choice, name)
                layout.addWidget(radio, 0, Qt.AlignmentFlag.AlignLeft)
            self.setFocusProxy(next(iter(self._radios.values())))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def value(self) -> str | None:
        """The chosen value, or None while nothing is chosen."""
        return self._value

    def set_value(self, value: str | None) -> None:
        """Show an answer without telling anyone."""
        values = [choice.value for choice in self._choices]
        if value not in values:
            value = None  # what the content no longer knows is shown as nothing
        self._value = value
        if self._segments is not None:
            self._segments.set_value(value)
        if self._combo is not None:
            self._combo.setCurrentIndex(0 if value is None else self._empty_lines + values.index(value))
        # An exclusive group refuses to be emptied, and empty is a state here.
        self._group.setExclusive(False)
        for key, radio in self._radios.items():
            radio.setChecked(key == value)
        self._group.setExclusive(True)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in ENTER_KEYS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                go_on(self, back=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
                return True
            if event.key() in CLEARING_KEYS:
                self._choose(None)
                return True
            if event.text() and self._letter(event.text().casefold()):
                return True
        return super().eventFilter(watched, event)

    def _make_combo(self, name: str) -> _Combo:
        combo = _Combo()
        combo.setItemDelegate(QStyledItemDelegate(combo))  # the sheet reaches the lines of this one
        spoken.name_combo(combo, name)
        if self._empty_lines:
            combo.addItem("")
        for choice in self._choices:
            combo.addItem(choice.text)
            if choice.detail:
                combo.setItemData(combo.count() - 1, choice.detail, Qt.ItemDataRole.ToolTipRole)
        values = [*[None] * self._empty_lines, *(choice.value for choice in self._choices)]
        combo.activated.connect(lambda at: self._choose(values[at]))
        return combo

    def _make_radio(self, choice: Choice, name: str) -> QRadioButton:
        radio = QRadioButton(choice.text.replace("&", "&&"))
        radio.setAccessibleName(f"{name}: {choice.text}")
        radio.setToolTip(choice.detail)
        radio.installEventFilter(self)
        # The group unticks the others before "clicked", so what was chosen before is read from the value.
        radio.clicked.connect(lambda: self._choose(None if choice.value == self._value else choice.value))
        self._group.addButton(radio)
        self._radios[choice.value] = radio
        return radio

    def _letter(self, typed: str) -> bool:
        value = chosen_by(typed, self._choices, self._value) if typed.strip() else None
        if value is None:
            spoken.tell_no_answer(self, typed)
            return False
        self._choose(value)
        if self._value in self._radios:
            self._radios[self._value].setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _choose(self, value: str | None) -> None:
        if value == self._value:
            return
        self.set_value(value)
        if self._radios:  # boxes and a drop-down list say so themselves
            chosen = next((choice.text for choice in self._choices if choice.value == value), "")
            spoken.say(self, tr("{name}, selected").format(name=chosen) if chosen else tr("cleared"))
        self.answered.emit(value)


class CheckList(QWidget):
    """Several of many, in two columns (one where the room is short). Untouched is told as None.

    `none_of_these` is the value of a choice that excludes the others: "none" is an answer somebody gave,
    an empty list is not.
    """

    answered = Signal(object)
    """The values ticked, in the order of the list (`tuple[str, ...]`), or None when none is ticked."""

    def __init__(
        self,
        choices: Sequence[Choice],
        name: str,
        parent: QWidget | None = None,
        *,
        columns: int = 2,
        none_of_these: str | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns, self._laid_out = columns, 0
        self._none_of_these = none_of_these
        self._told: tuple[str, ...] | None = None
        self.setAccessibleName(name)
        self._boxes: dict[str, QCheckBox] = {}
        self._rows: list[QWidget] = []
        for choice in choices:
            self._rows.append(self._make_row(choice, name))
        self._grid = style.scaled(QGridLayout(self))
        self._grid.setSizeConstraint(QGridLayout.SizeConstraint.SetNoConstraint)  # see `minimumSizeHint`
        self._grid.setHorizontalSpacing(style.px(24))
        self._grid.setVerticalSpacing(style.px(2))
        self._arrange(columns)
        self.setFocusProxy(next(iter(self._boxes.values())))

    @property
    def value(self) -> tuple[str, ...] | None:
        """The values ticked, in the order of the list, or None when none is ticked."""
        return tuple(value for value, box in self._boxes.items() if box.isChecked()) or None

    def set_value(self, values: Sequence[str] | None) -> None:
        """Show ticks without telling anyone."""
        wanted = set(values or ())  # what the content no longer knows has no box
        for value, box in self._boxes.items():
            box.setChecked(value in wanted)
        self._told = self.value

    def box(self, value: str) -> QCheckBox:
        """The check box of one choice, for pages that go to it from a reason."""
        return self._boxes[value]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        enter = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if enter and isinstance(event, QKeyEvent) and event.key() in ENTER_KEYS:
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                return False
            go_on(self, back=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fits = (columns for columns in range(self._columns, 1, -1) if self._needs(columns) <= self.width())
        self._arrange(next(fits, 1))

    def minimumSizeHint(self) -> QSize:
        # Narrower than two columns is fine: the list then becomes one.
        widest = max(row.sizeHint().width() for row in self._rows)
        return QSize(widest, super().minimumSizeHint().height())

    def _make_row(self, choice: Choice, name: str) -> QWidget:
        box = QCheckBox(choice.text.replace("&", "&&"))
        spoken = f"{name}: {choice.text}" + (f", {choice.detail}" if choice.detail else "")
        box.setAccessibleName(spoken)
        box.clicked.connect(lambda: self._ticked(choice.value))
        box.installEventFilter(self)
        self._boxes[choice.value] = box
        if not choice.detail:
            return box
        row = QWidget()
        line: QHBoxLayout = style.row(row)
        detail = style.label("", choice.detail)
        detail.setProperty("t", "s")
        line.addWidget(box, 1)
        line.addWidget(detail)
        return row

    def _ticked(self, value: str) -> None:
        alone = self._none_of_these
        if alone is not None and self._boxes[value].isChecked():
            for other, box in self._boxes.items():
                if other != value and (alone in (value, other)):
                    box.setChecked(False)
        if self.value != self._told:
            self._told = self.value
            self.answered.emit(self._told)

    def _needs(self, columns: int) -> int:
        """How wide so many columns are, each as wide as its own widest line."""
        widths, high = [row.sizeHint().width() for row in self._rows], self._height(columns)
        each = [max(widths[at : at + high]) for at in range(0, len(widths), high)]
        return sum(each) + self._grid.horizontalSpacing() * (len(each) - 1)

    def _height(self, columns: int) -> int:
        return -(-len(self._rows) // columns)

    def _arrange(self, columns: int) -> None:
        if columns == self._laid_out:
            return
        self._laid_out = columns
        high = self._height(columns)
        for at, row in enumerate(self._rows):
            # Down the first column, then the second: as it is read, and as Tab goes.
            self._grid.addWidget(row, at % high, at // high)
        for at in range(self._columns):
            self._grid.setColumnStretch(at, 1 if at < columns else 0)
