"""The evaluation note as plain text, to be pasted into the clinic's record system: the same content as on paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from evalassist.clinical.facts import WITHIN_ERROR
from evalassist.evaluation import Addendum
from evalassist.note import Note, NoteChange, NotePlan
from evalassist.wording import discharge, follow_up
from evalassist.wording.assessment import (
    Band,
    Opinion,
    Row,
    bands,
    irritability,
    still_open,
    summary,
    unfitting,
)
from evalassist.wording.findings import (
    NOT_A_PATIENT,
    TITLES,
    addendum_head,
    addendum_lines,
    born,
    clinic_limits,
    content_release,
    day,
    error_told,
    loud_knee,
    marked,
    named,
    not_tested,
    safety_alone,
    signed,
    standing,
    step_lines,
    to_sign,
)
from evalassist.wording.plan import (
    after_goals,
    because_for_all,
    beside_exercises,
    exercise_rows,
    frame,
    goal_rows,
    goals_left_out,
)
from evalassist.words import KEPT_SPACES, clean, lower_first

COLUMNS = 100
"""The longest line: record systems cut longer ones, or break them in the middle of a word."""
INDENT = "  "
DRAFT = "DRAFT, not signed"
BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:%|N|Nm|Nm/kg|kgf|kgf/kg|lbf|kg|cm|s|h)(?![\w/]))")
"""The blank between a figure and its unit: no line ends there."""

Told = Iterable[tuple[str, str]]
"""Names with their words; a pair without words is left out."""


def note_text(note: Note, addenda: Sequence[Addendum] = (), code: str = "") -> str:
    """The note in the order of the paper: every part under its head in capitals, no line over 100 columns.

    It is marked as a draft until it is signed; `addenda` are what was written after signing, `code` that by which
    the signed note is known.
    """
    parts = [
        _head(note, addenda),
        *_findings(note),
        *_later(note),
        _assessment(note),
        *_discharge(note),
        *_plan(note),
        *_end(note, addenda, code),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


# ---------------------------------------------------------------- lines


def _line(words: str, *, hanging: str = INDENT) -> list[str]:
    """Words broken at blanks; what does not fit on the first line stands indented below it."""
    kept = BEFORE_UNIT.sub(KEPT_SPACES[0], clean(marked(words)))
    lines = wrap(kept, COLUMNS, subsequent_indent=hanging, break_on_hyphens=False)
    return [line.translate(dict.fromkeys(map(ord, KEPT_SPACES), " ")) for line in lines]


def _told(lines: Told) -> list[str]:
    return [line for name, words in lines if words for line in _line(f"{name}: {words}" if name else words)]


def _part(head: str, lines: Sequence[str]) -> list[str]:
    """A head in capitals with its lines; nothing where there are none."""
    return [head.upper(), *lines] if lines else []


# ---------------------------------------------------------------- head and findings


def _head(note: Note, addenda: Sequence[Addendum]) -> list[str]:
    clinic = (note.clinic.name, note.clinic.address, note.clinic.phone)
    number = named(note.record_number)
    return [
        *([NOT_A_PATIENT.upper()] if note.is_practice else []),
        *_line(" - ".join(part for part in (TITLES[note.kind].upper(), _mark(note, addenda)) if part)),
        *_line(error_told(note, addenda)),
        *_line(", ".join(part for part in clinic if part)),
        *_told([("Patient", named(note.patient_name)), ("Born", born(note)), ("Record", number)]),
        *_line(f"{loud_knee(note.sore_knee)}, visit {day(note.visit_date)}"),
    ]


def _findings(note: Note) -> Iterator[list[str]]:
    yield _part("Safety", _told(safety_alone(note)))
    for section in note.sections:
        lines = _told(step_lines(note, section.title, section.lines))
        if any(line.value.endswith(WITHIN_ERROR) for line in section.lines):
            lines += _line(f"†: {WITHIN_ERROR}")
        yield _part(section.title, lines)
    yield _part("Not tested", _line(not_tested(note), hanging=""))


# ---------------------------------------------------------------- a later visit


def follow_up_text(note: Note) -> str:
    """What a later visit adds to the note, alone: to be read beside the plan."""
    return "\n\n".join("\n".join(part) for part in _later(note) if part)


def _later(note: Note) -> Iterator[list[str]]:
    """What changed, the course, the exercises so far and the criteria; nothing at a first visit."""
    found = note.follow_up
    if found is None:
        return
    lines: list[str] = []
    for changes in found.changes:
        lines += [
            *_line(f"{follow_up.since(changes)}:"),
            *(part for row in changes.rows for part in _change(row)),
        ]
        lines += _told(follow_up.rests(changes))
    yield _part(follow_up.head(found), [*lines, *_told(follow_up.course(found))])
    told = [
        _line(f"- {one.name}: {one.move}. {one.says} Because: {follow_up.exercise_why(one)}")
        for one in found.exercises
    ]
    yield _part("Exercises so far", [line for lines in told for line in lines])
    for title, criteria in follow_up.criteria(found):
        rows = [(f"- {one.says}: {one.state}", one.because) for one in criteria]
        yield _part(title, [line for says, why in rows for line in _line(f"{says} ({why})" if why else says)])
    yield _line(follow_up.APP_DEFAULTS, hanging="")


def _change(row: NoteChange) -> list[str]:
    then, now = follow_up.values(row)
    by = f" ({row.by})" if row.by else ""
    limits = f" [{row.limits}]" if row.limits else ""
    return _line(f"- {row.name}: {then}, now {now}{by}: {row.verdict}{limits}")


# ---------------------------------------------------------------- assessment


def _assessment(note: Note) -> list[str]:
    level, why = irritability(note)
    told = " ".join(
        part for part in (summary(note), f"{level} {why}".rstrip() + "." if level else "") if part
    )
    lines = [*_line(told, hanging=""), *_told([("Impression", note.impression)])]
    for band in bands(note):
        lines += ["", *_line(_band(band))]
        for row in band.rows:
            lines += _line(f"- {_row(row)}")
    open_words = ("Not decided, because something is missing", ". ".join(still_open(note)))
    ends = _told([open_words, ("Does not fit together", unfitting(note))])
    return _part("Assessment", [*lines, *([""] if ends and len(lines) > 1 else []), *ends])


def _band(band: Band) -> str:
    source = f" ({band.source})" if band.source else ""
    return f"{band.name}{source}" + (f".{_opinion(band.opinion)}" if band.opinion else ":")


def _row(row: Row) -> str:
    source = f" [{row.source}]" if row.source else ""
    return f"{row.title}: {row.verdict}. {row.because}{source}{_opinion(row.opinion)}"


def _opinion(opinion: Opinion | None) -> str:
    return f" {opinion.says} {opinion.why}".rstrip() if opinion else ""


# ---------------------------------------------------------------- the end of care


def _discharge(note: Note) -> Iterator[list[str]]:
    found = note.discharge
    if found is None:
        return
    lines = [*_told(discharge.care(found)), *_line(discharge.counted(found))]
    for goal in found.goals:
        title, start, aims, now, state = discharge.goal_row(goal)
        values = (("start", start), ("aim", aims), ("now", now))
        told = ", ".join(f"{name} {value}" for name, value in values if value)
        lines += _line(f"- {title}: {state}" + (f" ({told})" if told else ""))
    lines += _told(discharge.home(found))
    for one in found.home:
        lines += _line(f"- {one.label}: {one.value}")
    yield _part(discharge.HEAD, [*lines, *_told(discharge.back(found, note.clinic.phone))])


# ---------------------------------------------------------------- plan of care


def _plan(note: Note) -> Iterator[list[str]]:
    yield _part("Limits set by the clinic", _line(clinic_limits(note), hanging=""))
    if note.plan is None:
        because = note.no_plan_because
        yield _part("Plan of care", _line(f"No plan of care. {because}") if because else [])
        return
    yield _part("Plan of care", _told(frame(note, note.plan)))
    yield _part("Exercises", [*_exercises(note.plan), *_told(beside_exercises(note.plan))])
    yield _part("Goals", [*_goals(note.plan), *_told(goals_left_out(note.plan))])
    yield _part("Schedule and codes", _told(after_goals(note.plan)))


def _exercises(plan: NotePlan) -> list[str]:
    lines = []
    for row in exercise_rows(plan.exercises):
        because = f". Because: {row.because}" if row.because else ""
        lines += _line(f"{row.name}, {row.where}: {row.dose}{because}")
    return [*lines, *_told([("Because, for all", because_for_all(plan.exercises))])]


def _goals(plan: NotePlan) -> list[str]:
    lines = []
    for row in goal_rows(plan):
        name = ", ".join(part for part in (row.title, row.measure) if part)
        targets = (
            ("now", row.now),
            (f"{row.short_weeks} weeks", row.short),
            (f"{plan.weeks} weeks", row.long),
        )
        told = ", ".join(f"{when} {target}" for when, target in targets if target)
        lines += _line(f"- {name}: {'. '.join(part for part in (told, row.words) if part)}")
    return [*_line(f"By {day(plan.ends)}:"), *lines] if lines else []


# ---------------------------------------------------------------- the end


def _mark(note: Note, addenda: Sequence[Addendum]) -> str:
    return standing(note, addenda).upper() if signed(note) else DRAFT


def _end(note: Note, addenda: Sequence[Addendum], code: str) -> Iterator[list[str]]:
    sources = [f"{number} {line.value}" for number, line in enumerate(note.references, start=1)]
    yield _part("References", [line for source in sources for line in _line(source)])
    waits = "; ".join(lower_first(who) if number else who for number, who in enumerate(to_sign(note)))
    yield _part("Signature", [*_line(signed(note) or f"{DRAFT}."), *_told([("To be signed by", waits)])])
    for addendum in addenda:
        written = [line for words in addendum_lines(addendum) for line in _line(words, hanging="")]
        yield [*_line(addendum_head(addendum, note)), *written]
    yield [*_line(content_release(note)), *_told([("Code of this note", code)])]
