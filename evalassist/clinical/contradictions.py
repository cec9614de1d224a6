"""Answers that cannot both be meant: pointed out, never refused, so that a slip of side or number is seen in time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from evalassist.clinical.result import Contradiction, Knowledge
from evalassist.clinical.strength import protocol_words
from evalassist.clinical.strength_entry import usual_range
from evalassist.evaluation import SIDES, Evaluation, ItemId, Side, StrengthTest, other
from evalassist.words import upper_first

if TYPE_CHECKING:
    from evalassist.content.loader import Content

WEEKS_A_YEAR = 52.14
LESS_THAN_WORST = ("nprs-usual", "nprs-now", "nprs-rest", "nprs-best")
CALF_ITEM, CALF_CM = "calf-3cm", 3.0
"""Item W6 of the Wells score (examination 1.5)."""
SWOLLEN, EFFUSIONS = "swollen-knee", ("1+", "2+", "3+")
"""Asked by the safety screen; the grades of the stroke test that count as an effusion (clinical decision 21)."""
BOTH_HIPS = ("hips-both-normal", "hips-both-low")
"""The therapist's word on both hips, for the patient's sheet."""
SIDE_WORD = re.compile(r"\b(right|left)\s+(?:knee|hip|leg|thigh|kneecap)\b", re.IGNORECASE)


def contradictions(evaluation: Evaluation, known: Knowledge, content: Content) -> tuple[Contradiction, ...]:
    """What does not fit together in this evaluation, each with the items to look at."""
    return (
        *_pain(known, content),
        *_duration(evaluation, known),
        *_free_text(evaluation, content),
        *_one_sided(evaluation, content),
        *_protocols(evaluation, content),
        *_unusual(evaluation, content),
        *_calf(evaluation, known),
        *_both_hips(evaluation),
        *_effusion(evaluation, content),
    )


def _pain(known: Knowledge, content: Content) -> Iterator[Contradiction]:
    worst = known.value("nprs-worst")
    for item_id in LESS_THAN_WORST:
        value = known.value(item_id)
        if isinstance(worst, float) and isinstance(value, float) and value > worst:
            text = f"{content.label(item_id)} is {value:g}, above the worst pain of {worst:g}."
            yield Contradiction(text, ("nprs-worst", item_id))


def _duration(evaluation: Evaluation, known: Knowledge) -> Iterator[Contradiction]:
    weeks = known.value("duration-weeks")
    if isinstance(weeks, float) and weeks > (evaluation.age_years + 1) * WEEKS_A_YEAR:
        yield Contradiction("The pain is said to be older than the patient.", ("duration",))


def _free_text(evaluation: Evaluation, content: Content) -> Iterator[Contradiction]:
    """A text that names only the other side than the sore one."""
    if evaluation.sore_knee == "both":
        return
    texts: list[tuple[ItemId, str]] = [
        (item_id, answer)
        for item_id, answer in evaluation.answers.items()
        if item_id in content.own_words and isinstance(answer, str)
    ]
    for item_id, text in (*texts, ("", evaluation.impression)):
        named = {word.lower() for word in SIDE_WORD.findall(text)}
        if named == {other(evaluation.sore_knee)}:
            where = content.label(item_id) if item_id else "The impression"
            sore = evaluation.sore_knee
            words = f"{where} speaks of the {other(sore)} side; the sore knee is the {sore}."
            yield Contradiction(words, (item_id,) if item_id else ())


def _one_sided(evaluation: Evaluation, content: Content) -> Iterator[Contradiction]:
    """Strength or movement tested on the other side only: the numbers may stand on the wrong side."""
    if evaluation.sore_knee == "both":
        return
    sore: Side = evaluation.sore_knee
    tested = {side: _tested(evaluation, content, side) for side in SIDES}
    if tested[other(sore)] and not tested[sore]:
        words = f"Strength stands on the {other(sore)} side only, and the sore knee is the {sore}."
        yield Contradiction(
            words, tested[other(sore)], entered_in="strength"
        )  # the sound side is tested first


def _protocols(evaluation: Evaluation, content: Content) -> Iterator[Contradiction]:
    """Right and left tested in different ways: they are not compared, and one of them may be a slip."""
    for group in content.strength_groups.values():
        ids = tuple(f"{group.id}.{side}" for side in SIDES)
        tests = [evaluation.answers.get(item_id) for item_id in ids]
        right, left = (test if isinstance(test, StrengthTest) and test.trials else None for test in tests)
        if right is None or left is None or right.protocol == left.protocol:
            continue
        ways = [protocol_words(group, replace(test, fixation=None)) or "standard" for test in (right, left)]
        words = f"{group.title} was tested right {ways[0]}, left {ways[1]}: the two are not compared."
        yield Contradiction(words, ids)


def _unusual(evaluation: Evaluation, content: Content) -> Iterator[Contradiction]:
    """A trial outside the range that raises no question when it is typed: it counts, and may be a slip of unit."""
    for group in content.strength_groups.values():
        for item_id in (f"{group.id}.{side}" for side in SIDES):
            test = evaluation.answers.get(item_id)
            if not isinstance(test, StrengthTest) or test.unit is None:
                continue
            low, high = usual_range(test.unit)
            found = [f"{trial:g}" for trial in test.trials if not low <= trial <= high]
            if found:
                words = f"{upper_first(content.label(item_id))}: {', '.join(found)} {test.unit} is outside the usual "
                yield Contradiction(f"{words}{low:g} to {high:g} {test.unit}.", (item_id,))


def _calf(evaluation: Evaluation, known: Knowledge) -> Iterator[Contradiction]:
    """A calf of the sore leg that measures as much larger as the Wells score counts, and is not ticked there."""
    ticked = evaluation.answers.get("wells")
    if evaluation.sore_knee == "both" or not isinstance(ticked, tuple) or CALF_ITEM in ticked:
        return
    sore: Side = evaluation.sore_knee
    own, opposite = known.value(f"calf-girth.{sore}"), known.value(f"calf-girth.{other(sore)}")
    if isinstance(own, float) and isinstance(opposite, float) and own - opposite >= CALF_CM:
        words = (
            f"The {sore} calf measures {own - opposite:g} cm more; the Wells list does not have it ticked."
        )
        yield Contradiction(words, (f"calf-girth.{sore}", "wells"))


def _both_hips(evaluation: Evaluation) -> Iterator[Contradiction]:
    """Both hips cannot be normal and below what is expected."""
    if all(evaluation.answers.get(item_id) == "yes" for item_id in BOTH_HIPS):
        yield Contradiction("Both hips are said to be normal, and to be below what you expect.", BOTH_HIPS)


def _effusion(evaluation: Evaluation, content: Content) -> Iterator[Contradiction]:
    """A sore knee that the stroke test finds swollen, and the safety screen does not."""
    if evaluation.answers.get(SWOLLEN) != "no":
        return
    for side in evaluation.sore_sides:
        grade = evaluation.answers.get(f"effusion.{side}")
        if grade in EFFUSIONS:
            words = f"{content.label(SWOLLEN)}: you answered No; the stroke test is {grade}."
            yield Contradiction(words, (SWOLLEN, f"effusion.{side}"))
            return


def _tested(evaluation: Evaluation, content: Content, side: Side) -> tuple[ItemId, ...]:
    ids = (f"{group}.{side}" for group in content.strength_groups)
    return tuple(
        item_id
        for item_id in ids
        if isinstance(test := evaluation.answers.get(item_id), StrengthTest) and (test.trials or test.grade)
    )
