"""The exercises of the plan in force, one by one: hold, progress or regress, with the rule (plan of care 4.2, 4.3).

What is advised changes nothing by itself; `edits_of_advice` says it as edits of today's plan.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Literal

from evalassist.clinical.conditions import judge, verdict_of
from evalassist.clinical.edits import DOSE_LIMITS
from evalassist.clinical.facts import shown
from evalassist.clinical.refusals import phases_in_words
from evalassist.clinical.result import (
    Fact,
    FactValue,
    Knowledge,
    NoPlan,
    PlannedExercise,
    PlanOfCare,
    Reason,
    Verdict,
)
from evalassist.content.follow_up_schema import Colour, FollowUpRules, LoadStep, LogCriterion
from evalassist.content.schema import Exercise
from evalassist.evaluation import ExerciseLog, PlanEdit, Settled
from evalassist.words import lower_first, upper_first

if TYPE_CHECKING:
    from evalassist.content.loader import Content

Move = Literal["progress", "hold", "regress", "open"]
SETTLED: Mapping[Settled, str] = {
    "hour": "within an hour, no worse next morning",
    "day": "within a day",
    "longer": "later than a day",
}
"""How soon the knee was as before, in words."""
OPPOSITES = (("less by", "more by"), ("more by", "less by"), ("better by", "worse by"), ("extra", "too few"))
"""A change below zero is told the other way round."""
ALWAYS_ASKED = ("pain", "settled")
ASKED = {
    "pain": "pain in the exercise",
    "settled": "how soon it settled",
    "sets": "sets",
    "reps": "repetitions of the last set",
    "hold": "seconds held",
    "effort": "effort",
    "form": "form",
    "twice": "two sessions in a row",
}
"""What the log of an exercise may hold, in words."""


@dataclass(frozen=True, slots=True)
class ExerciseCourse:
    """What follows for one exercise. `open` while the log does not say enough."""

    planned: PlannedExercise
    """As it stood in the plan in force."""
    log: ExerciseLog
    asks: LogCriterion
    move: Move
    says: str
    """What to do, as one sentence."""
    rule: str
    """The rule that decided, in words."""
    mark: str
    colour: str = ""
    """RED, AMBER, GREEN, or empty while it is not known."""
    because: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    to: str = ""
    """The exercise that takes its place, where one does."""
    dose: tuple[tuple[str, int], ...] = ()
    """The numbers of the dose it asks for: field and value."""
    load: str = ""
    """What grows of the load, in words."""
    phase: int | None = None
    """The phase of the plan in force."""
    in_cap: bool | None = None
    """The pain stayed within the limit of that plan."""


def log_of(logs: tuple[ExerciseLog, ...], exercise_id: str) -> ExerciseLog:
    """The log of an exercise; an empty one when nothing was recorded."""
    return next((log for log in logs if log.exercise == exercise_id), ExerciseLog(exercise_id))


def exercise_course(
    planned: PlannedExercise,
    log: ExerciseLog,
    cap: int,
    new_knee_signs: bool | None,
    content: Content,
    phase: int | None = None,
    phase_now: int | None = None,
) -> ExerciseCourse:
    """Judge one exercise by its log: first the colour of the sessions, then its own criterion.

    `phase`: the one of the plan in force; `phase_now`: the one of today's plan, where a next exercise that is for
    another one says so.
    """
    rules = content.follow_up
    asks = rules.criterion_of[planned.dose.progress_when]
    known = _knowledge(planned, log, cap, new_knee_signs, asks, rules)
    code = content.progressions[asks.code]
    course = ExerciseCourse(
        planned=planned,
        log=log,
        asks=asks,
        move="open",
        says="Not decided yet.",
        rule=f"{code.id}: {code.says}",
        mark=code.mark,
        phase=phase,
        in_cap=None if log.pain is None else log.pain <= cap,
    )
    colour = _colour(known, rules)
    if colour is None:
        return replace(course, missing=tuple(_missing(log, tuple(ALWAYS_ASKED), asks)))
    course = replace(course, colour=colour.id, because=judge(colour.when, known).reasons)
    if colour.verdict != "progress":
        eases = colour.verdict == "regress"
        easier = planned.exercise.easier or ""
        half = (("sets", ceil(planned.dose.sets / 2)),)
        return replace(
            course,
            move=colour.verdict,
            says=_regression(planned, content) if eases else colour.says,
            rule=f"{upper_first(colour.id.lower())} log. {colour.says}"
            if eases
            else f"{upper_first(colour.id.lower())} log",
            cites=colour.cites,
            mark=colour.mark,
            to=easier if eases else "",
            dose=_whole(planned) if not eases else () if easier else half,
        )
    criterion = judge(asks.when, known)
    if criterion.verdict is Verdict.UNDECIDED:
        return replace(
            course, says="Hold until the rest is known.", missing=tuple(_missing(log, asks.asks, asks))
        )
    course = replace(course, because=tuple(dict.fromkeys((*course.because, *criterion.reasons))))
    if criterion.verdict is Verdict.NOT_MET:
        return replace(course, move="hold", says="The same dose again.", dose=_whole(planned))
    return _progressed(course, content, phase_now)


def load_rule(planned: PlannedExercise, content: Content, hold_s: int | None = None) -> str:
    """How the load is chosen and grows; empty where the hold (`hold_s`, or that of the plan) is at its target."""
    known = content.load_rules.get(planned.dose.load)  # a signed plan may hold one that is gone since
    step = _step(planned, content)
    target = step.up_to_s if step else None
    held = planned.dose.hold_s if hold_s is None else hold_s
    return "" if known is None or (target is not None and held >= target) else known.says


def counts_repetitions(planned: PlannedExercise, content: Content) -> bool:
    """Whether 3 x 15 can be said of it: not of a hold or a stretch."""
    asks = content.follow_up.criterion_of[planned.dose.progress_when].asks
    return "sets" in asks and "reps" in asks


# ---------------------------------------------------------------- what the log says


def _knowledge(
    planned: PlannedExercise,
    log: ExerciseLog,
    cap: int,
    new_knee_signs: bool | None,
    asks: LogCriterion,
    rules: FollowUpRules,
) -> Knowledge:
    dose = planned.dose
    values: dict[str, FactValue | None] = {
        "log-pain": _number(log.pain),
        "log-in-cap": None if log.pain is None else log.pain <= cap,
        "log-settled": log.settled,
        "log-sets": _number(log.sets),
        "log-sets-done": None if log.sets is None else log.sets >= dose.sets,
        "log-reps": _number(log.reps),
        "log-extra-reps": None if log.reps is None else float(log.reps - dose.reps),
        "log-hold-done": None if log.hold_s is None else log.hold_s >= dose.hold_s,
        "log-effort": _number(log.effort),
        "log-form": log.form,
        "log-twice": log.twice,
        "new-knee-signs": new_knee_signs,
    }
    facts = {name: fact_of(name, value, rules) for name, value in values.items() if value is not None}
    if log.pain is not None:
        facts["log-in-cap"] = facts["log-in-cap"]._replace(text=f"pain {log.pain}/10, pain limit {cap}")
    if log.settled is not None:
        facts["log-settled"] = facts["log-settled"]._replace(text=f"settled {SETTLED[log.settled]}")
    for name, words in (("log-form", lower_first(asks.form)), ("log-twice", asks.twice)):
        if words and name in facts:  # as the log asks it of this exercise
            facts[name] = facts[name]._replace(text=f"{words}: {'yes' if facts[name].value else 'no'}")
    sources: dict[str, tuple[str, ...]] = {name: () for name, value in values.items() if value is None}
    return Knowledge(facts, sources, {})


def fact_of(name: str, value: FactValue, rules: FollowUpRules, inputs: tuple[str, ...] = ()) -> Fact:
    """A fact of a later visit, with the words in which it is told."""
    named = rules.fact_of[name]
    if isinstance(value, bool):
        text = "yes" if value else "no"
    else:
        text = shown(value, named.decimals) if isinstance(value, float) else str(value).lower()
    says = named.says
    if isinstance(value, float) and value < 0:  # less by −2 is more by 2
        text = text.removeprefix("-")
        says = next((says.replace(*pair) for pair in OPPOSITES if pair[0] in says), says)
    return Fact(name, value, says.format(value=text), inputs)


def _number(value: int | None) -> float | None:
    return None if value is None else float(value)


def _colour(known: Knowledge, rules: FollowUpRules) -> Colour | None:
    return next((row for row in rules.colours if verdict_of(row.when, known) is Verdict.MET), None)


def _missing(log: ExerciseLog, wanted: tuple[str, ...], asks: LogCriterion) -> Iterator[str]:
    own = {"form": lower_first(asks.form), "twice": asks.twice}
    for name in wanted:
        if getattr(log, "hold_s" if name == "hold" else name) is None:
            yield own.get(name) or ASKED[name]


# ---------------------------------------------------------------- what follows


def _whole(planned: PlannedExercise) -> tuple[tuple[str, int], ...]:
    """The dose as it stood."""
    return tuple((field, getattr(planned.dose, field)) for field in DOSE_LIMITS)


def _progressed(course: ExerciseCourse, content: Content, phase: int | None) -> ExerciseCourse:
    """What is one step on: fewer days, a longer hold, more load, or the next exercise of the ladder."""
    planned, asks = course.planned, course.asks
    course = replace(course, move="progress")
    if asks.then == "fewer-days":
        fewer = asks.days is not None and asks.days < planned.dose.days_per_week
        days = (("days_per_week", asks.days),) if fewer and asks.days is not None else ()
        return replace(course, says="2 to 3 days a week are enough now.", dose=days)
    harder = planned.exercise.harder or ""
    step = _step(planned, content)
    if asks.then == "load" and step is not None:
        longest = step.up_to_s or 0
        if step.hold_s is not None and planned.dose.hold_s < longest:
            held = min(planned.dose.hold_s + step.hold_s, longest)
            says = f"Hold {held} s. {load_rule(planned, content, held)}".rstrip()
            return replace(course, says=says, dose=(("hold_s", held),))
        if step.says:
            return replace(
                course, says=f"One step on. {load_rule(planned, content)}".rstrip(), load=step.says
            )
    elif asks.then == "load":
        return replace(course, says=f"One step on. {load_rule(planned, content)}".rstrip())
    if harder:
        following = content.exercises[harder]
        later = phase is not None and phase not in following.phases
        of_phase = f", which is for {phases_in_words(following)}" if later else ""
        return replace(course, says=f"Next exercise: {following.name}{of_phase}.", to=harder)
    says = f"This is the last step of its ladder. {load_rule(planned, content)}".rstrip()
    return replace(course, says=says)


def _step(planned: PlannedExercise, content: Content) -> LoadStep | None:
    """What one step on of its load is."""
    steps = content.follow_up.steps
    return next((one for one in steps if one.fits(planned.dose.load, planned.exercise)), None)


def _regression(planned: PlannedExercise, content: Content) -> str:
    easier = planned.exercise.easier
    instead = f"{content.exercises[easier].name}, or " if easier is not None else ""
    return f"Easier: {instead}half the sets for 1 week."


# ---------------------------------------------------------------- as edits of today's plan


def can_apply(course: ExerciseCourse) -> bool:
    """The advice says something that the plan can hold."""
    return bool(course.to or course.dose or course.load)


def edits_of_advice(
    course: ExerciseCourse, plan: PlanOfCare | NoPlan, edits: Sequence[PlanEdit]
) -> tuple[PlanEdit, ...]:
    """The advice as edits of today's plan; empty where it says nothing to do, or stands in the plan already.

    What takes the place of the exercise since an earlier advice gives it back.
    """
    if isinstance(plan, NoPlan) or not can_apply(course):
        return ()
    own = course.planned.exercise.id
    in_plan = {one.exercise.id: one for one in plan.exercises}
    stands = _stands_as(own, in_plan, edits)
    if course.to in in_plan or is_past(course, plan, edits):
        return ()
    if course.to:
        why = course.asks.code if course.move == "progress" else f"{course.colour.lower()} log"
        swap = PlanEdit("swap", stands, to=course.to, reason=f"{course.move}, {why}")
        return (swap,) if stands else (PlanEdit("add", course.to),)
    today = in_plan.get(own)
    found: list[PlanEdit] = []
    if today is None and stands:
        found.append(PlanEdit("swap", stands, to=own))
    elif today is None and course.move != "hold":
        found.append(PlanEdit("add", own))
    if course.move == "hold" and not (today and today.locked):
        found.append(PlanEdit("lock", own))
    found += [
        PlanEdit("dose", own, field=field, value=value)
        for field, value in course.dose
        if today is None or getattr(today.dose, field) != value
    ]
    if course.load and (today is None or today.load_step != course.load):
        found.append(PlanEdit("load", own, reason=course.load))
    return tuple(found)


def against_the_log(
    courses: Iterable[ExerciseCourse], exercises: Sequence[PlannedExercise], known: Mapping[str, Exercise]
) -> Iterator[str]:
    """What stands in the plan harder than its log allows: one step on though it is to be held, or as it was though it
    asks for less."""
    for course in courses:
        own, log = course.planned, course.colour.lower()
        eases, repeats = course.move == "regress", course.colour == "AMBER"
        harder = set(ladder_above(own.exercise, known)) if eases or repeats else set()
        for one in exercises:
            name = one.exercise.name
            if eases and one.exercise.id == own.exercise.id and one.dose.sets >= own.dose.sets:
                yield f"{name} stands in the plan as before, and its log is {log}. {course.says}"
            elif one.exercise.id in harder:
                yield f"{name} is harder than {own.exercise.name}, of which the log is {log}. {course.says}"


def ladder_above(exercise: Exercise, known: Mapping[str, Exercise]) -> Iterator[str]:
    """All that comes after it in its ladder."""
    seen = {exercise.id}
    while (following := exercise.harder) and following not in seen:
        seen.add(following)
        yield following
        exercise = known[following]


def is_past(course: ExerciseCourse, plan: PlanOfCare, edits: Sequence[PlanEdit]) -> bool:
    """Today's plan is of another phase, which has its own exercises: nothing of it takes the place of this one, and
    advice to make it harder or easier has nothing to change. What is to be held stays in any phase, and what grows in
    its dose alone in those it is for."""
    in_plan = [one.exercise.id for one in plan.exercises]
    own = course.planned.exercise
    stays = course.move == "hold" or (not course.to and plan.phase in own.phases)
    moved = plan.phase != course.phase and not stays
    return moved and course.to not in in_plan and not _stands_as(own.id, in_plan, edits)


def _stands_as(exercise_id: str, in_plan: Container[str], edits: Sequence[PlanEdit]) -> str:
    """The exercise, or the one in today's plan that took its place; empty where there is none."""
    swaps = {one.exercise: one.to for one in edits if one.kind == "swap"}
    while exercise_id and exercise_id not in in_plan:  # each swap is followed once: they may lead to and fro
        exercise_id = swaps.pop(exercise_id, "")
    return exercise_id


def edits_of_all(
    courses: Iterable[ExerciseCourse], plan: PlanOfCare | NoPlan, edits: Sequence[PlanEdit]
) -> tuple[PlanEdit, ...]:
    """The advice on every exercise; an exercise that two of them ask for comes once."""
    found: list[PlanEdit] = []
    for course in courses:
        if not course.to or all(course.to not in (one.to, one.exercise) for one in found):
            found += edits_of_advice(course, plan, edits)
    return tuple(found)
