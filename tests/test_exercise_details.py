"""All about one exercise: nothing the library holds is kept from the therapist."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from evalassist.case_file import read_case
from evalassist.content import Content
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui import style
from ui.dialogs.exercise import ExerciseDialog, sourced
from ui.pages.plan import PlanPage
from ui.session import EvaluationSession
from ui.widgets.exercise_card import ExercisePicture
from ui.widgets.marks import LinkButton

KEYS = new_keys()

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

CASES = Path(__file__).parent / "cases"


@pytest.fixture
def dialog(qapp: QApplication, qtbot: QtBot, content: Content) -> ExerciseDialog:
    style.apply_style(qapp)
    made = ExerciseDialog(content, "HA03", "for phase 2; this plan is in phase 1")
    qtbot.addWidget(made)
    made.show()
    return made


def said(dialog: ExerciseDialog) -> str:
    QApplication.processEvents()
    labels = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    return "\n".join(
        [*labels, *(link.text() for link in dialog.findChildren(QPushButton) if link.isVisible())]
    )


def test_every_exercise_tells_all_the_library_holds(dialog: ExerciseDialog, content: Content) -> None:
    for exercise in content.exercises.values():
        dialog.show_exercise(exercise.id)
        words = said(dialog)
        dose = exercise.dose
        precautions = [content.precautions[code] for code in exercise.precautions]
        neighbours = [content.exercises[i].name for i in (exercise.easier, exercise.harder) if i]
        expected = [
            exercise.name,
            exercise.patient_name.en,
            *exercise.targets[1:],
            exercise.position[1:],
            exercise.equipment_text[1:],
            *map(str, exercise.phases),
            f"{exercise.level}, from 0 to 4",
            *neighbours,
            f"{dose.sets} × ",
            f"rest {dose.rest_s} s, {dose.days_per_week} days a week",
            content.load_rules[dose.load].says,
            content.progressions[dose.progress_when].says,
            dose.arc[1:],
            *(one.meaning for one in precautions),
            *(one.action for one in precautions),
            *exercise.cues,
            exercise.mistake,
            f"{len(exercise.steps.en)}. ",
        ]
        missing = [part for part in expected if part not in words]
        assert not missing, (exercise.id, missing)
        assert "{" not in words
        pictures = [one for one in dialog.findChildren(ExercisePicture) if one.isVisible()]
        assert len(pictures) == 2


def test_it_says_why_it_is_not_offered(dialog: ExerciseDialog) -> None:
    assert "For phase 2; this plan is in phase 1." in said(dialog)


def test_the_easier_exercise_is_one_click_away(dialog: ExerciseDialog, content: Content) -> None:
    easier = content.exercises[content.exercises["HA03"].easier or ""]
    link = next(one for one in dialog.findChildren(LinkButton) if one.text() == easier.name)
    link.click()
    assert dialog.windowTitle() == easier.name
    assert "this plan is in phase 1" not in said(dialog)


def test_a_value_nobody_checked_stands_without_a_citation(content: Content) -> None:
    words = sourced("GMed 81 [V:DIS09]; GMed 39 [K:EKS07]", content)
    assert words == "GMed 81 (Distefano et al. 2009); GMed 39 (not checked)"


def test_the_picture_in_the_plan_and_the_library_lead_to_it(
    qapp: QApplication, qtbot: QtBot, content: Content, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    style.apply_style(qapp)
    opened: list[str] = []
    monkeypatch.setattr(ExerciseDialog, "exec", lambda dialog: opened.append(dialog.windowTitle()))
    evaluation = read_case(CASES / "ex1.toml", content)
    with Store(tmp_path / "records.db", KEYS) as store:
        store.save(evaluation)
        page = PlanPage(EvaluationSession(evaluation, content, store, Settings()))
        qtbot.addWidget(page)
        page.resize(1140, 760)
        page.show()
        card = next(iter(page.cards.values()))
        card.picture.setFocus()
        QTest.keyClick(card.picture, Qt.Key.Key_Space)
        band = content.exercises["HA03"]
        details = next(
            one
            for one in page.library.findChildren(LinkButton)
            if one.accessibleName() == f"All about {band.name}"
        )
        details.click()
    assert opened == [card.exercise.name, band.name]
