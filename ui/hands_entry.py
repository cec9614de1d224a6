"""What is typed in the hands-busy view, and where it goes: into the same answers as on the strength page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from evalassist.answers import LEVER_ARM_M, MMT_GRADES
from evalassist.clinical import battery
from evalassist.clinical.battery import Ask
from evalassist.clinical.facts import shown
from evalassist.clinical.strength_entry import (
    Reading,
    begun_like,
    read_grade,
    read_value,
    told_by,
    usual_range,
    with_grade,
    with_trial,
    without_last,
)
from evalassist.evaluation import Answers, StrengthTest, other
from evalassist.translate import tr
from evalassist.units import from_si, to_si
from evalassist.words import upper_first
from ui import hands_questions as questions
from ui.hands_place import HandsPlace
from ui.hands_questions import Question
from ui.session import EvaluationSession
from ui.widgets.strength_parts import scatter_words, slip_of_unit, written
from ui.widgets.strength_side import Mode

NUMBER_WORDS = 12
"""More characters than a dynamometer writes for one value."""
FIGURES = "0123456789.,"
"""What a number begins with."""


@dataclass(frozen=True)
class Begun:
    """Where somebody was at the table, and the value that was half typed there."""

    item_id: str
    ask: Ask
    unit: str
    kinds: Mapping[str, Mode]
    stays_by_hand: bool
    typed: str = field(repr=False)
    told: str = field(repr=False)
    """What was typed, with the unit in which it was meant."""
    name: str
    """What it was typed for: the muscle, the side and what is asked of them."""


class HandsEntry(HandsPlace):
    """What is typed and not taken yet, and what the keys do with it."""

    def __init__(
        self, session: EvaluationSession, unit: str, kinds: Mapping[str, Mode], at: str = ""
    ) -> None:
        super().__init__(session, unit, kinds)
        self.typed = self.says = ""
        self.bad = False
        """What it says is that something is not counted."""
        self.is_taking = False
        """A value is being kept: where that leads to, and so what is asked next, is not known yet."""
        self.question: Question | None = None
        self._doubted = ""
        self._dropping = ""
        """What was typed when it was told that the same key again drops it."""
        answered = any(stop.item_id in session.evaluation.answers for stop in self.stops)
        self.go_to(self._first_side(at))
        if not answered and self.at == self._next_open(-1):
            self.ask_for_muscles()

    # ------------------------------------------------------------ where

    def go_to(self, item_id: str) -> None:
        """Work on this answer, or on the first that is open."""
        group = item_id.partition(".")[0]
        if group in {item.id for item in battery.groups_offered(self.step, self.session.assessment)}:
            self.wanted.add(group)
        ids = [stop.item_id for stop in self.stops]
        if item_id in ids:
            self._arrive(ids.index(item_id))
        else:
            self._arrive(self._next_open(-1))

    def _first_side(self, item_id: str) -> str:
        """This side, or while nothing is known of its muscle the one that the order tests first."""
        group = item_id.rpartition(".")[0]
        both = [f"{group}.{each}" for each in battery.sides_in_order(self.session.evaluation.sore_knee)]
        untouched = not any(each in self.session.evaluation.answers for each in both)
        return both[0] if item_id in both and untouched else item_id

    def move(self, by: int) -> None:
        """To the stop before or after, whatever is known of it."""
        typed, count = self.typed, len(self.stops)
        if self.homeless:
            self.refuse_more()
            return
        self.take_pending()
        if self.typed or (typed and self.bad) or not count:  # what is refused is read before one goes on
            return
        self._arrive(max(0, min(count - 1, (count if self.at is None else self.at) + by)))

    def follow(self, answers: Answers) -> None:
        """The answers were others before: go where something changed."""
        now = self.session.evaluation.answers
        changed = [s.item_id for s in self.stops if answers.get(s.item_id) != now.get(s.item_id)]
        if changed and self.item_id not in changed:
            self.go_to(changed[0])

    def _arrive(self, at: int | None, *, by_itself: bool = False) -> None:
        self.at, self._forced, self.question = at, None, None
        if not (by_itself and self.test.has_result):
            self._passed.pop(self.item_id, None)  # who comes here on purpose is asked for all of it
        self._clear()

    def _clear(self, says: str = "") -> None:
        self.typed, self._doubted, self._dropping, self.says, self.bad = "", "", "", says, False

    # ------------------------------------------------------------ typing

    def type(self, sign: str) -> None:
        """A digit, a point, or a letter of a unit behind a number; a digit after a refusal or a doubt begins anew."""
        if (self.bad or self._doubted) and sign in FIGURES:
            self.typed = ""
        if len(self.typed) < NUMBER_WORDS:
            self.typed += sign
        self.says, self.bad, self._doubted, self._dropping = "", False, "", ""

    def enter(self) -> None:
        """Take what is typed and go on; with nothing typed, leave this open and go on."""
        if self.question is not None:
            self._answer(self.question)
        elif self.typed:
            self._take()
        elif self.stop is not None:
            self._pass()

    @property
    def can_be_taken(self) -> bool:
        """Whether what is typed can be counted here, be it that Enter asks once more."""
        if self.question is not None:
            return self._option is not None or self._is_first_trial(self.question)
        known = {
            "trial": self._force,
            "grade": read_grade(self.typed),
            "pain": self._pain,
            "lever": self._length,
            "done": None,
        }
        return known[self.ask] is not None

    @property
    def unit_of_typed(self) -> str:
        """The unit in which a value is meant; none where it has been typed, or read in, with its own."""
        if self.typed[-1:].isalpha():
            return ""
        return {"trial": self.shown_unit, "lever": "cm"}.get(self.ask, "")

    @property
    def homeless(self) -> bool:
        """A value is typed where everything is in."""
        return bool(self.typed) and self.question is None and self.ask == "done"

    @property
    def doubted(self) -> bool:
        """Enter keeps what is typed, though it is unusual."""
        return bool(self._doubted)

    @property
    def _force(self) -> Reading | None:
        takes_torque = self.group is not None and self.group.takes_torque
        return read_value(self.typed, self.shown_unit, takes_torque=takes_torque)

    @property
    def _pain(self) -> int | None:
        return int(self.typed) if self.typed.isdigit() and int(self.typed) <= 10 else None

    @property
    def _length(self) -> Reading | None:
        """In cm."""
        reading = read_value(self.typed, "cm", takes_torque=False)
        return reading if reading is not None and reading.unit == "cm" else None

    @property
    def _option(self) -> int | None:
        """The place of what is chosen by number."""
        number = int(self.typed) if self.typed.isdigit() else 0
        offered = self.question is not None and 1 <= number <= len(self.question.options)
        return number - 1 if offered else None

    def take_pending(self) -> None:
        """The stop or the view is left: take what is typed, unless it is in doubt or has no place."""
        if self.question is not None:
            self.question = None
            self._clear()
        elif self.typed and not self._doubted and not self.homeless:
            self._take()

    @property
    def begun(self) -> Begun:
        """What is here and not taken yet; what is offered by number is asked anew."""
        typed = "" if self.question is not None else self.typed
        told = " ".join(filter(None, (typed, self.unit_of_typed)))
        return Begun(
            self.item_id, self.ask, self.unit, self._kinds, self.stays_by_hand, typed, told, self.field_name
        )

    def take_up(self, begun: Begun) -> None:
        """Go on where it was left, in the middle of a number too; it is of no other muscle or side."""
        self.stays_by_hand = begun.stays_by_hand
        self.go_to(begun.item_id)
        if self.item_id != begun.item_id:
            return
        if begun.typed and self.ask != begun.ask:
            self.force(begun.ask)
        self.typed = begun.typed

    def back(self) -> None:
        """Backspace: the last sign that was typed, else the last value that was taken."""
        if self.typed:
            self.typed = self.typed[:-1]
            self.says, self.bad, self._doubted, self._dropping = "", False, "", ""
        elif self.question is not None:
            self.question = None
            self._clear()  # what was said of its numbers is no word about a force
        elif self._forced is not None:
            self._forced = None
        else:
            self._take_back()

    def _take(self) -> None:
        take = {
            "trial": self._take_trial,
            "grade": self._take_grade,
            "pain": self._take_pain,
            "lever": self._take_lever,
            "done": self.refuse_more,
        }
        take[self.ask]()

    def _take_trial(self) -> None:
        reading = self._force
        if reading is None:
            self._refuse(
                tr("“{typed}” cannot be counted as a value in {shown_unit}. Type it again.").format(
                    typed=self.typed, shown_unit=self.shown_unit
                )
            )
            return
        low, high = usual_range(reading.unit)
        if not low <= reading.value <= high and self._doubted != self.typed:
            slip = slip_of_unit(reading.value, reading.unit, at_the_table=True)
            said = tr("{value} {unit}: usual {low} to {high}.").format(
                value=shown(reading.value, 1), unit=reading.unit, low=shown(low, 1), high=shown(high, 1)
            )
            self._doubt(tr("{said} {slip}Enter again keeps it.").format(said=said, slip=slip))
            return
        self._tell(with_trial(self.as_tested, reading))
        limit = self.session.assessment.numbers["repeat-cv"]
        self._taken(scatter_words(self.measured, limit, by_key=True))

    def _take_grade(self) -> None:
        grade = read_grade(self.typed)
        if grade is None:
            self._refuse(
                tr("“{typed}” is not a grade: {mmt_grades}.").format(
                    typed=self.typed, mmt_grades=", ".join(MMT_GRADES)
                )
            )
            return
        self._tell(with_grade(self.as_tested, grade))
        self._taken()

    def _take_pain(self) -> None:
        if self._pain is None:
            self._refuse(
                tr("“{typed}”: pain is 0 to 10, in whole numbers. Type it again.").format(typed=self.typed)
            )
            return
        self._tell(replace(self.as_tested, pain=self._pain))
        self._taken()

    def take_pain(self, pain: int | None) -> None:
        """A box was clicked; None takes the pain back. A trial that is half typed stays."""
        if self.homeless:
            self.refuse_more()
        elif self.stop is not None and not self.test.not_tested:
            here, typed = self.item_id, "" if self.ask == "pain" else self.typed
            self._tell(replace(self.as_tested, pain=pain))
            self._taken()
            if self.item_id == here:
                self.typed = typed

    def _take_lever(self) -> None:
        reading = self._length
        if reading is None:
            self._refuse(
                tr("“{typed}” cannot be counted as a length in cm. Type it again.").format(typed=self.typed)
            )
            return
        length_m = to_si(reading.value, "cm")
        low, high = LEVER_ARM_M
        said = f"{shown(reading.value, 1)} cm"
        beside = self._lever_beside
        if not low <= length_m <= high and self._doubted != self.typed:
            usual = tr("{low} to {high} cm").format(
                low=shown(from_si(low, "cm")), high=shown(from_si(high, "cm"))
            )
            self._doubt(tr("{said}: usual {usual}. Enter again keeps it.").format(said=said, usual=usual))
            return
        if (
            beside is not None and beside != length_m and self._doubted != self.typed
        ):  # a force read in by mistake
            self._doubt(
                tr("Lever arm {said}, and {beside} cm on the other side. Enter again keeps it.").format(
                    said=said, beside=shown(from_si(beside, "cm"), 1)
                )
            )
            return
        unlike_last = self._unlike_last(length_m)
        self._tell(replace(self.as_tested, lever_arm_m=length_m))
        self._taken()
        self.says = unlike_last or self.says  # it names its side: the next one may be shown by now

    def _unlike_last(self, lever_arm_m: float) -> str:
        """Another lever arm than at the last visit: both are told, for it may be a slip or another pad."""
        last = self.last.lever_arm_m if isinstance(self.last, StrengthTest) else None
        if self.stop is None or last is None or last == lever_arm_m:
            return ""
        now, then = (shown(from_si(one, "cm"), 1) for one in (lever_arm_m, last))
        return tr("{side}: lever arm {now} cm, last time {then} cm.").format(
            side=upper_first(self.stop.side), now=now, then=then
        )

    @property
    def _lever_beside(self) -> float | None:
        beside = (
            self.session.evaluation.answers.get(f"{self.stop.group}.{other(self.stop.side)}")
            if self.stop
            else None
        )
        return beside.lever_arm_m if isinstance(beside, StrengthTest) else None

    def refuse_more(self) -> None:
        """Say of what is typed that it has no place, before it goes."""
        self._refuse(
            tr("“{typed}” is not counted: all is in here. Enter goes on, Backspace takes back.").format(
                typed=self.typed
            )
        )
        self.typed = ""

    def _refuse(self, words: str) -> None:
        self.says, self.bad = words, True

    def _doubt(self, words: str) -> None:
        self.says, self.bad, self._doubted = words, False, self.typed

    def _taken(self, says: str = "") -> None:
        self._forced = None
        self._clear(says)
        self._go_on_if_done()

    def _pass(self) -> None:
        ask = self.ask
        if ask != "done":
            self._forced = None
            self._passed.setdefault(self.item_id, set()).add(ask)
        self._clear()
        self._go_on_if_done()

    def _go_on_if_done(self) -> None:
        if self.ask == "done" and self.at is not None:
            here = self.at
            self._arrive(self._next_open(here), by_itself=True)
            if self.at == here:
                self.says = tr("Only this one is open. F11 goes back to the page.")

    def _take_back(self) -> None:
        stops, answers = self.stops, self.session.evaluation.answers
        at = len(stops) if self.at is None else self.at
        if self.item_id not in answers:
            before = battery.last_given(stops, at, answers)
            if before is None:
                self.says = tr("Nothing to take back.")
                return
            self._arrive(before)
        left, words = without_last(answers.get(self.item_id))
        self._passed.pop(self.item_id, None)
        self._keep(left)
        self._clear(tr("{words} taken back. Ctrl+Z brings it back.").format(words=words))

    # ------------------------------------------------------------ one key each

    def ask_pain(self) -> None:
        """The pain now, whatever else is open; a value that is typed is taken first."""
        self._then(lambda: self.force("pain"))

    def force(self, ask: Ask) -> None:
        """Ask this now, whatever else is open."""
        self._forced = ask

    def ask_for_reason(self) -> None:
        """Not tested: the reasons by number, and what may be done instead. One key drops no value that is typed."""
        if self.homeless:
            self.refuse_more()
            return
        if self.typed and self.question is None and not self.bad and self._dropping != self.typed:
            self._dropping = self.typed
            told = " ".join(filter(None, (self.typed, self.unit_of_typed)))
            self.says = tr("“{typed}” is not taken. Enter takes it, − again drops it.").format(typed=told)
            return
        self.ask_by_number(questions.muscles(self) if self.stop is None else questions.reasons(self))

    def switch_kind(self) -> None:
        """By hand instead of by dynamometer, or the other way round: both sides of this muscle and the next ones."""
        if self.stop is not None:
            own, by_hand = self._kinds.get(self.stop.group), self.kind != "grade"
            self.stays_by_hand = by_hand
            if by_hand or own == "grade":
                self._kinds[self.stop.group] = "grade" if by_hand else "force"
            self._passed.pop(self.item_id, None)
            if self.kind == "grade" and self.test.trials:
                self._forced = "grade"
                self.says = tr("A grade takes the place of the trials. Ctrl+Z brings them back.")
            elif self.kind == "force" and self.test.grade:
                self._forced = "trial"
                self.says = tr("A trial takes the place of the grade. Ctrl+Z brings it back.")

    def ask_for_compensation(self) -> None:
        """What was seen of this patient's helping muscles, by number; a value that is typed is taken first."""
        self._then(self._offer_compensations)

    def _offer_compensations(self) -> None:
        if self.group is not None and not self.test.not_tested:
            self.ask_by_number(questions.compensation(self, self.group))

    @property
    def without_pain(self) -> list[str]:
        """The sides that were tested, and whose pain was left open."""
        tests = {stop.item_id: self._test_of(stop.item_id) for stop in self.stops}
        return [at for at, test in tests.items() if (test.trials or test.grade) and test.pain is None]

    @property
    def without_lever(self) -> list[str]:
        """The sides with a force and no lever arm: their torque is not known."""
        strength = self.session.assessment.strength
        sides = [(stop, strength[stop.group].side(stop.side)) for stop in self.stops]
        return [s.item_id for s, one in sides if one and one.score is not None and one.torque_nm is None]

    def ask_for_lever(self) -> None:
        """All is tested: the first lever arm that is missing."""
        if self.homeless:
            self.refuse_more()
        elif self.question is None and self.without_lever:
            self.go_to(self.without_lever[0])
            self.force("lever")

    def ask_for_muscles(self) -> None:
        """Which optional muscles are tested besides."""
        self.ask_by_number(questions.muscles(self))

    def toggle(self, group: str) -> None:
        """Test this optional muscle, or do not; the place stays."""
        here = self.item_id
        self.wanted ^= {group}
        ids = [stop.item_id for stop in self.stops]
        self.at = ids.index(here) if here in ids else self._next_open(-1)

    def _then(self, act: Callable[[], None]) -> None:
        if self.question is None and self.typed:
            self._take()
            if self.bad:
                return
        if self.question is None and not self.typed and self.stop is not None:
            act()

    def ask_by_number(self, question: Question) -> None:
        """Offer these in the place of the value."""
        self._clear()
        self.question = question

    def _answer(self, question: Question) -> None:
        if question.stays and not self.typed:
            self.question = None
            self._clear()
            return
        if self._is_first_trial(question):
            self.question = None
            numbers = {str(at + 1) for at in range(len(question.options))}
            if numbers.issuperset(self.typed) and len(set(self.typed)) == len(self.typed):
                self._doubt(
                    tr("{typed}: muscles are chosen one by one. Enter again keeps it.").format(
                        typed=self.typed
                    )
                )
            else:
                self._take()
            return
        if self._option is None:
            self._refuse(
                tr("Type a number from 1 to {count}, then Enter.").format(count=len(question.options))
            )
            self.typed = ""
            return
        self.choose(self._option)

    def _is_first_trial(self, question: Question) -> bool:
        """A dynamometer writes while it is asked which muscles besides: none, and this is of the muscle shown above."""
        no_option = self._option is None and len(self.typed) > 1
        return question.stays and no_option and self.ask == "trial" and self._force is not None

    def choose(self, option: int) -> None:
        """Take one of what is offered, by its place in the list."""
        question, self.question = self.question, None
        self._clear()
        if question is not None:
            question.choose(option)

    # ------------------------------------------------------------ telling

    def in_its_unit(self, trial: float) -> str:
        """A trial of this side as it is read: a converted one as finely as devices read."""
        return f"{written(trial, self.shown_unit):g} {self.shown_unit}"

    def take(self, test: StrengthTest) -> None:
        """Keep this of the side, and go on where nothing is left to ask."""
        self._tell(test)
        self._go_on_if_done()

    def _tell(self, test: StrengthTest | None) -> None:
        assert self.stop is not None
        answers, settings = self.session.evaluation.answers, self.session.settings
        before = answers.get(self.item_id)
        self.wanted.add(self.stop.group)  # it stays in the battery when its value is taken back
        test = begun_like(before, test, answers.get(f"{self.stop.group}.{other(self.stop.side)}"))
        test = told_by(before, test, settings.dynamometer, settings.therapist_name)
        if test is not None and (test.trials or test.grade):
            self._kinds[self.stop.group] = (
                self.kind
            )  # its other side is tested alike, whatever is chosen later
        self.typed = ""  # before it is told: what is read aloud then must not be taken for the next value
        self._keep(None if test == StrengthTest() else test)

    def _keep(self, test: StrengthTest | None) -> None:
        self.is_taking = True
        try:
            self.session.answer(self.item_id, test)
        finally:
            self.is_taking = False
