"""The rules of later visits as data: what is compared, how a log, the course and the end of care are judged."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pydantic import Field, ValidationError, model_validator

from evalassist.content.defaults import filled
from evalassist.content.plan_schema import Exit
from evalassist.content.record_schema import Sourced
from evalassist.content.schema import Condition, Exercise, FactName, Model
from evalassist.errors import ContentError
from evalassist.evaluation import Defaults, VisitKind
from evalassist.resources import read_toml
from evalassist.words import upper_first

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLLOW_UP_FILE = "content/rules/follow_up.toml"

ChangeKind = Literal["pain", "movement", "length"]
LogField = Literal["sets", "reps", "hold", "effort", "form", "twice"]
LogVerdict = Literal["progress", "hold", "regress"]


class Comparison(Sourced):
    """A finding that is compared with an earlier visit, besides the questionnaires and strength.

    `bands` are the upper ends of named ranges: a change of one band counts. While `unless` holds at one of the
    visits the two are not compared, for the reason in `apart`.
    """

    fact: str
    kind: ChangeKind
    title: str
    sides: bool = False
    better: Literal["higher", "lower"]
    unit: str = ""
    rating: str = ""
    """The rating whose MDC and MCID count (measures/measures.toml)."""
    mdc: float | None = None
    """Of a test that is no rating."""
    bands: tuple[float, ...] = ()
    unless: Condition | None = None
    apart: str = ""
    note: str = ""


class Sign(Model):
    """A sign that asks for a new examination when it was not there at the last visit."""

    title: str
    when: Condition
    sides: bool = False
    knee: bool = False
    """It also stops the progress of every exercise."""


class Colour(Sourced):
    """How a session log is read (green, amber, red); the first that is met counts."""

    id: Literal["RED", "AMBER", "GREEN"]
    verdict: LogVerdict
    says: str
    when: Condition


class LogCriterion(Model):
    """What a progression criterion (PC1 …) looks at in the log, and what follows when it is met."""

    code: str
    asks: tuple[LogField, ...]
    """What is asked besides pain and how soon it settled."""
    form: str = ""
    twice: str
    when: Condition
    then: Literal["load", "harder", "fewer-days"]
    days: int | None = None
    """So many days a week are enough then."""


class LoadStep(Sourced):
    """One step on by a load rule: a number of the dose that grows up to its target, or what grows in words.

    Without either the next exercise of the ladder is the step. The first row that fits the exercise counts.
    """

    load: str
    regions: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    """Only for these; empty for every exercise."""
    hold_s: int | None = Field(default=None, alias="hold-s")
    """So many seconds more."""
    up_to_s: int | None = Field(default=None, alias="up-to-s")
    says: str = ""

    @property
    def title(self) -> str:
        """Of which exercises it speaks."""
        only = ", ".join((*self.regions, *self.positions))
        return f"{self.load}, {only}" if only else self.load

    @property
    def grows(self) -> str:
        """What one step on is."""
        if self.hold_s is not None:
            return f"Hold {self.hold_s} s longer, up to {self.up_to_s} s."
        return upper_first(f"{self.says or 'the next exercise of the ladder'}.")

    def fits(self, load: str, exercise: Exercise) -> bool:
        """Whether this is the step of an exercise with this load rule."""
        named = exercise.region in self.regions or exercise.body_position in self.positions
        return load == self.load and (named or not (self.regions or self.positions))


class Course(Sourced):
    """How the patient does since the first visit, and what follows from it."""

    id: str
    title: str
    says: str
    when: Condition
    refer: bool = False
    visits: str = ""
    """What it means for the visits that are proposed, until the therapist sets them."""


class SameAsLast(Sourced):
    """Where "the same as last time" may be said: on these steps, but not of what is always asked anew."""

    steps: tuple[str, ...]
    anew: tuple[str, ...]
    scored: tuple[str, ...]
    """Besides numbers and scales: what is scored, and so counts only when it was taken again."""


class AskedAgain(Sourced):
    """What a later visit asks again; what is on no such row can be asked, but nothing waits for it.

    `kinds` are the visits that ask it; `when` is judged on what is known today and, where that says nothing, on the
    latest visit that does; for each side where the items have one.
    """

    kinds: tuple[VisitKind, ...] = ("re-evaluation", "discharge")
    items: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    """All items of these steps that an evaluation waits for."""
    when: Condition | None = None

    @property
    def title(self) -> str:
        """What it asks."""
        return ", ".join((*self.steps, *self.items))


class FollowUpRules(Model):
    same_as_last: SameAsLast = Field(alias="same-as-last")
    again: tuple[AskedAgain, ...]
    comparisons: tuple[Comparison, ...]
    same: dict[str, tuple[str, ...]]
    """For a questionnaire the items that must read alike at both visits."""
    facts: tuple[FactName, ...]
    signs: tuple[Sign, ...]
    colours: tuple[Colour, ...]
    criteria: tuple[LogCriterion, ...]
    steps: tuple[LoadStep, ...]
    courses: tuple[Course, ...]
    discharge: tuple[Exit, ...]

    @model_validator(mode="after")
    def _steps_are_whole(self) -> FollowUpRules:
        for step in self.steps:
            if (step.hold_s is None) != (step.up_to_s is None):
                raise ValueError(f"{step.load}: `hold-s` and `up-to-s` go together")
        return self

    @model_validator(mode="after")
    def _limits_go_together(self) -> FollowUpRules:
        for row in self.comparisons:
            if sum((bool(row.bands), row.mdc is not None, bool(row.rating))) > 1:
                raise ValueError(f"{row.fact} has bands, an MDC, or the limits of a rating")
            if (row.unless is None) != (not row.apart):
                raise ValueError(f"{row.fact}: `unless` and `apart` go together")
        return self

    @cached_property
    def fact_of(self) -> Mapping[str, FactName]:
        return {fact.id: fact for fact in self.facts}

    @cached_property
    def criterion_of(self) -> Mapping[str, LogCriterion]:
        return {row.code: row for row in self.criteria}

    def conditions(self) -> Iterator[tuple[str, Condition]]:
        """Every condition with the entry it stands in, to be checked against the facts."""
        for row in self.comparisons:
            if row.unless is not None:
                yield row.fact, row.unless
        for asked in self.again:
            if asked.when is not None:
                yield asked.title, asked.when
        for sign in self.signs:
            yield sign.title, sign.when
        yield from ((colour.id, colour.when) for colour in self.colours)
        yield from ((course.id, course.when) for course in self.courses)
        for criterion in self.criteria:
            yield criterion.code, criterion.when
        for end in self.discharge:
            yield end.id, end.when
            if end.applies is not None:
                yield end.id, end.applies

    def sourced(self) -> Iterator[Sourced]:
        """Everything that carries a mark."""
        yield from (
            self.same_as_last,
            *self.again,
            *self.comparisons,
            *self.colours,
            *self.steps,
            *self.courses,
            *self.discharge,
        )


def load_follow_up(numbers: Defaults) -> FollowUpRules:
    """Read and check the rules of later visits; raises `ContentError` with file and key on a wrong value."""
    try:
        return FollowUpRules.model_validate(filled(read_toml(FOLLOW_UP_FILE), numbers))
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError(
            FOLLOW_UP_FILE, " > ".join(str(part) for part in first["loc"]), first["msg"]
        ) from None
