"""Where the findings behind the red flags were made: not all of them stand in the safety screen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from evalassist.clinical.result import Conclusion

if TYPE_CHECKING:
    from evalassist.clinical.case import PlanContent

SCREEN = "the safety screen"
PLACES = {
    "safety": SCREEN,
    "history": "the history",
    "questionnaires": "the questionnaire",
    "movement": "the movement test",
    "knee": "the knee examination",
    "strength": "the strength test",
    "mobility": "the mobility test",
}


def found_in(flags: Iterable[Conclusion], content: PlanContent) -> str:
    """The steps in which these flags were found, as a sentence names them, or "the examination" for several."""
    items = {item.partition(".")[0] for flag in flags for reason in flag.reasons for item in reason.items}
    steps = {content.step_of[item] for item in items if item in content.step_of}
    places = {PLACES[step] for step in steps if step in PLACES} or {SCREEN}
    return places.pop() if len(places) == 1 else "the examination"
