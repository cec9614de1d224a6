"""What the therapist may give as "the same as last time": by one act for one field, and never by itself (decision 29).

Words about the history and what eye and hand find can be said to be the same. A number reads the same only when it
was taken again, so it is asked twice. What must be asked anew (safety, questionnaires, strength, what time alone
changes) is not offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from evalassist.clinical.progress import shown
from evalassist.clinical.result import Assessment
from evalassist.content.schema import Item
from evalassist.evaluation import Answer, Evaluation, ItemId, NotTested, Side, StrengthTest

if TYPE_CHECKING:
    from evalassist.content.loader import Content

Last = Mapping[ItemId, tuple[Answer, date]]


@dataclass(frozen=True, slots=True)
class Same:
    """The last answer, which may be given again."""

    answer: Answer
    day: date
    measured: bool
    """It is read or rated: it counts once the therapist says that it was taken again."""


def same_offered(item_id: ItemId, evaluation: Evaluation, last: Last, content: Content) -> Same | None:
    """The last answer, where this untouched field may be given it; what was left out then says nothing now."""
    if item_id in evaluation.answers or item_id not in last or item_id not in content.asked:
        return None
    item, (answer, day) = content.asked[item_id][0], last[item_id]
    if isinstance(answer, NotTested | StrengthTest) or answer == "not-assessed":
        return None
    rules = content.follow_up.same_as_last
    if content.step_of.get(item.id) not in rules.steps or item.id in rules.anew:
        return None
    if any(
        item.id in measure.items or item.id == measure.total_item for measure in content.measures.values()
    ):
        return None
    return Same(answer, day, is_measured(item, content))


def is_measured(item: Item, content: Content) -> bool:
    """Whether a number or a score comes out of it, by which change is judged."""
    return item.kind in ("number", "scale") or item.id in content.follow_up.same_as_last.scored


def group_offered(
    items: Iterable[Item], evaluation: Evaluation, last: Last, assessment: Assessment, content: Content
) -> dict[ItemId, tuple[Answer, date]]:
    """What one act may give to the untouched ratings of a group that is one judgment (other causes)."""
    found: dict[ItemId, tuple[Answer, date]] = {}
    for item in items:
        for item_id in item.ids:
            side: Side | None = "right" if item_id.endswith(".right") else "left" if item.sides else None
            same = same_offered(item_id, evaluation, last, content)
            if same is not None and not same.measured and shown(item, assessment, side):
                found[item_id] = (same.answer, same.day)
    return found


def same_set_up(item_id: ItemId, evaluation: Evaluation, last: Last) -> StrengthTest | None:
    """Today's test with the lever arm and the position of last time, which make the two compare; no trial, no pain.

    None where there is nothing to take over, or a lever arm or a position was given already.
    """
    then, now = last.get(item_id, (None, None))[0], evaluation.answers.get(item_id, StrengthTest())
    if not isinstance(then, StrengthTest) or not isinstance(now, StrengthTest) or now.not_tested or now.grade:
        return None
    if now.trials and now.protocol != then.protocol:
        return None  # what was measured already was measured as it says
    lever_arm_m = then.lever_arm_m if now.lever_arm_m is None else now.lever_arm_m
    made = replace(
        now,
        lever_arm_m=lever_arm_m,
        position=then.position,
        contraction=then.contraction,
        fixation=now.fixation or then.fixation,
    )
    return None if made == now else made
