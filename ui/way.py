"""The way through the steps of an evaluation: where each item stands, what is left, and where F8 goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalassist.clinical.assessment import CODES
from evalassist.evaluation import ItemId
from evalassist.translate import tr
from ui.pages.base import GOALS
from ui.widgets.glyph import GLYPHS, State

if TYPE_CHECKING:
    from ui.session import EvaluationSession

JUDGED = ("pfp", "irritability", *CODES.values())
"""Conclusions on which the therapist has a word."""


class Way:
    """`here` is the step that is shown, `at` the item that has the keyboard, empty where none has."""

    def __init__(self, session: EvaluationSession) -> None:
        self._session = session
        self._ids = list(session.content.steps)

    def step_of(self, item_id: str) -> str | None:
        """Where an item stands; conclusions stand on the assessment step."""
        content = self._session.content
        if item_id in content.steps:
            return item_id
        if item_id == GOALS:
            return "plan"
        own = content.asked[item_id][0].id if item_id in content.asked else item_id
        if own in content.step_of:
            return content.step_of[own]
        return "assessment" if item_id in content.rules or item_id in JUDGED else None

    def neighbour(self, here: str, by: int) -> str | None:
        """The step before or after this one."""
        place = self._ids.index(here) + by
        return self._ids[place] if 0 <= place < len(self._ids) else None

    def letter_is_next(self) -> bool:
        """The safety screen is answered and ends the visit: the letter goes before everything else that is open."""
        session = self._session
        return session.letter_waits and not session.signed and not session.progress["safety"].left

    def gap_after(self, here: str, at: ItemId) -> tuple[str, ItemId] | None:
        """Where F8 goes: the step and the item, or None when nothing is left."""
        progress, order, place = self._session.progress, self._order(here), self._ids.index(here)
        for step_id in (*self._ids[place:], *self._ids[:place]):
            gaps = progress[step_id].gaps if progress[step_id].state != "blocked" else ()
            if step_id == here and at in order:
                gaps = (*(gap for gap in gaps if order.get(gap, 0) > order[at]), *gaps)
            elif at in gaps:  # the plan waits for what is answered on other steps, one after the other
                gaps = (*gaps[gaps.index(at) + 1 :], *gaps)
            for gap in gaps:
                if gap != at or step_id == here:  # the only one here is not left behind unanswered
                    return self.step_of(gap) or step_id, gap
        return None

    def goes_back(self, here: str, at: ItemId, to: str, item_id: ItemId) -> bool:
        """Whether F8 goes back, to an item of the step `to`: nothing is left after the keyboard."""
        if to != here:
            return self._ids.index(to) < self._ids.index(here)
        order = self._order(here)
        return at in order and order.get(item_id, 0) < order[at]

    def left(self, here: str, at: ItemId) -> tuple[str, State]:
        """How much is left, here or where F8 goes, for the footer."""
        progress = self._session.progress
        now = progress[here]
        if self._session.signed:
            return tr("Signed"), "complete"
        if self.letter_is_next():
            return tr("Referral letter not written"), "look"
        if now.state == "blocked":
            return tr("Blocked"), "blocked"
        if now.left:
            return tr("{left} left here").format(left=now.left), GLYPHS[now.state]
        elsewhere = [step_id for step_id in self._ids if progress[step_id].left]
        if elsewhere:
            after = self.gap_after(here, at)
            step_id = after[0] if after is not None and after[0] in elsewhere else elsewhere[0]
            short = self._session.content.steps[step_id].short
            return tr("{left} left in {short}").format(left=progress[step_id].left, short=short), "partly"
        if here == "handout" and now.state == "empty":
            return tr("Not printed or saved yet"), "empty"
        return tr("Nothing left"), "complete"

    def _order(self, step_id: str) -> dict[ItemId, int]:
        items = self._session.content.steps[step_id].items
        return {item_id: place for place, item_id in enumerate(i for item in items for i in item.ids)}
