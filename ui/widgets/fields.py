"""Fields that are typed in: numbers with a unit here, words and dates beside it.

What is typed always stays in the field. A field tells its value on Enter, on leaving it, and after a
short pause; what cannot be read is told as missing (None), with a sentence that says so.
"""

import re
from math import inf
from time import monotonic
from typing import Literal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from evalassist.translate import tr
from ui import spoken, style
from ui.widgets.choices import CheckList, ChoiceField
from ui.widgets.dates import DateField
from ui.widgets.elided import WrappedLabel
from ui.widgets.focus import go_on
from ui.widgets.glyph import StateGlyph
from ui.widgets.marks import LinkButton
from ui.widgets.typed import Line, Typed, once_released, quotable
from ui.widgets.words import TextField

__all__ = ["CheckList", "ChoiceField", "DateField", "NumberField", "TextField"]

_NUMBER = re.compile(r"[+\-−]?(\d+([.,]\d*)?|[.,]\d+)")
_TWO_MEANINGS = re.compile(r"[+\-−]?[1-9]\d{0,2},\d{3}")
"""A thousand to one, a number with three decimals to another."""

TO_HEAR_S = 1.5
"""An Enter that comes sooner after a question ends the typing; it was pressed before the question was heard."""
Messages = Literal["beside", "below", "elsewhere"]
SENTENCE = 400
"""As wide as one sentence about a value."""


LEAST_BESIDE = 160
"""Narrower than this a sentence beside its field is not made."""


class _Said(QWidget):
    """What a field has to say about what was typed, and the link that answers its question."""

    def __init__(self, name: str, *, wraps: bool) -> None:
        super().__init__()
        self._glyph = StateGlyph("look")
        self._sentence = style.label("s", wrap=True) if wraps else WrappedLabel("s", least=LEAST_BESIDE)
        self.keep = LinkButton(tr("Keep"))
        self.keep.setAccessibleName(tr("Keep the unusual value of {name}").format(name=name))
        line = style.row(self, (0 if wraps else 6, 0, 0, 0))
        line.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._sentence, 1 if wraps else 0)
        line.addWidget(self.keep, 0, Qt.AlignmentFlag.AlignVCenter)
        if not wraps:
            line.addStretch(1)
        self.hide()

    def say(self, sentence: str, mark: str) -> None:
        self._sentence.setText(sentence)
        style.say(self._sentence, c=mark)
        self._glyph.set_state("danger" if mark == "danger" else "look")
        self.keep.setVisible(mark == "att")
        once_released(self, lambda: self.setVisible(bool(self._sentence.text())))


class NumberField(Typed):
    """A number with its unit; empty stays empty and is told as None, never as zero.

    `usual` is the range that raises no question; outside it the field asks, keeps what was typed and
    counts it until it is changed. Enter asks, or answers a question that there was time to hear.
    Outside `possible` (or unreadable) the text stays, but is not counted.
    """

    kept = Signal(object)
    """The therapist said that an unusual value (`float`) is meant."""
    message_changed = Signal(str)
    """The sentence the field has to say, or "" when all is well (for pages that show it elsewhere)."""

    def __init__(
        self,
        name: str,
        unit: str = "",
        parent: QWidget | None = None,
        *,
        usual: tuple[float, float] | None = None,
        possible: tuple[float, float] | None = None,
        decimals: int | None = None,
        width: int = 60,
        messages: Messages = "beside",
        whole: bool = False,
        above_zero: bool = False,
    ) -> None:
        super().__init__(name, parent)
        self._whole, self._above_zero = whole, above_zero
        self._unit, self._usual, self._possible = unit, usual, possible
        self._decimals, self._width, self._messages = decimals, width, messages
        self._kept_value: float | None = None
        self._asked_at = -inf
        """When a question came up that no Enter raised: the next Enter may not have heard it."""
        self.edit = Line()
        self.edit.setProperty("num", True)
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.edit.setAccessibleName(f"{name}, {unit}" if unit else name)
        self.edit.setFixedWidth(style.px(width))
        self.edit.textEdited.connect(self._typing)
        self.edit.entered.connect(self._entered)
        self.edit.left.connect(self._line_left)
        self.setFocusProxy(self.edit)
        self._message = ""
        self._said: _Said | None = None
        self._below: QVBoxLayout | None = None
        self._grid = style.scaled(QGridLayout(self), spacing=4)
        self._grid.setHorizontalSpacing(style.px(7))
        self._grid.addWidget(self.edit, 0, 0)
        if unit:
            word = style.label("", unit)
            word.setProperty("t", "q")
            self._grid.addWidget(word, 0, 1)
        self._grid.setColumnStretch(2, 1)
        if messages == "elsewhere":
            self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def value(self) -> float | None:
        """The number in the field, or None when it is empty or cannot be counted."""
        number = self._parsed()
        return None if number is None or not self._is_possible(number) else number

    @property
    def text(self) -> str:
        """What is typed, whether or not it can be read."""
        return self.edit.text()

    @property
    def message(self) -> str:
        """What the field has to say about what was typed, or "" when all is well."""
        return self._message

    def set_value(self, value: float | None, *, kept: bool | None = None) -> None:
        """Show a number without telling anyone; `kept` if the therapist has already said that it is meant.

        What is being typed, and what was typed and cannot be counted, is left standing: see `clear`.
        """
        if kept is not None or value != self.value:
            self._kept_value = value if kept else None
        if self._pause.isActive():
            return
        self._told = value
        if value != self.value:
            self._write("" if value is None else self._written(value))
        self._judge()

    def _write(self, words: str) -> None:
        self.edit.setText(words)

    def say_in(self, place: QVBoxLayout) -> None:
        """Say below a whole line what is to be said: what stands beside the field keeps its place."""
        self._below = place

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._below is not None and self._said is not None:
            self._said.setVisible(bool(self._message))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._below is not None and self._said is not None:
            self._said.hide()

    def set_best(self, best: bool) -> None:
        """Mark this trial as the one that counts."""
        style.say(self.edit, best=best)

    def keep(self) -> None:
        """Say that the unusual value is meant; the question goes away."""
        self._kept_value = self.value
        self._judge()
        self.kept.emit(self._kept_value)
        self.commit()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def commit(self) -> None:
        self._judge()
        super().commit()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.edit.setFixedWidth(style.px(self._width))
        super().changeEvent(event)

    def _typing(self) -> None:
        # While it is being typed a half-finished number is not called unusual.
        self._show_message("", "")
        super()._typing()

    def _entered(self, back: bool) -> None:
        asked_before = self._asks_to_keep() and self.message != ""
        refused_before = self.message
        was_heard = self._was_heard()
        self.commit()
        if asked_before and was_heard:
            self.keep()
        self._asked_at = -inf
        if self.message and not back:
            self.edit.selectAll()
            if self.message == refused_before:
                self._speak()
            return
        go_on(self, back=back)

    def _was_heard(self) -> bool:
        """Whether there was time to hear what the field asks."""
        return monotonic() - self._asked_at >= TO_HEAR_S

    def _speak(self) -> None:
        spoken.say(self.edit, f"{self.accessibleName()}: {self.message}", at_once=True, instead=True)

    def _read(self) -> object:
        return self.value

    def _parsed(self) -> float | None:
        typed = self._figures()
        if not _NUMBER.fullmatch(typed) or _TWO_MEANINGS.fullmatch(typed):
            return None
        return float(typed.replace(",", ".").replace("−", "-"))

    def _figures(self) -> str:
        """What is typed, without the unit."""
        typed = self.text.strip()
        return typed.removesuffix(self._unit).strip() if self._unit else typed

    def _is_possible(self, number: float) -> bool:
        if (self._whole and not number.is_integer()) or (self._above_zero and number <= 0):
            return False
        return self._possible is None or self._possible[0] <= number <= self._possible[1]

    @property
    def uncounted(self) -> str:
        return self.text.strip() if self.value is None and not self.isHidden() else ""

    def _asks_to_keep(self) -> bool:
        number = self.value
        if number is None or self._usual is None or number == self._kept_value:
            return False
        return not self._usual[0] <= number <= self._usual[1]

    def _judge(self) -> None:
        typed = self.text.strip()
        number = self._parsed()
        if not typed:
            self._show_message("", "")
        elif _TWO_MEANINGS.fullmatch(self._figures()):
            with_thousands, with_decimals = (self._figures().replace(",", mark) for mark in ("", "."))
            self._show_message(
                tr(
                    "Is it {with_thousands} or {with_decimals}? Write it so; what you typed stays here."
                ).format(with_thousands=with_thousands, with_decimals=with_decimals),
                "danger",
            )
        elif number is None:
            self._show_message(
                tr("“{typed}” is not a number yet. It stays here and is not counted.").format(
                    typed=quotable(typed)
                ),
                "danger",
            )
        elif self._whole and not number.is_integer():
            self._show_message(tr("A whole number is counted here. What you typed stays here."), "danger")
        elif self._above_zero and number <= 0:
            self._show_message(tr("A number above 0 is counted here. What you typed stays here."), "danger")
        elif self._possible is not None and not self._is_possible(number):
            low, high = (self._written(bound) for bound in self._possible)
            unit = f" {self._unit}" if self._unit else ""
            self._show_message(
                tr("From {low} to {high}{unit} can be counted. What you typed stays here.").format(
                    low=low, high=high, unit=unit
                ),
                "danger",
            )
        elif self._usual is not None and self._asks_to_keep():
            low, high = (self._written(bound) for bound in self._usual)
            self._show_message(tr("usual {low} to {high}. Keep it?").format(low=low, high=high), "att")
        else:
            self._show_message("", "")

    def _show_message(self, sentence: str, mark: str) -> None:
        style.say(self.edit, mark=mark)
        if sentence == self._message:
            return
        self._message, self._asked_at = sentence, monotonic()
        spoken.describe(self.edit, sentence)
        if not sentence:
            spoken.forget(self.edit)
        elif self.isVisible():
            self._speak()
        if self._messages != "elsewhere":
            if self._said is None:
                self._said = self._make_said()
            self._said.say(sentence, mark)
        self.message_changed.emit(sentence)

    def _make_said(self) -> _Said:
        # Made when first needed: most fields never have anything to say.
        said = _Said(self.accessibleName(), wraps=self._messages == "below")
        said.keep.clicked.connect(self.keep)
        if self._below is not None:
            said.setMaximumWidth(style.px(SENTENCE))  # else "Keep" stands far from its question
            self._below.addWidget(said)
        elif self._messages == "below":
            self._grid.addWidget(said, 1, 0, 1, 3)
        else:
            self._grid.addWidget(said, 0, 2)
        return said

    def _written(self, number: float) -> str:
        text = f"{number:.10g}" if self._decimals is None else f"{number:.{self._decimals}f}"
        return text.replace("-", "−")
