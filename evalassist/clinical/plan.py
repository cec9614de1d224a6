"""From findings to a plan of care: stops, phase, slots, dose, advice, goals; the therapist's edits come last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evalassist.clinical.advice import advice
from evalassist.clinical.case import PHASE_ITEM, Case, Log, PlanContent, case_of, in_next_phase
from evalassist.clinical.codes import codes_of, complexity_of, short_of_minutes, unfitting_codes
from evalassist.clinical.dosing import dose_for, session_minutes, side_for
from evalassist.clinical.edits import apply_edits, hard_checks, taken_out, untrained
from evalassist.clinical.given import SoFar, held_open
from evalassist.clinical.goals import goals_of
from evalassist.clinical.progression import ExerciseCourse, against_the_log
from evalassist.clinical.red_flags import found_in
from evalassist.clinical.refusals import refusals
from evalassist.clinical.result import (
    Assessment,
    Certification,
    Conclusion,
    NoPlan,
    PlannedExercise,
    PlanOfCare,
    Reason,
    Refusal,
    Schedule,
    Verdict,
)
from evalassist.clinical.schedule import certification_of, day_in_words, record_facts, schedule_of
from evalassist.clinical.slots import Placed, choose, slot_list
from evalassist.evaluation import Evaluation, ItemId
from evalassist.words import upper_first

LAST_PHASE = 4


def plan_of_care(
    evaluation: Evaluation,
    assessment: Assessment,
    content: PlanContent,
    episode: SoFar | None = None,
    courses: Sequence[ExerciseCourse] = (),
) -> PlanOfCare | NoPlan:
    """The plan the findings lead to, with a reason for every exercise in it and every one left out.

    `episode` is what the earlier visits leave to a later one: it goes on in the phase of the last plan, and its
    clocks count from the day care began. `courses` is how the exercises of the last plan went.
    """
    stopped = _stop(evaluation, assessment, content, stands=diagnosis_stands(assessment, content, episode))
    if stopped is not None:
        return stopped
    if episode is not None and (open_ := _held_open(evaluation, content, episode)):
        return NoPlan("What limited the last plan is not asked yet at this visit.", open_)
    if assessment.irritability is None:
        return NoPlan(
            "Worst pain is not recorded, so irritability is not known.", assessment.irritability_missing
        )
    case = case_of(
        evaluation, assessment, content, assessment.irritability, episode.phase if episode else None, episode
    )
    log = Log()
    placed = () if _after_surgery(assessment) else choose(case, log)
    refused = refusals(case, placed, log)
    proposed = _goes_on(case, episode) or [_planned(case, entry) for entry in placed]
    edited = apply_edits(case, proposed, evaluation.plan_edits)
    schedule = schedule_of(case, evaluation.plan_edits, episode)
    goals = goals_of(case, schedule, evaluation.plan_edits, episode)
    certification = certification_of(case, schedule, goals.stand, episode)
    in_plan = [one.exercise.id for one in edited.exercises]
    out = taken_out(edited)
    complexity = complexity_of(case)
    codes, session = codes_of(case, in_plan, complexity)
    ends = evaluation.kind == "discharge"
    warnings = (
        *against_the_log(courses, edited.exercises, case.exercises),
        *hard_checks(case, edited.exercises, evaluation.plan_edits),
        *untrained(case, proposed, edited.exercises),
        *edited.warnings,
        *_restrictions(assessment),
        *(() if ends else schedule.warnings),
        *(() if ends else _past_the_certification(schedule, certification)),
        *(() if ends else goals.warnings),
        *(_upkeep(case, edited.exercises) if case.keeps_up else ()),
        *unfitting_codes(codes),
        *short_of_minutes(codes, session),
    )
    return PlanOfCare(
        phase=case.phase,
        pain_cap=case.cap,
        effort=case.row.effort,
        exercises=edited.exercises,
        see=slot_list(case).see if placed else (),
        next_phase=_next_phase(case, out, in_plan) if placed and not ends else (),
        hip_order=case.hip_order,
        education=advice(case, "education"),
        running=advice(case, "running"),
        load_advice=advice(case, "load"),
        adjuncts=advice(case, "adjuncts"),
        not_advised=advice(case, "not-advised"),
        goals=goals.stand,
        dropped_goals=goals.dropped,
        taken_out=out,
        eased=tuple(course.planned.exercise.id for course in courses if course.move == "regress"),
        ended=_ended(episode, {*in_plan, *(refusal.exercise_id for refusal in out)}),
        schedule=schedule,
        certification=certification,
        codes=codes,
        complexity=complexity,
        session=session,
        refused=_refused(refused, edited.dropped, in_plan),
        warnings=warnings,
        left_out=(*edited.left_out, *goals.left_out),
        precautions=_precautions(case, assessment),
        record_facts=record_facts(case),
        not_decided=_not_decided(assessment, log),
        minutes=session_minutes(edited.exercises),
    )


def diagnosis_stands(assessment: Assessment, content: PlanContent, episode: SoFar | None) -> bool:
    """Whether the diagnosis of the last plan carries this one, because the criteria were not all tested again.

    What is not asked again does not end a plan, nor does a knee that no longer hurts when it is loaded; another cause
    that is no longer ruled out does, and so does pain in another place.
    """
    if episode is None or episode.plan is None or assessment.pfp is Verdict.MET:
        return False
    failed = {one.id for one in assessment.criteria if one.verdict is Verdict.NOT_MET}
    return failed <= set(content.plan.stands_without)


def _stop(
    evaluation: Evaluation, assessment: Assessment, content: PlanContent, *, stands: bool
) -> NoPlan | None:
    """Reasons for which there is no plan: stopped, screen open, not patellofemoral pain, surgery."""
    if assessment.stopped:
        flags = assessment.stops
        words = " ".join(flag.rule.says for flag in flags)
        stop = f"{found_in(flags, content)} stops the plan"
        return NoPlan(f"{assessment.action}: {stop}. {words}".strip(), _because(flags))
    if assessment.action is None:
        return NoPlan("The safety screen is not finished.", _missing(assessment.open_flags))
    if assessment.pfp is Verdict.NOT_MET and not stands:
        failed = [criterion for criterion in assessment.criteria if criterion.verdict is Verdict.NOT_MET]
        words = "; ".join(
            f"{one.rule.title} ({', '.join(reason.text for reason in one.reasons)})" for one in failed
        )
        return NoPlan(f"The criteria of patellofemoral pain are not met: {words}.", _because(failed))
    if assessment.pfp is Verdict.UNDECIDED and not stands:
        open_criteria = [one for one in assessment.criteria if one.verdict is Verdict.UNDECIDED]
        names = "; ".join(criterion.rule.title for criterion in open_criteria)
        return NoPlan(
            f"The criteria of patellofemoral pain are not decided: {names}.", _missing(open_criteria)
        )
    if assessment.disagrees("pfp"):
        why = assessment.opinions["pfp"].reason
        return NoPlan(
            f"You do not agree with patellofemoral pain{f': {why}' if why else ''}. No plan is proposed."
        )
    if _after_surgery(assessment) and not any(edit.kind == "add" for edit in evaluation.plan_edits):
        why = "Surgery, cleared by the surgeon: nothing is proposed. Pick the exercises by hand."
        return NoPlan(" ".join((why, *_restrictions(assessment))), ("surgeon-cleared",))
    return None


def _upkeep(case: Case, exercises: tuple[PlannedExercise, ...]) -> Iterator[str]:
    """The sheet must not ask for more than what is agreed for the time after care."""
    days, most = case.rules.upkeep_days, case.rules.upkeep_exercises
    if len(exercises) > most:
        yield f"An upkeep plan of at most {most} exercises is agreed, and {len(exercises)} stand here: take some out."
    if any(one.dose.days_per_week > days for one in exercises):
        yield f"An upkeep plan on {days} days a week is agreed, and exercises stand here on more days."


def _held_open(evaluation: Evaluation, content: PlanContent, episode: SoFar) -> tuple[ItemId, ...]:
    holds = content.plan.holds
    return held_open(holds.stops, holds, episode.answers, evaluation.answers)


def _missing(conclusions: tuple[Conclusion, ...] | list[Conclusion]) -> tuple[ItemId, ...]:
    return tuple(dict.fromkeys(item for conclusion in conclusions for item in conclusion.missing))


def _because(conclusions: Iterable[Conclusion]) -> tuple[ItemId, ...]:
    """What they rest on."""
    return tuple(
        dict.fromkeys(item for one in conclusions for reason in one.reasons for item in reason.items)
    )


def _after_surgery(assessment: Assessment) -> bool:
    return assessment.value("surgeon-cleared") == "yes"


def _restrictions(assessment: Assessment) -> tuple[str, ...]:
    words = assessment.value("surgeon-restrictions") if _after_surgery(assessment) else None
    return (f"The surgeon's restrictions: {words}",) if words else ()


def _past_the_certification(schedule: Schedule, certification: Certification) -> tuple[str, ...]:
    """A certification that has ended, and a plan longer than what can be certified at once."""
    found: list[str] = []
    if certification.lapsed is not None:
        found.append(
            f"The certification ended on {day_in_words(certification.lapsed)}: what goes beyond it is recertified."
        )
    if certification.ends is not None and schedule.starts <= certification.ends < schedule.ends:
        found.append(
            f"The plan runs to {day_in_words(schedule.ends)}, past the certification: "
            f"recertify by {day_in_words(certification.ends)}."
        )
    return tuple(found)


def _precautions(case: Case, assessment: Assessment) -> tuple[str, ...]:
    blocks = sorted(case.blocks, key=lambda block: block.effect, reverse=True)  # what warns comes first
    notices = [notice.says for notice in case.rules.notices if case.holds(notice.when)]
    flags = [flag.rule.says for flag in assessment.red_flags]
    told = (*flags, *notices, *_restrictions(assessment), *(block.says for block in blocks))
    return tuple(dict.fromkeys(f"{upper_first(each).rstrip('.')}." for each in told))


def _planned(case: Case, entry: Placed) -> PlannedExercise:
    exercise = case.exercises[entry.exercise_id]
    by_hand = " (the therapist's word)" if case.assessment.irritability_by_hand else ""
    by = case.phase_by
    words = {
        "irritability": f"irritability {case.row.id.lower()}{by_hand}",
        "therapist": "chosen by the therapist",
    }
    phase = Reason(
        f"phase {case.phase}, {words.get(by, 'as at the last visit')}",
        ("nprs-worst", "settle-h") if by == "irritability" else (PHASE_ITEM,),
    )
    return PlannedExercise(
        exercise=exercise,
        slot=entry.slot,
        side=side_for(exercise, case.evaluation.sore_knee),
        dose=dose_for(case, exercise),
        because=(*entry.because, phase),
    )


def _goes_on(case: Case, episode: SoFar | None) -> list[PlannedExercise]:
    """Care that ends leaves the patient with what is done now, in its sets, repetitions and holds; not with what is
    forbidden today. On how many days is said anew, for an upkeep plan may be agreed."""
    if case.evaluation.kind != "discharge" or episode is None or episode.plan is None:
        return []
    kept = ("sets", "reps", "reps_text", "hold_s")
    return [
        PlannedExercise(
            exercise,
            one.slot,
            one.side,
            dose_for(case, exercise).model_copy(update={field: getattr(one.dose, field) for field in kept}),
            (Reason("done until now"),),
        )
        for one in episode.plan.exercises
        if (exercise := case.exercises.get(one.exercise.id)) is not None and exercise.id not in case.blocked
    ]


def _ended(episode: SoFar | None, told: set[str]) -> tuple[str, ...]:
    """What the patient did until now and is to leave: a plan that is silent about it leaves both in doubt."""
    if episode is None or episode.plan is None:
        return ()
    gone = (one.exercise.name for one in episode.plan.exercises if one.exercise.id not in told)
    return (*gone, *episode.plan.unknown)


def _next_phase(case: Case, out: tuple[Refusal, ...], in_plan: list[str]) -> tuple[str, ...]:
    """What the therapist took out comes back by hand only, and so does the same made one step harder or easier."""
    if case.phase >= LAST_PHASE:
        return ()
    proposed = (entry.exercise_id for entry in choose(in_next_phase(case), Log()))
    gone = [case.exercises[refusal.exercise_id] for refusal in out]
    steps = {step for one in gone for step in (one.easier, one.harder)}.difference(in_plan)
    left_out = {one.id for one in gone} | steps
    return tuple(exercise_id for exercise_id in proposed if exercise_id not in left_out)


def _refused(
    refused: dict[str, Refusal], dropped: tuple[Refusal, ...], in_plan: list[str]
) -> tuple[Refusal, ...]:
    by_hand = {refusal.exercise_id: refusal for refusal in dropped}
    return tuple(
        refusal for exercise_id, refusal in (refused | by_hand).items() if exercise_id not in in_plan
    )


def _not_decided(assessment: Assessment, log: Log) -> tuple[ItemId, ...]:
    """Pain tests that were missed, and a settle time that was not recorded (it keeps irritability from being low)."""
    open_level = assessment.irritability == "MODERATE" and not assessment.irritability_by_hand
    settle = assessment.irritability_missing if open_level else ()
    return tuple(dict.fromkeys((*log.untested, *settle)))
