"""TOML to checked content. Wrong content does not start: every fault names its file and key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from evalassist import resources
from evalassist.content.cause_schema import Accuracy, Differential
from evalassist.content.checks import faults
from evalassist.content.defaults import filled
from evalassist.content.follow_up_schema import FollowUpRules, load_follow_up
from evalassist.content.patient_texts import PatientTexts, load_patient_texts
from evalassist.content.plan_schema import PlanRules, load_plan_rules
from evalassist.content.schema import (
    LEVELS,
    BreakNorm,
    CodedRule,
    Condition,
    Default,
    Derived,
    Disagreement,
    Evidence,
    Exercise,
    FactName,
    Information,
    Item,
    Measure,
    Norm,
    Pace,
    Precaution,
    Rating,
    Recommendation,
    Reference,
    Release,
    Rule,
    Step,
    StrengthGroup,
)
from evalassist.errors import ContentError
from evalassist.evaluation import Defaults, Evaluation, ItemId, Side
from evalassist.words import lower_first

M = TypeVar("M", bound=BaseModel)

STEP_IDS = (
    "safety",
    "history",
    "questionnaires",
    "movement",
    "knee",
    "strength",
    "mobility",
    "assessment",
    "plan",
    "handout",
    "sign",
)
EXERCISE_FILES = ("hip", "knee", "control", "core")


@dataclass(frozen=True, eq=False)
class Content:
    """Everything clinical that is data, by id. Loaded once, never changed: what is worked out from it is kept."""

    release: Release
    defaults: Mapping[str, Default]
    """The numbers a clinic may set otherwise, as they are shipped."""
    numbers: Defaults
    """Those numbers as they count here, by id of the default."""
    steps: Mapping[str, Step]
    facts: Mapping[str, FactName]
    rules: Mapping[str, Rule]
    """In the order in which they are judged."""
    derived: Mapping[str, Derived]
    measures: Mapping[str, Measure]
    ratings: Mapping[str, Rating]
    """Single ratings without a score, with what a change of them means."""
    information: Mapping[str, Information]
    strength_groups: Mapping[str, StrengthGroup]
    pace: Pace
    """Of a strength test."""
    norms: tuple[Norm, ...]
    break_norms: tuple[BreakNorm, ...]
    differentials: Mapping[str, Differential]
    accuracy: Mapping[str, Accuracy]
    """How accurate each test is, by row."""
    exercises: Mapping[str, Exercise]
    load_rules: Mapping[str, CodedRule]
    progressions: Mapping[str, CodedRule]
    precautions: Mapping[str, Precaution]
    references: Mapping[str, Reference]
    evidence: Mapping[str, Evidence]
    recommendations: Mapping[str, Recommendation]
    disagreements: Mapping[str, Disagreement]
    plan: PlanRules
    follow_up: FollowUpRules
    patient_texts: PatientTexts

    def conditions(self) -> Iterator[Condition]:
        """When rules hold, questions are asked, exercises are planned, and what speaks for other causes."""
        yield from (rule.when for rule in self.rules.values())
        yield from (item.shown_when for item in self.items.values() if item.shown_when is not None)
        yield from (condition for _, condition in self.plan.conditions())
        yield from (sign.when for cause in self.differentials.values() for sign in cause.signs)

    @cached_property
    def items(self) -> Mapping[str, Item]:
        """Items by their own id, without a side."""
        return {item.id: item for step in self.steps.values() for item in step.items}

    @cached_property
    def asked(self) -> Mapping[ItemId, tuple[Item, Side | None]]:
        """Every id an answer may have, with its item and side."""
        sides: Mapping[str, Side] = {"right": "right", "left": "left"}
        return {
            item_id: (item, sides.get(item_id.rpartition(".")[2]) if item.sides else None)
            for item in self.items.values()
            for item_id in item.ids
        }

    @cached_property
    def own_words(self) -> frozenset[ItemId]:
        """The answers that are written in a person's own words."""
        return frozenset(item_id for item_id, (item, _) in self.asked.items() if item.kind == "text")

    @cached_property
    def fact_names(self) -> Mapping[str, tuple[FactName, str]]:
        """Every computed fact by its full id, with the end that its words get: ", right" where it has sides."""
        return {
            f"{name.id}{end}": (name, end.replace(".", ", "))
            for name in self.facts.values()
            for end in ((".right", ".left") if name.sides else ("",))
        }

    @cached_property
    def red_flags(self) -> tuple[str, ...]:
        """The rules of the safety screen by id, those of the most severe level first."""
        flags = [rule for rule in self.rules.values() if rule.kind == "red-flag"]
        return tuple(
            rule.id for rule in sorted(flags, key=lambda rule: LEVELS.index(rule.level or "CAUTION"))
        )

    @cached_property
    def step_of(self) -> Mapping[str, str]:
        """The step on which an item (its own id) stands."""
        return {item.id: step.id for step in self.steps.values() for item in step.items}

    @cached_property
    def sometimes_asked(self) -> tuple[tuple[ItemId, Condition, Side | None, frozenset[str]], ...]:
        """Every answer that is asked under a condition, with the facts this condition looks at."""
        return tuple(
            (
                item_id,
                item.shown_when,
                side,
                frozenset((part.fact or "").replace("{side}", side or "") for part in item.shown_when.walk()),
            )
            for item_id, (item, side) in self.asked.items()
            if item.shown_when is not None
        )

    @cached_property
    def scored_items(self) -> tuple[Item, ...]:
        """The items whose options carry points."""
        return tuple(
            item for item in self.items.values() if any(option.points is not None for option in item.options)
        )

    @cached_property
    def option_words(self) -> Mapping[str, Mapping[str, str]]:
        """How the options of an item (its own id) read."""
        return {item.id: {option.id: option.label for option in item.options} for item in self.items.values()}

    @cached_property
    def accuracy_of(self) -> Mapping[str, tuple[Accuracy, ...]]:
        """What is known of the accuracy of an item (its own id)."""
        named = {item_id for row in self.accuracy.values() for item_id in row.items}
        rows = self.accuracy.values()
        return {item_id: tuple(row for row in rows if item_id in row.items) for item_id in named}

    @cached_property
    def concerned(self) -> Mapping[str, tuple[str, ...]]:
        """The exercises that a block of the plan speaks about, in the order of the library."""
        exercises = self.exercises.values()
        return {
            block.id: tuple(one.id for one in exercises if block.concerns(one)) for block in self.plan.blocks
        }

    def label(self, item_id: ItemId) -> str:
        """How an item reads in a sentence: `Hip abduction, right`."""
        if item_id not in self.asked:
            return item_id
        item, side = self.asked[item_id]
        return f"{item.label}, {side}" if side else item.label

    def labels(self, item_ids: Iterable[ItemId], most: int = 4) -> str:
        """Several items as a sentence lists them; a side that all share is told once, what is too much as a number."""
        sides: dict[str, list[str]] = {}
        for item_id in dict.fromkeys(item_ids):
            if item_id not in self.asked:
                sides[item_id] = []
                continue
            item, side = self.asked[item_id]
            sides.setdefault(lower_first(item.label), []).extend([side] if side else [])
        words = {label: " and ".join(told) for label, told in sides.items()}
        shared = set(words.values())
        if len(shared) == 1:
            listed, behind = list(words), next(iter(shared))
        else:
            listed, behind = [f"{label}, {side}" if side else label for label, side in words.items()], ""
        more = f" and {len(listed) - most} more" if len(listed) > most else ""
        return "; ".join(listed[:most]) + more + (f", {behind}" if behind else "")


@lru_cache(maxsize=1)
def load_content() -> Content:
    """Read and cross-check the clinical content; raises `ContentError` with file and key on any fault."""
    exercises = [f"exercises/{name}.toml" for name in EXERCISE_FILES]
    defaults = _by_id("defaults.toml", "defaults", Default)
    numbers = {default.id: default.value for default in defaults.values()}
    content = Content(
        release=_one("release.toml", Release),
        defaults=defaults,
        numbers=numbers,
        facts=_by_id("facts.toml", "facts", FactName),
        strength_groups=_by_id("strength_groups.toml", "groups", StrengthGroup, alone=False),
        pace=_by_id("strength_groups.toml", "paces", Pace, alone=False)["make-test"],
        norms=_several("strength_groups.toml", "norms", Norm, alone=False),
        break_norms=_several("strength_groups.toml", "break_norms", BreakNorm, alone=False),
        accuracy=_by_id("accuracy.toml", "accuracy", Accuracy),
        exercises={
            key: found for file in exercises for key, found in _by_id(file, "exercises", Exercise).items()
        },
        load_rules=_by_id("exercises/rules.toml", "load_rules", CodedRule, alone=False),
        progressions=_by_id("exercises/rules.toml", "progressions", CodedRule, alone=False),
        precautions=_by_id("exercises/rules.toml", "precautions", Precaution, alone=False),
        references=_by_id("references.toml", "references", Reference),
        evidence=_by_id("evidence.toml", "evidence", Evidence, alone=False),
        recommendations=_by_id("evidence.toml", "recommendations", Recommendation, alone=False),
        disagreements=_by_id("evidence.toml", "disagreements", Disagreement, alone=False),
        patient_texts=load_patient_texts(),
        **_with_numbers(numbers),
    )
    for fault in faults(content):
        raise fault
    return content


def content_for(evaluation: Evaluation) -> Content:
    """The content by which this evaluation is judged: as shipped, with the numbers its clinic set otherwise."""
    return content_with(tuple(sorted(evaluation.defaults.items())))


@lru_cache(maxsize=8)
def content_with(changes: tuple[tuple[str, float], ...]) -> Content:
    """The content with some defaults set otherwise.

    What this release no longer has, or no longer allows, changes nothing: the shipped number counts.
    """
    content = load_content()
    allowed = {
        name: value
        for name, value in changes
        if name in content.defaults and not content.defaults[name].refuses(value)
    }
    numbers = {**content.numbers, **allowed}
    if numbers == content.numbers:
        return content
    return replace(content, numbers=numbers, **_with_numbers(numbers))


def _with_numbers(numbers: Defaults) -> dict[str, Any]:
    """The parts of the content that may name a default, with its number filled in."""
    rules = _by_id("rules/red_flags.toml", "rules", Rule, numbers=numbers)
    rules |= _by_id("rules/assessment.toml", "rules", Rule, numbers=numbers)
    measured = "measures/measures.toml"
    return {
        "steps": {step_id: _one(f"steps/{step_id}.toml", Step, numbers) for step_id in STEP_IDS},
        "rules": rules,
        "derived": _by_id("derived.toml", "derived", Derived, numbers=numbers),
        "measures": _by_id(measured, "measures", Measure, alone=False, numbers=numbers),
        "ratings": _by_id(measured, "ratings", Rating, alone=False, numbers=numbers),
        "information": _by_id("information.toml", "information", Information, numbers=numbers),
        "differentials": _by_id("differentials.toml", "differentials", Differential, numbers=numbers),
        "plan": load_plan_rules(numbers),
        "follow_up": load_follow_up(numbers),
    }


def _one(name: str, model: type[M], numbers: Defaults | None = None) -> M:
    return _checked(name, filled(resources.read_toml(f"content/{name}"), numbers or {}), model)


def _several(
    name: str, key: str, model: type[M], *, alone: bool = True, numbers: Defaults | None = None
) -> tuple[M, ...]:
    data = resources.read_toml(f"content/{name}")
    if numbers is not None:
        data = filled(data, numbers)
    if key not in data:
        raise ContentError(f"content/{name}", key, f"this file needs [[{key}]] tables")
    if alone and (stray := sorted(set(data) - {key})):
        raise ContentError(f"content/{name}", stray[0], f"only [[{key}]] tables may stand here")
    try:
        return tuple(_list_of(model).validate_python(data[key]))
    except ValidationError as error:
        raise _content_error(f"content/{name}", data[key], error) from None


def _by_id(
    name: str, key: str, model: type[M], *, alone: bool = True, numbers: Defaults | None = None
) -> dict[str, M]:
    found: dict[str, M] = {}
    for entry in _several(name, key, model, alone=alone, numbers=numbers):
        entry_id: str = entry.id  # type: ignore[attr-defined]  # each of these models has an id
        if entry_id in found:
            raise ContentError(f"content/{name}", entry_id, "this id stands here twice")
        found[entry_id] = entry
    return found


@lru_cache
def _list_of(model: type[M]) -> TypeAdapter[list[M]]:
    return TypeAdapter(list[model])  # type: ignore[valid-type]  # the model is a value here


def _checked(name: str, data: Any, model: type[M]) -> M:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise _content_error(f"content/{name}", [data], error) from None


def _content_error(file: str, entries: list[Any], error: ValidationError) -> ContentError:
    """The first fault, told by the entry's own id rather than by its number."""
    first = error.errors()[0]
    location = list(first["loc"])
    if location and isinstance(location[0], int):
        entry = entries[location[0]]
        location[0] = entry.get("id", f"entry {location[0] + 1}") if isinstance(entry, dict) else location[0]
    given = f" (found {first['input']!r})" if not isinstance(first["input"], dict | list) else ""
    return ContentError(file, " > ".join(str(part) for part in location), first["msg"] + given)
