"""The patient as the plan of care sees them: phase, pain cap, what is known, and which exercises are forbidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from evalassist.clinical.conditions import verdict_of
from evalassist.clinical.given import SoFar
from evalassist.clinical.result import (
    MET,
    UNDECIDED,
    Assessment,
    Fact,
    FactValue,
    Knowledge,
    Reason,
    Refusal,
)
from evalassist.content.follow_up_schema import FollowUpRules
from evalassist.content.plan_schema import Block, Exit, IrritabilityRow, Limit, Need, PainTest, PlanRules
from evalassist.content.schema import Condition, Exercise, Measure
from evalassist.evaluation import Evaluation, ItemId, Side

PHASE_ITEM = "plan-phase"
"""The phase the therapist moved the patient to; until then irritability decides where to begin."""


class PlanContent(Protocol):
    """The part of the content the plan of care needs."""

    @property
    def exercises(self) -> Mapping[str, Exercise]: ...
    @property
    def measures(self) -> Mapping[str, Measure]: ...
    @property
    def plan(self) -> PlanRules: ...
    @property
    def concerned(self) -> Mapping[str, tuple[str, ...]]: ...
    @property
    def follow_up(self) -> FollowUpRules: ...
    @property
    def step_of(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Case:
    evaluation: Evaluation
    assessment: Assessment
    rules: PlanRules
    exercises: Mapping[str, Exercise]
    measures: Mapping[str, Measure]
    known: Knowledge
    row: IrritabilityRow
    phase: int
    cap: int
    limit: Limit | None
    """The limit that leaves the fewest exercises, when one applies."""
    hip_order: tuple[str, ...]
    """The hip needs, the one to train first in front."""
    concerned: Mapping[str, tuple[str, ...]]
    """The exercises that a block speaks about."""
    blocks: tuple[Block, ...]
    """The precautions and impairments that apply to this patient."""
    blocked: Mapping[str, Refusal]
    """What they forbid, by exercise."""
    criteria: tuple[Exit, ...]
    """The discharge criteria."""
    at_home: frozenset[str] | None
    """What is at home; None when it was not asked, and then everything is."""
    phase_by: Literal["irritability", "therapist", "last visit"] = "irritability"
    """Why it is this phase."""
    pain_asked: bool = True
    """False for the next phase: its exercises are reached only once they are tolerated."""

    def holds(self, condition: Condition | None, side: Side | None = None) -> bool:
        return condition is None or verdict_of(condition, self.known, side) is MET

    def not_needed(self, need: Need, condition: Condition | None) -> str:
        """Why a need is not served: its finding was not made, or was not tested. Empty when it is wanted."""
        if condition is None or self.holds(condition):
            return ""
        if verdict_of(condition, self.known) is UNDECIDED:
            return f"{need.title} was not tested"
        return need.otherwise

    @property
    def keeps_up(self) -> bool:
        """Care ends, and the patient goes on with an upkeep plan."""
        return self.evaluation.kind == "discharge" and self.assessment.value("upkeep-plan") == "yes"

    def meets_criterion(self, criterion_id: str) -> bool:
        """Whether this discharge criterion is met, by what is known today."""
        return any(self.holds(one.when) for one in self.criteria if one.id == criterion_id)

    def value(self, fact_id: str) -> FactValue | None:
        return self.known.value(fact_id)

    def number(self, fact_id: str) -> float | None:
        value = self.known.value(fact_id)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def pain_cap(self, test: PainTest) -> int:
        return self.cap if test.cap is None else min(self.cap, test.cap)


@dataclass(slots=True)
class Log:
    """What the selection turned down on its way, and which pain tests it missed."""

    refused: dict[str, Refusal] = field(default_factory=dict)
    untested: dict[ItemId, None] = field(default_factory=dict)

    def refuse(self, exercise_id: str, why: str, kind: str) -> None:
        self.refused.setdefault(exercise_id, Refusal(exercise_id, why, kind))


def case_of(
    evaluation: Evaluation,
    assessment: Assessment,
    content: PlanContent,
    irritability: str,
    in_force: int | None = None,
    episode: SoFar | None = None,
) -> Case:
    """The case as it is planned; `in_force` is the phase in which the last visit's plan stood, `episode` what the
    earlier visits leave to this one."""
    rules = content.plan
    row = rules.row_of[irritability]
    free = irritability != "HIGH"  # high irritability always begins anew
    chosen = chosen_phase(assessment) if free else None
    phase = chosen or (in_force if free else None) or row.start_phase
    known = _with(_knowledge(assessment, irritability, phase), _of_episode(assessment, episode))
    limits = [limit for limit in rules.limits if verdict_of(limit.when, known) is MET]
    fewest = [limit for limit in limits if limit.exercises is not None]
    cap = min([row.pain_cap, *(limit.pain_cap for limit in limits if limit.pain_cap is not None)])
    known = _with(known, _above_cap(assessment, "resisted-ext-pain", cap))
    blocks = _blocks(rules, known)
    return Case(
        evaluation=evaluation,
        assessment=assessment,
        rules=rules,
        exercises=content.exercises,
        measures=content.measures,
        known=known,
        row=row,
        phase=phase,
        cap=cap,
        limit=min(fewest, key=lambda limit: limit.exercises or 0) if fewest else None,
        hip_order=_hip_order(rules, assessment),
        concerned=content.concerned,
        blocks=blocks,
        blocked=_blocked(blocks, content.concerned),
        criteria=content.follow_up.discharge,
        at_home=_at_home(assessment),
        phase_by=_phase_by(phase, chosen, row.start_phase),
    )


def in_next_phase(case: Case) -> Case:
    """The same patient in the phase to come, when the pain tests are passed and irritability has settled."""
    row = case.rules.row_of["MODERATE"] if case.row.id == "HIGH" else case.row
    known = _with(case.known, {"irritability": row.id, "plan-phase-now": float(case.phase + 1)})
    blocks = _blocks(case.rules, known)
    return replace(
        case,
        row=row,
        phase=case.phase + 1,
        known=known,
        blocks=blocks,
        blocked=_blocked(blocks, case.concerned),
        pain_asked=False,
    )


def why_not(
    case: Case, exercise_id: str, *, lifted: str = "", untested_passes: bool = False
) -> Refusal | None:
    """What forbids an exercise to this patient, or None. `lifted` is equipment that a variant does without."""
    exercise = case.exercises[exercise_id]
    if exercise_id in case.blocked:
        return case.blocked[exercise_id]
    if any(need in case.rules.clinic_only for need in exercise.needs):
        return Refusal(exercise_id, "in the clinic only", "equipment")
    missing = [need for need in exercise.needs if need != lifted and not available(case, need)]
    if missing:
        return Refusal(exercise_id, f"needs {_thing(missing[0])}, which is not at home", "equipment")
    return too_painful(case, exercise_id, untested_passes=untested_passes)


def too_painful(case: Case, exercise_id: str, *, untested_passes: bool = False) -> Refusal | None:
    """The test that repeats this exercise hurts above the cap, or was not done."""
    if not case.pain_asked:
        return None
    for test in case.rules.tests_of.get(exercise_id, ()):
        pain, cap = case.number(test.item), case.pain_cap(test)
        if pain is None and not untested_passes:
            return Refusal(exercise_id, f"pain in {test.title} was not tested", "untested")
        if pain is not None and pain > cap:
            return Refusal(exercise_id, f"{test.title} hurts {pain:g}/10, above the pain cap of {cap}", "cap")
    return None


def tolerated(case: Case, exercise_id: str) -> tuple[Reason, ...]:
    """The pain tests an exercise passed."""
    if not case.pain_asked:
        return ()
    return tuple(
        Reason(f"{test.title} hurts {pain:g}/10, pain cap {case.pain_cap(test)}", (test.item,))
        for test in case.rules.tests_of.get(exercise_id, ())
        if (pain := case.number(test.item)) is not None
    )


def available(case: Case, thing: str) -> bool:
    return case.at_home is None or thing in case.at_home or thing in case.rules.stand_ins


def lacking(case: Case, thing: str) -> bool:
    """It was asked, and it is not at home."""
    return case.at_home is not None and thing not in case.at_home


def _thing(need: str) -> str:
    words = need.replace("-", " ")
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def _hip_order(rules: PlanRules, assessment: Assessment) -> tuple[str, ...]:
    """The weak hip groups first, then the others, each in their own order."""
    order = rules.hip_order
    weak = [need for need in order.weak if assessment.met(rules.need_of[need].deficit)]
    return (*weak, *(need for need in order.others if need not in weak))


def _blocks(rules: PlanRules, known: Knowledge) -> tuple[Block, ...]:
    return tuple(
        block
        for block in rules.blocks
        if (block.when is None or verdict_of(block.when, known) is MET)
        and (block.unless is None or verdict_of(block.unless, known) is not MET)
    )


def _blocked(blocks: tuple[Block, ...], concerned: Mapping[str, tuple[str, ...]]) -> dict[str, Refusal]:
    """Each exercise that is forbidden, with the first reason for it."""
    found: dict[str, Refusal] = {}
    for block in blocks:
        if block.effect == "block":
            for exercise_id in concerned[block.id]:
                found.setdefault(exercise_id, Refusal(exercise_id, block.says, "precaution"))
    return found


def _knowledge(assessment: Assessment, irritability: str, phase: int) -> Knowledge:
    flags: dict[str, FactValue] = {conclusion.rule.flag: True for conclusion in assessment.red_flags}
    return _with(assessment.known, {"irritability": irritability, "plan-phase-now": float(phase), **flags})


def _of_episode(assessment: Assessment, episode: SoFar | None) -> dict[str, FactValue]:
    """What counts for the whole episode: the distance wanted as it was told last, the cadence as it was at first."""
    latest, first = (episode.latest, episode.first) if episode else ({}, {})
    distance = assessment.value("running-km-target")
    told = {
        "distance-wanted": latest.get("running-km-target") if distance is None else distance,
        "cadence-start": first.get("cadence", assessment.value("cadence")),
    }
    known = {fact_id: value for fact_id, value in told.items() if value is not None}
    later = episode is not None and episode.plan is not None
    return {**known, "later-plan": later, "tape-tested-before": "tape-test-drop" in latest}


def _with(known: Knowledge, more: Mapping[str, FactValue]) -> Knowledge:
    """The same knowledge and some facts of the plan; the assessment's own stays as it is."""
    facts = {fact_id: Fact(fact_id, value, "", ()) for fact_id, value in more.items()}
    return Knowledge({**known.facts, **facts}, known.sources, known.reasons)


def _above_cap(assessment: Assessment, item: ItemId, cap: int) -> dict[str, FactValue]:
    pain = assessment.number(item)
    return {} if pain is None else {"resisted-ext-above-cap": pain > cap}


def _phase_by(
    phase: int, chosen: int | None, start: int
) -> Literal["irritability", "therapist", "last visit"]:
    if phase == start:
        return "irritability"
    return "therapist" if chosen else "last visit"


def chosen_phase(assessment: Assessment) -> int | None:
    """The phase the therapist moved the patient to at this visit; None where they did not."""
    chosen = assessment.value(PHASE_ITEM)
    return int(chosen) if chosen in ("1", "2", "3", "4") else None


def _at_home(assessment: Assessment) -> frozenset[str] | None:
    asked = assessment.value("home-equipment")
    return frozenset(asked) if isinstance(asked, tuple) else None
