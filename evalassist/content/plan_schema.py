"""The rules of the plan of care as data: which need takes which exercise in which phase, and what stands in its way.

Read once into `PlanRules`; a wrong value is told by file and key, so that a wrong rule never starts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError, model_validator

from evalassist.content.defaults import filled
from evalassist.content.record_schema import CertificationRules, CodeRules, GoalRules, ScheduleRow, Sourced
from evalassist.content.schema import Condition, Exercise, Mark, Model
from evalassist.errors import ContentError
from evalassist.evaluation import Defaults
from evalassist.resources import read_toml

PLAN_FILE = "content/rules/plan.toml"
CODES_FILE = "content/rules/codes.toml"

PLAN_FACTS = {
    "irritability": "word",
    "plan-phase-now": "number",
    "resisted-ext-above-cap": "yes-no",
    "later-plan": "yes-no",
    "distance-wanted": "number",
    "cadence-start": "number",
    "tape-tested-before": "yes-no",
}
"""Facts the plan itself adds to those of the assessment; besides them a met red flag is a fact by its flag: RF20.

`later-plan` says that an earlier visit gave a plan; `distance-wanted` is the latest answer of the episode,
`cadence-start` the first.
"""

Place = Literal["education", "running", "load", "adjuncts", "not-advised"]


# ---------------------------------------------------------------- what irritability and age decide


class IrritabilityRow(Sourced):
    """What a level of irritability decides: where to begin, how much pain is allowed, how hard, how many."""

    id: Literal["HIGH", "MODERATE", "LOW"]
    start_phase: int = Field(alias="start-phase", ge=1, le=4)
    pain_cap: int = Field(alias="pain-cap", ge=0, le=10)
    sets: int | None = None
    """Sets are lowered to this, except for the exercises of `full_sets`."""
    full_sets: tuple[str, ...] = Field(default=(), alias="full-sets")
    effort: str
    too_much: tuple[str, ...] = Field(default=(), alias="too-much")
    """Load rules that ask for more than this effort: an exercise that has one is in the plan by hand only."""
    exercises: int


class Limit(Sourced):
    """Fewer exercises or a lower pain cap for some patients; an absent number changes nothing."""

    id: str
    when: Condition
    says: str
    exercises: int | None = None
    pain_cap: int | None = Field(default=None, alias="pain-cap")


class Exit(Sourced):
    """One criterion that must be met to leave a phase, or to end the care.

    It is judged only while `applies` holds; `each_side` wants it on every sore side.
    """

    id: str
    says: str
    when: Condition
    applies: Condition | None = None
    each_side: bool = Field(default=False, alias="each-side")
    unknown: str = "not measured at the first visit"
    """Why it is open, where nothing that can be asked now would decide it."""
    mark: Mark = "P"


class Phase(Sourced):
    number: int
    name: str
    weeks: str
    strength_days: int | None = Field(default=None, alias="strength-days")
    """Strength work is done on at most so many days a week."""
    content: str
    exits: tuple[Exit, ...]
    """All must be met to go on; none for the last phase, which ends with the discharge criteria."""


# ---------------------------------------------------------------- need x phase, slots, swaps


class Choice(Model):
    """One exercise a cell offers. `if_untested` takes it while the pain test of the exercise was not done."""

    exercise: str
    when: Condition | None = None
    otherwise: str = ""
    """Why not, when `when` does not hold."""
    if_untested: bool = Field(default=False, alias="if-untested")


class Cell(Model):
    """What a need takes in one phase: the first choice that can be done; `borrow` goes on in another need's cell."""

    phases: tuple[int, ...]
    choices: tuple[Choice, ...]
    borrow: str = ""


class Need(Sourced):
    """A need of the patient, such as hip abduction strength, and the exercises that serve it."""

    id: str
    title: str
    deficit: str = ""
    """Rule whose finding makes this need urgent."""
    wanted: Condition | None = None
    otherwise: str = ""
    """Why the need is not served, when `wanted` does not hold."""
    cells: tuple[Cell, ...]
    last_resorts: tuple[str, ...] = Field(default=(), alias="last-resorts")

    def cell(self, phase: int) -> Cell | None:
        return next((cell for cell in self.cells if phase in cell.phases), None)


class HipOrder(Sourced):
    """Which hip need comes first: those with a deficit in one order, then the others in another."""

    weak: tuple[str, ...]
    others: tuple[str, ...]


class SlotOption(Model):
    need: str
    when: Condition | None = None


class Slot(Model):
    """One place in the list; the first option that holds and can be done takes it. `extra` is beyond the count."""

    options: tuple[SlotOption, ...]
    extra: bool = False


class SlotList(Sourced):
    """The places of the home programme for a phase; the first list that fits is used."""

    id: str
    irritability: tuple[str, ...] = ("HIGH", "MODERATE", "LOW")
    phases: tuple[int, ...]
    when: Condition | None = None
    see: tuple[str, ...] = ()
    """The guideline's recommendations and the findings of studies that a list of this kind rests on."""
    slots: tuple[Slot, ...]


class Change(Model):
    """`to` instead of `exercise`; the same exercise in another way when both are equal."""

    exercise: str
    to: str
    has: str = ""
    lacks: str = ""
    note: str = ""


class Swap(Sourced):
    """Exercises that give way to others because of a position or because something is not at home."""

    id: str
    says: str
    when: Condition | None = None
    lacks: str = ""
    changes: tuple[Change, ...]

    @model_validator(mode="after")
    def _has_one_cause(self) -> Swap:
        if (self.when is None) == (not self.lacks):
            raise ValueError("a swap has either `when` or `lacks`")
        return self


class PainTest(Sourced):
    """A test whose pain tells whether the exercises that repeat it are tolerated; `cap` replaces the plan's cap."""

    item: str
    title: str
    exercises: tuple[str, ...]
    cap: int | None = None


class Block(Sourced):
    """A precaution or impairment that forbids exercises, or with effect `warn` asks the therapist to look.

    It applies when `when` holds, or, where `unless` is given, until `unless` is known to hold.
    """

    id: str
    says: str
    when: Condition | None = None
    unless: Condition | None = None
    codes: tuple[str, ...] = ()
    """Every exercise that carries one of these precaution codes."""
    positions: tuple[str, ...] = ()
    exercises: tuple[str, ...] = ()
    but_not: tuple[str, ...] = Field(default=(), alias="but-not")
    effect: Literal["block", "warn"] = "block"

    def concerns(self, exercise: Exercise) -> bool:
        """It speaks about this exercise."""
        if exercise.id in self.but_not:
            return False
        if exercise.id in self.exercises or exercise.body_position in self.positions:
            return True
        return not set(self.codes).isdisjoint(exercise.precautions)


class Notice(Sourced):
    """Something the therapist has to know before the plan is printed."""

    id: str
    says: str
    when: Condition


# ---------------------------------------------------------------- what stands beside the exercises


class Scaled(Model):
    fact: str
    times: float = 1.0


class Reached(Model):
    """What is said instead once the number `value` has come up to the number `least`, both as they are read."""

    value: str
    least: str
    title: str


class AdviceRow(Sourced):
    """Something said beside the exercises: education, load, running, an adjunct, or what is not advised."""

    id: str
    place: Place
    title: str
    because: str
    when: Condition | None = None
    values: dict[str, Scaled] = Field(default_factory=dict)
    """Numbers filled into title and reason; the row stays out while one of them is not known."""
    reached: Reached | None = None
    recommendation: str = ""
    limit: str = ""
    first_when: Condition | None = Field(default=None, alias="first-when")


# ---------------------------------------------------------------- all of it


class Holds(Sourced):
    """What limited an earlier plan and is asked again at a later visit; an answer of `nothing` limits nothing."""

    stops: tuple[str, ...]
    """A later plan waits for these."""
    asks: tuple[str, ...]
    nothing: tuple[str, ...]


class PlanData(Model):
    holds: Holds
    irritability: tuple[IrritabilityRow, ...]
    limits: tuple[Limit, ...]
    phases: tuple[Phase, ...]
    hip_order: HipOrder = Field(alias="hip-order")
    needs: tuple[Need, ...]
    slot_lists: tuple[SlotList, ...] = Field(alias="slot-lists")
    next_needs: tuple[SlotOption, ...] = Field(alias="next-needs")
    most_exercises: int = Field(alias="most-exercises")
    swaps: tuple[Swap, ...]
    stand_ins: dict[str, str] = Field(alias="stand-ins")
    """What does instead when a thing is not at home, so that it never stands in the way."""
    clinic_only: tuple[str, ...] = Field(alias="clinic-only")
    upkeep_exercises: int = Field(alias="upkeep-exercises")
    """The most exercises of the upkeep plan after discharge."""
    upkeep_days: int = Field(alias="upkeep-days")
    """Days a week of the upkeep plan after discharge."""
    upkeep_weeks: int = Field(alias="upkeep-weeks")
    """For so long at least."""
    stands_without: tuple[str, ...] = Field(alias="stands-without")
    """Criteria that need not be met again at a later visit: the diagnosis of the plan before stands without them."""
    see_beside: tuple[str, ...] = Field(alias="see-beside")
    """Recommendations on care beside exercise that stand for every patient."""
    pain_tests: tuple[PainTest, ...] = Field(alias="pain-tests")
    blocks: tuple[Block, ...]
    notices: tuple[Notice, ...]
    advice: tuple[AdviceRow, ...]
    schedules: tuple[ScheduleRow, ...]
    certification: CertificationRules
    goals: GoalRules

    @model_validator(mode="after")
    def _names_are_known(self) -> PlanData:
        needs = {need.id for need in self.needs} | {"HIP1", "HIP2", "HIP3"}
        slots = [slot for entry in self.slot_lists for slot in entry.slots]
        asked = [option.need for slot in slots for option in slot.options]
        asked += [option.need for option in self.next_needs]
        asked += [cell.borrow for need in self.needs for cell in need.cells if cell.borrow]
        asked += [*self.hip_order.weak, *self.hip_order.others]
        if unknown := sorted(set(asked) - needs):
            raise ValueError(f"no need {unknown[0]}; there are {', '.join(sorted(needs))}")
        if len({block.id for block in self.blocks}) < len(self.blocks):
            raise ValueError("two blocks have the same id")
        if [row.id for row in self.irritability] != ["HIGH", "MODERATE", "LOW"]:
            raise ValueError("irritability needs the rows HIGH, MODERATE, LOW in this order")
        if self.schedules[-1].when is not None:
            raise ValueError("the last schedule must fit everybody, so it has no `when`")
        return self


class PlanRules(PlanData):
    """Everything the plan of care decides by, ready to use."""

    codes: CodeRules

    @cached_property
    def row_of(self) -> Mapping[str, IrritabilityRow]:
        return {row.id: row for row in self.irritability}

    @cached_property
    def phase_of(self) -> Mapping[int, Phase]:
        return {phase.number: phase for phase in self.phases}

    @cached_property
    def need_of(self) -> Mapping[str, Need]:
        return {need.id: need for need in self.needs}

    @cached_property
    def tests_of(self) -> Mapping[str, tuple[PainTest, ...]]:
        """The pain tests that speak about an exercise."""
        found: dict[str, tuple[PainTest, ...]] = {}
        for test in self.pain_tests:
            for exercise_id in test.exercises:
                found[exercise_id] = (*found.get(exercise_id, ()), test)
        return found

    @cached_property
    def needs_with(self) -> Mapping[str, tuple[Need, ...]]:
        """The needs in whose cells an exercise stands."""
        found: dict[str, tuple[Need, ...]] = {}
        for need in self.needs:
            for cell in need.cells:
                for choice in cell.choices:
                    known = found.get(choice.exercise, ())
                    found[choice.exercise] = known if need in known else (*known, need)
        return found

    @cached_property
    def advice_at(self) -> Mapping[Place, tuple[AdviceRow, ...]]:
        """The rows of each place."""
        places = dict.fromkeys(row.place for row in self.advice)
        return {place: tuple(row for row in self.advice if row.place == place) for place in places}

    def exercise_ids(self) -> frozenset[str]:
        """Every exercise these rules name, to be checked against the library."""
        ids = {c.exercise for need in self.needs for cell in need.cells for c in cell.choices}
        ids |= {name for need in self.needs for name in need.last_resorts}
        ids |= {
            name for swap in self.swaps for change in swap.changes for name in (change.exercise, change.to)
        }
        ids |= {name for test in self.pain_tests for name in test.exercises}
        ids |= {name for block in self.blocks for name in (*block.exercises, *block.but_not)}
        ids |= {name for code in self.codes.treatment for name in code.exercises}
        return frozenset(ids)

    def exercises_for(self, deficit: str) -> frozenset[str]:
        """The exercises that the needs of a finding take, in any phase."""
        needs = [need for need in self.needs if need.deficit == deficit]
        chosen = {choice.exercise for need in needs for cell in need.cells for choice in cell.choices}
        return frozenset(chosen | {name for need in needs for name in need.last_resorts})

    def conditions(self) -> Iterator[tuple[str, Condition]]:
        """Every condition with the entry it stands in, to be checked against the facts."""
        for entry in _entries(self):
            for name in ("when", "unless", "use", "wanted", "note_when", "first_when", "applies", "within"):
                condition = getattr(entry, name, None)
                if isinstance(condition, Condition):
                    yield str(getattr(entry, "id", getattr(entry, "code", type(entry).__name__))), condition

    def facts_named(self) -> Iterator[tuple[str, str]]:
        """Every fact named outside a condition, with the entry it stands in; sided ones with `.{side}`."""
        for row in self.advice:
            yield from ((row.id, scaled.fact) for scaled in row.values.values())
        for test in self.pain_tests:
            yield test.item, test.item
        for code in self.codes.treatment:
            yield code.code, f"minutes-{code.code}"
        for goal in self.goals.goals:
            names = [f"{goal.fact}.{{side}}" if goal.fact and goal.sides else goal.fact]
            for target in (goal.short, goal.long):
                names += [target.fact, target.at_most_fact] if target else []
            yield from ((goal.id, name) for name in names if name)

    def deficits_named(self) -> Iterator[tuple[str, str]]:
        """Every rule that a need or a strength goal answers, with the entry it stands in."""
        yield from ((need.id, need.deficit) for need in self.needs if need.deficit)
        yield from ((group.group, group.deficit) for group in self.goals.groups)

    def sourced(self) -> Iterator[Sourced]:
        """Every entry that carries a mark, and says how far it may be trusted."""
        return (entry for entry in _entries(self) if isinstance(entry, Sourced))

    def citations(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        for entry in self.sourced():
            yield str(getattr(entry, "id", getattr(entry, "code", type(entry).__name__))), entry.cites


def _entries(model: Model) -> Iterator[Model]:
    """This model and every model inside it, conditions left out."""
    yield model
    for name in type(model).model_fields:
        value = getattr(model, name)
        inner = value if isinstance(value, tuple) else (value,)
        for part in inner:
            if isinstance(part, Model) and not isinstance(part, Condition):
                yield from _entries(part)


M = TypeVar("M", bound=Model)


def load_plan_rules(numbers: Defaults) -> PlanRules:
    """Read and check the plan's rules with these defaults; raises `ContentError` with file and key on a wrong value."""
    codes = _checked(CODES_FILE, CodeRules, read_toml(CODES_FILE))
    data = _checked(PLAN_FILE, PlanData, filled(read_toml(PLAN_FILE), numbers))
    return PlanRules.model_construct(
        codes=codes, **{name: getattr(data, name) for name in PlanData.model_fields}
    )


def _checked(file: str, model: type[M], data: dict[str, Any]) -> M:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise ContentError(file, _key(data, first["loc"]), first["msg"]) from None


def _key(data: Any, location: tuple[int | str, ...]) -> str:
    """The place of a fault, entries named by their own id instead of their number."""
    words: list[str] = []
    here = data
    for step in location:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        names = (
            [here.get(name) for name in ("id", "code", "item", "number")] if isinstance(here, dict) else []
        )
        named = next((name for name in names if name is not None), step)
        words.append(str(named if isinstance(step, int) else step))
    return " > ".join(words)
