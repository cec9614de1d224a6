"""What speaks for and against each other cause so far. It informs the therapist, whose word alone decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalassist.clinical.conditions import Judgement, judge, verdict_of
from evalassist.clinical.result import Knowledge, Reason, Verdict
from evalassist.content.cause_schema import Differential, Sign
from evalassist.evaluation import Evaluation, ItemId, Side
from evalassist.words import lower_first

if TYPE_CHECKING:
    from evalassist.content.loader import Content

NEAR = ("likely", "possible")
MOST_TOLD = 4


@dataclass(frozen=True, slots=True)
class Cause:
    """Another cause: what speaks for it, what against, what was not tested, and the therapist's word."""

    differential: Differential
    word: str
    """likely, possible, unlikely, excluded, not-assessed, or empty while nothing was said."""
    speaks_for: tuple[Reason, ...]
    speaks_against: tuple[Reason, ...]
    not_tested: tuple[ItemId, ...]

    @property
    def near(self) -> bool:
        """The therapist holds it possible or likely."""
        return self.word in NEAR


def causes(evaluation: Evaluation, known: Knowledge, content: Content) -> Mapping[str, Cause]:
    """Every other cause by its id; tests of the knee count on the sore side or sides."""
    return {
        differential.id: _cause(differential, evaluation, known, content)
        for differential in content.differentials.values()
    }


def in_short(cause: Cause) -> str:
    """`For: over 30; upper pole tender. Against: …`, the line beside the therapist's word on it."""
    told = (("For", cause.speaks_for), ("Against", cause.speaks_against))
    return "  ".join(f"{head}: {_listed(reasons)}." for head, reasons in told if reasons)


def _listed(reasons: tuple[Reason, ...]) -> str:
    words = [lower_first(reason.text) for reason in reasons[:MOST_TOLD]]
    more = len(reasons) - MOST_TOLD
    return "; ".join((*words, f"and {more} more") if more > 0 else words)


def _cause(differential: Differential, evaluation: Evaluation, known: Knowledge, content: Content) -> Cause:
    found: dict[str, list[Reason]] = {"for": [], "against": []}
    missing: dict[ItemId, None] = {}
    for sign in differential.signs:
        for side, judged in _judged(sign, evaluation, known):
            if judged.verdict is Verdict.MET:
                found[sign.speaks] += _told(sign, judged, side)
            elif judged.verdict is Verdict.UNDECIDED:
                missing |= dict.fromkeys(judged.missing)
    return Cause(
        differential,
        str(evaluation.answers.get(differential.item_id, "")),
        tuple(dict.fromkeys(found["for"])),
        tuple(dict.fromkeys(found["against"])),
        tuple(item_id for item_id in missing if _is_asked(item_id, known, content)),
    )


def _is_asked(item_id: ItemId, known: Knowledge, content: Content) -> bool:
    """Whether this patient is asked it at all: crepitus is not asked of the young."""
    item, side = content.asked[item_id]
    return item.shown_when is None or verdict_of(item.shown_when, known, side) is Verdict.MET


def _judged(sign: Sign, evaluation: Evaluation, known: Knowledge) -> Iterator[tuple[Side | None, Judgement]]:
    sides: tuple[Side | None, ...] = evaluation.sore_sides if sign.each_side else (None,)
    return ((side, judge(sign.when, known, side)) for side in sides)


def _told(sign: Sign, judged: Judgement, side: Side | None) -> tuple[Reason, ...]:
    if not sign.says:
        return judged.reasons
    items = tuple(dict.fromkeys(item for reason in judged.reasons for item in reason.items))
    words = f"{sign.says}, {side}" if side else sign.says
    return (Reason(words, items),)
