"""What a plan of care writes into the record, as data: visits, certification, goals, codes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import Field

from evalassist.content.schema import Condition, Mark, Model


class Sourced(Model):
    mark: Mark
    cites: tuple[str, ...] = ()


# ---------------------------------------------------------------- visits


class VisitBlock(Model):
    per_week: int = Field(alias="per-week")
    weeks: int


class ScheduleRow(Sourced):
    id: str
    when: Condition | None = None
    because: str
    blocks: tuple[VisitBlock, ...] = ()
    at_weeks: tuple[int, ...] = Field(default=(), alias="at-weeks")
    weeks: int
    note: str = ""
    home_exercise_from_week: int = Field(default=1, alias="home-exercise-from-week")


class DatedRow(Sourced):
    """What is asked of the record, for the patients and in the years it holds for."""

    id: str
    says: str
    when: Condition | None = None
    since: date | None = None
    """In force for visits from this day on."""
    before: date | None = None
    """In force for visits before this day."""
    visit: Literal["", "first", "later"] = ""
    """Only at the first evaluation, or only at a later one."""


class CertificationRow(DatedRow):
    """In what it says, `{due}` is the day by which a first plan has to be sent or signed.

    `{by}` says by when a later plan has to be signed, `{because}` why it is renewed.
    """

    sign: bool = False
    """A physician or NPP has to sign."""


class RecordFact(DatedRow):
    """A fact of billing or documentation for the therapist to read; it decides nothing and is not printed."""

    card: Literal["codes", "visits"]
    """The card of the plan page it stands on."""
    unfolded: bool = False
    """It stands there at once, not only when the card's facts are unfolded."""


class CertificationRules(Sourced):
    """Days of the Medicare clocks, counted from the day care began or from the last certification."""

    due_days: int = Field(alias="due-days")
    limit_days: int = Field(alias="limit-days")
    warning_days: int = Field(alias="warning-days")
    report_day: int = Field(alias="report-day")
    """A progress report is due once in so many treatment days."""
    not_medicare: str = Field(alias="not-medicare")
    unknown: str
    report: str
    """`{day}` is the treatment day by which it is due."""
    until_ends: str = Field(alias="until-ends")
    """Said in place of a day that only the records of the earlier visits hold."""
    has_ended: str = Field(alias="has-ended")
    """Said in place of a day that is past."""
    renews_past: str = Field(alias="renews-past")
    renews_goals: str = Field(alias="renews-goals")
    renews_unknown: str = Field(alias="renews-unknown")
    rules: tuple[CertificationRow, ...]


# ---------------------------------------------------------------- goals


class Target(Model):
    """How a target is made of the baseline: plus, times, or the value of a fact, held within limits."""

    add: float = 0.0
    times: float = 1.0
    fact: str = ""
    at_least: float | None = Field(default=None, alias="at-least")
    at_most: float | None = Field(default=None, alias="at-most")
    at_most_fact: str = Field(default="", alias="at-most-fact")
    least_change: float | None = Field(default=None, alias="least-change")
    beyond_short: float | None = Field(default=None, alias="beyond-short")
    """When it is no better than the short-term target: that one, better by this."""
    grade_steps: int | None = Field(default=None, alias="grade-steps")
    text: str = ""


class GoalRule(Sourced):
    """A goal: when it is used, its targets and its sentence. `each` makes one for every weak muscle group."""

    id: str
    kind: Literal["pain", "function", "impairment", "home"]
    title: str
    measure: str
    fact: str = ""
    trained: bool = False
    """It takes the exercises: the short term counts from the week in which they begin at home."""
    sides: bool = False
    """The worse of the sore sides counts."""
    each: Literal["", "symmetry", "torque", "grade"] = ""
    use: Condition | None = None
    better: Literal["higher", "lower"] = "higher"
    rounding: Literal["half", "up"] = "half"
    unit: str = ""
    short: Target | None = None
    long: Target | None = None
    sentence: str
    """`{weeks}`, `{date}`, `{target}`, `{now}`, `{unit}`, `{task}`, `{group}`, `{leg}` are filled in."""
    sentence_long: str = Field(default="", alias="sentence-long")
    note: str = ""
    note_when: Condition | None = Field(default=None, alias="note-when")
    limits: tuple[int, int] | None = None
    """Lowest and highest target the therapist may type; without it the target is told in words."""
    mcid: float | None = None
    """Where the measure is no questionnaire and has its MCID nowhere else."""
    start: str = ""
    """The baseline in words, where what is known is no number: not running."""
    within: Condition | None = None
    """What else must hold where the target is reached, as pain of 2 or less; not asked, it hinders nothing."""
    instead_of: str = Field(default="", alias="instead-of")
    """The other goal of the same thing: this one does not stay from an earlier plan beside it."""
    judged_by: tuple[str, ...] = Field(default=(), alias="judged-by")
    """The discharge criteria that say whether it was reached, where no one value does."""
    only_without: Literal["", "function"] = Field(default="", alias="only-without")
    """Used only when the plan has no goal of this kind yet."""
    activity: str = ""
    """The activity the goal itself measures, so that it is not named as its own purpose."""


class Activity(Model):
    """An activity that hurts: ticked among what brings the pain on, or familiar pain in its test."""

    id: str
    """The option of `aggravating`."""
    test: str = ""
    says: str


class GoalGroup(Model):
    deficit: str
    group: str
    title: str


class Expectation(Sourced):
    says: str


class GoalRules(Sourced):
    short_weeks: int = Field(alias="short-weeks")
    expectation: Expectation
    """How far people come on average, told to the therapist beside the goals."""
    task: str
    """What the patient wants to do, when nothing was told: no activity, for none was named."""
    activities: tuple[Activity, ...]
    grades: tuple[str, ...]
    groups: tuple[GoalGroup, ...]
    goals: tuple[GoalRule, ...]

    def rule_of(self, goal_id: str) -> GoalRule | None:
        """The rule of a goal, whichever muscle group and side it is for; None where there is none any more."""
        rule_id = goal_id.partition(".")[0]
        return next((rule for rule in self.goals if rule.id == rule_id), None)


# ---------------------------------------------------------------- codes


class IcdRow(Sourced):
    code: str
    label: str
    when: Condition | None = None
    because: str
    offered: bool = True


class EvaluationCode(Sourced):
    code: str
    label: str
    history: int
    """Fewest personal factors or comorbidities of this level."""
    exam: int
    presentation: str
    typical_minutes: int = Field(alias="typical-minutes")


class TreatmentCode(Sourced):
    code: str
    label: str
    timed: bool
    use: str
    when: Condition | None = None
    exercises: tuple[str, ...] = ()
    """Offered when the plan holds one of these, or when `when` holds."""


class CodeRules(Model):
    version: str
    """Year of the code set: it changes every 1 October."""
    icd: tuple[IcdRow, ...]
    evaluation: tuple[EvaluationCode, ...]
    re_evaluation: TreatmentCode = Field(alias="re-evaluation")
    treatment: tuple[TreatmentCode, ...]
    facts: tuple[RecordFact, ...]
    unit_rules: Mapping[Literal["CMS", "MIDPOINT"], str] = Field(alias="unit-rules")
    """How timed minutes become units, in a line, by rule of the payer."""

    @property
    def every_code(self) -> tuple[str, ...]:
        """Every code that can be chosen, in the order of the file."""
        evaluation = (*(row.code for row in self.evaluation), self.re_evaluation.code)
        return (*(row.code for row in self.icd), *evaluation, *(row.code for row in self.treatment))
