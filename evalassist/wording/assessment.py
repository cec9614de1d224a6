"""The assessment in words: what was concluded, why, from which source, and what the therapist says of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from evalassist.clinical.assessment import CODES, title_of
from evalassist.clinical.assessment import IRRITABILITY as IRRITABILITY_WORD
from evalassist.clinical.assessment import SUBCATEGORIES as CODED
from evalassist.clinical.result import Assessment
from evalassist.content import Content
from evalassist.content.entries import TRUST
from evalassist.content.schema import Reference, Rule
from evalassist.note import Note, NoteCause, NoteConclusion
from evalassist.wording.findings import day, sore_knees
from evalassist.words import clean, lower_first, upper_first

CRITERIA = ("d1", "d2", "d3")
SUBCATEGORIES = ("ovl", "mpd", "mcd", "mob", "mob-hyper", "mob-hypo")
IRRITABILITY = "irritability-"
RULE_OF = {code: rule_id for rule_id, code in CODED}
LONG_PAIN = ("dur-gt-12mo", "dur-gt-4mo", "dur-gt-2mo")
"""Only the longest is told."""
PAIN_LIMITED = "pain-limited"
"""A remark on the strength tests, no prognosis."""
NAMED = {
    "OVL": "overuse or overload",
    "MPD": "muscle performance deficits",
    "MCD": "movement coordination deficits",
    "MOB-hyper": "mobility impairment, foot",
    "MOB-hypo": "mobility impairment, tight structures",
    "LOAD": "load rose",
}
LIMIT = re.compile(r", (not )?(below|above|at least|at most) [−\d.]+(°|/10| [^ ,;()]+)?$")
"""The limit at the end of a reason: not told again where the conclusion itself says it."""
LIMIT_AND_REMARK = re.compile(
    r", (not )?(below|above|at least|at most) [−\d.-]+(°|/10| [^ ,;()]+)?( \(.*\))?$"
)
MOST_REASONS = 2
"""Reasons told of a subcategory that is not met; one that is met tells all."""
MOST_AGAINST = 2
MOST_MISSING = 4
OURS = "app default, not from a guideline"
STOPS = ("EMERGENCY", "URGENT", "REFER")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the therapist says of a conclusion: `says` stands out, `why` follows a disagreement."""

    says: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One conclusion: its title, its verdict, why, from where, and the therapist's word."""

    title: str
    verdict: str
    because: str
    met: bool = False
    source: str = ""
    opinion: Opinion | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """Conclusions that stand together under one head; a source they share stands in the head."""

    name: str
    source: str
    opinion: Opinion | None
    rows: tuple[Row, ...]


def gap_words(gap: str, assessment: Assessment, content: Content) -> str:
    """What is left to do, in words: the label of an item; what to say of a conclusion, and not its id."""
    if gap == IRRITABILITY_WORD:
        return "say why you set another irritability"
    if gap != "pfp" and RULE_OF.get(gap, gap) not in assessment.conclusions:
        return lower_first(content.label(gap))
    title = lower_first(title_of(gap, assessment))
    return f"say why you disagree: {title}" if assessment.disagrees(gap) else f"accept or disagree: {title}"


def prognosis_flags(assessment: Assessment) -> tuple[str, ...]:
    """The flags that say something of the outlook: of a long pain the longest, and no remark on a test."""
    flags = [c.id for c in assessment.conclusions.values() if c.rule.kind == "flag" and c.id != PAIN_LIMITED]
    longest = next((id for id in LONG_PAIN if id in assessment.flags), LONG_PAIN[-1])
    return tuple(id for id in flags if id not in LONG_PAIN or id == longest)


def source_mark(rule: Rule) -> str:
    """Where a conclusion comes from, in short: "CPG19 B"."""
    if not rule.cites:
        return "app rule" if rule.mark in ("P", "D") else "not verified"
    return f"{rule.cites[-1]} {rule.grade}".strip()


def decided_by(rule: Rule, references: Mapping[str, Reference]) -> str:
    """The rule in a sentence, and what it stands on."""
    return f"Rule: {rule.says} {stands_on(rule, references)}"


def stands_on(rule: Rule, references: Mapping[str, Reference]) -> str:
    """The sources of a rule with what of each was read, its grade, and how far it may be trusted."""
    if rule.mark == "P" and rule.grade:
        stands = (
            f"named by the guideline, grade {rule.grade}; cut-offs are app defaults, not from a guideline"
        )
    else:
        cited = [references[cite] for cite in rule.cites] if rule.mark in ("V", "V2") else []
        sources = ", ".join(_as_read(reference) for reference in cited)
        grade = f"grade {rule.grade}" if rule.grade else ""
        told = rule.mark == "V" and all(reference.read for reference in cited)
        trust = "" if cited and told else lower_first(TRUST[rule.mark])
        stands = ", ".join(part for part in (sources, grade, trust) if part)
    return f"{upper_first(stands.rstrip('.'))}."


def _as_read(reference: Reference) -> str:
    """A source and the first of what was read of it: CPG19 (read: abstract)."""
    read = reference.read.partition(";")[0]
    return f"{reference.id} (read: {read})" if read else reference.id


def summary(note: Note) -> str:
    """The assessment in one sentence, as a colleague would say it."""
    if note.hip_first:
        return note.hip_first
    if note.pfp_disagrees_because:
        told = f"Patellofemoral pain, {sore_knees(note)}: criteria met, but not concluded by the therapist."
        return f"{told} {note.pfp_disagrees_because.rstrip('.')}."
    stands = note.follow_up.diagnosed if note.follow_up else None
    if note.pfp == "met" or stands:
        by_hand = {CODES.get(c.id) for c in note.conclusions if c.accepted is False}
        named = [
            f"{NAMED[code]} ({code}{', by the therapist' if code in by_hand else ''})"
            for code in note.subcategories
            if code in NAMED
        ]
        if note.subcategories == ("NONE",):
            named = ["no subcategory met"]
        told = f"Patellofemoral pain, {sore_knees(note)}" + (f": {', '.join(named)}." if named else ".")
        if stands:
            told += f" {standing_diagnosis(stands)}"
        if len(named) > 1 and note.primary:
            told += f" Primary: {note.primary}."
        if note.modifiers:
            told += f" Modifier: {', '.join(NAMED.get(code, code) for code in note.modifiers)}."
        if not note.confirmed:
            told += " Proposed by the app, not yet confirmed by the therapist."
        return told
    state = "not met" if note.pfp == "not met" else "not decided"
    if note.pfp == "undecided" and note.action in STOPS:
        state += f"; {note.found_in} stopped the examination"
    return f"Patellofemoral pain, {sore_knees(note)}: criteria {state}."


def standing_diagnosis(since: date) -> str:
    """That the diagnosis of an earlier visit carries the plan of this one."""
    return f"The diagnosis of {day(since)} stands; not all of its criteria were tested again."


def level_words(level: str, *, taken: bool) -> str:
    """A level of irritability; one that is only taken, because something was not recorded, says so."""
    return f"not decided, taken as {level.lower()}" if taken else level.lower()


def irritability(note: Note) -> tuple[str, str]:
    """How irritable the knee is, and why, in brackets; both empty where it is not known."""
    if not note.irritability:
        return "", ""
    rule_id = IRRITABILITY + note.irritability.lower()
    reasons = [r.text for c in note.conclusions if c.id == rule_id for r in c.reasons]
    if note.irritability_missing:
        reasons.append(f"not recorded: {', '.join(map(lower_first, note.irritability_missing))}")
    told = "; ".join(reasons)
    if note.irritability_found:
        because = note.irritability_because or "no reason given"
        told = f"set by the therapist: {because}; the findings say {note.irritability_found.lower()}"
    level = level_words(note.irritability, taken=note.irritability_taken)
    return f"Irritability {level}", f"({told})" if told else ""


def bands(note: Note) -> Iterator[Band]:
    """Criteria, subcategories and what else matters; nothing where the screen stopped before it was decided."""
    if note.hip_first or (note.action in STOPS and note.pfp == "undecided"):
        return
    for name, group in _groups(note):
        if group:
            yield _band(name, group, note)
    if note.causes:
        rows = tuple(Row(cause.title, cause.word, _cause(cause)) for cause in note.causes)
        yield Band("Other causes held possible or likely", "", None, rows)


def still_open(note: Note) -> list[str]:
    """What is not decided and not told by a row."""
    if note.action in STOPS and note.pfp == "undecided":
        return []
    told_above = (*(c.title for _, group in _groups(note) for c in group), "No subcategory met")
    return [each for each in note.not_decided if not each.startswith(told_above)]


def unfitting(note: Note) -> str:
    """Answers that cannot both be meant; not told where the screen stopped before anything was decided."""
    return "" if note.action in STOPS and note.pfp == "undecided" else " ".join(note.contradictions)


def _groups(note: Note) -> Iterator[tuple[str, list[NoteConclusion]]]:
    known = {conclusion.id: conclusion for conclusion in note.conclusions}
    criteria = [known[id] for id in CRITERIA if id in known]
    if note.follow_up and note.follow_up.diagnosed:
        tested = [conclusion for conclusion in criteria if conclusion.verdict != "undecided"]
        yield "Patellofemoral pain: criteria tested again", tested
    else:
        met = sum(conclusion.verdict == "met" for conclusion in criteria)
        yield f"Patellofemoral pain: {met} of {len(criteria)} criteria met", criteria
    subcategories = [known[id] for id in SUBCATEGORIES if id in known]
    if any(each.verdict == "met" for each in subcategories):  # overload is met only where nothing else is
        subcategories = [
            each
            for each in subcategories
            if each.id != "ovl" or each.verdict == "met" or each.accepted is False
        ]
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


def _band(name: str, group: Sequence[NoteConclusion], note: Note) -> Band:
    sources = {_source(conclusion, note) for conclusion in group}
    shared = next(iter(sources)) if len(sources) == 1 else ""
    absent = [
        c for c in group if c.id in SUBCATEGORIES and c.verdict == "not met" and c.accepted is not False
    ]
    rows = [_row(c, note, sourced=len(sources) > 1) for c in group if c not in absent]
    if absent:
        told = " ".join(f"{_title(c)}: {_reasons(c)}.{_against(c)}" for c in absent)
        rows.append(Row("Others", "not met", told))
    said = _opinion(group[0]) if group[0].id in CRITERIA else None
    return Band(name, shared, said, tuple(rows))


def _row(conclusion: NoteConclusion, note: Note, *, sourced: bool) -> Row:
    because = _reasons(conclusion)
    if conclusion.id not in (*CRITERIA, *SUBCATEGORIES):
        found = [LIMIT.sub("", reason.text) for reason in conclusion.reasons]
        says = conclusion.says.rstrip(".") + (f" ({found[0]})." if found else ".")
        because = "; ".join(found) if len(found) > 1 else says
    if against := _against(conclusion):
        because = f"{because.rstrip('.')}.{against}"
    where = f": {note.muscle_performance}" if conclusion.id == "mpd" and note.muscle_performance else ""
    turned = conclusion.id in SUBCATEGORIES and conclusion.accepted is False
    met = (conclusion.verdict == "met") is not turned
    judged = "not decided" if conclusion.verdict == "undecided" else conclusion.verdict
    return Row(
        title=_title(conclusion) + where,
        verdict=f"{judged}; by the therapist {'met' if met else 'not met'}" if turned else judged,
        because=because,
        met=met,
        source=_source(conclusion, note) if sourced else "",
        opinion=_opinion(conclusion) if conclusion.id not in CRITERIA else None,
    )


def _title(conclusion: NoteConclusion) -> str:
    if conclusion.id not in SUBCATEGORIES:
        return conclusion.title
    head, dash, tail = conclusion.id.partition("-")
    return f"{conclusion.title} ({head.upper()}{dash}{tail})"


def _reasons(conclusion: NoteConclusion) -> str:
    reasons = _both_sides([reason.text for reason in conclusion.reasons])
    if conclusion.verdict == "undecided":
        more = len(conclusion.missing) - MOST_MISSING
        missing = ", ".join(conclusion.missing[:MOST_MISSING]) + (f" and {more} more" if more > 0 else "")
        reasons += [f"missing: {missing}"] if missing else []
    elif conclusion.verdict == "not met" and len(reasons) > MOST_REASONS + 1:
        reasons = [*reasons[:MOST_REASONS], f"and {len(reasons) - MOST_REASONS} more"]
    return "; ".join(reasons) or conclusion.says.rstrip(".")


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
    return f" {head}: {'; '.join(told)}."


def _cause(cause: NoteCause) -> str:
    heads = (("For", cause.speaks_for), ("Against", cause.speaks_against), ("Not tested", cause.not_tested))
    told = [f"{head}: {_few(texts)}." for head, texts in heads if texts]
    if not cause.speaks_for:
        told = ["Nothing found so far speaks for it.", *told]
    return " ".join(told)


def _few(texts: Sequence[str]) -> str:
    more = len(texts) - MOST_MISSING
    shown = [lower_first(each) for each in texts[:MOST_MISSING]]
    return "; ".join((*shown, f"and {more} more") if more > 0 else shown)


def _opinion(conclusion: NoteConclusion) -> Opinion | None:
    if conclusion.accepted is None:
        return None
    if conclusion.accepted:
        return Opinion("Therapist agrees.")
    return Opinion("Therapist disagrees:", clean(conclusion.disagrees_because) or "no reason given")


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
