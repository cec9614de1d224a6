"""The note: everything asked, answered, concluded and planned in one visit, self-contained and frozen.

Documents are printed from it and from nothing else, so a later change of content never changes what was signed.
"""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from evalassist.clinical.trends import Trend
from evalassist.errors import EvalAssistError
from evalassist.evaluation import PRACTICE

Language = Literal["en", "es"]
SheetForm = Literal["standard", "large", "moves", "why"]
"""Four sides or six, large print on as many as it takes, the moves alone on one, or two sides without moves."""
NOT_ON_A_SHEET = {"name", "because", "edited", "load", "load_text", "progress_text", "arc"}
"""What of an exercise the patient's sheet does not print."""
NOT_TOLD = {"problem", "ask_first_wanted", "child_confirmed"}
"""What of a sheet concerns the therapist alone."""


class Part(BaseModel):
    """A signed note may be older or newer than this program: fields it does not know are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Line(Part):
    """One finding as it reads in the note: label, value, and the side word where it has one."""

    label: str
    value: str


class Section(Part):
    title: str
    lines: tuple[Line, ...]


class NoteReason(Part):
    text: str
    items: tuple[str, ...] = ()


class NoteConclusion(Part):
    """A conclusion with its reasons, its source and how far that source was verified."""

    id: str
    title: str
    verdict: Literal["met", "not met", "undecided"]
    says: str
    do_now: str = ""
    """What a met red flag asks for at once."""
    level: str = ""
    """How severe a red flag is; empty in notes of the first releases."""
    reasons: tuple[NoteReason, ...]
    against: tuple[NoteReason, ...] = ()
    """Findings that point the other way: against what is met, for what is not met."""
    missing: tuple[str, ...]
    grade: str = ""
    mark: str
    cites: tuple[str, ...] = ()
    accepted: bool | None = None
    """What the therapist says of it; None when nothing was said."""
    disagrees_because: str = ""


class NoteCause(Part):
    """Another cause the therapist holds possible or likely, with what speaks for and against it."""

    id: str
    title: str
    word: str
    speaks_for: tuple[str, ...] = ()
    speaks_against: tuple[str, ...] = ()
    not_tested: tuple[str, ...] = ()


class NoteExercise(Part):
    """A planned exercise with all texts the documents print, in every language that exists."""

    id: str
    name: str
    patient_name: dict[Language, str]
    chip: Literal["HIP", "KNEE", "OTHER"]
    side: Literal["right", "left", "both"]
    sets: int
    reps: int
    reps_text: str = ""
    hold_s: int
    rest_s: int
    days_per_week: int
    load: str
    load_text: str
    load_step: str = ""
    """What grows of the load from this visit on; empty where no step was taken, and in earlier notes."""
    progress_text: str
    arc: str
    because: tuple[NoteReason, ...]
    edited: bool = False
    steps: dict[Language, tuple[str, ...]]
    feel: dict[Language, str]
    easier: dict[Language, str] = {}
    """Patient name of the regression; empty when there is none, or when it is forbidden to this patient."""
    harder: dict[Language, str] = {}
    """Patient name of the progression, as `easier`."""
    lying: bool
    """The pictures lie (stacked on the card) or stand (side by side)."""


class NoteGoal(Part):
    id: str
    title: str
    measure: str
    baseline: str
    short: str
    long: str
    sentences: tuple[str, ...]
    note: str = ""
    warning: str = ""
    edited: bool = False
    own_words: bool = False
    """The sentence is the therapist's own, and stands as it was written."""
    short_weeks: int = 4


class NoteCode(Part):
    """A code with our own short label: offered, or chosen by the therapist."""

    code: str
    label: str
    kind: Literal["diagnosis", "evaluation", "treatment"]
    offered: bool
    chosen: bool
    timed: bool = False
    minutes: int | None = None
    units: int = 0


class NoteAdvice(Part):
    id: str
    title: str
    because: str
    grade: str = ""
    limit: str = ""


class NotePlan(Part):
    phase: int
    pain_cap: int
    effort: str
    irritability: str
    exercises: tuple[NoteExercise, ...]
    next_phase: tuple[str, ...]
    education: tuple[NoteAdvice, ...]
    running: tuple[NoteAdvice, ...]
    load_advice: tuple[NoteAdvice, ...]
    adjuncts: tuple[NoteAdvice, ...]
    not_advised: tuple[NoteAdvice, ...]
    goals: tuple[NoteGoal, ...]
    schedule_text: str
    visits: int
    weeks: int
    starts: date
    ends: date
    progress_report: str
    certification: str
    certification_due: date | None
    codes: tuple[Line, ...]
    warnings: tuple[str, ...]
    minutes: int
    coded: tuple[NoteCode, ...] = ()
    """The codes that are offered or chosen; empty in notes of the first releases, which have `codes` alone."""
    complexity: str = ""
    """The components of the evaluation code with the level of each."""
    timed_minutes: int = 0
    timed_units: int = 0
    whole_minutes: int | None = None
    """Minutes of the whole treatment, timed or not; None while they are not recorded."""
    equal_claim: tuple[str, ...] = ()
    """Codes with an equal claim to the last unit."""
    visits_proposed: str = ""
    """The proposal for the visits, where the therapist changed it."""
    short_term_ends: date | None = None
    """None where the plan is no longer than the short term of its goals."""
    report_by: date | None = None
    treatment_weeks: tuple[int, ...] = ()
    """The week of the plan in which each treatment day falls; empty in notes of the first releases."""
    certification_starts: date | None = None
    """None in notes of the first releases, whose certification starts with the plan."""
    certification_renews: bool = False
    """The plan is a recertification, due by the last day of the certification in force."""
    certification_lapsed: date | None = None
    """The day on which the certification ended, where it ended before this visit."""
    certification_ends: date | None = None
    recertification_warning: date | None = None
    signature_needed: bool = False
    order_suffices: bool = False
    """The rule of 2025: a signed order on file and a plan sent in time stand for the first signature."""
    dropped_goals: tuple[str, ...] = ()
    taken_out: tuple[str, ...] = ()
    """Exercises the therapist took out, each with the reason."""
    ended: tuple[str, ...] = ()
    """Other exercises of the last plan that are in this one no more; none in earlier notes."""
    precautions: tuple[str, ...] = ()
    onset: str = ""
    reason_missing: bool = False
    """There are so many exercises that a reason is asked for, and none was written."""


class Found(Part):
    """What the sheet says was found at the hip (handout 4.2): variant and the one number it may print."""

    variant: Literal["V1", "V2", "V3", "V4", "V5", "V6", "same", "mixed", "one-side", "part"]
    weaker: Literal["right", "left"] | None = None
    deficit_percent: int | None = None
    """Rounded half up; only for V1 with a device on both sides and no painful test."""
    hurt: bool = False
    """The test hurt, so no percentage is printed."""
    alike: bool = False
    """V3: the two sides were compared and are alike; a note that does not know does not say it."""
    strong: bool = False
    """V4: both hips are called strong, not only alike."""
    step_down: Literal["right", "left", "both"] | None = None

    @property
    def percent(self) -> int | None:
        """By how much the weaker hip pushed less, where the patient may be shown a number."""
        return self.deficit_percent if self.variant == "V1" and not self.hurt else None


class Sheet(Part):
    """What only the patient's sheet needs beside the plan."""

    found: Found
    problem: str = ""
    """Why the sheet must not be printed before an entry was checked; empty when it may."""
    go_to: int
    """GO from 0 to this; SLOW DOWN up to 5; STOP over 5."""
    days_per_week: int
    minutes: int
    weeks: int | None
    """So many at least; None where care ends and nothing is agreed for the time after it."""
    goal: str
    """Whole, as the patient said it; the page prints what fits."""
    goal_date: date | None
    retest_date: date | None
    start_date: date | None
    """Later start of the home exercises (age 10-14)."""
    age: int
    running: Literal["", "keeps", "stopped"] = ""
    """Whether a runner still runs; empty for who does not run, or was not asked."""
    activity_ladder: bool = False
    latex_free: bool = False
    """Latex allergy, and a move of this sheet is done with a band."""
    ask_first: str = ""
    """When the patient asks before starting, in the therapist's words; printed after "Ask us before you start if"."""
    ask_first_wanted: bool = False
    """Surgery, pregnancy, a clot or a blood thinner is on record."""
    therapist_note: str = ""
    """What the therapist writes to the patient."""
    child_confirmed: bool = False
    """The therapist says that the sheet is right for a child under 12."""


class NoteChange(Part):
    """One value then and now, with what the difference means."""

    name: str
    then: str
    now: str
    by: str
    limits: str
    verdict: str


class NoteChanges(Part):
    """What changed since one earlier visit; `unchanged` and `not_measured` are told in a line each."""

    since: date
    rows: tuple[NoteChange, ...]
    unchanged: tuple[str, ...] = ()
    not_measured: tuple[str, ...] = ()


class NoteExerciseCourse(Part):
    """How an exercise of the last plan goes on."""

    name: str
    move: str
    says: str
    rule: str
    because: str


class NoteCriterion(Part):
    says: str
    state: str
    """met, not met, not known, does not apply."""
    because: str = ""


class NoteFollowUp(Part):
    """What a later visit says about the episode so far."""

    changes: tuple[NoteChanges, ...]
    """Since the first visit, and since the last one where that is another."""
    new_signs: tuple[str, ...] = ()
    course: str = ""
    course_says: str = ""
    course_because: str = ""
    goals: tuple[str, ...] = ()
    """The goals of the last plan with their targets, and where each stands now."""
    disagreed: tuple[str, ...] = ()
    """What the therapist took otherwise than the findings at the last visit, and said nothing of at this one; none in
    earlier notes."""
    diagnosed: date | None = None
    """When patellofemoral pain was found, where that stands and not all criteria were tested again."""
    phase: int | None = None
    exercises: tuple[NoteExerciseCourse, ...] = ()
    exits: tuple[NoteCriterion, ...] = ()
    discharge: tuple[NoteCriterion, ...] = ()
    trends: tuple[Trend, ...] = ()
    """Pain, scores and strength over all visits, where there are two values at least; none in earlier notes."""


class NoteGoalReached(Part):
    """A goal of the episode at its end."""

    title: str
    start: str
    aims: tuple[Line, ...]
    """The day a long-term target was set, and the target."""
    now: str
    """Empty where it was not measured at this visit."""
    state: str
    """met, met in part, not met, not measured."""
    last: str = ""
    """What was measured last before this visit, and when; only where `now` is empty."""


class NoteDischarge(Part):
    """What only a discharge says: what was reached, why care ends, what goes on, when to come back."""

    began: date
    ended: date
    evaluations: tuple[date, ...]
    """The days of the evaluations before this one."""
    attended: int | None = None
    planned: int = 0
    """Treatment days of the plans up to this one."""
    reason: str = ""
    words: str = ""
    goals: tuple[NoteGoalReached, ...] = ()
    home: tuple[Line, ...] = ()
    """Each exercise with its dose."""
    home_since: date | None = None
    """The day of the plan in which they stand."""
    upkeep: str = ""
    call: tuple[str, ...] = ()
    today: tuple[str, ...] = ()
    emergency: tuple[str, ...] = ()
    check_on: date | None = None
    """About when the patient is asked again by phone or form."""


class Clinic(Part):
    name: str = ""
    phone: str = ""
    address: str = ""
    therapist: str = ""
    licence: str = ""


class Note(Part):
    """A visit as it is signed and printed."""

    release: str
    evidence_checked: str
    evaluation_id: str
    patient_name: str
    birth_date: date
    sex: str
    age: int
    record_number: str
    sore_knee: Literal["right", "left", "both"]
    worse_knee: Literal["right", "left", ""] = ""
    """With both knees sore: the worse one, which tests without a side speak of; empty when they are alike."""
    kind: str
    visit_date: date
    clinic: Clinic
    signed_by: str = ""
    signed_licence: str = ""
    signed_by_student: bool = False
    """A therapist has to sign below."""
    signed_at: datetime | None = None
    action: str | None
    action_text: str
    red_flags: tuple[NoteConclusion, ...]
    found_in: str = "the safety screen"
    """Where the findings behind the red flags were made."""
    screen_answered: int = 0
    screen_asked: int = 0
    """Yes-or-no questions of the safety screen; none in earlier notes."""
    sections: tuple[Section, ...]
    not_tested: tuple[Line, ...]
    """What was left out deliberately, with the reason."""
    pfp: Literal["met", "not met", "undecided"]
    hip_first: str = ""
    """Under 18, while the hip screen is not answered or is positive: said in place of every knee result."""
    pfp_disagrees_because: str = ""
    """Why the therapist does not conclude patellofemoral pain, where the criteria are met."""
    confirmed: bool = False
    """The therapist has given a word on every conclusion that is met."""
    conclusions: tuple[NoteConclusion, ...]
    causes: tuple[NoteCause, ...] = ()
    irritability: str
    irritability_taken: bool = False
    """Moderate because something was not recorded, and not because it was found so."""
    irritability_found: str = ""
    """What the findings say, where the therapist set another level by hand; else empty."""
    irritability_because: str = ""
    """Why the therapist set another level."""
    irritability_missing: tuple[str, ...] = ()
    """What was not recorded, and could change the level."""
    subcategories: tuple[str, ...]
    primary: str
    modifiers: tuple[str, ...]
    muscle_performance: str = ""
    """Where the deficit is, and which part was not decided; empty without one, and in earlier notes."""
    impression: str = ""
    not_decided: tuple[str, ...]
    contradictions: tuple[str, ...] = ()
    """Answers that cannot both be meant, as they stood."""
    no_plan_because: str = ""
    plan: NotePlan | None
    sheet: Sheet | None
    references: tuple[Line, ...]
    follow_up: NoteFollowUp | None = None
    """Only at later visits."""
    discharge: NoteDischarge | None = None
    """Only at a discharge."""
    defaults: tuple[Line, ...] = ()
    """The clinical defaults this clinic set otherwise: what it is, and its value beside the shipped one."""

    def sheet_content_sha256(self) -> str:
        """The same for two sheets that tell the patient the same, whatever their language, paper and type."""
        # Without defaults: a field that is added later changes no sheet that was given before.
        exercises = () if self.plan is None else self.plan.exercises
        parts = [each.model_dump_json(exclude=NOT_ON_A_SHEET, exclude_defaults=True) for each in exercises]
        sheet = (
            "" if self.sheet is None else self.sheet.model_dump_json(exclude=NOT_TOLD, exclude_defaults=True)
        )
        return sha256("\n".join((self.sore_knee, sheet, *parts)).encode()).hexdigest()

    @property
    def is_practice(self) -> bool:
        """The patient does not exist: every paper says so."""
        return self.evaluation_id == PRACTICE


def read_note(text: str) -> Note:
    """A note as it is kept in the records."""
    try:
        return Note.model_validate_json(text)
    except ValidationError:
        raise EvalAssistError(
            "A signed note of this patient cannot be read. Nothing was changed. Restore the records from a copy."
        ) from None
