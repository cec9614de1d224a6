"""Two versions of one draft, made in two windows: what differs, field by field, and the one made of what is chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, TypeVar

from evalassist.clinical.schedule import day_in_words
from evalassist.content.loader import Content
from evalassist.evaluation import Evaluation, ExerciseLog, Opinion, PlanEdit, StrengthTest
from evalassist.findings import answer_words

Part = Literal["details", "answers", "opinions", "exercise-log", "plan"]
Whose = Literal["mine", "theirs", "both"]
Key = tuple[Part, str]
T = TypeVar("T")

DETAILS = {
    "patient": "Patient",
    "sore_knee": "Sore knee",
    "visit_date": "Date of the visit",
    "kind": "Kind of visit",
    "impression": "Impression",
}
WHOLE_PLAN: Key = ("plan", "")
NOT_THERE = "nothing"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that reads otherwise in the two versions."""

    key: Key
    label: str
    mine: str
    theirs: str
    changed: Whose
    """Which window changed it since both began with the same version; `both` where only the therapist can tell."""


def differences(
    base: Evaluation, mine: Evaluation, theirs: Evaluation, content: Content
) -> tuple[Difference, ...]:
    """Every field that differs; `base` is the version both windows began with."""
    before, here, there = _fields(base), _fields(mine), _fields(theirs)
    found = []
    for key in dict.fromkeys((*here, *there)):
        if here.get(key) != there.get(key):
            found.append(
                Difference(
                    key,
                    _label(key, content),
                    _words(key, here.get(key), content),
                    _words(key, there.get(key), content),
                    _whose(before.get(key), here.get(key), there.get(key)),
                )
            )
    return tuple(found)


def chosen(mine: Evaluation, theirs: Evaluation, from_theirs: Collection[Key]) -> Evaluation:
    """My version with these fields as they stand in the other one."""
    details = {name: getattr(theirs, name) for part, name in from_theirs if part == "details"}
    logs = _taken("exercise-log", _logs(mine), _logs(theirs), from_theirs)
    return replace(
        mine,
        **details,
        answers=MappingProxyType(_taken("answers", mine.answers, theirs.answers, from_theirs)),
        same_as=MappingProxyType(_taken("answers", mine.same_as, theirs.same_as, from_theirs)),
        opinions=MappingProxyType(_taken("opinions", mine.opinions, theirs.opinions, from_theirs)),
        exercise_log=tuple(logs.values()),
        plan_edits=theirs.plan_edits if WHOLE_PLAN in from_theirs else mine.plan_edits,
    )


def _fields(evaluation: Evaluation) -> dict[Key, Any]:
    """Everything a therapist can change, each field by its own; what is absent is untouched."""
    return (
        {("details", name): getattr(evaluation, name) for name in DETAILS}
        | {("answers", item_id): answer for item_id, answer in evaluation.answers.items()}
        | {("opinions", conclusion): opinion for conclusion, opinion in evaluation.opinions.items()}
        | {("exercise-log", name): one for name, one in _logs(evaluation).items()}
        | {WHOLE_PLAN: evaluation.plan_edits}
    )


def _logs(evaluation: Evaluation) -> dict[str, ExerciseLog]:
    return {one.exercise: one for one in evaluation.exercise_log}


def _taken(
    part: Part, mine: Mapping[str, T], theirs: Mapping[str, T], from_theirs: Collection[Key]
) -> dict[str, T]:
    named = {name for where, name in from_theirs if where == part}
    kept = {name: value for name, value in mine.items() if name not in named}
    return kept | {name: theirs[name] for name in theirs if name in named}


def _whose(before: Any, here: Any, there: Any) -> Whose:
    if here == before:
        return "theirs"
    return "mine" if there == before else "both"


def _label(key: Key, content: Content) -> str:
    match key:
        case "details", name:
            return DETAILS[name]
        case "answers", item_id:
            return content.label(item_id)
        case "exercise-log", exercise:
            found = content.exercises.get(exercise)
            return f"How it went: {found.name if found else exercise}"
        case "opinions", conclusion:
            rule = content.rules.get(conclusion)
            return f"Your word: {rule.title if rule else conclusion}"
    return "Changes of the plan"


def _words(key: Key, value: Any, content: Content) -> str:
    match key[0], value:
        case _, None | () | "":
            return NOT_THERE
        case "answers", StrengthTest():
            return "; ".join(_strength(value))
        case "answers", _:
            asked = content.asked.get(key[1])
            return answer_words(asked[0], value) if asked else str(value)
        case "opinions", Opinion():
            told = "accepted" if value.accepts else "not accepted"
            return ", ".join(each for each in (told, value.instead, value.reason) if each)
        case "exercise-log", ExerciseLog():
            return ", ".join(_named(value, "exercise"))
        case "plan", _:
            return "; ".join(_edit(edit, content) for edit in value)
        case "details", _ if key[1] == "patient":
            return f"{value.name}, born {day_in_words(value.birth_date)}, {value.sex}, {value.record_number}".rstrip(
                ", "
            )
        case "details", date():
            return day_in_words(value)
    return str(value)


def _strength(test: StrengthTest) -> Iterator[str]:
    """All of one test, for two tests may differ in the lever arm alone."""
    trials = " ".join(f"{trial:g}" for trial in test.trials)
    yield from filter(None, (f"{trials} {test.unit or ''}".strip(), test.grade and f"grade {test.grade}"))
    if test.lever_arm_m is not None:
        yield f"lever arm {test.lever_arm_m:g} m"
    if test.pain is not None:
        yield f"pain {test.pain}"
    if test.not_tested:
        yield f"not tested, {test.not_tested}"
    yield from filter(
        None, (test.compensation, test.position, test.contraction, test.fixation, test.device, test.tester)
    )
    yield from (f"{trial.value:g} {trial.unit} does not count: {trial.reason}" for trial in test.discarded)


def _named(value: Any, besides: str) -> Iterator[str]:
    for name in value.__dataclass_fields__:
        held = getattr(value, name)
        if name != besides and held not in (None, ""):
            yield f"{name.replace('_', ' ')} {held}"


def _edit(edit: PlanEdit, content: Content) -> str:
    exercise = content.exercises.get(edit.exercise)
    what = exercise.name if exercise else edit.exercise or edit.goal
    rest = (edit.field.replace("_", " "), "" if edit.value is None else str(edit.value), edit.to, edit.reason)
    return " ".join(each for each in (edit.kind.replace("-", " "), what, *rest) if each)
