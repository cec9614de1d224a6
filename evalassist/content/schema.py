"""The shape of the clinical content: what is asked, how it is scored, which rule concludes what, on which source.

Content is data under `resources/content`; these models refuse unknown keys, so a typo never passes silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from evalassist.words import in_unit

Mark = Literal["V", "V2", "K", "D", "P"]
"""How far a fact may be trusted: V read in the source, V2 seen second-hand, K general knowledge not checked,
D arithmetic, P our own default without a source."""

Level = Literal["EMERGENCY", "URGENT", "REFER", "CAUTION"]
LEVELS: tuple[Level, ...] = ("EMERGENCY", "URGENT", "REFER", "CAUTION")
"""Action levels of the safety screen, the most severe first."""

ACTION = "action"
"""The fact that holds the action level, or NONE. It follows from the rules: questions may look at it, rules not."""

GOING_ON = "going-on"
"""The group of the safety step that says who was told, and why it goes on all the same."""

LANGUAGES = ("en", "es")


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Reviewed(Model):
    """The qualified translator who approved the Spanish of a patient text, and when."""

    by: str = Field(min_length=1)
    on: date


class Text(Model):
    """A patient text in each language it exists in; its Spanish is a draft until it is `reviewed`."""

    en: str
    es: str | None = None
    reviewed: Reviewed | None = None

    def in_language(self, language: str) -> str | None:
        return self.es if language == "es" else self.en


class Steps(Model):
    """The numbered steps of an exercise; `{hold}` and `{times}` are filled from the dose. Reviewed as a text is."""

    en: tuple[str, ...]
    es: tuple[str, ...] | None = None
    reviewed: Reviewed | None = None


class Condition(Model):
    """One comparison of a fact with a fixed value, or several joined by all, any, any-tested, not.

    `any-tested` judges what was done: met when one part is met, not met when at least one part could be judged
    and none is met, undecided only while none could be judged. In a rule that is judged on each side, `{side}`
    in a fact's name stands for right or left. A yes-no fact is "yes" or "no". What `qualifies` says how a test was
    done: no finding, and a reason only where it keeps the test from counting.
    """

    fact: str | None = None
    is_: str | None = Field(default=None, alias="is")
    one_of: tuple[str, ...] | None = Field(default=None, alias="one-of")
    below: float | None = None
    above: float | None = None
    at_least: float | None = Field(default=None, alias="at-least")
    at_most: float | None = Field(default=None, alias="at-most")
    includes: str | None = None
    answered: bool | None = None
    all: tuple[Condition, ...] | None = None
    any: tuple[Condition, ...] | None = None
    any_tested: tuple[Condition, ...] | None = Field(default=None, alias="any-tested")
    not_: Condition | None = Field(default=None, alias="not")
    qualifies: bool = False

    @model_validator(mode="after")
    def _is_one_thing(self) -> Condition:
        comparisons = ("is_", "one_of", "below", "above", "at_least", "at_most", "includes", "answered")
        compared = [name for name in comparisons if getattr(self, name) is not None]
        joined = [name for name in ("all", "any", "any_tested", "not_") if getattr(self, name) is not None]
        if self.fact is not None and len(compared) == 1 and not joined:
            return self
        if self.fact is None and not compared and len(joined) == 1:
            return self
        raise ValueError("a condition is one fact with one comparison, or one of all, any, any-tested, not")

    def walk(self) -> Iterator[Condition]:
        """This condition and every condition inside it."""
        yield self
        inner = (
            (self.all or ())
            + (self.any or ())
            + (self.any_tested or ())
            + ((self.not_,) if self.not_ else ())
        )
        for condition in inner:
            yield from condition.walk()


class Range(Model):
    low: float
    high: float

    @model_validator(mode="after")
    def _in_order(self) -> Range:
        if self.low > self.high:
            raise ValueError(f"low {self.low:g} is above high {self.high:g}")
        return self


class Default(Model):
    """A number without a source behind it, which the clinic's administrator may set otherwise within `allowed`."""

    id: str
    group: str
    title: str
    """What the number decides, as the administrator reads it."""
    value: float
    unit: str = ""
    whole: bool = False
    switch: bool = False
    """Off (0) or on (1)."""
    allowed: Range
    mark: Literal["K", "P"]

    @model_validator(mode="after")
    def _is_allowed_itself(self) -> Default:
        if self.refuses(self.value):
            raise ValueError(self.refuses(self.value))
        return self

    def refuses(self, value: float) -> str:
        """Why this value cannot be set, as one sentence; empty when it can."""
        if not self.allowed.low <= value <= self.allowed.high:
            highest = in_unit(f"{self.allowed.high:g}", self.unit)
            return f"{value:g} is outside {self.allowed.low:g} to {highest}."
        if (self.whole or self.switch) and value != int(value):
            return f"{value:g} must be a whole number."
        return ""

    def words(self, value: float) -> str:
        """A value as it is read: `85 %`, `on`."""
        if self.switch:
            return "on" if value else "off"
        return in_unit(f"{value:g}", self.unit).replace("-", "−")


# ---------------------------------------------------------------- what is asked

ItemKind = Literal["yes-no", "choice", "choices", "number", "scale", "text", "strength"]


class Option(Model):
    id: str
    label: str
    points: int | None = None
    """Score of this option, where the item belongs to a scored test."""
    alarming: bool = False


class Item(Model):
    """One thing asked or measured. `sides` asks it for right and left (`id.right`, `id.left`)."""

    id: str
    kind: ItemKind
    label: str
    help: str = ""
    code: str = ""
    """Where it stands in the clinical sheet: H11, M13, RF04, W6."""
    sides: bool = False
    options: tuple[Option, ...] = ()
    unit: str = ""
    """Unit in which `allowed`, `usual` and stored plain numbers stand."""
    units: tuple[str, ...] = ()
    """Units that may be typed instead."""
    unit_from: str = Field(default="", alias="unit-from")
    """The item of words that says in what this number is counted: km a week, sessions."""
    beside: str = ""
    """What stands beside a number without a unit, so that it is read right: of 100, −12 to +12."""
    allowed: Range | None = None
    """Outside this the value is refused as impossible."""
    usual: Range | None = None
    """Outside this the app asks whether the value is meant."""
    whole: bool = False
    letters: int | None = None
    """The most characters of a text that is printed on the handout."""
    ends: tuple[str, str] | None = None
    """Words at both ends of a 0-10 scale."""
    shown_when: Condition | None = None
    """Asked only when this holds; on a step that is not blocked it then counts as a gap."""
    optional: bool = False
    """Nothing waits for it: never counted as a gap."""
    mark: Mark
    cites: tuple[str, ...] = ()

    @property
    def all_units(self) -> tuple[str, ...]:
        """Its own unit first, then the others that may be typed; none when the number has no unit."""
        return tuple(unit for unit in dict.fromkeys((self.unit, *self.units)) if unit)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the answers to this item."""
        return (f"{self.id}.right", f"{self.id}.left") if self.sides else (self.id,)

    def measured_by(self, side: str | None) -> tuple[str, ...]:
        """What was measured takes the place of this judgment by eye: the items that do, on this side."""
        parts = (self.shown_when, *(self.shown_when.all or ())) if self.shown_when is not None else ()
        return tuple(
            part.fact.format(side=side) for part in parts if part.fact is not None and part.answered is False
        )


YES_NO: tuple[Option, ...] = (
    Option(id="yes", label="Yes"),
    Option(id="no", label="No"),
    Option(id="not-assessed", label="Not assessed"),
)


class Group(Model):
    """Items that stand together on a page, as one quiet card."""

    id: str
    title: str
    hint: str = ""
    rest: str = ""
    """The option that one deliberate act may give to every item not answered yet: "the rest: unlikely".

    Of what has sides it goes to the sore one; a second act says it of the sound one.
    """
    rest_at_sore_knee: bool = Field(default=False, alias="rest-at-sore-knee")
    """There is no second act: nobody palpates the sound side unless there is a reason."""
    open: bool = False
    """Open at first, though nothing waits for it: the core of the history."""
    one_knee: bool = Field(default=False, alias="one-knee")
    """What has no side here is asked of one knee: with both knees sore, of the worse one."""
    items: tuple[Item, ...]


class Step(Model):
    """One of the eleven steps of an evaluation. The last four have no items: their pages are drawn from results."""

    id: str
    title: str
    short: str
    hint: str = ""
    groups: tuple[Group, ...] = ()

    @property
    def items(self) -> Iterator[Item]:
        return (item for group in self.groups for item in group.items)


class TestPosition(Model):
    """Another way to test a group; its values are never compared with those of the standard position."""

    id: str
    title: str
    note: str = ""
    mark: Mark
    cites: tuple[str, ...] = ()


class StrengthGroup(Model):
    """A muscle group of examination 6: how it is tested, so that values of two visits can be compared."""

    id: str
    title: str
    region: Literal["hip", "knee"]
    position: str
    body_position: Literal["side-lying", "prone", "seated", "supine"]
    stabilise: str
    pad: str
    pad_warning: str = ""
    axis: str
    other_positions: tuple[TestPosition, ...] = Field(default=(), alias="other-positions")
    say: str
    """What the therapist says to the patient."""
    substitution: str = ""
    inter_tester_mdc_kgf: float | None = None
    takes_torque: bool = False
    decides: Literal["hip", "quadriceps", "none"]
    """Which muscle performance deficit a low value speaks for."""
    mark: Mark
    cites: tuple[str, ...] = ()

    def position_title(self, position: str | None) -> str:
        """How another position reads; empty for the standard one."""
        return next((other.title for other in self.other_positions if other.id == position), position or "")


class Pace(Model):
    """How a strength test is paced (examination 6.1)."""

    id: str
    trials: Annotated[int, Field(ge=1, le=4)]
    hold_s: Annotated[int, Field(ge=1, le=10)]
    rest_s: Annotated[int, Field(ge=0)]
    """Between two trials of the same muscle."""
    rest_with_pain_s: Annotated[int, Field(ge=0)]
    mark: Mark
    cites: tuple[str, ...] = ()


class Norm(Model):
    """Mean and standard deviation of healthy people; only for a matching protocol."""

    group: str
    sex: Literal["F", "M"]
    age_from: int
    age_to: int
    mean: Annotated[float, Field(gt=0, lt=1000)]
    sd: Annotated[float, Field(gt=0, lt=1000)]
    unit: Literal["Nm", "N", "Nm/kg"]
    enabled: bool
    """Off unless the clinic compares hip force with healthy people (default `hip-norms`)."""
    mark: Mark
    cites: tuple[str, ...] = ()


class BreakNorm(Model):
    """What healthy adult runners resist in a break test, in Nm/kg; no make test is ever compared with it."""

    group: str
    intercept: float
    per_year: float = Field(alias="per-year")
    if_male: float = Field(alias="if-male")
    sd: Annotated[float, Field(gt=0)]
    mark: Mark
    cites: tuple[str, ...] = ()

    def at(self, age_years: int, sex: Literal["F", "M"]) -> Norm:
        """The expected mean of this age and sex."""
        mean = self.intercept + self.per_year * age_years + (self.if_male if sex == "M" else 0)
        return Norm(
            group=self.group,
            sex=sex,
            age_from=age_years,
            age_to=age_years,
            mean=mean,
            sd=self.sd,
            unit="Nm/kg",
            enabled=False,
            mark=self.mark,
            cites=self.cites,
        )


# ---------------------------------------------------------------- how it is scored


class Rating(Model):
    """What a change of a patient's own rating means: range, direction, error, what matters, and who owns it."""

    id: str
    name: str
    short: str
    items: tuple[str, ...]
    low: float
    high: float
    better: Literal["higher", "lower"]
    decimals: int = 0
    mdc: float | None = None
    """Minimal detectable change: what is more than measurement error."""
    mdc_mark: Mark | None = None
    mcid: float | None = None
    """Minimal clinically important difference: what matters to patients on average."""
    mcid_mark: Mark | None = None
    missing: str
    """What happens when an answer is left out."""
    change_note: str = ""
    licence: str
    mark: Mark
    cites: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _changes_are_marked(self) -> Rating:
        if (self.mdc is None) != (self.mdc_mark is None) or (self.mcid is None) != (self.mcid_mark is None):
            raise ValueError("MDC and MCID each need a mark of their own")
        return self


class Measure(Rating):
    """A patient-reported outcome measure: its items or its total typed from paper, and how it is scored."""

    total_item: str | None = None
    """Item that holds the total typed from paper, when the single answers are not entered."""
    scoring: Literal["sum", "mean", "percent-of-mean"]
    """`percent-of-mean` is 100 - 25 x mean of items scored 0-4."""
    min_answered: int


class FactName(Model):
    """A fact that Python computes from answers (`clinical.facts`); rules may compare it."""

    id: str
    kind: Literal["number", "word", "yes-no"]
    says: str
    """How the fact reads as a reason: "{side} hip abduction {value} % of the {other}", the lower or sore side first."""
    says_below_zero: str = Field(default="", alias="says-below-zero")
    """How a value below zero reads, without its sign: "1.28 SD below the mean"; no limit is told behind it."""
    sides: bool = False
    decimals: int = 0
    unit: str = ""


class Limit(Model):
    """A value beyond which a number is remarked on; without `means` the limit itself is told: below 30°."""

    below: float | None = None
    above: float | None = None
    at_least: float | None = Field(default=None, alias="at-least")
    at_most: float | None = Field(default=None, alias="at-most")
    means: str = ""
    mark: Mark
    cites: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_one_limit(self) -> Limit:
        given = [
            value for value in (self.below, self.above, self.at_least, self.at_most) if value is not None
        ]
        if len(given) != 1:
            raise ValueError("a limit is one of below, above, at-least, at-most")
        return self

    def words(self, number: Callable[[float], str]) -> str:
        """What it means, or the limit itself: `below 30°`; `number` writes a value with its unit."""
        if self.means:
            return self.means
        if self.below is not None:
            return f"below {number(self.below)}"
        if self.above is not None:
            return f"above {number(self.above)}"
        if self.at_least is not None:
            return f"{number(self.at_least)} or more"
        return f"{number(self.at_most or 0)} or less"


class Derived(Model):
    """A value that is computed from answers for the therapist's eye, and the limits beside it (`clinical.derived`)."""

    id: str
    label: str = ""
    """Its name; the label of the item where it is left out."""
    code: str = ""
    how: Literal[
        "each-side",
        "number",
        "difference",
        "symmetry",
        "per-mass",
        "percent-of",
        "composite",
        "gain",
        "order",
        "count",
    ]
    of: tuple[str, ...]
    """Items or computed facts, without a side."""
    by: str = ""
    """What it is divided by: leg length, body mass."""
    unit: str = ""
    decimals: int = 0
    always: bool = False
    """Told also while no limit is passed."""
    information: bool = False
    """It decides nothing, and says so."""
    limits: tuple[Limit, ...] = ()
    """The first that is passed is told."""
    rules: tuple[str, ...] = ()
    """Rules whose conclusion is told beside the value that makes them hold."""
    otherwise: str = ""
    """What is told on screen beside a value that makes the rule fail: not tight."""
    note: str = ""
    mark: Mark
    cites: tuple[str, ...] = ()


# ---------------------------------------------------------------- what is concluded

RuleKind = Literal["red-flag", "criterion", "irritability", "deficit", "subcategory", "modifier", "flag"]


class Rule(Model):
    """A conclusion and the condition under which it is met. Its verdict is itself a fact for later rules.

    `each_side` judges it on every sore side; it is met when it is met on one of them.
    """

    id: str
    kind: RuleKind
    title: str
    says: str
    """The conclusion as a sentence, when met."""
    when: Condition
    each_side: bool = False
    level: Level | None = None
    flag: str = ""
    """RF01 … RF25; several rules of one flag differ in level."""
    do_now: str = ""
    grade: str = ""
    mark: Mark
    cites: tuple[str, ...] = ()
    note: str = ""


class Reference(Model):
    id: str
    citation: str
    doi: str = ""
    doi_from_memory: bool = False
    read: str = ""
    mark: Mark


class Evidence(Model):
    """A statement of what studies found, for, neutral or against the claim that hip work adds value."""

    id: str
    claim: str
    effect: str = ""
    population: str = ""
    comparison: str = ""
    time: str = ""
    direction: Literal["FOR", "NEUTRAL", "AGAINST"]
    about: str = ""
    """What the direction speaks of, where it is not the value of hip work."""
    certainty: str = ""
    cites: tuple[str, ...]
    mark: Mark


class Recommendation(Model):
    """A guideline's word on one intervention: do, may, or do not."""

    id: str
    intervention: str
    action: Literal["DO", "MAY", "DO-NOT"]
    grade: str = ""
    conditions: str = ""
    mark: Mark
    cites: tuple[str, ...] = ()


class Disagreement(Model):
    """A source that speaks against other statements, and what the app does about it."""

    id: str
    says: str
    against: tuple[str, ...]
    """The statements it speaks against: EV12, REC03."""
    app: str
    mark: Mark
    cites: tuple[str, ...]


class Information(Model):
    """A value from the literature for the therapist to read: norms, prognosis, error of a test. It decides nothing."""

    id: str
    section: str
    """Where it stands in the examination sheet: 6.6.2, 6.7, 9.1."""
    topic: str
    group: str = ""
    """Whom or what it holds for."""
    value: str
    note: str = ""
    mark: Mark
    cites: tuple[str, ...] = ()


# ---------------------------------------------------------------- what is done about it

BodyPosition = Literal[
    "supine", "prone", "side-lying", "sitting", "standing", "kneeling", "quadruped", "plank", "machine"
]
Count = Annotated[int, Field(ge=1)]


class Dose(Model):
    """Starting dose of an exercise; `hold_s` 0 means moving repetitions, rest in seconds between sets."""

    sets: Count
    reps: Count
    reps_text: str = ""
    hold_s: int
    rest_s: int
    days_per_week: Annotated[int, Field(ge=1, le=7)]
    load: str
    progress_when: str
    arc: str


class Exercise(Model):
    id: str
    name: str
    patient_name: Text
    region: Literal["hip", "knee", "core", "mobility", "motor-control", "balance", "running"]
    chip: Literal["HIP", "KNEE", "OTHER"]
    targets: tuple[str, ...]
    position: str
    body_position: BodyPosition
    equipment_text: str
    needs: tuple[str, ...]
    phases: tuple[Annotated[int, Field(ge=1, le=4)], ...]
    level: Annotated[int, Field(ge=0, le=4)]
    easier: str | None = None
    harder: str | None = None
    pfj_load: Annotated[int, Field(ge=0, le=3)]
    sides: Literal["one", "both"]
    feel: Text
    steps: Steps
    steps_both: Steps | None = None
    cues: tuple[str, ...]
    mistake: str
    evidence: str = ""
    mark: Mark
    dose: Dose
    precautions: tuple[str, ...]


class CodedRule(Model):
    """A load rule (LR), a progression criterion (PC): code and our own sentence."""

    id: str
    says: str
    mark: Mark


class Precaution(Model):
    id: str
    meaning: str
    action: str
    mark: Mark


class Release(Model):
    """Which state of the clinical content this is; printed in every note."""

    version: str
    date: str
    evidence_checked: Annotated[str, Field(pattern=r"^\d{4}-\d{2}(-\d{2})?$")]
    renamed: dict[str, str] = {}
