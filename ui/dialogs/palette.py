"""Ctrl+K: any field or command by name. F1: the keys of this page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from evalassist.clinical.case import PHASE_ITEM
from evalassist.clinical.progress import shown
from evalassist.clinical.result import PlanOfCare
from evalassist.evaluation import Side
from evalassist.manual import chapters
from evalassist.translate import tr
from ui import spoken, style
from ui.pages.base import GOALS
from ui.widgets.marks import KeyCap
from ui.widgets.roomy import roomy

if TYPE_CHECKING:
    from ui.main_window import MainWindow

MOST = 60
ALOUD = Qt.ItemDataRole.AccessibleTextRole
"""How a hit is read aloud."""
GUIDELINE_SAYS = {"DO": tr("do"), "MAY": tr("may"), "DO-NOT": tr("do not")}


@dataclass(frozen=True, slots=True)
class Command:
    """Something that can be found by name, and what it does."""

    words: str
    where: str
    act: Callable[[], object]
    also: str = ""
    """Other words under which somebody may look for it."""
    is_read: bool = False
    """A chapter or a source: found after what can be done or filled in."""


def commands(window: MainWindow) -> list[Command]:
    """Everything that can be done from here: fields asked now, steps, acts."""
    found = [
        Command(tr("New patient"), "Ctrl+N", window.new_patient),
        Command(
            tr("Settings"),
            "",
            window.change_settings,
            tr(
                "dark light theme colors colours text size larger letters paper units backups logo clinic name"
            ),
        ),
        Command(tr("Clinical content"), "", window.show_content),
        Command(tr("Clinic's database"), tr("several workstations"), window.show_database),
        Command(tr("About EvalAssist"), "", window.show_about),
        Command(tr("Check a code of a paper"), "", window.check_code),
        Command(tr("Keys of this page"), "F1", window.show_keys),
        Command(tr("Manual"), tr("help, F1"), window.show_manual),
    ]
    also = {"later": tr("export import another clinic"), "backups": tr("import bring back")}
    found += [
        Command(
            each.title,
            tr("manual"),
            partial(window.show_manual, each.id),
            also.get(each.id, ""),
            is_read=True,
        )
        for each in chapters()
    ]
    if window.may_read_trail:
        found.append(Command(tr("Audit trail"), tr("who did what"), window.show_trail))
    if window.signed_in:
        found += [
            Command(tr("Lock the screen"), "Ctrl+L", window.lock),
            Command(tr("Accounts and passwords"), tr("change my password"), window.show_accounts),
        ]
    if window.chart is not None:
        found[:0] = [Command(*told) for told in window.chart.acts()]
    view = window.view
    if view is None:
        if window.folder is not None:
            begin = partial(window.practice.begin, filled=True)
            found.append(Command(tr("Practice"), tr("begin with the worked example"), begin, tr("learn try")))
        return found
    session = view.session
    found[:0] = [
        Command(tr("Next gap"), "F8", view.next_gap),
        Command(tr("Show the patient"), tr("why the hip, F5"), window.show_patient),
        Command(tr("What if…"), "F6", view.what_if),
        Command(tr("Reasoning"), "F9", view.switch_panel),
        Command(tr("Hands-busy view"), tr("strength tests, F11"), view.toggle_hands),
        Command(tr("Evidence"), tr("for and against"), view.show_evidence),
        Command(tr("Documents"), tr("printed and saved"), window.show_documents),
        Command(tr("Audit trail of this patient"), tr("who did what"), window.show_patient_trail),
        Command(tr("Start page"), "", window.show_start),
        Command(tr("Correct the sore knee"), "", view.correct_side),
        Command(
            tr("Correct the patient's name, birth date or sex"),
            tr("date of birth, wrong patient"),
            window.correct_patient,
        ),
        Command(tr("Correct the visit date or kind"), "", partial(window.correct_patient, at_visit=True)),
        Command(tr("Undo"), "Ctrl+Z", view.undo),
        Command(tr("Redo"), "Ctrl+Y", view.redo),
    ]
    if not session.evaluation.is_practice:  # one visit apart from the records, which no chart shows
        found.append(
            Command(
                tr("Chart of this patient"),
                tr("visits and trends"),
                partial(window.show_chart, session.evaluation.patient.id),
                tr("export encrypted file"),
            )
        )
    if session.assessment.stopped:
        found.append(Command(tr("Referral letter"), tr("write, print, PDF"), view.referral_wanted.emit))
    if session.signed and not session.evaluation.is_practice:
        also_error = tr("late co-sign mistake wrong")
        found.append(
            Command(tr("Addendum"), tr("or entered in error"), view.addendum_wanted.emit, also_error)
        )
    if session.evaluation.kind == "discharge":
        found.append(Command(tr("Discharge summary"), tr("print, PDF"), view.discharge_wanted.emit))
    papers = {"handout": tr("step: print, PDF"), "sign": tr("step: print the note, PDF")}
    for step in session.content.steps.values():
        found.append(Command(step.title, papers.get(step.id, tr("step")), partial(view.go_to, step.id)))
    if isinstance(session.plan, PlanOfCare) and session.evaluation.kind != "discharge":
        found.append(Command(tr("Goals"), session.content.steps["plan"].title, partial(view.go_to, GOALS)))
    steps = session.content.steps.values()
    names = Counter((step.id, item.label) for step in steps for item in step.items)
    for step in steps:
        for group, item in ((part, item) for part in step.groups for item in part.items):
            where = step.short if names[step.id, item.label] == 1 else f"{step.short}, {group.title}"
            if item.id == PHASE_ITEM and session.follow_up is None:
                continue  # the first visit begins where irritability decides: the page has no place for it
            for item_id in item.ids:
                if shown(item, session.assessment, _side(item_id) if item.sides else None):
                    label = session.content.label(item_id)
                    found.append(Command(label, where, partial(view.go_to, item_id)))
    for recommendation in session.content.recommendations.values():
        said = GUIDELINE_SAYS[recommendation.action]
        act = partial(view.show_evidence, recommendation.id)
        where = tr("guideline: {said}").format(said=said)
        found.append(Command(recommendation.intervention, where, act, is_read=True))
    return found


def _side(item_id: str) -> Side:
    return "right" if item_id.endswith(".right") else "left"


def fitting(found: list[Command], typed: str) -> Iterator[Command]:
    """Commands in which every typed word begins a word: first those whose name begins with what is typed, then
    those with it elsewhere in their name, then those that other words tell of; manual and sources come last."""
    wanted = _words(typed)

    def place(command: Command) -> int:
        name = _words(command.words)
        named = not command.is_read and _has(name, wanted)
        begins = named and all(word.startswith(part) for word, part in zip(name, wanted, strict=False))
        return 0 if begins else 1 if named else 3 if command.is_read else 2

    fit = [each for each in found if _has(_words(f"{each.words} {each.where} {each.also}"), wanted)]
    yield from sorted(fit, key=place) if wanted else fit


def _has(words: list[str], wanted: list[str]) -> bool:
    return all(any(word.startswith(part) for word in words) for part in wanted)


def _words(text: str) -> list[str]:
    return text.casefold().replace("(", " ").replace("-", " ").split()


class Palette(QDialog):
    """One line to type in, and what it finds; Enter goes there."""

    def __init__(self, found: list[Command], parent: QWidget) -> None:
        super().__init__(parent)
        self._all = found
        self.chosen: Command | None = None
        self.setWindowTitle(tr("Find a field or command"))
        self.setMinimumSize(style.px(560), style.px(380))
        self.typed = QLineEdit()
        self.typed.setAccessibleName(tr("Name of a field or command"))
        self.typed.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Found"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(self._take)
        self.typed.textChanged.connect(self._search)
        stack = style.column(self, (12, 12, 12, 12), spacing=8)
        stack.addWidget(self.typed)
        stack.addWidget(self.list, 1)
        self._search("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                by = 1 if event.key() == Qt.Key.Key_Down else -1
                self.list.setCurrentRow((self.list.currentRow() + by) % self.list.count())
                self._speak()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self.list.currentItem() or self.list.item(0))
                return True
        return super().eventFilter(watched, event)

    def _search(self, typed: str) -> None:
        self.list.clear()
        for number, command in enumerate(fitting(self._all, typed)):
            if number >= MOST:
                break
            item = QListWidgetItem(f"{command.words}    {command.where}")
            item.setData(Qt.ItemDataRole.UserRole, self._all.index(command))
            item.setData(ALOUD, ", ".join(part for part in (command.words, command.where) if part))
            self.list.addItem(item)
        if not self.list.count():
            nothing = QListWidgetItem(tr("Nothing found."), self.list)
            nothing.setFlags(Qt.ItemFlag.NoItemFlags)
        self.list.setCurrentRow(0)
        self._speak()

    def _speak(self) -> None:
        """The keyboard stays in the line above: what Enter takes is read aloud, or that nothing fits."""
        item, at, count = self.list.currentItem(), self.list.currentRow() + 1, self.list.count()
        told = item.text()
        if item.flags():
            told = tr("{found}, {at} of {count}").format(found=item.data(ALOUD), at=at, count=count)
        if self.isVisible():
            spoken.say(self.typed, told, at_once=True, instead=True)

    def _take(self, item: QListWidgetItem | None) -> None:
        if item is not None and not item.flags():  # nothing is found: the line says so and is no choice
            self._speak()
        elif item is not None:
            self.chosen = self._all[item.data(Qt.ItemDataRole.UserRole)]
            self.accept()


EVERYWHERE = (
    ("Ctrl+N", tr("new patient")),
    ("Ctrl+K", tr("find a field or command by name")),
    ("Ctrl+L", tr("lock the screen")),
    ("F1", tr("this list")),
)
IN_EVALUATION = (
    ("Ctrl+1 … Ctrl+9, Ctrl+0, Ctrl+Shift+0", tr("go to a step")),
    ("Ctrl+Enter", tr("next step")),
    ("F5", tr("show the patient why the hip")),
    ("F8", tr("next gap, or the referral letter that a red flag asks for")),
    ("F9", tr("to the reasoning, and back")),
    (tr("Enter, Shift+Enter"), tr("next field, field before")),
    (tr("Backspace on a choice"), tr("untouched again")),
    ("Ctrl+Z, Ctrl+Y", tr("undo, redo")),
    ("Ctrl+P", tr("print")),
)


MANUAL = 2
"""How `KeysDialog` ends when the manual is wanted."""


class _Keys(QWidget):
    """The table of keys. The button that has the keyboard reads them: of a table a screen reader reads none itself."""

    spoken_role = spoken.Role.Table


class KeysDialog(QDialog):
    """The keys that work here, and the way to the manual."""

    def __init__(self, own: list[tuple[str, str]], *, evaluation: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keys of this page"))
        table = _Keys()
        grid = style.scaled(QGridLayout(table), spacing=8)
        grid.setColumnStretch(1, 1)
        rows = [*own, *(IN_EVALUATION if evaluation else ()), *EVERYWHERE]
        for at, (keys, words) in enumerate(rows):
            grid.addWidget(KeyCap(keys), at, 0, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(style.label("", words, wrap=True), at, 1)
        manual, done = QPushButton(tr("Manual")), QPushButton(tr("Done"))
        manual.setAutoDefault(False)
        manual.clicked.connect(lambda: self.done(MANUAL))
        done.setDefault(True)
        done.setAccessibleDescription(". ".join(f"{keys}: {words}" for keys, words in rows))
        done.clicked.connect(self.accept)
        ends = style.row(spacing=8)
        ends.addWidget(manual)
        ends.addStretch(1)
        ends.addWidget(done)
        stack = style.column(self, (20, 16, 20, 16), spacing=14)
        scrolled = roomy(table, 560, parent)
        scrolled.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # the arrows move it
        scrolled.setProperty("reads", True)
        scrolled.setAccessibleName(self.windowTitle())
        stack.addWidget(scrolled)
        stack.addLayout(ends)
        done.setFocus()
