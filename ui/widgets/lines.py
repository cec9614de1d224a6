"""Lines of a list that are chosen as a whole, and the cells that stand in them: start page and chart."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from evalassist.evaluation import Patient
from evalassist.translate import tr
from ui import style
from ui.spoken import Role
from ui.widgets.dates import date_text, day_of_month
from ui.widgets.elided import GivingLabel
from ui.widgets.focus import ENTER_KEYS


class Line(QFrame):
    """A line that is chosen as a whole: by a click, Enter or Space. Arrows go to the lines beside it."""

    chosen = Signal()
    spoken_role = Role.Button

    def __init__(self, name: str, margins: tuple[int, int, int, int] = (14, 2, 14, 2)) -> None:
        super().__init__()
        self.setObjectName("foldingHead")
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumHeight(style.px(44))
        self.cells: QHBoxLayout = style.row(self, margins, spacing=10)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.press()

    def press(self) -> None:
        """Choose it."""
        self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (*ENTER_KEYS, Qt.Key.Key_Space):
            self.press()
        elif event.key() == Qt.Key.Key_Down:
            self.focusNextChild()
        elif event.key() == Qt.Key.Key_Up:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)


def empty(layout: QVBoxLayout) -> None:
    """Take everything out of it."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def age(patient: Patient) -> str:
    """24 y · F; without norms by sex the age alone."""
    years = patient.age_on(date.today())
    told = tr("{years} y").format(years=years)
    return told if patient.sex == "X" else f"{told} · {patient.sex}"


def short_date(day: date) -> str:
    """A day as a list tells it: today, Mar 2, Mar 2, 2025."""
    today = date.today()
    if day == today:
        return tr("today")
    return day_of_month(day) if day.year == today.year else date_text(day)


def plain(words: str, kind: str = "", tone: str = "") -> QLabel:
    """Words from the records, in which nothing is markup."""
    made = style.label(kind, words)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if tone:
        made.setProperty("c", tone)
    return made


def giving(words: str, kind: str = "", tone: str = "") -> GivingLabel:
    """The same where there may be no room for all of it."""
    made = GivingLabel()
    made.setText(words)
    made.setProperty("t", kind)
    if tone:
        made.setProperty("c", tone)
    return made


def two_lines(first: str, second: str, width: int = 0, kind: str = "", tone: str = "") -> QWidget:
    """A line of words over a quiet one."""
    made = QWidget()
    stack = style.column(made, spacing=1)
    stack.addStretch(1)
    stack.addWidget(giving(first, kind))
    stack.addWidget(giving(second, "s", tone))
    stack.addStretch(1)
    if width:
        made.setFixedWidth(style.px(width))
        made.setToolTip(style.tip(first))
    return made


def cell(widget: QWidget, width: int, least_px: int = 0) -> QWidget:
    """Room of a fixed width (at 100 % text; never less than `least_px`), so that columns line up."""
    made = QWidget()
    made.setFixedWidth(max(style.px(width), least_px))
    style.row(made).addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return made


def quiet(text: str) -> QLabel:
    """What is said where a list is empty."""
    made = style.label("q", text, wrap=True)
    made.setContentsMargins(0, style.px(8), 0, style.px(8))
    return made
