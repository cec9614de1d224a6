"""What the last plan held, or the therapist decided about it, and today's plan does not hold."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from evalassist.clinical.edits import DOSE_WORDS, UNFIT, as_step, its_step
from evalassist.clinical.goal_edits import target_fault, target_words
from evalassist.clinical.goals import lower_is_better
from evalassist.clinical.progression import ladder_above
from evalassist.clinical.result import Goal, PlannedExercise
from evalassist.content import Content
from evalassist.content.schema import Exercise
from evalassist.evaluation import PlanEdit


def as_last_time(
    last: Iterable[PlanEdit],
    now: Iterable[PlanEdit],
    in_plan: Iterable[PlannedExercise],
    exercises: Mapping[str, Exercise],
    then: Container[str] = (),
) -> tuple[PlanEdit, ...]:
    """The edits that decide again as at the last visit: taken out, put in, changed for another, or dosed.

    What was taken out is taken out also where it comes back one step harder or easier, unless the last plan held that
    (`then`: what it held). An exercise about which something was decided today is left as it is, as is one that the
    content no longer holds (`exercises` are those it does). A step of load was for that time only.
    """
    last = _without_to_and_fro(last)
    decided = {exercise for edit in now for exercise in (edit.exercise, edit.to) if exercise}
    today = {one.exercise.id: one.dose for one in in_plan}
    there = set(today)
    changes: dict[tuple[str, str], PlanEdit] = {}
    """What each takes out and puts in."""
    doses: dict[tuple[str, str], PlanEdit] = {}
    for edit in last:
        names = {edit.exercise, edit.to} - {""}
        if not decided.isdisjoint(names) or any(name not in exercises for name in names):
            continue
        if edit.kind == "dose":
            doses[edit.exercise, edit.field] = edit
        if edit.kind not in ("add", "drop", "swap"):
            continue
        if edit.kind == "drop" and edit.exercise not in there and edit.exercise not in then:
            edit = _of_its_step(edit, exercises, there - decided, then)
        out = "" if edit.kind == "add" or edit.exercise not in there else edit.exercise
        put = {"add": edit.exercise, "drop": "", "swap": edit.to}[edit.kind]
        put = "" if put in there else put
        if changes.pop((put, out), None) is None and (out or put):
            changes[out, put] = replace(
                edit,
                kind="swap" if out and put else "drop" if out else "add",
                exercise=out or put,
                to=put if out else "",
            )
        there = (there - {out}) | ({put} if put else set())
    again = (
        edit
        for (exercise_id, field), edit in doses.items()
        if exercise_id in there
        and (exercise_id not in today or getattr(today[exercise_id], field) != edit.value)
    )
    return (*changes.values(), *again)


def as_it_went(
    edits: Iterable[PlanEdit], too_much: Container[str], exercises: Mapping[str, Exercise]
) -> list[PlanEdit]:
    """What was put in and was too much since does not come again. What it stood for stays out, for the reason of then,
    unless it was made harder only."""
    found: list[PlanEdit] = []
    for edit in edits:
        if edit.kind == "swap" and edit.to in too_much and edit.exercise in exercises:
            if edit.to not in ladder_above(exercises[edit.exercise], exercises):
                found.append(replace(edit, kind="drop", to=""))
        elif edit.kind == "drop" or edit.exercise not in too_much:
            found.append(edit)
    return found


def _without_to_and_fro(edits: Iterable[PlanEdit]) -> list[PlanEdit]:
    """Of an exercise that was changed for another and back nothing was decided."""
    kept: list[PlanEdit] = []
    for edit in edits:
        back = next(
            (
                one
                for one in kept
                if one.kind == edit.kind == "swap" and (one.exercise, one.to) == (edit.to, edit.exercise)
            ),
            None,
        )
        if back is None:
            kept.append(edit)
        else:
            kept.remove(back)
    return kept


def _of_its_step(
    edit: PlanEdit, exercises: Mapping[str, Exercise], there: set[str], then: Container[str]
) -> PlanEdit:
    """What was taken out, as the same exercise one step harder or easier where that stands there instead."""
    gone = exercises[edit.exercise]
    step = its_step(gone, {each for each in there if each not in then})
    return edit if step is None else as_step(edit, gone, step)


def goals_as_last_time(
    last: Iterable[PlanEdit], now: Iterable[PlanEdit], goals: Iterable[Goal], content: Content
) -> tuple[PlanEdit, ...]:
    """The goals to take out again, and the long-term targets to set again where today's plan proposes others.

    A short-term target was for that time only, as was a sentence, which names its days. A target that is reached is
    none any more.
    """
    decided = {edit.goal for edit in now}
    standing = {goal.id: goal for goal in goals if goal.id not in decided}
    return tuple(
        edit for edit in last if edit.goal in standing and _is_otherwise(standing[edit.goal], edit, content)
    )


def _is_otherwise(goal: Goal, edit: PlanEdit, content: Content) -> bool:
    if edit.kind != "goal-target" or edit.field != "long":
        return edit.kind == "goal-drop"
    fault = target_fault(goal, _target(edit), lower_is_better=lower_is_better(goal, content))
    return goal.long != _target(edit) and not fault


def _target(edit: PlanEdit) -> float | str | None:
    return edit.to or (None if edit.value is None else float(edit.value))


def in_words(
    edits: Iterable[PlanEdit], exercises: Mapping[str, Exercise], goals: Iterable[Goal] = ()
) -> tuple[str, ...]:
    """What was decided, with its reason."""
    found = []
    of = {goal.id: goal for goal in goals}
    for edit in edits:
        if edit.goal:
            found.append(_goal_in_words(edit, of[edit.goal]))
            continue
        name, to = exercises[edit.exercise].name, exercises[edit.to].name if edit.to else ""
        says = UNFIT[edit.kind].format(name=name, to=to)
        if edit.kind == "dose":
            says = f"{name} with {edit.value} {DOSE_WORDS[edit.field]}"
        found.append(f"{says} ({edit.reason})" if edit.reason else says)
    return tuple(found)


def _goal_in_words(edit: PlanEdit, goal: Goal) -> str:
    if edit.kind == "goal-drop":
        return f"goal {goal.title} taken out" + (f" ({edit.reason})" if edit.reason else "")
    unit = goal.unit if goal.unit.startswith("/") else f" {goal.unit}".rstrip()
    return f"goal {goal.title} {target_words(_target(edit))}{unit} at the end of the plan"
