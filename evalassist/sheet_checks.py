"""What a therapist is told before the patient's sheet is given out; what must not be printed is refused with it.

The limits are those of the sheet's design, our own defaults [P].
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from evalassist.answers import LONGEST_TEXT
from evalassist.clinical.edits import DOSE_LIMITS, DOSE_WORDS
from evalassist.clinical.schedule import day_in_words
from evalassist.content import Content, load_content
from evalassist.content.patient_texts import reviews, unreviewed
from evalassist.note import Language, Note, NoteExercise, NotePlan, Sheet, SheetForm
from evalassist.reading import reading_of
from evalassist.settings import NameOnSheet
from evalassist.words import seen, shortened

Severity = Literal["blocks", "look", "fine"]

MOST_MOVES = 8
MANY_MOVES, MANY_IN_LARGE = 6, 5
MANY_MOVES_BECAUSE = "HOME03"
"""The evidence that stands beside a sheet of many moves."""
LONGEST_SESSION_MINUTES = 40
MOST_OF_A_PHONE, LEAST_DIGITS = 24, 7
YOUNGEST, OLDEST = 12, 90
RETESTED = ("V1", "V2", "V3", "V4", "V5", "same", "mixed")
"""The variants of "What we found" that say when the hips are tested again."""
MAY_BE_EMPTY = ("sets", "reps", "hold_s", "rest_s")
"""Parts of a dose that the sheet leaves out where they are 0."""
NO_MOVES = (
    "The plan has no exercise, so there is no sheet of moves to print. "
    "The pages that say why can be printed without them."
)


@dataclass(frozen=True, slots=True)
class SheetFinding:
    """One thing about a sheet: `about` names it, for a page that can offer what to do."""

    about: str
    severity: Severity
    says: str
    detail: str = ""


def letters_of(item_id: str) -> int:
    """The most characters that the sheet prints of what is written for this item."""
    return load_content().items[item_id].letters or LONGEST_TEXT


def why_refused(note: Note, form: SheetForm = "standard") -> str:
    """Why this sheet must not be printed, in sentences; empty when it may be."""
    return " ".join(finding.detail for finding in _blocking(note, form))


def sheet_findings(
    note: Note,
    content: Content,
    *,
    today: date,
    lacks: Callable[[str], str],
    language: Language = "en",
    form: SheetForm = "standard",
    name: NameOnSheet = "none",
    not_drawn: Sequence[str] = (),
    notice_problem: str = "",
) -> tuple[SheetFinding, ...]:
    """All there is to know of the sheet of this note, the worst first.

    `lacks` gives the characters of a text that the sheet's font has no sign for, `not_drawn` are the exercises (by
    id) whose pictures cannot be read, `notice_problem` is why the clinic's notice of language help is left out.
    """
    plan, sheet = note.plan, note.sheet
    if plan is None or sheet is None:
        return ()
    found = [
        *_blocking(note, form),
        *(_of_moves(note, plan, sheet, content, not_drawn) if form != "why" else ()),
        *_knee(note, plan),
        *_age(sheet, form),
        *_unprinted(note, sheet, lacks, name),
        *_phone(note, lacks),
        *_goal(sheet, language),
        *(_retest(sheet, today) if note.discharge is None else ()),
        *_from_therapist(sheet, form),
        *_against_the_plan(plan),
        *(_long(plan) if form == "large" else ()),
        *(_notice(notice_problem) if notice_problem else ()),
        *(_draft(plan, content) if language == "es" else ()),
    ]
    order: tuple[Severity, ...] = ("blocks", "look", "fine")
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))


# ---------------------------------------------------------------- what stops a sheet


def _blocking(note: Note, form: SheetForm) -> Iterator[SheetFinding]:
    plan, sheet = note.plan, note.sheet
    if plan is None or sheet is None:
        return
    if sheet.problem:
        yield SheetFinding("entry", "blocks", "An entry wants a look first", sheet.problem)
    if sheet.age < YOUNGEST and not sheet.child_confirmed:
        detail = (
            f"The patient is {sheet.age}. Under {YOUNGEST} there is no sheet until you confirm that it is right for "
            "this child, and that a parent goes through it too."
        )
        yield SheetFinding("child", "blocks", f"Under {YOUNGEST}: confirm first", detail)
    if form == "why":
        return
    count = len(plan.exercises)
    if not count:
        yield SheetFinding("no-moves", "blocks", "No exercise in the plan", NO_MOVES)
    if count > MOST_MOVES:
        detail = (
            f"A sheet holds at most {MOST_MOVES} moves and this plan has {count}. "
            "Print one sheet for the first part of the plan and another for the rest."
        )
        yield SheetFinding("moves", "blocks", f"{count} exercises are too many", detail)
    elif plan.reason_missing:
        detail = f"{count} exercises need a reason. Take one out of the plan, or add it there again with the reason."
        yield SheetFinding("moves", "blocks", "The reason for so many is missing", detail)
    for exercise in plan.exercises:
        yield from _dose(exercise)


def _dose(exercise: NoteExercise) -> Iterator[SheetFinding]:
    """A dose is never guessed and never made smaller: what cannot be meant is told, and keeps the sheet back."""
    if not (exercise.sets or exercise.reps or exercise.reps_text):
        detail = f"{exercise.name} has neither sets nor times. Set them in the plan."
        yield SheetFinding("dose", "blocks", "A dose is missing", detail)
    for field, (low, high) in DOSE_LIMITS.items():
        value = getattr(exercise, field)
        if value == 0 and field in MAY_BE_EMPTY:
            continue
        if not low <= value <= high:
            words = DOSE_WORDS[field]
            detail = f"{exercise.name}: {value} {words}. From {max(low, 1)} to {high} can be meant; set it in the plan."
            yield SheetFinding("dose", "blocks", "A dose cannot be meant", detail)


# ---------------------------------------------------------------- what wants a look


def _against_the_plan(plan: NotePlan) -> Iterator[SheetFinding]:
    """What the plan page warns of goes home with the sheet."""
    count = len(plan.warnings)
    if count:
        says = "The plan has a warning" if count == 1 else f"The plan has {count} warnings"
        yield SheetFinding("plan", "look", says, " ".join(plan.warnings))


def _of_moves(
    note: Note, plan: NotePlan, sheet: Sheet, content: Content, not_drawn: Sequence[str]
) -> Iterator[SheetFinding]:
    count, most = len(plan.exercises), content.plan.most_exercises
    if MANY_MOVES <= count <= MOST_MOVES:
        many = (
            f"{count} exercises are many" if count > most else f"{count} exercises, the most without a reason"
        )
        yield SheetFinding("moves", "look", many, many_moves_because(content))
    elif 0 < count < MANY_MOVES and note.discharge is None:  # an upkeep plan has its own most
        yield SheetFinding("moves", "fine", f"{count} exercises, at most {most} without a reason")
    chips = {exercise.chip for exercise in plan.exercises}
    if count and not {"HIP", "KNEE"} <= chips:
        only = "hip" if "HIP" in chips else "knee" if "KNEE" in chips else "other"
        detail = "The sheet's message is to train both. This one gets a title that speaks of neither."
        yield SheetFinding("kinds", "look", f"Only {only} exercises: is that meant?", detail)
    for exercise in plan.exercises:
        missing = "sets" if exercise.reps and not exercise.sets else ""
        missing = missing or ("times" if exercise.sets and not (exercise.reps or exercise.reps_text) else "")
        if missing:
            detail = f"{exercise.name}. The sheet leaves out what is not set."
            yield SheetFinding("dose", "look", f"A dose has no {missing}", detail)
    if sheet.minutes > LONGEST_SESSION_MINUTES:
        detail = f"Over {LONGEST_SESSION_MINUTES} minutes many people stop. Fewer exercises or sets make it shorter."
        yield SheetFinding("minutes", "look", f"A session takes {sheet.minutes} minutes", detail)
    names = [exercise.name for exercise in plan.exercises if exercise.id in not_drawn]
    if names:
        detail = f"{', '.join(names)}. The sheet has an empty frame there: draw it by hand."
        yield SheetFinding("picture", "look", "A picture cannot be read", detail)


def many_moves_because(content: Content) -> str:
    """What studies say of many exercises at home, as far as it was read."""
    known = content.evidence[MANY_MOVES_BECAUSE]
    second_hand = ", reported in a secondary source" if known.mark == "V2" else ""
    return f"{known.claim} ({known.population}{second_hand})."


def _knee(note: Note, plan: NotePlan) -> Iterator[SheetFinding]:
    sore = note.sore_knee
    wrong = [one.name for one in plan.exercises if sore != "both" and one.side not in (sore, "both")]
    if wrong:
        detail = f"{', '.join(wrong)}. The sore knee is the {sore}."
        yield SheetFinding("knee", "look", "An exercise is for the other leg", detail)
    else:
        yield SheetFinding("knee", "fine", f"Knee matches the note: {sore}")


def _age(sheet: Sheet, form: SheetForm) -> Iterator[SheetFinding]:
    if sheet.age < YOUNGEST and sheet.child_confirmed:
        yield SheetFinding("child", "fine", f"Under {YOUNGEST}: confirmed, with a parent")
    if sheet.age > OLDEST and form == "standard":
        detail = f"The patient is {sheet.age}. Ask whether large print is easier to read."
        yield SheetFinding("old", "look", "Large print?", detail)


def _unprinted(
    note: Note, sheet: Sheet, lacks: Callable[[str], str], name: NameOnSheet
) -> Iterator[SheetFinding]:
    """Texts with a sign the font lacks: which one is not printed, and what stands there in its place."""
    clinic, line = note.clinic, "A line to write on is printed in its place."
    texts = (
        ("patient's name", note.patient_name if name != "none" else "", line),
        ("goal", sheet.goal, line),
        ("clinic's name", clinic.name, line),
        ("clinic's phone", clinic.phone, line),
        ("clinic's address", clinic.address, "It is left out."),
        (
            "therapist's name",
            " ".join((clinic.therapist, clinic.licence)),
            "“Your physical therapist” is printed in its place.",
        ),
        ("“ask us first” line", sheet.ask_first, line),
        ("note for the patient", sheet.therapist_note, line),
    )
    for what, text, instead in texts:
        if missing := lacks(seen(text)):
            detail = f"The sheet's font has no sign for {shortened(' '.join(missing), 20)}. {instead}"
            yield SheetFinding("font", "look", f"The {what} cannot be printed", detail)


def _phone(note: Note, lacks: Callable[[str], str]) -> Iterator[SheetFinding]:
    phone = seen(note.clinic.phone)
    if not phone:
        detail = "The sheet will print a blank line to fill in by hand."
        yield SheetFinding("phone", "look", "No phone for “Call your clinic”", detail)
        return
    printed = phone[:MOST_OF_A_PHONE]
    if len(phone) > MOST_OF_A_PHONE:
        detail = f"The sheet prints “{printed}”, its first {MOST_OF_A_PHONE} characters."
        yield SheetFinding("phone", "look", "The phone is too long", detail)
    if sum(letter.isdigit() for letter in printed) < LEAST_DIGITS:
        detail = f"“{printed}” has fewer than {LEAST_DIGITS} digits."
        yield SheetFinding("phone", "look", "Is the phone whole?", detail)
    elif len(phone) <= MOST_OF_A_PHONE and not lacks(phone):
        yield SheetFinding("phone", "fine", "The clinic's phone is on the sheet")


def _goal(sheet: Sheet, language: Language) -> Iterator[SheetFinding]:
    goal = seen(sheet.goal)
    if not goal:
        return
    if len(goal) > (most := letters_of("goal-text")):
        detail = f"It has {len(goal)} characters, and the sheet ends it at {most}. Shorten it in History."
        yield SheetFinding("goal", "look", "The goal is too long", detail)
    if reading := reading_of([goal], language):
        measure, value = reading.scores[0]
        severity: Severity = "fine" if reading.easy else "look"
        detail = "" if reading.easy else "Plainer words are easier to follow. Change them in History."
        yield SheetFinding(
            "goal", severity, f"Reading level of the goal: {measure} {max(value, 0):.1f}", detail
        )
    if language != "en":
        detail = f"It is printed as it was typed: “{goal}”"
        yield SheetFinding("goal", "look", "Is the goal in Spanish?", detail)


def _retest(sheet: Sheet, today: date) -> Iterator[SheetFinding]:
    if sheet.found.variant not in RETESTED:
        return
    if sheet.retest_date is None:
        detail = "The sheet has a line to write it on."
        yield SheetFinding("retest", "look", "No date of the next test", detail)
    elif sheet.retest_date < today:
        detail = f"The sheet says that you test again on {day_in_words(sheet.retest_date)}."
        yield SheetFinding("retest", "look", "The next test lies in the past", detail)


def _from_therapist(sheet: Sheet, form: SheetForm) -> Iterator[SheetFinding]:
    if sheet.ask_first_wanted and not seen(sheet.ask_first) and form != "why":
        detail = (
            "Surgery, pregnancy, a clot or a blood thinner is on record: write when the patient asks first."
        )
        yield SheetFinding("ask", "look", "“Ask us before you start if …”?", detail)
    if seen(sheet.therapist_note) and form in ("why", "moves"):
        yield SheetFinding(
            "note", "look", "This form has no room for your note", "Say it, or print another form."
        )
    for about, text, item_id in (
        ("ask", sheet.ask_first, "ask-first"),
        ("note", sheet.therapist_note, "note-to-patient"),
    ):
        if len(seen(text)) > (most := letters_of(item_id)):
            detail = f"The sheet prints its first {most} characters."
            yield SheetFinding(about, "look", "A text of yours is too long", detail)


def _long(plan: NotePlan) -> Iterator[SheetFinding]:
    count = len(plan.exercises)
    if count >= MANY_IN_LARGE:
        detail = f"{count} exercises in large print fill 14 sides or more."
        yield SheetFinding("long", "look", "A long sheet", detail)


def _notice(problem: str) -> Iterator[SheetFinding]:
    detail = f"{problem} Choose another one in the settings, or remove it there."
    yield SheetFinding("notice", "look", "The notice of language help is left out", detail)


def _draft(plan: NotePlan, content: Content) -> Iterator[SheetFinding]:
    """Spanish that no qualified translator has approved, which does not keep it from being printed; or who has."""
    planned = [exercise.id for exercise in plan.exercises]
    by = "; ".join(f"{each.by}, {day_in_words(each.on)}" for each in reviews(content.exercises, planned))
    if drafts := unreviewed(content.exercises, planned):
        detail = f"No qualified translator has reviewed {len(drafts)} of its texts."
        others = f" The others were reviewed by {by}." if by else ""
        yield SheetFinding("draft", "look", "The Spanish is a draft", f"{detail}{others}")
    else:
        yield SheetFinding("draft", "fine", "The Spanish is reviewed", f"By {by}.")
