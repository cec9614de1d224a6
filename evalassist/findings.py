"""The findings of a visit as they read in the note: step by step, short, and nothing that was not asked."""

from __future__ import annotations

from collections.abc import Iterator

from evalassist.clinical.facts import shown
from evalassist.clinical.result import Assessment, GroupStrength, SideStrength
from evalassist.content import Content
from evalassist.content.schema import Item, Step
from evalassist.evaluation import SIDES, Answer, Evaluation, NotTested, Quantity, StrengthTest
from evalassist.note import Line, Section


def sections(evaluation: Evaluation, assessment: Assessment, content: Content) -> tuple[Section, ...]:
    """One section a step that has findings."""
    found = []
    for step in content.steps.values():
        lines = tuple(_lines(step, evaluation, assessment, content))
        if lines:
            found.append(Section(title=step.title, lines=lines))
    return tuple(found)


def not_tested_lines(evaluation: Evaluation, content: Content) -> tuple[Line, ...]:
    """What was left out deliberately, with the reason given."""
    lines = []
    for item_id, answer in evaluation.answers.items():
        if isinstance(answer, NotTested):
            lines.append(Line(label=content.label(item_id), value=answer.reason))
        elif isinstance(answer, StrengthTest) and answer.not_tested:
            lines.append(Line(label=content.label(item_id), value=answer.not_tested))
        elif answer == "not-assessed" and item_id in content.asked:
            lines.append(Line(label=content.label(item_id), value="not assessed"))
    return tuple(lines)


def _lines(step: Step, evaluation: Evaluation, assessment: Assessment, content: Content) -> Iterator[Line]:
    if step.id == "safety":
        yield from _safety(step, evaluation, assessment)
        return
    if step.id == "questionnaires":
        yield from _scores(assessment, content)
    in_a_score = {item_id for measure in content.measures.values() for item_id in measure.items}
    in_a_score |= {measure.total_item for measure in content.measures.values() if measure.total_item}
    negative: list[str] = []
    for item in step.items:
        if item.id in in_a_score:
            continue
        if item.kind == "strength":
            yield from _strength_line(item, assessment.strength[item.id])
        elif item.kind == "yes-no" and not item.sides and evaluation.answers.get(item.id) == "no":
            negative.append(_lower_first(item.label))
        elif not item.id.startswith("ddx-"):
            yield from _item_line(item, evaluation)
    if negative:
        yield Line(label="No", value="; ".join(negative))
    if step.id == "movement":
        yield from _totals(assessment, "lsd-total", "Lateral step-down, total of 6")
    if step.id == "mobility":
        yield from _totals(assessment, "fpi6-total", "Foot Posture Index, total")
    if step.id == "knee":
        yield from _other_causes(evaluation, content)


def _safety(step: Step, evaluation: Evaluation, assessment: Assessment) -> Iterator[Line]:
    screened = [item for item in step.items if item.code.startswith("RF") and item.kind == "yes-no"]
    answered = [i for i in screened if evaluation.answers.get(i.id) in ("yes", "no")]
    if not answered:
        return
    positive = [conclusion.rule.title for conclusion in assessment.red_flags]
    count = f"{len(answered)} of {len(screened)} questions answered"
    yield Line(label="Screen", value=f"{'; '.join(positive) or 'negative'} ({count})")
    for conclusion in assessment.red_flags:
        found = "; ".join(reason.text for reason in conclusion.reasons)
        yield Line(label=f"{conclusion.rule.flag} {conclusion.rule.level}", value=found)


def _scores(assessment: Assessment, content: Content) -> Iterator[Line]:
    for measure in content.measures.values():
        score = assessment.scores[measure.id]
        if score.value is not None:
            value = f"{shown(score.value, measure.decimals)} of {measure.high:g} ({measure.better} is better)"
            yield Line(label=measure.short, value=value)
        elif score.answered:
            needed = f"not completed: {score.answered} of {len(measure.items)} answered, {measure.min_answered} needed"
            yield Line(label=measure.short, value=needed)


def _totals(assessment: Assessment, fact: str, label: str) -> Iterator[Line]:
    sides = [(side, assessment.number(f"{fact}.{side}")) for side in SIDES]
    found = ", ".join(f"{side} {value:g}" for side, value in sides if value is not None)
    if found:
        yield Line(label=label, value=found)


def _other_causes(evaluation: Evaluation, content: Content) -> Iterator[Line]:
    by_word: dict[str, list[str]] = {}
    for differential in content.differentials.values():
        answer = evaluation.answers.get(f"ddx-{differential.id}")
        if isinstance(answer, str) and answer != "not-assessed":
            by_word.setdefault(answer, []).append(_lower_first(differential.title))
    for word in ("likely", "possible", "unlikely", "excluded"):
        if word in by_word:
            yield Line(label=f"Other causes, {word}", value=", ".join(by_word[word]))


def _item_line(item: Item, evaluation: Evaluation) -> Iterator[Line]:
    values = [(item_id, _value(item, evaluation.answers.get(item_id))) for item_id in item.ids]
    known = [(item_id, value) for item_id, value in values if value]
    if not known:
        return
    if item.sides:
        yield Line(label=item.label, value=", ".join(f"{i.rpartition('.')[2]} {value}" for i, value in known))
    else:
        yield Line(label=item.label, value=known[0][1])


def _value(item: Item, answer: Answer | None) -> str:
    words = {option.id: option.label for option in item.options}
    match answer:
        case None | NotTested() | "not-assessed":
            return ""
        case Quantity(value, unit):
            return f"{value:g} {unit}"
        case tuple():
            return ", ".join(words.get(part, part) for part in answer)
        case int() | float():
            return f"{answer:g}/10" if item.kind == "scale" else f"{answer:g} {item.unit}".rstrip()
        case str():
            return words.get(answer, answer)
    return ""


def _strength_line(item: Item, group: GroupStrength) -> Iterator[Line]:
    parts = [_side(side, tested) for side in SIDES if (tested := group.side(side)) and _is_tested(tested)]
    if not parts:
        return
    if group.symmetry_percent is not None:
        parts.append(f"sore side {shown(group.symmetry_percent, 1)} % of the other")
    elif group.asymmetry_percent is not None:
        parts.append(f"weaker side {shown(group.asymmetry_percent, 1)} % of the stronger, asymmetry only")
    if group.within_tester_error and group.weaker:
        parts.append("within measurement error between testers")
    yield Line(label=item.label, value="; ".join(parts))


def _is_tested(tested: SideStrength) -> bool:
    return bool(tested.trials or tested.grade)


def _side(side: str, tested: SideStrength) -> str:
    if tested.grade:
        text = f"{side} grade {tested.grade} by hand"
    else:
        unit = "Nm" if tested.in_torque else "N"
        trials = ", ".join(shown(trial, 1) for trial in tested.trials)
        best = (
            "not scored, trials differ too much"
            if tested.score is None
            else f"{shown(tested.score, 1)} {unit}"
        )
        text = f"{side} {best} ({trials})"
        if tested.torque_nm_per_kg is not None:
            text += f" {shown(tested.torque_nm_per_kg, 2)} Nm/kg"
    if tested.pain is not None:
        text += f", pain {tested.pain}/10" + (" (pain-inhibited)" if tested.pain_inhibited else "")
    return text


def _lower_first(text: str) -> str:
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
