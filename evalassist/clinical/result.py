"""What the reasoning gives back: facts, conclusions and plan, each with its reasons. Frozen values, no text of code.

What is made many times for every answer is a NamedTuple, which is made faster than a frozen dataclass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Literal, NamedTuple

from evalassist.content.record_schema import RecordFact
from evalassist.content.schema import Dose, Exercise, Level, Rule
from evalassist.evaluation import SIDES, Defaults, ItemId, Opinion, Side, SoreKnee


class Verdict(StrEnum):
    """A condition is met, not met, or undecided because something was not asked or tested."""

    MET = "met"
    NOT_MET = "not met"
    UNDECIDED = "undecided"


MET, NOT_MET, UNDECIDED = Verdict  # asked thousands of times for every answer, and slow to reach by the enum

FactValue = str | float | bool | tuple[str, ...]


class Fact(NamedTuple):
    """Something known about this patient; `inputs` are the answers it comes from, `text` reads as a finding."""

    id: str
    value: FactValue
    text: str
    inputs: tuple[ItemId, ...]
    remark: str = ""
    """How far the value can be trusted, told after the comparison."""
    unit: str = ""
    """The unit of a measured value, told behind a limit too."""
    told_whole: bool = False
    """No limit is told behind the text: it says in words on which side of zero it lies, or is in another unit."""


@lru_cache(maxsize=1024)  # two for every rule, and needed after every answer
def yes_or_no(fact_id: str, holds: bool) -> Fact:
    """A fact that is nothing but true or false, such as that a rule is met."""
    return Fact(fact_id, holds, "", ())


class Reason(NamedTuple):
    """One finding that speaks for a conclusion or against it, as words, with the items to look at."""

    text: str
    items: tuple[ItemId, ...] = ()

    @property
    def sides(self) -> frozenset[str]:
        """The sides its items name; none where the finding has no side."""
        return frozenset(item.rpartition(".")[2] for item in self.items if "." in item) & set(SIDES)


def first_of_each_side(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """The first reason; where it is of one side alone, also the first of the other, so that neither is hidden."""
    first = reasons[:1]
    if not first or len(first[0].sides) != 1:
        return tuple(first)
    across = [reason for reason in reasons if len(reason.sides) == 1 and reason.sides != first[0].sides]
    return (*first, *across[:1])


class Conclusion(NamedTuple):
    """A rule judged on this patient. `sides` are the sore sides on which it is met."""

    rule: Rule
    verdict: Verdict
    sides: tuple[Side, ...]
    reasons: tuple[Reason, ...]
    """The findings that decided it, for a met rule why it is met, for a rule not met why not."""
    missing: tuple[ItemId, ...]
    """What must be asked or tested to decide it."""

    @property
    def id(self) -> str:
        return self.rule.id

    @property
    def met(self) -> bool:
        return self.verdict is MET


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known, and for each fact that is not, which items would tell it. Grows while rules are judged."""

    facts: dict[str, Fact]
    sources: dict[str, tuple[ItemId, ...]]
    reasons: dict[str, tuple[Reason, ...]]
    """For facts that are conclusions: the findings behind them, so that reasons name findings, not rules."""

    def learn(self, concluded: Conclusion, overruled: bool = False) -> None:
        """A verdict is a fact for the rules after it; an undecided one passes on what is missing.

        Where the therapist disagrees, the fact is the therapist's word, while the conclusion stays as it was judged.
        """
        rule_id = concluded.rule.id
        if overruled:
            self.facts[rule_id] = yes_or_no(rule_id, not concluded.met)
            self.reasons[rule_id] = (Reason(f"the therapist's word on: {concluded.rule.title.lower()}"),)
        elif concluded.verdict is UNDECIDED:
            self.sources[rule_id] = concluded.missing
        else:
            self.facts[rule_id] = yes_or_no(rule_id, concluded.verdict is MET)
            self.reasons[rule_id] = concluded.reasons

    def value(self, fact_id: str) -> FactValue | None:
        fact = self.facts.get(fact_id)
        return None if fact is None else fact.value


class SideStrength(NamedTuple):
    """One muscle group on one side. Forces in N, torque in Nm and Nm/kg; None when it cannot be known.

    `score` follows the protocol (best or mean of the trials) and is in N, or in Nm when torque was typed.
    """

    score: float | None
    in_torque: bool
    trials: tuple[float, ...]
    """In N, or Nm when torque was typed."""
    lever_arm_m: float | None
    cv_percent: float | None
    reliable: bool
    torque_nm: float | None
    torque_nm_per_kg: float | None
    percent_body_weight: float | None
    z: float | None
    grade: str | None
    pain: int | None
    pain_inhibited: bool
    not_tested: str | None
    protocol: tuple[str | None, str | None] = (None, None)
    """Position and contraction when they are not the standard ones."""


class GroupStrength(NamedTuple):
    """A muscle group on both sides. `symmetry_percent` is sore over other side, one-sided pain only;
    `asymmetry_percent` is weaker over stronger whatever hurts; both unrounded."""

    group: str
    right: SideStrength | None
    left: SideStrength | None
    symmetry_percent: float | None
    asymmetry_percent: float | None
    weaker: Side | None
    within_tester_error: bool | None
    """True when the difference is smaller than what two testers differ by."""
    not_compared: str = ""
    """Why two measured sides cannot be compared: `positions`, `contractions`, `units`."""

    def side(self, side: Side) -> SideStrength | None:
        return self.right if side == "right" else self.left


class Score(NamedTuple):
    """A measure scored, or not scored with what is missing."""

    measure: str
    value: float | None
    answered: int
    missing: tuple[ItemId, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two answers that cannot both be meant, as a sentence, with the items to look at."""

    text: str
    items: tuple[ItemId, ...]
    entered_in: str = ""
    """The step whose own order leads through this state: it is told once another step is shown, or before signing."""


TEST_ANYWAY = "test-anyway-reason"
"""The answer that opens the testing steps although the safety screen forbids them."""


def advised(flags: Iterable[Conclusion]) -> Mapping[str, tuple[str, ...]]:
    """What these flags ask for at once, each told once, with the titles of the flags that ask it."""
    asked: dict[str, tuple[str, ...]] = {}
    for flag in flags:
        asked[flag.rule.do_now] = (*asked.get(flag.rule.do_now, ()), flag.rule.title)
    return asked


@dataclass(frozen=True, slots=True)
class HipFirst:
    """Under 18 the hip is cleared before any knee result is told: the questions still open, and what is positive."""

    open: tuple[ItemId, ...]
    positive: tuple[ItemId, ...]

    @property
    def words(self) -> str:
        """What stands in place of the knee results."""
        if self.positive:
            return "Hip screen positive: no knee result until the hip is cleared."
        number = len(self.open)
        return f"Hip screen first: {number} question{'' if number == 1 else 's'} open."


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the findings say. `action` is None while a question of level URGENT or above is open."""

    known: Knowledge
    conclusions: Mapping[str, Conclusion]
    action: Level | str | None
    """EMERGENCY, URGENT, REFER, CAUTION or NONE."""
    red_flags: tuple[Conclusion, ...]
    """The flags that are met, the most severe first, one a flag."""
    open_flags: tuple[Conclusion, ...]
    """Undecided flags of level URGENT or above."""
    pfp: Verdict
    criteria: tuple[Conclusion, ...]
    irritability: str | None
    """HIGH, MODERATE, LOW, or None when worst pain is not known: the therapist's level where one was set by hand."""
    irritability_found: str | None
    """The level the findings say, whatever the therapist set."""
    irritability_reasons: tuple[Reason, ...]
    irritability_missing: tuple[ItemId, ...]
    subcategories: tuple[str, ...]
    """OVL, MPD, MCD, MOB-hyper, MOB-hypo or NONE, as the findings say; empty while PFP is not met."""
    agreed: tuple[str, ...]
    """The same after the therapist's word: what was disagreed with is gone, what was added stands."""
    primary: str | None
    modifiers: tuple[str, ...]
    muscle_performance: str | None
    """hip only, quadriceps only, hip and quadriceps; "hip; quadriceps not decided" where a part is open."""
    flags: tuple[str, ...]
    scores: Mapping[str, Score]
    strength: Mapping[str, GroupStrength]
    numbers: Defaults
    """The defaults by which this was judged, as the clinic set them."""
    opinions: Mapping[str, Opinion] = field(default_factory=dict)
    """The therapist's words that were given on what the findings still say."""
    contradictions: tuple[Contradiction, ...] = ()
    hip_first: HipFirst | None = None
    """Under 18: what of the hip screen keeps the knee from being classified."""

    def disagrees(self, conclusion_id: str) -> bool:
        """The therapist does not agree with this conclusion (`pfp`, or the code of a subcategory)."""
        opinion = self.opinions.get(conclusion_id)
        return opinion is not None and not opinion.accepts

    def decided(self, conclusion_id: str, found: Verdict) -> Verdict:
        """The verdict after the therapist's word: who disagrees turns it round."""
        return {MET: NOT_MET, NOT_MET: MET}.get(found, found) if self.disagrees(conclusion_id) else found

    @property
    def irritability_by_hand(self) -> bool:
        """The therapist set another level than the findings say."""
        return self.irritability != self.irritability_found

    @property
    def irritability_taken(self) -> bool:
        """Moderate because something was not recorded: the findings do not rule out the other levels."""
        others = (self.conclusions["irritability-high"], self.conclusions["irritability-low"])
        return self.irritability == self.irritability_found == "MODERATE" and any(
            level.verdict is not NOT_MET for level in others
        )

    @property
    def stopped(self) -> bool:
        """The safety screen forbids a plan of care."""
        return self.action in ("EMERGENCY", "URGENT", "REFER")

    @property
    def stops(self) -> tuple[Conclusion, ...]:
        """All flags of the level that stops the visit: none of them may hide behind another."""
        return tuple(f for f in self.red_flags if f.rule.level == self.action) if self.stopped else ()

    @property
    def testing_forbidden(self) -> bool:
        """The safety screen forbids to test movement, strength and mobility."""
        return self.action in ("EMERGENCY", "URGENT")

    @property
    def tested_anyway(self) -> str:
        """Why the therapist tests what the screen forbids; empty while it forbids nothing, or nothing was said."""
        reason = self.value(TEST_ANYWAY)
        return reason if self.testing_forbidden and isinstance(reason, str) else ""

    @property
    def testing_locked(self) -> bool:
        """Movement, strength and mobility are closed: forbidden, and no reason was given to test anyway."""
        return self.testing_forbidden and not self.tested_anyway

    @property
    def facts(self) -> Mapping[str, Fact]:
        return self.known.facts

    def met(self, rule_id: str) -> bool:
        """Whether it holds for plan and note: as judged, or as the therapist says."""
        return self.value(rule_id) is True

    def value(self, fact_id: str) -> FactValue | None:
        fact = self.facts.get(fact_id)
        return None if fact is None else fact.value

    def number(self, fact_id: str) -> float | None:
        value = self.value(fact_id)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


# ---------------------------------------------------------------- plan of care


@dataclass(frozen=True, slots=True)
class PlannedExercise:
    """One exercise of the home programme, with the dose for this patient and why it is there."""

    exercise: Exercise
    slot: str
    """HIP1, HIP2, HIP3, CKC, OKC, MC, FLEX, FOOT, CORE, RUN, or THERAPIST when added by hand."""
    side: SoreKnee
    dose: Dose
    because: tuple[Reason, ...]
    edited: bool = False
    """Not as proposed: another dose, side or load, or in the place of another. What was only added was not proposed."""
    proposed_dose: Dose | None = None
    locked: bool = False
    """The therapist keeps it in the plan whatever the findings become."""
    load_step: str = ""
    """What grows of the load from this visit on, in words; empty where no step was taken."""


class Refusal(NamedTuple):
    """Why an exercise is not offered: phase, precaution, pain cap, slot, equipment, or the therapist's word."""

    exercise_id: str
    why: str
    kind: str


class Advice(NamedTuple):
    """Something offered beside the exercises, or not advised, with its reason and recommendation."""

    id: str
    title: str
    because: str
    recommendation: str = ""
    """REC04 …: the guideline's word on it."""
    limit: str = ""


class Goal(NamedTuple):
    """Baseline, targets and sentence of one goal. Long term is the end of the plan."""

    id: str
    title: str
    measure: str
    baseline: float | str | None
    short: float | str | None
    long: float | str | None
    unit: str
    sentences: tuple[str, ...]
    note: str = ""
    warning: str = ""
    edited: bool = False
    own_words: bool = False
    """The sentence is the therapist's own."""
    proposed: tuple[float | str | None, float | str | None] | None = None
    """Short and long term as they were proposed, where the therapist set another target."""
    limits: tuple[int, int] | None = None
    """Lowest and highest target that may be typed; None where the target is words or a grade."""
    grades: tuple[str, ...] = ()
    """The hand grades a target may be set to."""
    leg: str = ""
    """Whose strength it is: "the right leg"; empty for all that has no side."""
    short_weeks: int = 4
    """How far ahead the short term lies: later where exercise at home begins later, for what takes exercise."""


@dataclass(frozen=True, slots=True)
class Goals:
    """The goals after the therapist's edits, what was taken out with its reason, and what to tell."""

    stand: tuple[Goal, ...]
    dropped: tuple[tuple[Goal, str], ...] = ()
    warnings: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """The goals that were changed and are none here, in words."""


@dataclass(frozen=True, slots=True)
class Visits:
    """So many visits a week for so many weeks."""

    per_week: int
    weeks: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often and how long. `blocks` is empty where the visits stand in named weeks."""

    id: str
    text: str
    """2 a week for 4 weeks, then 1 a week for 4 weeks."""
    visits: int
    weeks: int
    starts: date
    ends: date
    because: str
    progress_report: str
    home_exercise_from_week: int = 1
    blocks: tuple[Visits, ...] = ()
    treatment_weeks: tuple[int, ...] = ()
    """The week in which each treatment day falls."""
    report_day: int | None = 10
    """The treatment day by which the next progress report is due, counted from the day care began; None where the
    payer is not Medicare."""
    report_by: date | None = None
    """About when that day falls; None when the plan has fewer visits."""
    proposed: str = ""
    """The words of the proposal, where the therapist changed it."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Certification:
    """Dates of the Medicare clocks, or None where the payer's own rules apply."""

    applies: bool
    text: str
    due: date | None
    ends: date | None
    recertification_warning: date | None
    conservative_limit: date | None
    rules: tuple[str, ...]
    starts: date | None = None
    """The first day certified: the day care began, or the day of the last recertification."""
    renews: bool = False
    """This plan is a recertification; `due` is then the last day of the certification in force, unless it lapsed."""
    lapsed: date | None = None
    """The day on which the certification ended, where it ended before this visit."""
    signature_needed: bool = False
    """A physician or NPP has to sign; False too where it is the payer's own rules that say so."""


CodeKind = Literal["diagnosis", "evaluation", "treatment"]


class Code(NamedTuple):
    """A code with our own short label. It is offered, and used only when the therapist has chosen it."""

    code: str
    label: str
    because: str
    offered: bool = True
    kind: CodeKind = "diagnosis"
    chosen: bool = False
    timed: bool = False
    minutes: int | None = None
    """Minutes of this session; None when none were typed."""
    units: int = 0


class Component(NamedTuple):
    """One of the three components of an evaluation code, and the level it reaches; None while it is not recorded."""

    title: str
    value: str
    level: str | None
    item: ItemId


@dataclass(frozen=True, slots=True)
class Complexity:
    """Why this evaluation code: the lowest level that all components meet."""

    components: tuple[Component, ...]
    code: str = ""
    """Empty while a component is missing."""

    @property
    def words(self) -> str:
        told = [
            f"{one.title} {one.value or 'not recorded'}: {one.level or 'open'}" for one in self.components
        ]
        return "; ".join(told)


@dataclass(frozen=True, slots=True)
class Session:
    """The timed minutes of this session, the units they give, and by which rule."""

    minutes: int
    units: int
    rule: str
    choose: tuple[str, ...] = ()
    """Codes with an equal claim to the last unit."""
    whole: int | None = None
    """Minutes of the whole treatment, timed or not; None while they are not recorded."""


@dataclass(frozen=True, slots=True)
class PlanOfCare:
    """The proposed plan with the therapist's edits applied last."""

    phase: int
    pain_cap: int
    effort: str
    """RPE 5-6 of 10."""
    exercises: tuple[PlannedExercise, ...]
    see: tuple[str, ...]
    """The recommendations and studies the choice of exercises rests on, by id; none when all were picked by hand."""
    next_phase: tuple[str, ...]
    """Ids the next phase would hold."""
    hip_order: tuple[str, ...]
    education: tuple[Advice, ...]
    running: tuple[Advice, ...]
    load_advice: tuple[Advice, ...]
    adjuncts: tuple[Advice, ...]
    not_advised: tuple[Advice, ...]
    goals: tuple[Goal, ...]
    dropped_goals: tuple[tuple[Goal, str], ...]
    """Goals the therapist took out, with the reason."""
    taken_out: tuple[Refusal, ...]
    """Exercises the therapist took out, with the reason."""
    eased: tuple[str, ...]
    """Exercises of the last plan whose log asks for less, by id."""
    ended: tuple[str, ...]
    """Names of exercises of the last plan that are in this one no more, besides those taken out."""
    schedule: Schedule
    certification: Certification
    codes: tuple[Code, ...]
    complexity: Complexity | None
    """None where the visit has no initial evaluation code."""
    session: Session
    refused: tuple[Refusal, ...]
    warnings: tuple[str, ...]
    """What a hard check or a precaution tells the therapist."""
    left_out: tuple[str, ...]
    """The therapist's changes for which this plan holds nothing to change, in words."""
    precautions: tuple[str, ...]
    """What the findings forbid or ask care with, whatever stands in the plan."""
    record_facts: tuple[RecordFact, ...]
    """What billing and documentation ask at this visit, to be read."""
    not_decided: tuple[ItemId, ...]
    """Inputs that were missing, so that the gentler choice was taken."""
    minutes: int
    """Estimated minutes a session at home, to the nearest 5."""

    @property
    def warnings_now(self) -> tuple[str, ...]:
        """The warnings, and what was left out: told while the plan is made, for of a plan that is signed it says
        nothing."""
        left_out = f"No longer fits and was left out: {'; '.join(self.left_out)}."
        return (*self.warnings, left_out) if self.left_out else self.warnings


@dataclass(frozen=True, slots=True)
class NoPlan:
    """There is no plan, and why: stopped by the screen, screen open, criteria not met, cleared surgery."""

    why: str
    items: tuple[ItemId, ...] = ()
