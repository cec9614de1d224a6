"""Which exercises stand in the home programme: hip order, slots, needs, last resorts, and the cut to the number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from evalassist.clinical.case import Case, Log, tolerated, why_not
from evalassist.clinical.result import Reason
from evalassist.clinical.swaps import Pick, settle, stand_ins
from evalassist.content.plan_schema import Choice, Need, SlotList, SlotOption

PLACES = {"HIP1": 0, "HIP2": 1, "HIP3": 2}
ORDINALS = ("first", "second", "third")


class Placed(NamedTuple):
    """An exercise in its place of the list."""

    slot: str
    need: Need
    exercise_id: str
    because: tuple[Reason, ...]


def choose(case: Case, log: Log) -> tuple[Placed, ...]:
    """The home programme in slot order, cut to the number this patient gets."""
    placed: list[Placed] = []
    for slot in slot_list(case).slots:
        found = _fill(case, slot.options, placed, log)
        if found is None and not slot.extra:
            found = _fill(case, case.rules.next_needs, placed, log)
        if found is not None:
            placed.append(found)
    return _cut(case, placed, log)


def slot_list(case: Case) -> SlotList:
    return next(
        entry
        for entry in case.rules.slot_lists
        if case.row.id in entry.irritability and case.phase in entry.phases and case.holds(entry.when)
    )


def most(case: Case) -> int:
    """How many exercises this patient gets at home."""
    limit = case.limit.exercises if case.limit and case.limit.exercises else case.rules.most_exercises
    return min(limit, case.rules.most_exercises)


def wanted_choices(case: Case, need: Need) -> Iterator[Choice]:
    """What a need would take in this phase, before asking whether it can be done."""
    cell = need.cell(case.phase)
    for choice in cell.choices if cell else ():
        if case.holds(choice.when) and case.phase in case.exercises[choice.exercise].phases:
            yield choice


def _fill(case: Case, options: Iterable[SlotOption], placed: list[Placed], log: Log) -> Placed | None:
    taken = {entry.exercise_id for entry in placed}
    passed_over: list[str] = []
    for option in options:
        need = _need(case, option.need)
        if not case.holds(option.when):
            passed_over += filter(None, [case.not_needed(need, option.when)])
            continue
        pick = _serve(case, need, log)
        if pick is not None and pick.exercise_id not in taken:
            place = _why_slot(option.need, need, passed_over)
            because = (*_found(case, pick.answers or need.deficit), place, *pick.because)
            return Placed(option.need, need, pick.exercise_id, because)
    return None


def _need(case: Case, name: str) -> Need:
    return case.rules.need_of[case.hip_order[PLACES[name]] if name in PLACES else name]


def _serve(case: Case, need: Need, log: Log) -> Pick | None:
    """The exercise for a need: its cell, then the cell it borrows from, then the last resorts."""
    cell = need.cell(case.phase)
    if cell is None:
        return None
    borrowed = list(wanted_choices(case, case.rules.need_of[cell.borrow])) if cell.borrow else []
    turned_down: list[str] = []
    for choice in (*wanted_choices(case, need), *borrowed):
        pick = settle(case, choice.exercise, log, untested_passes=choice.if_untested)
        if pick is not None:
            own = _own_finding(case, choice)
            because = (*_instead(case, turned_down, log, replaced=not own), *pick.because)
            return Pick(pick.exercise_id, because, own)
        turned_down.append(choice.exercise)
    for exercise_id in need.last_resorts:
        if exercise_id not in turned_down and why_not(case, exercise_id) is None:
            because = (*_instead(case, turned_down, log), *_fallback(case, need, exercise_id))
            found = (*because, *tolerated(case, exercise_id), *stand_ins(case, exercise_id))
            return Pick(exercise_id, found)
    return None


def answered_by(case: Case, exercise_id: str) -> frozenset[Reason]:
    """What was found that an exercise, or its easier or harder step, is taken for in any phase."""
    exercise = case.exercises[exercise_id]
    steps = {exercise.id, exercise.easier, exercise.harder}
    findings = set[str]()
    for need in case.rules.needs:
        choices = [choice for cell in need.cells for choice in cell.choices if choice.exercise in steps]
        findings.update(_own_finding(case, choice) or need.deficit for choice in choices)
        findings.update(need.deficit for name in need.last_resorts if name in steps)
    return frozenset(reason for finding in findings for reason in _found(case, finding))


def _own_finding(case: Case, choice: Choice) -> str:
    """The finding that this one choice of a need answers, as one tight structure of several; empty for all others."""
    fact = choice.when.fact if choice.when else None
    return fact if fact in case.assessment.conclusions and fact else ""


def _instead(case: Case, turned_down: list[str], log: Log, *, replaced: bool = True) -> tuple[Reason, ...]:
    """What was turned down before; it is not `replaced` by an exercise that answers another finding."""
    head = "instead of" if replaced else "not"
    return tuple(
        Reason(f"{head} {case.exercises[name].name}: {log.refused[name].why}", _items(case, name))
        for name in dict.fromkeys(turned_down)
        if name in log.refused
    )


def _items(case: Case, exercise_id: str) -> tuple[str, ...]:
    return tuple(test.item for test in case.rules.tests_of.get(exercise_id, ()))


def _fallback(case: Case, need: Need, exercise_id: str) -> tuple[Reason, ...]:
    if case.phase in case.exercises[exercise_id].phases:
        return ()
    return (
        Reason(
            f"an exercise of another phase, because none that phase {case.phase} has here for {need.title} "
            "can be done"
        ),
    )


def _found(case: Case, rule_id: str) -> tuple[Reason, ...]:
    finding = case.assessment.conclusions.get(rule_id)
    return finding.reasons if finding is not None and finding.met else ()


def _why_slot(slot: str, need: Need, passed_over: list[str]) -> Reason:
    place = f"for {need.title}"
    if slot in PLACES:
        place = f"{need.title}: {ORDINALS[PLACES[slot]]} hip muscle to train"
    return Reason("; ".join((place, *passed_over)))


def _cut(case: Case, placed: list[Placed], log: Log) -> tuple[Placed, ...]:
    """The first exercises of the list, but never without a hip and a knee exercise when the list has both (H1)."""
    number = most(case)
    kept, left = placed[:number], placed[number:]
    for chip in ("HIP", "KNEE"):
        if not any(case.exercises[entry.exercise_id].chip == chip for entry in kept):
            other = next((entry for entry in left if case.exercises[entry.exercise_id].chip == chip), None)
            if other is not None:
                left = [entry for entry in left if entry is not other] + [kept[-1]]
                kept = [*kept[:-1], other]
    for entry in left:
        why = case.limit.says if case.limit else f"at most {number} exercises"
        log.refuse(entry.exercise_id, f"put off: {why}", "slot")
    return tuple(kept)
