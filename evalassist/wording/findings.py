"""Head, findings and end of the note in words: names, dates, the lines of a step, signature and addenda."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from evalassist.clinical.facts import WITHIN_ERROR
from evalassist.evaluation import Addendum, AddendumKind
from evalassist.note import Line, Note
from evalassist.words import seen, shortened

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""Not asked of the system: its language must not change what a note says."""
SAME_DAY = re.compile(r"same[ -]day|today", re.IGNORECASE)
NAME_LETTERS = 120
"""Letters of a name or a record number that are told; a longer one ends in an ellipsis."""
WITHIN_SIGN = " †"
SHORT = 30
"""Letters of a line that may share its place with others."""
NOT_A_PATIENT = "Practice — not a real patient"
ADDENDUM_HEADS: dict[AddendumKind, str] = {
    "addendum": "Addendum",
    "late-entry": "Late entry",
    "entered-in-error": "Marked as entered in error",
    "co-signature": "Co-signed",
}
TITLES = {
    "initial": "Physical therapy initial evaluation",
    "re-evaluation": "Physical therapy re-evaluation",
    "discharge": "Physical therapy discharge evaluation",
}


def day(when: date) -> str:
    """A date as it is written in a letter: March 2, 2026."""
    return f"{MONTHS[when.month - 1]} {when.day}, {when.year}"


def knee(sore_knee: str) -> str:
    return "both knees" if sore_knee == "both" else f"{sore_knee} knee"


def sore_knees(note: Note) -> str:
    """The sore side, and of both the worse: both knees, the right one worse."""
    return knee(note.sore_knee) + (f", the {note.worse_knee} one worse" if note.worse_knee else "")


def the_sore_knees(note: Note) -> str:
    """The same within a sentence: the right knee; both knees, the right one worse."""
    return sore_knees(note) if note.sore_knee == "both" else f"the {sore_knees(note)}"


def loud_knee(sore_knee: str) -> str:
    """The sore side as a head says it, so that nobody overlooks it: RIGHT knee."""
    return "BOTH knees" if sore_knee == "both" else f"{sore_knee.upper()} knee"


def named(words: str) -> str:
    """A name or number of a person as it stands in a line, cut where it has no end; empty where nothing shows."""
    return shortened(seen(words), NAME_LETTERS)


def born(note: Note) -> str:
    """Birth date, age and sex."""
    return f"{day(note.birth_date)} ({note.age} y, {note.sex})"


def content_release(note: Note) -> str:
    return f"Clinical content {note.release}, evidence checked {note.evidence_checked}"


# ---------------------------------------------------------------- the findings


def how_soon(advised: Iterable[str]) -> str:
    """How soon an urgent contact is: what the flags advise decides, and the soonest of them counts."""
    told = list(advised)
    if any(SAME_DAY.search(words) for words in told):
        return "the same day"
    if told and all("within 48 hours" in words for words in told):
        return "within 48 hours"
    return "the same day or within 48 hours"


def safety_alone(note: Note) -> list[tuple[str, str]]:
    """What is said of safety where nothing of its step was answered."""
    if "Safety" in {section.title for section in note.sections}:
        return []
    return [(note.action or "", note.action_text)]


def marked(words: str) -> str:
    """Words with a sign in place of the remark that many strength findings share; the sign is told once."""
    return words.replace(f" ({WITHIN_ERROR})", WITHIN_SIGN).replace(f"; {WITHIN_ERROR}", WITHIN_SIGN)


def step_lines(note: Note, title: str, lines: Sequence[Line]) -> list[tuple[str, str]]:
    """The lines of a step, each with its name; safety begins with what it demands."""
    told = [(line.label, line.value) for line in lines]
    if title == "Safety" and note.action != "NONE":
        told.insert(0, (note.action or "", note.action_text))
    return _short_together(told)


def _short_together(lines: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Scores share a line; what is longer than a score keeps its own."""
    told: list[tuple[str, str]] = []
    shared = False
    for name, value in lines:
        short = len(name) + len(value) <= SHORT
        if short and shared:
            told[-1] = (told[-1][0], f"{told[-1][1]}; {name} {value}")
        else:
            told.append((name, value))
        shared = short
    return told


def not_tested(note: Note) -> str:
    """What was left out deliberately, each with its reason."""
    return "; ".join(f"{line.label}: {line.value}" for line in note.not_tested)


def clinic_limits(note: Note) -> str:
    """The clinical defaults this clinic has set otherwise."""
    return "; ".join(f"{line.label}: {line.value}" for line in note.defaults)


# ---------------------------------------------------------------- the end


def signed(note: Note) -> str:
    """Who signed it and when; empty while it is a draft."""
    if note.signed_at is None:
        return ""
    student = ", student" if note.signed_by_student else ""
    when = f"{day(note.signed_at.date())} at {note.signed_at:%H:%M}"
    return f"Signed by {named(note.signed_by)}{student}{_license(note.signed_licence)}, {when}"


def _license(number: str) -> str:
    return f", license {named(number)}" if number else ""


def entered_in_error(addenda: Iterable[Addendum]) -> Addendum | None:
    """What says that the note does not count."""
    return next((each for each in addenda if each.kind == "entered-in-error"), None)


def standing(note: Note, addenda: Sequence[Addendum]) -> str:
    """Why the note is not to be relied on as it is, in few words; empty for one that is."""
    if not signed(note):
        return "Not signed"
    if entered_in_error(addenda):
        return "Entered in error"
    if note.signed_by_student and all(each.kind != "co-signature" for each in addenda):
        return "Waits for co-signature of a therapist"
    return ""


def error_told(note: Note, addenda: Iterable[Addendum]) -> str:
    """Who says since when that the note does not count, and why."""
    error = entered_in_error(addenda)
    if error is None:
        return ""
    told = f"{addendum_head(error, note)}: {' '.join(addendum_lines(error))}".rstrip(".")
    return f"{told}. This note does not count; it is kept as it was signed."


def therapist(note: Note) -> str:
    """Whose signature a draft waits for."""
    licence = f", license {note.clinic.licence}" if note.clinic.licence else ""
    return f"{note.clinic.therapist or 'Physical therapist'}{licence}"


def to_sign(note: Note) -> Iterator[str]:
    """Who has still to sign by hand."""
    if note.signed_at is None:
        yield therapist(note)
    if note.plan and (note.plan.certification_due or note.plan.signature_needed):
        yield "Physician or NPP, where needed"


def addendum_head(addendum: Addendum, note: Note) -> str:
    """Who added it and when, by the clock by which the note was signed."""
    written_at = addendum.written_at.astimezone(note.signed_at.tzinfo if note.signed_at else None)
    who = f"{named(addendum.clinician)}{_license(addendum.licence)}"
    return f"{ADDENDUM_HEADS[addendum.kind]} by {who}, {day(written_at.date())} at {written_at:%H:%M}"


def addendum_lines(addendum: Addendum) -> Iterator[str]:
    """The lines of an addendum that show anything."""
    return (line for line in addendum.text.splitlines() if seen(line))
