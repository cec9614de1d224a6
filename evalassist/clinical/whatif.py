"""What if: what the reasoning says of changed answers beside what it says now, thing by thing. Nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from evalassist.clinical.assessment import SUBCATEGORIES, assess
from evalassist.clinical.facts import shown
from evalassist.clinical.given import SoFar
from evalassist.clinical.plan import diagnosis_stands, plan_of_care
from evalassist.clinical.result import Assessment, Goal, NoPlan, PlannedExercise, PlanOfCare, Reason
from evalassist.clinical.schedule import day_in_words
from evalassist.evaluation import Answer, Evaluation, ItemId

if TYPE_CHECKING:
    from evalassist.content.loader import Content

Part = Literal["Labels", "Plan", "Exercises", "Goals", "Visits", "Other care", "Warnings"]
Change = Literal["same", "changed", "new", "gone"]
SAFETY_WORDS = {None: "screen not finished", "NONE": "clear to go on"}
DECIDING = ("red-flag", "subcategory", "modifier", "deficit")
FOUND = "found"


class Outcome(NamedTuple):
    """What the findings say and the plan they lead to."""

    assessment: Assessment
    plan: PlanOfCare | NoPlan
    stands: bool = False
    """The diagnosis of the last plan carries this one."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One label, exercise, goal or visit plan as it is and as it would be; empty words where it is not there."""

    part: Part
    title: str
    now: str
    then: str

    @property
    def change(self) -> Change:
        if self.now == self.then:
            return "same"
        if not self.now:
            return "new"
        return "changed" if self.then else "gone"


def outcome_of(evaluation: Evaluation, content: Content, episode: SoFar | None = None) -> Outcome:
    """Assessment and plan of these answers; `episode` is what the earlier visits leave to it."""
    assessment = assess(evaluation, content)
    plan = plan_of_care(evaluation, assessment, content, episode)
    return Outcome(assessment, plan, diagnosis_stands(assessment, content, episode))


def compare(now: Outcome, then: Outcome, content: Content) -> tuple[Compared, ...]:
    """Everything that either of the two says, each once: labels, exercises with dose, goals, visits, other care."""
    before, after = _told(now, content), _told(then, content)
    found: list[Compared] = []
    for part, told in before.items():
        for key in dict.fromkeys((*told, *after[part])):
            title = (told.get(key) or after[part][key])[0]
            found.append(Compared(part, title, told.get(key, ("", ""))[1], after[part].get(key, ("", ""))[1]))
    return tuple(found)


def changed_answers(now: Evaluation, then: Evaluation) -> dict[ItemId, Answer | None]:
    """The answers in which the two differ, as the second has them; None where it has none."""
    ids = dict.fromkeys((*now.answers, *then.answers))
    return {i: then.answers.get(i) for i in ids if now.answers.get(i) != then.answers.get(i)}


def rests_on(outcome: Outcome, content: Content) -> tuple[ItemId, ...]:
    """The findings that the labels and the plan name as their reasons, what decides most first."""
    items = (item for reason in _reasons(outcome) for item in reason.items)
    return tuple(item for item in dict.fromkeys(items) if item in content.asked)


def _reasons(outcome: Outcome) -> Iterator[Reason]:
    assessment, plan, _ = outcome
    yield from assessment.irritability_reasons
    for kind in DECIDING:
        for conclusion in assessment.conclusions.values():
            if conclusion.met and conclusion.rule.kind == kind:
                yield from conclusion.reasons
    if isinstance(plan, PlanOfCare):
        for planned in plan.exercises:
            yield from planned.because
        yield Reason("", plan.not_decided)
    else:
        yield Reason("", plan.items)
    for criterion in assessment.criteria:
        yield from criterion.reasons


# ---------------------------------------------------------------- in words, by a key of each thing

Told = Mapping[str, tuple[str, str]]


def _told(outcome: Outcome, content: Content) -> dict[Part, Told]:
    assessment, plan, stands = outcome
    planned = plan if isinstance(plan, PlanOfCare) else None
    return {
        "Labels": _labels(assessment, content, stands=stands),
        "Plan": _frame(plan),
        "Exercises": {
            one.exercise.id: (one.exercise.name, _dose(one)) for one in _list(planned, "exercises")
        },
        "Goals": {goal.id: (goal.title, _goal(goal)) for goal in _list(planned, "goals")},
        "Visits": _visits(planned) if planned else {},
        "Other care": {
            advice.id: (advice.title, word)
            for place, word in (
                ("adjuncts", "offered"),
                ("running", "offered"),
                ("load_advice", "offered"),
                ("not_advised", "not advised"),
            )
            for advice in _list(planned, place)
        },
        "Warnings": {words: (words, "told") for words in _list(planned, "warnings")},
    }


def _list(plan: PlanOfCare | None, name: str) -> Sequence[Any]:
    return getattr(plan, name) if plan else ()


def _labels(assessment: Assessment, content: Content, *, stands: bool) -> Told:
    pfp = "met at an earlier visit" if stands else assessment.pfp.value
    told = {
        "action": ("Safety", SAFETY_WORDS.get(assessment.action, str(assessment.action).lower())),
        "pfp": ("Patellofemoral pain", pfp),
        "irritability": ("Irritability", (assessment.irritability or "not known").lower()),
    }
    rule_of = {code: rule_id for rule_id, code in (*SUBCATEGORIES, ("none", "NONE"))}
    for code in assessment.agreed:
        primary = code == assessment.primary and len(assessment.agreed) > 1
        told[code] = (content.rules[rule_of[code]].title, f"{FOUND}, primary" if primary else FOUND)
    if assessment.muscle_performance:
        told["muscles"] = ("Deficit of muscle performance", assessment.muscle_performance)
    for flag in assessment.red_flags:
        told[flag.rule.id] = (flag.rule.title, FOUND)
    if "LOAD" in assessment.modifiers:
        told["LOAD"] = (content.rules["load"].title, FOUND)
    return told


def _frame(plan: PlanOfCare | NoPlan) -> Told:
    if isinstance(plan, NoPlan):
        return {"plan": ("Plan of care", f"none: {plan.why}")}
    return {
        "plan": ("Plan of care", "proposed"),
        "phase": ("Phase", f"{plan.phase}"),
        "cap": ("Pain cap", f"{plan.pain_cap}/10"),
        "effort": ("Effort", plan.effort),
        "minutes": ("Time at home", f"about {plan.minutes} min"),
    }


def _dose(planned: PlannedExercise) -> str:
    dose = planned.dose
    hold = f", hold {dose.hold_s} s" if dose.hold_s > 1 else ""
    side = "both legs" if planned.side == "both" else f"{planned.side} leg"
    return f"{dose.sets} × {dose.reps}{hold}, {dose.days_per_week} days a week, {side}"


def _goal(goal: Goal) -> str:
    values = (value for value in (goal.baseline, goal.short, goal.long) if value is not None)
    steps = " → ".join(value if isinstance(value, str) else shown(value, 1) for value in values)
    of_something = goal.unit.startswith("/") and goal.baseline is not None
    return f"{steps}, of {goal.unit[1:]}" if of_something else f"{steps} {goal.unit}".rstrip()


def _visits(plan: PlanOfCare) -> Told:
    schedule, certification = plan.schedule, plan.certification
    told = {
        "visits": ("Visits", f"{schedule.visits}: {schedule.text}"),
        "ends": ("Until", day_in_words(schedule.ends)),
        "codes": ("Codes offered", ", ".join(code.code for code in plan.codes if code.offered)),
    }
    if certification.due is not None:
        told["due"] = ("Certify by", day_in_words(certification.due))
    return told
