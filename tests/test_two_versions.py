"""Two windows changed one draft: both versions stand side by side, and each field is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from evalassist.content.loader import Content, load_content
from evalassist.evaluation import Evaluation, ExerciseLog, Opinion, Patient, PlanEdit, StrengthTest
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from evalassist.two_versions import WHOLE_PLAN, chosen, differences
from ui.dialogs.two_versions import HERE, OTHER, TwoVersionsDialog
from ui.session import EvaluationSession
from ui.widgets.boxes import Box

# The off-screen platform says this of every window it shows.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

KEYS = new_keys()
BASE = Evaluation.begin(
    Patient("Rivera, Ana", date(2001, 5, 9), "F"), "right", date(2026, 3, 2)
).with_answers({"mass": 60.0, "height": 170.0})


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content()


def test_only_what_differs_is_shown_with_who_changed_it(content: Content) -> None:
    mine = BASE.with_answers({"mass": 61.0, "height": 171.0}).with_impression("mine")
    theirs = BASE.with_answers({"mass": 62.0}).with_answer(
        "habd.right", StrengthTest(trials=(88.0, 93.0), unit="N")
    )
    found = {
        each.label: (each.mine, each.theirs, each.changed)
        for each in differences(BASE, mine, theirs, content)
    }
    assert found == {
        "Impression": ("mine", "nothing", "mine"),
        content.label("mass"): ("61 kg", "62 kg", "both"),
        content.label("height"): ("171 cm", "170 cm", "mine"),
        content.label("habd.right"): ("nothing", "88 93 N", "theirs"),
    }


def test_everything_a_therapist_can_change_is_compared(content: Content) -> None:
    theirs = (
        BASE.without_answer("mass")
        .with_sore_knee("both")
        .with_opinion("MPD", Opinion(False, "pain stopped the test"))
        .with_exercise_log(ExerciseLog("HA01", pain=2))
        .with_plan_edit(PlanEdit("drop", "HA01", reason="hip pain"))
    )
    found = differences(BASE, BASE, theirs, content)
    assert {each.key[0] for each in found} == {"answers", "details", "opinions", "exercise-log", "plan"}
    assert all(each.changed == "theirs" and each.theirs != each.mine for each in found)
    assert chosen(BASE, theirs, {each.key for each in found}) == theirs
    assert chosen(BASE, theirs, ()) == BASE


def test_two_tests_that_differ_in_the_lever_arm_alone_read_otherwise(content: Content) -> None:
    short, long = (StrengthTest(trials=(88.0,), unit="N", lever_arm_m=arm) for arm in (0.3, 0.4))
    (one,) = differences(
        BASE, BASE.with_answer("habd.left", short), BASE.with_answer("habd.left", long), content
    )
    assert (one.mine, one.theirs) == ("88 N; lever arm 0.3 m", "88 N; lever arm 0.4 m")


def test_a_field_is_taken_from_the_other_version_and_the_rest_stays(content: Content) -> None:
    mine = BASE.with_answers({"mass": 61.0}).with_plan_edit(PlanEdit("lock", "HA01"))
    theirs = BASE.with_answers({"mass": 62.0}).without_answer("height")
    made = chosen(mine, theirs, {("answers", "mass")})
    assert made.answers == {"mass": 62.0, "height": 170.0}
    assert made.plan_edits == mine.plan_edits
    assert chosen(mine, theirs, {("answers", "height"), WHOLE_PLAN}).answers == {"mass": 61.0}


# ---------------------------------------------------------------- in the window


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path, content: Content) -> Iterator[EvaluationSession]:
    with Store(tmp_path / "records.db", KEYS) as store, Store(tmp_path / "records.db", KEYS) as elsewhere:
        store.save(BASE)
        opened = EvaluationSession(store.load(BASE.id), content, store, Settings())
        other = elsewhere.load(BASE.id).with_answers({"mass": 62.0, "height": 165.0})
        elsewhere.save(other)
        opened.answer("mass", 61.0)
        assert opened.conflict
        yield opened
        opened.leave()


def test_what_both_changed_waits_for_the_therapist(qtbot: QtBot, session: EvaluationSession) -> None:
    dialog = TwoVersionsDialog(session)
    qtbot.addWidget(dialog)
    dialog.show()
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert {"61 kg", "62 kg", "170 cm", "165 cm", "changed in both", "changed in the other window"} <= set(
        texts
    )
    assert not dialog.keep.isEnabled()
    assert "1 field was changed in both windows: choose which one stays." in texts
    here = next(b for b in dialog.choices[("answers", "mass")].findChildren(Box) if b.text() == "Here")
    here.click()
    assert dialog.keep.isEnabled()
    assert dialog.from_theirs() == {("answers", "height")}


def test_what_was_chosen_is_kept_as_one_change(qtbot: QtBot, session: EvaluationSession) -> None:
    dialog = TwoVersionsDialog(session)
    qtbot.addWidget(dialog)
    dialog.take_all(OTHER)
    dialog.choices[("answers", "mass")].set_value(HERE)
    assert session.keep_chosen(dialog.from_theirs())
    assert session.evaluation.answers == {"mass": 61.0, "height": 165.0}
    assert session.store.load(BASE.id).answers == {"mass": 61.0, "height": 165.0}
    session.undo()
    assert session.evaluation.answers == {"mass": 61.0, "height": 170.0}
