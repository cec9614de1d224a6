"""A later visit in the window, in the records and on paper, as a therapist meets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import select
from windows import words

from evalassist.case_file import read_case
from evalassist.clinical.result import PlanOfCare
from evalassist.content import Content, load_content
from evalassist.documents import evaluation_note_pdf, plan_of_care_pdf
from evalassist.errors import EvalAssistError
from evalassist.evaluation import (
    Evaluation,
    ExerciseLog,
    Opinion,
    PlanEdit,
    Signature,
    VisitKind,
    out_of_place,
)
from evalassist.note import Note, NotePlan
from evalassist.note_text import note_text
from evalassist.records.models import StoredEpisode
from evalassist.records.store import Store
from evalassist.records.vault import new_keys
from evalassist.settings import Settings
from ui.evaluation_view import EvaluationView
from ui.pages.assessment import AssessmentPage
from ui.pages.plan import PlanPage
from ui.pages.review import SignPage
from ui.pages.safety import SafetyPage
from ui.pages.step import StepPage
from ui.pages.strength import StrengthPage
from ui.session import EvaluationSession
from ui.widgets.fields import NumberField
from ui.widgets.segments import SegmentedControl

KEYS = new_keys()

pytestmark = [
    pytest.mark.usefixtures("dressed"),
    pytest.mark.qt_log_ignore("This plugin does not support", extend=True),
]

CASES = Path(__file__).parent / "cases"
SETTINGS = Settings(therapist_name="A. Chen, PT", clinic_name="Riverside")
Begin = Callable[..., EvaluationSession]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "records.db", KEYS) as opened:
        yield opened


@pytest.fixture
def first(content: Content) -> Evaluation:
    return read_case(CASES / "ex1.toml", content)


def later(
    first: Evaluation, weeks: int = 4, kind: VisitKind = "re-evaluation", **answers: float
) -> Evaluation:
    """A visit some weeks after the first, with nothing answered but the screen and what is said."""
    made = Evaluation.begin(
        first.patient,
        first.sore_knee,
        first.visit_date + timedelta(weeks=weeks),
        kind=kind,
        episode_id=first.episode_id,
        answers=first.answers,
    )
    return made.with_answers({key.replace("_", "-"): value for key, value in answers.items()})


@pytest.fixture
def begin(qapp: QApplication, content: Content, store: Store, first: Evaluation) -> Begin:
    def session(visit: Evaluation, *before: Evaluation) -> EvaluationSession:
        for one in (first, *before, visit):
            store.save(one)
        return EvaluationSession(visit, content, store, SETTINGS)

    return session


# ---------------------------------------------------------------- records


def test_the_earlier_visits_of_the_episode_are_read_the_earliest_first(
    store: Store, first: Evaluation
) -> None:
    second, third, last = (later(first, weeks) for weeks in (2, 4, 8))
    other = replace(later(first, 3), episode_id="another knee", id="another")
    for visit in (third, first, last, second, other):
        store.save(visit)
    store.sign(second.signed_by(Signature("A. Chen", "", datetime(2026, 3, 16, tzinfo=UTC))), "{}")
    assert [visit.id for visit in store.earlier_visits(third)] == [first.id, second.id]
    assert store.earlier_visits(first) == ()


def test_the_log_of_the_exercises_is_kept_with_its_visit(store: Store, first: Evaluation) -> None:
    log = ExerciseLog("HA01", pain=0, settled="hour", form=False)
    visit = later(first).with_exercise_log(log)
    store.save(first)
    store.save(visit)
    assert store.load(visit.id).exercise_log == (log,)
    assert store.load(first.id).exercise_log == ()


def test_the_first_visit_stays_the_first_whichever_is_corrected(first: Evaluation) -> None:
    second, last = later(first, 2), later(first, 8, "discharge")
    day = first.visit_date
    assert (
        out_of_place("re-evaluation", day, [first]) is None
    )  # on one day the initial evaluation comes first
    assert out_of_place("re-evaluation", day - timedelta(days=1), [last, first]) is first
    assert out_of_place("initial", second.visit_date, [last, second], corrects=first) is None
    late = second.visit_date + timedelta(days=1)
    assert out_of_place("initial", late, [last, second], corrects=first) is second


def test_the_first_visit_of_a_patient_from_elsewhere_can_be_any_kind(first: Evaluation) -> None:
    second, last = later(first, 2), later(first, 8, "discharge")
    assert out_of_place("re-evaluation", first.visit_date, [last], corrects=second) is None
    assert out_of_place("re-evaluation", last.visit_date + timedelta(days=1), [last], corrects=second) is last
    assert out_of_place("discharge", first.visit_date, [second], corrects=last) is second


def test_nothing_is_the_same_as_at_a_visit_that_comes_after_it_now(first: Evaluation) -> None:
    day = first.visit_date
    visit = later(first).with_same({"nprs-worst": (6.0, day), "nprs-usual": (3.0, day + timedelta(days=14))})
    moved = visit.with_visit("re-evaluation", day + timedelta(days=7))
    assert dict(moved.same_as) == {"nprs-worst": day}
    assert moved.answers == visit.answers


def test_care_begins_with_its_earliest_visit_also_once_that_is_corrected(
    store: Store, first: Evaluation
) -> None:
    store.save(first)
    store.save(first.with_visit("initial", first.visit_date - timedelta(days=3)))
    begun = store._read(lambda db: db.scalar(select(StoredEpisode.begun_on)))
    assert begun == first.visit_date - timedelta(days=3)


# ---------------------------------------------------------------- beside the fields


def test_the_last_value_stands_beside_its_field_and_is_not_an_answer(
    opened: Any, begin: Begin, first: Evaluation, content: Content
) -> None:
    visit = later(first).without_answer("nprs-worst", "squat45-pain")
    session = begin(visit)
    page = opened(StepPage(content.steps["history"], session))
    assert "last: 6/10, Mar 2" in words(page)
    assert "nprs-worst" not in session.evaluation.answers


def test_the_last_force_stands_below_its_trials(opened: Any, begin: Begin, first: Evaluation) -> None:
    page = opened(StrengthPage(begin(later(first))))
    assert "last: best 82 N, Mar 2" in words(page)


def test_the_latest_earlier_answer_counts_with_its_own_day(begin: Begin, first: Evaluation) -> None:
    between = later(first, 2, nprs_worst=5).without_answer("akps-total")
    session = begin(later(first, 4), between)
    assert session.last_words("nprs-worst") == "last: 5/10, Mar 16"
    assert session.last_words("akps-total") == "last: 71, Mar 2"


def test_a_no_of_the_last_screen_goes_without_saying(opened: Any, begin: Begin, first: Evaluation) -> None:
    page = opened(SafetyPage(begin(later(first).without_answer("hot-joint", "locked"))))
    assert "last:" not in words(page)


def test_the_last_value_is_heard_with_its_field(
    opened: Any, begin: Begin, first: Evaluation, content: Content
) -> None:
    session = begin(later(first).without_answer("nprs-worst"))
    page = opened(StepPage(content.steps["history"], session))
    assert page.focus_item("nprs-worst")
    field = page.window().focusWidget()
    assert field is not None
    assert "last: 6/10, Mar 2." in field.accessibleDescription()
    session.answer("nprs-worst", 4.0)
    assert "real and important, better" in field.accessibleDescription()


def test_a_first_visit_looks_as_before(
    opened: Any, begin: Begin, first: Evaluation, content: Content
) -> None:
    session = begin(replace(first, id="again"))
    assert session.follow_up is None
    assessment = opened(AssessmentPage(session))
    plan = opened(PlanPage(session))
    step = opened(StepPage(content.steps["movement"], session))
    assert assessment.change is None
    assert plan.look_back is None
    assert "last:" not in words(step)
    assert "60°" not in words(step)


# ---------------------------------------------------------------- change


def test_the_change_is_told_with_both_limits_and_never_for_what_is_missing(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    visit = later(first, akps_total=82, lefs_total=63).without_answer("psfs-mean")
    page = opened(AssessmentPage(begin(visit)))
    assert page.change is not None
    told = words(page.change)
    assert "Change since Mar 2, 2026" in told
    assert "real and important, better · MDC 9, MCID 10" in told
    assert "no measurable change, within measurement error" in told
    assert "Not measured again: PSFS." in told


def test_what_is_met_can_be_disagreed_with_though_the_criteria_were_not_all_tested_again(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    """The diagnosis of the first visit stands: nothing is to be accepted, and the plan follows what is met."""
    session = begin(later(first).without_answer("ddx-hip", "ddx-lumbar"))
    page = opened(AssessmentPage(session))
    assert session.assessment.subcategories == ()
    card = page.cards["MPD"]
    assert card.opinion.isHidden()
    assert not card._disagree.isHidden()
    card._disagree.click()
    assert not session.evaluation.opinions["MPD"].accepts


def test_with_two_earlier_visits_the_therapist_chooses_since_when(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    session = begin(later(first, 4, akps_total=84), later(first, 2, akps_total=80))
    page = opened(AssessmentPage(session))
    assert page.change is not None
    assert "+13" in words(page.change)
    page.change.since.choose("last")
    assert "+4" in words(page.change)
    assert "Change since Mar 16, 2026" in words(page.change)


# ---------------------------------------------------------------- plan


def test_what_the_patient_tells_of_an_exercise_decides_it_is_kept_and_can_be_undone(
    opened: Any, begin: Begin, first: Evaluation, store: Store
) -> None:
    session = begin(later(first))
    page = opened(PlanPage(session))
    assert page.look_back is not None
    row = page.look_back.rows["HA01"]
    assert row.verdict.text() == "Not decided"
    pain, settled = row.fields["pain"], row.fields["settled"]
    assert isinstance(pain, NumberField)
    assert isinstance(settled, SegmentedControl)
    QTest.keyClicks(pain.edit, "6")
    QTest.keyClick(pain.edit, Qt.Key.Key_Return)
    assert row.verdict.text() == "Regress"
    assert "pain 6/10, above 5" in words(row).casefold()
    settled.choose("hour")
    assert store.load(session.evaluation.id).exercise_log == (ExerciseLog("HA01", pain=6, settled="hour"),)
    session.undo()
    session.undo()
    assert session.evaluation.exercise_log == ()
    assert row.verdict.text() == "Not decided"


def test_one_act_goes_on_to_the_next_phase_whatever_is_not_met(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    session = begin(later(first, squat45_pain=4, nprs_worst=4))
    page = opened(PlanPage(session))
    card = page.look_back
    assert card is not None
    assert "1 not met, 1 not known" in words(card)
    assert card.go_on.isEnabled()
    assert "45° hurts 3 or less" in card.go_on.toolTip()
    card.go_on.click()
    assert isinstance(session.plan, PlanOfCare)
    assert session.plan.phase == 2
    assert card.go_on.text() == "Stay in phase 1"
    session.undo()
    assert isinstance(session.plan, PlanOfCare)
    assert session.plan.phase == 1


def test_a_disagreement_of_the_last_visit_is_told_where_the_findings_say_it_again(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    word = Opinion(False, "she was only tired.", of="met")
    session = begin(later(first, 4), later(first, 2).with_opinion("MPD", word))
    page = opened(AssessmentPage(session))
    assert session.assessment.conclusions["mpd"].met
    assert "At the last visit you disagreed: she was only tired." in words(page.cards["MPD"])
    told = "Against the findings at the last visit, no word at this one"
    assert f"{told} Muscle performance deficits not taken (she was only tired)" in printed(session.note())
    session.say("MPD", Opinion(True))
    assert "At the last visit" not in words(page.cards["MPD"])
    assert told not in printed(session.note())


def test_a_disagreement_with_what_the_findings_no_longer_say_is_not_told(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    word = Opinion(False, "clear valgus when running", of="not met")
    page = opened(AssessmentPage(begin(later(first, 4), later(first, 2).with_opinion("MPD", word))))
    assert "At the last visit" not in words(page.cards["MPD"])


def test_a_disagreement_of_the_last_visit_is_told_where_the_findings_leave_it_open(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    word = Opinion(False, "clear valgus when running", of="not met")
    now = later(first, 4).without_answer(
        "lsd-knee.right", "sls-rating.right", "sls-knee.right", "lsd-arm.right"
    )
    session = begin(now, later(first, 2).with_opinion("MCD", word))
    assert session.assessment.conclusions["mcd"].verdict == "undecided"
    page = opened(AssessmentPage(session))
    assert "At the last visit you disagreed: clear valgus when running." in words(page.cards["MCD"])
    assert "Movement coordination deficits taken (clear valgus when running)" in printed(session.note())


def test_a_level_set_by_hand_at_the_last_visit_is_told_where_the_findings_say_the_same_again(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    word = Opinion(False, "settles at once with rest.", "LOW", of="MODERATE")
    session = begin(later(first, 4), later(first, 2).with_opinion("irritability", word))
    page = opened(AssessmentPage(session))
    assert session.assessment.irritability_found == "MODERATE"
    assert "At the last visit you set low: settles at once with rest." in words(page.irritability)
    session.say("irritability", Opinion(False, "worse since the stairs", "HIGH"))
    assert "At the last visit" not in words(page.irritability)


def test_what_was_decided_last_time_is_told_and_decided_again_with_one_act(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    second = later(first, 2).with_plan_edit(
        PlanEdit("drop", "QC01", reason="done in the clinic"),
        PlanEdit("add", "QO02", reason="she does it well"),
        PlanEdit("dose", "HA01", field="days_per_week", value=2),
    )
    session = begin(later(first, 4), second)
    page = opened(PlanPage(session))
    told = (
        "Decided last time, otherwise than in this plan: Mini-squat 0-45° taken out (done in the clinic); "
        "Straight-leg raise (supine) added (she does it well); "
        "Side-lying hip abduction (straight-leg raise) with 2 days a week."
    )
    assert told in words(page)
    page.last_time.again.click()
    assert isinstance(session.plan, PlanOfCare)
    planned = {one.exercise.id: one.dose for one in session.plan.exercises}
    assert "QC01" not in planned
    assert "QO02" in planned
    assert planned["HA01"].days_per_week == 2
    assert "Decided last time" not in words(page)
    session.undo()
    assert told in words(page), "one act, undone as one"


def test_what_was_taken_out_two_visits_ago_is_told_when_it_is_proposed_again(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    second = later(first, 2).with_plan_edit(PlanEdit("drop", "HE01", reason="hurts her back"))
    third = later(first, 4).with_answer("plan-phase", "2")
    session = begin(later(first, 6).with_answer("plan-phase", "1"), second, third)
    assert isinstance(session.plan, PlanOfCare)
    assert "HE01" in {one.exercise.id for one in session.plan.exercises}
    page = opened(PlanPage(session))
    assert "Clamshell taken out (hurts her back)" in words(page)


def test_what_went_badly_since_is_not_offered_as_last_time(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    second = later(first, 2).with_plan_edit(PlanEdit("swap", "HA01", to="HA02", reason="she asks for more"))
    session = begin(later(first, 4), second)
    page = opened(PlanPage(session))
    assert "(she asks for more)" in words(page)
    session.log_exercise(ExerciseLog("HA02", pain=7, settled="longer"))
    assert "Decided last time" not in words(page)


def test_no_next_phase_is_offered_while_irritability_is_high(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    session = begin(later(first, nprs_worst=9))
    page = opened(PlanPage(session))
    assert page.look_back is not None
    assert session.assessment.irritability == "HIGH"
    assert not page.look_back.go_on.isVisible()
    assert "irritability is high, so the plan is of phase 1" in words(page.look_back)
    session.answer("nprs-worst", 4)
    assert page.look_back.go_on.isVisible()


def test_what_was_too_sore_stays_out_where_what_stood_for_it_went_badly(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    second = later(first, 2).with_plan_edit(PlanEdit("swap", "QC01", to="QO02", reason="sore at work"))
    session = begin(later(first, 4), second)
    page = opened(PlanPage(session))
    session.log_exercise(ExerciseLog("QO02", pain=7, settled="longer"))
    assert "in this plan: Mini-squat 0-45° taken out (sore at work)." in words(page)
    assert any("Mini-squat 0-45° taken out" in each for each in page.warns())
    assert any("Mini-squat 0-45° taken out" in each for each in SignPage(session).warns())


def test_what_was_found_of_the_outlook_and_is_not_asked_again_is_told(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    long = first.with_answer("duration", 60)
    page = opened(AssessmentPage(begin(later(long).without_answer("duration"), long)))
    assert "At the first visit: longer than 12 months" in words(page)


def test_a_goal_taken_out_last_time_is_told_and_taken_out_again_with_one_act(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    second = later(first, 2).with_plan_edit(PlanEdit("goal-drop", goal="G06.habd", reason="not hers"))
    session = begin(later(first, 4), second)
    page = opened(PlanPage(session))
    told = (
        "Decided last time, otherwise than in this plan: goal Strength, hip abductors taken out (not hers)."
    )
    assert told in words(page)
    page.last_time.again.click()
    assert isinstance(session.plan, PlanOfCare)
    assert "G06.habd" not in {goal.id for goal in session.plan.goals}
    assert "Decided last time" not in words(page)


def test_a_target_of_the_last_visit_that_is_reached_is_not_told_again(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    second = later(first, 2).with_plan_edit(PlanEdit("goal-target", goal="G02", field="long", value=80))
    assert "Decided last time" not in words(opened(PlanPage(begin(later(first, 4, akps_total=84), second))))


def test_care_that_ends_leaves_the_patient_with_the_last_plan(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    second = later(first, 4).with_plan_edit(
        PlanEdit("swap", "HA01", to="HA02", reason="progress, PC5"),
        PlanEdit("dose", "HA02", field="reps", value=8),
        PlanEdit("drop", "HE01", reason="hurts her back"),
    )
    session = begin(later(first, 12, kind="discharge", nprs_worst=1), second)
    assert isinstance(session.plan, PlanOfCare)
    assert session.follow_up is not None
    last = {one.planned.exercise.id for one in session.follow_up.exercises}
    planned = {one.exercise.id: one for one in session.plan.exercises}
    assert set(planned) == last
    assert planned["HA02"].dose.reps == 8
    assert not planned["HA02"].edited
    page = opened(PlanPage(session))
    assert "Decided last time" not in words(page)
    session.edit_plan(PlanEdit("add", "HE01", reason="she asks for it"))
    assert "HE01" in {one.exercise.id for one in session.plan.exercises}


def test_what_is_decided_today_is_not_overruled_by_the_last_time(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    second = later(first, 2).with_plan_edit(PlanEdit("drop", "QC01"), PlanEdit("add", "QO02"))
    session = begin(later(first, 4), second)
    page = opened(PlanPage(session))
    session.edit_plan(PlanEdit("dose", "QC01", field="sets", value=2))
    assert "Straight-leg raise (supine) added." in words(page)
    assert "taken out" not in words(page).split("Decided last time", 1)[1].split("\n", 1)[0]
    session.edit_plan(PlanEdit("add", "QO02"), PlanEdit("drop", "QO02"))
    assert "Decided last time" not in words(page)


def test_no_benefit_after_8_weeks_says_refer_back(opened: Any, begin: Begin, first: Evaluation) -> None:
    page = opened(PlanPage(begin(later(first, 8))))
    assert page.look_back is not None
    assert "Refer back to the physician" in page.look_back.course.text()
    soon = opened(PlanPage(begin(later(first, 5))))
    assert soon.look_back is not None
    assert "from Apr 27, 2026 on, at the latest May 25, 2026" in words(soon.look_back)


def test_who_responds_is_told_where_the_visits_are_set_until_they_are(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    proposed = "Proposed as at a first visit; the last plan ran to Apr 27, 2026."
    told = f"{proposed} The patient responds: space the visits."
    session = begin(later(first, 4, nprs_worst=3, akps_total=84))
    page = opened(PlanPage(session))
    assert told in words(page)
    session.answer("akps-total", 72.0)
    assert told not in words(page), "responds in part"
    assert proposed in words(page)
    session.undo()
    assert told in words(page)
    session.edit_plan(PlanEdit("visits", field="per_week_1", value=1))
    assert proposed not in words(page)


def screened(first: Evaluation) -> Evaluation:
    """A later visit at which nothing is answered yet but the safety screen."""
    screen = {key for item in load_content().steps["safety"].items for key in item.ids}
    visit = later(first, 4)
    return visit.without_answer(*(key for key in visit.answers if key not in screen))


def test_where_no_conclusion_waits_for_a_word_the_assessment_says_so_and_offers_no_act(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    """At a later visit the diagnosis stands, and often nothing is tested again that could be accepted."""
    page = opened(AssessmentPage(session := begin(screened(first))))
    assert session.progress["assessment"].gaps == ()
    assert page.hint.text() == "the diagnosis of Mar 2, 2026 stands; nothing waits for your word now"
    assert not page._accept.isVisible()


def test_what_waits_for_a_word_can_be_accepted_at_a_later_visit_too(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    page = opened(AssessmentPage(session := begin(later(first, 4))))
    assert session.progress["assessment"].gaps == ("pfp", "MPD")
    assert page.hint.text() == "what the findings say; you decide"
    QTest.mouseClick(page._accept, Qt.MouseButton.LeftButton)
    assert session.evaluation.opinions["MPD"].accepts
    assert page._accept.isVisible()
    assert not page._accept.isEnabled()
    assert page.hint.text() == "what the findings say; you decide"


def test_discharge_criteria_stand_open_at_a_discharge(opened: Any, begin: Begin, first: Evaluation) -> None:
    page = opened(PlanPage(begin(later(first, 12, kind="discharge"))))
    assert page.look_back is not None
    assert "Upkeep plan: 3 to 4 exercises" in words(page.look_back)


def test_a_discharge_neither_advises_nor_offers_a_next_phase(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    card = opened(PlanPage(begin(later(first, 8, nprs_worst=1, akps_total=88)))).look_back
    assert card.course.text().startswith("Responds. Go on to the next phase")
    assert card.go_on.isVisible()
    session = begin(later(first, 12, kind="discharge", nprs_worst=1, akps_total=88))
    card = opened(PlanPage(session)).look_back
    assert card.course.text() == "Responds."
    assert not card.go_on.isVisible()
    for words_of_a_next_visit in ("phase", "refer back"):
        assert words_of_a_next_visit not in words(card)
    told = session.note().follow_up
    assert told is not None
    assert (told.course, told.course_says) == ("Responds", "")


def test_a_discharge_without_benefit_still_says_refer_back(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    card = opened(PlanPage(begin(later(first, 8, kind="discharge")))).look_back
    assert "Refer back to the physician" in card.course.text()


def test_the_plan_page_of_a_discharge_begins_with_why_care_ends(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    page = opened(PlanPage(begin(later(first, 12, kind="discharge"))))
    page.focus_start()
    assert page.focused_item() == "discharge-reason"


def test_a_discharge_waits_for_why_care_ends_and_no_other_visit_does(begin: Begin, first: Evaluation) -> None:
    session = begin(later(first, 12, kind="discharge"))
    assert "discharge-reason" in session.progress["plan"].gaps
    session.answer("discharge-reason", "goals")
    assert "discharge-reason" not in session.progress["plan"].gaps
    assert "discharge-reason" not in begin(later(first, 4)).progress["plan"].gaps


def test_goals_said_to_be_reached_that_are_not_are_told_where_why_care_ends_is_asked(
    opened: Any, begin: Begin, first: Evaluation
) -> None:
    session = begin(later(first, 12, kind="discharge", nprs_worst=1, akps_total=90))
    page = opened(PlanPage(session))
    assert page.discharge is not None
    assert "Does not fit" not in words(page.discharge)
    session.answer("discharge-reason", "goals")
    (doubt,) = (one for one in session.contradictions if "discharge-reason" in one.items)
    assert doubt.text.startswith("Why care ends: you chose Goals reached; goals: ")
    assert f"Does not fit: {doubt.text}" in words(page.discharge)
    assert doubt.text in page.discharge.editors["discharge-reason"].hinted()[0].accessibleDescription()
    session.answer("discharge-reason", "plateau")
    assert "Does not fit" not in words(page.discharge)
    session.undo()
    session.sign()
    assert "Does not fit" not in words(page.discharge)


# ---------------------------------------------------------------- what counts


def dark(page: StepPage) -> set[str]:
    """The items whose label says that they count."""
    rows = [row for group in page.groups for row in group.rows()]
    return {row.item.id for row in rows if row.isVisible() and row._label.property("t") != "q"}


def opened_whole(page: StepPage) -> StepPage:
    for item in page.step.items:
        page.focus_item(item.ids[0])
    QApplication.processEvents()
    return page


@pytest.mark.parametrize("step_id", ["history", "movement"])
def test_at_a_later_visit_the_labels_are_dark_of_what_it_waits_for(
    opened: Any, begin: Begin, first: Evaluation, step_id: str
) -> None:
    session = begin(screened(first))
    page = opened_whole(opened(StepPage(session.content.steps[step_id], session)))
    waits_for = {session.content.asked[item_id][0].id for item_id in session.progress[step_id].gaps}
    assert waits_for
    assert dark(page) == waits_for
    session.answer_all(
        {item_id: answer for item_id, answer in first.answers.items() if item_id in page.gaps()}
    )
    QApplication.processEvents()
    assert dark(page) >= waits_for, "what was answered does not turn grey"


def test_at_a_first_visit_the_labels_are_dark_of_all_that_is_not_optional(
    opened: Any, content: Content, store: Store, first: Evaluation
) -> None:
    blank = first.without_answer(*first.answers)
    store.save(blank)
    session = EvaluationSession(blank, content, store, SETTINGS)
    page = opened_whole(opened(StepPage(content.steps["history"], session)))
    rows = [row.item for group in page.groups for row in group.rows() if row.isVisible()]
    assert dark(page) == {item.id for item in rows if not item.optional}


# ---------------------------------------------------------------- what was signed


def signed_with(store: Store, begin: Begin, visit: Evaluation, **changes: object) -> None:
    """Sign this visit with a plan other than the rules of today would give."""
    note = begin(visit).note()
    assert note.plan is not None
    given = note.model_copy(update={"plan": note.plan.model_copy(update=changes)})
    signature = Signature("A. Chen", "", datetime(2026, 3, 2, 18, tzinfo=UTC))
    store.sign(store.load(visit.id).signed_by(signature), given.model_dump_json())


def plan_of(begin: Begin, visit: Evaluation) -> NotePlan:
    plan = begin(visit).note().plan
    assert plan is not None
    return plan


def test_a_signed_plan_is_looked_back_on_as_it_was_given_whatever_the_rules_say_today(
    opened: Any, begin: Begin, first: Evaluation, store: Store
) -> None:
    abduction, *_ = plan_of(begin, first).exercises
    given = abduction.model_copy(update={"sets": 5, "reps": 7, "hold_s": 4, "name": "Leg lift on the side"})
    pain = plan_of(begin, first).goals[0].model_copy(update={"short": "5 /10", "long": "1 /10"})
    signed_with(store, begin, first, exercises=(given,), phase=3, pain_cap=5, goals=(pain,))
    session = EvaluationSession(_kept(store, later(first)), load_content(), store, SETTINGS)
    page = opened(PlanPage(session))
    assert page.look_back is not None
    assert list(page.look_back.rows) == ["HA01"]
    told = words(page.look_back)
    assert "Leg lift on the side · 5 × 7, hold 4 s" in told
    assert "TO LEAVE PHASE 3" in told
    assert "Worst pain 6/10, aim 5/10, then 1/10 (now 6/10, not met)" in told
    assert "Worst pain 6/10, aim 5/10, then 1/10 (now 6/10, not met)" in printed(session.note())
    session.log_exercise(ExerciseLog("HA01", pain=5))
    assert session.follow_up is not None
    assert session.follow_up.exercises[0].in_cap  # the limit of that plan, not of today's rules
    assert isinstance(session.plan, PlanOfCare)
    assert session.plan.phase == 3


@pytest.mark.parametrize(
    ("load", "says", "grows"),
    [
        ("LR2", "One step on. Choose the band", "the next band color"),
        ("LR99", "One step on.", ""),  # a rule that this release no longer holds
    ],
)
def test_an_exercise_goes_on_from_the_load_it_was_signed_with(
    begin: Begin, first: Evaluation, store: Store, load: str, says: str, grows: str
) -> None:
    signed = plan_of(begin, first).exercises
    squat = next(one for one in signed if one.id == "QC01").model_copy(update={"load": load})
    signed_with(store, begin, first, exercises=(squat,))
    session = EvaluationSession(_kept(store, later(first)), load_content(), store, SETTINGS)
    easy = ExerciseLog("QC01", pain=1, settled="hour", sets=3, reps=15, effort=4, form=True, twice=True)
    session.log_exercise(easy)
    assert session.follow_up is not None
    (course,) = session.follow_up.exercises
    assert course.says.startswith(says)
    assert course.says == course.says.strip()
    assert course.load == grows


def test_a_signed_visit_without_a_plan_gave_none(begin: Begin, first: Evaluation, store: Store) -> None:
    note = begin(first).note().model_copy(update={"plan": None})
    signature = Signature("A. Chen", "", datetime(2026, 3, 2, 18, tzinfo=UTC))
    store.sign(store.load(first.id).signed_by(signature), note.model_dump_json())
    session = EvaluationSession(_kept(store, later(first)), load_content(), store, SETTINGS)
    assert session.follow_up is not None
    assert session.follow_up.exercises == ()
    assert session.follow_up.phase_in_force is None


def test_a_draft_is_judged_again(begin: Begin, first: Evaluation) -> None:
    session = begin(later(first))
    assert session.follow_up is not None
    assert [one.planned.dose.sets for one in session.follow_up.exercises] == [3, 3, 3, 3]


def test_an_exercise_that_this_release_no_longer_holds_is_named(
    opened: Any, begin: Begin, first: Evaluation, store: Store
) -> None:
    abduction, clamshell, *_ = plan_of(begin, first).exercises
    gone = clamshell.model_copy(update={"id": "ZZ99", "name": "Old clamshell"})
    signed_with(store, begin, first, exercises=(abduction, gone))
    session = EvaluationSession(_kept(store, later(first)), load_content(), store, SETTINGS)
    page = opened(PlanPage(session))
    assert page.look_back is not None
    assert "no longer in this release: Old clamshell" in words(page.look_back)


def test_a_signed_note_that_cannot_be_read_is_said_in_one_sentence(store: Store, first: Evaluation) -> None:
    store.save(first)
    store.sign(first.signed_by(Signature("A. Chen", "", datetime(2026, 3, 2, tzinfo=UTC))), "{}")
    with pytest.raises(EvalAssistError, match="cannot be read"):
        EvaluationSession(_kept(store, later(first)), load_content(), store, SETTINGS)


def _kept(store: Store, visit: Evaluation) -> Evaluation:
    store.save(visit)
    return visit


# ---------------------------------------------------------------- clocks


def medicare(visit: Evaluation) -> Evaluation:
    return visit.with_answers({"medicare": "yes", "order-on-file": "yes"})


def test_the_clocks_of_a_later_visit_count_from_the_signed_plan(
    opened: Any, begin: Begin, first: Evaluation, store: Store
) -> None:
    signed_with(store, begin, medicare(first), certification_ends=date(2026, 4, 13))
    session = EvaluationSession(_kept(store, medicare(later(first))), load_content(), store, SETTINGS)
    assert isinstance(session.plan, PlanOfCare)
    assert session.plan.certification.due == date(2026, 4, 13)
    page = opened(PlanPage(session))
    assert "Recertify by\nApr 13, 2026" in words(page)
    assert "Then certified until\nMay 25, 2026" in words(page)
    assert "treatment day 10, in the week before Apr 6, 2026" in words(page)
    assert "sign and date it by April 13, 2026" in printed(session.note())


def test_after_the_certification_has_ended_screen_and_papers_say_so_and_ask_for_the_signature(
    opened: Any, begin: Begin, first: Evaluation, store: Store
) -> None:
    signed_with(store, begin, medicare(first), certification_ends=date(2026, 3, 23))
    session = EvaluationSession(_kept(store, medicare(later(first))), load_content(), store, SETTINGS)
    page = opened(PlanPage(session))
    assert "Certification ended\nMar 23, 2026" in words(page)
    assert "Recertify by" not in words(page)
    note = session.note()
    assert "sign and date it (the certification ended on March 23, 2026)" in printed(note)
    assert "physician or NPP, where needed" in note_text(note)
    paper = printed(note, plan_of_care_pdf)
    assert "The certification ended on March 23, 2026: this recertification needs a signature." in paper
    assert "due by March 23" not in paper


def test_a_note_signed_before_the_days_were_kept_counts_them_evenly(
    begin: Begin, first: Evaluation, store: Store
) -> None:
    signed_with(store, begin, medicare(first), treatment_weeks=(), certification_starts=None)
    session = EvaluationSession(_kept(store, medicare(later(first, 8))), load_content(), store, SETTINGS)
    assert session.episode is not None
    assert session.episode.days_before(date(2026, 3, 30)) == 6  # 12 days in 8 weeks, 4 of them over
    assert session.episode.plan is not None
    assert session.episode.plan.certified_from == date(2026, 3, 2)


# ---------------------------------------------------------------- note


def printed(note: Note, paper: Callable[[Note], bytes] = evaluation_note_pdf) -> str:
    with pypdfium2.PdfDocument(BytesIO(paper(note))) as pdf:
        text = " ".join(page.get_textpage().get_text_bounded() for page in pdf)
    return " ".join(text.split())


def test_the_note_of_a_later_visit_tells_the_change_and_is_signed_with_it(
    begin: Begin, first: Evaluation
) -> None:
    session = begin(later(first, akps_total=82).with_exercise_log(ExerciseLog("HA01", pain=7)))
    paper = printed(session.note())
    assert "Change since the last visit" in paper
    assert "real and important, better" in paper
    assert "regress. Easier: Supine hip abduction" in paper
    assert "To leave phase 1" in paper
    text = " ".join(note_text(session.note()).split())
    assert "AKPS: 71/100, now 82/100 (+11): real and important, better [MDC 9, MCID 10]" in text
    assert "regress. Easier: Supine hip abduction" in text
    session.sign()
    signed = session.note()
    assert signed.follow_up is not None
    assert signed.follow_up.exercises[0].move == "regress"
    assert "Change since the last visit" in printed(signed)


def test_a_discharge_note_says_which_criteria_are_met(begin: Begin, first: Evaluation) -> None:
    visit = later(first, 12, kind="discharge", akps_total=82).with_answer("upkeep-plan", "yes")
    note = begin(visit).note()
    assert note.follow_up is not None
    assert note.follow_up.exits == ()
    states = {one.says.partition(":")[0]: one.state for one in note.follow_up.discharge}
    assert states["Upkeep plan"] == "met"
    assert "Discharge criteria" in printed(note)


@pytest.mark.parametrize(("kind", "seen"), [("discharge", True), ("re-evaluation", False)])
def test_what_the_discharge_criteria_ask_is_seen_at_a_discharge(
    opened: Any, begin: Begin, first: Evaluation, content: Content, kind: VisitKind, seen: bool
) -> None:
    session = begin(later(first, 12, kind=kind))
    page = opened(StepPage(content.steps["questionnaires"], session))
    assert ("Upkeep plan agreed" in words(page)) is seen


def test_f8_leads_to_what_the_discharge_criteria_ask(qtbot: Any, begin: Begin, first: Evaluation) -> None:
    view = EvaluationView(begin(later(first, 12, kind="discharge", log_percent=80)))
    qtbot.addWidget(view, before_close_func=lambda one: one.close_view())
    view.show_step("questionnaires")
    with qtbot.waitExposed(view):
        view.show()
    view.activateWindow()
    view.go_to("log-percent")
    went = []
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_F8)
        went.append(view.focused_item())
    assert went == ["quiet-two-weeks", "home-independent", "upkeep-plan"]


def test_a_note_of_a_first_visit_has_no_such_part(begin: Begin, first: Evaluation) -> None:
    note = begin(replace(first, id="again")).note()
    assert note.follow_up is None
    assert "Change since" not in printed(note)


def test_a_note_signed_before_this_part_existed_is_still_read(begin: Begin, first: Evaluation) -> None:
    old = begin(replace(first, id="again")).note().model_dump()
    del old["follow_up"]
    assert Note.model_validate(old).follow_up is None


def test_the_day_of_the_visit_decides_what_is_earlier(store: Store, first: Evaluation) -> None:
    same_day = replace(later(first, 0), id="same day")
    store.save(first)
    store.save(same_day)
    assert [visit.id for visit in store.earlier_visits(same_day)] == [first.id]
    assert store.earlier_visits(replace(same_day, visit_date=date(2026, 3, 1))) == ()
    store.save(same_day)
    nothing_yet = replace(same_day, id="begun by mistake", visit_date=date(2026, 3, 3), answers={})
    store.save(nothing_yet)
    assert nothing_yet.id not in {visit.id for visit in store.earlier_visits(later(first, 4))}
    last = replace(same_day, id="the last", kind="discharge")
    assert [visit.id for visit in store.earlier_visits(last)] == [first.id, same_day.id]
