"""How the rules of the plan of care read to the clinician who looks through them."""

from __future__ import annotations

from evalassist.content.follow_up_schema import AskedAgain, Colour, Comparison, Course, LoadStep, SameAsLast
from evalassist.content.loader import Content
from evalassist.content.plan_schema import (
    AdviceRow,
    Block,
    Exit,
    HipOrder,
    Holds,
    IrritabilityRow,
    Limit,
    Need,
    Notice,
    PainTest,
    Phase,
    SlotList,
    Swap,
)
from evalassist.content.record_schema import (
    CertificationRow,
    CertificationRules,
    EvaluationCode,
    Expectation,
    GoalRule,
    GoalRules,
    IcdRow,
    RecordFact,
    ScheduleRow,
    Sourced,
    TreatmentCode,
)
from evalassist.words import lower_first, upper_first

Words = tuple[str, str, str]
"""Where it stands, its title, what it says."""

PLACES = {
    "education": "education",
    "running": "running",
    "load": "load",
    "adjuncts": "other care",
    "not-advised": "not advised",
}
RECORD = {"codes": "billing and notes", "visits": "rules of the record"}
HIP_NEEDS = {"HIP1": "first hip exercise", "HIP2": "second hip exercise", "HIP3": "third hip exercise"}


def plan_words(entry: Sourced, content: Content) -> Words:
    """Where a rule of the plan stands, its title and what it says."""
    match entry:
        case IrritabilityRow():
            return _irritability(entry)
        case Limit():
            return "Plan: fewer exercises", _begun(entry.says), ""
        case Phase():
            return _phase(entry)
        case Exit():
            return "Later visits: criteria", _begun(entry.says), ""
        case Comparison():
            return _comparison(entry)
        case AskedAgain():
            return _again(entry, content)
        case Holds():
            names = ", ".join(lower_first(content.items[name].label) for name in (*entry.stops, *entry.asks))
            return "Later visits: asked again", "What limited the plan before", f"Asked again: {names}."
        case SameAsLast():
            return _same(entry, content)
        case Colour():
            return "Later visits: log of an exercise", f"{entry.id.lower()} log", entry.says
        case LoadStep():
            return "Later visits: one step on", entry.title, entry.grows
        case Course():
            return "Later visits: course", entry.title, entry.says
        case HipOrder():
            return _hip_order(entry, content)
        case Need():
            return _need_words(entry, content)
        case SlotList():
            return _slots(entry, content)
        case Swap():
            return _swap(entry, content)
        case PainTest():
            return _pain_test(entry, content)
        case Block():
            return _block(entry, content)
        case Notice():
            return "Plan: notices", entry.says, ""
        case AdviceRow():
            return f"Plan: {PLACES[entry.place]}", entry.title, f"Because: {entry.because}."
        case ScheduleRow():
            return _schedule(entry)
        case CertificationRules():
            return _clocks(entry)
        case CertificationRow():
            return "Plan: certification", f"Certification {entry.id}", entry.says
        case RecordFact():
            return f"Plan: {RECORD[entry.card]}", entry.says, ""
        case GoalRules():
            return "Plan: goals", "Short-term goals", f"Reached within {entry.short_weeks} weeks."
        case Expectation():
            return "Plan: goals", "What to expect", entry.says
        case GoalRule():
            return _goal(entry)
        case IcdRow():
            return "Codes: diagnosis", f"{entry.code} {entry.label}", f"Because: {entry.because}."
        case EvaluationCode():
            return _evaluation_code(entry)
        case TreatmentCode():
            return "Codes: treatment", f"{entry.code} {entry.label}", _begun(entry.use) + "."
    raise TypeError(f"no words for {type(entry).__name__}")


def _irritability(entry: IrritabilityRow) -> Words:
    says = (
        f"Begin in phase {entry.start_phase}, with pain up to {entry.pain_cap}/10 and {entry.exercises} exercises."
        f" Effort: {entry.effort}."
    )
    return "Plan: irritability", f"Irritability {entry.id.lower()}", says


def _phase(entry: Phase) -> Words:
    return (
        "Plan: phases",
        f"Phase {entry.number}: {entry.name}",
        f"Weeks {entry.weeks}. {entry.content} Done when: {_ends(entry)}",
    )


def _ends(entry: Phase) -> str:
    if not entry.exits:
        return "the discharge criteria are met."
    return "; ".join(lower_first(criterion.says) for criterion in entry.exits) + "."


def _comparison(entry: Comparison) -> Words:
    limits = [f"{name} {value:g}." for name, value in (("MDC", entry.mdc),) if value is not None]
    says = " ".join([f"{upper_first(entry.better)} is better.", *limits, entry.note]).strip()
    return "Later visits: change", entry.title, says


def _again(entry: AskedAgain, content: Content) -> Words:
    names = [content.steps[step].title for step in entry.steps]
    names += [content.items[item].label for item in entry.items]
    only = f"Only at a {entry.kinds[0]}. " if len(entry.kinds) == 1 else ""
    where = "Where it was found at the visit before." if entry.when is not None else ""
    return "Later visits: asked again", _begun(", ".join(names)), f"{only}{where}".strip()


def _same(entry: SameAsLast, content: Content) -> Words:
    names = ", ".join(lower_first(content.items[item].label) for item in entry.anew)
    says = f"Not offered for safety, questionnaires and strength, nor for: {names}."
    return "Later visits: asked again", "The same as last time", says


def _hip_order(entry: HipOrder, content: Content) -> Words:
    weak, others = (", ".join(_need(content, need) for need in order) for order in (entry.weak, entry.others))
    return "Plan: order", "Order of the hip exercises", f"With a deficit: {weak}. Without: {others}."


def _need_words(entry: Need, content: Content) -> Words:
    parts = []
    for cell in entry.cells:
        chosen = [content.exercises[choice.exercise].name for choice in cell.choices]
        chosen += [f"as for {_need(content, cell.borrow)}"] if cell.borrow else []
        parts.append(f"Phase {_listed(cell.phases)}: {', else '.join(chosen)}.")
    return "Plan: exercises for a need", _begun(entry.title), " ".join(parts)


def _slots(entry: SlotList, content: Content) -> Words:
    slots = [" or ".join(_need(content, option.need) for option in slot.options) for slot in entry.slots]
    says = " ".join(f"{place}. {_begun(words)}." for place, words in enumerate(slots, start=1))
    return "Plan: order", f"Home program: {entry.id}", says


def _swap(entry: Swap, content: Content) -> Words:
    parts = [
        f"{content.exercises[change.exercise].name}: {change.note}."
        if change.exercise == change.to
        else f"{content.exercises[change.exercise].name} becomes {content.exercises[change.to].name}."
        for change in entry.changes
    ]
    return "Plan: exercises instead", _begun(entry.says), " ".join(parts)


def _pain_test(entry: PainTest, content: Content) -> Words:
    cap = f" Pain up to {entry.cap}/10." if entry.cap is not None else ""
    says = f"Its pain decides about {_exercises(content, entry.exercises)}.{cap}"
    return "Plan: pain tests", f"Pain with {entry.title}", says


def _block(entry: Block, content: Content) -> Words:
    acts = "Asks the therapist" if entry.effect == "warn" else "Not offered"
    about = [_exercises(content, entry.exercises)] if entry.exercises else []
    about += [f"all with precaution {_listed(entry.codes)}"] if entry.codes else []
    about += [f"all in {_listed(entry.positions)}"] if entry.positions else []
    but = f", but not {_exercises(content, entry.but_not)}" if entry.but_not else ""
    return "Plan: what stands in the way", _begun(entry.says), f"{acts}: {'; '.join(about)}{but}."


def _schedule(entry: ScheduleRow) -> Words:
    visits = [f"{block.per_week} a week for {block.weeks} weeks" for block in entry.blocks]
    visits += [f"at weeks {_listed(entry.at_weeks)}"] if entry.at_weeks else []
    note = f" {_begun(entry.note)}." if entry.note else ""
    return "Plan: visits", _begun(entry.because), f"Visits {', then '.join(visits)}.{note}"


def _clocks(entry: CertificationRules) -> Words:
    says = (
        f"Due after {entry.due_days} days, at most {entry.limit_days} days; warned {entry.warning_days} days before."
        f" {entry.report}"
    )
    return "Plan: certification", "Clocks of the plan of care", says


def _goal(entry: GoalRule) -> Words:
    return (
        "Plan: goals",
        f"{entry.title} ({entry.measure})",
        " ".join(part for part in (entry.sentence, entry.note) if part),
    )


def _evaluation_code(entry: EvaluationCode) -> Words:
    says = (
        f"From {entry.history} personal factors and {entry.exam} elements, presentation {entry.presentation}."
    )
    return "Codes: evaluation", f"{entry.code} {entry.label}", says


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _listed(parts: tuple[object, ...]) -> str:
    return ", ".join(str(part) for part in parts)


def _need(content: Content, need_id: str) -> str:
    return HIP_NEEDS.get(need_id) or content.plan.need_of[need_id].title


def _exercises(content: Content, exercise_ids: tuple[str, ...]) -> str:
    return ", ".join(content.exercises[exercise_id].name for exercise_id in exercise_ids)
