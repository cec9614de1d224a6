"""The field of one item: tells an answer when the therapist gave one, and shows an answer without a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QSizePolicy,
    QWidget,
)

from evalassist.content.schema import YES_NO, Item, Option
from evalassist.evaluation import Answer, ItemId, NotTested, Quantity
from evalassist.settings import US_UNITS
from evalassist.translate import tr
from evalassist.units import convert
from ui import spoken, style
from ui.widgets.boxes import Box
from ui.widgets.choices import MOST_RADIOS, MOST_SEGMENTS, CheckList, ChoiceField, Shape
from ui.widgets.fields import NumberField, TextField
from ui.widgets.focus import go_on
from ui.widgets.marks import LinkButton, StateGlyph
from ui.widgets.segments import ENTER_KEYS, Choice, SegmentedControl, ZeroToTen

NOT_TESTED_REASONS = (
    "pain",
    "not safe now",
    "no time",
    "declined",
    "no equipment",
    "not needed for this question",
)
"""Why something was left out; another reason can be typed."""
NONE = "none-of-these"
MOST_BESIDE = 3
"""Radio buttons in a column of one side; more become a drop-down."""


class Editor(QWidget):
    """One answer on screen. `show_answer` is silent, and leaves alone what the therapist is typing."""

    answered = Signal(object)
    """An `Answer`, or None when the item is untouched again."""
    copy_wanted = Signal()
    """`=` was pressed: take the value of the right side."""

    takes_reason = True
    """Whether it can be left out with a reason (`/`)."""

    def __init__(self, item: Item, name: str, room: int) -> None:
        super().__init__()
        self.item, self.name, self.room = item, name, room
        self.item_id: ItemId = item.id
        """The answer it stands for; a page sets the side."""
        self._answer: Answer | None = None
        self._hint = ""
        self._left_out: _LeftOut | None = None
        self._stack = style.column(self)
        self.control = self.build()
        self._stack.addWidget(self.control, 0, self.alignment())
        self.setFocusProxy(self.control)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.watch(self.control)
        self.hint(item.help)

    # ------------------------------------------------------------ what each kind does its own way

    def build(self) -> QWidget:
        raise NotImplementedError

    def ask_in(self, units: Mapping[str, str]) -> None:
        """Ask first in another unit than the item's own, by that own unit; what is answered stays as typed."""

    def put(self, answer: Answer | None) -> None:
        """Show an answer of the usual kind in the control."""
        raise NotImplementedError

    def commit(self) -> None:
        """Tell what is typed and was not told yet."""

    def alignment(self) -> Qt.AlignmentFlag:
        return Qt.AlignmentFlag.AlignLeft

    def hinted(self) -> Sequence[QWidget]:
        """Where the keyboard comes to when it comes to this answer."""
        kinds = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit)
        return [part for kind in kinds for part in self.control.findChildren(kind)]

    # ------------------------------------------------------------ what all kinds share

    @property
    def answer(self) -> Answer | None:
        """The answer shown or told last."""
        return self._answer

    def tell(self, answer: Answer | None) -> None:
        """The therapist answered."""
        if answer != self._answer:
            self._answer = answer
            self._show_left_out()
            self.answered.emit(answer)

    def hint(self, words: str) -> None:
        """What the page says beside it of how to ask, test or judge; read aloud with it."""
        self._hint = words
        for part in self.hinted():
            spoken.hint(part, words)

    def show_answer(self, answer: Answer | None) -> None:
        """Show an answer without telling anyone; its own last word is never written back."""
        if answer == self._answer:
            return
        self._answer = answer
        self.put(None if isinstance(answer, NotTested) else answer)
        self._show_left_out()

    def watch(self, control: QWidget) -> None:
        """Let `/`, `=` and undo work where keys are typed in; from other parts they come up by themselves."""
        for kind in (QLineEdit, QPlainTextEdit, QComboBox):
            for part in control.findChildren(kind):
                part.installEventFilter(self)

    def go_on(self) -> None:
        """To the next field: this one has its answer."""
        if self.isAncestorOf(self.window().focusWidget() or self.window()):
            go_on(self)

    def ask_reason(self) -> None:
        """Offer the reasons for leaving it out."""
        if self.takes_reason:
            self._menu().exec(self.mapToGlobal(self.rect().bottomLeft()))

    def leave_out(self, reason: str) -> None:
        """Say that it is not tested, and why."""
        self.put(None)
        self.tell(NotTested(reason))
        if self._left_out is not None:
            self._left_out.undo.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if is_undo_elsewhere(watched, event):
            return True
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._key(event):
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._key(event):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.takes_reason and self.isEnabled():
            self._menu().exec(event.globalPos())

    def _key(self, event: QKeyEvent) -> bool:
        if not self.isEnabled():
            return False
        if event.text() == "=":
            self.copy_wanted.emit()
            return True
        if event.text() == "/" and self.takes_reason:
            self.ask_reason()
            return True
        return False

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = menu.addAction(tr("Not tested, because of"))
        title.setEnabled(False)
        for reason in NOT_TESTED_REASONS:
            menu.addAction(reason.capitalize(), partial(self.leave_out, reason))
        menu.addAction(tr("Another reason…"), lambda: self.leave_out("another reason"))
        return menu

    def _show_left_out(self) -> None:
        out = isinstance(self._answer, NotTested)
        if out and self._left_out is None:
            self._left_out = _LeftOut(self.name)
            self._left_out.undo.clicked.connect(self._take_up_again)
            self._left_out.reason.answered.connect(self._other_reason)
            self._stack.addWidget(self._left_out)
        if self._left_out is not None:
            self._left_out.setVisible(out)
            if isinstance(self._answer, NotTested):
                self._left_out.show_reason(self._answer.reason)
        style.show_where_hidden(self.control, not out)

    def _other_reason(self, words: object) -> None:
        self.tell(NotTested(words if isinstance(words, str) else "another reason"))

    def _take_up_again(self) -> None:
        self.tell(None)
        self.control.setFocus(Qt.FocusReason.OtherFocusReason)


def is_undo_elsewhere(line: QObject, event: QEvent) -> bool:
    """Whether undo was pressed in a line and means the evaluation's; the line then leaves the key alone."""
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    keys = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
    if not any(event.matches(key) for key in keys):
        return False
    if isinstance(line, QPlainTextEdit) and line.document().isUndoAvailable():
        return False
    event.ignore()
    return True


class _LeftOut(QWidget):
    """ "Not tested · pain   Undo"; a reason of one's own is typed here."""

    def __init__(self, name: str) -> None:
        super().__init__()
        line = style.row(self, spacing=6)
        self._words = style.label()
        self._words.setProperty("t", "b")
        self._words.setProperty("c", "q")
        self.reason = TextField(tr("{name}: reason it is not tested").format(name=name))
        self.undo = LinkButton(tr("Undo"))
        self.undo.setAccessibleName(tr("Test {name} after all").format(name=name))
        line.addWidget(StateGlyph("not-met"))
        line.addWidget(self._words)
        line.addWidget(self.reason, 1)
        line.addWidget(self.undo)
        line.addStretch(0)

    def show_reason(self, reason: str) -> None:
        own = reason not in NOT_TESTED_REASONS
        self._words.setText(
            tr("Not tested, because") if own else tr("Not tested · {reason}").format(reason=reason)
        )
        self.reason.setVisible(own)
        if own:
            self.reason.set_value("" if reason == "another reason" else reason)


class YesNoEditor(Editor):
    """Yes, no or not assessed, as three boxes."""

    takes_reason = False

    def __init__(self, item: Item, name: str, room: int, alarming: bool = False) -> None:
        self._alarming = alarming
        super().__init__(item, name, room)

    def build(self) -> QWidget:
        tones: dict[str, Choice] = {
            "yes": Choice("yes", tr("Yes"), "danger" if self._alarming else "soft"),
            "no": Choice("no", tr("No"), "quiet"),
            "not-assessed": Choice("not-assessed", tr("Not assessed"), "quiet", key="/"),
        }
        self._boxes = SegmentedControl([tones[option.id] for option in YES_NO], self.name)
        self._boxes.answered.connect(self.tell)
        return self._boxes

    def put(self, answer: Answer | None) -> None:
        self._boxes.set_value(answer if isinstance(answer, str) else None)


class ChoiceEditor(Editor):
    """One of the item's options."""

    def build(self) -> QWidget:
        choices = [_choice(option, self.item.options) for option in self.item.options]
        self._field = ChoiceField(
            choices, self.name, shape=_shape(choices, self.room, narrow=self.item.sides)
        )
        self._field.answered.connect(self.tell)
        self.takes_reason = all(option.id != "not-assessed" for option in self.item.options)
        if self.item.sides:
            self._field.setMaximumWidth(style.px(self.room))
        return self._field

    def put(self, answer: Answer | None) -> None:
        known = isinstance(answer, str) and any(option.id == answer for option in self.item.options)
        self._field.set_value(str(answer) if known else None)


class ChoicesEditor(Editor):
    """Several of the item's options; "none of these" is an answer, an empty list is not."""

    def build(self) -> QWidget:
        own_none = next((option.id for option in self.item.options if option.id == "none"), None)
        self._none = own_none or NONE
        choices = [_checked(option) for option in self.item.options]
        if own_none is None:
            choices.append(Choice(NONE, tr("None of these")))
        self._list = CheckList(choices, self.name, none_of_these=self._none)
        self._list.answered.connect(self._ticked)
        return self._list

    def hinted(self) -> Sequence[QWidget]:
        return super().hinted()[:1]  # else it is heard at each line of a list

    def alignment(self) -> Qt.AlignmentFlag:
        return Qt.AlignmentFlag(0)

    def put(self, answer: Answer | None) -> None:
        ticked = answer if isinstance(answer, tuple) else None
        self._list.set_value((NONE,) if ticked == () else ticked)

    def _ticked(self, values: tuple[str, ...] | None) -> None:
        self.tell(() if values == (NONE,) else values)


class NumberEditor(Editor):
    """A number in the item's unit, or in another one that may be typed instead."""

    def build(self) -> QWidget:
        self._unit = self.item.unit
        self._fields: dict[str, NumberField] = {}
        self._followed = ""
        self._chooser: ChoiceField | None = None
        self._unit_word = style.label("q", self.item.beside)
        holder = QWidget()
        self._line = style.column(holder, spacing=4)
        self._top = style.row(spacing=8)
        self._line.addLayout(self._top)
        holder.setFocusProxy(self._field(self._unit))
        units = self._units = tuple(dict.fromkeys((self.item.unit, *self.item.units)))
        if len(units) > 1:
            self._chooser = ChoiceField(
                [Choice(unit, unit) for unit in units], tr("{name}: unit").format(name=self.name)
            )
            for box in self._chooser.findChildren(Box) if self._unit in US_UNITS else ():
                box.setProperty(
                    "field", False
                )  # the clinic's unit is chosen already: Enter goes on to the next number
            self._chooser.set_value(self._unit)
            self._chooser.answered.connect(self._unit_chosen)
            self._top.addWidget(self._chooser, 0, Qt.AlignmentFlag.AlignTop)
        self._top.addWidget(self._unit_word)
        self._unit_word.setVisible(bool(self.item.beside))
        self._top.addStretch(1)
        return holder

    def alignment(self) -> Qt.AlignmentFlag:
        return Qt.AlignmentFlag(0)

    def hinted(self) -> Sequence[QWidget]:
        return [field.edit for field in self._fields.values()]

    def commit(self) -> None:
        self._field(self._unit).commit()

    @property
    def unit(self) -> str:
        """The unit in which it is typed now."""
        return self._unit

    def ask_in(self, units: Mapping[str, str]) -> None:
        unit = units.get(self.item.unit, "")
        if unit in self._units and self._answer is None:
            self._use_unit(unit)

    def put(self, answer: Answer | None) -> None:
        if isinstance(answer, int | float) and self.item.unit and self._followed:
            answer = Quantity(float(answer), self.item.unit)
        if isinstance(answer, Quantity) and answer.unit not in self._units:
            answer = None  # a unit the content no longer knows is shown as nothing
        if isinstance(answer, Quantity) and self._followed not in ("", answer.unit):
            value = convert(answer.value, answer.unit, self._followed)
            self._field(self._unit).set_value(round(value, 0 if self._followed == "N" else 1))
        elif isinstance(answer, Quantity):
            self._use_unit(answer.unit)
            self._field(self._unit).set_value(answer.value)
        elif isinstance(answer, int | float):
            self._use_unit(self.item.unit)
            self._field(self._unit).set_value(float(answer))
        else:
            self._field(self._unit).set_value(None)

    def follow_unit(self, unit: str) -> None:
        """Be typed and shown in the unit of the page, which has the one chooser; the answer stays as typed."""
        if unit == self._followed or unit not in self.item.all_units:
            return
        self._followed = unit
        if self._chooser is not None:
            self._chooser.hide()
        self._use_unit(unit)
        self._unit_word.setText(unit)
        self._unit_word.show()
        self.put(self._answer)

    def name_unit(self, words: Answer | None) -> None:
        """Show beside the number what another answer says it is counted in."""
        said = words.strip() if isinstance(words, str) else ""
        self._unit_word.setText(said or tr("(unit not said yet)"))
        self._unit_word.show()
        counted = f"{self.name}, {said}" if said else self.name
        self._field(self._unit).edit.setAccessibleName(counted)

    def _field(self, unit: str) -> NumberField:
        if unit not in self._fields:
            field = NumberField(
                self.name,
                "" if self.item.units else unit,
                usual=self._range("usual", unit),
                possible=self._range("allowed", unit),
                width=72,
                messages="below" if self._says_more() else "beside",
                whole=self.item.whole,
            )
            if counted := self.item.beside or unit:
                field.edit.setAccessibleName(f"{self.name}, {counted}")
            field.answered.connect(self._typed)
            if self._says_more():
                field.say_in(self._line)
            self._fields[unit] = field
            spoken.hint(field.edit, self._hint)
            self._top.insertWidget(0, field, 0, Qt.AlignmentFlag.AlignTop)
            self.watch(field)
        return self._fields[unit]

    def _says_more(self) -> bool:
        """Whether something stands beside the field, or there is no room for a sentence there."""
        return bool(self.item.sides or self.item.units or self.item.beside or self.item.unit_from)

    def _range(self, which: str, unit: str) -> tuple[float, float] | None:
        found = self.item.allowed if which == "allowed" else self.item.usual
        if found is None:
            return None
        if unit == self.item.unit:
            return found.low, found.high
        low, high = (convert(bound, self.item.unit, unit) for bound in (found.low, found.high))
        return round(low, 2), round(high, 2)

    def _typed(self, number: float | None) -> None:
        if number is None:
            self.tell(None)
        else:
            self.tell(float(number) if self._unit == self.item.unit else Quantity(float(number), self._unit))

    def _unit_chosen(self, unit: str | None) -> None:
        if unit is None:
            if self._chooser is not None:
                self._chooser.set_value(self._unit)  # a number always has a unit
            return
        typed = self._field(self._unit).value
        self._use_unit(unit)
        self._field(unit).set_value(typed)
        self._typed(self._field(unit).value)
        if typed is None:  # else Enter goes on from the unit: back in the number it would come here again
            self._field(unit).setFocus(Qt.FocusReason.OtherFocusReason)

    def _use_unit(self, unit: str) -> None:
        if unit == self._unit:
            return
        self._field(self._unit).set_value(None)
        self._unit = unit
        wanted = self._field(unit)
        for field in self._fields.values():
            field.setVisible(field is wanted)
        self.control.setFocusProxy(wanted)
        if self._chooser is not None:
            self._chooser.set_value(unit)


class ScaleEditor(Editor):
    """0 to 10 with a word at each end."""

    def build(self) -> QWidget:
        low, high = self.item.ends or ("", "")
        if self.item.sides:
            self._boxes = ZeroToTen(self.name, low="", high="", box_width=23)
            self._boxes.setToolTip(tr("0 is {low}, 10 is {high}").format(low=low, high=high) if low else "")
        else:
            self._boxes = ZeroToTen(self.name, low=low, high=high)
        self._boxes.answered.connect(self.tell)
        return self._boxes

    def put(self, answer: Answer | None) -> None:
        self._boxes.set_value(int(answer) if isinstance(answer, int | float) else None)


class _Words(TextField):
    """One line at first, more as the words need them."""

    def __init__(self, name: str, letters: int | None) -> None:
        super().__init__(name, lines=2, letters=letters)
        self._lines = 1
        self._grow()


class TextEditor(Editor):
    """Words; Enter goes on, the lines wrap by themselves."""

    takes_reason = False

    def build(self) -> QWidget:
        self._field = _Words(self.name, self.item.letters)
        self._field.answered.connect(self.tell)
        return self._field

    def alignment(self) -> Qt.AlignmentFlag:
        return Qt.AlignmentFlag(0)

    def commit(self) -> None:
        self._field.commit()

    def put(self, answer: Answer | None) -> None:
        self._field.set_value(answer if isinstance(answer, str) else None)

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() in ENTER_KEYS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._field.commit()
            go_on(self, back=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
            return True
        return False


_EDITORS: dict[str, type[Editor]] = {
    "yes-no": YesNoEditor,
    "choice": ChoiceEditor,
    "choices": ChoicesEditor,
    "number": NumberEditor,
    "scale": ScaleEditor,
    "text": TextEditor,
}


def editor_for(item: Item, name: str, room: int, *, alarming: bool = False) -> Editor:
    """The editor of an item; `room` is the width it may take at 100 % text. Strength has its own page."""
    if item.kind == "yes-no":
        return YesNoEditor(item, name, room, alarming)
    return _EDITORS[item.kind](item, name, room)


def legend(items: Sequence[Item]) -> str:
    """The words of a numbered scale that several items share, said once: "0 unable · … · 4 no difficulty"."""
    scales = {item.options for item in items if item.kind == "choice" and is_numbered(item.options)}
    many = [item for item in items if item.kind == "choice" and is_numbered(item.options)]
    if len(scales) != 1 or len(many) < 3:
        return ""
    return " · ".join(option.label for option in many[0].options)


def is_numbered(options: Sequence[Option]) -> bool:
    """Whether every option begins with its own figure ("3 agree"), and some say more than the figure."""
    figures = [option.label.partition(" ")[0] for option in options]
    return (
        all(figure.isdecimal() for figure in figures)
        and len(set(figures)) == len(figures)
        and any(" " in option.label for option in options)
    )


def focused_text(editor: Editor) -> bool:
    """Whether the therapist is typing in this editor now."""
    focused = editor.window().focusWidget()
    return isinstance(focused, QLineEdit | QPlainTextEdit) and editor.isAncestorOf(focused)


def _choice(option: Option, options: Sequence[Option]) -> Choice:
    key = "/" if option.id == "not-assessed" else ""
    tone = "danger" if option.alarming else "quiet" if option.id == "not-assessed" else "soft"
    if is_numbered(options):
        figure, _, words = option.label.partition(" ")
        return Choice(option.id, figure, "soft", detail=words)
    return Choice(
        option.id, option.label, "danger" if tone == "danger" else "quiet" if key else "soft", key=key
    )


def _checked(option: Option) -> Choice:
    points = "" if option.points is None else f"{option.points:+d}".replace("-", "−")
    return Choice(option.id, option.label, detail=points)


def _shape(choices: Sequence[Choice], room: int, *, narrow: bool) -> Shape:
    """Boxes where they fit; else a column of buttons, or a drop-down where two of them stand side by side."""
    bold = QFontMetrics(style.font(weight=600))
    width = sum(max(bold.horizontalAdvance(choice.text) + style.px(22), style.px(32)) for choice in choices)
    if len(choices) <= MOST_SEGMENTS and width + style.px(8) <= style.px(room):
        return "segments"
    return "combo" if len(choices) > (MOST_BESIDE if narrow else MOST_RADIOS) else "radio"
