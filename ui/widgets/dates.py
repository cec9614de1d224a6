"""Dates as people type them and as we write them, and the field for one."""

import re
from datetime import date
from functools import partial

from PySide6.QtCore import QEvent, QLocale, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from evalassist.translate import tr
from ui import spoken, style
from ui.widgets.focus import go_on
from ui.widgets.marks import LinkButton
from ui.widgets.typed import Line, Typed, once_released, quotable

MONTHS = (
    tr("Jan"),
    tr("Feb"),
    tr("Mar"),
    tr("Apr"),
    tr("May"),
    tr("Jun"),
    tr("Jul"),
    tr("Aug"),
    tr("Sep"),
    tr("Oct"),
    tr("Nov"),
    tr("Dec"),
)
KIND_WORDS = {
    "initial": tr("Initial evaluation"),
    "re-evaluation": tr("Re-evaluation"),
    "discharge": tr("Discharge"),
}
"""What each kind of visit is called."""
SHORT_KINDS = {"initial": tr("Initial"), "re-evaluation": tr("Re-eval"), "discharge": tr("Discharge")}
SENTENCE = 240
"""So wide at least is what a date field has to say."""
PLAINLY = tr("Write it like Mar 2, 2026.")


def date_text(day: date) -> str:
    """A date as we write it, in the order of the papers: Mar 2, 2026."""
    return f"{day_of_month(day)}, {day.year}"


def day_of_month(day: date) -> str:
    """A date whose year is plain: Mar 2."""
    return f"{MONTHS[day.month - 1]} {day.day}"


def read_date(typed: str) -> date | str | None:
    """The date typed; a sentence when it must be written more plainly; None when nothing is typed."""
    text = typed.strip().rstrip(".")
    if not text:
        return None
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        return _day(int(found[1]), int(found[2]), int(found[3]), typed)
    if found := re.fullmatch(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", text):
        return _from_figures(int(found[1]), int(found[2]), int(found[3]), typed)
    if found := re.fullmatch(r"(\d{1,2})\.?[\s-]*([^\W\d]+)\.?,?[\s-]*(\d{4})", text):
        return _from_words(int(found[1]), found[2], int(found[3]), typed)
    if found := re.fullmatch(r"([^\W\d]+)\.?\s*(\d{1,2}),?\s+(\d{4})", text):
        return _from_words(int(found[2]), found[1], int(found[3]), typed)
    if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2}", text):
        return tr("The year of “{typed}” needs four digits.").format(typed=text)
    return tr("“{typed}” cannot be read as a date yet. {plainly}").format(
        typed=quotable(typed), plainly=PLAINLY
    )


def _from_figures(first: int, second: int, year: int, typed: str) -> date | str:
    if first > 12 or first == second:
        return _day(year, second, first, typed)
    if second > 12:
        return _day(year, first, second, typed)
    if not first or not second:
        return _day(year, first, second, typed)
    day_first, month_first = date(year, second, first), date(year, first, second)
    return tr("{month_first} or {day_first}? Enter again keeps the first.").format(
        day_first=date_text(day_first), month_first=date_text(month_first)
    )


def two_meanings(typed: str) -> tuple[date, date] | None:
    """Both days that can be meant, first the one in the order of our papers; None where there are not two."""
    found = re.fullmatch(r"\s*(\d{1,2})[./-](\d{1,2})[./-](\d{4})\.?\s*", typed)
    if found is None or isinstance(read_date(typed), date):
        return None
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    try:
        return date(year, first, second), date(year, second, first)
    except ValueError:
        return None


def _from_words(day: int, word: str, year: int, typed: str) -> date | str:
    month = _month(word)
    if month is None:
        return tr("“{word}” is not a month. {plainly}").format(word=quotable(word), plainly=PLAINLY)
    return _day(year, month, day, typed)


def _month(word: str) -> int | None:
    start = word.casefold()
    if len(start) < 3:
        return None
    here, english = QLocale(), QLocale(QLocale.Language.English)
    for number in range(1, 13):
        names = (english.monthName(number), here.monthName(number))
        if any(name.casefold().startswith(start) for name in names):
            return number
    return None


def _day(year: int, month: int, day: int, typed: str) -> date | str:
    try:
        return date(year, month, day)
    except ValueError:
        return tr("“{typed}” is not in the calendar. {plainly}").format(typed=typed.strip(), plainly=PLAINLY)


class DateField(Typed):
    """A typed date: "Mar 2, 2026" or "2026-03-02". "3/2/2026" has two meanings: a click says which, Enter again keeps
    the first."""

    message_changed = Signal(str)
    """The sentence the field has to say now, or "" when all is well."""

    def __init__(
        self,
        name: str,
        parent: QWidget | None = None,
        *,
        earliest: date | None = None,
        latest: date | None = None,
        width: int = 120,
        keeps_room: bool = False,
    ) -> None:
        """`keeps_room`: what it has to say has its line also while there is nothing to say, so that nothing moves."""
        super().__init__(name, parent)
        self._keeps_room = keeps_room
        self._sentence = self._fault = ""
        """What it says now, and what of that its page found wrong with the date."""
        self._earliest, self._latest, self._width = earliest, latest, width
        self._asked_about = ""
        """What had two meanings when Enter was pressed: Enter again keeps the first."""
        self.edit = Line()
        self.edit.setAccessibleName(name)
        self.edit.setFixedWidth(style.px(width))
        self.edit.textEdited.connect(self._typing)
        self.edit.entered.connect(self._entered)
        self.edit.left.connect(self._line_left)
        self.setFocusProxy(self.edit)
        self._message = style.label("s", wrap=True)
        self._message.setProperty("c", "danger")
        self._meanings = LinkButton(""), LinkButton("")
        self._or = style.label("s", tr("or"))
        self._or.setProperty("c", "danger")
        self._below = QWidget()
        line = style.row(self._below, spacing=4)
        line.addWidget(self._meanings[0])
        line.addWidget(self._or)
        line.addWidget(self._meanings[1])
        line.addWidget(self._message, 1)
        for at, link in enumerate(self._meanings):
            link.setProperty("field", False)  # Enter in the line keeps the first
            link.clicked.connect(partial(self._chosen, at))
            link.hide()
        self._or.hide()
        self._below.setVisible(keeps_room)
        layout: QVBoxLayout = style.column(self, spacing=2 if keeps_room else 4)
        layout.addWidget(self.edit)
        layout.addWidget(self._below)
        self._make_room()

    @property
    def value(self) -> date | None:
        """The date typed, or None when there is none or it has to be written more plainly."""
        found = read_date(self.edit.text())
        return found if isinstance(found, date) and not self._out_of_range(found) else None

    @property
    def message(self) -> str:
        """What the field has to say about what was typed, or "" when all is well."""
        return self._sentence

    def tell(self, fault: str) -> None:
        """Say what is wrong with the date beside the rest of its page, until another one is typed; "" for nothing."""
        self._fault = fault
        self._say(self._doubt() or fault, aloud=False)  # the page reads what is wrong with it

    def set_value(self, value: date | None) -> None:
        """Show a date without telling anyone; what is being typed or cannot be read is left standing."""
        if self._pause.isActive():
            return
        self._told = value
        if value != self.value:
            self._write("" if value is None else date_text(value))
            self._say("")

    def _write(self, words: str) -> None:
        self.edit.setText(words)

    def commit(self) -> None:
        self._say(self._doubt() or self._fault)
        super().commit()

    def _doubt(self) -> str:
        found = read_date(self.edit.text())
        return found if isinstance(found, str) else self._out_of_range(found) if found is not None else ""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.edit.setFixedWidth(style.px(self._width))
            self._make_room()
        super().changeEvent(event)

    def _make_room(self) -> None:
        link = self._meanings[0]
        link.ensurePolished()
        self._below.setMinimumSize(style.px(SENTENCE), max(style.link_height(), link.sizeHint().height()))

    def insist(self) -> None:
        """Take what was typed, as Enter does: of two meanings the first is kept once it was asked about."""
        typed = self.edit.text()
        meant = two_meanings(typed)
        if meant is not None and typed == self._asked_about:
            self._decide(meant[0])
        self._asked_about = typed if meant is not None else ""
        self.commit()

    def _chosen(self, at: int, *_: object) -> None:
        """One of the two days was clicked."""
        meant = two_meanings(self.edit.text())
        if meant is not None:
            self._decide(meant[at])
            self._asked_about = ""
            self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            self.commit()

    def _decide(self, day: date) -> None:
        self._fault = ""  # its page asked which of the two
        self.edit.setText(date_text(day))
        self._say("")  # before the keyboard comes to the line, which would be read with it
        self._speak(date_text(day))

    def _entered(self, back: bool) -> None:
        refused_before = self.message
        if back:
            self._asked_about = ""
            self.commit()
        else:
            self.insist()
        if self._doubt() and not back:
            self.edit.selectAll()
            if self.message == refused_before:
                self._speak(self.message)
            return
        if self.value is not None:
            self.edit.setText(date_text(self.value))
        go_on(self, back=back)

    def _typing(self) -> None:
        self._fault = ""
        self._say("")
        super()._typing()

    def _read(self) -> object:
        return self.value

    @property
    def uncounted(self) -> str:
        return self.edit.text().strip() if self.value is None and not self.isHidden() else ""

    def _out_of_range(self, found: date) -> str:
        if self._earliest is not None and found < self._earliest:
            return tr("Dates from {earliest} on fit here. What you typed stays here.").format(
                earliest=date_text(self._earliest)
            )
        if self._latest is not None and found > self._latest:
            return tr("Dates up to {latest} fit here. What you typed stays here.").format(
                latest=date_text(self._latest)
            )
        return ""

    def _say(self, sentence: str, *, aloud: bool = True) -> None:
        changed = sentence != self.message
        self._sentence = sentence
        if changed and not sentence:
            spoken.forget(self.edit)
        if aloud and sentence and sentence != self.edit.accessibleDescription() and self.isVisible():
            self._speak(sentence)
        self.edit.setAccessibleDescription(sentence)
        style.say(self.edit, mark="danger" if sentence else "")
        if changed:
            once_released(self, self._show_message)

    def _speak(self, sentence: str) -> None:
        spoken.say(self.edit, f"{self.accessibleName()}: {sentence}", at_once=True, instead=True)

    def _show_message(self) -> None:
        meant = two_meanings(self.edit.text()) if self.message else None
        for at, link in enumerate(self._meanings):
            link.setText(date_text(meant[at]) if meant else "")
            link.setVisible(meant is not None)
        self._or.setVisible(meant is not None)
        self._message.setText(tr("? Enter again keeps the first.") if meant else self.message)
        self._below.setVisible(self._keeps_room or bool(self.message))
        self.message_changed.emit(self.message)
