"""The findings of a visit as they read in the note: step by step, short, and nothing that was not asked.

One line holds what belongs together (a group of the page); its parts are divided by semicolons. A strength line
is `right …; left …; …`, so that a document can set it as a row of a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from evalassist.clinical.change import measured_instead
from evalassist.clinical.derived import DerivedFinding, derived, of_item, sentences
from evalassist.clinical.facts import shown
from evalassist.clinical.progress import shown as is_asked
from evalassist.clinical.result import Assessment, advised
from evalassist.clinical.same_as import is_measured
from evalassist.clinical.schedule import day_in_words
from evalassist.clinical.strength import protocol_words
from evalassist.content import Content
from evalassist.content.schema import GOING_ON, Group, Item, Step, StrengthGroup
from evalassist.evaluation import SIDES, Answer, Answers, Evaluation, NotTested, Quantity, StrengthTest
from evalassist.note import Line, Section
from evalassist.strength_lines import measured_with, strength_line
from evalassist.units import convert
from evalassist.words import in_unit, lower_first, upper_first

RATED = {"aggravating": "agg", "earlier-treatments": "treated"}
"""Lists whose choices have a word or a number each: the list, and what the items of its choices begin with."""
TOLD = ("history", "questionnaires")
"""Steps of what the patient tells."""
WITHOUT_FINDINGS = ("assessment", "plan", "handout", "sign")
BY_WORD = (
    "palpation",
    "special-tests-standing",
    "special-tests-lying",
    "hip-spine-tests",
    "length",
    "beighton",
)
"""Groups in which many tests share few words: told word by word, not test by test."""
PAIN = {"nprs-worst": "worst", "nprs-usual": "usual", "nprs-best": "least"}
TOTALS = {
    "step-down": ("lsd-total", "lsd-typed-total", " of 6"),
    "foot": ("fpi6-total", "fpi6-typed-total", ""),
}
"""Groups with a score of their items: the fact of the total, the item that holds one from paper, the range."""
BANDS = ("step-down", "foot-posture")
"""The computed findings that name the band a total falls into; told with the total."""
TOLD_WITHIN = (*BANDS, "load-change")
"""Computed findings that stand inside the text of their answers."""
NONE_OF_THESE = "none of these"
"""A list that was asked and denied; what was not asked has no words."""
WHOLE_GROUP = 4
"""So many answers of one group that are all the same are told by its name."""
SCORED = ("lsd-arm", "lsd-trunk", "lsd-pelvis", "lsd-knee", "lsd-steady")


def sections(evaluation: Evaluation, assessment: Assessment, content: Content) -> tuple[Section, ...]:
    """One section a step that has findings.

    What was told and is not asked any more, since another answer was corrected, is none; what was tested stays,
    unless it was judged by eye and then measured.
    """
    unasked = {
        item_id
        for item_id, (item, side) in content.asked.items()
        if (content.step_of[item.id] in TOLD and not is_asked(item, assessment, side))
        or measured_instead(item_id, evaluation, content)
    }
    answers = {item_id: answer for item_id, answer in evaluation.answers.items() if item_id not in unasked}
    evaluation = replace(evaluation, answers=MappingProxyType(answers))
    found = []
    for step in content.steps.values():
        lines = (*_lines(step, evaluation, assessment, content), *_same_as(step, evaluation, content))
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


def _same_as(step: Step, evaluation: Evaluation, content: Content) -> Iterator[Line]:
    """What the therapist said is the same as at an earlier visit, with the answer, under the day of that visit."""
    by_day: dict[date, list[str]] = {}
    for group in step.groups:
        ids = [item_id for item in group.items for item_id in item.ids]
        marked = [item_id for item_id in ids if item_id in evaluation.same_as]
        days = {evaluation.same_as[item_id] for item_id in marked}
        answered = [item_id for item_id in ids if item_id in evaluation.answers]
        if len(marked) >= WHOLE_GROUP and marked == answered and len(days) == 1:
            by_day.setdefault(days.pop(), []).append(f"{lower_first(group.title)} (all {len(marked)})")
            continue
        for item_id in marked:
            again = " (taken again)" if is_measured(content.asked[item_id][0], content) else ""
            said = _value(content.asked[item_id][0], evaluation.answers.get(item_id)).replace(";", ",")
            label = lower_first(content.label(item_id)) + (f": {said}" if said else "") + again
            by_day.setdefault(evaluation.same_as[item_id], []).append(label)
    for day, labels in sorted(by_day.items()):
        yield Line(label=f"Same as on {day_in_words(day)}", value="; ".join(labels))


def answer_words(item: Item, answer: Answer | None) -> str:
    """One answer as it reads beside its label."""
    match answer:
        case None:
            return "not recorded"
        case NotTested(reason):
            return f"not tested, {reason}"
        case "not-assessed":
            return "not assessed"
        case StrengthTest():
            trials = f"{', '.join(f'{trial:g}' for trial in answer.trials)} {answer.unit or ''}".strip()
            return trials or (
                f"grade {answer.grade}" if answer.grade else answer.not_tested or "not recorded"
            )
    return _value(item, answer)


def _lines(step: Step, evaluation: Evaluation, assessment: Assessment, content: Content) -> Iterator[Line]:
    if step.id in WITHOUT_FINDINGS:
        return
    if step.id == "safety":
        yield from _safety(step, evaluation, assessment)
        return
    if step.id == "questionnaires":
        yield from _scores(evaluation, assessment, content)
    in_a_score = {item_id for measure in content.measures.values() for item_id in measure.items}
    in_a_score |= {measure.total_item for measure in content.measures.values() if measure.total_item}
    computed = derived(evaluation, assessment, content)
    for group in step.groups:
        found = _of_group(group, computed)
        if group.id == "other-causes":
            yield from _other_causes(evaluation, content)
        elif step.id == "strength":
            yield from _strength_lines(group, evaluation, assessment, content, found)
        else:
            parts = [
                text for text in _parts(group, evaluation.answers, assessment, in_a_score, found) if text
            ]
            parts += _computed(found, content)
            if parts:
                again = f"{group.title.lower()} "
                yield Line(
                    label=group.title,
                    value=upper_first("; ".join(text.removeprefix(again) for text in parts)),
                )


# ---------------------------------------------------------------- what the answers come to


def _of_group(group: Group, found: Sequence[DerivedFinding]) -> list[DerivedFinding]:
    """What is computed from the answers of this group first of all."""
    here = {item_id for item in group.items for item_id in item.ids}
    return [one for one in found if here.intersection(one.inputs[:1])]


def _computed(found: Sequence[DerivedFinding], content: Content) -> Iterator[str]:
    """The computed values of a group, without those told inside the text of their answers or in the assessment."""
    here = [one for one in found if one.id not in TOLD_WITHIN]
    told = sentences([one for one in here if not one.rule or content.derived[one.id].always])
    yield from (lower_first(text).replace("; ", ", ") for text in told)


# ---------------------------------------------------------------- safety


def _safety(step: Step, evaluation: Evaluation, assessment: Assessment) -> Iterator[Line]:
    yield from _screened(step, evaluation, assessment)
    for group in step.groups:
        for item in group.items if group.id == GOING_ON else ():
            if is_asked(item, assessment) and (said := _value(item, evaluation.answers.get(item.id)).strip()):
                yield Line(label=item.label, value=upper_first(said))


def screen_questions(part: Step | Group, assessment: Assessment) -> list[Item]:
    """The yes-or-no questions that the safety screen, or a group of it, asks of this patient by now.

    What a yes opened counts, too. Page and note both count these, so that a therapist reads the same number on each.
    """
    return [item for item in part.items if item.kind == "yes-no" and is_asked(item, assessment)]


def screen_answered(step: Step, evaluation: Evaluation, assessment: Assessment) -> tuple[int, int]:
    """How many of the yes-or-no questions of the safety screen were answered, and how many there are."""
    asked = screen_questions(step, assessment)
    return sum(evaluation.answers.get(item.id) in ("yes", "no") for item in asked), len(asked)


def _screened(step: Step, evaluation: Evaluation, assessment: Assessment) -> Iterator[Line]:
    answers = evaluation.answers
    answered, asked = screen_answered(step, evaluation, assessment)
    if not answered:
        return
    positive = [conclusion.rule.title for conclusion in assessment.red_flags]
    result = "; ".join(positive) or ("negative" if answered == asked else "nothing positive so far")
    yield Line(label="Screen", value=f"{result} ({answered} of {asked} questions answered)")
    for conclusion in assessment.red_flags:
        found = "; ".join(reason.text for reason in conclusion.reasons)
        yield Line(label=f"{conclusion.rule.flag} {conclusion.rule.level}", value=found)
    if assessment.red_flags:
        yield Line(label="Advised", value=" ".join(advised(assessment.red_flags)))
    more = [
        _item_text(item, answers)
        for group in step.groups
        for item in group.items
        if group.id != GOING_ON and item.kind != "yes-no" and is_asked(item, assessment)
    ]
    if any(more):
        yield Line(label="Recorded", value=upper_first("; ".join(text for text in more if text)))


# ---------------------------------------------------------------- questionnaires


def _scores(evaluation: Evaluation, assessment: Assessment, content: Content) -> Iterator[Line]:
    for measure in content.measures.values():
        score = assessment.scores[measure.id]
        if score.value is not None:
            value = f"{shown(score.value, measure.decimals)}/{measure.high:g}"
            activities = "; ".join(_activities(evaluation.answers)) if measure.id == "psfs" else ""
            yield Line(label=measure.short, value=f"{value} ({activities})" if activities else value)
        elif score.answered:
            needed = f"{score.answered} of {len(measure.items)} answered, {measure.min_answered} needed"
            yield Line(label=measure.short, value=f"not completed: {needed}")


def _activities(answers: Answers) -> Iterator[str]:
    """The activities the patient chose for the PSFS, with the rating of each; without where a mean was taken over."""
    for number in range(1, 6):
        name, rating = answers.get(f"psfs-name-{number}"), answers.get(f"psfs-{number}")
        if isinstance(name, str):
            yield f"{name} {rating:g}" if isinstance(rating, int | float) else name


# ---------------------------------------------------------------- one group of a page


def _parts(
    group: Group,
    answers: Answers,
    assessment: Assessment,
    in_a_score: set[str],
    found: Sequence[DerivedFinding],
) -> Iterator[str]:
    if group.id in BY_WORD:
        yield from _word_by_word(group, answers)
        return
    if group.id in TOTALS:
        yield from _totals(group, answers, assessment, found)
    for item in group.items:
        if (
            item.id in in_a_score
            or item.id.startswith(("psfs-name", "agg-", "treated-", "fpi6-"))
            or item.id in SCORED
        ):
            continue
        if item.id in PAIN or item.id in ("nprs-now", "nprs-rest"):
            yield _pain(answers) if item.id == "nprs-worst" else ""
        elif item.id in RATED:
            yield _rated(item, answers)
        elif item.id == "load-change":
            yield _load(item, answers, assessment.number("load-change-percent"))
        elif item.id not in ("load-old", "load-new", "load-unit", "load-weeks", "lsd-typed-total"):
            yield _item_text(item, answers)


def _pain(answers: Answers) -> str:
    """All pain ratings in one breath: last 7 days worst 6/10, usual 3/10; at rest 0/10."""
    week = [
        f"{word} {known:g}/10" for key, word in PAIN.items() if (known := _rating(answers, key)) is not None
    ]
    parts = ["pain in the last 7 days " + ", ".join(week)] if week else []
    for key, word in (("nprs-now", "now"), ("nprs-rest", "at rest")):
        if (known := _rating(answers, key)) is not None:
            parts.append(f"{word} {known:g}/10")
    return "; ".join(parts)


def _rating(answers: Answers, item_id: str) -> float | None:
    answer = answers.get(item_id)
    return answer if isinstance(answer, int | float) else None


def _rated(item: Item, answers: Answers) -> str:
    """A list with what was said of each choice: squatting 6/10, stairs down; tape helped."""
    chosen = answers.get(item.id)
    if not isinstance(chosen, tuple) or not chosen:
        return _item_text(item, answers)
    words = {option.id: lower_first(option.label) for option in item.options}
    told = [f"{words.get(each, each)} {_said_of(answers.get(f'{RATED[item.id]}-{each}'))}" for each in chosen]
    return f"{lower_first(item.label)} " + ", ".join(text.strip() for text in told)


def _said_of(answer: Answer | None) -> str:
    if isinstance(answer, int | float):
        return f"{answer:g}/10"
    return {"helped": "helped", "no": "no effect", "worse": "made it worse"}.get(str(answer), "")


def _load(item: Item, answers: Answers, percent: float | None) -> str:
    rose = _item_text(item, answers)
    old, new = _rating(answers, "load-old"), _rating(answers, "load-new")
    if old is None or new is None or answers.get(item.id) != "yes":
        return rose
    unit, weeks = answers.get("load-unit"), answers.get("load-weeks")
    text = f"{rose}, from {old:g} to {new:g}" + (
        f" {unit}" if isinstance(unit, str) else " (unit not recorded)"
    )
    if percent:
        text += f" ({shown(abs(percent), 1)} % {'more' if percent > 0 else 'less'})"
    if isinstance(weeks, Quantity):
        return f"{text} in {weeks.value:g} {weeks.unit}"
    return f"{text} in {weeks:g} week{'' if weeks == 1 else 's'}" if isinstance(weeks, int | float) else text


def _totals(
    group: Group, answers: Answers, assessment: Assessment, found: Sequence[DerivedFinding]
) -> Iterator[str]:
    """A score of each side with what it is made of: right 3 of 6 (trunk leans, pelvis drops or turns)."""
    fact, typed, out_of = TOTALS[group.id]
    told = []
    scored = [item for item in group.items if item.sides and any(o.points is not None for o in item.options)]
    if not out_of:  # the six signs of the foot posture are read as their total
        scored = []
    for side in SIDES:
        total = assessment.number(f"{fact}.{side}")
        from_paper = answers.get(f"{typed}.{side}") is not None
        made_of = [
            text
            for item in scored
            if (text := _points(item, side, answers, told=total is None or from_paper))
        ]
        if total is None and not made_of:
            continue
        name = (
            "not complete"
            if total is None
            else f"{total:+g}"
            if not out_of and total
            else f"{total:g}{out_of}"
        )
        band = next((f", {one.flag}" for one in found if one.side == side and one.id in BANDS), "")
        told.append(
            f"{side} {name}{band}".replace("-", "−") + (f" ({', '.join(made_of)})" if made_of else "")
        )
    if told:
        yield ("" if out_of else "Foot Posture Index ") + "; ".join(told)


def _points(item: Item, side: str, answers: Answers, told: bool) -> str:
    """What one item of a score adds; an item that adds nothing is told only when asked for."""
    answer = answers.get(f"{item.id}.{side}")
    for option in item.options:
        if option.id == answer and (option.points or told):
            return f"{lower_first(item.label.partition(', ')[2])} {lower_first(option.label)}"
    return ""


def _word_by_word(group: Group, answers: Answers) -> Iterator[str]:
    """Tests that share a word, told together: both sides normal: quadriceps, hamstrings."""
    found: dict[str, dict[str, list[str]]] = {}
    numbers = []
    for item in group.items:
        if item.kind in ("number", "scale") or not item.sides:
            numbers.append(_item_text(item, answers))
            continue
        label = lower_first(item.label.removeprefix("Tender: "))
        for item_id in item.ids:
            word = _value(item, answers.get(item_id)).lower()
            if word:
                word = "not tender" if group.id == "palpation" and word == "none" else word
                found.setdefault(word, {}).setdefault(label, []).append(item_id.rpartition(".")[2])
    for word in sorted(found, key=lambda word: word in ("normal", "negative", "not tender", "no")):
        by_sides: dict[str, list[str]] = {}
        for label, sides in found[word].items():
            by_sides.setdefault("both sides" if len(sides) == 2 else sides[0], []).append(label)
        for where, labels in by_sides.items():
            yield f"{where} {word}: {', '.join(labels)}"
    yield from numbers


def _item_text(item: Item, answers: Answers) -> str:
    """One item with its value; empty when it was not asked."""
    values = {item_id.rpartition(".")[2]: _value(item, answers.get(item_id)) for item_id in item.ids}
    known = {side: value for side, value in values.items() if value}
    if not known:
        return ""
    colon = "" if item.kind in ("number", "scale") and not item.sides else ":"
    label = lower_first(item.label.removesuffix(" how long")) + colon  # asked "how long", told "for 3 days"
    if not item.sides:
        return f"{label} {next(iter(known.values()))}"
    if len(set(known.values())) == 1 and len(known) == 2:
        return f"{label} {known['right']} on both sides"
    return f"{label} " + ", ".join(f"{side} {value}" for side, value in known.items())


def _value(item: Item, answer: Answer | None) -> str:
    words = {option.id: lower_first(option.label) for option in item.options}
    match answer:
        case None | NotTested() | "not-assessed":
            return ""
        case Quantity(value, unit):
            return _with_unit(value, unit)
        case tuple() if not answer:
            return NONE_OF_THESE
        case tuple():
            chosen = [words.get(part, part) for part in answer]
            return _listed(chosen)
        case int() | float():
            return f"{answer:g}/10" if item.kind == "scale" else _with_unit(answer, item.unit)
        case str():
            return words.get(answer, answer)
    return ""


def brief_words(item: Item, answer: Answer | None, group: StrengthGroup | None) -> str:
    """One answer as short as can be: `3/10`, `best 82 N, supine`; empty when nothing was found."""
    if not isinstance(answer, StrengthTest) or group is None:
        return _value(item, answer)
    if answer.grade:
        return f"grade {answer.grade}"
    if not answer.trials:
        return ""
    best = f"best {max(answer.trials):g} {answer.unit}"
    return ", ".join(part for part in (best, protocol_words(group, answer)) if part)


def _listed(words: Sequence[str]) -> str:
    """A list; what begins alike is told once: around the kneecap, inner side and outer side."""
    if not any("," in word for word in words):
        return ", ".join(words)
    by_start: dict[str, list[str]] = {}
    for word in words:
        start, _, rest = word.partition(", ")
        by_start.setdefault(start, []).append(rest)
    return " / ".join(
        start + (f", {' and '.join(part for part in rest if part)}" if any(rest) else "")
        for start, rest in by_start.items()
    )


def _with_unit(value: float, unit: str) -> str:
    return in_unit(f"{value:g}".replace("-", "−"), unit)


def _other_causes(evaluation: Evaluation, content: Content) -> Iterator[Line]:
    by_word: dict[str, list[str]] = {}
    for differential in content.differentials.values():
        answer = evaluation.answers.get(f"ddx-{differential.id}")
        if isinstance(answer, str) and answer != "not-assessed":
            by_word.setdefault(answer, []).append(lower_first(differential.title))
    for word in ("likely", "possible", "unlikely", "excluded"):
        if len(by_word.get(word, [])) == len(content.differentials):
            yield Line(label="Other causes", value=f"all {len(content.differentials)} on the list {word}")
        elif word in by_word:
            yield Line(label=f"Other causes, {word}", value="; ".join(by_word[word]))


# ---------------------------------------------------------------- strength


def _strength_lines(
    group: Group,
    evaluation: Evaluation,
    assessment: Assessment,
    content: Content,
    found: Sequence[DerivedFinding],
) -> Iterator[Line]:
    if group.id == "scoring":
        yield from measured_with(evaluation)
    for item in group.items:
        if item.kind == "strength":
            tested = content.strength_groups[item.id]
            found_of = assessment.strength[item.id]
            yield from strength_line(item, tested, found_of, evaluation.answers, evaluation.sore_sides[0])
        elif item.sides:
            own = of_item(found, item)
            known = []
            for side in SIDES:
                answer = evaluation.answers.get(f"{item.id}.{side}")
                if value := _value(item, answer):
                    if isinstance(answer, Quantity) and answer.unit != item.unit:
                        own_unit = convert(answer.value, answer.unit, item.unit)
                        value += f" = {shown(own_unit, 1)} {item.unit}"
                    computed = [one.text for one in own if one.side == side]
                    known.append(", ".join([f"{side} {value}", *computed]))
            known += [one.text for one in own if one.side is None]
            if known:
                yield Line(label=item.label, value="; ".join(known))
        elif value := _value(item, evaluation.answers.get(item.id)):
            yield Line(label=item.label, value=value)
