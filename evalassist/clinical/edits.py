"""The therapist's word: edits of the proposed plan, applied last, and the hard checks, which warn and never forbid."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evalassist.clinical.case import Case
from evalassist.clinical.dosing import card_order, dose_for, side_for
from evalassist.clinical.refusals import warned
from evalassist.clinical.result import PlannedExercise, Reason, Refusal
from evalassist.clinical.slots import answered_by
from evalassist.content.schema import Exercise
from evalassist.evaluation import EditKind, PlanEdit, SoreKnee

DOSE_LIMITS = {
    "sets": (1, 6),
    "reps": (1, 50),
    "hold_s": (0, 120),
    "rest_s": (0, 300),
    "days_per_week": (1, 7),
}
"""What a dose may be set to; a number outside is a slip of the hand [P]."""
DOSE_WORDS = {
    "sets": "sets",
    "reps": "times",
    "hold_s": "seconds of hold",
    "rest_s": "seconds of rest",
    "days_per_week": "days a week",
}
UNFIT: dict[EditKind, str] = {
    "add": "{name} added",
    "drop": "{name} taken out",
    "dose": "the dose of {name}",
    "load": "the load of {name} one step on",
    "move": "the place of {name} in the list",
    "swap": "{to} instead of {name}",
    "side": "the side of {name}",
}
"""How a change that was left out is named to the therapist."""
SIDE_WORDS: dict[str, SoreKnee] = {"right": "right", "left": "left", "both": "both"}


@dataclass(frozen=True, slots=True)
class Edited:
    """The plan after the edits: what stands in it, what the therapist took out, and what to tell them."""

    exercises: tuple[PlannedExercise, ...]
    dropped: tuple[Refusal, ...] = ()
    """What the proposal held and the plan does not: taken out, or in the place of which another stands."""
    out: tuple[str, ...] = ()
    """Of these, what was taken out."""
    left_out: tuple[str, ...] = ()
    """The changes for which the plan holds nothing to change, in words."""
    against: Mapping[str, str] = field(default_factory=dict)
    """What speaks against an exercise that the therapist put in, in words."""
    moved: bool = False
    """The therapist put the exercises in an order of their own."""
    replaced: Mapping[str, PlannedExercise] = field(default_factory=dict)
    """By what took its place: each exercise that was changed for another, as it stood."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What speaks against the exercises that stand here by hand."""
        there = [one.exercise.id for one in self.exercises]
        return tuple(words for exercise_id, words in self.against.items() if exercise_id in there)

    def shown(self) -> tuple[PlannedExercise, ...]:
        """The exercises in the order of the cards, or in the therapist's own."""
        return self.exercises if self.moved else card_order(self.exercises)


def apply_edits(case: Case, proposed: Sequence[PlannedExercise], edits: Iterable[PlanEdit]) -> Edited:
    """Apply the edits in their order; one that no longer fits is told and changes nothing."""
    edits = tuple(edits)
    state = Edited(tuple(proposed))
    locked = _locked(edits)
    wanted = locked | {
        edit.to or edit.exercise for edit in edits if edit.kind in ("add", "swap", "dose", "load")
    }
    for edit in edits:
        if edit.exercise in locked and edit.kind not in ("add", "drop", "unlock"):
            state = _kept(case, state, edit.exercise)  # what it is to be changed in may no longer be proposed
        if edit.of_exercise and edit.kind not in ("lock", "unlock"):
            state = _applied(case, state, _on_its_step(case, state, edit, wanted))
    return replace(state, exercises=state.shown())


def taken_out(edited: Edited) -> tuple[Refusal, ...]:
    """What the therapist took out, with the reason; what made room for another exercise is not among it."""
    return tuple(refusal for refusal in edited.dropped if refusal.exercise_id in edited.out)


def its_step(gone: Exercise, there: Container[str]) -> str | None:
    """The same exercise one step harder or easier, where it stands there: what was taken out would come back by it."""
    return next((step for step in (gone.harder, gone.easier) if step and step in there), None)


def _on_its_step(case: Case, state: Edited, edit: PlanEdit, wanted: frozenset[str]) -> PlanEdit:
    """What was taken out and is not proposed stays out also one step harder or easier, unless that is `wanted`."""
    there = {one.exercise.id for one in state.exercises}
    if edit.kind != "drop" or edit.exercise in there or edit.exercise not in case.exercises:
        return edit
    gone = case.exercises[edit.exercise]
    step = its_step(gone, there - wanted)
    return edit if step is None else as_step(edit, gone, step)


def as_step(edit: PlanEdit, gone: Exercise, step: str) -> PlanEdit:
    """What takes the exercise out, said of its harder or easier step."""
    return replace(edit, exercise=step, reason=f"as {gone.name}: {edit.reason}".removesuffix(": "))


def _locked(edits: Sequence[PlanEdit]) -> frozenset[str]:
    """What is locked after all: the last word on each exercise counts."""
    words = {edit.exercise: edit.kind for edit in edits if edit.kind in ("lock", "unlock", "drop")}
    return frozenset(exercise_id for exercise_id, word in words.items() if word == "lock")


def _kept(case: Case, state: Edited, exercise_id: str) -> Edited:
    """A locked exercise stays where it is proposed, and comes back where it no longer is."""
    for place, one in enumerate(state.exercises):
        if one.exercise.id == exercise_id:
            return _put(state, place, replace(one, locked=True))
    if exercise_id not in case.exercises:
        return state
    one = _by_hand(case, exercise_id, "THERAPIST", "locked, although the findings no longer propose it")
    state = replace(state, exercises=(*state.exercises, replace(one, locked=True)))
    return _with_warning(case, state, exercise_id)


def _applied(case: Case, state: Edited, edit: PlanEdit) -> Edited:
    place = next((i for i, one in enumerate(state.exercises) if one.exercise.id == edit.exercise), None)
    if edit.kind == "add":
        return state if place is not None else _added(case, state, edit)
    if place is None:
        done = edit.kind == "drop" and edit.exercise in case.exercises
        done |= edit.kind == "swap" and any(one.exercise.id == edit.to for one in state.exercises)
        return state if done else _unfit(case, state, edit)
    one = state.exercises[place]
    match edit.kind:
        case "drop":
            why = edit.reason or "taken out by the therapist"
            rest = state.exercises[:place] + state.exercises[place + 1 :]
            return replace(
                state,
                exercises=rest,
                dropped=(*state.dropped, Refusal(one.exercise.id, why, "therapist")),
                out=(*state.out, one.exercise.id),
            )
        case "dose":
            return _dosed(case, state, place, edit)
        case "load":
            because = Reason(f"one step on, by the therapist: {edit.reason}")
            return _put(
                state,
                place,
                replace(one, because=(because, *one.because), edited=True, load_step=edit.reason),
            )
        case "move":
            rest = tuple(other for other in state.shown() if other is not one)
            to = min(max((edit.value or 1) - 1, 0), len(rest))
            return replace(state, exercises=(*rest[:to], one, *rest[to:]), moved=True)
        case "swap":
            return _swapped(case, state, place, edit)
        case "side":
            side = SIDE_WORDS.get(edit.to or edit.field)
            if side is None:
                return _unfit(case, state, edit)
            return _put(state, place, replace(one, side=side, edited=True))
    raise AssertionError(f"no such edit: {edit.kind}")


def _added(case: Case, state: Edited, edit: PlanEdit) -> Edited:
    if edit.exercise not in case.exercises:
        return _unfit(case, state, edit)
    one = _by_hand(case, edit.exercise, "THERAPIST", edit.reason)
    dropped = tuple(refusal for refusal in state.dropped if refusal.exercise_id != edit.exercise)
    return _with_warning(
        case, replace(state, exercises=(*state.exercises, one), dropped=dropped), edit.exercise
    )


def _swapped(case: Case, state: Edited, place: int, edit: PlanEdit) -> Edited:
    if edit.to not in case.exercises or any(one.exercise.id == edit.to for one in state.exercises):
        return _unfit(case, state, edit)
    before = state.exercises[place]
    former = state.replaced.get(before.exercise.id)
    if former is not None and former.exercise.id == edit.to:  # back to what stood there: nothing was changed
        dropped = tuple(refusal for refusal in state.dropped if refusal.exercise_id != edit.to)
        return _put(replace(state, dropped=dropped), place, former)
    state = replace(state, replaced={**state.replaced, edit.to: before})
    one = _by_hand(case, edit.to, before.slot, edit.reason or f"instead of {before.exercise.name}")
    why = edit.reason or f"the therapist chose {one.exercise.name} instead"
    state = replace(state, dropped=(*state.dropped, Refusal(before.exercise.id, why, "therapist")))
    because = (*one.because, *_also_answered(case, before, edit.to))
    state = _put(state, place, replace(one, edited=True, because=because))
    return _with_warning(case, state, edit.to, f"instead of {before.exercise.name}")


def _also_answered(case: Case, before: PlannedExercise, exercise_id: str) -> Iterator[Reason]:
    """The findings for which the former exercise stood there and which this one answers as well; its pain tests and
    its place in the list are its own."""
    found = answered_by(case, exercise_id)
    return (reason for reason in before.because if reason in found)


def _by_hand(case: Case, exercise_id: str, slot: str, reason: str) -> PlannedExercise:
    exercise = case.exercises[exercise_id]
    because = Reason(f"chosen by the therapist: {reason}" if reason else "chosen by the therapist")
    side = side_for(exercise, case.evaluation.sore_knee)
    return PlannedExercise(exercise, slot, side, dose_for(case, exercise), (because,))


def _dosed(case: Case, state: Edited, place: int, edit: PlanEdit) -> Edited:
    one, value = state.exercises[place], edit.value
    low, high = DOSE_LIMITS.get(edit.field, (1, 0))
    if value is None or not low <= value <= high:
        return _unfit(case, state, edit)
    update: dict[str, int | str] = {edit.field: value}
    if edit.field == "reps":
        update["reps_text"] = ""
    dose = one.dose.model_copy(update=update)
    return _put(
        state, place, replace(one, dose=dose, edited=True, proposed_dose=one.proposed_dose or one.dose)
    )


def _put(state: Edited, place: int, one: PlannedExercise) -> Edited:
    return replace(state, exercises=(*state.exercises[:place], one, *state.exercises[place + 1 :]))


def _with_warning(case: Case, state: Edited, exercise_id: str, how: str = "by hand") -> Edited:
    against = warned(case, exercise_id)
    if not against:
        return state
    words = f"{case.exercises[exercise_id].name} is in the plan {how}, but {against}."
    return replace(state, against={**state.against, exercise_id: words})


def _unfit(case: Case, state: Edited, edit: PlanEdit) -> Edited:
    name, to = (
        case.exercises[each].name if each in case.exercises else each for each in (edit.exercise, edit.to)
    )
    return replace(state, left_out=(*state.left_out, UNFIT[edit.kind].format(name=name, to=to)))


def reason_missing(exercises: Sequence[PlannedExercise], edits: Iterable[PlanEdit], most: int) -> bool:
    """More exercises than `most` stand in the plan, and nobody said why."""
    return len(exercises) > most and not any(edit.kind == "add" and edit.reason for edit in edits)


def untrained(
    case: Case, proposed: Sequence[PlannedExercise], exercises: Sequence[PlannedExercise]
) -> tuple[str, ...]:
    """The weak muscle groups that the proposal trained and the plan no longer does."""
    found: list[str] = []
    for group in case.rules.goals.groups:
        if not case.assessment.met(group.deficit):
            continue
        core = case.rules.exercises_for(group.deficit)
        regions = {case.exercises[name].region for name in core}
        before, now = (
            any(
                one.exercise.id in core
                or (one.exercise.region in regions and {one.exercise.easier, one.exercise.harder} & core)
                for one in several
            )
            for several in (proposed, exercises)
        )
        if before and not now:
            title = case.assessment.conclusions[group.deficit].rule.title
            found.append(f"{title}: no exercise in the plan trains it.")
    return tuple(found)


def hard_checks(
    case: Case, exercises: Sequence[PlannedExercise], edits: Sequence[PlanEdit]
) -> tuple[str, ...]:
    """H1 to H5 on the plan as it stands, and the precautions that ask for a look."""
    found: list[str] = []
    hip = sum(one.exercise.chip == "HIP" for one in exercises)
    knee = sum(one.exercise.chip == "KNEE" for one in exercises)
    if not hip:
        found.append("No hip exercise stands in the plan: choose one by hand.")
    if not knee:
        found.append("No knee exercise stands in the plan: choose one by hand.")
    if case.row.id == "HIGH" and knee > hip:
        found.append("Irritability is high, and there are more knee than hip exercises.")
    most = case.rules.most_exercises
    if reason_missing(exercises, edits, most):
        found.append(f"More than {most} exercises: take one out, or add it again with the reason.")
    elif case.limit is not None and len(exercises) > (case.limit.exercises or most):
        found.append(f"The plan holds {len(exercises)} exercises, but {case.limit.says}.")
    hard = [one.exercise.name for one in exercises if one.dose.load in case.row.too_much]
    if hard:
        found.append(
            f"{', '.join(hard)}: {'its load rule asks' if len(hard) == 1 else 'their load rules ask'} for more than "
            f"this plan allows while irritability is {case.row.id.lower()}: effort {case.row.effort}."
        )
    for block in case.blocks:
        concerned = case.concerned[block.id]
        names = [one.exercise.name for one in exercises if one.exercise.id in concerned]
        if names and block.effect == "warn":
            found.append(f"{', '.join(names)}: {block.says}.")
    found += [notice.says for notice in case.rules.notices if case.holds(notice.when)]
    return tuple(found)
