"""What is asked by number in the hands-busy view: why a side is not tested, what was seen, which muscles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from evalassist.clinical import battery
from evalassist.clinical.strength_entry import OWN_WORDS, compensations, left_out
from evalassist.content.schema import StrengthGroup
from evalassist.translate import tr
from evalassist.words import upper_first
from ui.widgets.editors import NOT_TESTED_REASONS

if TYPE_CHECKING:
    from ui.hands_entry import HandsEntry

INSTEAD = tr("Or instead")
BEGINS = tr("Enter begins.")


@dataclass(frozen=True)
class Question:
    """Something to choose by its number; it stands in the place of the value."""

    title: str
    options: tuple[str, ...]
    choose: Callable[[int], None] = field(repr=False)
    """Takes the place in the list, from 0 on."""
    instead_from: int | None = None
    """From this place on they are no answers to the title, but what may be done instead."""
    stays: bool = False
    """Several may be chosen; Enter alone goes on."""


def reasons(entry: HandsEntry) -> Question:
    """Why this side is not tested, and what may be done instead."""
    hand = tr("Test with the dynamometer") if entry.kind == "grade" else tr("Test by hand: a grade")
    instead: dict[str, Callable[[], None]] = {
        hand: entry.switch_kind,
        tr("Lever arm…"): lambda: entry.force("lever"),
        tr("Other muscles…"): entry.ask_for_muscles,
    }
    count = len(NOT_TESTED_REASONS)

    def choose(chosen: int) -> None:
        if chosen < count:
            entry.take(left_out(entry.test, NOT_TESTED_REASONS[chosen]))
        else:
            tuple(instead.values())[chosen - count]()

    words = tuple(upper_first(reason) for reason in NOT_TESTED_REASONS)
    return Question(tr("Not tested, because of"), (*words, *instead), choose, instead_from=count)


def compensation(entry: HandsEntry, group: StrengthGroup) -> Question:
    """How the patient helped in the test."""
    seen: tuple[str | None, ...] = (*compensations(group), OWN_WORDS, None)

    def choose(chosen: int) -> None:
        entry.take(replace(entry.as_tested, compensation=seen[chosen]))

    usual = tuple(upper_first(words) for words in compensations(group))
    again = (tr("Take it back"),) if entry.test.compensation else ()
    return Question(tr("Compensation seen"), (*usual, tr("Something else"), *again), choose)


def muscles(entry: HandsEntry) -> Question:
    """Which optional muscles are tested besides; what holds an answer stays."""
    answers = entry.session.evaluation.answers
    offered = battery.groups_offered(entry.step, entry.session.assessment)
    fixed = [one for one in offered if not one.optional or any(i in answers for i in one.ids)]
    free = [one for one in offered if one not in fixed]

    def choose(chosen: int) -> None:
        entry.toggle(free[chosen].id)
        entry.ask_for_muscles()

    words = tuple(
        tr("{label}: added").format(label=one.label) if one.id in entry.wanted else one.label for one in free
    )
    title = tr("{fixed}. Also test:").format(fixed=", ".join(one.label for one in fixed))
    return Question(title, words, choose, stays=True)
