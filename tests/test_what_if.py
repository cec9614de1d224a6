"""What if: other findings are tried beside the present ones, and nothing is kept until the therapist says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot
from windows import window_of

from evalassist.case_file import read_case
from evalassist.clinical.follow_up import episode_of, visits_of
from evalassist.clinical.result import NoPlan, PlanOfCare
from evalassist.clinical.whatif import Compared, changed_answers, compare, outcome_of, rests_on
from evalassist.content import Content
from evalassist.evaluation import Evaluation, Signature, StrengthTest
from evalassist.findings import answer_words
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui import style
from ui.dialogs.what_if import WhatIfDialog
from ui.main_window import MainWindow
from ui.session import EvaluationSession
from ui.widgets.comparison import summary

KEYS = new_keys()

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

CASES = Path(__file__).parent / "cases"


@pytest.fixture(scope="module")
def ex1(content: Content) -> Evaluation:
    return read_case(CASES / "ex1.toml", content)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "records.db", KEYS) as opened:
        yield opened


@pytest.fixture
def session(qapp: QApplication, content: Content, store: Store, ex1: Evaluation) -> EvaluationSession:
    style.apply_style(qapp)
    store.save(ex1)
    return EvaluationSession(ex1, content, store, Settings(therapist_name="A. Chen, PT"))


Trying = Callable[[EvaluationSession], WhatIfDialog]


@pytest.fixture
def tried(qtbot: QtBot) -> Trying:
    def show(session: EvaluationSession) -> WhatIfDialog:
        dialog = WhatIfDialog(session)
        qtbot.addWidget(dialog)
        dialog.resize(1300, 720)
        with qtbot.waitExposed(dialog):
            dialog.show()
        dialog.activateWindow()
        return dialog

    return show


def compared(now: Evaluation, then: Evaluation, content: Content) -> dict[str, Compared]:
    return {one.title: one for one in compare(outcome_of(now, content), outcome_of(then, content), content)}


# ---------------------------------------------------------------- the comparison


def test_the_same_answers_differ_in_nothing(content: Content, ex1: Evaluation) -> None:
    found = compared(ex1, ex1, content)
    assert found
    assert {one.change for one in found.values()} == {"same"}
    assert summary(tuple(found.values())) == "Labels, plan and goals stay as they are."


def test_more_pain_changes_label_dose_exercises_goal_and_visits(content: Content, ex1: Evaluation) -> None:
    found = compared(ex1, ex1.with_answer("nprs-worst", 9.0), content)
    irritability = found["Irritability"]
    assert (irritability.now, irritability.then, irritability.change) == ("moderate", "high", "changed")
    assert found["Clamshell"].change == "changed"
    assert found["Clamshell"].then.startswith("2 × 12")
    assert found["Mini-squat 0-45°"].change == "gone"
    assert found["Isometric knee extension at 60 degrees"].change == "new"
    assert found["Worst pain"].now.startswith("6 →")
    assert found["Worst pain"].then.startswith("9 →")
    assert found["Visits"].then.startswith("18: ")
    assert found["Knee function"].change == "same"


def test_equal_hips_take_a_label_away(content: Content, ex1: Evaluation) -> None:
    strong = StrengthTest(trials=(100.0, 100.0, 100.0), unit="N", lever_arm_m=0.78)
    then = ex1.with_answers(dict.fromkeys(("habd.right", "habd.left", "her.right", "her.left"), strong))
    deficit = compared(ex1, then, content)["Deficit of muscle performance"]
    assert (deficit.now, deficit.then) == ("hip and quadriceps", "quadriceps only")


def test_an_alarming_answer_takes_the_whole_plan_away(content: Content, ex1: Evaluation) -> None:
    stopped = ex1.with_answer("ddx-hip", "likely")
    assert isinstance(outcome_of(stopped, content).plan, NoPlan)
    found = compared(ex1, stopped, content)
    assert found["Plan of care"].then.startswith("none: ")
    assert found["Patellofemoral pain"].then == "not met"
    assert found["Clamshell"].change == found["Worst pain"].change == "gone"


def test_a_plan_names_the_findings_it_rests_on(content: Content, ex1: Evaluation) -> None:
    outcome = outcome_of(ex1, content)
    findings = rests_on(outcome, content)
    assert findings[0] == "nprs-worst"
    assert {"settle-h", "habd.right", "kext.left", "squat45-pain", "pain-location"} <= set(findings)
    named = isinstance(outcome.plan, PlanOfCare) and outcome.plan.exercises[0].because
    assert named
    assert set(named[0].items) <= set(findings)


def test_an_answer_taken_away_counts_as_a_difference(ex1: Evaluation) -> None:
    then = ex1.without_answer("settle-h").with_answer("nprs-worst", 2.0)
    assert changed_answers(ex1, then) == {"settle-h": None, "nprs-worst": 2.0}


def test_an_answer_reads_in_words(content: Content) -> None:
    items = content.items
    assert answer_words(items["nprs-worst"], 6.0) == "6/10"
    assert answer_words(items["nprs-worst"], None) == "not recorded"
    assert answer_words(items["habd"], StrengthTest(trials=(82.0, 84.0), unit="N")) == "82, 84 N"
    assert answer_words(items["habd"], StrengthTest(grade="4+")) == "grade 4+"
    assert answer_words(items["wakes"], "not-assessed") == "not assessed"


# ---------------------------------------------------------------- the dialog


def press_nine_for_worst_pain(dialog: WhatIfDialog) -> None:
    dialog.rows["nprs-worst"].change.click()
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_9)


def words(dialog: WhatIfDialog) -> list[str]:
    QApplication.processEvents()  # what was just drawn is shown
    labels = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    return [*labels, *dialog.table.toPlainText().splitlines()]


def test_trying_shows_both_plans_and_marks_the_difference_in_words(
    session: EvaluationSession, tried: Trying
) -> None:
    dialog = tried(session)
    assert not dialog.use.isEnabled()
    press_nine_for_worst_pain(dialog)
    said = words(dialog)
    assert "9/10, was 6/10" in said
    assert {"moderate", "high", "changed", "new", "gone"} <= set(said)
    assert dialog.says.text().startswith("Different then: 1 label, ")
    dialog.only_changes.click()
    assert "Patellofemoral pain" not in words(dialog)
    dialog.rows["nprs-worst"].back.click()
    assert not dialog.use.isEnabled()
    assert dialog.scratch.answers == session.evaluation.answers


def test_nothing_is_written_while_trying_and_leaving_discards(
    session: EvaluationSession, tried: Trying, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    (kept,) = store.recent()
    saved: list[Evaluation] = []
    monkeypatch.setattr(store, "save", saved.append)
    dialog = tried(session)
    press_nine_for_worst_pain(dialog)
    dialog.vary("habd.left")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert session.keep()
    assert saved == []
    assert store.recent()[0].updated_at == kept.updated_at
    assert session.evaluation.answers["nprs-worst"] == 6


def test_use_these_is_one_change_and_one_undo_brings_all_back(
    session: EvaluationSession, tried: Trying, store: Store
) -> None:
    before = session.evaluation
    dialog = tried(session)
    press_nine_for_worst_pain(dialog)
    dialog.rows["settle-h"].answered.emit("settle-h", None)
    dialog.use.click()
    assert store.load(before.id).answers["nprs-worst"] == 9
    assert "settle-h" not in session.evaluation.answers
    assert session.assessment.irritability == "HIGH"
    session.undo()
    assert session.evaluation.answers == before.answers


def test_any_other_finding_is_found_by_its_name(session: EvaluationSession, tried: Trying) -> None:
    dialog = tried(session)
    assert "medicare" not in dialog.rows
    QTest.keyClicks(dialog.search, "medicare")
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.rows["medicare"].isAncestorOf(dialog.focusWidget())
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_N)
    assert dialog.scratch.answers["medicare"] == "no"
    assert "medicare" in changed_answers(session.evaluation, dialog.scratch)


def test_a_strength_is_tried_in_the_same_fields_as_on_its_page(
    session: EvaluationSession, tried: Trying
) -> None:
    dialog = tried(session)
    dialog.rows["habd.right"].change.click()
    field = dialog.focusWidget()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, "90")
    QTest.keyClick(field, Qt.Key.Key_Return)
    test = dialog.scratch.answers["habd.right"]
    assert isinstance(test, StrengthTest)
    assert test.trials[0] == 90
    assert dialog.focusWidget() is not field


def test_a_side_with_trials_is_tried_as_a_grade(session: EvaluationSession, tried: Trying) -> None:
    dialog = tried(session)
    row = dialog.rows["habd.right"]
    row.change.click()
    next(one for one in row.findChildren(QAbstractButton) if one.text() == "Grade").click()
    QApplication.processEvents()
    field = next(one for one in row.findChildren(QLineEdit) if one.accessibleName().endswith("grade by hand"))
    assert field.isVisible()
    field.setFocus()
    QTest.keyClicks(field, "4")
    QTest.keyClick(field, Qt.Key.Key_Return)
    test = dialog.scratch.answers["habd.right"]
    assert isinstance(test, StrengthTest)
    assert (test.grade, test.trials) == ("4", ())


def test_a_signed_evaluation_can_be_explored_and_not_changed(
    session: EvaluationSession, tried: Trying, ex1: Evaluation, store: Store
) -> None:
    signature = Signature("A. Chen, PT", "", datetime(2026, 3, 2, tzinfo=UTC))
    signed = EvaluationSession(replace(ex1, signature=signature), session.content, store, session.settings)
    dialog = tried(signed)
    press_nine_for_worst_pain(dialog)
    assert "high" in words(dialog)
    assert not dialog.use.isEnabled()
    assert any("signed" in said for said in words(dialog))


def test_large_text_shows_one_side_at_a_time(
    session: EvaluationSession, tried: Trying, qapp: QApplication
) -> None:
    style.apply_style(qapp, scale=2.0)
    try:
        dialog = tried(session)
        assert dialog.views.isVisible()
        assert dialog.search.isVisible()
        assert not dialog.only_changes.isVisible()
        dialog.views.setFocus()
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_W)
        assert dialog.only_changes.isVisible()
        assert not dialog.search.isVisible()
    finally:
        style.apply_style(qapp)


@pytest.fixture
def window(qtbot: QtBot, home: Path, content: Content, store: Store, ex1: Evaluation) -> Iterator[MainWindow]:
    made = window_of(qtbot, store)
    made.begin(ex1)
    yield made
    made.close()


def test_f6_opens_it_from_plan_and_assessment(
    window: MainWindow, ex1: Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(WhatIfDialog, "exec", lambda dialog: opened.append(dialog.scratch.id))
    assert window.view is not None
    for step in ("assessment", "plan"):
        own_keys = window.view.show_step(step).keys()
        QTest.keyClick(window, Qt.Key.Key_F6)
        assert ("F6", "what if") in own_keys
    assert opened == [ex1.id, ex1.id]


def test_the_answers_keep_their_column_and_an_opened_field_is_whole(
    session: EvaluationSession, tried: Trying
) -> None:
    dialog = tried(session)
    dialog.vary("nprs-worst")
    dialog.rows["nprs-worst"].answered.emit("nprs-worst", 9.0)
    style.settle()
    QApplication.processEvents()
    acts = [dialog.rows["nprs-worst"].back, *(row.change for row in dialog.rows.values() if not row.editor)]
    assert len({act.mapTo(dialog, QPoint()).x() for act in acts}) == 1


def test_no_finding_is_cut_in_the_largest_text(
    qapp: QApplication, session: EvaluationSession, tried: Trying
) -> None:
    style.apply_style(qapp, scale=2.0)
    try:
        dialog = tried(session)
        dialog.resize(1880, 1040)
        dialog.vary("nprs-worst")
        for _ in range(5):  # one level of the layout after the other
            QApplication.processEvents()
        editor = dialog.rows["nprs-worst"].editor
        assert editor is not None
        area = dialog._area.viewport()
        assert editor.mapTo(area, QPoint()).x() + editor.width() <= area.width()
    finally:
        style.apply_style(qapp)


def test_a_diagnosis_that_stands_is_not_told_as_open(content: Content, ex1: Evaluation) -> None:
    later = replace(
        ex1.without_answer("familiar-squat", "familiar-stairs", "familiar-sitting"),
        id="later",
        kind="re-evaluation",
        visit_date=ex1.visit_date + timedelta(weeks=4),
    )
    outcome = outcome_of(later, content, episode_of(visits_of((ex1,))))
    [label] = [one for one in compare(outcome, outcome, content) if one.title == "Patellofemoral pain"]
    assert label.now == "met at an earlier visit"
