"""The controls as a therapist uses them: by mouse, by keyboard, half finished and cleared again."""

import sys
from collections.abc import Callable
from datetime import date
from typing import Any, Literal, TypeVar

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from evalassist.content import load_content
from ui import spoken, style
from ui.gallery import gallery, more_gallery
from ui.widgets import fields
from ui.widgets.bars import HeaderBar
from ui.widgets.cards import FoldingGroup, RailStep, Stepper, StepRail
from ui.widgets.dates import date_text, read_date
from ui.widgets.editors import editor_for
from ui.widgets.fields import CheckList, ChoiceField, DateField, NumberField, TextField
from ui.widgets.marks import KeptIndicator, LinkButton, ReasonLink, SideBadge, StateGlyph, SymmetryBar
from ui.widgets.passwords import NewPassword
from ui.widgets.roomy import roomy
from ui.widgets.segments import Choice, SegmentedControl, ZeroToTen, yes_no_not_tested
from ui.widgets.strength_parts import GoingOnField
from ui.widgets.trend_view import inks

pytestmark = [
    pytest.mark.usefixtures("dressed"),
    # The off-screen platform says this of every window it shows.
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
]

Build = Callable[[], QWidget]
W = TypeVar("W", bound=QWidget)
LEFT_BUTTON = Qt.MouseButton.LeftButton
DAYS = tuple(
    Choice(day.lower(), day) for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
)


def shown(qtbot: QtBot, control: W) -> W:
    qtbot.addWidget(control)
    with qtbot.waitExposed(control):
        control.show()
    control.activateWindow()
    control.setFocus()
    return control


def answers(control: Any) -> list[object]:
    heard: list[object] = []
    control.answered.connect(heard.append)
    return heard


def press(keys: str | Qt.Key) -> None:
    target = QApplication.focusWidget()
    assert target is not None, "nothing has the keyboard"
    if isinstance(keys, str):
        QTest.keyClicks(target, keys)
    else:
        QTest.keyClick(target, keys)


def colours(control: QWidget) -> set[str]:
    drawn = control.grab().toImage()
    return {drawn.pixelColor(x, y).name() for x in range(drawn.width()) for y in range(drawn.height())}


def box(control: QWidget, text: str) -> QAbstractButton:
    return next(button for button in control.findChildren(QAbstractButton) if button.text() == text)


# Segments


def test_nothing_is_chosen_before_someone_chooses(qtbot: QtBot) -> None:
    control = shown(qtbot, SegmentedControl(yes_no_not_tested(), "Locking"))
    assert control.value is None
    assert not any(button.isChecked() for button in control.findChildren(QAbstractButton))


def test_a_click_chooses_and_the_same_click_again_clears(qtbot: QtBot) -> None:
    control = shown(qtbot, SegmentedControl(yes_no_not_tested(), "Locking"))
    heard = answers(control)
    QTest.mouseClick(box(control, "No"), LEFT_BUTTON)
    assert box(control, "No").isChecked()
    QTest.mouseClick(box(control, "No"), LEFT_BUTTON)
    assert heard == ["no", None]
    assert not box(control, "No").isChecked()


def test_only_one_segment_is_chosen_at_a_time(qtbot: QtBot) -> None:
    control = shown(qtbot, SegmentedControl(yes_no_not_tested(), "Locking"))
    for word in ("Yes", "Not tested", "No"):
        QTest.mouseClick(box(control, word), LEFT_BUTTON)
    assert [button.text() for button in control.findChildren(QAbstractButton) if button.isChecked()] == ["No"]


def test_letters_choose_and_never_clear(qtbot: QtBot) -> None:
    control = shown(qtbot, SegmentedControl(yes_no_not_tested(), "Locking"))
    heard = answers(control)
    for key in ("y", "n", "n", "/"):
        press(key)
    assert heard == ["yes", "no", "not-tested"]


def test_arrows_move_space_chooses_and_backspace_clears(qtbot: QtBot) -> None:
    control = shown(qtbot, SegmentedControl(yes_no_not_tested(), "Locking"))
    heard = answers(control)
    press(Qt.Key.Key_Right)
    assert heard == []
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Backspace)
    assert heard == ["no", None]


def test_two_choices_with_one_first_letter_take_turns(qtbot: QtBot) -> None:
    control = shown(qtbot, SegmentedControl((Choice("mild", "Mild"), Choice("marked", "Marked")), "Swelling"))
    heard = answers(control)
    press("mm")
    assert heard == ["mild", "marked"]


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("+2", "2"),
        ("-1", "-1"),
        ("-2", "-2"),
        ("+1", "1"),
        ("-20", "0"),
        ("+2-1", "-1"),
        ("2", "2"),
        ("22", "2"),
    ],
)
def test_a_number_with_a_sign_is_typed_as_it_is_written(qtbot: QtBot, typed: str, chosen: str) -> None:
    choices = [Choice(value, value.replace("-", "−")) for value in ("-2", "-1", "0")]
    choices += [Choice("1", "+1"), Choice("2", "+2")]
    control = shown(qtbot, SegmentedControl(choices, "Talar head"))
    press(typed)
    assert control.value == chosen


def test_a_segmented_control_is_one_stop_for_tab(qtbot: QtBot) -> None:
    page = QWidget()
    column = style.column(page)
    first, second = (SegmentedControl(yes_no_not_tested(), name) for name in ("First", "Second"))
    column.addWidget(first)
    column.addWidget(second)
    shown(qtbot, page)
    first.setFocus()
    press(Qt.Key.Key_Tab)
    assert second.has_keyboard()


def test_showing_an_answer_tells_nobody(qtbot: QtBot) -> None:
    segments = SegmentedControl(yes_no_not_tested(), "Locking")
    pain, number = ZeroToTen("Pain"), NumberField("Force", "N")
    days, ticks = ChoiceField(DAYS, "Day"), CheckList(DAYS, "Days")
    words, onset, dose = TextField("Goal", lines=3), DateField("Onset"), Stepper("Sets", low=1, high=5)
    told: list[object] = []
    shows: tuple[tuple[Any, object], ...] = (
        (segments, "yes"),
        (pain, 10),
        (number, 93.0),
        (days, "friday"),
        (ticks, ("monday",)),
        (words, "stairs"),
        (onset, date(2026, 3, 2)),
        (dose, 3),
    )
    for control, value in shows:
        qtbot.addWidget(control)
        control.answered.connect(told.append)
        control.set_value(value)
        assert control.value == value
        control.set_value(None)
        assert control.value is None
    assert told == []


def test_an_answer_the_content_no_longer_knows_is_shown_as_nothing(qtbot: QtBot) -> None:
    control = SegmentedControl(yes_no_not_tested(), "Locking")
    qtbot.addWidget(control)
    control.set_value("perhaps")
    assert control.value is None


def test_a_segment_is_read_aloud_with_its_question(qtbot: QtBot) -> None:
    control = shown(qtbot, SegmentedControl(yes_no_not_tested(), "Locking"))
    control.set_value("no")
    spoken = QAccessible.queryAccessibleInterface(box(control, "No"))
    assert spoken.text(QAccessible.Text.Name) == "Locking: No"
    assert spoken.role() == QAccessible.Role.RadioButton
    assert spoken.state().checked


# 0 to 10


def test_a_typed_one_waits_for_zero(qtbot: QtBot) -> None:
    pain = shown(qtbot, ZeroToTen("Pain"))
    heard = answers(pain)
    press("1")
    assert heard == []
    press("0")
    assert heard == [10]
    assert pain.value == 10


def test_a_typed_one_is_taken_with_enter(qtbot: QtBot) -> None:
    pain = shown(qtbot, ZeroToTen("Pain"))
    heard = answers(pain)
    press("1")
    press(Qt.Key.Key_Return)
    assert heard == [1]


def test_a_typed_one_is_not_lost_by_going_on(qtbot: QtBot) -> None:
    page = QWidget()
    column = style.column(page)
    pain, other = ZeroToTen("Pain"), NumberField("Force", "N")
    column.addWidget(pain)
    column.addWidget(other)
    shown(qtbot, page)
    pain.setFocus()
    heard = answers(pain)
    press("1")
    press(Qt.Key.Key_Tab)
    assert heard == [1]
    assert QApplication.focusWidget() is other.edit


def test_another_digit_after_one_replaces_it(qtbot: QtBot) -> None:
    pain = shown(qtbot, ZeroToTen("Pain"))
    heard = answers(pain)
    press("16")
    assert heard == [6]


def test_zero_is_an_answer_and_cleared_is_none(qtbot: QtBot) -> None:
    pain = shown(qtbot, ZeroToTen("Pain"))
    heard = answers(pain)
    press("0")
    QTest.mouseClick(box(pain, "0"), LEFT_BUTTON)
    assert heard == [0, None]


# Numbers


def test_an_emptied_number_is_missing_not_zero(qtbot: QtBot) -> None:
    force = shown(qtbot, NumberField("Force", "N"))
    force.set_value(93)
    heard = answers(force)
    force.edit.selectAll()
    press(Qt.Key.Key_Delete)
    press(Qt.Key.Key_Return)
    assert heard == [None]


@pytest.mark.parametrize(
    ("typed", "number"), [("36,5", 36.5), ("36.5", 36.5), (" 93 N", 93), (",5", 0.5), ("-3", -3), ("0", 0)]
)
def test_numbers_are_read_as_people_type_them(qtbot: QtBot, typed: str, number: float) -> None:
    force = shown(qtbot, NumberField("Force", "N"))
    heard = answers(force)
    press(typed)
    press(Qt.Key.Key_Return)
    assert heard == [number]
    assert force.text == typed


def test_a_number_is_told_after_a_pause_even_without_enter(qtbot: QtBot) -> None:
    force = shown(qtbot, NumberField("Force", "N"))
    with qtbot.waitSignal(force.answered, timeout=3000) as told:
        press("93")
    assert told.args == [93]


def test_an_unusual_number_is_asked_about_and_kept(qtbot: QtBot) -> None:
    force = shown(qtbot, NumberField("Force", "N", usual=(20, 600)))
    heard = answers(force)
    press("930")
    press(Qt.Key.Key_Return)
    assert force.message == "usual 20 to 600. Keep it?"
    assert force.text == "930"
    assert heard == [930]
    with qtbot.waitSignal(force.kept) as kept:
        QTest.mouseClick(box(force, "Keep"), LEFT_BUTTON)
    assert kept.args == [930]
    assert force.message == ""
    assert force.text == "930"


def test_a_second_enter_keeps_an_unusual_number(qtbot: QtBot) -> None:
    force = shown(qtbot, NumberField("Force", "N", usual=(20, 600)))
    press("930")
    press(Qt.Key.Key_Return)
    with qtbot.waitSignal(force.kept):
        press(Qt.Key.Key_Return)
    assert force.message == ""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What time it is for the fields, in seconds; the test sets it."""
    now = [100.0]
    monkeypatch.setattr(fields, "monotonic", lambda: now[0])
    return now


def asked_by_the_pause(qtbot: QtBot, kind: type[NumberField] = NumberField) -> NumberField:
    force = shown(qtbot, kind("Force", "N", usual=(20, 600)))
    press("930")
    qtbot.waitUntil(lambda: "Keep it?" in force.message, timeout=3000)
    return force


@pytest.mark.parametrize("kind", [NumberField, GoingOnField])
def test_an_enter_that_ends_the_typing_does_not_keep_what_the_pause_has_just_asked(
    qtbot: QtBot, clock: list[float], monkeypatch: pytest.MonkeyPatch, kind: type[NumberField]
) -> None:
    force = asked_by_the_pause(qtbot, kind)
    aloud: list[str] = []
    monkeypatch.setattr(spoken, "say", lambda _, words, **__: aloud.append(words))
    clock[0] += 1.4
    with qtbot.assertNotEmitted(force.kept):
        press(Qt.Key.Key_Return)
    assert aloud == ["Force: usual 20 to 600. Keep it?"]
    assert force.message == "usual 20 to 600. Keep it?"
    assert force.edit.hasFocus()
    assert force.edit.selectedText() == "930"
    with qtbot.waitSignal(force.kept):
        press(Qt.Key.Key_Return)
    assert force.message == ""


def test_who_waits_and_hears_the_question_keeps_the_number_with_one_enter(
    qtbot: QtBot, clock: list[float]
) -> None:
    force = asked_by_the_pause(qtbot)
    clock[0] += 1.5
    with qtbot.waitSignal(force.kept):
        press(Qt.Key.Key_Return)
    assert force.message == ""


def test_shift_and_enter_goes_back_from_a_question_not_heard_yet_and_leaves_it_open(
    qtbot: QtBot, clock: list[float]
) -> None:
    force = asked_by_the_pause(qtbot)
    with qtbot.assertNotEmitted(force.kept):
        QTest.keyClick(force.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert "Keep it?" in force.message


def test_a_kept_number_is_not_asked_about_again(qtbot: QtBot) -> None:
    force = shown(qtbot, NumberField("Force", "N", usual=(20, 600)))
    force.set_value(930, kept=True)
    assert force.message == ""
    force.set_value(930)
    assert force.message == ""
    force.set_value(931)
    assert force.message != ""


@pytest.mark.parametrize("typed", ["9o", "nan", "1e5", "1.234,5", "3000"])
def test_what_cannot_be_counted_stays_and_says_so(qtbot: QtBot, typed: str) -> None:
    force = shown(qtbot, NumberField("Force", "N", possible=(0, 2000)))
    force.set_value(93)
    heard = answers(force)
    force.edit.selectAll()
    press(typed)
    press(Qt.Key.Key_Return)
    assert heard == [None]
    assert force.text == typed
    assert "stays here" in force.message
    force.set_value(None)  # as a page does when anything changes
    assert force.text == typed
    force.clear()
    assert force.text == ""
    assert force.message == ""


def test_what_a_number_says_takes_more_lines_where_there_is_little_room(qtbot: QtBot) -> None:
    pressure = shown(qtbot, NumberField("Blood pressure, systolic", "mmHg", possible=(50, 260)))
    press("3")
    press(Qt.Key.Key_Return)
    sentence = next(label for label in pressure.findChildren(QLabel) if label.text() == pressure.message)
    pressure.resize(900, pressure.heightForWidth(900))
    one_line = sentence.height()
    pressure.resize(380, pressure.heightForWidth(380))
    style.settle()
    assert pressure.width() == 380, "it insists on more"
    assert sentence.height() > one_line


@pytest.mark.parametrize(
    ("typed", "thousands", "decimals"), [("1,000", "1000", "1.000"), ("12,500", "12500", "12.500")]
)
def test_a_comma_with_two_meanings_is_asked_about(
    qtbot: QtBot, typed: str, thousands: str, decimals: str
) -> None:
    force = shown(qtbot, NumberField("Force", "N"))
    heard = answers(force)
    press(typed)
    press(Qt.Key.Key_Return)
    assert heard == []
    assert force.text == typed
    assert force.message == f"Is it {thousands} or {decimals}? Write it so; what you typed stays here."


def test_a_comma_with_one_meaning_is_not_asked_about(qtbot: QtBot) -> None:
    force = shown(qtbot, NumberField("Force", "N"))
    heard = answers(force)
    press("0,125")
    press(Qt.Key.Key_Return)
    assert heard == [0.125]


PAGE_LONG = "kneecap" * 1500
"""What a slip of the mouse pastes."""


def test_a_long_reason_shows_how_it_begins_until_one_goes_on_writing(qtbot: QtBot) -> None:
    place = QWidget()
    column = QVBoxLayout(place)
    why, other = TextField("Why you disagree", from_the_start=True), TextField("Impression")
    column.addWidget(why)
    column.addWidget(other)
    shown(qtbot, place)
    assert isinstance(why.edit, QLineEdit)
    why.set_value("she pushed with little effort on both sides, and the pad lay too high on the shank")
    assert why.edit.cursorPosition() == 0
    why.setFocus(Qt.FocusReason.OtherFocusReason)
    QTest.keyClicks(why.edit, " at first")
    assert (why.value or "").endswith("shank at first")
    other.setFocus(Qt.FocusReason.OtherFocusReason)
    assert why.edit.cursorPosition() == 0


@pytest.mark.parametrize("wrapping", ["beside", "below"])
def test_a_page_pasted_into_a_number_makes_the_field_no_wider(
    qtbot: QtBot, wrapping: Literal["beside", "below"]
) -> None:
    force = shown(qtbot, NumberField("Force", "N", messages=wrapping))
    force.edit.setText(PAGE_LONG)
    press(Qt.Key.Key_Return)
    assert force.text == PAGE_LONG
    assert "is not a number yet" in force.message
    assert force.minimumSizeHint().width() < 600


def test_a_page_pasted_into_a_date_makes_the_field_no_wider(qtbot: QtBot) -> None:
    onset = shown(qtbot, DateField("Onset"))
    for pasted in (PAGE_LONG, f"2 {PAGE_LONG} 2026"):
        onset.edit.setText(pasted)
        press(Qt.Key.Key_Return)
        assert onset.edit.text() == pasted
        assert "Mar 2, 2026" in onset.message
        assert onset.minimumSizeHint().width() < 600


def test_a_refresh_does_not_disturb_what_is_being_typed(qtbot: QtBot) -> None:
    force, goal = NumberField("Force", "N"), TextField("Goal")
    fields: tuple[tuple[Any, str], ...] = ((force, "93,"), (goal, "Walk "))
    for field, typed in fields:
        shown(qtbot, field)
        press(typed)
        field.set_value(None)
        assert field.edit.text() == typed


def test_enter_goes_to_the_next_field_past_links_and_shift_enter_back(qtbot: QtBot) -> None:
    page = QWidget()
    column = style.column(page)
    first, second = NumberField("First", "N"), NumberField("Second", "N")
    for part in (first, QPushButton("Compensation…"), second):
        column.addWidget(part)
    shown(qtbot, page)
    first.setFocus()
    press("1")
    press(Qt.Key.Key_Return)
    assert QApplication.focusWidget() is second.edit
    QTest.keyClick(second.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert QApplication.focusWidget() is first.edit


# Words and dates


def test_words_are_told_without_blanks_and_nothing_is_none(qtbot: QtBot) -> None:
    goal = shown(qtbot, TextField("Goal"))
    heard = answers(goal)
    press(" Walk ")
    press(Qt.Key.Key_Return)
    goal.edit.selectAll()
    press(Qt.Key.Key_Delete)
    press(Qt.Key.Key_Return)
    assert heard == ["Walk", None]


@pytest.mark.parametrize("lines", [1, 3])
def test_typing_and_pasting_stop_at_the_last_letter_that_is_printed(qtbot: QtBot, lines: int) -> None:
    goal = shown(qtbot, TextField("Goal", lines=lines, letters=10))
    QTest.keyClicks(goal.edit, "Climb stairs again")
    assert goal.value == "Climb stai"
    QTest.keyClick(goal.edit, Qt.Key.Key_Home)
    QTest.keyClicks(goal.edit, "xy")
    assert goal.value == "Climb stai"
    goal.clear()
    QApplication.clipboard().setText("Walk a mile \U0001f600 and more")
    goal.edit.paste()
    assert goal.value == "Walk a mil"
    goal.clear()
    QApplication.clipboard().setText("Walk amil\U0001f600 and more")
    goal.edit.paste()
    assert goal.value == "Walk amil"


@pytest.mark.parametrize("lines", [1, 3])
def test_words_that_were_too_long_already_are_shown_whole(qtbot: QtBot, lines: int) -> None:
    goal = shown(qtbot, TextField("Goal", lines=lines, letters=10))
    goal.set_value("Climb stairs again")
    assert goal.value == "Climb stairs again"
    QTest.keyClick(goal.edit, Qt.Key.Key_End)
    QTest.keyClicks(goal.edit, "!")
    assert goal.value == "Climb stairs again"


@pytest.mark.parametrize(("item_id", "letters"), [("goal-text", 80), ("ask-first", 300)])
def test_a_text_of_the_sheet_is_typed_as_long_as_its_item_allows(
    qtbot: QtBot, item_id: str, letters: int
) -> None:
    item = load_content().items[item_id]
    editor = shown(qtbot, editor_for(item, item.label, 400))
    (field,) = editor.findChildren(QPlainTextEdit)
    QTest.keyClicks(field, "x" * (letters + 5))
    assert field.toPlainText() == "x" * letters


def test_several_lines_grow_with_what_is_written(qtbot: QtBot) -> None:
    notes = shown(qtbot, TextField("Notes", lines=2))
    before = notes.edit.height()
    for _ in range(4):
        press("line")
        press(Qt.Key.Key_Return)
    assert notes.edit.height() > before


@pytest.mark.parametrize(
    "typed", ["2026-03-02", "2 Mar 2026", "2 march 2026", "Mar 2, 2026", "2. Mar. 2026", "02-Mar-2026"]
)
def test_a_date_is_read_as_people_write_it(qtbot: QtBot, typed: str) -> None:
    onset = shown(qtbot, DateField("Onset"))
    heard = answers(onset)
    press(typed)
    press(Qt.Key.Key_Return)
    assert heard == [date(2026, 3, 2)]
    assert onset.edit.text() == "Mar 2, 2026"


def test_a_date_with_two_meanings_is_asked_about(qtbot: QtBot) -> None:
    onset = shown(qtbot, DateField("Onset"))
    heard = answers(onset)
    press("3/2/2026")
    press(Qt.Key.Key_Return)
    assert heard == []
    assert onset.message == "Mar 2, 2026 or Feb 3, 2026? Enter again keeps the first."
    assert onset.edit.text() == "3/2/2026"
    press(Qt.Key.Key_Return)
    assert heard == [date(2026, 3, 2)]
    assert onset.edit.text() == "Mar 2, 2026"
    assert onset.message == ""


@pytest.mark.parametrize(("at", "meant"), [(0, date(2001, 5, 9)), (1, date(2001, 9, 5))])
def test_which_of_two_days_is_meant_is_said_by_a_click(qtbot: QtBot, at: int, meant: date) -> None:
    birth = shown(qtbot, DateField("Date of birth"))
    heard = answers(birth)
    press("5/9/2001")
    birth.commit()
    links = [link for link in birth.findChildren(LinkButton) if link.isVisible()]
    assert [link.text() for link in links] == ["May 9, 2001", "Sep 5, 2001"]
    QTest.mouseClick(links[at], Qt.MouseButton.LeftButton)
    assert heard == [meant]
    assert birth.edit.text() == date_text(meant)
    assert birth.message == ""
    assert not [link for link in birth.findChildren(LinkButton) if link.isVisible()]


def test_what_the_page_said_of_a_date_goes_with_the_decision_which_of_two_is_meant(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    birth = shown(qtbot, DateField("Date of birth"))
    press("5/9/2001")
    press(Qt.Key.Key_Return)
    birth.tell(birth.message)  # "Begin" was pressed
    monkeypatch.setattr(spoken, "say", lambda _, words, **_how: said.append(words))
    press(Qt.Key.Key_Return)
    assert birth.message == ""
    assert said == ["Date of birth: May 9, 2001"]


def test_a_sentence_below_a_date_waits_until_the_button_of_the_mouse_is_up(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    onset = shown(qtbot, DateField("Onset"))
    press("3/2/2026")
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(QApplication, "mouseButtons", lambda: Qt.MouseButton.LeftButton)
        onset.commit()
        assert onset.message
        assert not onset._message.isVisible()
    qtbot.waitUntil(onset._message.isVisible)


def test_a_date_with_two_meanings_is_not_kept_by_leaving_the_field(qtbot: QtBot) -> None:
    onset = shown(qtbot, DateField("Onset"))
    heard = answers(onset)
    press("3/2/2026")
    press(Qt.Key.Key_Return)
    onset.edit.left.emit()
    onset.edit.setText("2/3/2026")
    onset.commit()
    assert heard == []


def test_a_date_with_one_meaning_is_not_asked_about() -> None:
    assert read_date("25/12/2025") == date(2025, 12, 25)
    assert read_date("12/25/2025") == date(2025, 12, 25)
    assert read_date("3.3.2026") == date(2026, 3, 3)


@pytest.mark.parametrize("typed", ["31 Feb 2026", "2 Mar 26", "spring", "0/0/2026", "0/5/2026", "2 Foo 2026"])
def test_what_is_no_date_says_how_to_write_it(typed: str) -> None:
    assert "Mar 2, 2026" in str(read_date(typed))


@pytest.mark.parametrize("typed", ["5/9/96", "5.9.96", " 05-09-96 "])
def test_a_year_of_two_digits_is_asked_for_whole(typed: str) -> None:
    assert read_date(typed) == f"The year of “{typed.strip()}” needs four digits."


def test_a_date_after_the_latest_is_not_counted(qtbot: QtBot) -> None:
    onset = shown(qtbot, DateField("Onset", latest=date(2026, 3, 2)))
    press("3 Mar 2026")
    press(Qt.Key.Key_Return)
    assert onset.value is None
    assert "Mar 2, 2026" in onset.message


# Lists


def test_a_radio_clicked_again_is_cleared(qtbot: QtBot) -> None:
    day = shown(qtbot, ChoiceField(DAYS, "Day"))
    heard = answers(day)
    friday = next(radio for radio in day.findChildren(QRadioButton) if radio.text() == "Friday")
    for _ in range(2):
        QTest.mouseClick(friday, LEFT_BUTTON, pos=QPoint(8, friday.height() // 2))
    assert heard == ["friday", None]
    assert not friday.isChecked()


def test_a_drop_down_starts_empty_and_is_chosen_by_key(qtbot: QtBot) -> None:
    day = shown(qtbot, ChoiceField(DAYS, "Day", shape="combo"))
    heard = answers(day)
    assert day.value is None
    press("t")
    press(Qt.Key.Key_Backspace)
    assert heard == ["tuesday", None]


def test_a_check_list_tells_what_is_ticked_in_the_order_of_the_list(qtbot: QtBot) -> None:
    days = shown(qtbot, CheckList(DAYS, "Days"))
    heard = answers(days)
    for value in ("friday", "monday", "friday", "monday"):
        days.box(value).setFocus()
        press(Qt.Key.Key_Space)
    assert heard == [("friday",), ("monday", "friday"), ("monday",), None]


def test_none_of_these_excludes_the_others(qtbot: QtBot) -> None:
    choices = (*DAYS, Choice("none", "None of these"))
    days = shown(qtbot, CheckList(choices, "Days", none_of_these="none"))
    heard = answers(days)
    for value in ("monday", "none", "tuesday"):
        days.box(value).setFocus()
        press(Qt.Key.Key_Space)
    assert heard == [("monday",), ("none",), ("tuesday",)]


def test_a_check_list_becomes_one_column_where_room_is_short(qtbot: QtBot) -> None:
    days = shown(qtbot, CheckList(DAYS, "Days"))

    def columns() -> int:
        return len({tick.x() for tick in days.findChildren(QCheckBox)})

    days.resize(600, 200)
    qtbot.waitUntil(lambda: columns() == 2)
    days.resize(140, 400)
    qtbot.waitUntil(lambda: columns() == 1)


# Doses, groups, steps, signs


def test_a_dose_is_stepped_within_its_bounds(qtbot: QtBot) -> None:
    dose = shown(qtbot, Stepper("Repetitions", "reps", low=1, high=12))
    dose.set_value(11)
    heard = answers(dose)
    for _ in range(3):
        QTest.mouseClick(box(dose, "+"), LEFT_BUTTON)
    QTest.mouseClick(box(dose, "−"), LEFT_BUTTON)
    press("-")
    assert heard == [12, 11, 10]


def test_holding_a_dose_button_repeats(qtbot: QtBot) -> None:
    dose = shown(qtbot, Stepper("Repetitions", "reps", low=1, high=30))
    dose.set_value(1)
    heard = answers(dose)
    QTest.mousePress(box(dose, "+"), LEFT_BUTTON)
    qtbot.waitUntil(lambda: len(heard) >= 3, timeout=3000)
    QTest.mouseRelease(box(dose, "+"), LEFT_BUTTON)
    assert heard[:3] == [2, 3, 4]


def test_a_group_opens_by_click_and_by_enter(qtbot: QtBot) -> None:
    group = shown(qtbot, FoldingGroup("Infection", folded=True))
    row = QLabel("hot red joint")
    group.body.addWidget(row)
    head = group.findChild(QWidget, "foldingHead")
    assert head is not None
    assert not row.isVisible()
    QTest.mouseClick(head, LEFT_BUTTON)
    assert row.isVisible()
    QTest.keyClick(head, Qt.Key.Key_Return)
    assert group.folded


def test_a_blocked_step_can_still_be_reached_and_says_why(qtbot: QtBot) -> None:
    rail = shown(qtbot, StepRail([RailStep("safety", "Safety"), RailStep("plan", "Plan of care")]))
    rail.set_state("plan", "blocked", because="Safety is positive")
    plan = box(rail, "Plan of care")
    assert plan.accessibleName() == "Step 2: Plan of care, blocked, Safety is positive"
    with qtbot.waitSignal(rail.chosen) as chosen:
        QTest.mouseClick(plan, LEFT_BUTTON)
    assert chosen.args == ["plan"]


def test_symmetry_is_told_in_words_too(qtbot: QtBot) -> None:
    bar = SymmetryBar("Hip abduction")
    qtbot.addWidget(bar)
    assert bar.accessibleName() == "Hip abduction: no comparison yet"
    bar.set_sides(93, 115, line=0.9)
    assert (
        bar.accessibleName() == "Hip abduction: right 93, left 115; right weaker, 80.9 % of the stronger side"
    )
    bar.set_sides(93, None)
    assert bar.accessibleName() == "Hip abduction: no comparison yet"


def test_a_missing_side_draws_no_bar_at_all(qtbot: QtBot) -> None:
    bar = shown(qtbot, SymmetryBar("Hip abduction"))
    bar.set_sides(93, None)
    assert len(colours(bar)) == 1
    bar.set_sides(93, 115)
    sides = {style.tokens().right.lower(), style.tokens().left.lower()}
    assert sides <= colours(bar)


def test_sides_are_read_aloud_even_where_only_the_shape_is_drawn(qtbot: QtBot) -> None:
    badge = SideBadge("left", "knee", words=False)
    qtbot.addWidget(badge)
    assert badge.accessibleName() == "LEFT knee"


def test_keeping_is_only_said_when_it_takes_long(qtbot: QtBot) -> None:
    kept = shown(qtbot, KeptIndicator())
    kept.set_kept("10:42:03")
    kept.set_keeping()
    assert kept.text == "Kept 10:42:03"
    qtbot.waitUntil(lambda: kept.text == "Keeping…", timeout=3000)
    kept.set_failed("10:42", "Disk full.")
    assert kept.text == "Not kept since 10:42. Disk full."


# All of them


@pytest.mark.parametrize("build", [gallery, more_gallery])
@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_no_word_is_clipped(qtbot: QtBot, qapp: QApplication, build: Build, scale: float) -> None:
    style.apply_style(qapp, scale)
    page = build()
    page.resize(page.sizeHint())
    shown(qtbot, page)
    clipped = []
    parts: list[QLabel | QAbstractButton] = [*page.findChildren(QLabel), *page.findChildren(QAbstractButton)]
    for part in parts:
        wraps = isinstance(part, QLabel) and part.wordWrap()
        explained = part.toolTip() == part.text()  # a group's remark may be cut: its tooltip holds all of it
        if not part.isVisible() or not part.text() or wraps or explained:
            continue
        if part.width() < part.sizeHint().width() or part.height() < part.minimumSizeHint().height():
            clipped.append(part.text())
    assert clipped == []


@pytest.mark.parametrize("build", [gallery, more_gallery])
def test_everything_the_keyboard_can_reach_has_a_name(qtbot: QtBot, build: Build) -> None:
    page = shown(qtbot, build())
    nameless = [
        part
        for part in page.findChildren(QWidget)
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and not part.focusProxy() and part.isVisible()
        if not QAccessible.queryAccessibleInterface(part).text(QAccessible.Text.Name).strip()
    ]
    assert nameless == []


@pytest.mark.parametrize("build", [gallery, more_gallery])
@pytest.mark.parametrize("dark", [False, True])
def test_the_keyboard_is_always_seen(qtbot: QtBot, qapp: QApplication, build: Any, dark: bool) -> None:
    style.apply_style(qapp, dark=dark)
    page = shown(qtbot, build())
    quiet = QPushButton(page)  # somewhere else for the keyboard to be
    quiet.setGeometry(0, 0, 1, 1)
    quiet.show()
    unseen = []
    for part in page.findChildren(QWidget):
        if part is quiet or not part.isVisible() or not part.isEnabled() or part.focusProxy():
            continue
        if not part.focusPolicy() & Qt.FocusPolicy.TabFocus:
            continue
        quiet.setFocus()
        before = page.grab(part.rect().translated(part.mapTo(page, QPoint(0, 0)))).toImage()
        part.setFocus(Qt.FocusReason.TabFocusReason)
        if page.grab(part.rect().translated(part.mapTo(page, QPoint(0, 0)))).toImage() == before:
            unseen.append(part.accessibleName() or part.objectName() or type(part).__name__)
    assert unseen == []


def test_controls_are_32_high_and_40_for_fingers(qtbot: QtBot, qapp: QApplication) -> None:
    for touch, high in ((False, 32), (True, 40)):
        style.apply_style(qapp, touch=touch)
        for control in (SegmentedControl(DAYS[:3], "Day"), NumberField("Force"), QPushButton("Go on")):
            assert shown(qtbot, control).sizeHint().height() == high


def test_a_long_reason_wraps_instead_of_being_cut(qtbot: QtBot) -> None:
    reason = ReasonLink("calf pain and swelling, left; two points or more, which makes a clot likely")
    qtbot.addWidget(reason)
    assert reason.heightForWidth(160) > 2 * reason.heightForWidth(1000)


def test_a_new_theme_repaints_what_is_already_shown(qtbot: QtBot, qapp: QApplication) -> None:
    glyph = shown(qtbot, StateGlyph("complete"))
    before = glyph.grab().toImage()
    style.apply_style(qapp, dark=True)
    assert glyph.grab().toImage() != before


def test_a_glyph_that_called_for_attention_once_does_not_keep_its_color(qtbot: QtBot) -> None:
    glyph, usual = shown(qtbot, StateGlyph("partly")), shown(qtbot, StateGlyph("complete"))
    glyph.set_state("partly", tone="att")
    glyph.set_state("complete")
    assert glyph.grab().toImage() == usual.grab().toImage()


def test_the_same_look_again_dresses_nothing_anew(qtbot: QtBot, qapp: QApplication) -> None:
    class Dressed(QLabel):
        times = 0

        def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
            self.times += event.type() == QEvent.Type.StyleChange

    words = shown(qtbot, Dressed("Hip"))
    before = words.times
    style.apply_style(qapp)
    assert words.times == before
    style.apply_style(qapp, scale=1.5)
    assert words.times > before


def contrast(first: str, second: str) -> float:
    """Between two colours, from 1 to 21, as WCAG 2.2 counts it."""

    def light(colour: str) -> float:
        parts = (QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF())
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dim = sorted((light(first), light(second)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit], ids=["line", "lines"])
@pytest.mark.parametrize("look", [{}, {"tall": True}, {"mark": "att"}], ids=["plain", "search", "marked"])
def test_what_an_empty_field_says_can_be_read_in_it(
    qapp: QApplication, qtbot: QtBot, kind: type[QLineEdit | QPlainTextEdit], look: dict[str, Any], dark: bool
) -> None:
    style.apply_style(qapp, dark=dark)
    field = kind()
    for name, value in look.items():
        field.setProperty(name, value)
    field.setPlaceholderText("IIIIIIIIII")
    qtbot.addWidget(field)
    field.resize(300, field.sizeHint().height())
    field.show()
    image = field.grab(field.rect().adjusted(6, 6, -6, -6)).toImage()
    colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    ground = image.pixelColor(image.width() - 1, image.height() // 2).name()
    best = max(contrast(ground, each) for each in colours)
    style.apply_style(qapp)
    assert 4.5 <= best < contrast(ground, (style.DARK if dark else style.LIGHT).ink) - 1


def test_every_text_colour_can_be_read_on_its_ground() -> None:
    pairs = (
        *(
            (ink, ground)
            for ink in ("ink", "quiet")
            for ground in ("page", "card", "hover", "field", "faint")
        ),
        *((ink, "accent_soft") for ink in ("ink", "accent", "quiet")),
        *((tone, "card") for tone in ("accent", "att", "danger", "good", "right", "left")),
        *((tone, f"{tone}_soft") for tone in ("att", "danger", "right", "left")),
        *((tone, "page") for tone in ("accent", "att", "danger", "right", "left")),
        ("accent_ink", "accent"),
        ("card", "danger"),
        ("side_ink", "right"),
        ("side_ink", "left"),
    )
    for theme in (style.LIGHT, style.DARK):
        hard = [pair for pair in pairs if contrast(getattr(theme, pair[0]), getattr(theme, pair[1])) < 4.5]
        assert hard == []
        assert contrast(theme.control, theme.card) >= 3
        assert contrast(theme.control, theme.page) >= 3


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_both_sides_of_a_trend_stand_out_from_the_band_behind_them(qapp: QApplication, dark: bool) -> None:
    style.apply_style(qapp, dark=dark)
    _ink, _quiet, band, _ground, right, left = inks()
    style.apply_style(qapp)
    assert min(contrast(band, side) for side in (right, left)) >= 3


def test_a_long_day_of_signals_does_not_end_the_process() -> None:
    # See ui/__init__.py: every call into Qt takes one reference that is never given back.
    assert all(sys.getrefcount(constant) > 1_000_000_000 for constant in (None, True))


def test_a_long_name_gives_way_in_the_header_and_everything_else_is_read(qtbot: QtBot) -> None:
    header = HeaderBar()
    qtbot.addWidget(header)
    name = "Featherstonehaugh-Wolfeschlegelstein, Hubert Blaine Maximilian Alexander"
    header.set_patient(name, "24 y · F · born May 9, 2001")
    header.set_side("right")
    header.set_visit("Initial evaluation · Mar 2, 2026", "Initial · Mar 2")
    header.set_user("Alexandra Chen-Montgomery, PT, DPT")
    header.resize(960, 52)
    header.show()
    QApplication.processEvents()
    assert header.name.text() == name
    shown = QLabel.text(header.name)
    assert shown.endswith("…")
    assert name.startswith(shown[:-1])
    assert name in header.name.toolTip()
    for label in (header._details, header._visit):
        assert label.width() >= label.fontMetrics().horizontalAdvance(label.text())
    header.set_patient("Rivera, Ana", "24 y · F")
    QApplication.processEvents()
    assert QLabel.text(header.name) == "Rivera, Ana"


def test_a_list_in_which_one_is_always_chosen_has_no_empty_line(qtbot: QtBot) -> None:
    field = ChoiceField(
        [Choice("a", "Addendum"), Choice("b", "Late entry")], "Kind", shape="combo", always=True
    )
    qtbot.addWidget(field)
    field.set_value("b")
    combo = field.findChild(QComboBox)
    assert combo is not None
    assert [combo.itemText(at) for at in range(combo.count())] == ["Addendum", "Late entry"]
    assert combo.currentText() == "Late entry"
    combo.activated.emit(0)
    assert field.value == "a"


def test_what_is_wrong_with_a_password_is_scrolled_to_where_it_is_read(qtbot: QtBot) -> None:
    form = QWidget()
    stack = style.column(form)
    above, password = QWidget(), NewPassword()
    above.setFixedHeight(400)
    stack.addWidget(above)
    stack.addWidget(password)
    area = roomy(form, 400, None)
    area.setMinimumHeight(0)
    qtbot.addWidget(area)
    area.resize(440, 120)
    area.show()
    assert not password.taken(())
    qtbot.waitUntil(lambda: not password._said.visibleRegion().isEmpty())
