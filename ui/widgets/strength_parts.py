"""What a cell of the strength page is made of: its fields, its words, and how numbers read there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QMenu, QWidget

from evalassist.answers import FORCE_N, LEVER_ARM_M
from evalassist.clinical.facts import shown
from evalassist.clinical.result import SideStrength
from evalassist.clinical.strength_entry import MOST_FIGURES
from evalassist.translate import tr
from evalassist.units import from_si, to_si
from ui import style
from ui.widgets.fields import NumberField, TextField
from ui.widgets.focus import held_by
from ui.widgets.marks import LinkButton, StateGlyph
from ui.widgets.typed import once_released

TRIALS = 3
GRADE_WORDS = {
    "0": tr("no contraction"),
    "1": tr("flicker, no movement"),
    "2-": tr("part range, no gravity"),
    "2": tr("full range, no gravity"),
    "2+": tr("starts against gravity"),
    "3-": tr("over half against gravity"),
    "3": tr("full against gravity"),
    "3+": tr("holds slight resistance"),
    "4-": tr("holds slight to moderate"),
    "4": tr("holds moderate"),
    "4+": tr("holds moderate to strong"),
    "5": tr("holds maximal"),
}
"""What each hand grade means, in short (examination 6.4)."""


NewField = Callable[[str, int, tuple[float, float], tuple[float, float]], "GoingOnField"]
"""Makes a field of this name and width, with its usual and its possible range."""


class GoingOnField(NumberField):
    """A number field that says where Enter wants to go instead of going by itself."""

    going_on = Signal(bool)
    """Enter was taken; True with Shift, which goes back."""
    trials: Sequence[GoingOnField] = ()
    """The trials of its side, where it is one of them."""

    def put_back(self, words: str) -> None:
        """The trials that count have closed up: where one moved here, the next empty field takes the words."""
        taken = self in self.trials and self.value is not None and words != self.text
        place = next((trial for trial in self.trials if not trial.text), None) if taken else self
        if place is not None:
            super(GoingOnField, place).put_back(words)

    def set_bounds(self, usual: tuple[float, float], possible: tuple[float, float]) -> None:
        """Other ranges, because another unit is shown."""
        self._usual, self._possible = usual, possible

    def set_kind(self, *, whole: bool = False, above_zero: bool = False) -> None:
        """What else a number must be to be counted."""
        self._whole, self._above_zero = whole, above_zero

    def _entered(self, back: bool) -> None:
        asked, was_heard = self.message != "", self._was_heard()
        self.commit()
        if asked and was_heard and self.value is not None:
            self.keep()
        self._asked_at = -inf
        if self.message and not back:
            self.edit.selectAll()
            if asked and not was_heard:
                self._speak()
        else:
            self.going_on.emit(back)


class Extras(QWidget):
    """What only the row being worked on shows of a side; made when the row is first opened."""

    def __init__(self, name: str, new_field: NewField) -> None:
        super().__init__()
        stack = style.column(self, spacing=2)
        self.pain = new_field(tr("{name}: pain in the test").format(name=name), 34, (0, 10), (0, 10))
        usual = (from_si(LEVER_ARM_M[0], "cm"), from_si(LEVER_ARM_M[1], "cm"))
        self.lever = new_field(tr("{name}: lever arm").format(name=name), 40, usual, (0, MOST_FIGURES))
        self.pain.edit.setAccessibleName(tr("{name}, of 10").format(name=self.pain.accessibleName()))
        self.lever.edit.setAccessibleName(f"{self.lever.accessibleName()}, cm")
        self.pain.set_kind(whole=True)
        self.lever.set_kind(above_zero=True)
        self.numbers = QWidget()
        row = style.row(self.numbers, (0, 5, 8, 0), spacing=5)
        self.lever_words = (style.label("s", tr("Lever")), style.label("s", "cm"))
        pain, lever = style.row(spacing=5), style.row(spacing=5)
        for part in (style.label("s", tr("Pain")), self.pain, style.label("s", "/10")):
            pain.addWidget(part)
        for part in (self.lever_words[0], self.lever, self.lever_words[1]):
            lever.addWidget(part)
        row.addLayout(pain)
        row.addStretch(1)
        row.addLayout(lever)
        self.links = QWidget()
        links = style.row(self.links, (0, 0, 5, 0), spacing=0)
        self.compensation = quiet_link(tr("Compensation…"), tr("{name}: compensation seen").format(name=name))
        self.not_tested = quiet_link(tr("Not tested…"), tr("{name}: not tested, and why").format(name=name))
        links.addWidget(self.compensation)
        links.addStretch(1)
        links.addWidget(self.not_tested)
        self.taken = QWidget()
        taken = style.row(self.taken, (0, 0, 5, 0), spacing=0)
        self.protocol = quiet_link(
            tr("Position: standard"), tr("{name}: position and kind of test").format(name=name)
        )
        self.discard = quiet_link(
            tr("Discard…"), tr("{name}: discard a trial, or take it back").format(name=name)
        )
        taken.addWidget(self.protocol)
        taken.addStretch(1)
        taken.addWidget(self.discard)
        self.own = TextField(tr("{name}: what was seen").format(name=name))
        for line in (self.numbers, self.links, self.taken, self.own):
            stack.addWidget(line)
        self.own.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What does not fit beside each other stands below each other."""
        super().resizeEvent(event)
        for part in (self.numbers, self.links, self.taken):
            flow = part.layout()
            if isinstance(flow, QBoxLayout):
                parts = [held for held in held_by(flow) if isinstance(held, QLayout) or not held.isHidden()]
                needed = sum(held.sizeHint().width() for held in parts) + flow.count() * flow.spacing()
                beside = needed <= self.width()
                way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
                if flow.direction() != way:
                    flow.setDirection(way)


class Message(QWidget):
    """One sentence under the fields, with Keep where a number asks whether it is meant."""

    def __init__(self, name: str) -> None:
        super().__init__()
        row: QHBoxLayout = style.row(self, spacing=6)
        self._glyph, self._words = StateGlyph("look", size=14), style.label("s")
        self._words.setWordWrap(True)
        self.keep = quiet_link(tr("Keep"), tr("{name}: keep the unusual value").format(name=name))
        row.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        row.addWidget(self.keep, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def say(self, words: str, *, bad: bool, asks: bool) -> None:
        """Say this; an empty sentence hides the line."""
        self._words.setText(words)
        style.say(self._words, c="danger" if bad else "att")
        self._glyph.set_state("danger" if bad else "look")
        self.keep.setVisible(asks)
        once_released(self, lambda: self.setVisible(bool(self._words.text())))


def is_filled(field: QWidget) -> bool:
    """Whether something that counts stands in the field."""
    return isinstance(field, NumberField | TextField) and field.value is not None


def typed_or(field: NumberField, before: float | None) -> float | None:
    """The number in the field; what cannot be counted there does not take the earlier one away."""
    return before if field.uncounted else field.value


def scatter_words(measured: SideStrength | None, limit_percent: float, *, by_key: bool = False) -> str:
    """What to do about trials that differ too much, or ""; `by_key`: where a key alone takes a trial away."""
    if measured is None or measured.cv_percent is None or measured.reliable:
        return ""
    if len(measured.trials) < TRIALS:
        return ""
    words = tr("Scatter (CV) {cv_percent} %, limit {limit_percent:g} %").format(
        cv_percent=shown(measured.cv_percent), limit_percent=limit_percent
    )
    if len(measured.trials) == TRIALS:
        act = (
            tr("take one more, or Backspace for the last") if by_key else tr("take one more, or discard one")
        )
    else:
        act = tr("not scored. Backspace takes the last back") if by_key else tr("not scored. Discard one")
    return f"{words}: {act}."


def result(measured: SideStrength | None, unit: str) -> str:
    """The score of a side in the unit shown; the unit alone before that, a dash where it cannot be scored."""
    if measured is None or not measured.trials or measured.in_torque != (unit == "Nm"):
        return unit
    if measured.score is None:
        return "–"
    return f"{shown(from_si(measured.score, unit), 1)} {unit}"


def written(value: float, unit: str) -> float:
    """A number that may have been converted, as it is shown: as typed where it comes out even, else as finely as
    devices read."""
    exact = round(value, 3)
    if abs(exact - value) < 1e-9:
        return exact
    return round(value, 0 if unit == "N" else 1)


def slip_of_unit(value: float | None, unit: str, *, at_the_table: bool = False) -> str:
    """What to do about newtons typed while kgf or lbf are meant, on the page or in the hands-busy view; or ""."""
    if value is None or unit not in ("kgf", "lbf") or not to_si(value, unit) > FORCE_N[1] >= value:
        return ""
    newtons = tr("{value} {unit} is {shown} N.").format(
        value=shown(value, 1), unit=unit, shown=shown(to_si(value, unit))
    )
    words = (
        tr(
            "{newtons} If the device shows newtons, press N and Enter; on the page (F11) N is chosen for all. "
        )
        if at_the_table
        else tr("{newtons} If the device shows newtons, choose N above and type it again. ")
    )
    return words.format(newtons=newtons)


def quiet_link(words: str, spoken: str) -> LinkButton:
    """A link that a click does not move the keyboard to, for that would open its row under the pointer."""
    link = LinkButton(words)
    link.setAccessibleName(spoken)
    link.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return link


def titled_menu(parent: QWidget, title: str) -> QMenu:
    """A menu that says what is chosen in it."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.addAction(title).setEnabled(False)
    return menu
