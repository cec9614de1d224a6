"""Why every exercise of the library that is not in the plan is not there, in plain words."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from evalassist.clinical.case import Case, Log, too_painful, why_not
from evalassist.clinical.result import Refusal
from evalassist.clinical.slots import Placed, wanted_choices
from evalassist.content.schema import Exercise


def refusals(case: Case, placed: Collection[Placed], log: Log) -> dict[str, Refusal]:
    """One reason for each exercise that was not chosen, by its id."""
    chosen = {entry.exercise_id for entry in placed}
    by_need = {entry.need.id: entry for entry in placed}
    return {
        exercise.id: _why(case, exercise, by_need, len(chosen), log)
        for exercise in case.exercises.values()
        if exercise.id not in chosen
    }


def _why(case: Case, exercise: Exercise, placed: Mapping[str, Placed], count: int, log: Log) -> Refusal:
    """The strongest reason first: forbidden, turned down on the way, another phase, not needed, no place left."""
    if exercise.id in case.blocked:
        return case.blocked[exercise.id]
    if exercise.id in log.refused:
        return log.refused[exercise.id]
    if case.phase not in exercise.phases:
        return Refusal(
            exercise.id, f"for {phases_in_words(exercise)}; this plan is in phase {case.phase}", "phase"
        )
    label = _not_needed(case, exercise)
    if label:
        return Refusal(exercise.id, label, "label")
    forbidden = why_not(case, exercise.id, untested_passes=True)
    if forbidden is not None:
        return forbidden
    return Refusal(exercise.id, _no_place(case, exercise, placed, count), "slot")


def _not_needed(case: Case, exercise: Exercise) -> str:
    """The finding that this exercise answers was not made."""
    for need in case.rules.needs_with.get(exercise.id, ()):
        if not_needed := case.not_needed(need, need.wanted):
            return not_needed
        for cell in need.cells:
            for choice in cell.choices:
                if choice.exercise == exercise.id and choice.when and not case.holds(choice.when):
                    return choice.otherwise
    return ""


def _no_place(case: Case, exercise: Exercise, placed: Mapping[str, Placed], count: int) -> str:
    needs = case.rules.needs_with.get(exercise.id, ())
    for need in needs:
        if need.id in placed:
            name = case.exercises[placed[need.id].exercise_id].name
            return f"{name} takes the place for {need.title}"
    if needs and needs[0].wanted is None and needs[0].otherwise:
        return needs[0].otherwise
    if any(exercise.id == choice.exercise for need in needs for choice in wanted_choices(case, need)):
        return f"put off: the list holds {count} exercises"
    return "no place in the list of this phase; the therapist may add it"


def phases_in_words(exercise: Exercise) -> str:
    """The phases an exercise is for: phase 2, or phases 2 to 3."""
    first, last = exercise.phases[0], exercise.phases[-1]
    return f"phase {first}" if first == last else f"phases {first} to {last}"


def warned(case: Case, exercise_id: str) -> str:
    """What speaks against an exercise the therapist put in by hand, or nothing."""
    if exercise_id in case.blocked:
        return case.blocked[exercise_id].why
    painful = too_painful(case, exercise_id, untested_passes=True)
    if painful is not None:
        return painful.why
    exercise = case.exercises[exercise_id]
    if case.phase not in exercise.phases:
        return f"it is for {phases_in_words(exercise)}, and this plan is in phase {case.phase}"
    return ""
