"""What is advised on the exercises of the last plan becomes the plan of today with one key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from windows import words

from evalassist.case_file import read_case
from evalassist.clinical.assessment import assess
from evalassist.clinical.change import Visit
from evalassist.clinical.follow_up import FollowUp, episode_of, follow_up, visits_of
from evalassist.clinical.last_time import as_last_time, goals_as_last_time, in_words
from evalassist.clinical.plan import plan_of_care
from evalassist.clinical.progression import edits_of_all, is_past
from evalassist.clinical.result import PlannedExercise, PlanOfCare
from evalassist.content import Content, load_content
from evalassist.documents import handout_pdf
from evalassist.evaluation import Evaluation, ExerciseLog, PlanEdit
from evalassist.note import Language, SheetForm
from evalassist.note_text import note_text
from evalassist.noting import clinic_of, note_of
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui.pages.plan import PlanPage
from ui.session import EvaluationSession
from ui.widgets.exercise_log_row import ExerciseLogRow
from ui.widgets.fields import NumberField

KEYS = new_keys()

pytestmark = [
    pytest.mark.usefixtures("dressed"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

CASES = Path(__file__).parent / "cases"
EASY = {"pain": 1, "settled": "hour", "sets": 3, "reps": 15, "effort": 4, "hold_s": 10, "form": True}
"""A green log that meets what every criterion asks, besides two sessions."""


def went_well(exercise: str) -> ExerciseLog:
    return ExerciseLog(exercise, **EASY, twice=True)  # type: ignore[arg-type]  # the fields of a log


def went_badly(exercise: str) -> ExerciseLog:
    return ExerciseLog(exercise, pain=7, settled="longer")


def was_enough(exercise: str) -> ExerciseLog:
    return ExerciseLog(exercise, pain=4, settled="hour")


def later(content: Content, *logs: ExerciseLog, base: str = "ex1", weeks: int = 4) -> Evaluation:
    """The same patient some weeks later, with what was told of the exercises."""
    first = read_case(CASES / f"{base}.toml", content)
    day = first.visit_date + timedelta(weeks=weeks)
    return replace(first, id="later", kind="re-evaluation", visit_date=day, exercise_log=logs)


def judged(now: Evaluation, *given: PlanEdit, base: str = "ex1") -> tuple[FollowUp, PlanOfCare]:
    """What is advised at this visit, and its plan; `given` are the edits of the first visit's plan."""
    content = load_content()
    first = read_case(CASES / f"{base}.toml", content).with_plan_edits(given)
    visits = visits_of((first,))
    assessment = assess(now, content)
    found = follow_up(visits, now, assessment, content)
    assert found is not None
    plan = plan_of_care(now, assessment, content, episode_of(visits), found.exercises)
    assert isinstance(plan, PlanOfCare)
    return found, plan


def applied(now: Evaluation, *given: PlanEdit, base: str = "ex1") -> tuple[PlanOfCare, tuple[PlanEdit, ...]]:
    """The plan after all advice was applied, and the edits that it took."""
    found, plan = judged(now, *given, base=base)
    edits = edits_of_all(found.exercises, plan, now.plan_edits)
    found, plan = judged(now.with_plan_edit(*edits), *given, base=base)
    again = edits_of_all(found.exercises, plan, now.with_plan_edit(*edits).plan_edits)
    assert again == (), "what stands in the plan is not asked for again"
    return plan, edits


def one(plan: PlanOfCare, exercise: str) -> PlannedExercise:
    return next(planned for planned in plan.exercises if planned.exercise.id == exercise)


def ids(plan: PlanOfCare) -> list[str]:
    return [planned.exercise.id for planned in plan.exercises]


# ---------------------------------------------------------------- what the advice makes of the plan


def test_progress_takes_the_next_exercise_of_the_ladder_and_is_told_as_an_edit(content: Content) -> None:
    plan, edits = applied(later(content, went_well("HA01")))
    assert edits == (PlanEdit("swap", "HA01", to="HA02", reason="progress, PC5"),)
    assert "HA01" not in ids(plan)
    assert one(plan, "HA02").edited
    assert one(plan, "HA02").because[0].text == "chosen by the therapist: progress, PC5"


def test_an_exercise_of_another_phase_is_warned_of_like_any_edit(content: Content) -> None:
    plan, _ = applied(later(content, went_well("HA01")))
    assert any("but it is for phases 2 to 3, and this plan is in phase 1" in w for w in plan.warnings)


def test_a_contraindicated_exercise_is_warned_of_like_any_edit(content: Content) -> None:
    plan, _ = applied(later(content, went_badly("HX01")).with_answer("back-bad", "yes"))
    assert "HX04" in ids(plan)
    assert any("but the low back hurts when it bends backward" in words for words in plan.warnings)


def test_regress_takes_the_easier_exercise(content: Content) -> None:
    plan, edits = applied(later(content, went_badly("QC01")))
    assert [(edit.kind, edit.exercise, edit.to) for edit in edits] == [("swap", "QC01", "QC03")]
    assert one(plan, "QC03").edited


def test_regress_halves_the_sets_where_there_is_no_easier_exercise(content: Content) -> None:
    plan, edits = applied(later(content, went_badly("HA04")), PlanEdit("swap", "HA01", to="HA04"))
    assert PlanEdit("dose", "HA04", field="sets", value=2) in edits
    assert one(plan, "HA04").dose.sets == 2


def test_hold_keeps_the_dose_of_the_last_plan_and_locks_it(content: Content) -> None:
    given = PlanEdit("dose", "HE01", field="reps", value=9)
    plan, edits = applied(later(content, was_enough("HE01")), given)
    assert edits == (PlanEdit("lock", "HE01"), PlanEdit("dose", "HE01", field="reps", value=9))
    assert (one(plan, "HE01").dose.reps, one(plan, "HE01").locked) == (9, True)


def test_what_is_held_stays_when_the_plan_goes_on_to_another_phase(content: Content) -> None:
    visit = later(content, was_enough("HE01"))
    _, edits = applied(visit)
    _, plan = judged(visit.with_plan_edit(*edits).with_answers({"plan-phase": "3", "nprs-worst": 3}))
    assert "HE01" in ids(plan)


@pytest.mark.parametrize(("before", "after"), [(6, 10), (8, 10)])
def test_a_hold_grows_by_five_seconds_up_to_its_target(content: Content, before: int, after: int) -> None:
    given = (PlanEdit("swap", "HA01", to="HA04"), PlanEdit("dose", "HA04", field="hold_s", value=before))
    plan, _ = applied(later(content, went_well("HA04")), *given)
    assert one(plan, "HA04").dose.hold_s == after


def test_a_hold_at_its_target_goes_on_to_the_next_exercise(content: Content) -> None:
    given = (PlanEdit("swap", "HA01", to="HA04"), PlanEdit("dose", "HA04", field="hold_s", value=10))
    found, plan = judged(later(content, went_well("HA04")), *given)
    course = next(course for course in found.exercises if course.planned.exercise.id == "HA04")
    assert course.says.startswith("Next exercise: Side-lying hip abduction")
    assert course.to == "HA01"
    assert edits_of_all(found.exercises, plan, ()) == ()  # it stands in today's plan already


def test_balance_is_held_up_to_a_minute(content: Content) -> None:
    plan, _ = applied(later(content, replace(went_well("BA01"), hold_s=20)), PlanEdit("add", "BA01"))
    assert one(plan, "BA01").dose.hold_s == 25


def test_a_next_exercise_of_another_phase_says_so_until_the_patient_is_moved_to_that_phase(
    content: Content,
) -> None:
    """Applied it is pointed out as out of its phase: the advice itself must not hide that."""
    visit = later(content, went_well("HA01"))
    found = [judged(now)[0] for now in (visit, visit.with_answer("plan-phase", "2"))]
    assert [each.exercises[0].says for each in found] == [
        "Next exercise: Side-lying hip abduction with band or ankle weight, which is for phases 2 to 3.",
        "Next exercise: Side-lying hip abduction with band or ankle weight.",
    ]


def test_a_load_that_no_dose_holds_grows_in_words(content: Content) -> None:
    plan, edits = applied(later(content, went_well("HX02")), PlanEdit("swap", "HX01", to="HX02"))
    assert edits[-1] == PlanEdit("load", "HX02", reason="the next band color")
    assert one(plan, "HX02").because[0].text == "one step on, by the therapist: the next band color"
    assert one(plan, "HX02").edited


@pytest.mark.parametrize("form", ["standard", "large", "moves"])
def test_the_patient_reads_how_much_heavier_to_go(content: Content, form: SheetForm) -> None:
    now = later(content, went_well("QO02"))
    given = PlanEdit("swap", "QC01", to="QO02")

    def read(plan: PlanOfCare, language: Language) -> str:
        note = note_of(now, content, assess(now, content), plan, clinic_of(Settings()))
        pages = pypdfium2.PdfDocument(handout_pdf(note, language, form=form))
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())

    plan, edits = applied(now, given)
    assert edits[-1] == PlanEdit("load", "QO02", reason="0.5 to 1 kg more")
    assert read(plan, "en").count("New: 0.5 to 1 kg more") == 1
    assert read(plan, "es").count("Nuevo: de 0.5 a 1 kg más") == 1
    assert "New:" not in read(judged(now, given)[1], "en"), "the advice is not applied yet"


def test_the_sheet_names_no_exercise_as_harder_whose_log_is_red(content: Content) -> None:
    """The patient would take it up again from the sheet that was to make it easier."""

    def read(now: Evaluation, plan: PlanOfCare) -> str:
        note = note_of(now, content, assess(now, content), plan, clinic_of(Settings()))
        pages = pypdfium2.PdfDocument(handout_pdf(note, "en"))
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())

    given = PlanEdit("swap", "QC01", to="QO02")
    for told, named in ((went_badly("QO02"), False), (was_enough("QO02"), True)):
        now = later(content, told).with_plan_edit(PlanEdit("swap", "QC01", to="QO01"))
        assert ("Harder: Straight leg lift" in read(now, judged(now, given)[1])) == named


def test_a_stretch_that_is_long_enough_needs_fewer_days(content: Content) -> None:
    plan, _ = applied(later(content, went_well("FL03"), base="ex2"), base="ex2")
    assert one(plan, "FL03").dose.days_per_week == 3


def test_a_changed_log_takes_the_place_of_the_advice_that_was_applied(content: Content) -> None:
    visit = later(content, went_badly("QC01"))
    _, edits = applied(visit)
    corrected = visit.with_plan_edit(*edits).with_exercise_log(was_enough("QC01"))
    plan, _ = applied(corrected)
    assert "QC01" in ids(plan)
    assert "QC03" not in ids(plan)


@pytest.mark.parametrize(
    ("tellings", "stands"),
    [
        ((went_well, went_badly, went_well), "HA02"),
        ((went_well, went_badly, was_enough), "HA01"),
        ((went_well, went_badly, went_well, went_badly, was_enough, went_badly), "HA04"),
    ],
)
def test_however_often_the_log_is_corrected_one_exercise_of_the_ladder_stands(
    content: Content, tellings: tuple[Callable[[str], ExerciseLog], ...], stands: str
) -> None:
    visit = later(content)
    before, _ = applied(visit)
    for told in tellings:
        visit = visit.with_exercise_log(told("HA01"))
        plan, edits = applied(visit)
        visit = visit.with_plan_edit(*edits)
    assert sorted(ids(plan)) == sorted(stands if each == "HA01" else each for each in ids(before))


def test_advice_on_an_exercise_that_was_swapped_to_and_fro_and_taken_out_adds_it(content: Content) -> None:
    visit = later(content)
    for told in (went_well, went_badly, went_well):
        visit = visit.with_exercise_log(told("HA01"))
        visit = visit.with_plan_edit(*applied(visit)[1])
    visit = visit.with_plan_edit(PlanEdit("drop", "HA02"))
    plan, edits = applied(visit)
    assert edits == (PlanEdit("add", "HA02"),)
    assert {"HA01", "HA02", "HA04"} & set(ids(plan)) == {"HA02"}


def test_a_step_that_the_next_phase_proposes_itself_is_no_longer_told_as_unfit(content: Content) -> None:
    visit = later(content, went_well("HA01"))
    _, edits = applied(visit)
    _, plan = judged(visit.with_plan_edit(*edits).with_answer("plan-phase", "2"))
    assert "HA02" in ids(plan)
    assert plan.left_out == ()


LOGS_OF_PHASE_2 = (went_badly("HA02"), was_enough("QO03"), went_well("HE02"), went_well("QC02"))


def in_phase_2(content: Content) -> tuple[Visit, ...]:
    return visits_of((read_case(CASES / "ex1.toml", content).with_answer("plan-phase", "2"),))


def looked_back(now: Evaluation, content: Content) -> tuple[FollowUp, PlanOfCare]:
    visits = in_phase_2(content)
    assessment = assess(now, content)
    found = follow_up(visits, now, assessment, content)
    assert found is not None
    plan = plan_of_care(now, assessment, content, episode_of(visits), found.exercises)
    assert isinstance(plan, PlanOfCare)
    return found, plan


@pytest.mark.parametrize("order", ["applied, then gone on", "gone on, then applied"])
def test_where_the_phase_goes_on_only_what_is_held_stays_of_the_advice(content: Content, order: str) -> None:
    """The new phase has its own exercises: what was to be made harder or easier in the last one ends with it."""
    now = later(content, *LOGS_OF_PHASE_2)
    if order == "gone on, then applied":
        now = now.with_answer("plan-phase", "3")
    found, plan = looked_back(now, content)
    now = now.with_plan_edit(*edits_of_all(found.exercises, plan, now.plan_edits)).with_answer(
        "plan-phase", "3"
    )
    found, plan = looked_back(now, content)
    proposed = ids(looked_back(later(content).with_answer("plan-phase", "3"), content)[1])
    assert set(ids(plan)) == {*proposed, "QO03"}
    assert edits_of_all(found.exercises, plan, now.plan_edits) == ()
    past = {each.planned.exercise.id: is_past(each, plan, now.plan_edits) for each in found.exercises}
    assert past == {"HA02": True, "QO03": False, "HE02": True, "QC02": True}


def test_what_is_harder_than_an_exercise_with_a_red_log_is_pointed_out(content: Content) -> None:
    now = later(content, went_badly("HA01"))
    found, plan = judged(now)
    asked = "Easier: Supine hip abduction isometric (belt press-out), or half the sets for 1 week."
    easy, hard = (content.exercises[each].name for each in ("HA01", "HA02"))
    assert f"{easy} stands in the plan as before, and its log is red. {asked}" in plan.warnings
    eased = now.with_plan_edit(*edits_of_all(found.exercises, plan, ()))
    assert not any("red" in words for words in judged(eased)[1].warnings)
    halved = now.with_plan_edit(PlanEdit("dose", "HA01", field="sets", value=2))
    assert not any("red" in words for words in judged(halved)[1].warnings)
    gone_on = judged(eased.with_answer("plan-phase", "2"))[1]
    assert f"{hard} is harder than {easy}, of which the log is red. {asked}" in gone_on.warnings
    held = judged(later(content, was_enough("HA01")).with_answer("plan-phase", "2"))[1]
    assert (
        f"{hard} is harder than {easy}, of which the log is amber. Repeat the dose, or ease it."
        in held.warnings
    )


def test_a_change_that_no_longer_fits_does_not_stand_in_the_note(content: Content) -> None:
    now = later(content, went_well("HE02"))
    found, plan = looked_back(now, content)
    now = now.with_plan_edit(*edits_of_all(found.exercises, plan, ())).with_answer("plan-phase", "3")
    _, plan = looked_back(now, content)
    assert plan.left_out == ("the load of Clamshell with band one step on",)
    told = note_text(note_of(now, content, assess(now, content), plan, clinic_of(Settings())))
    assert "left out" not in told


def test_a_load_that_grows_on_what_was_put_back_is_in_the_plan(content: Content) -> None:
    now = later(content, went_well("HE02")).with_answer("plan-phase", "2")
    found, plan = looked_back(now, content)
    [load] = edits_of_all(found.exercises, plan, ())
    now = now.with_plan_edit(load, PlanEdit("drop", "HE02"))
    found, plan = looked_back(now, content)
    now = now.with_plan_edit(*edits_of_all(found.exercises, plan, now.plan_edits))
    found, plan = looked_back(now, content)
    assert one(plan, "HE02").load_step == load.reason
    assert edits_of_all(found.exercises, plan, now.plan_edits) == ()
    assert plan.left_out == ()


def test_nothing_is_asked_of_the_plan_while_the_log_does_not_say_enough(content: Content) -> None:
    found, plan = judged(later(content, ExerciseLog("HA01", pain=1)))
    assert edits_of_all(found.exercises, plan, ()) == ()


# ---------------------------------------------------------------- in the window


@pytest.fixture
def page(opened: Any, content: Content, tmp_path: Path) -> Iterator[PlanPage]:
    with Store(tmp_path / "records.db", KEYS) as store:
        first = read_case(CASES / "ex1.toml", content)
        logs = (went_well("HA01"), was_enough("HE01"), went_badly("QC01"))
        visit = replace(later(content, *logs), episode_id=first.episode_id, patient=first.patient)
        for each in (first, visit):
            store.save(each)
        session = EvaluationSession(visit, content, store, Settings(therapist_name="A. Chen, PT"))
        plan = opened(PlanPage(session))
        session.changed.connect(plan.refresh)
        plan.refresh()
        yield plan


def row_of(page: PlanPage, exercise: str) -> ExerciseLogRow:
    assert page.look_back is not None
    return page.look_back.rows[exercise]


def test_what_follows_from_a_number_waits_until_the_mouse_that_left_its_field_is_released(
    page: PlanPage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    """A line that came between press and release squeezed the boxes for a moment, and the click was lost."""
    row = row_of(page, "HX01")
    with monkeypatch.context() as pressed:
        pressed.setattr(QApplication, "mouseButtons", lambda: Qt.MouseButton.LeftButton)
        page.session.log_exercise(ExerciseLog("HX01", pain=1))
        assert "Not decided yet" in row.says.text()
        assert row.says.isHidden()
    qtbot.waitUntil(row.says.isVisible)


def in_plan(page: PlanPage) -> list[str]:
    assert isinstance(page.session.plan, PlanOfCare)
    return ids(page.session.plan)


def test_one_key_applies_the_advice_and_the_button_says_what_it_does(page: PlanPage) -> None:
    row = row_of(page, "HA01")
    assert row.apply.accessibleName() == (
        "Side-lying hip abduction (straight-leg raise): apply, next exercise: "
        "Side-lying hip abduction with band or ankle weight, which is for phases 2 to 3."
    )
    row.apply.setFocus()
    QTest.keyClick(row.apply, Qt.Key.Key_Space)
    assert "HA02" in in_plan(page)
    assert row.apply.isHidden()
    assert not page.back.isHidden()
    assert not row_of(page, "HE01").apply.isHidden()


def test_f7_applies_the_advice_on_the_exercise_the_keyboard_is_on(page: PlanPage) -> None:
    row = row_of(page, "QC01")
    pain = row.fields["pain"]
    assert isinstance(pain, NumberField)
    pain.edit.setFocus()
    pain.edit.selectAll()
    QTest.keyClicks(pain.edit, "6")  # typed and not told yet
    QTest.keyClick(pain.edit, Qt.Key.Key_F7)
    assert page.session.evaluation.exercise_log[-1].pain == 6
    assert "QC03" in in_plan(page)
    assert "HA02" not in in_plan(page)


def test_all_advice_is_applied_as_one_act_and_taken_back_as_one(page: PlanPage) -> None:
    before = in_plan(page)
    assert page.look_back is not None
    page.look_back.apply_all.click()
    assert {"HA02", "QC03", "HE01"} <= set(in_plan(page))
    assert page.look_back.apply_all.isHidden()
    page.session.undo()
    assert in_plan(page) == before
    QTest.keyClick(page, Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    assert "HA02" in in_plan(page)
    page.back.click()
    assert in_plan(page) == before
    assert not page.look_back.apply_all.isHidden()


def test_what_was_applied_survives_other_answers_and_stands_in_the_note(page: PlanPage) -> None:
    assert page.look_back is not None
    page.look_back.apply_all.click()
    page.session.answer("akps-total", 90.0)
    assert "HA02" in in_plan(page)
    plan = page.session.note().plan
    assert plan is not None
    stepped = next(exercise for exercise in plan.exercises if exercise.id == "HA02")
    assert stepped.edited
    assert stepped.because[0].text == "chosen by the therapist: progress, PC5"


def test_a_row_says_that_its_exercise_ends_with_the_phase_and_the_card_names_the_red_log(
    page: PlanPage,
) -> None:
    assert page.look_back is not None
    page.look_back.apply_all.click()
    assert "in the plan" in words(row_of(page, "QC01"))
    page.look_back.go_on.click()
    gone = [each for each in page.look_back.rows.values() if "ends with phase 1" in words(each)]
    assert [each.id for each in gone] == ["QC01"]
    assert "; a red log asks for less: Mini-squat" in words(page.look_back)
    told = note_text(page.session.note())
    assert "A red log asks for less: Mini-squat" in told
    assert "left out" not in told


def test_a_signed_visit_offers_nothing_to_apply(page: PlanPage) -> None:
    page.session.sign()
    page.refresh()
    assert page.look_back is not None
    assert page.look_back.apply_all.isHidden()
    assert row_of(page, "HA01").apply.isHidden()
    QTest.keyClick(page, Qt.Key.Key_F7, Qt.KeyboardModifier.ShiftModifier)
    assert page.session.evaluation.plan_edits == ()


def test_a_plan_says_which_exercises_of_the_last_one_end(content: Content) -> None:
    given = PlanEdit("add", exercise="QO02", reason="she does it well")
    _, plan = judged(later(content), given)
    name = content.exercises["QO02"].name
    assert name in plan.ended
    assert not {one.exercise.name for one in plan.exercises} & set(plan.ended)
    again = later(content).with_plan_edit(given)
    assert name not in judged(again, given)[1].ended
    out = again.with_plan_edit(PlanEdit("drop", exercise="QO02", reason="sore"))
    assert name not in judged(out, given)[1].ended, "what the therapist took out is told with its reason"
    now = later(content)
    note = note_of(now, content, assess(now, content), plan, clinic_of(Settings()))
    assert f"Ended from the last plan: {'; '.join(plan.ended)}" in " ".join(note_text(note).split())


DROP, ADD = PlanEdit("drop", "HA01", reason="sore"), PlanEdit("add", "QO02")
EASIER, AND_BACK = PlanEdit("swap", "QC01", to="QO02"), PlanEdit("swap", "QO02", to="QC01")


@pytest.mark.parametrize(
    ("last", "again"),
    [
        ((), ()),
        ((DROP,), (DROP,)),
        ((DROP, PlanEdit("add", "HA01")), ()),
        ((ADD,), (ADD,)),
        ((ADD, PlanEdit("drop", "QO02")), ()),
        ((EASIER,), (EASIER,)),
        ((EASIER, AND_BACK), ()),
        ((PlanEdit("swap", "HA04", to="HA01"), PlanEdit("swap", "HA01", to="HA04")), ()),
        ((PlanEdit("swap", "HA02", to="HA01"),), ()),  # today's plan says the same
        ((PlanEdit("swap", "QC01", to="HA01"),), (PlanEdit("drop", "QC01"),)),
        ((PlanEdit("swap", "QC03", to="QO02"),), (ADD,)),
        ((PlanEdit("dose", "HA01", field="sets", value=1), DROP), (DROP,)),
        ((PlanEdit("dose", "HA01", field="sets", value=3),), ()),
        ((PlanEdit("load", "HA01", reason="0.5 kg more"), PlanEdit("lock", "HA01")), ()),
        ((PlanEdit("add", "gone"), PlanEdit("swap", "QC01", to="gone")), ()),
        ((PlanEdit("visits", field="weeks_1", value=3),), ()),
    ],
)
def test_the_last_decisions_are_those_which_the_plan_of_today_does_not_hold(
    content: Content, last: tuple[PlanEdit, ...], again: tuple[PlanEdit, ...]
) -> None:
    _, plan = judged(later(content))
    assert {"HA01", "QC01"} <= {one.exercise.id for one in plan.exercises}
    assert one(plan, "HA01").dose.sets == 3
    assert as_last_time(last, (), plan.exercises, content.exercises) == again
    for one_edit in again:
        assert as_last_time(last, (one_edit,), plan.exercises, content.exercises) == ()


def test_what_was_taken_out_last_time_is_told_where_it_comes_back_one_step_harder(content: Content) -> None:
    _, plan = judged(later(content))
    easier = content.exercises["HA01"].easier
    assert easier is not None
    assert easier not in {one.exercise.id for one in plan.exercises}
    gone = PlanEdit("drop", easier, reason="hurts her back")
    name = content.exercises[easier].name
    as_gone = PlanEdit("drop", "HA01", reason=f"as {name}: hurts her back")
    assert as_last_time((gone,), (), plan.exercises, content.exercises) == (as_gone,)
    assert as_last_time((gone,), (as_gone,), plan.exercises, content.exercises) == ()
    assert as_last_time((gone,), (), plan.exercises, content.exercises, {"HA01"}) == (), "she did both"
    put_back = (gone, PlanEdit("add", easier))
    [again] = as_last_time(put_back, (), plan.exercises, content.exercises, {easier})
    assert again.kind == "add"


def test_what_is_forbidden_at_the_end_of_care_is_not_gone_on_with(content: Content) -> None:
    first = read_case(CASES / "ex1.toml", content).with_plan_edit(PlanEdit("swap", "HX01", to="HX04"))
    now = replace(later(content, weeks=12), kind="discharge")
    plans = []
    for evaluation in (now, now.with_answer("back-bad", "yes")):
        plan = plan_of_care(evaluation, assess(evaluation, content), content, episode_of(visits_of((first,))))
        assert isinstance(plan, PlanOfCare)
        plans.append(plan)
    before, after = plans
    assert set(ids(before)) - set(ids(after)) == {"HX04"}
    [why] = [one.why for one in after.refused if one.exercise_id == "HX04"]
    assert "bends backward" in why


def test_the_distance_that_the_therapist_set_last_time_is_told_where_the_patients_own_is_proposed_again(
    content: Content,
) -> None:
    _, plan = judged(later(content, base="ex2"), base="ex2")
    [running] = [goal for goal in plan.goals if goal.id == "G10b"]
    assert running.long == 45
    forty = PlanEdit("goal-target", goal="G10b", field="long", value=40)
    short = PlanEdit("goal-target", goal="G10b", field="short", value=25)
    assert goals_as_last_time((short, forty), (), plan.goals, content) == (forty,)
    assert goals_as_last_time((forty,), (forty,), plan.goals, content) == (), "decided today"
    reached = PlanEdit("goal-target", goal="G10b", field="long", value=15)
    assert goals_as_last_time((reached,), (), plan.goals, content) == ()
    assert in_words((forty,), content.exercises, plan.goals) == (
        "goal Running distance without a flare 40 km a week at the end of the plan",
    )


def test_what_is_taken_out_stays_out_when_the_next_phase_has_it_one_step_harder(content: Content) -> None:
    """The plan had announced a next phase without it."""
    gone = PlanEdit("drop", "HE01", reason="hurts her back")
    _, before = judged(later(content).with_plan_edit(gone))
    now = later(content).with_plan_edit(gone).with_answer("plan-phase", "2")
    _, plan = judged(now)
    assert "HE02" not in {*before.next_phase, *ids(plan)}
    assert "HE02" in ids(judged(later(content).with_answer("plan-phase", "2"))[1])
    [out] = plan.taken_out
    assert out == ("HE02", "as Clamshell: hurts her back", "therapist")
    assert plan.left_out == ()
    assert "HE02" in ids(judged(now.with_plan_edit(PlanEdit("add", "HE02")))[1]), "the therapist's word"


def test_what_the_therapist_put_in_stays_when_its_easier_step_is_taken_out_after_it(content: Content) -> None:
    by_hand = (PlanEdit("add", "HE02", reason="she is ready"), PlanEdit("drop", "HE01", reason="too easy"))
    for phase in ("1", "2"):
        _, plan = judged(later(content).with_answer("plan-phase", phase).with_plan_edit(*by_hand))
        assert "HE02" in ids(plan), phase
        assert "HE01" not in ids(plan), phase


def test_a_plan_for_the_time_after_care_speaks_of_no_next_phase(content: Content) -> None:
    ends = replace(later(content, weeks=12), kind="discharge")
    assert judged(ends)[1].next_phase == ()
