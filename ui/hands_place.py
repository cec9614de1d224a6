"""Where the therapist is in the strength battery: which muscle and side, and what is asked there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from evalassist.clinical import battery
from evalassist.clinical.battery import Ask, Stop
from evalassist.clinical.result import SideStrength
from evalassist.clinical.strength_entry import with_grade
from evalassist.content.schema import StrengthGroup
from evalassist.evaluation import SIDES, Answer, Evaluation, ItemId, StrengthTest
from evalassist.translate import tr
from ui.session import EvaluationSession
from ui.widgets.strength_side import Mode


class HandsPlace:
    """A place in the battery. All that is known of it is in the session."""

    def __init__(self, session: EvaluationSession, unit: str, kinds: Mapping[str, Mode]) -> None:
        """`unit` and `kinds` are those of the strength page: what its fields take now."""
        self.session, self.unit = session, unit
        self.step = session.content.steps["strength"]
        asked = {item_id.partition(".")[0] for item_id in session.progress["strength"].gaps}
        self.wanted = battery.measured_before(session.last_answers) | asked
        """Optional muscles the therapist wants to test; at first those that were measured at an earlier visit, and
        those that this visit asks."""
        self.at: int | None = 0
        """The stop that is worked on; None when nothing is left."""
        self._kinds = dict(kinds)
        self.stays_by_hand = False
        """By hand was chosen for one muscle: so are the next ones, until it is changed back."""
        self._stops: tuple[Evaluation, frozenset[str], tuple[Stop, ...]] | None = None
        """For which evaluation and wishes they were found: they are asked for many times at every key."""
        self._forced: Ask | None = None
        self._passed: dict[ItemId, set[Ask]] = {}
        """What the therapist left open on purpose, by side: nobody is led there again by itself."""

    @property
    def stops(self) -> tuple[Stop, ...]:
        """The whole battery in its order."""
        session = self.session
        known = self._stops
        if known is None or known[0] is not session.evaluation or known[1] != self.wanted:
            items = battery.groups_to_test(self.step, session.evaluation, session.assessment, self.wanted)
            groups, sore = session.content.strength_groups, session.evaluation.sore_knee
            found = battery.stops_of(items, groups, sore)
            known = self._stops = (session.evaluation, frozenset(self.wanted), found)
        return known[2]

    @property
    def stop(self) -> Stop | None:
        stops = self.stops
        return None if self.at is None or not stops else stops[min(self.at, len(stops) - 1)]

    @property
    def group(self) -> StrengthGroup | None:
        return None if self.stop is None else self.session.content.strength_groups[self.stop.group]

    @property
    def item_id(self) -> str:
        return self.stop.item_id if self.stop else ""

    @property
    def test(self) -> StrengthTest:
        """What is known of this side; empty while it is untouched."""
        return self._test_of(self.item_id)

    def _test_of(self, item_id: ItemId) -> StrengthTest:
        answer = self.session.evaluation.answers.get(item_id)
        return answer if isinstance(answer, StrengthTest) else StrengthTest()

    @property
    def measured(self) -> SideStrength | None:
        """What the trials of this side come to."""
        return self._measured_of(self.stop) if self.stop else None

    def _measured_of(self, stop: Stop) -> SideStrength | None:
        return self.session.assessment.strength[stop.group].side(stop.side)

    @property
    def ask(self) -> Ask:
        """What is typed next."""
        if self.stop is None:
            return "done"
        return self._forced or self._asked_at(self.stop)

    def _asked_at(self, stop: Stop) -> Ask:
        """What is asked there in the order of the protocol, but for what was left open on purpose."""
        return battery.asked(
            stop,
            self.session.evaluation.answers,
            self._measured_of(stop),
            trials=self.session.content.pace.trials,
            by_hand=self._is_by_hand(stop),
            passed=self._passed.get(stop.item_id, ()),
            last=self._last_of(stop.item_id),
        )

    def is_open(self, stop: Stop) -> bool:
        """Whether something is still asked there: a result, its pain, or the lever arm without which it does not
        compare."""
        untested = not battery.is_tested(self.session.evaluation.answers.get(stop.item_id))
        return untested or self._asked_at(stop) != "done"

    def _next_open(self, after: int) -> int | None:
        open_ids = {stop.item_id for stop in self.stops if self.is_open(stop)}
        return battery.next_open(self.stops, after, self.session.evaluation.answers, open_ids)

    @property
    def awaits_trials(self) -> bool:
        """Trials of this side are in and others are still asked: what these come to is no finding yet."""
        return self.stop is not None and bool(self.test.trials) and self._asked_at(self.stop) == "trial"

    @property
    def last(self) -> Answer | None:
        """What was tested here at an earlier visit."""
        return self._last_of(self.item_id)

    def _last_of(self, item_id: ItemId) -> Answer | None:
        told = self.session.last_answers.get(item_id)
        return told[0] if told else None

    @property
    def as_tested(self) -> StrengthTest:
        """What a value is added to: a side that was left out begins anew."""
        return StrengthTest() if self.test.not_tested else self.test

    @property
    def by_hand(self) -> bool:
        """A hand grade is asked here."""
        return self.stop is not None and self._is_by_hand(self.stop)

    def _is_by_hand(self, stop: Stop) -> bool:
        return not self._test_of(stop.item_id).trials and self._kind_of(stop.group) == "grade"

    @property
    def kind(self) -> Mode:
        """How this muscle is tested: force, torque or hand grade."""
        return "force" if self.stop is None else self._kind_of(self.stop.group)

    def _kind_of(self, group: str) -> Mode:
        own = self._kinds.get(group, "force")
        return "grade" if self.stays_by_hand and not self._has_its_way(group) else own

    def _has_its_way(self, group: str) -> bool:
        """Whether it was graded already, or a grade would take the place of something that was entered."""
        known = (self.session.evaluation.answers.get(f"{group}.{side}") for side in SIDES)
        return any(
            test.grade or with_grade(test, "5") != replace(test, grade="5")
            for test in known
            if isinstance(test, StrengthTest)
        )

    @property
    def shown_unit(self) -> str:
        """The unit in which a number without a unit is meant here: that of the trials before it."""
        if self.test.trials and self.test.unit:
            return self.test.unit
        return "Nm" if self.kind == "torque" else self.unit

    @property
    def field_name(self) -> str:
        """What the field of the strength page is called into which this would be typed."""
        if self.stop is None or self.group is None:
            return ""
        name = f"{self.group.title}, {self.stop.side}"
        number = min(len(self.test.trials), self.session.content.pace.trials) + 1
        return {
            "trial": tr("{name}, trial {number}").format(name=name, number=number),
            "grade": tr("{name}: grade by hand").format(name=name),
            "pain": tr("{name}: pain in the test").format(name=name),
            "lever": tr("{name}: lever arm").format(name=name),
        }.get(self.ask, "")

    @property
    def field_kind(self) -> Mode:
        """How this muscle must be shown on the strength page for that field to be there."""
        return "force" if self.ask == "lever" else self.kind
