"""What earlier visits leave to this one: the plan as it was given, the day care began, what is certified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import zip_longest
from types import MappingProxyType

from evalassist.clinical.facts import shown
from evalassist.clinical.result import FactValue, PlannedExercise, PlanOfCare
from evalassist.content.plan_schema import Holds
from evalassist.evaluation import Answer, Answers, ItemId, NotTested


@dataclass(frozen=True, slots=True)
class GivenGoal:
    """A goal of an earlier plan; its id stays the same for the whole episode."""

    id: str
    title: str
    baseline: str
    short: str
    long: str
    """Baseline and targets as they are read; empty where there was none."""


@dataclass(frozen=True, slots=True)
class Given:
    """The plan of an earlier visit: as its note was signed, or of a draft as it is judged now."""

    phase: int
    pain_cap: int
    exercises: tuple[PlannedExercise, ...]
    goals: tuple[GivenGoal, ...]
    starts: date
    treatment_weeks: tuple[int, ...]
    """The week of this plan in which each treatment day falls; its visit is the first."""
    certified_from: date | None = None
    certified_until: date | None = None
    """None where no Medicare clock runs."""
    unknown: tuple[str, ...] = ()
    """Names of exercises that were given and that the content no longer holds."""


@dataclass(frozen=True, slots=True)
class SoFar:
    """The episode before this visit."""

    start_of_care: date
    """The first treatment day, from which the clocks count: the evaluation."""
    treatment_days: tuple[date, ...]
    """For every treatment day the plans held, the day its week began."""
    plan: Given | None = None
    """The last plan there was."""
    answers: Answers = field(default_factory=lambda: MappingProxyType({}))
    """The latest earlier answer to each item."""
    latest: Mapping[str, FactValue] = field(default_factory=lambda: MappingProxyType({}))
    first: Mapping[str, FactValue] = field(default_factory=lambda: MappingProxyType({}))
    """What was known at the earlier visits: of each fact the latest value, and the first."""

    @property
    def phase(self) -> int | None:
        return self.plan.phase if self.plan else None

    @property
    def certified_until(self) -> date | None:
        return self.plan.certified_until if self.plan else None

    def days_before(self, day: date) -> int:
        """How many treatment days lie before this day, as planned: which visits took place is not recorded."""
        return sum(began < day for began in self.treatment_days)


def held_open(holds: Iterable[str], nothing: Holds, before: Answers, now: Answers) -> tuple[ItemId, ...]:
    """What limited the patient at an earlier visit and is not said at this one; of `holds`, in their order."""
    return tuple(
        item_id
        for name in holds
        for item_id in (name, f"{name}.right", f"{name}.left")
        if item_id in before and item_id not in now and _limits(before[item_id], nothing.nothing)
    )


def _limits(answer: Answer, nothing: tuple[str, ...]) -> bool:
    if isinstance(answer, NotTested):
        return False
    return any(part not in nothing for part in answer) if isinstance(answer, tuple) else answer not in nothing


def target_text(value: float | str | None, unit: str) -> str:
    """A target as it is read, with its unit: 90 %, 4+, nothing where there is none."""
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{shown(value, 1)} {unit}".rstrip()


def given_of(plan: PlanOfCare) -> Given:
    """The plan of a visit that is not signed yet."""
    return Given(
        phase=plan.phase,
        pain_cap=plan.pain_cap,
        exercises=plan.exercises,
        goals=tuple(
            GivenGoal(
                one.id,
                one.title,
                *(target_text(value, one.unit) for value in (one.baseline, one.short, one.long)),
            )
            for one in plan.goals
        ),
        starts=plan.schedule.starts,
        treatment_weeks=plan.schedule.treatment_weeks,
        certified_from=plan.certification.starts,
        certified_until=plan.certification.ends,
    )


def so_far(visits: Sequence[tuple[date, Given | None]]) -> SoFar | None:
    """The episode up to now, the earliest visit first; None when there was none."""
    if not visits:
        return None
    days: list[date] = []
    for (day, given), after in zip_longest(visits, [day for day, _ in visits[1:]]):
        weeks: Iterable[int] = given.treatment_weeks if given else (1,)
        began = [day + timedelta(weeks=max(week - 1, 0)) for week in weeks]
        days += [one for one in began if after is None or one < after]
    plans = [given for _, given in visits if given is not None]
    return SoFar(visits[0][0], tuple(days), plans[-1] if plans else None)
