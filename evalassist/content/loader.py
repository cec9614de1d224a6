"""TOML to checked content. Wrong content does not start: every fault names its file and key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from evalassist import resources
from evalassist.content.plan_schema import PlanRules, load_plan_rules
from evalassist.content.schema import (
    CodedRule,
    Condition,
    Differential,
    Evidence,
    Exercise,
    FactName,
    Item,
    Measure,
    Norm,
    Precaution,
    Recommendation,
    Reference,
    Release,
    Rule,
    Step,
    StrengthGroup,
)
from evalassist.errors import ContentError
from evalassist.evaluation import ItemId, Side

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


@dataclass(frozen=True)
class Content:
    """Everything clinical that is data, by id. Loaded once, never changed."""

    release: Release
    steps: Mapping[str, Step]
    facts: Mapping[str, FactName]
    rules: Mapping[str, Rule]
    """In the order in which they are judged."""
    measures: Mapping[str, Measure]
    strength_groups: Mapping[str, StrengthGroup]
    norms: tuple[Norm, ...]
    differentials: Mapping[str, Differential]
    exercises: Mapping[str, Exercise]
    load_rules: Mapping[str, CodedRule]
    progressions: Mapping[str, CodedRule]
    precautions: Mapping[str, Precaution]
    references: Mapping[str, Reference]
    evidence: Mapping[str, Evidence]
    recommendations: Mapping[str, Recommendation]
    plan: PlanRules

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
    def step_of(self) -> Mapping[str, str]:
        """The step on which an item (its own id) stands."""
        return {item.id: step.id for step in self.steps.values() for item in step.items}

    def label(self, item_id: ItemId) -> str:
        """How an item reads in a sentence: `Hip abduction, right`."""
        if item_id not in self.asked:
            return item_id
        item, side = self.asked[item_id]
        return f"{item.label}, {side}" if side else item.label


@lru_cache(maxsize=1)
def load_content() -> Content:
    """Read and cross-check the clinical content; raises `ContentError` with file and key on any fault."""
    exercises = [f"exercises/{name}.toml" for name in EXERCISE_FILES]
    content = Content(
        release=_one("release.toml", Release),
        steps={step_id: _one(f"steps/{step_id}.toml", Step) for step_id in STEP_IDS},
        facts=_by_id("facts.toml", "facts", FactName),
        rules=_by_id("rules/red_flags.toml", "rules", Rule) | _by_id("rules/assessment.toml", "rules", Rule),
        measures=_by_id("measures/measures.toml", "measures", Measure),
        strength_groups=_by_id("strength_groups.toml", "groups", StrengthGroup, alone=False),
        norms=_several("strength_groups.toml", "norms", Norm, alone=False),
        differentials=_by_id("differentials.toml", "differentials", Differential),
        exercises={
            key: found for file in exercises for key, found in _by_id(file, "exercises", Exercise).items()
        },
        load_rules=_by_id("exercises/rules.toml", "load_rules", CodedRule, alone=False),
        progressions=_by_id("exercises/rules.toml", "progressions", CodedRule, alone=False),
        precautions=_by_id("exercises/rules.toml", "precautions", Precaution, alone=False),
        references=_by_id("references.toml", "references", Reference),
        evidence=_by_id("evidence.toml", "evidence", Evidence, alone=False),
        recommendations=_by_id("evidence.toml", "recommendations", Recommendation, alone=False),
        plan=load_plan_rules(),
    )
    for fault in _faults(content):
        raise fault
    return content


def _one(name: str, model: type[M]) -> M:
    return _checked(name, resources.read_toml(f"content/{name}"), model)


def _several(name: str, key: str, model: type[M], *, alone: bool = True) -> tuple[M, ...]:
    data = resources.read_toml(f"content/{name}")
    if key not in data:
        raise ContentError(f"content/{name}", key, f"this file needs [[{key}]] tables")
    if alone and (stray := sorted(set(data) - {key})):
        raise ContentError(f"content/{name}", stray[0], f"only [[{key}]] tables may stand here")
    try:
        return tuple(_list_of(model).validate_python(data[key]))
    except ValidationError as error:
        raise _content_error(f"content/{name}", data[key], error) from None


def _by_id(name: str, key: str, model: type[M], *, alone: bool = True) -> dict[str, M]:
    found: dict[str, M] = {}
    for entry in _several(name, key, model, alone=alone):
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


# ---------------------------------------------------------------- cross-checks


def _faults(content: Content) -> Iterator[ContentError]:
    yield from _item_faults(content)
    yield from _rule_faults(content)
    yield from _exercise_faults(content)
    yield from _citation_faults(content)


def _item_faults(content: Content) -> Iterator[ContentError]:
    seen: dict[str, str] = {}
    for step in content.steps.values():
        for item in step.items:
            file = f"content/steps/{step.id}.toml"
            if item.id in seen:
                yield ContentError(file, item.id, f"this id stands in {seen[item.id]} too")
            seen[item.id] = file
            if item.kind in ("choice", "choices") and not item.options:
                yield ContentError(file, item.id, "a choice needs options")
            if item.kind == "number" and (item.allowed is None or (item.usual is None and not item.optional)):
                yield ContentError(
                    file, item.id, "a number needs `allowed`, and `usual` unless it is optional"
                )
            if item.kind == "strength" and item.id not in content.strength_groups:
                yield ContentError(file, item.id, "no such group in strength_groups.toml")
            if item.shown_when is not None:
                yield from _unknown_facts(content, file, item.id, item.shown_when, set())
    for measure in content.measures.values():
        for item_id in (*measure.items, *([measure.total_item] if measure.total_item else [])):
            if item_id not in content.items:
                yield ContentError("content/measures/measures.toml", measure.id, f"no item {item_id}")


def _rule_faults(content: Content) -> Iterator[ContentError]:
    concluded: set[str] = set()
    for rule in content.rules.values():
        file = f"content/rules/{'red_flags' if rule.kind == 'red-flag' else 'assessment'}.toml"
        yield from _unknown_facts(content, file, rule.id, rule.when, concluded)
        if rule.kind == "red-flag" and (rule.level is None or not rule.flag):
            yield ContentError(file, rule.id, "a red flag needs its level and its flag (RF01 to RF25)")
        concluded.add(rule.id)


def _unknown_facts(
    content: Content, file: str, key: str, condition: Condition, concluded: set[str]
) -> Iterator[ContentError]:
    known = set(content.asked) | concluded
    for fact in content.facts.values():
        known |= {f"{fact.id}.right", f"{fact.id}.left"} if fact.sides else {fact.id}
    for part in condition.walk():
        if part.fact is None:
            continue
        for name in {part.fact.replace("{side}", side) for side in ("right", "left")}:
            if name not in known:
                yield ContentError(file, key, f"no fact or earlier rule is called {name}")
        yield from _wrong_comparison(content, file, key, part)


def _wrong_comparison(content: Content, file: str, key: str, part: Condition) -> Iterator[ContentError]:
    """A word compared with an option that does not exist, or a word compared as a number, never fires: a fault."""
    entry = content.asked.get((part.fact or "").replace("{side}", "right"))
    if entry is None:
        return
    item = entry[0]
    words = {option.id for option in item.options} or ({"yes", "no"} if item.kind == "yes-no" else set())
    asked_for = [part.is_] if isinstance(part.is_, str) else list(part.one_of or ())
    asked_for += [part.includes] if part.includes else []
    if words and (strange := [word for word in asked_for if word not in words]):
        yield ContentError(
            file, key, f"{item.id} has no option {strange[0]}; it has {', '.join(sorted(words))}"
        )
    limits = (part.below, part.above, part.at_least, part.at_most)
    if item.kind not in ("number", "scale") and any(limit is not None for limit in limits):
        yield ContentError(file, key, f"{item.id} is not a number and cannot be above or below one")


def _exercise_faults(content: Content) -> Iterator[ContentError]:
    for exercise in content.exercises.values():
        key, file = exercise.id, "content/exercises"
        for other in (exercise.easier, exercise.harder):
            if other is not None and other not in content.exercises:
                yield ContentError(file, key, f"no exercise {other}")
        for code in exercise.precautions:
            if code not in content.precautions:
                yield ContentError(file, key, f"no precaution {code} in exercises/rules.toml")
        if exercise.dose.load not in content.load_rules:
            yield ContentError(file, key, f"no load rule {exercise.dose.load} in exercises/rules.toml")
        if exercise.dose.progress_when not in content.progressions:
            yield ContentError(
                file, key, f"no progression {exercise.dose.progress_when} in exercises/rules.toml"
            )


def _citation_faults(content: Content) -> Iterator[ContentError]:
    cited: list[tuple[str, str, tuple[str, ...]]] = []
    cited += [("rules", rule.id, rule.cites) for rule in content.rules.values()]
    cited += [("steps", item.id, item.cites) for item in content.items.values()]
    cited += [("measures", measure.id, measure.cites) for measure in content.measures.values()]
    cited += [("strength_groups", group.id, group.cites) for group in content.strength_groups.values()]
    cited += [("differentials", entry.id, entry.cites) for entry in content.differentials.values()]
    cited += [("evidence", entry.id, entry.cites) for entry in content.evidence.values()]
    cited += [("evidence", entry.id, entry.cites) for entry in content.recommendations.values()]
    for file, key, cites in cited:
        for reference in cites:
            if reference not in content.references:
                yield ContentError(f"content/{file}", key, f"no reference {reference} in references.toml")
