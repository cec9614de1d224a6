"""What a later visit adds to the note, in words that stay; and what it reads in the signed notes before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from math import ceil

from evalassist.clinical.assessment import disagreed_before, title_of, what_is_said
from evalassist.clinical.change import Change, Visit
from evalassist.clinical.discharge import goal_words, goals_of_last_plan
from evalassist.clinical.follow_up import Criterion, FollowUp
from evalassist.clinical.given import Given, GivenGoal, given_of
from evalassist.clinical.progression import ExerciseCourse, is_past
from evalassist.clinical.result import Assessment, PlannedExercise, PlanOfCare, Reason, Verdict
from evalassist.clinical.trends import trends
from evalassist.content import Content
from evalassist.content.schema import Exercise
from evalassist.evaluation import Evaluation
from evalassist.note import (
    NoteChange,
    NoteChanges,
    NoteCriterion,
    NoteExercise,
    NoteExerciseCourse,
    NoteFollowUp,
    NotePlan,
    read_note,
)

MOVES = {"progress": "progress", "hold": "hold", "regress": "regress", "open": "not decided"}
STATES = {
    Verdict.MET: "met",
    Verdict.NOT_MET: "not met",
    Verdict.UNDECIDED: "not known",
    None: "does not apply",
}
"""How a criterion stands, in words."""


def follow_up_note(
    found: FollowUp, evaluation: Evaluation, plan: PlanOfCare | None, content: Content
) -> NoteFollowUp:
    """Exercises and exit criteria stand in a re-evaluation, discharge criteria in a discharge note."""
    *earlier, now = found.visits
    visits = (*earlier, replace(now, evaluation=evaluation, plan=given_of(plan) if plan else None))
    since = [_changes(found.first, found.since_first)]
    if found.last != found.first:
        since.append(_changes(found.last, found.since_last))
    course = found.course
    return NoteFollowUp(
        changes=tuple(since),
        new_signs=found.new_signs,
        course=course.title if course else "",
        course_says=found.advice,
        course_because=_words(found.course_reasons),
        goals=goal_words(goals_of_last_plan(found, content)),
        disagreed=tuple(_disagreed(earlier[-1], now.assessment)),
        diagnosed=found.diagnosed,
        phase=found.phase_in_force,
        exercises=tuple(
            NoteExerciseCourse(
                name=one.planned.exercise.name,
                move=MOVES[one.move],
                says=_advised(one, plan, evaluation),
                rule=one.rule,
                because=_words(one.because),
            )
            for one in found.exercises
            if not one.log.is_empty
        ),
        exits=tuple(_criterion(criterion, content) for criterion in found.exits),
        discharge=tuple(_criterion(criterion, content) for criterion in found.discharge)
        if found.ends
        else (),
        trends=tuple(trend for trend in trends(visits, content) if trend.is_course),
    )


def _advised(one: ExerciseCourse, plan: PlanOfCare | None, evaluation: Evaluation) -> str:
    past = plan is not None and is_past(one, plan, evaluation.plan_edits)
    return f"{one.says} It ends with phase {one.phase}." if past else one.says


def _disagreed(last: Visit, now: Assessment) -> Iterator[str]:
    then = last.assessment
    for key, word in disagreed_before(last.evaluation.opinions, now).items():
        said = word.of or what_is_said(key, then.pfp, then.irritability_found, then.conclusions)
        taken = (
            f"set to {word.instead.lower()}" if word.instead else "not taken" if said == "met" else "taken"
        )
        reason = f" ({word.reason.rstrip('.')})" if word.reason else ""
        yield f"{title_of(key, now)} {taken}{reason}"


def _changes(since: date, changes: Iterable[Change]) -> NoteChanges:
    """Rows for what differs or cannot be compared; what is the same, or was measured then only, takes a line."""
    told = list(changes)
    return NoteChanges(
        since=since,
        rows=tuple(
            NoteChange(
                name=change.name,
                then=change.then,
                now=change.now,
                by=change.by,
                limits=change.limits,
                verdict=change.verdict,
            )
            for change in told
            if change.now and change.direction != "same"
        ),
        unchanged=tuple(f"{change.name} {change.now}" for change in told if change.direction == "same"),
        not_measured=tuple(change.name for change in told if not change.now),
    )


def _criterion(criterion: Criterion, content: Content) -> NoteCriterion:
    """Of one that is not known, what is missing: what is known would read as if it were met."""
    because = _words(criterion.reasons) or (
        criterion.exit.unknown if criterion.verdict is Verdict.UNDECIDED else ""
    )
    if criterion.verdict is Verdict.UNDECIDED and criterion.missing:
        because = f"missing: {content.labels(criterion.missing)}"
    return NoteCriterion(says=criterion.exit.says, state=STATES[criterion.verdict], because=because)


def _words(reasons: Iterable[Reason]) -> str:
    return "; ".join(reason.text for reason in reasons)


# ---------------------------------------------------------------- what was signed


def given_at(note_text: str, exercises: Mapping[str, Exercise]) -> Given | None:
    """The plan a signed note gave; None where it gave none."""
    plan = read_note(note_text).plan
    return given_in(plan, exercises) if plan else None


def given_in(plan: NotePlan, exercises: Mapping[str, Exercise]) -> Given:
    """The plan as it was signed, whatever the rules say today."""
    return Given(
        phase=plan.phase,
        pain_cap=plan.pain_cap,
        exercises=tuple(_given(one, exercises[one.id]) for one in plan.exercises if one.id in exercises),
        goals=tuple(
            GivenGoal(goal.id, goal.title, goal.baseline, goal.short, goal.long) for goal in plan.goals
        ),
        starts=plan.starts,
        treatment_weeks=plan.treatment_weeks or _evenly(plan.visits, plan.weeks),
        certified_from=plan.certification_starts or (plan.starts if plan.certification_ends else None),
        certified_until=plan.certification_ends,
        unknown=tuple(one.name for one in plan.exercises if one.id not in exercises),
    )


def _given(one: NoteExercise, exercise: Exercise) -> PlannedExercise:
    dose = exercise.dose.model_copy(
        update={
            "sets": one.sets,
            "reps": one.reps,
            "reps_text": one.reps_text,
            "hold_s": one.hold_s,
            "rest_s": one.rest_s,
            "days_per_week": one.days_per_week,
            "load": one.load,
        }
    )
    named = exercise.model_copy(update={"name": one.name})
    return PlannedExercise(named, "GIVEN", one.side, dose, edited=one.edited, because=())


def _evenly(visits: int, weeks: int) -> tuple[int, ...]:
    """The treatment days of a note that does not hold them."""
    return tuple(ceil(number * weeks / visits) for number in range(1, visits + 1))
