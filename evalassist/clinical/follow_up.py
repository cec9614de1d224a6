"""A later visit: what changed since the start, how the exercises went, whether the phase is passed, when to refer back.

The findings of the earlier visits are judged as they were. Their plans are those that were given: what was signed is
read from its note, and only a draft is judged again, in the phase of the visit before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from evalassist.clinical.assessment import assess
from evalassist.clinical.case import chosen_phase
from evalassist.clinical.change import Change, Visit, changes, ever_known, gain_of
from evalassist.clinical.conditions import judge, verdict_of
from evalassist.clinical.given import Given, SoFar, given_of, so_far
from evalassist.clinical.plan import LAST_PHASE, diagnosis_stands, plan_of_care
from evalassist.clinical.progress import not_asked_again
from evalassist.clinical.progression import (
    ExerciseCourse,
    counts_repetitions,
    exercise_course,
    fact_of,
    log_of,
)
from evalassist.clinical.result import Assessment, FactValue, Knowledge, PlanOfCare, Reason, Verdict
from evalassist.content import content_for
from evalassist.content.follow_up_schema import Course, Sign
from evalassist.content.plan_schema import Exit
from evalassist.evaluation import SIDES, Evaluation, ItemId
from evalassist.words import lower_first

if TYPE_CHECKING:
    from evalassist.content.loader import Content

REFER_BACK_WEEKS = (8, 12)
"""Without a change that matters by then: refer back (RV5, RF21)."""
AGAIN_AFTER = timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion to leave a phase or to end the care, on this patient. None where it does not apply."""

    exit: Exit
    verdict: Verdict | None
    reasons: tuple[Reason, ...]
    missing: tuple[ItemId, ...]
    """What must still be asked or tested."""

    @property
    def met(self) -> bool:
        return self.verdict in (Verdict.MET, None)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Everything a later visit says about the episode so far."""

    first: date
    last: date
    since_first: tuple[Change, ...]
    since_last: tuple[Change, ...]
    """The same as `since_first` when there was one earlier visit."""
    new_signs: tuple[str, ...]
    course: Course | None
    """How the patient does; None while too little is known."""
    course_reasons: tuple[Reason, ...]
    course_missing: tuple[ItemId, ...]
    refer_back_from: date
    refer_back_by: date
    phase_in_force: int | None
    """The phase of the last visit's plan; None when that visit had no plan."""
    exercises: tuple[ExerciseCourse, ...]
    given: Given | None
    """The plan of the last visit; None when that visit gave none."""
    diagnosed: date | None
    """When patellofemoral pain was found, where that stands and not all of it was tested again; else None."""
    not_again: frozenset[ItemId]
    """What this visit does not wait for."""
    exits: tuple[Criterion, ...]
    discharge: tuple[Criterion, ...]
    visits: tuple[Visit, ...]
    """The earlier ones and this one."""

    @property
    def ends(self) -> bool:
        """The care ends with this visit."""
        return _ends(self.visits[-1].evaluation)

    @property
    def advice(self) -> str:
        """What follows from the course; where the care ends, it only says when to refer."""
        return self.course.says if self.course and (self.course.refer or not self.ends) else ""

    @property
    def next_phase(self) -> int | None:
        """The phase that comes next; None after the last one, and where the care ends."""
        if self.ends or self.phase_in_force is None or self.phase_in_force >= LAST_PHASE:
            return None
        return self.phase_in_force + 1

    @property
    def not_met(self) -> tuple[Criterion, ...]:
        """What speaks against the next phase."""
        return tuple(criterion for criterion in self.exits if not criterion.met)

    @property
    def eased(self) -> tuple[str, ...]:
        """The exercises whose log asks for less, by name."""
        return tuple(one.planned.exercise.name for one in self.exercises if one.move == "regress")

    @property
    def may_discharge(self) -> bool:
        return all(criterion.met for criterion in self.discharge)


def _ends(evaluation: Evaluation) -> bool:
    return evaluation.kind == "discharge"


def visits_of(
    evaluations: Iterable[Evaluation], signed: Mapping[str, Given | None] = MappingProxyType({})
) -> tuple[Visit, ...]:
    """The visits of an episode, the earliest first, each judged with the limits it was written with.

    `signed` holds the plan of every signed visit by its id, None where it gave none.
    """
    found: list[Visit] = []
    for evaluation in evaluations:
        content = content_for(evaluation)
        assessment = assess(evaluation, content)
        if evaluation.id in signed:
            given = signed[evaluation.id]
        else:
            plan = plan_of_care(evaluation, assessment, content, episode_of(found))
            given = given_of(plan) if isinstance(plan, PlanOfCare) else None
        found.append(Visit(evaluation, assessment, given))
    return tuple(found)


def episode_of(earlier: Iterable[Visit]) -> SoFar | None:
    """What these visits leave to the next one."""
    visits = tuple(earlier)
    found = so_far([(visit.day, visit.plan) for visit in visits])
    answers = {item_id: answer for visit in visits for item_id, answer in visit.evaluation.answers.items()}
    known = [{name: fact.value for name, fact in visit.assessment.facts.items()} for visit in visits]
    return (
        replace(
            found,
            answers=MappingProxyType(answers),
            latest=MappingProxyType({name: value for facts in known for name, value in facts.items()}),
            first=MappingProxyType(
                {name: value for facts in reversed(known) for name, value in facts.items()}
            ),
        )
        if found
        else None
    )


def follow_up(
    earlier: tuple[Visit, ...],
    evaluation: Evaluation,
    assessment: Assessment,
    content: Content,
) -> FollowUp | None:
    """What this visit says beside the earlier ones; None when there is none."""
    if not earlier:
        return None
    now, first, last = Visit(evaluation, assessment), earlier[0], earlier[-1]
    since_first = changes(first, now, content)
    since_last = since_first if first is last else changes(last, now, content)
    signs = _new_signs(last, now, content)
    new_signs = tuple(sign.title for sign, new in signs if new)
    exercises = _exercises(last, now, _any_new(signs, knee=True), content)
    known = _knowledge(earlier, now, since_first, since_last, signs, exercises, content)
    course, reasons, missing = _course(known, content)
    ever = ever_known(earlier, known, content)
    weeks = [timedelta(weeks=number) for number in REFER_BACK_WEEKS]
    episode = episode_of(earlier)
    in_force = episode.phase if episode else None
    left = in_force if not _ends(evaluation) else None
    exits = content.plan.phase_of[left].exits if left is not None else ()
    return FollowUp(
        first=first.day,
        last=last.day,
        since_first=since_first,
        since_last=since_last,
        new_signs=new_signs,
        course=course,
        course_reasons=reasons,
        course_missing=missing,
        refer_back_from=first.day + weeks[0],
        refer_back_by=first.day + weeks[1],
        phase_in_force=in_force,
        exercises=exercises,
        given=last.plan,
        diagnosed=_diagnosed(earlier, assessment, content),
        not_again=not_asked_again(evaluation, ever, content),
        exits=tuple(_criterion(row, known, ever, evaluation) for row in exits),
        discharge=tuple(_criterion(row, known, ever, evaluation) for row in content.follow_up.discharge),
        visits=(*earlier, now),
    )


def _diagnosed(earlier: tuple[Visit, ...], assessment: Assessment, content: Content) -> date | None:
    """The last visit at which all criteria were met; where none was, the one that gave the plan."""
    if not diagnosis_stands(assessment, content, episode_of(earlier)) or assessment.disagrees("pfp"):
        return None
    met = [visit.day for visit in earlier if visit.assessment.pfp is Verdict.MET]
    return met[-1] if met else next(visit.day for visit in reversed(earlier) if visit.plan is not None)


# ---------------------------------------------------------------- what is known


def _exercises(
    last: Visit, now: Visit, new_knee_signs: bool | None, content: Content
) -> tuple[ExerciseCourse, ...]:
    if last.plan is None:
        return ()
    phase_now = chosen_phase(now.assessment) or last.plan.phase
    return tuple(
        exercise_course(
            planned,
            log_of(now.evaluation.exercise_log, planned.exercise.id),
            last.plan.pain_cap,
            new_knee_signs,
            content,
            last.plan.phase,
            phase_now,
        )
        for planned in last.plan.exercises
    )


def _new_signs(last: Visit, now: Visit, content: Content) -> tuple[tuple[Sign, bool | None], ...]:
    """Each sign with whether it is new; None where it was not asked now."""
    return tuple((sign, _is_new(sign, last, now)) for sign in content.follow_up.signs)


def _is_new(sign: Sign, last: Visit, now: Visit) -> bool | None:
    sides = SIDES if sign.sides else (None,)
    verdicts = [verdict_of(sign.when, now.assessment.known, side) for side in sides]
    if Verdict.MET not in verdicts:
        return None if all(verdict is Verdict.UNDECIDED for verdict in verdicts) else False
    before = [verdict_of(sign.when, last.assessment.known, side) for side in sides]
    return Verdict.MET not in before


def _any_new(signs: Iterable[tuple[Sign, bool | None]], *, knee: bool = False) -> bool | None:
    found = [new for sign, new in signs if sign.knee or not knee]
    return True if True in found else None if None in found else False


def _knowledge(
    earlier: tuple[Visit, ...],
    now: Visit,
    since_first: tuple[Change, ...],
    since_last: tuple[Change, ...],
    signs: tuple[tuple[Sign, bool | None], ...],
    exercises: tuple[ExerciseCourse, ...],
    content: Content,
) -> Knowledge:
    """The facts of this visit and those that only a look back tells; what is missing can be asked now."""
    first, last = earlier[0], earlier[-1]
    drop_last = gain_of(since_last, "nprs-worst")
    new = _any_new(signs)
    found: dict[str, tuple[FactValue | None, tuple[ItemId, ...]]] = {
        "weeks-in-care": (float((now.day - first.day).days // 7), ()),
        "nprs-start": (first.assessment.number("nprs-worst"), ()),
        "akps-start": (first.assessment.scores["akps"].value, ()),
        "nprs-drop": (gain_of(since_first, "nprs-worst"), ("nprs-worst",)),
        "nprs-rise": (None if drop_last is None else -drop_last, ("nprs-worst",)),
        "akps-gain": (gain_of(since_first, "akps"), ("akps-total",)),
        "koos-pf-gain": (gain_of(since_first, "koos-pf"), ("koos-pf-total",)),
        "psfs-gain": (gain_of(since_first, "psfs"), ("psfs-mean",)),
        "new-signs": (new, ("wakes",)),
        "irritability-now": (now.assessment.irritability, now.assessment.irritability_missing),
        "irritability-before": (last.assessment.irritability, ()),
        "lowest-symmetry": _lowest_symmetry(earlier, now, content),
        "lowest-gain": _lowest_gain(since_first, now, content),
        "squat60-in-cap": _squat60(earlier, now),
        "no-change-before": (_no_change_before(earlier, now, content), ()),
        **_first_exercises(exercises, content),
    }
    known = now.assessment.known
    facts = {
        name: fact_of(name, value, content.follow_up, items)
        for name, (value, items) in found.items()
        if value is not None
    }
    if "lowest-symmetry" in facts:
        lowest = facts["lowest-symmetry"]
        groups = dict.fromkeys(item_id.partition(".")[0] for item_id in lowest.inputs)
        of = ", ".join(lower_first(content.strength_groups[group].title) for group in groups)
        facts["lowest-symmetry"] = lowest._replace(text=f"{lowest.text} (of {of})")
    sources = {
        name: tuple(item for item in items if item not in now.assessment.facts)
        for name, (value, items) in found.items()
        if value is None
    }
    return Knowledge({**known.facts, **facts}, {**known.sources, **sources}, known.reasons)


def _lowest_symmetry(
    earlier: tuple[Visit, ...], now: Visit, content: Content
) -> tuple[FactValue | None, tuple[ItemId, ...]]:
    """The lowest of hip and quadriceps; open while a group that was low is not tested again, or one that is asked of
    everybody was never tested."""
    limit = now.assessment.numbers["symmetry-deficit"]
    found: list[float] = []
    missing: list[ItemId] = []
    inputs: list[ItemId] = []
    for row in content.plan.goals.groups:
        both = [f"{row.group}.{side}" for side in SIDES]
        told = (visit.assessment.strength[row.group].symmetry_percent for visit in reversed(earlier))
        before = next((percent for percent in told if percent is not None), None)
        after = now.assessment.strength[row.group].symmetry_percent
        optional = content.asked[both[0]][0].optional
        if after is not None:
            found.append(after)
            inputs += both
        elif not optional if before is None else before < limit:
            missing += both
    if not found or missing:
        wanted = missing or [f"{row.group}.{side}" for row in content.plan.goals.groups for side in SIDES]
        return None, tuple(wanted)
    return min(found), tuple(inputs)


def _lowest_gain(
    since_first: tuple[Change, ...], now: Visit, content: Content
) -> tuple[FactValue | None, tuple[ItemId, ...]]:
    """The smallest gain in % of the value at the start, over the sore sides of the groups tested again."""
    groups = {group.group for group in content.plan.goals.groups}
    gains: list[float] = []
    missing: list[ItemId] = []
    for change in since_first:
        if change.kind != "strength" or change.side not in now.evaluation.sore_sides:
            continue
        if change.id.partition(".")[0] not in groups:
            continue
        if change.percent is not None:
            gains.append(change.percent)
        elif change.then and not change.now:
            missing.append(change.id)
    return (None, tuple(missing)) if missing or not gains else (min(gains), ())


def _squat60(earlier: tuple[Visit, ...], now: Visit) -> tuple[FactValue | None, tuple[ItemId, ...]]:
    """Within the pain limit of the plan in force."""
    pain = now.assessment.number("squat60-pain")
    plan = earlier[-1].plan
    if pain is None or plan is None:
        return None, ("squat60-pain",)
    return pain <= plan.pain_cap, ("squat60-pain",)


def _first_exercises(
    exercises: tuple[ExerciseCourse, ...], content: Content
) -> Mapping[str, tuple[FactValue | None, tuple[ItemId, ...]]]:
    """The least sets and repetitions among the exercises of level 1 that are counted; pain goes for all of level 1."""
    firsts = [one for one in exercises if one.planned.exercise.level == 1]
    counted = [one for one in firsts if counts_repetitions(one.planned, content)]
    known = bool(counted) and all(one.in_cap is not None for one in counted)
    beyond = any(one.in_cap is False for one in firsts)
    return {
        "first-exercises-sets": (_least([one.log.sets for one in counted]), ()),
        "first-exercises-reps": (_least([one.log.reps for one in counted]), ()),
        "first-exercises-in-cap": (False if beyond else True if known else None, ()),
    }


def _least(numbers: list[int | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return float(min(known)) if known and len(known) == len(numbers) else None


def _no_change_before(earlier: tuple[Visit, ...], now: Visit, content: Content) -> bool:
    """Four weeks ago or more a visit already said: no response, though the home program was done (RV4)."""
    for place in range(1, len(earlier)):
        then = earlier[place]
        if now.day - then.day < AGAIN_AFTER:
            continue
        said = follow_up(earlier[:place], then.evaluation, then.assessment, content)
        if said is not None and said.course is not None and said.course.id in ("RV4", "RV5"):
            return True
    return False


# ---------------------------------------------------------------- what follows


def _course(
    known: Knowledge, content: Content
) -> tuple[Course | None, tuple[Reason, ...], tuple[ItemId, ...]]:
    """The first row that is met; while none is, what would decide."""
    missing: list[ItemId] = []
    for row in content.follow_up.courses:
        judged = judge(row.when, known)
        if judged.verdict is Verdict.MET:
            return row, tuple(dict.fromkeys(judged.reasons)), ()
        missing += judged.missing
    return None, (), tuple(item for item in dict.fromkeys(missing) if item not in known.facts)


def _criterion(row: Exit, known: Knowledge, ever: Knowledge, evaluation: Evaluation) -> Criterion:
    """The criterion as it is judged now; for whom it is meant may be known from an earlier visit."""
    applies = judge(row.applies, ever) if row.applies is not None else None
    if applies is not None and applies.verdict is not Verdict.MET:
        return Criterion(
            row, None if applies.verdict is Verdict.NOT_MET else applies.verdict, (), applies.missing
        )
    sides = evaluation.sore_sides if row.each_side else (None,)
    judged = [judge(row.when, known, side) for side in sides]
    verdicts = [one.verdict for one in judged]
    order = (Verdict.NOT_MET, Verdict.UNDECIDED, Verdict.MET)
    verdict = next(one for one in order if one in verdicts)
    telling = [one for one in judged if one.verdict is verdict]
    return Criterion(
        row,
        verdict,
        tuple(dict.fromkeys(reason for one in telling for reason in one.reasons)),
        tuple(dict.fromkeys(item for one in judged for item in one.missing)),
    )
