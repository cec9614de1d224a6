"""The record of one visit, as an immutable value: who, which knee, what was answered, what was signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeVar, get_args
from uuid import uuid4

from evalassist.errors import EvalAssistError, SignedRecordError
from evalassist.translate import tr

Side = Literal["right", "left"]
SoreKnee = Literal["right", "left", "both"]
VisitKind = Literal["initial", "re-evaluation", "discharge"]
ItemId = str
"""An item of the content, with `.right` or `.left` when it is asked for each side: `habd.right`."""

SIDES: tuple[Side, Side] = ("right", "left")


def other(side: Side) -> Side:
    return "left" if side == "right" else "right"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as the therapist typed it, with its unit; `clinical` turns it into SI."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Discarded:
    """A trial that does not count, as it was read, and why."""

    value: float
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class StrengthTest:
    """One muscle group on one side: either trials by dynamometer or a hand grade, never mixed.

    `trials` are in `unit` as typed (N, kgf, lbf, or Nm for a torque); `lever_arm_m` is metres from the joint
    axis to the pad; `pain` is 0-10 during the test; `grade` is the MMT grade as a word ("4+" is not 4.5).
    `position` is one of the group's other positions, None in the standard one; `contraction` is a make test
    unless it says break; `fixation` says what held the device. Values of different protocols are never compared.
    """

    trials: tuple[float, ...] = ()
    unit: str | None = None
    lever_arm_m: float | None = None
    pain: int | None = None
    grade: str | None = None
    compensation: str | None = None
    not_tested: str | None = None
    position: str | None = None
    contraction: Literal["break"] | None = None
    fixation: Literal["hand", "belt"] | None = None
    device: str | None = None
    tester: str | None = None
    discarded: tuple[Discarded, ...] = ()

    @property
    def protocol(self) -> tuple[str | None, str | None]:
        """What must be the same for two values to be compared, besides unit and lever arm."""
        return self.position, self.contraction

    @property
    def has_result(self) -> bool:
        """Tested, or deliberately not: pain or a lever arm alone is not yet a test."""
        return bool(self.trials or self.grade or self.not_tested)


@dataclass(frozen=True, slots=True)
class NotTested:
    """Deliberately left out, with the reason; an absent answer is merely not asked yet."""

    reason: str


Answer = str | float | tuple[str, ...] | Quantity | StrengthTest | NotTested
Answers = Mapping[ItemId, Answer]
Defaults = Mapping[str, float]
"""Numbers of the clinical content that a clinic set otherwise, by id: `symmetry-deficit`."""


@dataclass(frozen=True, slots=True)
class Patient:
    name: str
    birth_date: date
    sex: Literal["F", "M", "X"]
    """Sex for strength norms; X when norms by sex must not be used."""
    language: str = "en"
    record_number: str = ""
    id: str = field(default_factory=lambda: str(uuid4()))

    def age_on(self, day: date) -> int:
        """Whole years on that day."""
        had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (0 if had_birthday else 1)


class Dated(Protocol):
    """A visit by its kind and its day, whole or as a line of a list."""

    @property
    def kind(self) -> VisitKind: ...

    @property
    def visit_date(self) -> date: ...


V = TypeVar("V", bound=Dated)


def place_in_care(kind: VisitKind, day: date) -> tuple[date, int]:
    """Sorts the visits of an episode: on one day the initial evaluation comes first, a discharge last."""
    return day, get_args(VisitKind).index(kind)


def first_visit(visits: Iterable[V]) -> V:
    """The visit an episode of care begins with: its initial evaluation, else the earliest."""
    return min(visits, key=lambda one: (one.kind != "initial", place_in_care(one.kind, one.visit_date)))


def out_of_place(
    kind: VisitKind, day: date, others: Sequence[V], *, corrects: Dated | None = None
) -> V | None:
    """Of the other visits of the episode the one that keeps this one from being of that kind on that day.

    The first visit stays the first, whichever is corrected; `corrects` is the visit as it stands now, None for a new
    one.
    """
    if not others:
        return None
    here = place_in_care(kind, day)
    everyone: list[Dated] = [*others] if corrects is None else [corrects, *others]
    if corrects is not None and first_visit(everyone) is corrects:
        second = min(others, key=lambda one: place_in_care(one.kind, one.visit_date))
        return second if here >= place_in_care(second.kind, second.visit_date) else None
    first = first_visit(others)
    return first if here <= place_in_care(first.kind, first.visit_date) else None


PRACTICE = "practice"
"""The id of the evaluation that somebody learns with: nobody real has it, and whatever is made of it says so."""


@dataclass(frozen=True, slots=True)
class Signature:
    clinician: str
    licence: str
    signed_at: datetime
    student: bool = False
    """A student signed: a therapist has to sign below."""


AddendumKind = Literal["addendum", "late-entry", "entered-in-error", "co-signature"]
BY_THERAPISTS: tuple[AddendumKind, ...] = ("entered-in-error", "co-signature")
"""What a student cannot write: it says whether a note counts."""


@dataclass(frozen=True, slots=True)
class Addendum:
    """What was written below a signed note.

    A late entry tells what was found at the visit and not written then; `entered-in-error` says why the note does
    not count; a co-signature is a therapist's signature below a student's.
    """

    text: str
    clinician: str
    written_at: datetime
    kind: AddendumKind = "addendum"
    licence: str = ""


EditKind = (
    Literal["add", "drop", "dose", "load", "move", "swap", "side", "lock", "unlock"]
    | Literal["goal-drop", "goal-target", "goal-words", "visits"]
)


@dataclass(frozen=True, slots=True)
class PlanEdit:
    """One change the therapist made to the proposed plan; kept as an edit, never as a result.

    `add` and `drop` name an exercise; `dose` changes one number (`field` is sets, reps, hold_s, rest_s or
    days_per_week); `load` takes the load one step on, in the words of `reason`;
    `move` puts it at a place in the list (1 is first); `swap` replaces `exercise` by `to`;
    `side` sets right, left or both; `lock` keeps the exercise in the plan whatever the findings become, `unlock`
    leaves it to the findings again.

    `goal-drop`, `goal-target` (`field` is short or long; a number in `value`, a hand grade in `to`) and
    `goal-words` (the sentence in `to`) change the goal `goal`; `visits` sets a number of the schedule (`field` is
    per_week_1, weeks_1, per_week_2 or weeks_2). Of these only the last word on a thing is kept.
    """

    kind: EditKind
    exercise: str = ""
    field: str = ""
    value: int | None = None
    to: str = ""
    reason: str = ""
    goal: str = ""

    @property
    def of_exercise(self) -> bool:
        """It changes the list of exercises, where the order of the changes counts."""
        return self.kind not in SET_ONCE

    def repeats(self, earlier: PlanEdit) -> bool:
        """It says anew what the earlier edit said of the same thing."""
        if self.kind == "load":
            return self == earlier
        return self.kind in SET_ONCE and (self.kind, self.goal, self.field) == (
            earlier.kind,
            earlier.goal,
            earlier.field,
        )


SET_ONCE = ("goal-drop", "goal-target", "goal-words", "visits")


Settled = Literal["hour", "day", "longer"]
"""How soon the knee was as before: within an hour and no worse next morning, within a day, or later."""


@dataclass(frozen=True, slots=True)
class ExerciseLog:
    """How one exercise went since the last visit; what was not asked is None.

    `pain` is the most during the exercise (0-10), `reps` those of the last set, `effort` 0-10; `twice` says that
    it went so in two sessions in a row. What `form` asks is written with the progression criterion.
    """

    exercise: str
    pain: int | None = None
    settled: Settled | None = None
    sets: int | None = None
    reps: int | None = None
    hold_s: int | None = None
    effort: int | None = None
    form: bool | None = None
    twice: bool | None = None

    @property
    def is_empty(self) -> bool:
        return self == ExerciseLog(self.exercise)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the therapist says of one conclusion: accepted, or not, and then why.

    `instead` is what the therapist concludes in its place, where there is more than yes or no (irritability).
    `of` is what the findings said then: once they say something else, the word is asked for anew.
    """

    accepts: bool
    reason: str = ""
    instead: str = ""
    of: str = ""


BY_ANOTHER = "A co-signature is written by somebody else than who signed. Nothing was written."


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One visit. Every change makes a new value; after signing a change raises `SignedRecordError`."""

    patient: Patient
    sore_knee: SoreKnee
    visit_date: date
    kind: VisitKind = "initial"
    answers: Answers = field(default_factory=lambda: MappingProxyType({}))
    same_as: Mapping[ItemId, date] = field(default_factory=lambda: MappingProxyType({}))
    """Answers the therapist gave as "the same as at that visit", by one act each; another answer ends it."""
    plan_edits: tuple[PlanEdit, ...] = ()
    exercise_log: tuple[ExerciseLog, ...] = ()
    """How the exercises of the last visit's plan went; empty at the first visit."""
    opinions: Mapping[str, Opinion] = field(default_factory=lambda: MappingProxyType({}))
    impression: str = ""
    signature: Signature | None = None
    addenda: tuple[Addendum, ...] = ()
    content_release: str = ""
    defaults: Defaults = field(default_factory=lambda: MappingProxyType({}))
    """What the clinic set otherwise when this was written; a signed evaluation keeps it."""
    id: str = field(default_factory=lambda: str(uuid4()))
    episode_id: str = field(default_factory=lambda: str(uuid4()))

    @classmethod
    def begin(cls, patient: Patient, sore_knee: SoreKnee, visit_date: date, **more: Any) -> Evaluation:
        return cls(patient=patient, sore_knee=sore_knee, visit_date=visit_date, **more)

    @property
    def is_practice(self) -> bool:
        """The patient does not exist: somebody learns, and nothing of it is a record."""
        return self.id == PRACTICE

    @property
    def age_years(self) -> int:
        return self.patient.age_on(self.visit_date)

    @property
    def sore_sides(self) -> tuple[Side, ...]:
        return SIDES if self.sore_knee == "both" else (self.sore_knee,)

    @property
    def worse_knee(self) -> Side | None:
        """With both knees sore, the worse one, where the patient told one."""
        told = self.answers.get("worse-side") if self.sore_knee == "both" else None
        return next((side for side in SIDES if side == told), None)

    def with_answer(self, item_id: ItemId, answer: Answer) -> Evaluation:
        return self.with_answers({item_id: answer})

    def with_answers(self, answers: Answers) -> Evaluation:
        return self._changed(
            answers=MappingProxyType({**self.answers, **answers}), same_as=self._same_without(answers)
        )

    def with_same(self, answers: Mapping[ItemId, tuple[Answer, date]]) -> Evaluation:
        """What the therapist says is the same as at an earlier visit, each with the day of that visit."""
        given = self.with_answers({item_id: answer for item_id, (answer, _) in answers.items()})
        days = {item_id: day for item_id, (_, day) in answers.items()}
        return replace(given, same_as=MappingProxyType({**given.same_as, **days}))

    def without_answer(self, *item_ids: ItemId) -> Evaluation:
        """The item is untouched again: not zero, not normal."""
        kept = {key: value for key, value in self.answers.items() if key not in item_ids}
        return self._changed(answers=MappingProxyType(kept), same_as=self._same_without(item_ids))

    def _same_without(self, item_ids: Iterable[ItemId]) -> Mapping[ItemId, date]:
        gone = set(item_ids)
        return MappingProxyType({key: day for key, day in self.same_as.items() if key not in gone})

    def with_plan_edit(self, *edits: PlanEdit) -> Evaluation:
        kept = self.plan_edits
        for edit in edits:
            kept = (*(one for one in kept if not edit.repeats(one)), edit)
        return self._changed(plan_edits=kept)

    def with_plan_edits(self, edits: Iterable[PlanEdit]) -> Evaluation:
        return self._changed(plan_edits=tuple(edits))

    def with_exercise_log(self, log: ExerciseLog) -> Evaluation:
        """One log for each exercise; an empty one takes it away."""
        kept = tuple(other for other in self.exercise_log if other.exercise != log.exercise)
        return self._changed(exercise_log=kept if log.is_empty else (*kept, log))

    def without_goal_edits(self, goal: str) -> Evaluation:
        """Back to the proposal in one goal."""
        return self.with_plan_edits(edit for edit in self.plan_edits if edit.goal != goal)

    def without_visit_edits(self) -> Evaluation:
        """Back to the proposed visits."""
        return self.with_plan_edits(edit for edit in self.plan_edits if edit.kind != "visits")

    def with_opinion(self, conclusion_id: str, opinion: Opinion | None) -> Evaluation:
        kept = {key: value for key, value in self.opinions.items() if key != conclusion_id}
        if opinion is not None:
            kept[conclusion_id] = opinion
        return self._changed(opinions=MappingProxyType(kept))

    def with_impression(self, text: str) -> Evaluation:
        return self._changed(impression=text)

    def with_sore_knee(self, sore_knee: SoreKnee) -> Evaluation:
        return self._changed(sore_knee=sore_knee)

    def with_visit(self, kind: VisitKind, day: date) -> Evaluation:
        """The visit was of this kind and on this day; nothing is the same as at a visit that then comes after it."""
        same = {item_id: then for item_id, then in self.same_as.items() if then <= day}
        return self._changed(kind=kind, visit_date=day, same_as=MappingProxyType(same))

    def with_defaults(self, defaults: Defaults) -> Evaluation:
        return self._changed(defaults=MappingProxyType(dict(defaults)))

    def signed_by(self, signature: Signature) -> Evaluation:
        return self._changed(signature=signature)

    def with_addendum(self, addendum: Addendum) -> Evaluation:
        """Only a signed note has addenda; a draft is simply changed."""
        if self.signature is None:
            raise EvalAssistError(tr("This note is not signed yet: change it instead of adding an addendum."))
        if why := self.why_not(addendum):
            raise EvalAssistError(why)
        return replace(self, addenda=(*self.addenda, addendum))

    def why_not(self, addendum: Addendum) -> str:
        """Why this cannot be written below the note, in a sentence; empty when it can."""
        match addendum.kind:
            case "co-signature" if not self.waits_for_cosignature:
                return "This note does not wait for a co-signature. Nothing was written."
            case "co-signature" if not addendum.licence:
                return "A co-signature needs the license number of the therapist. Nothing was written."
            case "co-signature" if self.signature and self.signature.clinician == addendum.clinician:
                return BY_ANOTHER
            case "entered-in-error" if self.entered_in_error:
                return "This note is marked as entered in error already. Nothing was written."
            case "entered-in-error" if not addendum.text.strip():
                return "Say why the note was entered in error. Nothing was written."
        return ""

    @property
    def entered_in_error(self) -> Addendum | None:
        """Why the note does not count, and who says so; the note stays."""
        return next((each for each in self.addenda if each.kind == "entered-in-error"), None)

    @property
    def waits_for_cosignature(self) -> bool:
        """A student signed, and no therapist below yet."""
        by_student = self.signature is not None and self.signature.student
        return by_student and all(each.kind != "co-signature" for each in self.addenda)

    def _changed(self, **changes: Any) -> Evaluation:
        if self.signature is not None:
            raise SignedRecordError
        return replace(self, **changes)


def answer_to_plain(answer: Answer) -> Any:
    """The answer as JSON can hold it; `answer_from_plain` gives the same answer back."""
    match answer:
        case StrengthTest():
            known = {name: getattr(answer, name) for name in StrengthTest.__dataclass_fields__}
            known["trials"] = list(answer.trials)
            known["discarded"] = [[trial.value, trial.unit, trial.reason] for trial in answer.discarded]
            return {"strength": {k: v for k, v in known.items() if v not in (None, [])}}
        case Quantity(value, unit):
            return {"quantity": [value, unit]}
        case NotTested(reason):
            return {"not-tested": reason}
        case tuple():
            return list(answer)
        case _:
            return answer


def answer_from_plain(plain: Any) -> Answer:
    match plain:
        case {"strength": known}:
            trials = tuple(_number(trial) for trial in known.get("trials", ()))
            discarded = tuple(Discarded(_number(value), *why) for value, *why in known.get("discarded", ()))
            for name in {"pain", "lever_arm_m"} & known.keys():
                _number(known[name])
            return StrengthTest(**known | {"trials": trials, "discarded": discarded})
        case {"quantity": [value, unit]}:
            return Quantity(_number(value), unit)
        case {"not-tested": reason}:
            return NotTested(reason)
        case list():
            return tuple(plain)
        case str() | float() | int():
            return plain
    raise TypeError(f"not an answer: {plain!r}")


def _number(plain: Any) -> float:
    if isinstance(plain, int | float):
        return plain
    raise TypeError(f"not a number: {plain!r}")
