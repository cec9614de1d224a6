"""Every page without eyes, without a pointer, in both themes and at twice the text size."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Literal

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QColor, QFontMetrics, QImage, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QSlider,
    QTextBrowser,
    QTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from evalassist.case_file import read_case
from evalassist.content import load_content
from evalassist.errors import EvalAssistError
from evalassist.evaluation import Evaluation, SoreKnee, StrengthTest
from evalassist.records.accounts import Account
from evalassist.records.entrance import Entrance
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from evalassist.words import lower_first
from ui import early_pages, spoken, style
from ui.dialogs.accounts import AccountDialog, AccountsDialog, PaperKeyDialog, PasswordDialog
from ui.dialogs.as_text import AsText
from ui.dialogs.confirm import ConfirmDialog
from ui.dialogs.database import DatabaseDialog
from ui.dialogs.drafts import DraftsDialog
from ui.dialogs.manual import Manual
from ui.dialogs.palette import Command, KeysDialog, Palette, commands, fitting
from ui.dialogs.patient import PatientDialog
from ui.hands_busy import HandsBusyView
from ui.main_window import MainWindow, wear
from ui.pages.base import Page
from ui.pages.door import Door
from ui.pages.first_run import FirstRun
from ui.pages.plan import PlanPage
from ui.pages.review import SignPage
from ui.pages.step import StepPage
from ui.way_in import WayIn
from ui.widgets.bars import HeaderBar
from ui.widgets.boxes import Box, Choice
from ui.widgets.choices import ChoiceField
from ui.widgets.comparison import ComparisonTable
from ui.widgets.dates import DateField
from ui.widgets.fields import NumberField
from ui.widgets.focus import is_stop
from ui.widgets.marks import Banner, ReasonLink
from ui.widgets.panel_lines import PanelLines
from ui.widgets.paper_key import PaperKey
from ui.widgets.pdf_view import PdfPages
from ui.widgets.segments import SegmentedControl, ZeroToTen, yes_no_not_tested
from ui.widgets.stepper import Stepper
from ui.widgets.symmetry import SymmetryBar

CASES = Path(__file__).parent / "cases"
KEYS = new_keys()
Role = QAccessible.Role
ROLES: tuple[tuple[type[QWidget], set[QAccessible.Role]], ...] = (
    (QCheckBox, {Role.CheckBox}),
    (QRadioButton, {Role.RadioButton}),
    (QAbstractButton, {Role.Button, Role.RadioButton, Role.CheckBox, Role.ButtonMenu, Role.Link}),
    (QComboBox, {Role.ComboBox}),
    (QLineEdit, {Role.EditableText}),
    (QPlainTextEdit, {Role.EditableText}),
    (QAbstractItemView, {Role.List, Role.Table, Role.Tree}),
    (QSlider, {Role.Slider}),
    (HandsBusyView, {Role.Client}),  # it takes every key itself, and what it shows is read from its parts
    (QScrollArea, {Role.Client, Role.Document}),
    (QTextBrowser, {Role.StaticText}),
    (spoken.Said, {Role.StaticText}),  # says why the button it stands for cannot be pressed
    (QWidget, {Role.Button, Role.Graphic}),
)
TEXT, EDGE = 4.5, 3.0
PASSWORD = "four blue kneecaps"

Place = tuple[str, QWidget]
Check = Callable[[QWidget], list[str]]
NEVER_MS = 1_000_000_000
Tour = Callable[["Desk"], Iterator[Place]]

# The off-screen platform says this of every window and menu it shows.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


# ---------------------------------------------------------------- the places


class Desk:
    """A window with records of its own."""

    def __init__(self, qtbot: QtBot, home: Path) -> None:
        self.folder, self.content = home, load_content()
        self.settings = Settings(therapist_name="A. Chen, PT", licence="40-12345")
        wear(qapp(), self.settings)
        home.mkdir(parents=True, exist_ok=True)
        self.store = Store(home / "evalassist.db", KEYS)
        self.window = MainWindow()
        qtbot.addWidget(self.window)
        self.window.resize(1366, 690)
        self.window.show()
        self.window.open_store(self.store, self.content, self.settings)
        self.window.activateWindow()

    def case(self, name: str) -> Evaluation:
        return read_case(CASES / f"{name}.toml", self.content)

    def half(self, name: str) -> Evaluation:
        whole = self.case(name)
        return whole.without_answer(*list(whole.answers)[1::2])

    def rest(self) -> None:
        """Until what is seen is made."""
        for _ in range(4):
            QApplication.processEvents()
        shown = self.window.view.page if self.window.view is not None else self.window.chart
        while shown is not None and shown.at_work:
            QApplication.processEvents()
        style.settle()

    def here(self, name: str) -> Place:
        self.rest()
        return name, self.window

    def steps(self, evaluation: Evaluation) -> Iterator[Place]:
        self.window.begin(evaluation)
        yield from map(self.step, self.content.steps)

    def step(self, step_id: str) -> Place:
        assert self.window.view is not None
        self.window.view.show_step(step_id)
        return self.here(step_id)

    def wear(self, **looks: object) -> None:
        """Other looks, before anything is opened."""
        self.settings = self.settings.model_copy(update=looks)
        self.window.use_settings(self.settings)
        if self.settings.text_scale > 1:
            self.window.resize(1920, 1080)


def qapp() -> QApplication:
    found = QApplication.instance()
    assert isinstance(found, QApplication)
    return found


def start_pages(desk: Desk) -> Iterator[Place]:
    yield desk.here("start page, empty")
    for days, name in enumerate(("patient-a", "ex1", "ex2")):
        desk.store.save(replace(desk.case(name), visit_date=date.today() - timedelta(days=3 * days)))
    desk.window.show_start()
    yield desk.here("start page")
    assert desk.window.start is not None
    desk.window.start.search.setText("a")
    yield desk.here("start page, searched")


def chart(desk: Desk) -> Iterator[Place]:
    first = desk.case("ex1")
    desk.store.save(first)
    later = first.with_answers({"nprs-worst": 4.0, "akps-total": 82.0})
    desk.store.save(
        replace(later, id="later", kind="re-evaluation", visit_date=first.visit_date + timedelta(weeks=4))
    )
    desk.window.show_chart(first.patient.id)
    yield desk.here("chart")


def whole_case(desk: Desk) -> Iterator[Place]:
    yield from desk.steps(desk.case("ex1"))


def half_case(desk: Desk) -> Iterator[Place]:
    yield from desk.steps(desk.half("patient-a"))


def whole_screens(desk: Desk) -> Iterator[Place]:
    desk.window.begin(desk.case("ex1"))
    assert desk.window.view is not None
    desk.window.view.toggle_hands()
    yield desk.here("hands-busy view")
    desk.window.view.toggle_hands()
    desk.window.show_patient()
    desk.rest()
    assert desk.window._showing is not None
    assert desk.window._showing.page is not None
    yield "screen for the patient", desk.window._showing.page


def practice(desk: Desk) -> Iterator[Place]:
    desk.window.practice.begin(filled=True)
    yield desk.here("practice")
    desk.window.show_start()
    yield desk.here("start page with practice")


def closed_pages(desk: Desk) -> Iterator[Place]:
    folder = desk.folder / "closed"
    folder.mkdir()
    entrance = Entrance(folder)
    first = FirstRun(lambda: entrance, desk.settings, plain=True)
    desk.window.show_door(first)
    yield desk.here("first run")
    first.next.click()
    yield desk.here("first run, account")
    store, _ = entrance.begin(Account("", "chen", "A. Chen, PT", "40-12345", "administrator"), PASSWORD)
    store.close()
    door = Door(lambda: entrance, "chen", "Riverside Physical Therapy")
    desk.window.show_door(door)
    yield desk.here("door")
    door.show_paper()
    yield desk.here("door, paper key")


TOURS: tuple[Tour, ...] = (
    *(start_pages, chart, whole_case, half_case, whole_screens, practice),
    closed_pages,
)


@pytest.fixture
def desk(dressed: None, qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    # What is being made beside the page cannot be seen, but these tests would find it.
    monkeypatch.setattr(early_pages, "REST_BEFORE_BUILDING_MS", NEVER_MS)
    made = Desk(qtbot, home)
    yield made
    made.window.practice.close()
    made.window.close()
    made.store.close()


# ---------------------------------------------------------------- what is wrong with a place


def heard(widget: QWidget) -> tuple[QAccessible.Role, str]:
    """Role and name as a screen reader gets them."""
    told = QAccessible.queryAccessibleInterface(widget)
    return told.role(), told.text(QAccessible.Text.Name).strip()


def called(widget: QWidget) -> str:
    return f"{type(widget).__name__} “{heard(widget)[1]}” in {type(widget.parentWidget()).__name__}"


def seen(place: QWidget) -> list[QWidget]:
    """What can be seen of this window now; what Qt adds of its own is not ours."""
    return [
        each
        for each in place.findChildren(QWidget)
        if each.isVisible() and each.window() is place.window() and not each.objectName().startswith("qt_")
    ]


def is_painted(widget: QWidget) -> bool:
    """Whether it is a drawing of our own, and not the inside of a control that says what it shows."""
    ours = any(
        "paintEvent" in vars(kind) for kind in type(widget).__mro__ if kind.__module__.startswith("ui")
    )
    desk = widget.parentWidget()
    inside = desk is not None and isinstance(desk.parentWidget(), PdfPages)
    return ours and not inside and not widget.findChildren(QWidget)


def unheard(place: QWidget) -> list[str]:
    """Controls and drawings without a name, of an odd kind, or with the name of another one."""
    found, names = [], Counter[tuple[QAccessible.Role, str]]()
    for widget in seen(place):
        stops = is_stop(widget) or isinstance(widget, QAbstractButton)
        if not stops and not is_painted(widget):
            continue
        role, name = heard(widget)
        if not name:
            found.append(f"no name: {called(widget)}")
        fitting = next(roles for kind, roles in ROLES if isinstance(widget, kind))
        if stops and role not in fitting:
            found.append(f"is a {role.name}: {called(widget)}")
        if stops and not isinstance(widget, ReasonLink):  # the same words lead to the same finding
            names[role, name] += 1
    return found + [f"{number} times: {name}" for (_, name), number in names.items() if number > 1]


def picture(window: QWidget, widget: QWidget) -> QImage:
    """A stop with a little of what is around it."""
    place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
    return window.grab(place.adjusted(-4, -4, 4, 4)).toImage()


def unreached(place: QWidget) -> list[str]:
    """Where Tab is caught, what it passes, where it cannot be seen or leaves no mark."""
    window = place.window()
    window.activateWindow()
    first = next((each for each in seen(place) if is_stop(each)), None)
    if first is None:
        return ["Tab stops nowhere"]
    first.setFocus(Qt.FocusReason.TabFocusReason)
    found: list[str] = []
    stops: list[QWidget] = []
    while (at := window.focusWidget()) is not None and at not in stops:
        stops.append(at)
        QApplication.processEvents()
        if at.visibleRegion().isEmpty():
            found.append(f"out of sight: {called(at)}")
        else:
            with_it = picture(window, at)
            at.clearFocus()
            if with_it == picture(window, at):
                found.append(f"no mark: {called(at)}")
            at.setFocus(Qt.FocusReason.OtherFocusReason)
        QTest.keyClick(at, Qt.Key.Key_Tab)
    if window.focusWidget() is not stops[0]:
        found.append(f"Tab does not come round: {called(stops[-1])}")
    passed = [each for each in seen(place) if is_stop(each) and each not in stops]
    return found + [f"Tab passes: {called(each)}" for each in passed]


@cache
def contrast(first: int, second: int) -> float:
    """Between two colours (0xAARRGGBB), from 1 to 21, as WCAG 2.2 counts it."""

    def light(colour: int) -> float:
        parts = ((colour >> shift & 255) / 255 for shift in (16, 8, 0))
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    bright, dim = sorted((light(first), light(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def pale(place: QWidget) -> list[str]:
    """Words that do not stand out from their ground, in the very pixels that are shown."""
    image = place.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels, wide = memoryview(image.constBits()).cast("I"), image.bytesPerLine() // 4
    found = []
    for widget in seen(place):
        if not isinstance(widget, QLabel | QAbstractButton | QLineEdit):
            continue
        if not any(sign.isalnum() for sign in widget.text()):  # "°" has no stroke as wide as a pixel
            continue
        at = QRect(widget.mapTo(place, QPoint(0, 0)), widget.size())
        is_answer = isinstance(widget, Box) and widget.isChecked()  # also in a signed note
        if not (widget.isEnabled() or is_answer) or widget.visibleRegion().boundingRect() != widget.rect():
            continue
        at = at.adjusted(4, 3, -4, -3).intersected(image.rect())
        rows = (
            pixels[y * wide + at.left() : y * wide + at.right() + 1] for y in range(at.top(), at.bottom())
        )
        colours = Counter(chain.from_iterable(rows))
        if not colours:
            continue
        ground = colours.most_common(1)[0][0]
        best = max(contrast(ground, each) for each in colours)
        if best < TEXT:
            found.append(f"{best:.1f} : 1, {called(widget)} {widget.text()[:30]}")
    return found


def cut(place: QWidget) -> list[str]:
    """Words that do not fit where they stand, and areas wider than their room."""
    found = []
    for widget in seen(place):
        if isinstance(widget, QScrollArea) and widget.horizontalScrollBar().maximum() > 0:
            found.append(f"wider than its room by {widget.horizontalScrollBar().maximum()}: {called(widget)}")
        if not isinstance(widget, QLabel | QAbstractButton) or not widget.text() or widget.toolTip():
            continue
        if widget.sizePolicy().hasHeightForWidth() or (isinstance(widget, QLabel) and widget.wordWrap()):
            short = widget.heightForWidth(widget.width()) > widget.height() + 1
        elif isinstance(widget, Box):
            words = QFontMetrics(style.font(weight=600)).horizontalAdvance(widget.text())
            short = widget.width() < words
        else:
            short = (
                widget.width() < widget.sizeHint().width()
                or widget.height() < widget.minimumSizeHint().height()
            )
        if short:
            found.append(f"cut: {called(widget)} {widget.text()[:40]}")
    return found


def wrong(tour: Iterator[Place], *checks: Check) -> dict[str, list[str]]:
    """What is wrong at each place of a tour where something is."""
    found = {}
    for name, place in tour:
        told = [each for check in checks for each in check(place)]
        if told:
            found[name] = told
    return found


# ---------------------------------------------------------------- on every page


def test_what_was_answered_can_be_read_in_a_signed_note(desk: Desk) -> None:
    desk.window.begin(desk.case("ex1"))
    assert desk.window.view is not None
    desk.window.view.session.sign()
    assert wrong(map(desk.step, desk.content.steps), pale) == {}


@pytest.mark.parametrize("tour", TOURS)
def test_everything_is_named_and_reached_with_tab_and_can_be_read(tour: Tour, desk: Desk) -> None:
    assert wrong(tour(desk), unheard, unreached, pale) == {}


@pytest.mark.parametrize("tour", [each for each in TOURS if each is not whole_case])
def test_nothing_is_cut_and_everything_can_be_read_in_the_dark_at_twice_the_size(
    tour: Tour, desk: Desk
) -> None:
    desk.wear(theme="dark", text_scale=2.0)
    assert wrong(tour(desk), pale, cut) == {}


def unpressed(place: QWidget) -> list[str]:
    """Buttons with the keyboard that Enter does not press, or presses twice."""
    window, found = place.window(), []
    window.activateWindow()
    for button in seen(place):
        if not (isinstance(button, QPushButton | QToolButton) and is_stop(button)) or button.property("step"):
            continue  # Enter goes on from − and +, as from every value
        clicks: list[bool] = []
        told = button.blockSignals(True)  # it must not act: the place would be another
        button.click = lambda clicks=clicks: clicks.append(True)  # type: ignore[method-assign, misc]
        button.setFocus(Qt.FocusReason.TabFocusReason)
        by_qt = isinstance(button, QPushButton) and button.autoDefault()
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
        del button.click
        button.blockSignals(told)
        if len(clicks) + by_qt != 1:
            found.append(f"pressed {len(clicks) + by_qt} times: {called(button)}")
    return found


@pytest.mark.parametrize("tour", TOURS)
def test_enter_presses_every_button_that_has_the_keyboard(tour: Tour, desk: Desk) -> None:
    assert wrong(tour(desk), unpressed) == {}


def test_enter_on_a_button_presses_it_once_and_goes_on_from_a_field(desk: Desk) -> None:
    desk.window.begin(desk.case("ex1"))
    view = desk.window.view
    assert view is not None
    view.show_step("plan")
    desk.rest()
    pressed: list[str] = []
    view.footer.next_wanted.disconnect()
    view.footer.next_wanted.connect(lambda: pressed.append("next"))
    view.footer.previous_wanted.disconnect()
    view.footer.previous_wanted.connect(lambda: pressed.append("previous"))
    for button, key in (
        (view.footer._next, Qt.Key.Key_Return),
        (view.footer._previous, Qt.Key.Key_Enter),
        (view.footer._next, Qt.Key.Key_Space),
    ):
        button.setFocus()
        QTest.keyClick(desk.window.focusWidget(), key)
    assert pressed == ["next", "previous", "next"]
    stepper = next(each for each in view.page.findChildren(Stepper) if each.isVisible())
    value = stepper.value
    stepper.setFocus()
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
    assert stepper.value == value
    assert not stepper.isAncestorOf(desk.window.focusWidget())


def test_enter_on_a_button_of_the_hands_busy_view_presses_it_and_takes_nothing(desk: Desk) -> None:
    desk.window.begin(desk.half("patient-a"))
    view = desk.window.view
    assert view is not None
    QTest.keyClick(desk.window, Qt.Key.Key_F11)
    hands = view.hands
    assert hands is not None
    at = hands.item_id
    leave = next(each for each in hands.findChildren(QPushButton) if each.text() == "Back to the page")
    leave.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
    assert view.hands is None
    assert view.focused_item() == at


LEAVING = {"Start page", "Chart of this patient", "Lock the screen", "Show the patient", "Hands-busy view"}


def dialogs(desk: Desk, look: Callable[[str, QDialog], object]) -> None:
    """Open one dialog after another as Ctrl+K does, look at it, and close it."""

    def looked_at(words: str) -> None:
        for _ in range(4):
            QApplication.processEvents()
        if isinstance(dialog := QApplication.activeModalWidget(), QDialog):
            look(words, dialog)
            dialog.reject()

    places = {words for step in desk.content.steps.values() for words in (step.short, "step")}
    for command in commands(desk.window):
        fields = command.where in places or command.where.startswith("guideline")
        if not fields and command.words not in LEAVING:
            QTimer.singleShot(0, partial(looked_at, command.words))
            if command.words != "Correct the sore knee":  # a menu, which waits for a choice
                command.act()
            QApplication.processEvents()


def test_shift_and_tab_goes_the_same_way_back(desk: Desk) -> None:
    desk.window.begin(desk.half("patient-a"))
    assert desk.window.view is not None
    for step_id in ("history", "plan"):
        desk.window.view.show_step(step_id)
        desk.rest()
        way = [desk.window.focusWidget()]
        for _ in range(40):
            QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Tab)
            way.append(desk.window.focusWidget())
        for before in way[-2::-1]:
            QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Backtab)
            assert desk.window.focusWidget() is before


def test_every_dialog_found_with_ctrl_k_is_named_reached_and_read(desk: Desk) -> None:
    titles: set[str] = set()
    found: dict[str, list[str]] = {}

    def look(words: str, dialog: QDialog) -> None:
        if words not in titles and (
            told := [each for check in (unheard, unreached, pale, cut) for each in check(dialog)]
        ):
            found[words] = told
        titles.add(words)

    dialogs(desk, look)
    desk.window.begin(desk.case("ex1"))
    desk.rest()
    dialogs(desk, look)
    assert found == {}
    assert titles >= {"New patient", "Settings", "Clinical content", "What if…", "Evidence", "Documents"}


def test_enter_presses_every_button_of_every_dialog_that_has_the_keyboard(desk: Desk) -> None:
    looked_at: set[str] = set()
    found: dict[str, list[str]] = {}

    def look(words: str, dialog: QDialog) -> None:
        if words not in looked_at and (told := unpressed(dialog)):
            found[words] = told
        looked_at.add(words)

    def look_over(dialog: QDialog) -> None:
        dialog.show()
        dialog.activateWindow()
        QApplication.processEvents()
        look(type(dialog).__name__, dialog)
        dialog.done(0)

    dialogs(desk, look)
    desk.window.begin(desk.case("ex1"))
    desk.rest()
    dialogs(desk, look)
    folder = desk.folder / "clinic"
    folder.mkdir()
    way_in = WayIn(entrance := Entrance(folder))
    store, _ = entrance.begin(Account("", "chen", "A. Chen, PT", "40-12345", "administrator"), PASSWORD)
    accounts = AccountsDialog(store, way_in, desk.settings, desk.window)
    look_over(AccountDialog(store, way_in, desk.settings, accounts.account, accounts))
    look_over(PasswordDialog(store, way_in, store.account, desk.settings, accounts))
    look_over(accounts)
    look_over(ConfirmDialog(store, way_in, "It cannot be taken back.", "Remove", desk.window))
    look_over(DatabaseDialog(way_in, store, desk.window))
    store.close()
    assert found == {}
    assert looked_at >= {"New patient", "Settings", "Evidence", "Documents", "AccountsDialog"}


@pytest.mark.parametrize("theme", [style.LIGHT, style.DARK], ids=["light", "dark"])
def test_every_edge_that_matters_stands_out_from_its_ground(theme: style.Tokens) -> None:
    grounds = ("page", "card", "field")
    edges = [(edge, ground) for edge in ("control", "accent", "att", "danger", "ink") for ground in grounds]
    edges += [("ink", "hover"), ("accent", "accent_soft"), ("right", "card"), ("left", "card")]
    edges += [("accent", "line")]  # a focused edge beside the same edge without the keyboard
    told = {name: QColor(getattr(theme, name)).rgb() for pair in edges for name in pair}
    assert [pair for pair in edges if contrast(told[pair[0]], told[pair[1]]) < EDGE] == []


def test_nothing_moves_by_itself(desk: Desk) -> None:
    for name, place in whole_screens(desk):
        place.setFocus()
        before = place.grab().toImage()
        QTest.qWait(400)
        assert place.grab().toImage() == before, name


# ---------------------------------------------------------------- state and structure by name


def test_what_is_chosen_and_what_is_open_is_told(desk: Desk) -> None:
    desk.window.begin(desk.case("ex1"))
    assert desk.window.view is not None
    desk.window.view.show_step("history")
    desk.rest()
    told = [QAccessible.queryAccessibleInterface(each) for each in seen(desk.window)]
    chosen = [each.text(QAccessible.Text.Name) for each in told if each.state().checked]
    assert "Step 2: History, complete" in chosen
    assert any(name.endswith(": Yes") for name in chosen)
    buttons = [each.text(QAccessible.Text.Name) for each in told if each.role() == Role.Button]
    assert "Pain, complete, open" in buttons
    assert "What to avoid, empty, optional, folded" in buttons


def test_a_box_pressed_by_assistive_technology_is_an_answer(qtbot: QtBot, dressed: None) -> None:
    control = SegmentedControl(yes_no_not_tested(), "Locking")
    qtbot.addWidget(control)
    given: list[object] = []
    control.answered.connect(given.append)
    box = next(each for each in control.findChildren(QAbstractButton) if each.text() == "No")
    QAccessible.queryAccessibleInterface(box).actionInterface().doAction("Press")
    assert given == ["no"]
    assert QAccessible.queryAccessibleInterface(box).state().checked


# ---------------------------------------------------------------- what is read aloud without the keyboard


@dataclass
class Aloud:
    """What was to be read aloud since it was last asked."""

    said: list[str] = field(default_factory=list)
    at_once: list[str] = field(default_factory=list)

    def hear(self, _: QWidget, words: str, *, at_once: bool = False, **_how: bool) -> None:
        if words:
            (self.at_once if at_once else self.said).append(words)

    def heard(self) -> tuple[list[str], list[str]]:
        """What was said, and what broke in."""
        found = self.said, self.at_once
        self.said, self.at_once = [], []
        return found


@pytest.fixture
def aloud(monkeypatch: pytest.MonkeyPatch) -> Aloud:
    made = Aloud()
    monkeypatch.setattr(spoken, "say", made.hear)
    monkeypatch.setattr(spoken, "listens", lambda: True)
    return made


def test_a_step_a_finding_a_red_flag_and_a_failed_save_are_read_aloud(
    desk: Desk, aloud: Aloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = desk.case("ex1")
    desk.store.save(first)
    later = replace(first, id="later", kind="re-evaluation", visit_date=first.visit_date + timedelta(weeks=4))
    desk.window.begin(later.without_answer("onset"))
    view = desk.window.view
    assert view is not None
    aloud.heard()
    view.go_to("onset")
    desk.rest()
    assert aloud.heard() == (["Step 2: History, complete"], [])
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_F3)
    said, _ = aloud.heard()
    assert said == ["same as Mar 2"]
    view.session.answer("nprs-worst", 9.0)
    assert "Irritability: high" in aloud.heard()[0][0]
    view.undo()
    assert "Undone: worst pain, last 7 days" in aloud.heard()[0]
    view.redo()
    assert "Done again: worst pain, last 7 days" in aloud.heard()[0]
    view.undo()
    aloud.heard()
    view.session.answer("hot-joint", "yes")
    _, broke_in = aloud.heard()
    assert [words.partition(".")[0] for words in broke_in] == ["Emergency: act now"]
    view.undo()
    assert aloud.heard()[0][:1] == ["No red flag any more"]
    with monkeypatch.context() as broken:
        broken.setattr(view.session.store, "save", fails)
        view.session.answer("nprs-worst", 5.0)
        view.session.keep()
        assert aloud.heard()[1] == ["Not kept. The disk is full."]
    view.session.keep()
    assert "Everything is kept again." in aloud.heard()[0]


def test_a_new_page_that_begins_with_a_line_to_type_in_is_announced_with_it(
    desk: Desk, aloud: Aloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    asked = [item_id for item in desk.content.steps["questionnaires"].items for item_id in item.ids]
    desk.window.begin(desk.case("ex1").without_answer(*asked, "habd.right", "habd.left"))
    desk.rest()
    view = desk.window.view
    assert view is not None
    aloud.heard()

    def come_to(step: int) -> list[str]:
        QTest.keyClick(desk.window, Qt.Key(Qt.Key.Key_0 + step), Qt.KeyboardModifier.ControlModifier)
        desk.rest()
        return [words for words in aloud.heard()[0] if words.startswith("Step")]

    (words,) = come_to(3)
    assert words.startswith("Step 3: Questionnaires, ")
    assert words.endswith(". AKPS total from paper, of 100"), words
    (words,) = come_to(6)
    assert words.endswith(". Hip abduction, right, trial 1, N"), words
    (words,) = come_to(1)
    assert words.endswith("complete"), "of choices a screen reader reads the name itself"
    (words,) = come_to(3)
    assert "AKPS" not in words, "of a page that was made a screen reader reads the line itself"
    monkeypatch.setattr(sys, "platform", "win32")
    desk.window.begin(desk.case("ex1").without_answer(*asked))
    desk.rest()
    aloud.heard()
    (words,) = come_to(3)
    assert "AKPS" not in words, "on Windows a screen reader reads every line that gets the keyboard"


def test_a_line_that_cannot_be_counted_says_why_at_every_enter(desk: Desk, aloud: Aloud) -> None:
    desk.window.begin(desk.case("ex1").without_answer("akps-total"))
    view = desk.window.view
    assert view is not None
    view.go_to("akps-total")
    line = desk.window.focusWidget()
    assert isinstance(line, QLineEdit)
    QTest.keyClicks(line, "abc\r")
    why = "AKPS total from paper: “abc” is not a number yet. It stays here and is not counted."
    assert aloud.heard()[1] == [why]
    QTest.keyClicks(line, "\r")
    assert aloud.heard()[1] == [why]
    QTest.keyClicks(line, "\b\r")  # else it is asked about as the window closes


def test_a_date_that_cannot_be_read_says_why_at_every_enter(
    qtbot: QtBot, dressed: None, aloud: Aloud
) -> None:
    field = DateField("Date of birth")
    qtbot.addWidget(field)
    field.show()
    QTest.keyClicks(field.edit, "Helen\r")
    (why,) = aloud.heard()[1]
    assert why.startswith("Date of birth: “Helen” cannot be read as a date yet.")
    QTest.keyClicks(field.edit, "\r")
    assert aloud.heard()[1] == [why]


def test_f8_on_the_only_gap_says_that_it_is_the_only_one(desk: Desk, aloud: Aloud) -> None:
    desk.window.begin(desk.case("ex1").without_answer("nprs-worst"))
    view = desk.window.view
    assert view is not None
    view.show_step("history")
    QTest.keyClick(desk.window, Qt.Key.Key_F8)
    desk.rest()
    aloud.heard()
    QTest.keyClick(desk.window, Qt.Key.Key_F8)
    (words,) = aloud.heard()[1]
    assert words.startswith("1 left here: Worst pain, last 7 days"), words


def test_the_bar_of_the_start_page_is_not_called_after_a_patient(desk: Desk) -> None:
    desk.window.show_start()
    start = desk.window.start
    assert start is not None
    (bar,) = start.findChildren(HeaderBar)
    assert heard(bar)[1] == "Start page"


def test_who_comes_into_a_group_of_questions_hears_its_name(desk: Desk) -> None:
    desk.window.begin(desk.case("ex1").without_answer("hot-bursa"))
    view = desk.window.view
    assert view is not None
    view.go_to("hot-bursa")
    asked = desk.window.focusWidget()
    assert asked is not None
    around = [part for part in view.page.findChildren(QWidget) if part.isAncestorOf(asked)]
    groups = [heard(part)[1] for part in around]
    titles = {group.title for group in view.session.content.steps["safety"].groups}
    assert len(titles.intersection(groups)) == 1, groups


def test_f8_from_the_way_on_does_not_name_the_step_after_the_one_it_comes_to(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.window.begin(desk.case("ex1").without_answer("nprs-worst"))
    view = desk.window.view
    assert view is not None
    view.show_step("safety")
    view.footer.take_keyboard()
    on = view.footer._next
    assert on.accessibleName() == "On to History"
    named: list[tuple[bool, str]] = []
    set_name = type(on).setAccessibleName

    def name(widget: QWidget, words: str) -> None:
        if words != widget.accessibleName():
            named.append((widget.hasFocus(), words))
        set_name(widget, words)

    monkeypatch.setattr(on, "setAccessibleName", partial(name, on))
    QTest.keyClick(desk.window, Qt.Key.Key_F8)
    desk.rest()
    assert view.focused_item() == "nprs-worst"
    assert named == [(False, "On to Questionnaires")], "the keyboard has left it by then"


def test_f8_says_that_it_goes_back_where_nothing_is_left_after_the_keyboard(desk: Desk, aloud: Aloud) -> None:
    desk.window.begin(desk.case("ex1").without_answer("ddx-plica", "ddx-acl"))
    view = desk.window.view
    assert view is not None
    view.show_step("knee")
    view.focus_first()
    desk.rest()
    aloud.heard()
    told = []
    for _ in range(3):
        QTest.keyClick(desk.window, Qt.Key.Key_F8)
        desk.rest()
        told.append(("Back to what was left before" in aloud.heard()[0], view.focused_item()))
    assert told == [(False, "ddx-acl"), (True, "ddx-plica"), (False, "ddx-acl")]


OPEN = ("nprs-worst", "ddx-plica", "ddx-acl", "ddx-meniscus")
FOUR_MISSING = (
    "4 things are missing: History: worst pain, last 7 days; Knee exam: medial plica; "
    "Knee exam: meniscal tear; and 1 more."
)


def come_to_sign(desk: Desk, *without: str) -> SignPage:
    desk.window.begin(desk.case("ex1").without_answer(*without))
    assert desk.window.view is not None
    desk.rest()
    page = desk.window.view.show_step("sign")
    assert isinstance(page, SignPage)
    desk.rest()
    return page


def heard_with_tab(desk: Desk, begins: str) -> str:
    """Press Tab until what is read begins so; all that is read there."""
    for _ in range(100):
        told = QAccessible.queryAccessibleInterface(desk.window.focusWidget())
        name, more = (told.text(part) for part in (QAccessible.Text.Name, QAccessible.Text.Description))
        if name.startswith(begins):
            return f"{name} {more}".strip()
        QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Tab)
    pytest.fail(f"Tab does not come to {begins!r}")


def test_what_is_missing_is_named_aloud_when_one_comes_to_sign(desk: Desk, aloud: Aloud) -> None:
    come_to_sign(desk, *OPEN)
    (words,) = [words for words in aloud.heard()[0] if "missing" in words]
    assert FOUR_MISSING in words


def test_the_sign_button_says_which_things_are_missing(desk: Desk, qtbot: QtBot) -> None:
    page = come_to_sign(desk, *OPEN)
    qtbot.waitUntil(page.sign_button.isEnabled, timeout=30_000)
    heard = heard_with_tab(desk, "Sign and lock")
    assert heard == f"Sign and lock {FOUR_MISSING}"


def test_where_it_cannot_be_signed_tab_comes_to_the_reason_and_it_says_what_is_missing(desk: Desk) -> None:
    asked = ("hot-joint", "calf-signs")
    page = come_to_sign(desk, *asked)
    assert not page.sign_button.isEnabled()
    heard = heard_with_tab(desk, "2 safety questions are not answered")
    first, second = (lower_first(desk.content.label(each)) for each in asked)
    assert f" things are missing: Safety: {first}; Safety: {second}; " in heard


def fails(_: Evaluation) -> None:
    raise EvalAssistError("The disk is full.")


def test_the_hands_busy_view_says_each_number_what_it_came_to_and_what_is_wrong(
    desk: Desk, aloud: Aloud
) -> None:
    desk.window.begin(desk.case("ex1").without_answer("habd.left"))
    assert desk.window.view is not None
    desk.window.view.go_to("habd.left")
    desk.window.view.toggle_hands()
    desk.rest()
    aloud.heard()

    def typed(keys: str) -> str:
        QTest.keyClicks(desk.window.focusWidget(), keys)
        return aloud.heard()[1][-1]

    assert typed("12") == "12 N."
    assert typed("0\r") == "1 of 3 taken: 120 N. trial 2 of 3."
    assert typed("+") == "Hold, 1 of 5 seconds."
    assert typed("9999\r").startswith("9999 N: usual")
    assert typed("\b\b\b\b-").startswith("Not tested, because of 1: Pain; 2: ")
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Escape)
    assert aloud.heard()[1][-1] == "trial 2 of 3."
    typed("118\r")
    QTest.keyClicks(desk.window.focusWidget(), "121\r")
    assert not [words for words in aloud.heard()[1] if "/10" in words], "no force is read as a pain"


def test_the_hands_busy_view_is_read_with_the_question_it_begins_with(desk: Desk, aloud: Aloud) -> None:
    untested = [f"{group}.{side}" for group in desk.content.strength_groups for side in ("right", "left")]
    desk.window.begin(desk.case("ex1").without_answer(*untested))
    assert desk.window.view is not None
    desk.window.view.toggle_hands()
    hands = desk.window.view.hands
    assert hands is not None
    assert hands.entry.question is not None
    assert all(words in hands.accessibleDescription() for words in hands.entry.question.options)
    assert hands.accessibleDescription().endswith(". Enter begins.")
    assert "trial 1" not in hands.accessibleDescription()
    QTest.keyClicks(hands, "9\r")
    assert aloud.heard()[1][-1].startswith("Type a number from 1 to ")
    QTest.keyClicks(hands, "\b")
    assert "trial 1 of 3" in (told := aloud.heard()[1][-1])
    assert "Type a number" not in told + hands.accessibleDescription()


def test_the_hands_busy_view_says_once_how_each_muscle_is_tested_and_again_with_the_picture(
    desk: Desk, aloud: Aloud
) -> None:
    desk.window.begin(desk.case("ex1").without_answer("habd.left"))
    assert desk.window.view is not None
    desk.window.view.go_to("habd.left")
    aloud.heard()
    desk.window.view.toggle_hands()
    desk.rest()
    (everything,) = aloud.heard()[1]
    pad = "Pad: outer leg, just above the outer ankle bone."
    for words in ("on top, hip straight", pad, "Hold still: pelvis at", "Say: Keep the knee straight."):
        assert words in everything
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_F2)
    assert aloud.heard()[1][-1] == everything
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_F2)
    assert aloud.heard()[1][-1] == "small picture."
    hands = desk.window.view.hands
    assert hands is not None
    while hands.entry.stop is not None and hands.entry.stop.group == "habd":
        QTest.keyClick(hands, Qt.Key.Key_Down)
    told = aloud.heard()[1]
    assert "Pad: " in told[-1]
    assert not [words for words in told[:-1] if "Pad: " in words], "the same pad is said once"


def test_an_answer_that_changes_the_exercises_of_the_plan_says_which(desk: Desk, aloud: Aloud) -> None:
    desk.window.begin(desk.case("ex1").with_answers({"nprs-worst": 9.0, "resisted-ext-pain": 8.0}))
    view = desk.window.view
    assert view is not None
    view.go_to("resisted-ext-pain")
    desk.rest()
    aloud.heard()
    view.session.answer("resisted-ext-pain", 0.0)
    new, gone = "Isometric knee extension at 60 degrees", "Quadriceps set (isometric, knee straight)"
    assert f"The plan has {new} instead of {gone}" in aloud.heard()[0]
    view.undo()
    assert f"The plan has {gone} instead of {new}" in aloud.heard()[0]


def test_what_the_plan_holds_is_told_after_the_hands_busy_view_not_during_it(
    desk: Desk, aloud: Aloud
) -> None:
    desk.window.begin(desk.case("ex1").with_answers({"nprs-worst": 9.0, "resisted-ext-pain": 8.0}))
    view = desk.window.view
    assert view is not None
    view.toggle_hands()
    desk.rest()
    aloud.heard()
    view.session.answer("resisted-ext-pain", 0.0)
    assert not [words for words in aloud.heard()[0] if words.startswith("The plan has")]
    view.toggle_hands()
    assert [words for words in aloud.heard()[0] if words.startswith("The plan has")]


def test_the_hands_busy_view_says_how_the_sides_differ_once_both_are_in(desk: Desk, aloud: Aloud) -> None:
    desk.window.begin(desk.case("ex1").without_answer("habd.left", "her.left"))
    assert desk.window.view is not None
    desk.window.view.go_to("habd.left")
    desk.window.view.toggle_hands()
    desk.rest()
    hands = desk.window.view.hands
    assert hands is not None
    assert hands.entry.item_id == "habd.left"
    aloud.heard()
    for typed in ("100", "100", "100", "2", "78"):
        QTest.keyClicks(hands, f"{typed}\r")
    told = [words for words in aloud.heard()[1] if "lower" in words]
    assert len(told) == 1
    assert "Hip abduction: " in told[0]
    assert "% lower, within 49 N, the error between testers. " in told[0]
    QTest.keyClick(hands, Qt.Key.Key_Up)
    QTest.keyClick(hands, Qt.Key.Key_Down)
    assert not [words for words in aloud.heard()[1] if "lower" in words], "it is told once"
    QTest.keyClick(hands, Qt.Key.Key_Escape)
    assert aloud.heard()[0] == ["Back to the page"]


def test_a_side_of_the_hands_busy_view_is_not_called_all_in_while_it_goes_on_by_itself(
    desk: Desk, aloud: Aloud
) -> None:
    desk.window.begin(desk.case("ex1").without_answer("habd.right", "habd.left"))
    assert desk.window.view is not None
    desk.window.view.go_to("habd.left")
    desk.window.view.toggle_hands()
    hands = desk.window.view.hands
    assert hands is not None
    desk.rest()
    for typed in ("100", "100", "100", "2"):
        QTest.keyClicks(hands, f"{typed}\r")
    assert hands.entry.item_id == "habd.right"
    assert not [words for words in aloud.heard()[1] if "all is in" in words]


def test_both_sides_are_compared_aloud_once_when_pain_and_lever_arm_of_both_are_in(
    desk: Desk, aloud: Aloud
) -> None:
    newtons = {"right": 352.0, "left": 400.0}
    both = {f"kext.{side}": StrengthTest((trial,) * 3, "N") for side, trial in newtons.items()}
    desk.window.begin(desk.case("ex1").with_answers(both))
    assert desk.window.view is not None
    desk.window.view.go_to("kext.left")
    desk.window.view.toggle_hands()
    hands = desk.window.view.hands
    assert hands is not None
    desk.rest()
    heard: list[str] = []
    for typed in ("1", "-8\r38", "2", "38"):
        assert not [words for words in heard if "lower" in words], typed
        assert hands.entry.item_id.startswith("kext")
        aloud.heard()
        QTest.keyClicks(hands, f"{typed}\r")
        heard += aloud.heard()[1]
    told = [words for words in heard if "Knee extension: right" in words]
    assert len(told) == 1
    assert "right 12 % lower" in told[0].replace("\u00a0", " ")


def test_who_comes_to_another_side_hears_the_side_then_what_is_in_and_what_is_asked_there(
    desk: Desk, aloud: Aloud
) -> None:
    both = {f"kext.{side}": StrengthTest((400.0, 405.0, 398.0), "N") for side in ("right", "left")}
    desk.window.begin(desk.case("ex1").with_answers(both))
    assert desk.window.view is not None
    desk.window.view.go_to("kext.left")
    desk.window.view.toggle_hands()
    desk.rest()
    aloud.heard()
    QTest.keyClicks(desk.window.focusWidget(), "1\r")
    place, then = "right, Knee extension, Seated, hip 90°, knee 90°.", "3 of 3 taken: 398 N."
    assert aloud.heard()[1][-1] == f"{place} {then} pain in the test, 0 to 10.", "pain was asked before, too"


def test_the_last_screen_is_read_muscle_by_muscle(desk: Desk, aloud: Aloud) -> None:
    desk.window.begin(desk.case("ex1"))
    assert desk.window.view is not None
    desk.window.view.go_to("kext.right")
    desk.window.view.toggle_hands()
    desk.rest()
    aloud.heard()
    hands = desk.window.view.hands
    assert hands is not None
    while hands.entry.stop is not None:
        hands.entry.enter()
    hands.refresh()
    (told,) = aloud.heard()[1]
    assert ". Hip external rotation: right 85 N, left 100 N, " in told


def test_one_trial_of_three_is_no_finding_that_breaks_in_until_the_side_is_in_or_left(
    desk: Desk, aloud: Aloud
) -> None:
    left = StrengthTest((400.0, 405.0, 398.0), "N", pain=0)
    desk.window.begin(desk.case("ex1").without_answer("kext.right").with_answers({"kext.left": left}))
    assert desk.window.view is not None
    desk.window.view.go_to("kext.right")
    desk.window.view.toggle_hands()
    hands = desk.window.view.hands
    assert hands is not None
    desk.rest()
    aloud.heard()

    def flags(keys: str) -> list[str]:
        QTest.keyClicks(hands, keys)
        return [words for told in aloud.heard() for words in told if "under 60" in words or "flag" in words]

    assert flags("26\r27\r") == []
    assert flags("\b\b") == []
    assert flags("26\r") == []
    QTest.keyClick(hands, Qt.Key.Key_Up)
    assert len(flags("")) == 1, "who goes on with one trial hears it"
    QTest.keyClick(hands, Qt.Key.Key_Down)
    assert flags("\b") == ["No red flag any more"]
    assert flags("26\r27\r") == []
    assert len(flags("26\r")) == 1, "all of them are in"


def test_a_lever_arm_unlike_the_last_one_is_heard_once_before_the_next_side(desk: Desk, aloud: Aloud) -> None:
    test = StrengthTest((400.0, 405.0, 398.0), "N", lever_arm_m=0.38, pain=0)
    first = desk.case("ex1").with_answers({"kext.left": test, "kext.right": test})
    desk.store.save(first)
    later = replace(first, id="later", kind="re-evaluation", visit_date=first.visit_date + timedelta(weeks=4))
    desk.window.begin(
        later.without_answer("kext.right").with_answers({"kext.left": replace(test, lever_arm_m=None)})
    )
    assert desk.window.view is not None
    desk.window.view.go_to("kext.left")
    desk.window.view.toggle_hands()
    desk.rest()
    aloud.heard()
    QTest.keyClicks(desk.window.focusWidget(), "88\r1\b")
    told = [words for words in aloud.heard()[1] if "last time" in words]
    assert len(told) == 1
    assert told[0].startswith("Left: lever arm 88 cm, last time 38 cm. right, Knee extension, ")


def test_leaving_the_hands_busy_view_tells_what_one_trial_came_to(desk: Desk, aloud: Aloud) -> None:
    left = StrengthTest((400.0, 405.0, 398.0), "N", pain=0)
    desk.window.begin(desk.case("ex1").without_answer("kext.right").with_answers({"kext.left": left}))
    assert desk.window.view is not None
    desk.window.view.go_to("kext.right")
    desk.window.view.toggle_hands()
    desk.rest()
    QTest.keyClicks(desk.window.focusWidget(), "26\r")
    aloud.heard()
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Escape)
    assert [words for words in aloud.heard()[1] if "One muscle group under 60 %" in words]


def test_what_a_side_and_both_sides_come_to_is_heard_on_the_page_as_its_last_trial_is_typed(
    desk: Desk, aloud: Aloud
) -> None:
    desk.window.begin(desk.case("ex1").without_answer("habd.right", "habd.left"))
    view = desk.window.view
    assert view is not None
    view.go_to("habd.right")
    desk.rest()
    aloud.heard()

    def typed(*numbers: str) -> list[str]:
        told = []
        for number in numbers:
            QTest.keyClicks(desk.window.focusWidget(), f"{number}\r")
            told += [words for words in aloud.heard()[0] if words.startswith("Hip abduction")]
        return told

    assert typed("125", "124") == []
    assert typed("125") == ["Hip abduction: right 125 N."]
    assert typed("155", "155") == []
    assert typed("155") == [
        "Hip abduction: left 155 N. Right side 80.6 % of the left, right 19.4 % lower, "
        "within 49 N, the error between testers."
    ]
    name = "Hip abduction, left, trial 3, N"
    third = next(edit for edit in view.page.findChildren(QLineEdit) if edit.accessibleName() == name)
    third.setFocus()
    third.selectAll()
    QTest.keyClicks(third, "15\r")
    (scatter,) = [words for words in aloud.heard()[0] if words.startswith("Hip abduction")]
    assert scatter.startswith("Hip abduction: left: Scatter (CV) ")
    assert scatter.endswith("take one more, or discard one. Trials differ: no percentage.")
    view.undo()
    view.show_step("safety")
    view.show_step("strength")
    desk.rest()
    assert not [words for words in aloud.heard()[0] if words.startswith("Hip abduction")]


def test_how_a_muscle_is_tested_is_read_aloud_as_it_opens(desk: Desk, aloud: Aloud) -> None:
    desk.window.begin(desk.case("ex1"))
    assert desk.window.view is not None
    desk.window.view.go_to("her.left")
    aloud.heard()
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_F2)
    (told,) = aloud.heard()[0]
    for words in ("Position: ", "Pad: Just above the INNER ankle bone.", "Say: “Push your foot inward"):
        assert words in told
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_F2)
    assert aloud.heard()[0] == ["Position, pad and what to say are closed."]


def test_bars_that_are_shares_are_not_read_as_forces(desk: Desk) -> None:
    desk.window.begin(desk.case("ex1"))
    assert desk.window.view is not None
    page = desk.window.view.show_step("strength")
    told = [bar.accessibleName() for bar in page.findChildren(SymmetryBar) if bar.isVisible()]
    assert told
    assert not [words for words in told if "right 100" in words or "left 100" in words]


@pytest.mark.parametrize(
    ("sore", "told"),
    [
        ("left", "Hip abduction: left side 125.8 % of the right, right 20.5 % lower"),
        ("right", "Hip abduction: right side 79.5 % of the left, right 20.5 % lower"),
        ("both", "Hip abduction: right side 79.5 % of the left, right 20.5 % lower, asymmetry only"),
    ],
)
def test_a_percentage_of_strength_says_of_which_side(desk: Desk, sore: SoreKnee, told: str) -> None:
    case = replace(desk.case("ex1"), sore_knee=sore).with_answers(
        {"habd.right": StrengthTest((124.0,), "N"), "habd.left": StrengthTest((156.0,), "N")}
    )
    desk.window.begin(case)
    assert desk.window.view is not None
    page = desk.window.view.show_step("strength")
    names = [bar.accessibleName() for bar in page.findChildren(SymmetryBar)]
    assert [name for name in names if name.startswith(told)], names


def test_an_answer_that_is_taken_back_is_heard(desk: Desk, aloud: Aloud) -> None:
    desk.window.begin(desk.case("ex1"))
    assert desk.window.view is not None
    desk.window.view.go_to("squat45-pain")
    aloud.heard()
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Backspace)
    assert "cleared" in aloud.heard()[0]


@pytest.mark.parametrize("platform", ["linux", "win32"])
def test_a_stepped_dose_is_told_once(
    qtbot: QtBot, dressed: None, aloud: Aloud, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    """Of the button with the keyboard Orca reads a new description by itself, and nothing at either end."""
    monkeypatch.setattr(sys, "platform", platform)
    dose = Stepper("Repetitions", "reps", low=1, high=2)
    qtbot.addWidget(dose)
    dose.set_value(1)
    dose.show()
    dose.activateWindow()
    dose.setFocus()
    button = dose.focusProxy()
    assert button is not None
    qtbot.waitUntil(button.hasFocus)
    QTest.keyClick(button, Qt.Key.Key_Up)
    assert button.accessibleDescription() == "2 reps"
    assert aloud.heard() == ([], [] if platform == "linux" else ["2 reps"])
    QTest.keyClick(button, Qt.Key.Key_Up)
    assert aloud.heard() == ([], ["2 reps"])


def test_what_is_wrong_with_a_field_is_read_aloud_and_read_with_it(desk: Desk, aloud: Aloud) -> None:
    dialog = PatientDialog(desk.content, desk.window)
    dialog.show()
    dialog.activateWindow()
    dialog.begin()
    assert aloud.heard()[1] == ["Write the name."]
    number = QAccessible.queryAccessibleInterface(dialog.number.edit)
    assert number.text(QAccessible.Text.Description) == "may stay empty"
    dialog.name.set_value("Example, One")
    dialog.birth.edit.setText("foo")
    dialog.begin()
    told = QAccessible.queryAccessibleInterface(dialog.birth.edit).text(QAccessible.Text.Description)
    assert told.startswith("“foo” cannot be read as a date yet.")
    assert aloud.heard()[1] == [f"Date of birth: {told}"]
    sex = QAccessible.queryAccessibleInterface(dialog.sex.findChildren(QAbstractButton)[0])
    assert sex.text(QAccessible.Text.Description).startswith("Choose one")
    dialog.done(0)


def test_what_a_line_holds_is_told_in_full_until_it_is_typed_in(
    desk: Desk, aloud: Aloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")  # where the screen reader leaves its last sign out
    dialog = PatientDialog(desk.content, desk.window)
    dialog.show()
    dialog.activateWindow()
    dialog.number.set_value("145")
    QApplication.processEvents()

    def told() -> str:
        described = QAccessible.queryAccessibleInterface(dialog.number.edit)
        return described.text(QAccessible.Text.Description)

    for _ in range(2):
        dialog.number.edit.setFocus()
        assert told() == "in full: 145. may stay empty"
        dialog.name.edit.setFocus()
    dialog.number.edit.setFocus()
    QTest.keyClicks(dialog.number.edit, "6")
    assert told() == "may stay empty"
    dialog.done(0)


def test_what_is_taken_back_at_once_is_not_read_aloud(
    qtbot: QtBot, dressed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(spoken, "listens", lambda: True)
    monkeypatch.setattr(
        QAccessible,
        "updateAccessibility",
        lambda event: told.append(event.message()) if hasattr(event, "message") else None,
    )
    banner = Banner("danger", "Stop.", "Refer now.")
    qtbot.addWidget(banner)
    banner.show()
    banner.hide()
    QApplication.processEvents()
    assert told == []
    banner.show()
    banner.say("danger", "Stop.", "Refer now.")
    QApplication.processEvents()
    assert told == ["Stop. Refer now."]


def test_what_is_read_aloud_also_comes_up_as_a_notification_for_who_hears_no_announcements(
    qtbot: QtBot, dressed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    came_up: list[tuple[QAccessible.Role, str]] = []

    def update(event: QAccessibleEvent) -> None:
        if event.type() == QAccessible.Event.ObjectShow:
            told = event.accessibleInterface()
            came_up.append((told.role(), told.text(QAccessible.Text.Name)))

    monkeypatch.setattr(spoken, "listens", lambda: True)
    monkeypatch.setattr(QAccessible, "updateAccessibility", update)
    monkeypatch.setattr(sys, "platform", "linux")
    line = spoken.Said()
    qtbot.addWidget(line)
    line.setText("Signed.")
    line.show()
    QApplication.processEvents()
    line.setText("Not signed.")
    QApplication.processEvents()
    assert came_up == [(Role.Notification, "Signed."), (Role.Notification, "Not signed.")]
    monkeypatch.setattr(sys, "platform", "win32")
    line.setText("Signed.")
    QApplication.processEvents()
    assert len(came_up) == 2


def test_a_notification_comes_up_until_it_is_read(
    qtbot: QtBot, dressed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    came_up: list[QAccessible.Event] = []
    monkeypatch.setattr(spoken, "listens", lambda: True)
    monkeypatch.setattr(spoken, "AGAIN_MS", 5)
    monkeypatch.setattr(spoken, "KEPT_MS", 200)
    monkeypatch.setattr(sys, "platform", "linux")
    line = spoken.Said("", "Signed.")
    qtbot.addWidget(line)
    line.show()
    QApplication.processEvents()
    (note,) = line.findChildren(QWidget)
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: came_up.append(event.type()))
    qtbot.waitUntil(lambda: len(came_up) >= 2)
    QAccessible.queryAccessibleInterface(note).text(QAccessible.Text.Description)
    until_read = len(came_up)
    qtbot.wait(50)
    assert note.accessibleName() == "Signed.", "what asks once more does not find it empty"
    with qtbot.waitSignal(note.destroyed):
        pass
    assert came_up == [QAccessible.Event.ObjectShow] * until_read


def test_what_a_busy_screen_reader_took_stays_until_its_turn_and_is_heard_once(
    qtbot: QtBot, unread: Callable[[QWidget], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spoken, "AGAIN_MS", 5)
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    spoken.say(window, "Other causes: 24 answered")
    unread(window)
    (note,) = (each for each in window.children() if isinstance(each, spoken._Notification))
    QAccessible.queryAccessibleInterface(note).state()  # as Orca does when it queues it
    came_up: list[QAccessible.Event] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: came_up.append(event.type()))
    qtbot.wait(60)
    assert came_up == []
    assert note.accessibleName() == "Other causes: 24 answered"


def test_what_replaces_words_that_wait_their_turn_is_heard_in_their_place(
    qtbot: QtBot, unread: Callable[[QWidget], list[str]]
) -> None:
    line = spoken.Said("", "1 found")
    qtbot.addWidget(line)
    line.show()
    unread(line)
    (note,) = (each for each in line.children() if isinstance(each, spoken._Notification))
    QAccessible.queryAccessibleInterface(note).state()
    line.setText("2 found")
    assert unread(line) == ["2 found"]
    assert note.accessibleName() == "2 found", "no empty notification is left in its place"


def test_of_a_step_that_is_left_nothing_is_heard_any_more(
    desk: Desk, unread: Callable[[QWidget], list[str]]
) -> None:
    desk.window.begin(desk.case("ex1"))
    view = desk.window.view
    assert view is not None
    view.show_step("history")
    desk.rest()
    assert "Step 2: History, complete" in unread(desk.window)
    view.show_step("mobility")
    desk.rest()
    heard = [words for words in unread(desk.window) if words.startswith("Step ")]
    assert heard == ["Step 7: Mobility, foot, complete"]


def test_what_is_said_in_one_turn_is_heard_as_one_and_what_breaks_in_comes_first(
    qtbot: QtBot, unread: Callable[[QWidget], list[str]]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    spoken.say(window, "Other causes: 24 answered. The rest: Unlikely")
    spoken.say(window, "Patellofemoral pain 3/3")
    spoken.say(window, "Refer now.", at_once=True)
    assert unread(window) == [
        "Refer now. Other causes: 24 answered. The rest: Unlikely. Patellofemoral pain 3/3"
    ]


def test_what_a_dialog_says_does_not_come_up_in_it_or_all_of_it_is_read_again(
    qtbot: QtBot, dressed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spoken, "listens", lambda: True)
    monkeypatch.setattr(sys, "platform", "linux")
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    dialog = QDialog(window)
    dialog.show()
    spoken.say(dialog, "Type the name.")
    QApplication.processEvents()
    (note,) = (each for each in window.children() if isinstance(each, spoken._Notification))
    assert note.accessibleName() == "Type the name."
    dialog.close()
    with qtbot.waitSignal(note.destroyed):  # and nothing of it is said once it is closed
        note._come_up()


def test_what_was_said_before_a_lock_is_not_heard_after_it(
    qtbot: QtBot, dressed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spoken, "listens", lambda: True)
    monkeypatch.setattr(sys, "platform", "linux")
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    spoken.say(window, "Undone: Okafor")
    QApplication.processEvents()
    (note,) = (each for each in window.children() if isinstance(each, spoken._Notification))
    with qtbot.waitSignal(note.destroyed):
        spoken.forget(window)


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> Callable[[QWidget], list[str]]:
    """What Orca has not read of what a window said, and is told again until it does."""
    monkeypatch.setattr(spoken, "listens", lambda: True)
    monkeypatch.setattr(spoken, "AGAIN_MS", 50)
    monkeypatch.setattr(spoken, "TIMES", 1_000)
    monkeypatch.setattr(sys, "platform", "linux")

    def found(window: QWidget) -> list[str]:
        QApplication.processEvents()
        notes = (each for each in window.children() if isinstance(each, spoken._Notification))
        return [note.accessibleName() for note in notes if note.waits]

    return found


def test_what_ctrl_k_found_before_is_not_heard_after_what_it_finds_now(
    qtbot: QtBot, dressed: None, unread: Callable[[QWidget], list[str]]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    spoken.say(window, "Saved.")
    found = [Command(words, "History", window.update) for words in ("Pain", "Pain location", "Plan")]
    palette = Palette(found, window)
    palette.show()
    for typed in ("p", "pa", "pain l"):
        palette.typed.setText(typed)
        unread(window)
    assert unread(window) == ["Saved.", "Pain location, History, 1 of 1"]
    palette.typed.setText("pain")
    palette.typed.setText("plan")
    assert unread(window) == ["Saved.", "Plan, History, 1 of 1"]
    palette.typed.setText("nothing like this")
    QTest.keyClick(palette.typed, Qt.Key.Key_Down)
    assert unread(window) == ["Saved.", "Nothing found."]
    palette.reject()


def test_the_same_words_again_take_their_own_place(
    qtbot: QtBot, dressed: None, unread: Callable[[QWidget], list[str]]
) -> None:
    line = spoken.Said("", "Not saved.")
    qtbot.addWidget(line)
    line.show()
    for _ in range(2):
        line.setText("Not saved.")
        assert unread(line) == ["Not saved."]
    line.setText("")
    assert unread(line) == []
    line.setText("Not saved.")
    assert unread(line) == ["Not saved."], "it holds again"


def test_which_of_two_days_is_not_asked_again_once_one_is_chosen(
    qtbot: QtBot, dressed: None, unread: Callable[[QWidget], list[str]]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    field = DateField("Date of birth", window)
    window.show()
    QTest.keyClicks(field.edit, "5/9/1990\r")
    assert unread(window)[-1].startswith("Date of birth: May 9, 1990 or Sep 5, 1990?")
    window.activateWindow()
    field._meanings[1].setFocus()
    read: list[str] = []
    qapp().focusChanged.connect(reads := lambda *_: read.append(field.edit.accessibleDescription()))
    QTest.keyClick(field._meanings[1], Qt.Key.Key_Space)
    qapp().focusChanged.disconnect(reads)
    assert unread(window) == ["Date of birth: Sep 5, 1990"]
    assert read == [""], "the keyboard comes back to the line, and it is not read with it"


def test_what_is_wrong_with_a_number_is_not_heard_once_it_is_mended(
    qtbot: QtBot, dressed: None, unread: Callable[[QWidget], list[str]]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    field = NumberField("Pain", possible=(0, 10), parent=window)
    window.show()
    QTest.keyClicks(field.edit, "12\r")
    assert unread(window) == ["Pain: From 0 to 10 can be counted. What you typed stays here."]
    QTest.keyClicks(field.edit, "\b")
    assert unread(window) == []


def test_a_sentence_that_went_with_its_page_is_not_heard_again(
    qtbot: QtBot, dressed: None, unread: Callable[[QWidget], list[str]]
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    page = QWidget(window)
    line = spoken.Said("", "The password is not right.")
    line.setParent(page)
    window.show()
    assert unread(window) == ["The password is not right."]
    page.hide()
    qtbot.waitUntil(lambda: unread(window) == [])


def test_pages_are_not_made_ahead_while_a_screen_reader_listens(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made() -> int:
        desk.window.begin(desk.case("ex1"))
        assert desk.window.view is not None
        for _ in range(50):
            desk.window.view.early.make_some()
        return len(desk.window.view.findChildren(Page))

    monkeypatch.setattr(early_pages, "REST_BEFORE_BUILDING_MS", 0)
    alone = made()
    monkeypatch.setattr(spoken, "listens", lambda: True)
    assert made() < alone


def test_a_card_of_the_first_run_says_what_it_is_about(desk: Desk, aloud: Aloud) -> None:
    first = FirstRun(lambda: Entrance(desk.folder), desk.settings, plain=False)
    aloud.heard()
    desk.window.show_door(first)
    assert aloud.heard()[0][0].startswith("Welcome to EvalAssist Step 1 of 3: your clinic")
    first.next.click()
    assert aloud.heard()[0][0].startswith("Who works here first Step 2 of 3: your account")
    QTest.keyClick(first.button, Qt.Key.Key_Space)
    assert aloud.heard()[1] == ["Write a short name to sign in with, like “chen”."]


def test_what_does_not_fit_is_read_with_what_it_is_and_the_keys_with_what_they_do(
    desk: Desk, aloud: Aloud
) -> None:
    desk.store.save(desk.case("ex1"))
    desk.window.begin(desk.case("ex1").with_answer("nprs-rest", 10))
    view = desk.window.view
    assert view is not None
    (doubt,) = view.session.assessment.contradictions
    assert f"Does not fit: {doubt.text}" in PanelLines(view.session).found()
    keys = KeysDialog([], evaluation=True, parent=desk.window)
    done = next(each for each in keys.findChildren(QPushButton) if each.isDefault())
    assert "F8: next gap, or the referral letter that a red flag asks for" in done.accessibleDescription()
    table = next(each for each in keys.findChildren(QWidget) if getattr(each, "spoken_role", None))
    assert heard(table)[0] == Role.Table, "of what lies in one Orca reads nothing unasked"


def test_what_one_key_answers_is_read_aloud(desk: Desk, aloud: Aloud) -> None:
    desk.store.save(desk.case("ex1"))
    desk.window.begin(desk.half("patient-a"))
    assert desk.window.view is not None
    page = desk.window.view.show_step("knee")
    assert isinstance(page, StepPage)
    group = next(each for each in page.groups if each.unanswered())
    count = len(group.unanswered())
    page.focus_item(group.unanswered()[0])
    aloud.heard()
    page.none_of_these()
    said, _ = aloud.heard()
    assert any(f": {count} answered. The rest: " in words for words in said)


def test_a_letter_that_chooses_where_the_keyboard_is_is_read_aloud(qtbot: QtBot, aloud: Aloud) -> None:
    choices = SegmentedControl((Choice("yes", "Yes"), Choice("no", "No")), "Locking")
    pain = ZeroToTen("Worst pain")
    page = QWidget()
    qtbot.addWidget(page)
    column = style.column(page)
    for control in (choices, pain):
        column.addWidget(control)
    page.show()
    qtbot.waitUntil(page.isActiveWindow)
    choices.focus_box("yes")
    QTest.keyClicks(choices.focusWidget(), "y")
    assert aloud.heard()[0] == ["Locking: Yes, selected"]
    pain.setFocus()
    QTest.keyClicks(pain.focusWidget(), "1")
    assert aloud.heard()[0] == ["1, or 10 with a 0; Enter takes it"]


@pytest.mark.parametrize("shape", ["segments", "radio"])
def test_a_letter_that_chooses_nothing_is_heard(
    shape: Literal["segments", "radio"], qtbot: QtBot, aloud: Aloud
) -> None:
    choices = [Choice("excluded", "Excluded"), Choice("unlikely", "Unlikely")]
    field = ChoiceField(choices, "Meniscal tear", shape=shape)
    qtbot.addWidget(field)
    field.show()
    box = field.findChildren(QAbstractButton)[0]
    QTest.keyClicks(box, "n/")
    assert aloud.heard()[0] == ["no answer begins with N"]
    QTest.keyClicks(box, "u")
    assert field.value == "unlikely"
    told = {
        "segments": [],
        "radio": ["Unlikely, selected"],
    }  # of boxes the one that gets the keyboard says it
    assert aloud.heard()[0] == told[shape]


def test_papers_are_found_by_what_is_done_with_them(desk: Desk) -> None:
    desk.store.save(desk.case("ex1"))
    desk.window.begin(desk.case("ex1").with_answer("locked", "yes"))
    found = commands(desk.window)
    assert {each.words for each in fitting(found, "pdf")} >= {"Handout", "Sign", "Referral letter"}
    assert next(each.words for each in fitting(found, "date of birth")).startswith(
        "Correct the patient's name"
    )


def test_lists_below_a_line_say_what_enter_would_take(desk: Desk, aloud: Aloud) -> None:
    desk.store.save(desk.case("ex1"))
    desk.window.begin(desk.half("patient-a"))
    palette = Palette(commands(desk.window), desk.window)
    palette.show()
    aloud.heard()
    palette.typed.setText("worst pain")
    QTest.keyClick(palette.typed, Qt.Key.Key_Down)
    assert aloud.heard()[1] == [
        "Worst pain, last 7 days, History, 1 of 2",
        "VAS worst pain, Questionnaires, 2 of 2",
    ]
    palette.typed.setText("correct the sore")
    assert aloud.heard()[1][-1] == "Correct the sore knee, 1 of 1"
    for typed in ("squatting", "squat"):
        palette.typed.setText(typed)
        for _ in range(palette.list.count()):
            QTest.keyClick(palette.typed, Qt.Key.Key_Down)
        told = [words.rpartition(", ")[0] for words in aloud.heard()[1]]
        assert len(set(told)) == palette.list.count() > 1
    palette.typed.setText("nothing like this")
    assert aloud.heard()[1] == ["Nothing found."]
    QTest.keyClick(palette.typed, Qt.Key.Key_Return)
    assert aloud.heard()[1] == ["Nothing found."]
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(palette.typed, key)
        assert aloud.heard()[1] == ["Nothing found."]
    assert palette.chosen is None
    palette.reject()


def test_what_can_be_done_or_filled_in_is_found_before_manual_and_sources(desk: Desk) -> None:
    desk.window.begin(desk.case("ex1"))
    found = commands(desk.window)
    manual = Command("Accounts", "manual", lambda: None, is_read=True)
    command = Command("Accounts and passwords", "change my password", lambda: None)
    field = Command("Other accounts", "History", lambda: None)
    told = Command("Settings", "", lambda: None, also="accounts")
    assert list(fitting([manual, told, field, command], "accounts")) == [command, field, told, manual]
    read = {each.words for each in found if each.is_read}
    assert read >= {"Backups and restore", "Acupuncture"}
    for typed in ("manual", "backup", "hip", "brace", "pain", "exercise", "strength"):
        order = [each.is_read for each in fitting(found, typed)]
        assert order == sorted(order)
    assert [each.words for each in fitting(found, "")] == [each.words for each in found]


def test_a_score_is_read_aloud_once_when_its_last_answer_comes(desk: Desk, aloud: Aloud) -> None:
    desk.window.begin(Evaluation.begin(desk.case("ex1").patient, "right", date(2026, 3, 2)))
    view = desk.window.view
    assert view is not None
    view.show_step("questionnaires")
    desk.rest()
    measure = desk.content.measures["akps"]
    best = {each: desk.content.items[each].options[0].id for each in measure.items}
    *others, last = measure.items
    view.session.answer_all({each: best[each] for each in others})
    assert not [words for words in aloud.heard()[0] if words.startswith("AKPS")]
    view.session.answer(last, best[last])
    scores = [words for words in aloud.heard()[0] if words.startswith("AKPS")]
    assert len(scores) == 1
    assert scores[0].startswith("AKPS: 100 of 100. 13 answers. 0 to 100, higher is better. MDC ")
    view.session.answer(last, desk.content.items[last].options[1].id)
    view.session.answer("mass", 62.0)
    view.show_step("safety")
    view.show_step("questionnaires")
    assert not [words for words in aloud.heard()[0] if words.startswith("AKPS")]


def test_a_total_from_paper_is_read_aloud_as_soon_as_it_is_typed(desk: Desk, aloud: Aloud) -> None:
    desk.window.begin(Evaluation.begin(desk.case("ex1").patient, "right", date(2026, 3, 2)))
    view = desk.window.view
    assert view is not None
    view.go_to("akps-total")
    desk.rest()
    aloud.heard()
    QTest.keyClicks(desk.window.focusWidget(), "74")
    QTest.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
    told = [words for words in aloud.heard()[0] if words.startswith("AKPS")]
    assert [words.split(". ")[:2] for words in told] == [["AKPS: 74 of 100", "total from paper"]]


def test_a_score_that_was_there_before_is_not_read_aloud_on_arrival(desk: Desk, aloud: Aloud) -> None:
    desk.window.begin(desk.case("ex1"))
    view = desk.window.view
    assert view is not None
    view.show_step("questionnaires")
    desk.rest()
    assert not [words for words in aloud.heard()[0] if words.startswith("AKPS")]


def test_a_number_is_read_with_its_unit_and_a_safety_question_with_its_hint(desk: Desk) -> None:
    desk.window.begin(desk.half("patient-a"))
    view = desk.window.view
    assert view is not None

    def named() -> set[str]:
        desk.rest()
        return {heard(each)[1] for each in view.findChildren(QLineEdit)}

    view.show_step("history")
    assert {"Height, cm", "Body mass, kg"} <= named()
    view.show_step("safety")
    item = next(each for each in desk.content.steps["safety"].items if each.id == "hot-joint")
    boxes = [each for each in view.findChildren(QAbstractButton) if heard(each)[1].startswith(item.label)]
    hints = {QAccessible.queryAccessibleInterface(each).text(QAccessible.Text.Description) for each in boxes}
    assert item.help
    assert hints == {item.help}
    view.go_to("habd.left")
    assert any(name.endswith(": pain in the test, of 10") for name in named())
    assert any(name.endswith(": lever arm, cm") for name in named())


def test_a_changed_plan_is_read_aloud_and_the_keyboard_stays_where_it_changed(
    desk: Desk, aloud: Aloud
) -> None:
    desk.window.begin(desk.case("ex1"))
    assert desk.window.view is not None
    page = desk.window.view.show_step("plan")
    assert isinstance(page, PlanPage)
    desk.rest()
    first, second, third = list(page.cards.values())[:3]
    second.take_out.setFocus()
    aloud.heard()
    QTest.keyClick(second.steppers["sets"].findChildren(QAbstractButton)[0], Qt.Key.Key_Plus)
    assert aloud.heard()[1] == ["4 sets"]
    second._remove.click()
    second.removal_reason.set_value("no room")
    second.take_out.click()
    assert any(words.startswith(f"Taken out: {second.exercise.name}.") for words in aloud.heard()[0])
    at = desk.window.focusWidget()
    assert at is not None
    assert third.isAncestorOf(at)
    assert first in page.cards.values()


def caret_after(text: QPlainTextEdit | QTextEdit, key: Qt.Key) -> int:
    """Where the keyboard stands in a text, after one more key."""
    text.setFocus()
    QTest.keyClick(text, key)
    return text.textCursor().position()


def test_what_is_there_to_be_read_is_read_with_the_arrow_keys(qtbot: QtBot, desk: Desk) -> None:
    paper, drafts = AsText("Note", "One\nTwo\nThree"), DraftsDialog((("Stop", "Pare"),))
    manual = Manual(desk.window)
    manual.show()
    manual.go_to("sign")
    table = ComparisonTable()
    table.show_compared([], only_changes=False)
    for each in (paper, drafts, manual, table):
        qtbot.addWidget(each)
    for text in (paper.words, manual.page, drafts.texts, table):
        text.show()
        before = text.textCursor().position()
        assert caret_after(text, Qt.Key.Key_Down) > before
        assert text.isReadOnly()
    assert heard(manual.page)[1] == manual.page.toPlainText().partition("\n")[0]


def test_the_paper_key_is_read_sign_by_sign_and_nothing_keeps_it(
    qtbot: QtBot, dressed: None, aloud: Aloud, tmp_path: Path
) -> None:
    groups = "ABCD-EFGH-JKLM-NPQR-STUV-WXYZ-2345-6789-ABCD"
    page = PaperKey(groups, Settings())
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    QApplication.processEvents()
    assert "It is shown this once." in aloud.heard()[0][0]
    page.take_keyboard()
    qtbot.waitUntil(page.shown.hasFocus)
    told = QAccessible.queryAccessibleInterface(page.shown)
    assert told.text(QAccessible.Text.Name) == "The paper key, 3 lines: arrow down for the next"
    assert told.textInterface().text(0, 4) == "ABCD"
    assert caret_after(page.shown, Qt.Key.Key_Down) > len("ABCD  –  EFGH")
    QApplication.clipboard().setText("before")
    page.shown.selectAll()
    page.shown.copy()
    QTest.keyClick(page.shown, Qt.Key.Key_Home, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(page.shown, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "before"
    page.save_as(tmp_path / "key.pdf")
    assert aloud.heard()[1][-1].startswith("Saved. Print it, then delete the file")
    page.has_it.click()
    page.go_on.setFocus()
    with qtbot.waitSignal(page.done):
        QTest.keyClick(page.go_on, Qt.Key.Key_Return)
    assert not page.shown.toPlainText()
    assert not any("ABCD" in str(each) for each in vars(page).values())


@pytest.mark.parametrize("name", ["Print…", "Save as PDF…"])
def test_enter_presses_the_button_of_the_paper_key_that_has_the_keyboard(
    name: str, qtbot: QtBot, dressed: None
) -> None:
    dialog = PaperKeyDialog("ABCD-EFGH", Settings())
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    pressed: list[str] = []
    for button in dialog.findChildren(QPushButton):
        button.clicked.disconnect()
        button.clicked.connect(partial(pressed.append, button.text()))
    QTest.keyClick(dialog.paper_key.has_it, Qt.Key.Key_Return)
    assert pressed == []
    button = next(each for each in dialog.findChildren(QPushButton) if each.text() == name)
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert pressed == [name]


def test_what_the_test_of_a_database_found_is_read_where_it_stands(desk: Desk) -> None:
    dialog = DatabaseDialog(WayIn(Entrance(desk.folder)), desk.store, desk.window)
    dialog._tell("The server does not answer.", "danger")
    assert "The server does not answer." in [heard(each)[1] for each in dialog.findChildren(QLabel)]


def test_a_paper_can_be_read_as_text(desk: Desk) -> None:
    desk.window.begin(desk.case("ex1"))
    assert desk.window.view is not None
    page = desk.window.view.show_step("sign")
    desk.rest()
    pages = page.findChild(PdfPages)
    assert pages is not None
    read: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, AsText)
        read.append(dialog.words.toPlainText())
        dialog.reject()

    QTimer.singleShot(0, look)
    QTest.keyClick(pages, Qt.Key.Key_Return)
    assert "Example One" in read[0]
    assert "Hip abduction (78 cm): right 82 N" in " ".join(read[0].split())


# ---------------------------------------------------------------- the audit itself


def test_the_audit_finds_what_is_wrong(qtbot: QtBot, dressed: None) -> None:
    class Caught(QLineEdit):
        def focusNextPrevChild(self, _forward: bool) -> bool:  # noqa: N802  # Qt's name
            return True

    class Unmarked(QLineEdit):
        def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
            pass

    page = QWidget()
    stack = QVBoxLayout(page)
    faint, narrow, caught = QLabel("too pale"), QPushButton("much too long"), Caught()
    faint.setStyleSheet("color: #bbb")
    narrow.setFixedWidth(30)
    parts = (
        faint,
        narrow,
        Unmarked(),
        QPushButton("twice"),
        QPushButton("twice"),
        caught,
        QCheckBox("passed"),
    )
    for part in parts:
        stack.addWidget(part)
    qtbot.addWidget(page)
    page.show()
    assert any(each.startswith("no name: Caught") for each in unheard(page))
    assert "2 times: twice" in unheard(page)
    assert {each.split(" “")[0] for each in unreached(page)} == {
        *("no mark: Unmarked", "Tab does not come round: Caught", "Tab passes: QCheckBox"),
    }
    assert any("too pale" in each for each in pale(page))
    assert any("much too long" in each for each in cut(page))


def test_a_column_of_answers_tells_what_was_chosen_and_cleared(
    qtbot: QtBot, dressed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(spoken, "say", lambda _, words, **__: said.append(words))
    words = ("None", "After work", "Constant")
    field = ChoiceField([Choice(word.lower(), word) for word in words], "Swelling", shape="radio")
    qtbot.addWidget(field)
    field.show()
    first = field.focusProxy()
    assert first is not None
    for key in (Qt.Key.Key_N, Qt.Key.Key_Backspace):
        QTest.keyClick(first, key)
    assert said == ["None, selected", "cleared"]


def test_what_stands_in_a_column_or_beside_a_name_is_heard_with_it(desk: Desk) -> None:
    desk.window.begin(desk.case("ex1"))
    assert desk.window.view is not None
    page = desk.window.view.show_step("assessment")
    desk.rest()
    names = [link.accessibleName() for link in page.findChildren(ReasonLink)]
    for column in ("For", "Against", "Not tested"):
        assert any(name.startswith(f"{column}: ") for name in names)


def test_what_to_look_at_before_signing_is_told_on_arrival(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    desk.window.begin(desk.case("ex1"))
    monkeypatch.setattr(spoken, "say", lambda _, words, **__: said.append(words))
    assert desk.window.view is not None
    desk.window.view.show_step("sign")
    QApplication.processEvents()
    assert "Handout not given yet" in " ".join(said)
