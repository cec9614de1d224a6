"""Goals, visits, codes and minutes changed on the plan page, as a therapist changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from evalassist.case_file import read_case
from evalassist.clinical.result import Goal, PlanOfCare
from evalassist.content import Content
from evalassist.evaluation import Evaluation, Opinion, PlanEdit, StrengthTest
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui.dialogs.papers import PlanOfCareDialog
from ui.pages.plan import PlanPage
from ui.pages.review import SignPage
from ui.session import EvaluationSession
from ui.widgets.marks import LinkButton, ReasonLink

KEYS = new_keys()

pytestmark = [
    pytest.mark.usefixtures("dressed"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

CASES = Path(__file__).parent / "cases"
SETTINGS = Settings(therapist_name="A. Chen, PT", licence="40-12345", clinic_name="Riverside")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "records.db", KEYS) as opened:
        yield opened


Open = Callable[[str], PlanPage]


@pytest.fixture
def page_of(opened: Any, content: Content, store: Store) -> Open:
    def show(case: str) -> PlanPage:
        evaluation = read_case(CASES / f"{case}.toml", content)
        store.save(evaluation)
        page: PlanPage = opened(
            PlanPage(EvaluationSession(evaluation, content, store, SETTINGS)), height=2400
        )
        return page

    return show


def one(page: QWidget, kind: type[QWidget], name: str) -> QWidget:
    """The widget of a kind a screen reader calls by this name."""
    QApplication.processEvents()
    found = [part for part in page.findChildren(kind) if part.accessibleName() == name and part.isVisible()]
    assert len(found) == 1, f"{len(found)} are called {name!r}"
    return found[0]


def click(page: QWidget, name: str) -> None:
    QTest.mouseClick(one(page, QAbstractButton, name), Qt.MouseButton.LeftButton)


def type_into(page: QWidget, name: str, words: str) -> None:
    field = one(page, QLineEdit, name)
    assert isinstance(field, QLineEdit)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, words)
    QTest.keyClick(field, Qt.Key.Key_Return)


def reads(page: QWidget) -> str:
    QApplication.processEvents()
    return "\n".join(part.text() for part in page.findChildren(QLabel) if part.isVisible())


def planned(page: PlanPage) -> PlanOfCare:
    assert isinstance(page.session.plan, PlanOfCare)
    return page.session.plan


def goal(page: PlanPage, goal_id: str) -> Goal:
    return next(goal for goal in planned(page).goals if goal.id == goal_id)


def kept(page: PlanPage, store: Store) -> Evaluation:
    page.session.keep()
    return store.load(page.session.evaluation.id)


AKPS = "Knee function, AKPS: change"

# ---------------------------------------------------------------- goals


def test_a_target_is_typed_kept_and_shown_as_edited(page_of: Open, store: Store) -> None:
    page = page_of("ex1")
    click(page, AKPS)
    type_into(page, "Knee function: target in 8 weeks, /100", "90")
    assert goal(page, "G02").long == 90
    assert "edited" in reads(page)
    assert kept(page, store).plan_edits[-1].value == 90


def test_a_target_that_cannot_be_meant_is_said_and_changes_nothing(page_of: Open) -> None:
    page = page_of("ex1")
    click(page, AKPS)
    type_into(page, "Knee function: target in 8 weeks, /100", "60")
    assert "60 is no better than what was measured (71)." in reads(page)
    type_into(page, "Knee function: target in 8 weeks, /100", "400")
    assert "From 0 to 100 can be counted." in reads(page)
    assert goal(page, "G02").long == 86
    assert page.session.evaluation.plan_edits == ()


def test_a_target_within_measurement_error_is_warned_of(page_of: Open) -> None:
    page = page_of("ex1")
    click(page, AKPS)
    type_into(page, "Knee function: target in 8 weeks, /100", "75")
    assert goal(page, "G02").long == 75
    assert "within measurement error (MDC 9)" in reads(page)


def test_an_own_sentence_is_written_and_taken_back(page_of: Open) -> None:
    page = page_of("ex1")
    click(page, AKPS)
    words = one(page, QPlainTextEdit, "Knee function: the goal in your own words")
    words.setFocus()
    QTest.keyClicks(words, "Kneel to plant bulbs for 20 minutes.")
    one(page, QLineEdit, "Knee function: why it is taken out").setFocus()
    assert goal(page, "G02").sentences == ("Kneel to plant bulbs for 20 minutes.",)
    click(page, "Knee function: back to the proposal")
    assert goal(page, "G02").own_words is False
    assert page.session.evaluation.plan_edits == ()


def test_a_goal_is_taken_out_with_its_reason_and_put_back(page_of: Open, store: Store) -> None:
    page = page_of("ex1")
    click(page, AKPS)
    type_into(page, "Knee function: why it is taken out", "the LEFS says the same")
    click(page, "Knee function: take it out; the reason, if there is one, stands before it")
    assert "G02" not in [goal.id for goal in planned(page).goals]
    assert kept(page, store).plan_edits[-1].reason == "the LEFS says the same"
    click(page, "Knee function, AKPS: put it back")
    assert goal(page, "G02").long == 86


def test_the_unit_of_a_goal_stands_once(page_of: Open) -> None:
    page = page_of("ex2")
    texts = [each.text() for each in page.findChildren(QLabel)]
    assert [each for each in texts if each.startswith("km a week")]
    assert not [each for each in texts if "km a week km a week" in each]


def test_a_plan_of_four_weeks_has_no_column_for_a_short_term(page_of: Open) -> None:
    page = page_of("ex1")
    assert "4 weeks" in reads(page._goals).split("\n")
    page.session.edit_plan(PlanEdit("visits", field="weeks_2", value=0))
    assert planned(page).schedule.weeks == 4
    assert reads(page._goals).split("\n").count("4 weeks") == 1


def test_undo_takes_back_a_changed_target(page_of: Open) -> None:
    page = page_of("ex1")
    click(page, AKPS)
    type_into(page, "Knee function: target in 4 weeks, /100", "82")
    page.session.undo()
    assert goal(page, "G02").short == 81


def test_a_hand_grade_is_chosen_from_the_better_ones(page_of: Open) -> None:
    page = page_of("ex3")
    click(page, "Strength, hip abductors, MMT: change")
    assert "of 5 · proposed 5" in reads(page)


# ---------------------------------------------------------------- visits


def test_visits_are_stepped_and_every_date_on_the_card_follows(page_of: Open, qtbot: QtBot) -> None:
    page = page_of("ex1")
    assert "Mar 2, 2026 to Apr 27, 2026" in reads(page)
    click(page, "Weeks later, less")
    click(page, "Weeks later, less")
    qtbot.waitUntil(lambda: planned(page).schedule.weeks == 6)
    assert "Mar 2, 2026 to Apr 13, 2026" in reads(page)
    assert "Certified until\nApr 13, 2026" in reads(page)
    assert "10 visits: 2 a week for 4 weeks, then 1 a week for 2 weeks" in reads(page)
    click(page, "Visits: back to the proposal")
    assert planned(page).schedule.weeks == 8
    assert page.session.evaluation.plan_edits == ()


def test_the_page_says_what_the_order_on_file_means(page_of: Open) -> None:
    page = page_of("ex1")
    assert "Send the plan by\nApr 1, 2026" in reads(page)
    page.session.answer("order-on-file", "no")
    assert "Signature by\nApr 1, 2026" in reads(page)


# ---------------------------------------------------------------- codes and minutes


def ticked(page: QWidget) -> list[str]:
    boxes = [box for box in page.findChildren(QCheckBox) if box.isVisible() and box.isChecked()]
    return [box.text().split()[0] for box in boxes]


def test_nothing_is_ticked_until_the_therapist_ticks_it_and_the_tick_is_kept(
    page_of: Open, store: Store
) -> None:
    page = page_of("ex1")
    assert ticked(page) == []
    click(page, "Use M22.2X1, Patellofemoral disorders, right knee")
    click(page, "Use 97161, PT evaluation, low complexity")
    assert ticked(page) == ["M22.2X1", "97161"]
    assert kept(page, store).answers["codes-used"] == ("M22.2X1", "97161")
    click(page, "Use 97161, PT evaluation, low complexity")
    click(page, "Use M22.2X1, Patellofemoral disorders, right knee")
    assert "codes-used" not in page.session.evaluation.answers


def test_typed_minutes_give_units_at_once(page_of: Open) -> None:
    page = page_of("ex1")
    assert "42 timed minutes → 3 units" in reads(page)
    type_into(page, "Minutes of 97530, therapeutic activities, min", "20")
    assert "62 timed minutes → 4 units" in reads(page)
    assert page.session.evaluation.answers["minutes-97530"] == 20


def test_where_strength_was_not_tested_the_plan_does_not_say_that_no_deficit_was_found(page_of: Open) -> None:
    page = page_of("ex1")
    tested = [
        key for key, answer in page.session.evaluation.answers.items() if isinstance(answer, StrengthTest)
    ]
    page.session.answer_all(dict.fromkeys(tested))
    assert "No deficit was found in what was tested; " in reads(page)
    assert "No deficit was found.\n" not in reads(page)


def test_a_problem_the_therapist_added_is_told_with_the_therapists_reason(page_of: Open) -> None:
    page = page_of("ex1")
    for reason in ("clear valgus when running", "knee falls in on every step"):
        page.session.say("MCD", Opinion(False, reason))
        assert "Movement coordination deficits" in reads(page)
        assert f"By the therapist: {reason}" in [link.text() for link in page.findChildren(ReasonLink)]


def test_what_is_left_to_the_therapist_about_the_units_is_said_in_sentences(page_of: Open) -> None:
    page = page_of("ex1")
    for code in ("97110", "97112", "97530", "97535"):
        page.session.answer(f"minutes-{code}", None if code == "97530" else 7)
    page.session.answer("codes-used", ("97161", "97110"))
    picks, lacks = "Equal claim to the last unit: 97110, 97112, 97535; you pick", "Minutes without a tick: "
    assert f"21 timed minutes → 1 unit. {lacks}97112, 97535." in reads(page)
    page.session.answer("codes-used", ("97161",))
    assert f"21 timed minutes → 1 unit. {picks}. {lacks}97110, 97112, 97535." in reads(page)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0", "From 1 to 240 min can be counted."),
        ("600", "From 1 to 240 min can be counted."),
        ("ten", "is not a number yet"),
        ("7.5", "A whole number is counted here."),
    ],
)
def test_minutes_that_cannot_be_counted_get_a_sentence(page_of: Open, typed: str, said: str) -> None:
    page = page_of("ex1")
    type_into(page, "Minutes of 97530, therapeutic activities, min", typed)
    assert said in reads(page)
    assert "minutes-97530" not in page.session.evaluation.answers
    assert "42 timed minutes → 3 units" in reads(page)
    assert [words for words in page.unkept() if typed in words]


def test_the_components_of_the_evaluation_code_lead_to_their_questions(page_of: Open, qtbot: QtBot) -> None:
    page = page_of("ex1")
    with qtbot.waitSignal(page.go_to) as went:
        link = next(b for b in page.findChildren(QAbstractButton) if "Elements examined" in b.text())
        QTest.mouseClick(link, Qt.MouseButton.LeftButton)
    assert went.args == ["exam-elements"]


def test_more_codes_shows_what_is_not_offered_and_why(page_of: Open) -> None:
    page = page_of("ex1")
    names = [box.text() for box in page.findChildren(QCheckBox) if box.isVisible()]
    assert not [name for name in names if name.startswith("M25.561")]
    button = next(b for b in page.findChildren(QPushButton) if b.text() == "More codes")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    click(page, "Use M25.561, Pain in right knee")
    assert "The code M25.561 is chosen. It is not offered" in reads(page)


# ---------------------------------------------------------------- the paper


def test_the_plan_is_saved_as_a_paper_and_kept_among_the_documents(
    page_of: Open, store: Store, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = page_of("ex1").session
    file = tmp_path / "plan.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    dialog = PlanOfCareDialog(session)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.pages.page_count in (1, 2)
    save = next(b for b in dialog.findChildren(QPushButton) if b.text().startswith("Save"))
    QTest.mouseClick(save, Qt.MouseButton.LeftButton)
    assert file.read_bytes().startswith(b"%PDF")
    (document,) = store.documents(session.evaluation.id)
    assert (document.kind, [use.use for use in document.uses]) == ("plan-of-care", ["saved"])


def test_the_signed_note_is_saved_as_pdf_without_a_printer_and_kept_among_the_documents(
    page_of: Open, store: Store, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = page_of("ex1").session
    session.sign()
    file = tmp_path / "note.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    sign = SignPage(session)
    qtbot.addWidget(sign)
    sign.show()
    qtbot.waitUntil(lambda: not sign.at_work and sign.pages.page_count > 0)
    save = next(b for b in sign.findChildren(QPushButton) if b.text().startswith("Save"))
    QTest.mouseClick(save, Qt.MouseButton.LeftButton)
    (document,) = store.documents(session.evaluation.id)
    assert (document.kind, [use.use for use in document.uses]) == ("evaluation-note", ["saved"])
    assert store.document_bytes(document.id) == file.read_bytes()
    assert f"Saved as note.pdf in {tmp_path.name}. The note is kept under Documents." in reads(sign)


def test_a_paper_saved_under_a_bare_name_gets_the_ending_of_a_pdf(
    page_of: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "plan of Nov. 3"), ""))
    dialog = PlanOfCareDialog(page_of("ex1").session)
    qtbot.addWidget(dialog)
    save = next(b for b in dialog.findChildren(QPushButton) if b.text().startswith("Save"))
    QTest.mouseClick(save, Qt.MouseButton.LeftButton)
    assert [file.name for file in tmp_path.glob("plan*")] == ["plan of Nov. 3.pdf"]


def test_plan_and_sign_page_offer_the_paper_where_there_is_a_plan(
    page_of: Open, qtbot: QtBot, content: Content
) -> None:
    page = page_of("ex1")
    with qtbot.waitSignal(page.plan_paper_wanted):
        QTest.mouseClick(page.paper, Qt.MouseButton.LeftButton)
    sign = SignPage(page.session)
    qtbot.addWidget(sign)
    sign.show()
    qtbot.waitUntil(lambda: not sign.at_work)
    assert sign.plan_paper.isVisible()
    page.session.answer("systemic", "yes")
    assert not page.paper.isVisible()
    qtbot.waitUntil(lambda: not sign.at_work)
    assert not sign.plan_paper.isVisible()


def test_a_signed_plan_can_be_read_and_not_changed(page_of: Open) -> None:
    page = page_of("ex1")
    page.session.sign()
    QApplication.processEvents()
    buttons = [b for b in page.findChildren(QAbstractButton) if b.isVisible()]
    assert not [b for b in buttons if b.text() in ("Change", "Back to the proposal")]
    assert not [b for b in buttons if isinstance(b, QCheckBox) and b.isEnabled()]
    assert page.paper.isVisible()


def test_more_codes_leaves_the_typed_minutes_where_they_stand(page_of: Open) -> None:
    page = page_of("ex1")
    next(link for link in page.findChildren(LinkButton) if link.text() == "More codes").click()
    field = one(page, QLineEdit, "Minutes of 97110, therapeutic exercise, min")
    assert isinstance(field, QLineEdit)
    assert field.text() == "24"


def test_the_kx_threshold_stands_on_the_card_and_the_other_rules_unfold(page_of: Open) -> None:
    page = page_of("ex1")
    assert "KX modifier in 2026: threshold $2,480" in reads(page)
    assert "Rest, and time that cannot be billed, are not counted." not in reads(page)
    for link in page.findChildren(LinkButton):
        if link.text().startswith("Rules of the record"):
            link.click()
    words = reads(page)
    assert "Rest, and time that cannot be billed, are not counted. (Medicare Benefit Policy Manual" in words
    assert words.count("(General knowledge, not checked against a source") == 2, "once a card"
    assert "Physical therapy claims carry the modifier GP." in words
    assert "A goal keeps its number for the whole episode" in words


def test_another_payer_is_told_nothing_of_medicares_thresholds(page_of: Open) -> None:
    page = page_of("ex3")
    assert "KX modifier" not in reads(page)


def test_the_minutes_of_the_whole_treatment_are_typed_kept_and_printed(page_of: Open, store: Store) -> None:
    page = page_of("ex1")
    type_into(page, "Minutes of the whole treatment, min", "55")
    assert kept(page, store).answers["minutes-whole"] == 55
    type_into(page, "Minutes of the whole treatment, min", "30")
    assert "The whole treatment is recorded as 30 minutes" in reads(page)
    assert page.focus_item("minutes-whole")
