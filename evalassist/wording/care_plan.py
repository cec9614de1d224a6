"""The plan of care in words as a paper that is sent and signed: why, what is done, the dates, who certifies what."""

from __future__ import annotations

from collections.abc import Sequence

from evalassist.clinical.facts import WITHIN_ERROR
from evalassist.note import Line, Note, NoteExercise, NotePlan
from evalassist.wording.assessment import level_words
from evalassist.wording.findings import day
from evalassist.wording.plan import codes_told, counted, whole_told
from evalassist.words import clean, shortened, upper_first

TITLES = {
    "initial": "Plan of care, physical therapy",
    "re-evaluation": "Updated plan of care, physical therapy",
    "discharge": "Plan of care, physical therapy",
}
WHY = ("mpd", "mcd", "mob-hyper", "mob-hypo", "ovl", "load")
"""The conclusions that a plan of care rests on."""
CERTIFIES = (
    "I have read this plan of care. I approve it, and I certify that the patient is under my care and needs these "
    "services from {starts} to {ends}."
)
ORDER_STANDS = (
    "No signature is needed on this first plan if it reaches the ordering provider in time: since January 1, 2025, a "
    "signed and dated order on file and proof that the plan was sent stand for it. Send it by {due} and write down how."
)
NOT_SIGNED = "DRAFT, not signed by the therapist."
MOST = 400
"""Letters of a text that may have no end, as what a person typed; the evaluation note holds the whole."""

Told = tuple[tuple[str, Sequence[str]], ...]
"""Parts by name, each with its paragraphs; an empty paragraph is left out."""


def cut(words: str) -> str:
    """The words as they may stand on the paper, cut where they have no end."""
    return shortened(clean(words), MOST)


def found(note: Note) -> list[str]:
    """What justifies the plan: the deficits with their figures, the scores, and how irritable the knee is."""
    told = []
    for conclusion in note.conclusions:
        if conclusion.id in WHY and conclusion.verdict == "met" and conclusion.accepted is not False:
            # The remarks on measurement error are explained by the strength table, which this paper has not.
            reasons = "; ".join(r.text.replace(f" ({WITHIN_ERROR})", "") for r in conclusion.reasons)
            told.append(cut(f"{conclusion.title}: {reasons}." if reasons else f"{conclusion.title}."))
    pain = next((line.value for line in _lines(note, "History") if line.label == "Pain"), "")
    worst = next((part for part in pain.split("; ") if " worst " in f" {part} "), "")
    scores = "; ".join(f"{line.label} {line.value}" for line in _lines(note, "Questionnaires"))
    level = level_words(note.irritability, taken=note.irritability_taken)
    irritable = f"irritability {level}" if level else ""
    measured = "; ".join(part for part in (irritable, worst, scores) if part)
    return [*told, cut(f"{upper_first(measured)}.") if measured else "", cut(note.impression)]


def _lines(note: Note, title: str) -> tuple[Line, ...]:
    return next((section.lines for section in note.sections if section.title == title), ())


def treatment(plan: NotePlan) -> Told:
    """What a plan must hold of the treatment: type, amount, frequency and duration, and what belongs to it."""
    services = [code for code in plan.coded if code.kind == "treatment"]
    services = [code for code in services if code.chosen] or [code for code in services if code.offered]
    kinds = ", ".join(dict.fromkeys(code.label for code in services)) or "therapeutic exercise"
    names = "; ".join(f"{exercise.name} ({_side(exercise)})" for exercise in plan.exercises)
    dose = f"Phase {plan.phase}, effort {plan.effort}, pain at most {plan.pain_cap}/10."
    beside = "; ".join(advice.title for advice in (*plan.running, *plan.adjuncts))
    units = ""
    if plan.timed_minutes:
        units = f"This session: {plan.timed_minutes} timed minutes, {counted(plan.timed_units)}."
    units = " ".join(part for part in (units, upper_first(whole_told(plan))) if part)
    return (
        ("Type", [f"Physical therapy: {kinds}."]),
        ("Amount", ["1 treatment a day."]),
        ("Frequency", [upper_first(f"{plan.schedule_text}.")]),
        ("Duration", [f"{plan.weeks} weeks, {plan.visits} visits, {day(plan.starts)} to {day(plan.ends)}."]),
        ("Exercises", [f"{upper_first(names)}. {dose}" if names else ""]),
        ("Also", [cut(f"{beside}.") if beside else "", _education(plan)]),
        ("Precautions", [cut(" ".join(plan.precautions)) or "None found at this evaluation."]),
        ("Evaluation code", [": ".join(told) if (told := codes_told(plan, "evaluation"))[1] else "", units]),
    )


def _side(exercise: NoteExercise) -> str:
    return "both legs" if exercise.side == "both" else exercise.side


def _education(plan: NotePlan) -> str:
    parts = ["education"] if plan.education else []
    parts += ["advice on load"] if plan.load_advice else []
    return f"{upper_first(' and '.join(parts))}; the evaluation note has the whole." if parts else ""


def dates(plan: NotePlan) -> Told:
    """When a progress report and a certification are due."""
    report = upper_first(plan.progress_report)
    if plan.report_by:
        report += f" At this frequency that is the week before {day(plan.report_by)}."
    clocks = _certification(plan)
    return ("Progress report", [report] if report else []), ("Certification", [clocks] if clocks else [])


def _certification(plan: NotePlan) -> str:
    if plan.certification_ends is None:
        return upper_first(plan.certification)
    period = f"From {day(plan.certification_starts or plan.starts)} to {day(plan.certification_ends)}."
    if plan.recertification_warning:
        period += (
            f" If care goes on, recertify by {day(plan.certification_ends)}; "
            f"prepare it from {day(plan.recertification_warning)} on."
        )
    if plan.signature_needed and plan.certification_due:
        what = "Recertification, signature" if plan.certification_renews else "Signature"
        period += f" {what} due by {day(plan.certification_due)}."
    elif plan.certification_renews and plan.certification_lapsed:
        ended = day(plan.certification_lapsed)
        period += f" The certification ended on {ended}: this recertification needs a signature."
    return period


def order_stands(plan: NotePlan) -> str:
    """Why no signature is needed; empty where one is."""
    if not (plan.certification_ends and plan.order_suffices and plan.certification_due):
        return ""
    return ORDER_STANDS.format(due=day(plan.certification_due))


def certifies(plan: NotePlan) -> str:
    """What the physician or NPP certifies by signing; empty where nothing is to be certified now."""
    if plan.certification_ends is None or not (plan.signature_needed or plan.certification_due):
        return ""
    starts = plan.certification_starts or plan.starts
    words = CERTIFIES.format(starts=day(starts), ends=day(plan.certification_ends))
    return f"If signed: {words}" if plan.order_suffices else words
