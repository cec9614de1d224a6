"""The window as a therapist uses it: typed in, interrupted, opened again, signed."""

from __future__ import annotations

import logging
import shutil
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot
from windows import follow, window_of

from evalassist import resources
from evalassist.case_file import read_case
from evalassist.clinical.progress import shown as item_shown
from evalassist.content.loader import Content, load_content
from evalassist.content.schema import Item
from evalassist.evaluation import (
    Answer,
    Evaluation,
    NotTested,
    Opinion,
    Patient,
    Quantity,
    Signature,
    StrengthTest,
)
from evalassist.records.entrance import Entrance
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui import spoken, style
from ui.app import App
from ui.crash import CrashHook
from ui.dialogs.palette import commands, fitting
from ui.dialogs.papers import ReferralDialog
from ui.dialogs.patient import PatientDialog
from ui.evaluation_view import EvaluationView
from ui.main_window import MainWindow
from ui.pages.assessment import AssessmentPage
from ui.pages.base import Page
from ui.pages.handout import HandoutPage
from ui.pages.plan import PlanPage
from ui.pages.strength import StrengthPage
from ui.widgets.editors import Editor
from ui.widgets.elided import GivingLabel
from ui.widgets.marks import Banner, ReasonLink
from ui.widgets.segments import SegmentedControl

KEYS = new_keys()

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"
SETTINGS = Settings(therapist_name="A. Chen, PT", licence="40-12345")
DRAWN_FROM_CONTENT = ("safety", "history", "questionnaires", "movement", "knee", "strength", "mobility")
NO = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier

# The off-screen platform says this of every window and menu it shows.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Desk:
    """A window with records of its own, and hands to use it."""

    def __init__(self, qtbot: QtBot, home: Path) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication) and app.styleSheet() != style.sheet():
            style.apply_style(app)
        home.mkdir(parents=True, exist_ok=True)
        self.qtbot, self.file, self.content = qtbot, home / "evalassist.db", load_content()
        self.store = Store(self.file, KEYS)
        self.window = window_of(qtbot, self.store, SETTINGS)

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

    def begin(self, evaluation: Evaluation) -> None:
        self.window.begin(evaluation)
        follow()

    def case(self, name: str) -> Evaluation:
        return read_case(CASES / f"{name}.toml", self.content)

    def editor(self, item_id: str) -> Editor:
        """Go to an item as its reason link does, and give its editor."""
        self.view.go_to(item_id)
        QApplication.processEvents()
        return next(editor for editor in self.page.findChildren(Editor) if editor.item_id == item_id)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NO) -> None:
        focused = self.window.focusWidget() or self.window
        QTest.keyClick(focused, key, modifiers)

    def keys(self, text: str) -> None:
        focused = self.window.focusWidget()
        assert focused is not None
        QTest.keyClicks(focused, text)

    def answer(self, item_id: str, answer: Answer) -> None:
        """Answer an item by keyboard, and by mouse where a box is clicked."""
        editor = self.editor(item_id)
        item = editor.item
        match answer:
            case Quantity(value, unit):
                if unit != item.unit:
                    self.click(editor, f"{editor.name}: unit: {unit}")
                self.type_number(editor, value)
            case tuple():
                for option in answer or ("none-of-these",):
                    self.click(editor, f"{editor.name}: {_label(item, option)}")
            case str() if item.kind == "yes-no":
                self.keys({"yes": "y", "no": "n", "not-assessed": "/"}[answer])
            case str() if item.kind == "choice":
                self.choose(editor, answer)
            case str():
                self.keys(answer)
                self.press(Qt.Key.Key_Return)
            case int() | float() if item.kind == "scale":
                self.keys(f"{answer}")
                self.press(Qt.Key.Key_Return)
            case int() | float():
                self.type_number(editor, answer)

    def type_number(self, editor: Editor, value: float) -> None:
        line = next(each for each in editor.findChildren(QLineEdit) if each.isVisible())
        QTest.keyClicks(line, f"{value:g}")
        QTest.keyClick(line, Qt.Key.Key_Return)

    def choose(self, editor: Editor, option: str) -> None:
        combos = editor.findChildren(QComboBox)
        if combos:
            place = [each.id for each in editor.item.options].index(option)
            for _ in range(place + 1):
                QTest.keyClick(combos[0], Qt.Key.Key_Down)
            return
        label = _label(editor.item, option)
        figure = label.partition(" ")[0]
        names = {f"{editor.name}: {label}", f"{editor.name}: {figure}"}
        button = next(b for b in editor.findChildren(QAbstractButton) if b.accessibleName() in names)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def click(self, within: QWidget, name: str) -> None:
        found = [b for b in within.findChildren(QAbstractButton) if b.accessibleName().startswith(name)]
        target = found[0]
        if isinstance(target, QCheckBox):
            QTest.keyClick(target, Qt.Key.Key_Space)
        else:
            QTest.mouseClick(target, Qt.MouseButton.LeftButton)

    def reopened(self) -> Evaluation:
        """What another start of the app would find."""
        with Store(self.file, KEYS) as store:
            return store.load(self.now.id, to_edit=False)


def _label(item: Item, option_id: str) -> str:
    return next((option.label for option in item.options if option.id == option_id), "None of these")


@pytest.fixture
def desk(qtbot: QtBot, home: Path) -> Iterator[Desk]:
    made = Desk(qtbot, home)
    yield made
    made.window.close()
    made.store.close()


def anyone(**more: str) -> Evaluation:
    patient = Patient(more.pop("name", "Rivera, Ana"), date(2001, 5, 9), "F")
    return Evaluation.begin(patient, "right", date(2026, 3, 2), **more)


def texts(widget: QWidget) -> str:
    """Every word on screen in this widget."""
    QApplication.processEvents()
    labels = [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]
    return " ".join([*labels, *(button.text() for button in widget.findChildren(QPushButton))])


def banner(page: Page) -> str:
    shown = [each.accessibleName() for each in page.findChildren(Banner) if each.isVisibleTo(page)]
    return " ".join(shown)


# ---------------------------------------------------------------- typing


def test_the_first_worked_example_can_be_typed_in_and_is_kept_as_it_stands(desk: Desk) -> None:
    example = desk.case("ex1")
    desk.begin(example.without_answer(*example.answers))
    asked = {
        key: answer
        for key, answer in example.answers.items()
        if desk.view.way.step_of(key) in DRAWN_FROM_CONTENT and not isinstance(answer, StrengthTest)
    }
    for item_id, answer in asked.items():
        desk.answer(item_id, answer)
    desk.view.commit()
    typed = dict(desk.now.answers)
    expected = {key: _plain(desk.content, key, answer) for key, answer in asked.items()}
    assert typed == expected
    assert desk.reopened().answers == desk.now.answers


def _plain(content: Content, item_id: str, answer: Answer) -> Answer:
    """A quantity typed in the item's own unit is kept as a plain number."""
    if isinstance(answer, Quantity) and answer.unit == content.asked[item_id][0].unit:
        return answer.value
    return answer


def test_words_typed_survive_closing_the_window_and_open_on_the_same_step(desk: Desk) -> None:
    desk.begin(anyone())
    desk.editor("goal-text")
    desk.keys("climb stairs without pain")
    evaluation_id = desk.now.id
    desk.window.show_start()
    desk.window.open_evaluation(evaluation_id)
    assert desk.view.step == "history"
    assert desk.now.answers["goal-text"] == "climb stairs without pain"


def test_answering_does_not_move_the_cursor_of_the_field_being_typed_in(desk: Desk) -> None:
    desk.begin(anyone())
    line = desk.editor("mass").findChildren(QLineEdit)[0]
    QTest.keyClicks(line, "62.50")
    desk.editor("mass").commit()
    assert desk.now.answers["mass"] == 62.5
    assert line.text() == "62.50"


def test_an_unusual_value_is_asked_about_in_its_place_and_counts_meanwhile(desk: Desk) -> None:
    desk.begin(anyone())
    item = desk.content.items["mass"]
    assert item.usual is not None
    editor = desk.editor("mass")
    odd = item.usual.high + 1
    desk.type_number(editor, odd)
    assert "Keep it?" in texts(editor)
    assert desk.now.answers["mass"] == odd


def test_an_impossible_value_is_not_counted_and_the_field_says_why(desk: Desk) -> None:
    desk.begin(anyone())
    editor = desk.editor("mass")
    desk.type_number(editor, 9000)
    assert "mass" not in desk.now.answers
    assert "can be counted" in texts(editor)


def test_equals_copies_the_right_side_to_the_left(desk: Desk) -> None:
    desk.begin(anyone())
    desk.answer("effusion.right", "trace")
    desk.editor("effusion.left")
    desk.keys("=")
    assert desk.now.answers["effusion.left"] == "trace"


def test_a_slash_asks_for_the_reason_and_undo_takes_the_test_up_again(desk: Desk) -> None:
    desk.begin(anyone())
    editor = desk.editor("knee-flexion.right")

    def pick() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        menu.actions()[1].trigger()
        menu.close()

    QTimer.singleShot(0, pick)
    desk.keys("/")
    assert desk.now.answers["knee-flexion.right"] == NotTested("pain")
    assert "Not tested · pain" in texts(editor)
    desk.click(editor, f"Test {editor.name} after all")
    assert "knee-flexion.right" not in desk.now.answers


def test_undo_right_after_a_disagreement_takes_it_back_and_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keyboard stands in the line for the reason then; a letter typed there would become the reason."""
    said: list[str] = []
    monkeypatch.setattr(spoken, "say", lambda _, words, **__: said.append(words))
    desk.begin(desk.case("ex1"))
    page = desk.view.show_step("assessment")
    assert isinstance(page, AssessmentPage)
    card = page.cards["MPD"]
    desk.click(card, "Muscle performance deficits: disagree")
    assert card.why.isAncestorOf(desk.window.focusWidget())
    desk.press(Qt.Key.Key_Z, CONTROL)
    assert "MPD" not in desk.now.opinions
    assert said[-1] == "Undone: Muscle performance deficits"
    assert card.isAncestorOf(desk.window.focusWidget())
    desk.press(Qt.Key.Key_Y, CONTROL)
    assert not desk.now.opinions["MPD"].accepts


def test_a_score_runs_while_it_is_typed_and_says_what_is_missing(desk: Desk) -> None:
    desk.begin(anyone())
    items = desk.content.measures["akps"].items
    for item_id in items[:-1]:
        desk.answer(item_id, desk.content.items[item_id].options[0].id)
    assert "1 answer to go" in texts(desk.page)
    desk.answer(items[-1], desk.content.items[items[-1]].options[0].id)
    assert "100 of 100" in texts(desk.page)


# ---------------------------------------------------------------- finding one's way


def test_what_is_pressed_with_the_mouse_does_not_move_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row half under the edge: the page once jumped between press and release, and the click was lost."""
    desk.begin(desk.case("ex1"))
    desk.view.show_step("history")
    desk.view.focus_first()
    QApplication.processEvents()
    first, *_, last = (each for each in desk.page.findChildren(Editor) if each.isVisible())
    area = desk.page.findChild(QScrollArea)
    assert area is not None
    top = area.verticalScrollBar().value()
    with monkeypatch.context() as pressed:
        pressed.setattr(QApplication, "mouseButtons", lambda: Qt.MouseButton.LeftButton)
        last.setFocus()
        assert area.verticalScrollBar().value() == top
    first.setFocus()
    last.setFocus()
    assert area.verticalScrollBar().value() > top


def test_f8_goes_to_the_next_gap_and_over_to_the_next_step(desk: Desk) -> None:
    example = desk.case("ex1")
    desk.begin(example.without_answer("hot-bursa", "foot-drop", "nprs-worst"))
    assert desk.view.focused_item() == "hot-bursa"
    desk.press(Qt.Key.Key_F8)
    assert desk.view.focused_item() == "foot-drop"
    desk.keys("n")
    desk.press(Qt.Key.Key_F8)
    desk.keys("n")
    desk.press(Qt.Key.Key_F8)
    assert (desk.view.step, desk.view.focused_item()) == ("history", "nprs-worst")


def test_enter_goes_from_the_height_to_the_weight_past_the_unit_that_is_chosen(desk: Desk) -> None:
    desk.begin(anyone())
    desk.editor("height")
    desk.keys("170")
    desk.press(Qt.Key.Key_Return)
    desk.keys("62")
    desk.press(Qt.Key.Key_Return)
    assert (desk.now.answers["height"], desk.now.answers["mass"]) == (170.0, 62.0)


def test_f8_takes_a_one_that_waits_for_a_zero(desk: Desk) -> None:
    desk.begin(desk.case("ex1").without_answer("nprs-worst"))
    desk.editor("nprs-worst")
    desk.keys("1")
    assert "nprs-worst" not in desk.now.answers
    desk.press(Qt.Key.Key_F8)
    assert desk.now.answers["nprs-worst"] == 1
    assert desk.view.focused_item() != "nprs-worst"


def test_f8_on_the_plan_goes_where_its_gaps_are_answered(desk: Desk) -> None:
    desk.begin(desk.case("ex1").without_answer("squat45-pain", "resisted-ext-pain"))
    waits = desk.view.session.progress["plan"].gaps
    assert len(waits) > 1
    for item_id in waits:
        desk.view.show_step("plan")
        desk.press(Qt.Key.Key_F8)
        assert desk.view.focused_item() == item_id
        assert desk.view.step != "plan"
        desk.answer(item_id, 2)


def test_f8_on_a_blocked_plan_goes_to_what_is_left_elsewhere(desk: Desk) -> None:
    desk.begin(desk.case("ex1").without_answer("nprs-worst", "hot-bursa"))
    assert desk.view.session.progress["plan"].state == "blocked"
    desk.view.show_step("plan")
    desk.press(Qt.Key.Key_F8)
    assert desk.view.step != "plan"
    assert desk.view.focused_item() in desk.view.session.progress[desk.view.step].gaps


def test_the_letter_of_a_stopped_visit_comes_before_what_else_is_open(desk: Desk, qtbot: QtBot) -> None:
    desk.begin(desk.case("ex1").without_answer("nprs-worst", "hot-bursa").with_answer("locked", "yes"))
    desk.view.referral_wanted.disconnect()
    desk.press(Qt.Key.Key_F8)
    assert desk.view.focused_item() == "hot-bursa", "the safety screen is finished first"
    desk.keys("n")
    assert "Referral letter not written" in texts(desk.view.footer)
    with qtbot.waitSignal(desk.view.referral_wanted):
        desk.press(Qt.Key.Key_F8)
    session = desk.view.session
    session.store.keep_document(
        session.evaluation.id, "referral", "en", "letter", b"%PDF", "A. Chen, PT", "printed"
    )
    session.read_documents()
    desk.press(Qt.Key.Key_F8)
    assert desk.view.focused_item() == "nprs-worst"


def test_enter_goes_on_from_a_unit_that_was_chosen_for_a_number(desk: Desk) -> None:
    """Else the next score would go into the number once more."""
    desk.begin(anyone())
    desk.view.go_to("duration")
    desk.keys("6")
    desk.press(Qt.Key.Key_Return)
    desk.keys("m")
    desk.press(Qt.Key.Key_Return)
    assert desk.view.focused_item() not in ("duration", "")
    assert desk.now.answers["duration"] == Quantity(6.0, "months")


def test_every_step_has_its_key(desk: Desk) -> None:
    desk.begin(anyone())
    desk.press(Qt.Key.Key_5, CONTROL)
    assert desk.view.step == "knee"
    desk.press(Qt.Key.Key_7, CONTROL)
    assert desk.view.step == "mobility"
    desk.press(Qt.Key.Key_1, CONTROL)
    desk.press(Qt.Key.Key_Return, CONTROL)
    assert desk.view.step == "history"


def test_the_last_step_has_its_key_where_shift_and_0_are_also_a_sign_of_their_own(desk: Desk) -> None:
    desk.begin(anyone())
    for key in ("Ctrl+Shift+0", "Ctrl+)"):
        desk.press(Qt.Key.Key_1, CONTROL)
        assert desk.view.step == "safety"
        both = next(each for each in desk.view.findChildren(QShortcut) if each.key().toString() == key)
        both.activatedAmbiguously.emit()
        assert desk.view.step == "sign"


def test_control_z_takes_the_last_answer_back_even_from_inside_a_field(desk: Desk) -> None:
    desk.begin(anyone())
    desk.answer("height", 170)
    desk.editor("mass")
    desk.keys("62")
    desk.press(Qt.Key.Key_Z, CONTROL)
    assert "mass" not in desk.now.answers
    assert desk.now.answers["height"] == 170
    desk.press(Qt.Key.Key_Y, CONTROL)
    assert desk.now.answers["mass"] == 62
    assert desk.editor("mass").findChildren(QLineEdit)[0].text() == "62"


def test_an_item_appears_as_soon_as_the_answer_before_it_asks_for_it(desk: Desk) -> None:
    desk.begin(anyone())
    desk.answer("runner", "no")
    shown = [editor.item_id for editor in desk.page.findChildren(Editor) if editor.isVisible()]
    assert "running-now" not in shown
    desk.answer("runner", "yes")
    QApplication.processEvents()
    assert desk.editor("running-now").isVisible()


def test_a_field_is_found_by_the_beginning_of_its_words(desk: Desk) -> None:
    desk.begin(anyone())
    found = list(fitting(commands(desk.window), "body ma"))
    fields = [command.words for command in found if not command.where.startswith("guideline")]
    assert fields == [found[0].words] == [desk.content.label("mass")]
    found[0].act()
    assert (desk.view.step, desk.view.focused_item()) == ("history", "mass")
    as_it_stands = next(label for item in desk.content.items.values() if "-" in (label := item.label))
    assert as_it_stands in [command.words for command in fitting(commands(desk.window), as_it_stands)]


def test_an_evaluation_is_left_though_the_system_took_its_window_away(desk: Desk) -> None:
    desk.begin(anyone())
    shiboken6.delete(desk.window.windowHandle())
    desk.window.show_start()
    assert desk.window.view is None


class Painted(QObject):
    """Counts how often a widget is painted."""

    times = 0

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        self.times += event.type() == QEvent.Type.Paint
        return False


def test_a_step_that_is_shown_again_is_painted_once(desk: Desk) -> None:
    desk.begin(desk.case("ex1"))
    page, painted = desk.view.show_step("knee"), Painted()
    for step_id in ("knee", "safety"):
        desk.view.show_step(step_id)
        desk.qtbot.waitUntil(lambda: not desk.view.at_work, timeout=60_000)
        QApplication.processEvents()
    page.installEventFilter(painted)
    desk.view.show_step("knee")
    for _ in range(3):
        QApplication.processEvents()
    assert painted.times == 1


def test_the_handout_says_that_nothing_was_printed_yet(desk: Desk) -> None:
    ex1 = desk.case("ex1")
    desk.begin(ex1.with_opinion("pfp", Opinion(True)).with_opinion("MPD", Opinion(True)))
    desk.view.show_step("handout")
    assert desk.view.way.left("handout", "")[0] == "Not printed or saved yet"


def test_a_clinic_that_measures_in_inches_and_pounds_is_asked_in_them_first(qtbot: QtBot, home: Path) -> None:
    home.mkdir(parents=True)
    with Store(home / "evalassist.db", KEYS) as store:
        window = window_of(qtbot, store, SETTINGS.model_copy(update={"body_units": "us"}))
        window.begin(read_case(CASES / "ex1.toml", load_content()).without_answer("height", "mass"))
        assert window.view is not None
        for item_id, typed, unit in (("height", "66", "in"), ("mass", "137", "lb")):
            window.view.go_to(item_id)
            QApplication.processEvents()
            QTest.keyClicks(window.focusWidget(), typed)
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
            assert window.view.session.evaluation.answers[item_id] == Quantity(float(typed), unit)
        window.close()


@pytest.mark.parametrize(
    ("width", "height", "rail", "panel"),
    [(1366, 768, 200, True), (1280, 640, 70, True), (1100, 640, 70, False)],
)
def test_the_window_gives_way_as_it_becomes_smaller(
    desk: Desk, width: int, height: int, rail: int, panel: bool
) -> None:
    desk.begin(anyone())
    desk.window.resize(width, height)
    QApplication.processEvents()
    assert desk.view.rail.width() == rail
    assert desk.view.panel.isVisible() == panel


@pytest.mark.parametrize("step_id", ["history", "questionnaires", "movement", "knee", "mobility"])
def test_no_page_is_wider_than_its_room(desk: Desk, step_id: str) -> None:
    desk.begin(anyone())
    desk.window.resize(1280, 640)
    page = desk.view.show_step(step_id)
    for item in desk.content.steps[step_id].items:
        page.focus_item(item.ids[0])
    QApplication.processEvents()
    inner = page.inner  # type: ignore[attr-defined]  # every page drawn from content has it
    assert inner.minimumSizeHint().width() <= page.area.viewport().width()  # type: ignore[attr-defined]


# ---------------------------------------------------------------- safety


def test_none_of_these_answers_one_group_and_no_other(desk: Desk) -> None:
    desk.begin(anyone())
    desk.press(Qt.Key.Key_N, CONTROL | SHIFT)
    assert dict(desk.now.answers) == {"hot-joint": "no", "hot-bursa": "no"}
    assert "2 of 2 no" in texts(desk.page)
    assert desk.view.focused_item() == "calf-signs"
    desk.press(Qt.Key.Key_Z, CONTROL)
    assert not desk.now.answers


def test_after_the_last_none_of_these_enter_goes_to_the_next_step(desk: Desk) -> None:
    desk.begin(anyone())
    while desk.view.session.progress["safety"].left:
        desk.press(Qt.Key.Key_N, CONTROL | SHIFT)
    desk.press(Qt.Key.Key_Return)
    assert desk.view.step == "history"


def test_the_rest_of_a_group_is_only_answered_where_the_keyboard_is(desk: Desk) -> None:
    desk.begin(desk.case("ex1").without_answer(*(f"ddx-{cause}" for cause in ("plica", "acl", "itb"))))
    desk.editor("resisted-ext-pain")
    desk.press(Qt.Key.Key_N, CONTROL | SHIFT)
    assert "ddx-plica" not in desk.now.answers
    assert desk.view.focused_item() == "ddx-plica"
    desk.press(Qt.Key.Key_N, CONTROL | SHIFT)
    assert desk.now.answers["ddx-plica"] == desk.now.answers["ddx-acl"] == "unlikely"


def test_a_positive_answer_opens_its_details_says_what_to_do_and_writes_the_letter(desk: Desk) -> None:
    desk.begin(anyone())
    desk.editor("hot-joint")
    desk.keys("y")
    assert "Emergency" in banner(desk.page)
    assert desk.view.session.assessment.red_flags[0].rule.do_now in texts(desk.page)
    assert "Body temperature" in texts(desk.page)
    letter = next(
        b
        for b in desk.page.findChildren(QPushButton)
        if b.text() == "Write the referral letter" and b.isVisible()
    )
    seen: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ReferralDialog)
        seen.append(f"{dialog.pages.page_count} page")
        dialog.reject()

    QTimer.singleShot(0, look)
    QTest.mouseClick(letter, Qt.MouseButton.LeftButton)
    assert seen == ["1 page"]


def test_testing_steps_are_closed_while_the_screen_asks_for_urgent_care(desk: Desk) -> None:
    desk.begin(anyone())
    desk.answer("hot-joint", "yes")
    desk.view.show_step("mobility")
    assert "Not tested now." in banner(desk.page)
    assert not any(editor.isEnabled() for editor in desk.page.findChildren(Editor))


@pytest.mark.parametrize("step_id", ["safety", "history", "questionnaires", "knee", "mobility"])
def test_enter_goes_on_as_the_eye_reads_also_to_what_an_answer_opened(desk: Desk, step_id: str) -> None:
    """What is opened later is made later; the keyboard once came there last, and answered what nobody asked."""
    desk.begin(anyone())
    items = [item_id for item in desk.content.steps[step_id].items for item_id in item.ids]
    desk.view.show_step(step_id)
    for item_id in items:
        if desk.content.asked[item_id][0].kind == "yes-no":
            desk.view.session.answer(item_id, "yes")
    for editor in desk.page.findChildren(Editor):  # a value in its second unit, too
        units = [box for box in editor.findChildren(SegmentedControl) if "unit" in box.accessibleName()]
        for box in units:
            box.choose(editor.item.all_units[-1])
    QApplication.processEvents()
    desk.view.focus_first()
    walked = [desk.view.focused_item()]
    while len(walked) < 2 * len(items) and desk.view.focused_item():
        desk.press(Qt.Key.Key_Return)
        if desk.view.focused_item() != walked[-1]:
            walked.append(desk.view.focused_item())
    places = [items.index(item_id) for item_id in walked if item_id]
    assert places == sorted(places), walked
    assert len(places) > 8


def test_no_and_enter_answer_the_safety_screen_from_its_first_question_to_its_last(desk: Desk) -> None:
    """A group folds after its last no; Enter goes on from there, too."""
    desk.begin(anyone())
    desk.qtbot.waitUntil(lambda: not desk.view.page.at_work)
    desk.view.focus_first()
    asked = list(desk.view.session.progress["safety"].gaps)
    for item_id in asked:
        assert desk.view.focused_item() == item_id
        desk.keys("n")
        desk.press(Qt.Key.Key_Return)
    assert desk.view.session.progress["safety"].gaps == ()


# ---------------------------------------------------------------- reasoning


def test_a_reason_leads_to_the_answer_behind_it(desk: Desk) -> None:
    desk.begin(desk.case("ex1"))
    desk.click(desk.view.panel, "Go to: Worst pain")
    assert (desk.view.step, desk.view.focused_item()) == ("history", "nprs-worst")


def test_the_sore_knee_is_reached_and_corrected_by_keyboard(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.begin(desk.case("ex1"))
    asked: list[str] = []
    monkeypatch.setattr(desk.view, "correct_side", lambda: asked.append("side"))
    badge = desk.view.header.side
    assert badge.focusPolicy() & Qt.FocusPolicy.TabFocus
    badge.setFocus()
    QTest.keyClick(badge, Qt.Key.Key_Return)
    QTest.keyClick(badge, Qt.Key.Key_Space)
    assert asked == ["side", "side"]


def test_a_source_mark_opens_the_citation_in_the_panel(desk: Desk) -> None:
    desk.begin(desk.case("ex1"))
    desk.click(desk.view.panel, "Patellofemoral pain 3/3. Source: CPG19 B")
    QApplication.processEvents()
    assert "Willy et al. 2019" in texts(desk.view.panel)
    desk.click(desk.view.panel, "Back to the reasoning")
    assert "Patellofemoral pain 3/3" in texts(desk.view.panel)


# ---------------------------------------------------------------- keeping and locking


def test_new_looks_leave_the_evaluation_open_where_it_was(desk: Desk) -> None:
    desk.begin(anyone())
    desk.answer("hot-joint", "no")
    desk.window.use_settings(SETTINGS.model_copy(update={"text_scale": 1.5}))
    assert style.scale() == 1.5
    assert dict(desk.now.answers) == {"hot-joint": "no"}
    desk.window.use_settings(SETTINGS)
    assert (desk.view.step, style.scale()) == ("safety", 1.0)


def test_new_looks_do_not_dress_the_pages_that_they_replace(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All parts of a whole evaluation took Qt many seconds."""
    desk.begin(anyone())
    alive: list[QWidget] = []
    monkeypatch.setattr(
        "ui.main_window.wear", lambda *_: alive.extend(desk.window.findChildren(EvaluationView))
    )
    desk.window.use_settings(SETTINGS.model_copy(update={"theme": "dark"}))
    assert alive == []
    assert desk.view.step == "safety"


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_nothing_of_the_plan_is_cut_off_at_the_side(desk: Desk, scale: float) -> None:
    desk.window.use_settings(SETTINGS.model_copy(update={"text_scale": scale}))
    desk.window.resize(1366, 768)
    desk.begin(desk.case("ex1"))
    desk.view.show_step("plan")
    assert isinstance(desk.page, PlanPage)
    area = desk.page.area
    inner = area.widget()
    assert inner is not None
    desk.qtbot.waitUntil(lambda: inner.width() == area.viewport().width())
    cut = [name for card in desk.page.cards.values() if "…" in (name := texts(card))]
    assert cut == []
    desk.window.use_settings(SETTINGS)


def test_the_reasoning_names_in_words_what_is_still_to_be_accepted(desk: Desk) -> None:
    desk.begin(desk.case("ex1"))
    desk.view.show_step("assessment")
    follow()
    said = [link.text() for link in desk.view.panel.findChildren(ReasonLink)]
    assert "Accept or disagree: patellofemoral pain" in said
    assert "Accept or disagree: muscle performance deficits" in said


@pytest.mark.parametrize("name", ["ex1", "ex2", "ex3"])
def test_a_worked_example_stands_on_the_plan_page_as_the_sheet_prints_it(desk: Desk, name: str) -> None:
    expect = tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))["expect"]["plan"]
    desk.begin(desk.case(name))
    page = desk.view.show_step("plan")
    assert isinstance(page, PlanPage)
    QApplication.processEvents()
    cards = sorted((one for one in page.cards.values() if one.isVisible()), key=lambda one: one.y())
    assert [card.exercise.id for card in cards] == expect["card_order"]
    doses = {exercise["id"]: exercise for exercise in expect["exercises"]}
    for card in cards:
        shown = {field: stepper.value for field, stepper in card.steppers.items()}
        assert shown == {field: doses[card.exercise.id][field] for field in shown}
    said = " ".join(label.text() for label in page.findChildren(QLabel))
    for goal in expect.get("goals", ()):
        for figure in (goal.get("baseline"), goal.get("short"), goal.get("long")):
            assert figure in (None, "none") or str(figure) in said, goal
    for code in (*expect["icd"], expect["eval_code"]):
        assert code in said + " ".join(box.text() for box in page.findChildren(QAbstractButton)), code


def test_a_signed_evaluation_is_looked_at_and_not_changed(desk: Desk) -> None:
    example = desk.case("ex1").without_answer("duration")
    desk.store.save(example)
    signed = example.signed_by(Signature("A. Chen, PT", "40-12345", datetime(2026, 3, 2, 11, 32, tzinfo=UTC)))
    desk.store.sign(signed, "{}")
    desk.window.open_evaluation(example.id)
    foot = desk.view.footer.findChildren(QLabel)
    assert "next gap" not in " ".join(label.text() for label in foot if label.isVisible())
    for step_id in ("safety", "history", "knee"):
        desk.view.show_step(step_id)
        QApplication.processEvents()
        assert "Signed" in banner(desk.page)
        assert not any(editor.isEnabled() for editor in desk.page.findChildren(Editor))
    desk.press(Qt.Key.Key_Z, CONTROL)
    assert desk.now == signed


def test_the_header_says_when_the_last_change_was_kept_and_when_it_could_not_be(desk: Desk) -> None:
    desk.begin(anyone())
    desk.answer("hot-joint", "no")
    assert desk.view.header.kept.text.startswith("Kept ")
    aside = desk.file.with_suffix(".moved")
    desk.file.rename(aside)
    desk.answer("hot-bursa", "no")
    assert desk.view.header.kept.text.startswith("Not kept since ")
    aside.rename(desk.file)
    assert desk.view.session.keep()
    assert desk.view.header.kept.text.startswith("Kept ")


KILLED = """
import os, signal, sys
from datetime import date
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from evalassist.evaluation import Evaluation, Patient
from evalassist.records.accounts import Account
from evalassist.records.entrance import Entrance
from evalassist.settings import data_dir
from ui.app import App
from ui.way_in import WayIn
from ui.widgets.editors import Editor
app = QApplication(sys.argv)
program = App()
program.window.show()
while not program.loaded:
    app.processEvents()
entrance = Entrance(data_dir())
store, _ = entrance.begin(Account("", "chen", "A. Chen, PT", "1", "administrator"), "four blue kneecaps")
program.window.enter(store, WayIn(entrance))
patient = Patient("Rivera, Ana", date(2001, 5, 9), "F")
program.window.begin(Evaluation.begin(patient, "right", date(2026, 3, 2)))
view = program.window.view
for item_id, keys in (("hot-joint", "n"), ("nprs-worst", "6"), ("mass", "62\\r"), ("goal-text", "stairs\\r")):
    view.go_to(item_id)
    app.processEvents()
    QTest.keyClicks(program.window.focusWidget(), keys)
print(view.session.evaluation.id, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a signal of Unix")
def test_a_process_that_is_killed_loses_no_finished_answer(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    with Entrance(home).sign_in("chen", "four blue kneecaps") as store:
        kept = store.load(done.stdout.split()[-1])
    assert dict(kept.answers) == {"hot-joint": "no", "nprs-worst": 6, "mass": 62.0, "goal-text": "stairs"}


def test_a_fault_keeps_the_draft_and_logs_no_word_of_the_patient(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.begin(anyone(name="Okafor, Daniel"))
    desk.editor("goal-text")
    desk.keys("carry Okafor junior")
    hook = CrashHook(desk.window.keep, desk.window.evaluation_id)
    with caplog.at_level(logging.INFO):
        try:
            raise ValueError("carry Okafor junior")
        except ValueError as error:
            QTimer.singleShot(0, lambda: None)
            hook._telling = True  # no dialog in a test: its words are read below
            hook(type(error), error, error.__traceback__)
    assert desk.reopened().answers["goal-text"] == "carry Okafor junior"
    assert "Every finished answer is kept." in hook.last_said
    assert "Okafor" not in caplog.text
    assert desk.now.id in caplog.text


# ---------------------------------------------------------------- start


def test_the_units_keep_their_place_while_the_field_says_what_is_wrong(desk: Desk) -> None:
    desk.begin(anyone())
    editor = desk.editor("mass")
    units = next(one for one in editor.findChildren(SegmentedControl) if one.isVisible())
    before = units.mapTo(editor, units.rect().topLeft())
    desk.keys("999")
    desk.press(Qt.Key.Key_Return)
    assert "can be counted" in texts(editor)
    assert units.mapTo(editor, units.rect().topLeft()) == before


def test_a_usual_name_stands_whole_among_the_recent_patients(desk: Desk) -> None:
    desk.store.save(anyone(name="Maria Gonzalez"))
    desk.window.resize(1366, 768)
    desk.window.show_start()
    start = desk.window.start
    assert start is not None
    QApplication.processEvents()
    names = [one for one in start.findChildren(GivingLabel) if one.text() == "Maria Gonzalez"]
    assert len(names) == 2, "among the unfinished notes and the recent patients"
    assert all(one.width() >= one.sizeHint().width() for one in names)


def test_the_search_answers_while_it_is_typed_and_enter_opens_the_first(desk: Desk, qtbot: QtBot) -> None:
    desk.store.save(anyone())
    desk.store.save(anyone(name="Rivers, Tomás"))
    desk.window.show_start()
    start = desk.window.start
    assert start is not None
    QTest.keyClicks(start.search, "rivers tom")
    assert "<u>Rivers</u>" in texts(start)
    assert "1 of 2 patients" in texts(start)
    with qtbot.waitSignal(start.patient_chosen):
        start.patient_chosen.disconnect(desk.window.show_chart)
        QTest.keyClick(start.search, Qt.Key.Key_Return)


def test_unfinished_notes_stand_on_the_start_page_and_go_on_where_they_were(desk: Desk) -> None:
    desk.begin(anyone())
    desk.view.show_step("knee")
    desk.window.show_start()
    start = desk.window.start
    assert start is not None
    QApplication.processEvents()
    assert "Knee exam" in texts(start)
    desk.click(start, "Go on with Rivera, Ana")
    assert desk.view.step == "knee"


def test_a_draft_is_discarded_only_after_being_asked_twice(desk: Desk) -> None:
    evaluation = anyone()
    desk.store.save(evaluation)
    desk.window.show_start()
    start = desk.window.start
    assert start is not None
    desk.click(start, "Discard the note of Rivera, Ana")
    for words in ("Discard", "Discard for good"):
        assert desk.store.drafts()
        button = next(b for b in start.findChildren(QPushButton) if b.text() == words)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not desk.store.drafts()


def test_a_new_patient_with_gaps_is_told_beside_each_field(qtbot: QtBot, home: Path) -> None:
    dialog = PatientDialog(load_content())
    qtbot.addWidget(dialog)
    dialog.begin()
    assert "Write the name." in texts(dialog)
    assert "Choose the sore knee." in texts(dialog)
    for field, typed in (
        (dialog.name, "Rivera, Ana"),
        (dialog.birth, "9 May 2001"),
        (dialog.visit, "2 Mar 2026"),
    ):
        field.edit.clear()
        QTest.keyClicks(field.edit, typed)
    dialog.sex.choose("F")
    dialog.knee.choose("both")
    dialog.begin()
    assert dialog.evaluation is not None
    assert dialog.evaluation.patient.birth_date == date(2001, 5, 9)
    assert dialog.evaluation.sore_sides == ("right", "left")


def test_a_new_patient_is_begun_with_enter_alone(qtbot: QtBot, home: Path) -> None:
    dialog = PatientDialog(load_content())
    qtbot.addWidget(dialog)
    dialog.show()
    for typed in ("Rivera, Ana", "May 9, 2001", "f", "", "r", "", ""):
        focused = dialog.focusWidget()
        assert focused is not None
        QTest.keyClicks(focused, typed)
        QTest.keyClick(focused, Qt.Key.Key_Return)
    focused = dialog.focusWidget()
    assert isinstance(focused, QPushButton)
    assert focused.text() == "Begin"
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert dialog.evaluation is not None
    assert dialog.evaluation.sore_knee == "right"


def test_what_was_missing_is_not_said_any_more_once_it_is_chosen(qtbot: QtBot, home: Path) -> None:
    dialog = PatientDialog(load_content())
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.begin()
    dialog.knee.choose("right")
    assert "Choose the sore knee." not in texts(dialog)
    assert "Write the name." in texts(dialog)


def test_a_date_that_is_asked_about_has_room_for_its_sentence(qtbot: QtBot, home: Path) -> None:
    dialog = PatientDialog(load_content())
    qtbot.addWidget(dialog)
    dialog.show()
    QTest.keyClicks(dialog.birth.edit, "13/40/2001")
    QTest.keyClick(dialog.birth.edit, Qt.Key.Key_Return)
    assert dialog.birth.message
    QApplication.processEvents()
    assert dialog.height() >= dialog.sizeHint().height()
    dialog.done(0)  # nobody is there to say whether it may be lost


def leave_it_to_pytest(_: CrashHook) -> None:
    """pytest-qt tells of what goes wrong in a slot; a dialog would wait for ever."""


def test_content_with_a_fault_is_shown_with_its_file_and_place(
    qtbot: QtBot, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "resources"
    shutil.copytree(resources.ROOT, broken)
    step = broken / "content" / "steps" / "history.toml"
    step.write_text(step.read_text("utf-8").replace('kind = "scale"', 'kind = "scales"', 1), "utf-8")
    monkeypatch.setattr(resources, "ROOT", broken)
    load_content.cache_clear()
    monkeypatch.setattr(CrashHook, "install", leave_it_to_pytest)
    program = App()
    qtbot.addWidget(program.window)
    program.window.show()
    qtbot.waitUntil(lambda: "history.toml" in texts(program.window), timeout=20000)
    assert "does not start with it" in texts(program.window)
    assert "scales" in texts(program.window)
    program.close()
    load_content.cache_clear()


def test_a_second_window_on_the_same_records_is_turned_away(
    qtbot: QtBot, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CrashHook, "install", leave_it_to_pytest)
    first, second = App(), App()
    for program in (first, second):
        qtbot.addWidget(program.window)
    first.window.show()
    qtbot.waitUntil(lambda: first.window.door is not None)
    second.window.show()
    qtbot.waitUntil(lambda: "already open" in texts(second.window))
    assert not second.loaded
    second.close()
    first.window.close()
    first.close()


def test_the_start_page_is_there_before_the_content_and_names_the_steps_when_it_comes(
    qtbot: QtBot, home: Path
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    store = Store(home / "evalassist.db", KEYS)
    asked: list[str] = []

    def read() -> Content:
        asked.append("content")
        return load_content()

    store.save(anyone())
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    window.open_store(store, read, SETTINGS)
    start = window.start
    assert start is not None
    assert start.isVisible()
    assert "Rivera, Ana" in texts(start)
    assert not asked
    window.open_evaluation(store.drafts()[0].id)  # needs it, and waits for it
    assert asked == ["content"]
    window.show_start()
    qtbot.waitUntil(lambda: "left in" in texts(start))
    assert "Clinical content" in texts(start)
    window.close()
    store.close()


# ---------------------------------------------------------------- small promises


def test_a_clinic_that_takes_the_mean_has_it_in_every_new_evaluation(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = iter(("Rivera, Ana", "Okafor, Daniel"))

    def fill_in(dialog: PatientDialog) -> int:
        dialog.name.set_value(next(names))
        dialog.birth.set_value(date(2001, 5, 9))
        dialog.sex.choose("F")
        dialog.knee.choose("right")
        dialog.begin()
        return 1

    monkeypatch.setattr(PatientDialog, "exec", fill_in)
    desk.window.new_patient()
    assert "strength-score" not in desk.now.answers
    desk.window.use_settings(SETTINGS.model_copy(update={"strength_score": "mean"}))
    desk.window.new_patient()
    assert desk.reopened().answers["strength-score"] == "mean"


def test_what_does_not_fit_is_pointed_out_beside_the_page_and_before_signing(desk: Desk) -> None:
    desk.begin(desk.case("patient-a"))
    assert "Does not fit" not in texts(desk.view.panel)
    desk.view.session.answer_all({"nprs-worst": 3, "nprs-usual": 7})
    assert "Does not fit" in texts(desk.view.panel)
    said = desk.view.session.assessment.contradictions[0].text
    links = [link for link in desk.view.panel.findChildren(ReasonLink) if link.text() == said]
    links[0].click()
    assert desk.view.step == "history"
    assert "Does not fit" in texts(desk.view.show_step("sign"))


def test_the_sound_side_first_is_no_contradiction_until_the_strength_page_is_left(desk: Desk) -> None:
    """The page itself asks the sound side first; only once the entry is over may the side be a slip."""
    desk.begin(anyone())
    page = desk.view.show_step("strength")
    assert desk.page.begins_with("habd.right") == "habd.left"
    page.focus_item("habd.left")
    desk.keys("120")
    desk.press(Qt.Key.Key_Return)
    assert "habd.left" in desk.now.answers
    assert "Does not fit" not in texts(desk.view.panel)
    desk.view.show_step("mobility")
    assert "Does not fit" in texts(desk.view.panel)
    told = [link.text() for link in desk.view.panel.findChildren(ReasonLink)]
    assert any(words.startswith("Strength stands on the left side only") for words in told)
    desk.view.show_step("strength")
    assert "Does not fit" not in texts(desk.view.panel)
    assert "Does not fit" in texts(desk.view.show_step("sign"))


def test_f8_on_the_strength_page_goes_on_from_the_field_with_the_keyboard(desk: Desk) -> None:
    desk.begin(anyone())
    gaps = [gap for gap in desk.view.session.progress["strength"].gaps if gap.endswith((".left", ".right"))]
    page = desk.view.show_step("strength")
    page.focus_item(gaps[0])
    assert page.focused_item() == gaps[0]
    desk.press(Qt.Key.Key_F8)
    assert page.focused_item() == gaps[1]


def test_a_test_lying_prone_has_no_row_in_pregnancy(desk: Desk) -> None:
    desk.begin(anyone())
    page = desk.view.show_step("strength")
    assert isinstance(page, StrengthPage)
    content = desk.view.session.content
    prone = [key for key in page.rows if content.items[key].shown_when is not None]
    shown = {key for key, row in page.rows.items() if not row.isHidden()}
    asked = {
        key for key in page.rows if item_shown(content.items[key], desk.view.session.assessment, "right")
    }
    assert shown == asked
    assert prone


def test_a_sheet_with_a_problem_is_neither_printed_nor_saved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.begin(desk.case("patient-a"))
    session = desk.view.session
    note = session.note()
    assert note.sheet is not None
    bad = note.model_copy(
        update={"sheet": note.sheet.model_copy(update={"problem": "The words do not fit."})}
    )
    monkeypatch.setattr(session, "note", lambda: bad)
    page = desk.view.show_step("handout")
    assert isinstance(page, HandoutPage)
    assert page.pages.words == "The words do not fit."
    assert not page.print_button.isEnabled()
    assert not page.save_button.isEnabled()
    page.print_paper()
    assert not session.store.documents(session.evaluation.id)


def test_an_evaluation_that_is_left_is_deleted_while_the_start_page_is_worked_on_and_dressed_anew(
    desk: Desk, qtbot: QtBot
) -> None:
    desk.begin(desk.case("ex1"))
    left = desk.view
    for step_id in desk.content.steps:
        left.show_step(step_id)
    desk.window.show_start()
    assert shiboken6.isValid(left)
    desk.window.start.search.setFocus()  # type: ignore[union-attr]
    QTest.keyClicks(desk.window.start.search, "Ana")  # type: ignore[union-attr]
    qtbot.wait(100)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    style.apply_style(app, dark=True)
    qtbot.waitUntil(
        lambda: not shiboken6.isValid(left), timeout=30_000
    )  # piece by piece, and others work too
    style.apply_style(app)
