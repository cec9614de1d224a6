"""The strength battery as it is walked through: which muscle on which side comes next, and what is asked of it.

The order turns the patient least, with the sound side first (examination 6.1). All of it follows from the answers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from evalassist.answers import MOST_TRIALS
from evalassist.clinical.progress import shown
from evalassist.clinical.result import Assessment, SideStrength
from evalassist.content.schema import Item, Step, StrengthGroup
from evalassist.evaluation import (
    Answer,
    Answers,
    Evaluation,
    ItemId,
    NotTested,
    Side,
    SoreKnee,
    StrengthTest,
    other,
)

Ask = Literal["trial", "grade", "pain", "lever", "done"]
"""What is typed next: the force of a trial, a hand grade, the pain in the test (0-10), the lever arm, nothing."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One muscle group on one side, and how the patient lies or sits for it."""

    group: str
    side: Side
    body_position: str

    @property
    def item_id(self) -> ItemId:
        return f"{self.group}.{self.side}"

    @property
    def station(self) -> str:
        """While this stays the same the patient does not move; on the side, the other leg needs a turn."""
        return (
            f"{self.body_position} {self.side}" if self.body_position == "side-lying" else self.body_position
        )


def sides_in_order(sore_knee: SoreKnee) -> tuple[Side, Side]:
    """The sound side first; with both knees sore, right first."""
    first: Side = "right" if sore_knee == "both" else other(sore_knee)
    return first, other(first)


def groups_to_test(
    step: Step, evaluation: Evaluation, assessment: Assessment, wanted: Collection[str] = ()
) -> tuple[Item, ...]:
    """What this patient is asked for, what of the rest was begun, and what the therapist wants besides."""
    answers = evaluation.answers
    return tuple(
        item
        for item in groups_offered(step, assessment)
        if not item.optional or item.id in wanted or any(item_id in answers for item_id in item.ids)
    )


def measured_before(last_answers: Mapping[ItemId, tuple[Answer, date]]) -> set[str]:
    """The muscle groups with a value of an earlier visit: to be compared they are measured again."""
    return {
        item_id.partition(".")[0]
        for item_id, (answer, _) in last_answers.items()
        if isinstance(answer, StrengthTest) and (answer.trials or answer.grade)
    }


def groups_offered(step: Step, assessment: Assessment) -> tuple[Item, ...]:
    """Every muscle group that may be tested with this patient now."""
    return tuple(item for item in step.items if item.kind == "strength" and shown(item, assessment))


def stops_of(
    items: Sequence[Item], groups: Mapping[str, StrengthGroup], sore_knee: SoreKnee
) -> tuple[Stop, ...]:
    """One position after the other; lying on the side, all of one side before the patient turns over."""

    def stops() -> Iterator[Stop]:
        sides = sides_in_order(sore_knee)
        for position in dict.fromkeys(groups[item.id].body_position for item in items):
            here = [item.id for item in items if groups[item.id].body_position == position]
            pairs = (
                [(group, side) for side in sides for group in here]
                if position == "side-lying"
                else [(group, side) for group in here for side in sides]
            )
            for group, side in pairs:
                yield Stop(group, side, position)

    return tuple(stops())


def asked(
    stop: Stop,
    answers: Answers,
    measured: SideStrength | None,
    *,
    trials: int,
    by_hand: bool = False,
    passed: Collection[Ask] = (),
    last: Answer | None = None,
) -> Ask:
    """What is typed next at this stop; `passed` is what the therapist left open on purpose.

    The lever arm is asked only where the other side has one, or this side had one the `last` time: without it they
    could not be compared.
    """
    answer, beside = answers.get(stop.item_id), answers.get(f"{stop.group}.{other(stop.side)}")
    test = answer if isinstance(answer, StrengthTest) else StrengthTest()
    if isinstance(answer, NotTested) or test.not_tested:
        return "done"
    if by_hand and not test.grade and "grade" not in passed:
        return "grade"
    by_force = not by_hand and not test.grade
    if by_force and len(test.trials) < wanted_trials(test, measured, trials) and "trial" not in passed:
        return "trial"
    if not test.has_result:
        return "done"
    if test.pain is None and "pain" not in passed:
        return "pain"
    takes_lever = by_force and test.unit != "Nm" and test.lever_arm_m is None
    compared = (one for one in (beside, last) if isinstance(one, StrengthTest))
    wants_lever = any(one.lever_arm_m is not None for one in compared)
    return "lever" if takes_lever and wants_lever and "lever" not in passed else "done"


def wanted_trials(test: StrengthTest, measured: SideStrength | None, trials: int) -> int:
    """How many trials a side has; one more where they scatter too much to be scored."""
    scattered = measured is not None and bool(measured.trials) and not measured.reliable
    one_more = trials + 1 if scattered and len(test.trials) >= trials else 0
    return min(MOST_TRIALS, max(trials, len(test.trials), one_more))


def is_tested(answer: object) -> bool:
    """Measured, graded, or left out with a reason."""
    return isinstance(answer, NotTested) or (isinstance(answer, StrengthTest) and answer.has_result)


def next_open(
    stops: Sequence[Stop], after: int, answers: Answers, open_ids: Collection[ItemId]
) -> int | None:
    """The next stop of which something is asked, from the one after this to the end, then from the beginning.

    The other side of the same muscle comes first where it has a result: its pain and its lever arm are told while
    they are remembered, and both sides are compared before the next muscle.
    """
    order = [*range(after + 1, len(stops)), *range(min(after + 1, len(stops)))]
    if 0 <= after < len(stops):
        here = stops[after]
        order.sort(
            key=lambda at: not (_is_beside(stops[at], here) and is_tested(answers.get(stops[at].item_id)))
        )
    return next((at for at in order if stops[at].item_id in open_ids), None)


def _is_beside(stop: Stop, here: Stop) -> bool:
    return stop.group == here.group and stop.side != here.side


def last_given(stops: Sequence[Stop], before: int, answers: Answers) -> int | None:
    """The nearest stop before this one that holds something, for taking it back."""
    return next((at for at in range(before - 1, -1, -1) if stops[at].item_id in answers), None)
