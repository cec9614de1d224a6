"""A robot types the first worked example into the window: by keyboard, by mouse, in any order of the steps."""

from __future__ import annotations

import itertools
import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot
from windows import window_of

from evalassist.case_file import read_case
from evalassist.clinical.progress import shown
from evalassist.content.loader import Content
from evalassist.content.schema import Group, Item
from evalassist.evaluation import Answer, Evaluation, Quantity, StrengthTest
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from evalassist.units import from_si
from ui import hands_busy
from ui.dialogs.palette import commands, fitting
from ui.evaluation_view import EvaluationView
from ui.main_window import MainWindow
from ui.pages.assessment import AssessmentPage
from ui.pages.base import Page
from ui.pages.item_row import side_of
from ui.pages.plan import PlanPage
from ui.pages.step import StepPage
from ui.widgets.editors import Editor
from ui.widgets.focus import first_stop, is_field
from ui.widgets.strength_side import StrengthSide

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

CASES = Path(__file__).parent / "cases"
SETTINGS = Settings(
    therapist_name="A. Chen, PT", licence="40-12345", clinic_name="Riverside", clinic_phone="555-0100"
)
NO, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
CONTROL_SHIFT = CONTROL | Qt.KeyboardModifier.ShiftModifier
STEP_KEYS = [*(Qt.Key(Qt.Key.Key_1 + at) for at in range(9)), Qt.Key.Key_0]
MOST_PRESSES = 90
ORDERS = range(int(os.environ.get("EVALASSIST_ORDERS", "1")))
"""Twenty of them take minutes: EVALASSIST_ORDERS=20."""
OF_THE_DEVICE = "of the device"
"""A dynamometer that types its number also types the Enter after it."""


class OtherWindows(QObject):
    """Notes what is shown as a window of its own by mistake: it would flash up and take the keyboard away."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            meant = isinstance(watched, MainWindow | QDialog | QMenu)
            self.seen += [] if meant else [f"{type(watched).__name__} {watched.accessibleName()}"]
        return False


class Hands:
    """Somebody who has the patient's answers on paper and brings them into the window."""

    def __init__(self, window: MainWindow, content: Content) -> None:
        case = read_case(CASES / "ex1.toml", content)
        self.window, self.content = window, content
        self.wanted = {key: _as_typed(content, key, answer) for key, answer in case.answers.items()}
        self.presses: Counter[str] = Counter()
        """What was done beyond the data itself, by step."""
        window.begin(case.without_answer(*case.answers))

    @property
    def view(self) -> EvaluationView:
        assert self.window.view is not None
        return self.window.view

    @property
    def page(self) -> Page:
        return self.view.page

    @property
    def now(self) -> Evaluation:
        return self.view.session.evaluation

    def left(self, step_id: str) -> list[str]:
        """What of the case is asked now and not answered yet, in the order of the page."""
        step, assessment = self.content.steps[step_id], self.view.session.assessment
        return [
            item_id
            for item in step.items
            for item_id in item.ids
            if item_id in self.wanted
            and self.now.answers.get(item_id) != self.wanted[item_id]
            and shown(item, assessment, side_of(item, item_id))
        ]

    def focused(self) -> tuple[str, QWidget | None]:
        """The item that has the keyboard, and its editor or the side of its test."""
        at: QWidget | None = self.window.focusWidget()
        while at is not None and at is not self.page:
            if isinstance(at, Editor):
                return at.item_id, at
            if isinstance(at, StrengthSide):
                return self.page.focused_item(), at
            at = at.parentWidget()
        return self.page.focused_item(), None

    def type(self, words: str) -> None:
        """Data: not counted."""
        QTest.keyClicks(self.window.focusWidget() or self.window, words)


class Keyboard(Hands):
    """By keyboard alone, on the shortest way the window offers."""

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO, of: str = "") -> None:
        self.presses[of or self.view.step] += 1
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifiers)
        QApplication.processEvents()

    def go_to_step(self, step_id: str) -> None:
        at = list(self.content.steps).index(step_id)
        modifiers = CONTROL if at < len(STEP_KEYS) else CONTROL_SHIFT
        self.press(STEP_KEYS[at] if at < len(STEP_KEYS) else Qt.Key.Key_0, modifiers)
        assert self.view.step == step_id

    def walk(self, step_id: str) -> None:
        """Answer everything of a step, going on as the page proposes."""
        if step_id == "strength":
            self.test_strength()
        for _ in range(200):
            self.fill_focused()
            self.view.commit()
            left = self.left(step_id)
            if not left:
                return
            self.go_on(step_id, left)
        raise AssertionError(f"{step_id}: {self.left(step_id)} cannot be reached")

    def test_strength(self) -> None:
        """In the hands-busy view: hip extension as well, then value after value as the view asks for them."""
        self.press(Qt.Key.Key_F11)
        self.type("1")
        self.press(Qt.Key.Key_Enter)
        self.press(Qt.Key.Key_Enter)
        for _ in range(8):
            hands = self.view.hands
            assert hands is not None
            item_id = hands.item_id
            test = self.wanted[item_id]
            assert isinstance(test, StrengthTest)
            for value in test.trials:
                self.type(f"{value:g}")
                self.press(Qt.Key.Key_Enter, of=OF_THE_DEVICE)
            if test.lever_arm_m and item_id == "habd.left":  # the first side is not asked for it
                self.press(Qt.Key.Key_Minus)
                self.press(Qt.Key.Key_8)
                self.press(Qt.Key.Key_Enter)
                self.type(f"{from_si(test.lever_arm_m, 'cm'):g}")
                self.press(Qt.Key.Key_Enter)
            self.type(f"{test.pain}")
            self.press(Qt.Key.Key_Enter)
            if test.lever_arm_m and item_id == "habd.right":
                self.type(f"{from_si(test.lever_arm_m, 'cm'):g}")
                self.press(Qt.Key.Key_Enter)
        self.press(Qt.Key.Key_Enter)

    def go_on(self, step_id: str, left: Sequence[str]) -> None:
        """To what is next, by the shortest way: Enter, the next gap, the next group, or its name."""
        at, cell = self.focused()
        group = self.group_of(step_id, left[0])
        if step_id == "safety" or len(self.by_the_rest(group, left)) > 1:
            self.press(Qt.Key.Key_N, CONTROL_SHIFT)
            return
        if step_id == "strength" and cell is not None:
            before = self.window.focusWidget()
            trial = isinstance(cell, StrengthSide) and any(field.edit is before for field in cell.trials)
            self.press(Qt.Key.Key_Return, of=OF_THE_DEVICE if trial else "")
            if self.window.focusWidget() is not before:
                return
        ways = {
            "enter": self.enters_to(left) or 99,
            "gap": 1 if self.next_gap() in left else 99,
            "group": self.groups_to(step_id, at, left[0]) or 99,
        }
        if min(ways.values()) > 3:
            ways["name"] = len(self.shortest_name(left[0])) + 2
        way = min(ways, key=lambda each: ways[each])
        for _ in range(ways[way]) if way != "name" else ():
            if way == "enter":
                self.press(Qt.Key.Key_Return)
            elif way == "gap":
                self.press(Qt.Key.Key_F8)
            else:
                self.press(Qt.Key.Key_Down, CONTROL)
        if way == "name":  # Ctrl+K, some letters, Enter
            self.presses[step_id] += ways[way]
            found = next(fitting(commands(self.window), self.shortest_name(left[0])))
            found.act()
            QApplication.processEvents()

    def group_of(self, step_id: str, item_id: str) -> Group:
        return next(group for group in self.content.steps[step_id].groups if item_id in _ids(group))

    def by_the_rest(self, group: Group, left: Sequence[str]) -> list[str]:
        """What the one act of a group answers, where all of it is wanted."""
        own = [item for item in group.items if any(option.id == group.rest for option in item.options)]
        empty = [one for item in own for one in item.ids if one not in self.view.session.evaluation.answers]
        of_sore = [one for one in empty if not one.endswith(".left")]
        empty = of_sore if of_sore or group.rest_at_sore_knee else empty
        return empty if all(one in left for one in empty) else []

    def next_gap(self) -> str:
        found = self.view.gap_after()
        return found[1] if found else ""

    def groups_to(self, step_id: str, at: str, wanted: str) -> int:
        """How often Ctrl+Down leads to an item: 0 where it is not the first of its group."""
        if isinstance(self.page, PlanPage):
            parts, start = self.page.stretches(), self.window.focusWidget() or self.page
            here = next((n for n, part in enumerate(parts) if part.isAncestorOf(start)), len(parts))
            stops = (first_stop(part) for part in parts[here:])
            return next((n for n, stop in enumerate(stops) if stop and self.page.item_of(stop) == wanted), 0)
        if not isinstance(self.page, StepPage):
            return 0
        groups = [group for group in self.content.steps[step_id].groups if group.items]
        ids = [_ids(group) for group in groups]
        here = next((n for n, group in enumerate(ids) if at in group), -1)
        there = next(n for n, group in enumerate(ids) if wanted in group)
        return there - here if there > here and ids[there][0] == wanted else 0

    def shortest_name(self, item_id: str) -> str:
        """The fewest letters that find an item first."""
        label, found = self.content.label(item_id), commands(self.window)
        words = label.replace(",", "").split()
        for count in range(2, 12):
            for word in words:
                first = next(fitting(found, word[:count]), None)
                if first is not None and first.words == label:
                    return word[:count]
        return label

    def enters_to(self, left: Sequence[str]) -> int:
        """How often Enter must be pressed until something that is left has the keyboard; 0 where it never has."""
        start = self.window.focusWidget() or self.window
        at: QWidget = start
        own: QWidget | None
        own, count = self.focused()[1], 0
        while count < 12:
            at = at.nextInFocusChain() or start
            if at is start or (is_field(at) and not self.page.isAncestorOf(at)):
                return 0
            if not is_field(at) or (own is not None and own.isAncestorOf(at)):
                continue
            count += 1
            own = at
            while own is not None and not isinstance(own, Editor):
                own = own.parentWidget()
            if own is not None and own.item_id in left:
                return count
        return 0

    # ------------------------------------------------------------ answering what has the keyboard

    def fill_focused(self) -> None:
        item_id, editor = self.focused()
        if item_id not in self.wanted or self.now.answers.get(item_id) == self.wanted[item_id]:
            return
        answer = self.wanted[item_id]
        if isinstance(editor, StrengthSide) and isinstance(answer, StrengthTest):
            self.fill_strength(editor, answer)
        elif isinstance(editor, Editor):
            self.fill(editor, answer)

    def fill_strength(self, cell: StrengthSide, test: StrengthTest) -> None:
        """The number that belongs into the field of this test which has the keyboard."""
        at = self.window.focusWidget()
        value = next((value for edit, value in _fields(cell, test) if edit is at), None)
        if isinstance(at, QLineEdit) and value is not None and not at.text():
            self.type(f"{value:g}")

    def fill(self, editor: Editor, answer: Answer) -> None:
        match answer:
            case Quantity(value, unit):
                self.type(f"{value:g}")
                self.press(Qt.Key.Key_Tab)
                self.type(unit[0])
                assert self.now.answers[editor.item_id] == answer
            case tuple():
                options = [option.id for option in editor.item.options]
                for at, option in enumerate(options):
                    if option in answer:
                        self.type(" ")
                    if any(later in answer for later in options[at + 1 :]):
                        self.press(Qt.Key.Key_Tab)
            case str() if editor.item.kind == "yes-no":
                self.type({"yes": "y", "no": "n", "not-assessed": "/"}[answer])
            case str() if editor.item.kind == "choice":
                self.choose(editor, answer)
            case str():
                self.type(answer)
            case int() | float():
                self.type(f"{answer:g}")

    def choose(self, editor: Editor, option_id: str) -> None:
        """By the first letter or figure; by the arrow where it is a list that drops down."""
        places = [option.id for option in editor.item.options]
        at = self.window.focusWidget()
        if isinstance(at, QComboBox):
            for _ in range(places.index(option_id)):
                self.press(Qt.Key.Key_Down)
            QTest.keyClick(at, Qt.Key.Key_Down)
            return
        letter = editor.item.options[places.index(option_id)].label[0]
        self.type(letter.casefold())
        for _ in places:
            if self.now.answers.get(editor.item_id) == option_id:
                return
            self.press(Qt.Key(ord(letter.upper())))


class Mouse(Hands):
    """By mouse; only the figures themselves are typed."""

    def click(self, target: QWidget) -> None:
        self.presses[self.view.step] += 1
        area = self.page.findChild(QScrollArea)
        if area is not None and area.isAncestorOf(target):
            area.ensureWidgetVisible(target)
        QTest.mouseClick(target, Qt.MouseButton.LeftButton)
        QApplication.processEvents()

    def go_to_step(self, step_id: str) -> None:
        steps = [each for each in self.view.rail.findChildren(QAbstractButton) if each.isCheckable()]
        self.click(steps[list(self.content.steps).index(step_id)])
        assert self.view.step == step_id

    def walk(self, step_id: str) -> None:
        for _ in range(200):
            left = self.left(step_id)
            if not left:
                return
            self.answer(left[0], self.wanted[left[0]])
            self.view.commit()
        raise AssertionError(f"{step_id}: {self.left(step_id)} cannot be reached")

    def answer(self, item_id: str, answer: Answer) -> None:
        assert self.page.focus_item(item_id)  # as a hand opens a group and scrolls to a row
        QApplication.processEvents()
        if isinstance(answer, StrengthTest):
            cell = self.focused()[1]
            assert isinstance(cell, StrengthSide)
            for edit, value in _fields(cell, answer):
                if value is not None:
                    self.click(edit)
                    QTest.keyClicks(edit, f"{value:g}")
            return
        found = self.page.findChildren(Editor)
        editor = next(each for each in found if each.item_id == item_id and each.isVisible())
        if isinstance(answer, Quantity):
            self.click(self.button(editor, f"{editor.name}: unit: {answer.unit}"))
        chosen = answer if isinstance(answer, tuple) else (answer,) if _is_chosen(editor.item) else ()
        for option in chosen:
            self.choose(editor, str(option))
        if not chosen:
            place = next(
                each for each in editor.findChildren(QWidget) if _takes_words(each) and each.isVisible()
            )
            self.click(place)
            typed = answer.value if isinstance(answer, Quantity) else answer
            QTest.keyClicks(place, f"{typed:g}" if isinstance(typed, int | float) else f"{typed}")

    def choose(self, editor: Editor, option_id: str) -> None:
        combo = editor.findChild(QComboBox)
        if combo is not None:
            at = [option.id for option in editor.item.options].index(option_id)
            combo.setCurrentIndex(at + 1)  # the list that drops down is the system's own
            combo.activated.emit(at + 1)
            return
        self.click(self.button(editor, f"{editor.name}: {_label(editor.item, option_id)}"))

    def button(self, editor: Editor, name: str) -> QAbstractButton:
        figure = name.partition(": ")[0] + ": " + name.partition(": ")[2].partition(" ")[0]
        found = [each for each in editor.findChildren(QAbstractButton) if each.isVisible()]
        named = [each for each in found if each.accessibleName().partition(",")[0] == name.partition(",")[0]]
        exact = [each for each in found if each.accessibleName() in (name, figure)]
        started = [each for each in found if each.accessibleName().startswith(name)]
        return (exact or started or named)[0]


def _is_chosen(item: Item) -> bool:
    return item.kind in ("yes-no", "choice", "choices", "scale")


def _takes_words(widget: QWidget) -> bool:
    return isinstance(widget, QLineEdit | QPlainTextEdit)


def _label(item: Item, option_id: str) -> str:
    if item.kind == "yes-no":
        return {"yes": "Yes", "no": "No", "not-assessed": "Not assessed"}[option_id]
    if item.kind == "scale":
        return option_id
    return next(option.label for option in item.options if option.id == option_id)


def _ids(group: Group) -> list[str]:
    return [item_id for item in group.items for item_id in item.ids]


def _fields(cell: StrengthSide, test: StrengthTest) -> Iterator[tuple[QLineEdit, float | None]]:
    """The fields of one side with what belongs into them."""
    yield from (
        (trial.edit, value)
        for trial, value in zip(cell.trials, (*test.trials, None, None, None), strict=False)
    )
    if cell.extras is not None:
        yield cell.extras.pain.edit, test.pain
        yield cell.extras.lever.edit, test.lever_arm_m and from_si(test.lever_arm_m, "cm")


def _as_typed(content: Content, item_id: str, answer: Answer) -> Answer:
    """A quantity in the item's own unit is kept as a plain number, a test with who tested."""
    if isinstance(answer, Quantity) and answer.unit == content.asked[item_id][0].unit:
        return answer.value
    if isinstance(answer, StrengthTest):
        return replace(answer, tester=SETTINGS.therapist_name)
    return answer


@pytest.fixture
def window(
    qtbot: QtBot, home: Path, content: Content, dressed: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    monkeypatch.setattr(hands_busy, "monotonic", itertools.count(1).__next__)  # nobody presses twice at once
    others = OtherWindows()
    application = QApplication.instance()
    assert application is not None
    home.mkdir(parents=True)
    with Store(home / "evalassist.db", new_keys()) as store:
        made = window_of(qtbot, store, SETTINGS)
        application.installEventFilter(others)
        yield made
        application.removeEventFilter(others)
        assert others.seen == []
        made.close()


def _expected(hands: Hands) -> dict[str, Answer]:
    """What is asked of this patient at all."""
    assessment = hands.view.session.assessment
    asked = hands.content.asked
    return {
        key: answer
        for key, answer in hands.wanted.items()
        if shown(asked[key][0], assessment, side_of(asked[key][0], key))
    }


def test_the_example_is_typed_by_keyboard_alone_with_few_presses(
    window: MainWindow, content: Content
) -> None:
    hands = Keyboard(window, content)
    for step_id in content.steps:
        if step_id != hands.view.step:
            hands.press(Qt.Key.Key_Return, CONTROL)
        hands.walk(step_id)
        if isinstance(hands.page, AssessmentPage):
            hands.press(Qt.Key.Key_N, CONTROL_SHIFT)
    print({**hands.presses}, sum(hands.presses.values()))
    assert hands.now.answers == _expected(hands)
    assert sum(hands.presses.values()) - hands.presses[OF_THE_DEVICE] <= MOST_PRESSES


def test_the_example_is_answered_by_mouse_alone(window: MainWindow, content: Content) -> None:
    hands = Mouse(window, content)
    for step_id in content.steps:
        if step_id != hands.view.step:
            hands.go_to_step(step_id)
        hands.walk(step_id)
    assert hands.now.answers == _expected(hands)


@pytest.mark.parametrize("seed", ORDERS)
def test_the_example_is_the_same_in_any_order_of_the_steps(
    window: MainWindow, content: Content, seed: int
) -> None:
    hands = Keyboard(window, content)
    steps = list(content.steps)
    random.Random(seed).shuffle(steps)
    for step_id in (*steps, *steps):  # an answer may make another step ask more
        if hands.left(step_id) and hands.view.session.progress[step_id].state != "blocked":
            hands.go_to_step(step_id)
            hands.walk(step_id)
    assert hands.now.answers == _expected(hands)
