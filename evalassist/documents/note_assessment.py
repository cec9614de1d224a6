"""The assessment part of the note: what was concluded, why, from which source, and what the therapist says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from reportlab.platypus import Flowable, Spacer

from evalassist.documents import look
from evalassist.documents.flow import FURNITURE, bold, cell, heading, knee, labelled, marked, table, text
from evalassist.documents.look import REGULAR, SEMIBOLD
from evalassist.note import Note, NoteCause, NoteConclusion
from evalassist.words import lower_first

CRITERIA = ("d1", "d2", "d3")
SUBCATEGORIES = ("ovl", "mpd", "mcd", "mob", "mob-hyper", "mob-hypo")
IRRITABILITY = "irritability-"
LONG_PAIN = ("dur-gt-12mo", "dur-gt-4mo", "dur-gt-2mo")
"""Only the longest is told."""
NAMED = {
    "OVL": "overuse or overload",
    "MPD": "muscle performance deficits",
    "MCD": "movement coordination deficits",
    "MOB-hyper": "mobility impairment, foot",
    "MOB-hypo": "mobility impairment, tight structures",
    "LOAD": "load rose",
}
LIMIT = re.compile(r", (not )?(below|above|at least|at most) [−\d.]+$")
"""The limit at the end of a reason: not told again where the conclusion itself says it."""
LIMIT_AND_REMARK = re.compile(r", (not )?(below|above|at least|at most) [−\d.-]+( \(.*\))?$")
MOST_REASONS = 2
"""Reasons told of a subcategory that is not met; one that is met tells all."""
MOST_AGAINST = 2
OURS, OURS_SIGN = "app default, not from a guideline", "‡"
"""In the table the sign stands for the words, which are told below it once."""
IN_A_ROW = {OURS: OURS_SIGN, "guideline grade": "grade", "reference ": "ref.\u00a0"}
"""How a source reads in a row, where there is little room; a band has it in full."""
MOST_MISSING = 4
STOPS = ("EMERGENCY", "URGENT", "REFER")


def assessment(note: Note, width: float) -> Iterator[Flowable]:
    """Summary, the criteria and subcategories with reasons, what else matters, what is open, the impression."""
    yield from heading("Assessment")
    yield text(_summary(note))
    if note.impression:
        yield from labelled([("Impression", note.impression)])
    if note.action in STOPS and note.pfp == "undecided":
        return
    rows: list[list[Any]] = []
    bands: list[int] = []
    ours = False
    for name, group in _groups(note):
        if not group:
            continue
        bands.append(len(rows))
        rows.append([cell(_band(name, group, note)), "", ""])
        one_source = len({_source(conclusion, note) for conclusion in group}) == 1
        absent = [
            c for c in group if c.id in SUBCATEGORIES and c.verdict == "not met" and c.accepted is not False
        ]
        for conclusion in group:
            if conclusion not in absent:
                ours = ours or (not one_source and OURS in _source(conclusion, note))
                rows.append(_row(conclusion, note, sourced=not one_source))
        if absent:
            told = " ".join(f"{_title(c)}: {_reasons(c)}.{_against(c)}" for c in absent)
            rows.append([cell("Others"), cell("not met"), cell(told)])
    if note.causes:
        bands.append(len(rows))
        rows.append([cell(bold("Other causes held possible or likely")), "", ""])
        rows += [[cell(look.escaped(c.title)), cell(c.word), cell(_cause(c))] for c in note.causes]
    if rows:
        yield Spacer(0, 2)
        yield table(rows, (164, 46, width - 210), head=False, bands=bands)
        if ours:
            yield text(f"{OURS_SIGN} {OURS}", FURNITURE, 11)
        yield Spacer(0, 2)
    told_above = (*(c.title for _, group in _groups(note) for c in group), "No subcategory met")
    still_open = [each for each in note.not_decided if not each.startswith(told_above)]
    if still_open:
        yield from labelled([("Not decided, because something is missing", "; ".join(still_open))])
    if note.contradictions:
        yield from labelled([("Does not fit together", " ".join(note.contradictions))])


def _groups(note: Note) -> Iterator[tuple[str, list[NoteConclusion]]]:
    known = {conclusion.id: conclusion for conclusion in note.conclusions}
    criteria = [known[id] for id in CRITERIA if id in known]
    met = sum(conclusion.verdict == "met" for conclusion in criteria)
    yield f"Patellofemoral pain: {met} of {len(criteria)} criteria met", criteria
    subcategories = [known[id] for id in SUBCATEGORIES if id in known]
    if any(each.verdict == "met" for each in subcategories):  # overload is met only where nothing else is
        subcategories = [each for each in subcategories if each.id != "ovl" or each.verdict == "met"]
    yield "Subcategories", subcategories
    longest = next((id for id in LONG_PAIN if id in known and known[id].verdict == "met"), "")
    told_above = (*CRITERIA, *SUBCATEGORIES, "none", *(id for id in LONG_PAIN if id != longest))
    yield (
        "Also to be considered",
        [
            conclusion
            for conclusion in note.conclusions
            if conclusion.verdict == "met"
            and conclusion.id not in told_above
            and not conclusion.id.startswith(IRRITABILITY)
        ],
    )


def _summary(note: Note) -> str:
    """The assessment in one sentence, as a colleague would say it."""
    if note.pfp_disagrees_because:
        told = (
            f"Patellofemoral pain, {knee(note.sore_knee)}: criteria met, but not concluded by the therapist."
        )
        told += f" {note.pfp_disagrees_because.rstrip('.')}."
    elif note.pfp == "met":
        named = [f"{NAMED[code]} ({code})" for code in note.subcategories if code in NAMED]
        if note.subcategories == ("NONE",):
            named = ["no subcategory met"]
        told = f"Patellofemoral pain, {knee(note.sore_knee)}" + (f": {', '.join(named)}." if named else ".")
        if len(named) > 1 and note.primary:
            told += f" Primary: {note.primary}."
        if note.modifiers:
            told += f" Modifier: {', '.join(NAMED.get(code, code) for code in note.modifiers)}."
        if not note.confirmed:
            told += " Proposed by the app, not yet confirmed by the therapist."
    else:
        state = "not met" if note.pfp == "not met" else "not decided"
        if note.pfp == "undecided" and note.action in STOPS:
            state += "; the safety screen stopped the examination"
        told = f"Patellofemoral pain, {knee(note.sore_knee)}: criteria {state}."
    markup = bold(told)
    if note.irritability:
        rule_id = IRRITABILITY + note.irritability.lower()
        reasons = [r.text for c in note.conclusions if c.id == rule_id for r in c.reasons]
        told = "; ".join(reasons)
        if note.irritability_found:
            because = note.irritability_because or "no reason given"
            told = f"set by the therapist: {because}; the findings say {note.irritability_found.lower()}"
        why = f" {look.escaped(f'({told})')}" if told else ""
        markup += f" {bold(f'Irritability {note.irritability.lower()}')}{why}."
    return markup


def _row(conclusion: NoteConclusion, note: Note, *, sourced: bool) -> list[Any]:
    font = SEMIBOLD if conclusion.verdict == "met" else REGULAR
    verdict = "not decided" if conclusion.verdict == "undecided" else conclusion.verdict
    because = _reasons(conclusion)
    if conclusion.id not in (*CRITERIA, *SUBCATEGORIES):
        found = [LIMIT.sub("", reason.text) for reason in conclusion.reasons]
        says = conclusion.says.rstrip(".") + (f" ({found[0]})." if found else ".")
        because = look.escaped("; ".join(found) if len(found) > 1 else says)
    source = _source(conclusion, note) if sourced else ""
    for words, short in IN_A_ROW.items():
        source = source.replace(words, short)
    if against := _against(conclusion):
        because = f"{because.rstrip('.')}.{against}"
    if source:
        because += f" [{look.escaped(source)}]"
    if conclusion.accepted is not None and conclusion.id not in CRITERIA:
        because += f" {_opinion(conclusion)}"
    return [cell(_title(conclusion), font), cell(verdict, font), cell(because)]


def _band(name: str, group: Sequence[NoteConclusion], note: Note) -> str:
    sources = {_source(conclusion, note) for conclusion in group}
    source = next(iter(sources)) if len(sources) == 1 else ""
    told = bold(name) + (f"&nbsp; {look.escaped(source)}" if source else "")
    if group[0].id in CRITERIA and group[0].accepted is not None:
        told += f"&nbsp; {_opinion(group[0])}"
    return told


def _title(conclusion: NoteConclusion) -> str:
    if conclusion.id not in SUBCATEGORIES:
        return look.escaped(conclusion.title)
    head, dash, tail = conclusion.id.partition("-")
    return look.escaped(f"{conclusion.title} ({head.upper()}{dash}{tail})")


def _reasons(conclusion: NoteConclusion) -> str:
    reasons = _both_sides([marked(reason.text) for reason in conclusion.reasons])
    if conclusion.verdict == "undecided":
        more = len(conclusion.missing) - MOST_MISSING
        missing = ", ".join(conclusion.missing[:MOST_MISSING]) + (f" and {more} more" if more > 0 else "")
        reasons += [f"missing: {missing}"] if missing else []
    elif conclusion.verdict == "not met" and len(reasons) > MOST_REASONS + 1:
        reasons = [*reasons[:MOST_REASONS], f"and {len(reasons) - MOST_REASONS} more"]
    return look.escaped("; ".join(reasons) or conclusion.says.rstrip("."))


def _both_sides(told: list[str]) -> list[str]:
    """What is the same on the right and on the left is told once: "Soleus, both sides: Normal"."""
    once: list[str] = []
    for line in told:
        right = ", right" in line
        mirrored = line.replace(", right", ", left") if right else line.replace(", left", ", right")
        if mirrored == line or mirrored not in told:
            once.append(line)
        elif right:
            once.append(line.replace(", right", ", both sides"))
    return once


def _against(conclusion: NoteConclusion) -> str:
    """What points the other way, after the reasons."""
    if not conclusion.against or conclusion.verdict == "undecided":
        return ""
    found = _both_sides([LIMIT_AND_REMARK.sub("", reason.text) for reason in conclusion.against])
    told, more = found[:MOST_AGAINST], len(found) - MOST_AGAINST
    told += [f"and {more} more"] if more > 0 else []
    head = "Against" if conclusion.verdict == "met" else "For"
    return " " + look.escaped(f"{head}: {'; '.join(told)}.")


def _cause(cause: NoteCause) -> str:
    heads = (("For", cause.speaks_for), ("Against", cause.speaks_against), ("Not tested", cause.not_tested))
    told = [f"{head}: {_few(texts)}." for head, texts in heads if texts]
    if not cause.speaks_for:
        told = ["Nothing found so far speaks for it.", *told]
    return look.escaped(" ".join(told))


def _few(texts: Sequence[str]) -> str:
    more = len(texts) - MOST_MISSING
    shown = [lower_first(each) for each in texts[:MOST_MISSING]]
    return "; ".join((*shown, f"and {more} more") if more > 0 else shown)


def _opinion(conclusion: NoteConclusion) -> str:
    if conclusion.accepted:
        return "<b>Therapist agrees.</b>"
    why = look.escaped(conclusion.disagrees_because) or "no reason given"
    return f"<b>Therapist disagrees:</b> {why}"


def _source(conclusion: NoteConclusion, note: Note) -> str:
    """Where a conclusion comes from and how far that was checked; K stands without a citation."""
    numbers = [str(n) for n, line in enumerate(note.references, start=1) if line.label in conclusion.cites]
    grade = f"guideline grade {conclusion.grade}" if conclusion.grade else ""
    parts = [grade]
    if conclusion.mark == "P":
        parts = [f"{grade}; cut-offs: {OURS}" if grade else OURS]
    elif conclusion.mark in ("V", "V2"):
        parts.append("reported in a secondary source" if conclusion.mark == "V2" else "")
        parts.append(f"reference {', '.join(numbers)}" if numbers else "")
    return ", ".join(part for part in parts if part)
