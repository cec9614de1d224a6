"""From the exercise a cell names to one this patient can do: swaps for positions and equipment, never in a circle."""

from __future__ import annotations

from typing import NamedTuple

from evalassist.clinical.case import Case, Log, available, lacking, tolerated, why_not
from evalassist.clinical.result import Reason
from evalassist.content.plan_schema import Change, Swap


class Pick(NamedTuple):
    """An exercise that can be done, and what had to be changed for it."""

    exercise_id: str
    because: tuple[Reason, ...] = ()
    answers: str = ""
    """The finding it was chosen for, where that is not the whole need's."""


def settle(case: Case, first: str, log: Log, *, untested_passes: bool = False) -> Pick | None:
    """Follow the swaps from an exercise to one that can be done; each exercise is visited once, so it ends."""
    because: tuple[Reason, ...] = ()
    visited: set[str] = set()
    current = first
    while current not in visited:
        visited.add(current)
        found = _swap(case, current)
        lifted = found[0].lacks if found and found[1].to == current else ""
        if found and found[1].to != current:
            swap, change = found
            log.refuse(current, swap.says, "equipment" if swap.lacks else "precaution")
            because = (*because, Reason(_swapped(case, swap, change), _asked(swap)))
            current = change.to
            continue
        if found:
            because = (*because, Reason(_swapped(case, *found), _asked(found[0])))
        problem = why_not(case, current, lifted=lifted, untested_passes=untested_passes)
        if problem is None:
            return Pick(current, (*because, *tolerated(case, current), *stand_ins(case, current)))
        log.refuse(current, problem.why, "cap" if problem.kind == "untested" else problem.kind)
        if problem.kind == "untested":
            log.untested.update(dict.fromkeys(untested_items(case, current)))
        return None
    return None


def untested_items(case: Case, exercise_id: str) -> list[str]:
    """The pain tests of an exercise that were not done."""
    return [test.item for test in case.rules.tests_of.get(exercise_id, ()) if case.number(test.item) is None]


def stand_ins(case: Case, exercise_id: str) -> tuple[Reason, ...]:
    """What does instead of a thing that is not at home."""
    return tuple(
        Reason(f"no {need} at home: {case.rules.stand_ins[need]}", ("home-equipment",))
        for need in case.exercises[exercise_id].needs
        if lacking(case, need) and need in case.rules.stand_ins
    )


def _swap(case: Case, exercise_id: str) -> tuple[Swap, Change] | None:
    for swap in case.rules.swaps:
        if not (lacking(case, swap.lacks) if swap.lacks else case.holds(swap.when)):
            continue
        for change in swap.changes:
            if (
                change.exercise == exercise_id
                and (not change.has or available(case, change.has))
                and (not change.lacks or lacking(case, change.lacks))
            ):
                return swap, change
    return None


def _swapped(case: Case, swap: Swap, change: Change) -> str:
    name = case.exercises[change.exercise].name
    if change.to == change.exercise:
        return f"{change.note}: {swap.says}"
    note = f" ({change.note})" if change.note else ""
    return f"instead of {name}{note}: {swap.says}"


def _asked(swap: Swap) -> tuple[str, ...]:
    if swap.lacks:
        return ("home-equipment",)
    return (swap.when.fact,) if swap.when and swap.when.fact else ()
