"""The chart of a patient and the start page, as a therapist meets them: found, looked at, gone on from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from windows import window_of, words

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.plan import plan_of_care
from evalassist.content import Content
from evalassist.due import Due, due_this_week, dues_of, notes_in_force
from evalassist.evaluation import Addendum, Evaluation, Patient, Signature, VisitKind
from evalassist.note import Clinic, Note
from evalassist.noting import note_of
from evalassist.records.rows import DocumentUse
from evalassist.records.search import hits
from evalassist.records.store import Store
from evalassist.records.trail import Wanted
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui import style
from ui.dialogs.documents import DocumentsDialog
from ui.dialogs.palette import Palette, commands
from ui.dialogs.patient import CorrectionDialog, PatientDialog
from ui.evaluation_view import EvaluationView
from ui.main_window import MainWindow
from ui.pages.chart import ChartPage
from ui.pages.start import StartPage
from ui.widgets.dates import date_text
from ui.widgets.due_card import DueCard, day_words
from ui.widgets.fields import DateField, TextField
from ui.widgets.lines import Line
from ui.widgets.marks import LinkButton
from ui.widgets.trend_view import TrendView

pytestmark = [
    pytest.mark.usefixtures("dressed"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

KEYS = new_keys()
EX1 = Path(__file__).parent / "cases" / "ex1.toml"
SETTINGS = Settings(therapist_name="A. Chen, PT", licence="40-12345")
TODAY = date.today()
RIVERA = Patient("Rivera, Ana", date(2001, 5, 9), "F", record_number="MR-1234", id="rivera")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "records.db", KEYS) as opened:
        yield opened


@pytest.fixture
def window(store: Store, content: Content, qtbot: QtBot) -> MainWindow:
    return window_of(qtbot, store, SETTINGS)


def visit(
    content: Content,
    weeks_ago: int,
    kind: VisitKind = "initial",
    patient: Patient = RIVERA,
    episode: str = "episode",
    **answers: float,
) -> Evaluation:
    made = read_case(EX1, content)
    made = replace(
        made,
        id=f"{episode} {weeks_ago}",
        episode_id=episode,
        patient=patient,
        kind=kind,
        visit_date=TODAY - timedelta(weeks=weeks_ago),
    )
    return made.with_answers({key.replace("_", "-"): value for key, value in answers.items()})


def signed_note(evaluation: Evaluation, content: Content) -> tuple[Evaluation, Note]:
    signed = evaluation.signed_by(Signature("A. Chen, PT", "40-12345", datetime.now().astimezone()))
    found = assess(signed, content)
    return signed, note_of(signed, content, found, plan_of_care(signed, found, content), Clinic())


def sign(store: Store, evaluation: Evaluation, content: Content) -> None:
    store.save(evaluation)
    signed, note = signed_note(evaluation, content)
    store.sign(signed, note.model_dump_json())


def line(widget: QWidget, begins: str) -> Line:
    return next(
        one
        for one in widget.findChildren(Line)
        if one.accessibleName().startswith(begins) and one.isVisibleTo(widget)
    )


def shown_chart(window: MainWindow, qtbot: QtBot) -> ChartPage:
    chart = window.chart
    assert chart is not None
    qtbot.waitUntil(lambda: not chart.at_work, timeout=20000)
    return chart


# ---------------------------------------------------------------- found


@pytest.mark.parametrize(
    ("typed", "name", "born", "number"),
    [
        ("riv", ((0, 3),), False, 0),
        ("ana riv", ((0, 3), (8, 11)), False, 0),
        ("9 may 2001", (), True, 0),
        ("5/9/2001", (), True, 0),
        ("mr-12", (), False, 5),
    ],
)
def test_what_was_typed_is_underlined_where_it_was_found(
    typed: str, name: tuple[tuple[int, int], ...], born: bool, number: int
) -> None:
    found = hits(typed, RIVERA)
    assert (found.name, found.born, found.number) == (name, born, number)


def test_an_accent_that_was_not_typed_is_underlined_with_its_letter() -> None:
    assert hits("munoz", Patient("Muñoz, Eva", date(1990, 1, 1), "F")).name == ((0, 5),)


def test_the_answer_tells_knee_and_where_the_care_stands_and_how_many_there_are(
    window: MainWindow, store: Store, content: Content
) -> None:
    sign(store, visit(content, 4), content)
    store.save(visit(content, 0, "re-evaluation"))
    sign(
        store,
        visit(content, 3, patient=Patient("Rivers, <b>Tom", date(1968, 1, 30), "M"), episode="tom"),
        content,
    )
    store.save(visit(content, 2, patient=Patient("Brandt, Elke", date(1979, 1, 1), "F"), episode="elke"))
    window.show_start()
    start = window.start
    assert start is not None
    QTest.keyClicks(start.search, "riv")
    said = words(start)
    assert "<u>Riv</u>era, Ana" in said
    assert "<u>Riv</u>ers, &lt;b&gt;Tom" in said
    assert "re-evaluation, unfinished" in said
    assert f"seen {TODAY - timedelta(weeks=3):%b %-d}" in said
    assert "2 of 3 patients" in said
    assert "RIGHT knee" in line(start, "Rivera, Ana").accessibleName()
    assert next(b for b in start.findChildren(QPushButton) if b.text() == "New patient “riv…”")
    QTest.keyClicks(start.search, "era")
    assert "1 of 3 patients" in words(start)
    QTest.keyClick(start.search, Qt.Key.Key_Return)
    assert window.chart is not None
    assert window.chart.patient == RIVERA


def test_arrow_down_goes_to_the_second_answer_and_enter_opens_it(
    window: MainWindow, store: Store, content: Content
) -> None:
    store.save(visit(content, 1))
    store.save(visit(content, 2, patient=Patient("Rivers, Tom", date(1968, 1, 30), "M"), episode="tom"))
    window.show_start()
    start = window.start
    assert start is not None
    QTest.keyClicks(start.search, "riv")
    QTest.keyClick(start.search, Qt.Key.Key_Down)
    second = line(start, "Rivers, Tom")
    assert second.hasFocus()
    assert second.property("current")
    QTest.keyClick(second, Qt.Key.Key_Return)
    assert window.chart is not None
    assert window.chart.patient.name == "Rivers, Tom"


def test_nobody_found_offers_a_new_patient_by_that_name(window: MainWindow, qtbot: QtBot) -> None:
    start = window.start
    assert start is not None
    QTest.keyClicks(start.search, "zzz")
    assert "0 of 0 patients" in words(start)
    start.new_wanted.disconnect()
    with qtbot.waitSignal(start.new_wanted) as wanted:
        QTest.keyClick(start.search, Qt.Key.Key_Return)
    assert wanted.args == ["zzz"]


# ---------------------------------------------------------------- the chart


def test_the_chart_tells_every_visit_by_knee_kind_day_and_who_signed(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot
) -> None:
    left = replace(visit(content, 60, episode="older"), sore_knee="left")
    sign(store, left, content)
    sign(store, visit(content, 4), content)
    store.save(visit(content, 0, "re-evaluation", nprs_worst=4.0))
    window.show_chart(RIVERA.id)
    chart = shown_chart(window, qtbot)
    lines = [one.accessibleName() for one in chart.findChildren(Line)]
    assert lines[0].startswith("Re-evaluation, ")
    assert lines[0].endswith("unfinished")
    assert lines[1].endswith("signed, A. Chen, PT")
    assert "record MR-1234" in words(chart)
    assert words(chart).count("Since") == 2
    focused = QApplication.focusWidget()
    assert isinstance(focused, Line)
    assert focused.accessibleName() == lines[0]
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert window.view is not None
    assert window.view.session.evaluation.kind == "re-evaluation"
    assert window.chart is None


def test_trends_are_drawn_after_the_page_is_shown_and_read_in_numbers(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot
) -> None:
    sign(store, visit(content, 4), content)
    store.save(visit(content, 2, "re-evaluation", nprs_worst=5.0, akps_total=75.0))
    window.show_chart(RIVERA.id)
    assert window.chart is not None
    assert window.chart.at_work  # the page is there before
    assert "Drawing…" in words(window.chart)
    chart = shown_chart(window, qtbot)
    told = [view.accessibleName() for view in chart.findChildren(TrendView)]
    assert any("Worst pain" in one and ": 6/10; " in one and ": 5/10." in one for one in told)
    assert any(one.startswith("Hip abduction") and "RIGHT: " in one and "82 N" in one for one in told)


@pytest.mark.parametrize("dark", [False, True])
def test_a_drawing_is_on_the_ground_of_its_card(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot, dark: bool
) -> None:
    window.use_settings(SETTINGS.model_copy(update={"theme": "dark" if dark else "light"}))
    sign(store, visit(content, 4), content)
    store.save(visit(content, 2, "re-evaluation", nprs_worst=5.0))
    window.show_chart(RIVERA.id)
    chart = shown_chart(window, qtbot)
    view = chart.findChildren(TrendView)[0]
    QApplication.processEvents()
    image = chart.grab().toImage().copy(QRect(view.mapTo(chart, QPoint()), view.size()))
    assert image.pixelColor(image.width() - 3, image.height() - 3) == style.colour("card")
    seen = {image.pixelColor(x, y).rgb() for x in range(image.width()) for y in range(image.height())}
    for name in ("ink", "line"):
        assert any(alike(QColor(one), style.colour(name)) for one in seen), name


def alike(one: QColor, other: QColor) -> bool:
    """The same but for rounding."""
    apart = (one.red() - other.red(), one.green() - other.green(), one.blue() - other.blue())
    return max(map(abs, apart)) < 3


def test_one_visit_has_no_trend_and_the_page_says_when_there_will_be_one(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot
) -> None:
    store.save(visit(content, 0))
    window.show_chart(RIVERA.id)
    chart = shown_chart(window, qtbot)
    assert "begin with the second visit" in words(chart)
    assert not chart.findChildren(TrendView)


def test_what_was_entered_in_error_is_told_and_not_drawn(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot
) -> None:
    sign(store, visit(content, 4), content)
    wrong = visit(content, 2, "re-evaluation", nprs_worst=1.0)
    sign(store, wrong, content)
    mark = Addendum("Wrong patient.", "A. Chen, PT", datetime.now().astimezone(), "entered-in-error")
    store.add_addendum(wrong.id, mark)
    store.save(visit(content, 1, "re-evaluation", nprs_worst=5.0))
    window.show_chart(RIVERA.id)
    chart = shown_chart(window, qtbot)
    assert "entered in error" in words(chart)
    pain = next(
        v.accessibleName() for v in chart.findChildren(TrendView) if "Worst pain" in v.accessibleName()
    )
    assert "1/10" not in pain


def test_a_re_evaluation_goes_on_with_the_episode_it_was_begun_from(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(store, visit(content, 60, episode="older"), content)
    sign(store, visit(content, 4), content)
    window.show_chart(RIVERA.id)
    chart = shown_chart(window, qtbot)

    def begin(dialog: PatientDialog) -> bool:
        assert dialog.kind.value == "re-evaluation"
        dialog.begin()
        return bool(dialog.result())

    monkeypatch.setattr(PatientDialog, "exec", begin)
    buttons = [b for b in chart.findChildren(QPushButton) if b.text() == "Re-evaluation"]
    buttons[1].click()
    assert window.view is not None
    assert window.view.session.evaluation.episode_id == "older"
    assert window.view.session.evaluation.kind == "re-evaluation"


def asked(dialogs: type[QDialog], do: Callable[[Any], object]) -> QTimer:
    """Does this with the next such dialog as soon as somebody could."""
    clock = QTimer(interval=20)

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, dialogs) and dialog.isVisible():
            clock.stop()
            try:
                do(dialog)
            finally:
                dialog.done(QDialog.DialogCode.Rejected if dialog.isVisible() else dialog.result())

    clock.timeout.connect(look)
    clock.start()
    return clock


def write(field: DateField | TextField, typed: str) -> None:
    field.edit.clear()
    QTest.keyClicks(field.edit, typed)


def press(widget: QWidget, words: str) -> None:
    button = next(b for b in widget.findChildren(QPushButton) if b.text() == words and b.isVisible())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def days_ago(days: int) -> str:
    return date_text(TODAY - timedelta(days=days))


def opened_later_visit(window: MainWindow, store: Store, content: Content) -> EvaluationView:
    """A re-evaluation of a week ago, not signed, after a signed first visit of four weeks ago."""
    sign(store, visit(content, 4, nprs_worst=8), content)
    store.save(visit(content, 1, "re-evaluation").without_answer("nprs-worst"))
    window.open_evaluation("episode 1")
    assert window.view is not None
    return window.view


def test_a_later_visit_is_not_begun_before_the_care_it_belongs_to(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot
) -> None:
    store.save(visit(content, 1))
    window.show_chart(RIVERA.id)
    told: list[str] = []

    def begin(dialog: PatientDialog) -> None:
        write(dialog.visit, days_ago(20))
        press(dialog, "Begin")
        told.append(words(dialog))
        assert dialog.visit.edit.hasFocus()
        write(dialog.visit, days_ago(6))
        press(dialog, "Begin")

    clock = asked(PatientDialog, begin)
    press(shown_chart(window, qtbot), "Re-evaluation")
    assert not clock.isActive()
    assert f"This care begins with the initial evaluation of {days_ago(7)}" in told[0]
    assert "Write a later date." in told[0]
    assert "open that visit and correct it there" in told[0]
    assert window.view is not None
    assert window.view.session.evaluation.visit_date == TODAY - timedelta(days=6)


def test_the_date_of_a_visit_is_corrected_by_a_click_on_it_and_all_follows(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot
) -> None:
    between = visit(content, 2, "re-evaluation", nprs_worst=2)
    sign(store, between, content)
    view = opened_later_visit(window, store, content)
    assert view.session.last_words("nprs-worst").startswith("last: 2/10")
    view.go_to("akps-total")
    view.session.answer("nprs-usual", 3)

    def correct(dialog: CorrectionDialog) -> None:
        assert dialog.focusWidget() is dialog.visit.edit
        write(dialog.visit, days_ago(17))
        press(dialog, "Correct it")

    clock = asked(CorrectionDialog, correct)
    QTest.mouseClick(view.header.visit, Qt.MouseButton.LeftButton)
    assert not clock.isActive()
    QApplication.processEvents()
    anew = window.view
    assert anew is not None
    assert days_ago(17) in words(anew.header)
    assert anew.session.last_words("nprs-worst").startswith("last: 8/10")
    assert [one.id for one in anew.session.earlier] == ["episode 4"]
    assert (anew.step, anew.focused_item()) == ("questionnaires", "akps-total")
    lines = store.trail(Wanted(patients=(RIVERA.id,)))
    assert any("the date of the visit" in one.says({}) for one in lines)
    anew.undo()
    QApplication.processEvents()
    assert window.view is not None
    assert days_ago(7) in words(window.view.header)
    assert window.view.session.last_words("nprs-worst").startswith("last: 2/10")
    window.view.redo()
    QApplication.processEvents()
    window.show_chart(RIVERA.id)
    days = [one.accessibleName() for one in shown_chart(window, qtbot).findChildren(Line)]
    assert [days_ago(14) in days[0], days_ago(17) in days[1]] == [True, True]


def test_what_is_typed_and_no_answer_yet_stays_when_the_date_is_corrected(
    window: MainWindow, store: Store, content: Content
) -> None:
    view = opened_later_visit(window, store, content)
    view.go_to("akps-total")
    typed = window.focusWidget()
    assert isinstance(typed, QLineEdit)
    typed.clear()
    QTest.keyClicks(typed, "7x")
    view.session.correct(RIVERA, "re-evaluation", TODAY)
    QApplication.processEvents()
    field = window.focusWidget()
    assert isinstance(field, QLineEdit)
    assert field is not typed
    assert field.text() == "7x"


@pytest.mark.parametrize(
    ("of", "day", "says"),
    [
        ("episode 1", 30, "begins with the initial evaluation"),
        ("episode 4", 5, "The re-evaluation of"),
        ("episode 4", -3, "Dates up to"),
    ],
)
def test_a_date_on_the_wrong_side_of_the_other_visits_is_not_taken_as_a_correction(
    window: MainWindow, store: Store, content: Content, of: str, day: int, says: str
) -> None:
    for one in (visit(content, 4), visit(content, 1, "re-evaluation")):
        store.save(one)
    window.open_evaluation(of)
    told: list[str] = []

    def correct(dialog: CorrectionDialog) -> None:
        write(dialog.visit, days_ago(day))
        press(dialog, "Correct it")
        told.append(words(dialog))
        press(dialog, "Cancel")

    clock = asked(CorrectionDialog, correct)
    window.correct_patient(at_visit=True)
    assert not clock.isActive()
    assert says in told[0]
    assert window.view is not None
    assert days_ago(day) not in words(window.view.header)


def test_a_visit_that_was_begun_before_its_care_can_be_put_right(
    window: MainWindow, store: Store, content: Content
) -> None:
    store.save(visit(content, 1))
    store.save(visit(content, 4, "re-evaluation"))  # as it could once be begun
    window.open_evaluation("episode 4")
    assert window.view is not None
    assert not window.view.session.earlier

    def correct(dialog: CorrectionDialog) -> None:
        write(dialog.visit, days_ago(0))
        press(dialog, "Correct it")

    clock = asked(CorrectionDialog, correct)
    window.correct_patient(at_visit=True)
    assert not clock.isActive()
    QApplication.processEvents()
    assert [one.id for one in window.view.session.earlier] == ["episode 1"]


def test_a_re_evaluation_that_was_a_discharge_is_made_one(
    window: MainWindow, store: Store, content: Content
) -> None:
    opened_later_visit(window, store, content)

    def correct(dialog: CorrectionDialog) -> None:
        dialog.kinds.choose("discharge")
        press(dialog, "Correct it")

    clock = asked(CorrectionDialog, correct)
    window.correct_patient()
    assert not clock.isActive()
    QApplication.processEvents()
    assert window.view is not None
    assert "Discharge" in words(window.view.header)
    assert store.load("episode 1").kind == "discharge"


def test_an_initial_evaluation_stays_one(window: MainWindow, store: Store, content: Content) -> None:
    store.save(visit(content, 1))
    window.open_evaluation("episode 1")
    assert window.view is not None
    dialog = CorrectionDialog(window.view.session.evaluation, window)
    assert dialog.kinds.parent() is None


def test_the_correction_is_found_by_the_visit_date(
    window: MainWindow, store: Store, content: Content
) -> None:
    opened_later_visit(window, store, content)
    reached: list[bool] = []

    def correct(dialog: CorrectionDialog) -> None:
        reached.append(dialog.focusWidget() is dialog.visit.edit)
        press(dialog, "Cancel")

    def find(palette: Palette) -> None:
        QTest.keyClicks(palette.typed, "visit date")
        QTest.keyClick(palette.typed, Qt.Key.Key_Return)

    clocks = asked(Palette, find), asked(CorrectionDialog, correct)
    window.find_by_name()
    assert reached == [True]
    assert not any(clock.isActive() for clock in clocks)


def new_rivera(
    dialog: PatientDialog, name: str = "rivera,  ANA", birth: str = "May 9, 2001", number: str = ""
) -> None:
    for field, typed in ((dialog.name, name), (dialog.birth, birth), (dialog.number, number)):
        write(field, typed)
    dialog.sex.choose("F")
    dialog.knee.choose("left")
    press(dialog, "Begin")


def test_a_patient_who_is_there_already_is_asked_about_and_the_chart_is_the_way(
    window: MainWindow, store: Store, content: Content
) -> None:
    sign(store, visit(content, 4), content)
    told: list[str] = []

    def begin(dialog: PatientDialog) -> None:
        new_rivera(dialog)
        told.append(words(dialog))
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)

    clock = asked(PatientDialog, begin)
    window.new_patient()
    assert not clock.isActive()
    assert "Rivera, Ana, born May 9, 2001, record MR-1234, is in these records already." in told[0]
    assert window.chart is not None
    assert window.chart.patient == RIVERA
    assert store.number_of_patients() == 1


def test_another_person_of_the_same_name_and_birth_date_can_be_begun(
    window: MainWindow, store: Store, content: Content
) -> None:
    sign(store, visit(content, 4), content)

    def begin(dialog: PatientDialog) -> None:
        new_rivera(dialog)
        press(dialog, "Begin another person of this name and birth date")

    clock = asked(PatientDialog, begin)
    window.new_patient()
    assert not clock.isActive()
    assert window.view is not None
    assert window.view.session.evaluation.patient.id != RIVERA.id
    assert store.number_of_patients() == 2


def test_by_mouse_alone_a_date_with_two_meanings_is_asked_about_once_and_then_kept(
    window: MainWindow,
) -> None:
    told: list[str] = []

    def begin(dialog: PatientDialog) -> None:
        new_rivera(dialog, birth="5/9/2001")
        told.extend(one.text() for one in dialog.birth.findChildren(QPushButton) if one.isVisible())
        press(dialog, "Begin")

    clock = asked(PatientDialog, begin)
    window.new_patient()
    assert not clock.isActive()
    assert told == ["May 9, 2001", "Sep 5, 2001"]
    assert window.view is not None
    assert window.view.session.evaluation.patient.birth_date == date(2001, 5, 9)


def test_a_record_number_that_is_somebody_elses_is_asked_about(
    window: MainWindow, store: Store, content: Content
) -> None:
    sign(store, visit(content, 4), content)
    told: list[str] = []

    def begin(dialog: PatientDialog) -> None:
        new_rivera(dialog, "Okafor, Daniel", "May 1, 1990", "mr-1234")
        told.append(words(dialog))
        press(dialog, "Begin another person with this record number")

    clock = asked(PatientDialog, begin)
    window.new_patient()
    assert not clock.isActive()
    assert "The record number MR-1234 is already that of Rivera, Ana, born May 9, 2001." in told[0]
    assert window.view is not None
    assert window.view.session.evaluation.patient.name == "Okafor, Daniel"


def test_the_question_is_over_once_somebody_else_is_typed(
    window: MainWindow, store: Store, content: Content
) -> None:
    sign(store, visit(content, 4), content)

    def begin(dialog: PatientDialog) -> None:
        new_rivera(dialog)
        assert "already" in words(dialog)
        write(dialog.birth, "May 8, 2001")
        dialog.birth.commit()
        assert "already" not in words(dialog)
        press(dialog, "Begin")

    clock = asked(PatientDialog, begin)
    window.new_patient()
    assert not clock.isActive()
    assert window.view is not None
    assert window.view.session.evaluation.patient.birth_date == date(2001, 5, 8)


def test_every_field_and_the_question_are_seen_with_large_text(
    window: MainWindow, store: Store, content: Content
) -> None:
    sign(store, visit(content, 4), content)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    style.apply_style(app, scale=2.0)

    def begin(dialog: PatientDialog) -> None:
        new_rivera(dialog)
        QTest.qWaitForWindowActive(dialog)
        assert dialog.height() <= dialog.screen().availableGeometry().height()
        for field in (dialog.focusWidget(), dialog.visit.edit, dialog.name.edit):
            field.setFocus()
            QApplication.processEvents()
            assert field.visibleRegion().boundingRect().size() == field.size(), field

    try:
        clock = asked(PatientDialog, begin)
        window.new_patient()
        assert not clock.isActive()
    finally:
        style.apply_style(app)


def test_a_correction_says_whom_it_changes_and_what_to_do_with_the_wrong_patient(
    window: MainWindow, store: Store, content: Content
) -> None:
    opened_later_visit(window, store, content)
    told: list[str] = []

    def correct(dialog: CorrectionDialog) -> None:
        told.append(words(dialog))
        press(dialog, "Cancel")

    def find(palette: Palette) -> None:
        QTest.keyClicks(palette.typed, "wrong patient")
        QTest.keyClick(palette.typed, Qt.Key.Key_Return)

    clocks = asked(Palette, find), asked(CorrectionDialog, correct)
    window.find_by_name()
    assert not any(clock.isActive() for clock in clocks)
    assert "on all 2 visits of Rivera, Ana, signed ones too" in told[0]
    assert "discard this draft on the start page" in told[0]


def test_a_correction_of_the_only_visit_says_nothing_of_others(store: Store, content: Content) -> None:
    store.save(visit(content, 1))
    dialog = CorrectionDialog(store.load("episode 1"), visits=store.patient_evaluations)
    assert "visits of" not in words(dialog)


@pytest.mark.parametrize("all_the_same", [False, True])
def test_nobody_is_renamed_to_somebody_who_is_there_already_without_a_question(
    window: MainWindow, store: Store, content: Content, all_the_same: bool
) -> None:
    okafor = Patient("Okafor, Tom", date(1990, 5, 1), "M")
    store.save(visit(content, 2, patient=okafor, episode="other"))
    opened_later_visit(window, store, content)

    def correct(dialog: CorrectionDialog) -> None:
        write(dialog.name, "okafor, tom")
        write(dialog.birth, "May 1, 1990")
        press(dialog, "Correct it")
        assert dialog.patient is None
        assert "Okafor, Tom, born May 1, 1990, is in these records already." in words(dialog)
        press(dialog, "Correct it all the same" if all_the_same else "Open the chart")

    clock = asked(CorrectionDialog, correct)
    window.correct_patient()
    assert not clock.isActive()
    if all_the_same:
        assert window.view is not None
        assert window.view.session.evaluation.patient.name == "okafor, tom"
    else:
        assert window.chart is not None
        assert window.chart.patient == okafor
        assert store.patient(RIVERA.id) == RIVERA


def test_a_correction_of_the_sex_alone_asks_about_nobody(
    window: MainWindow, store: Store, content: Content
) -> None:
    twin = Patient(RIVERA.name, RIVERA.birth_date, "F")
    store.save(visit(content, 2, patient=twin, episode="other"))
    opened_later_visit(window, store, content)

    def correct(dialog: CorrectionDialog) -> None:
        dialog.sex.choose("X")
        press(dialog, "Correct it")

    clock = asked(CorrectionDialog, correct)
    window.correct_patient()
    assert not clock.isActive()
    assert window.view is not None
    assert window.view.session.evaluation.patient.sex == "X"


def test_neither_half_of_a_record_number_nor_the_same_name_alone_is_asked_about(
    store: Store, content: Content
) -> None:
    store.save(visit(content, 4))
    assert store.patients_like(Patient("Rivéra,  ana", date(2001, 5, 9), "X")) == (RIVERA,)
    assert store.patients_like(Patient("Rivera, Ana", date(2001, 5, 8), "F")) == ()
    assert store.patients_like(Patient("Okafor", date(1990, 5, 1), "M", record_number="MR-12")) == ()
    assert store.patients_like(Patient("Okafor", date(1990, 5, 1), "M", record_number="1234")) == ()
    assert store.patients_like(Patient("Okafor", date(1990, 5, 1), "M", record_number=" mr-1234")) == (
        RIVERA,
    )


def test_a_new_episode_asks_for_the_knee(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign(store, visit(content, 4), content)
    window.show_chart(RIVERA.id)
    chart = shown_chart(window, qtbot)
    asked: list[tuple[str | None, str | None]] = []
    monkeypatch.setattr(
        PatientDialog, "exec", lambda dialog: asked.append((dialog.kind.value, dialog.knee.value))
    )
    next(b for b in chart.findChildren(QPushButton) if b.text() == "New episode").click()
    assert asked == [("initial", None)]


def test_a_discharged_episode_takes_no_further_visit(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot
) -> None:
    sign(store, visit(content, 8), content)
    sign(store, visit(content, 1, "discharge"), content)
    window.show_chart(RIVERA.id)
    chart = shown_chart(window, qtbot)
    texts = [button.text() for button in chart.findChildren(QPushButton)]
    assert "Re-evaluation" not in texts
    assert "New episode" in texts
    window.show_start()
    assert window.start is not None
    QTest.keyClicks(window.start.search, "rivera")
    assert "discharged" in words(window.start)


def test_papers_given_stand_on_the_chart_and_lead_to_the_list(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot
) -> None:
    one = visit(content, 4)
    sign(store, one, content)
    kept = store.keep_document(one.id, "handout", "es", "a4", b"%PDF", "A. Chen, PT", "printed")
    window.show_chart(RIVERA.id)
    chart = shown_chart(window, qtbot)
    assert "Handout, Spanish, A4" in words(chart)
    chart.paper_chosen.disconnect()
    with qtbot.waitSignal(chart.paper_chosen) as chosen:
        QTest.keyClick(line(chart, "Handout"), Qt.Key.Key_Return)
    assert chosen.args == [kept]


@pytest.mark.parametrize(("given", "rest"), [(5, []), (6, ["and 1 more"]), (7, ["and 2 more"])])
def test_the_chart_says_how_many_papers_it_does_not_show_and_leads_to_all(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot, given: int, rest: list[str]
) -> None:
    one = visit(content, 4)
    sign(store, one, content)
    for number in range(given):
        store.keep_document(one.id, "handout", "es", "a4", b"%%PDF %d" % number, "A. Chen, PT", "printed")
    window.show_chart(RIVERA.id)
    chart = shown_chart(window, qtbot)
    links = chart._papers.findChildren(LinkButton)
    assert [link.text() for link in links] == rest
    chart.paper_chosen.disconnect()
    for link in links:
        with qtbot.waitSignal(chart.paper_chosen) as chosen:
            QTest.mouseClick(link, Qt.MouseButton.LeftButton)
        assert chosen.args == [""]  # the list of all


def test_no_tooltip_reads_as_markup_what_a_person_typed(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot
) -> None:
    picture = "<img src='//elsewhere/share/x.png'>"
    store.save(visit(content, 1, patient=replace(RIVERA, name=f"O'Brien {picture}")))
    store.keep_document("episode 1", "handout", "en", "letter", b"%PDF", f"A. Chen {picture}")
    assert window.start is not None
    window.start.search.setText("O'Brien")
    tips = [one.toolTip() for one in window.findChildren(QWidget)]
    window.show_chart(RIVERA.id)
    shown_chart(window, qtbot)
    tips += [one.toolTip() for one in window.findChildren(QWidget)]
    assert not [tip for tip in tips if "<img" in tip]
    assert any("A. Chen &lt;img" in tip for tip in tips)
    assert style.tip("O'Brien & Sons") == "O'Brien & Sons"


def test_esc_leads_back_to_the_start_page_and_commands_are_found_by_name(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot
) -> None:
    sign(store, visit(content, 4), content)
    window.show_chart(RIVERA.id)
    chart = shown_chart(window, qtbot)
    assert {"Re-evaluation", "Discharge", "New episode", "Start page"} <= {
        one.words for one in commands(window)
    }
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert window.chart is None
    assert window.start is not None
    assert window.start.isVisible()
    assert "Re-evaluation" not in {one.words for one in commands(window)}


@pytest.mark.parametrize(("wide", "columns"), [(1366, 3), (1000, 3), (620, 2)])
def test_trends_fit_the_room_without_scrolling_sideways(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot, wide: int, columns: int
) -> None:
    sign(store, visit(content, 4), content)
    store.save(visit(content, 2, "re-evaluation", nprs_worst=5.0))
    window.show_chart(RIVERA.id)
    chart = shown_chart(window, qtbot)
    chart.setParent(None)
    chart.resize(wide, 700)
    chart.show()
    QApplication.processEvents()
    views = chart.findChildren(TrendView)
    assert len({view.x() for view in views}) == columns
    assert all(view.mapTo(chart, view.rect().topRight()).x() <= wide for view in views)
    qtbot.addWidget(chart)
    window.chart = None


# ---------------------------------------------------------------- unfinished, due


def test_a_note_with_nothing_left_is_signed_from_the_start_page(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evalassist.clinical import progress

    store.save(visit(content, 0))
    monkeypatch.setattr(progress, "progress", lambda *_, **__: {})
    window.show_start()
    start = window.start
    assert start is not None
    qtbot.waitUntil(lambda: "ready to sign" in words(start))
    sign_it = next(b for b in start.findChildren(QPushButton) if b.text() == "Sign")
    assert sign_it.accessibleName() == "Sign the note of Rivera, Ana"
    monkeypatch.undo()
    sign_it.click()
    assert window.view is not None
    assert window.view.step == "sign"


def test_a_stopped_note_says_so_and_whether_the_letter_is_written(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot
) -> None:
    stopped = visit(content, 0).with_answers({"hot-joint": "yes"})
    store.save(stopped)
    window.show_start()
    start = window.start
    assert start is not None
    qtbot.waitUntil(lambda: "letter not written" in words(start))
    assert "Safety: emergency" in words(start)
    step = next(label for label in start.findChildren(QLabel) if label.text() == "Safety: emergency")
    after = next(label for label in start.findChildren(QLabel) if re.fullmatch(r"\d\d:\d\d", label.text()))
    gap = after.mapTo(start, QPoint()).x() - step.mapTo(start, QPoint()).x() - step.sizeHint().width()
    assert gap >= 12
    store.keep_document(stopped.id, "referral", "en", "letter", b"%PDF", "A. Chen, PT", "printed")
    window.show_start()
    qtbot.waitUntil(lambda: "letter written" in words(start))


@pytest.mark.parametrize("use", ["printed", None])
def test_a_paper_whose_print_failed_is_marked_in_the_list_of_documents(
    store: Store, content: Content, qtbot: QtBot, use: DocumentUse | None
) -> None:
    given = visit(content, 0)
    store.save(given)
    store.keep_document(given.id, "handout", "en", "letter", b"%PDF-1.7", "A. Chen, PT", use)
    dialog = DocumentsDialog(store, given.patient.id, "A. Chen, PT")
    qtbot.addWidget(dialog)
    dialog.show()
    image = dialog.list.grab().toImage()
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    marked = any(image.pixelColor(*place) == style.colour("att") for place in places)
    assert marked is (use is None)


def test_the_days_of_a_signed_note_are_due_and_nothing_that_it_does_not_name(content: Content) -> None:
    _, note = signed_note(visit(content, 0), content)
    assert Due("Re-evaluation", TODAY + timedelta(weeks=4)) in dues_of(note)
    assert note.plan is not None
    plan = note.plan.model_copy(
        update={"certification_due": TODAY, "signature_needed": True, "certification_renews": True}
    )
    assert Due("Plan to recertify", TODAY) in dues_of(note.model_copy(update={"plan": plan}))
    assert dues_of(note.model_copy(update={"plan": None, "sheet": None})) == ()


def test_a_visit_that_was_begun_is_not_due_and_a_discharge_ends_it(store: Store, content: Content) -> None:
    sign(store, visit(content, 4), content)
    due = Due("Re-evaluation", TODAY)

    def found() -> list[Due]:
        notes = list(notes_in_force(store.recent(50), TODAY))
        return [one for one, _ in due_this_week(notes, {row.id: (due,) for row, _ in notes}, TODAY)]

    assert found() == [due]
    assert (
        due_this_week(notes_in_force(store.recent(50), TODAY), {"episode 4": (due,)}, TODAY - timedelta(8))
        == ()
    )
    store.save(visit(content, 0, "re-evaluation"))
    assert found() == []
    store.discard_draft("episode 0")
    sign(store, visit(content, 1, "discharge"), content)
    assert found() == []


def test_a_re_evaluation_that_nobody_began_stays_due_below_what_this_week_asks(
    store: Store, content: Content
) -> None:
    sign(store, visit(content, 6), content)
    sign(
        store,
        visit(content, 4, patient=Patient("Brandt, Elke", date(1979, 1, 1), "F"), episode="elke"),
        content,
    )
    notes = list(notes_in_force(store.recent(50), TODAY))
    long_ago, today = TODAY - timedelta(14), Due("Re-evaluation", TODAY)
    dues = {
        "episode 6": (Due("Re-evaluation", long_ago), Due("Plan to certify", long_ago)),
        "elke 4": (today,),
    }
    assert [due for due, _ in due_this_week(notes, dues, TODAY)] == [today, Due("Re-evaluation", long_ago)]
    store.save(visit(content, 0, "re-evaluation"))
    notes = list(notes_in_force(store.recent(50), TODAY))
    assert [due for due, _ in due_this_week(notes, dues, TODAY)] == [today]


def test_what_is_due_this_week_leads_to_the_chart(
    window: MainWindow, store: Store, content: Content, qtbot: QtBot
) -> None:
    sign(store, visit(content, 4), content)
    sign(
        store,
        visit(content, 1, patient=Patient("Brandt, Elke", date(1979, 1, 1), "F"), episode="elke"),
        content,
    )
    window.show_start()
    start = window.start
    assert start is not None
    card = start.findChild(DueCard)
    assert card is not None
    qtbot.waitUntil(card.isVisible)
    assert "Rivera, Ana · today" in words(card)
    assert "Brandt" not in words(card)
    QTest.keyClick(line(card, "Re-evaluation"), Qt.Key.Key_Return)
    assert window.chart is not None
    assert window.chart.patient == RIVERA


def test_no_note_is_read_before_the_content_is(window: MainWindow, store: Store, content: Content) -> None:
    """Both load the same modules, and two threads that do so can stop each other."""
    sign(store, visit(content, 4), content)
    page = StartPage(store, Settings())
    card = page.findChild(DueCard)
    assert card is not None
    seen = []
    for act in (page.refresh, lambda: page.use_content(content)):
        act()
        seen.append(card.at_work)
    assert seen == [False, True]
    page.deleteLater()


def test_nothing_due_shows_nothing(window: MainWindow, store: Store, content: Content, qtbot: QtBot) -> None:
    sign(store, visit(content, 2), content)
    window.show_start()
    assert window.start is not None
    card = window.start.findChild(DueCard)
    assert card is not None
    qtbot.waitUntil(lambda: not card.at_work)
    assert not card.isVisible()


def test_a_day_is_told_by_its_weekday_in_the_week_that_comes() -> None:
    thursday = date(2026, 3, 5)
    assert day_words(thursday, date(2026, 3, 2)) == "Thu"
    assert day_words(thursday, thursday) == "today"
    assert day_words(thursday, date(2026, 3, 9)).startswith("since Mar 5")
