"""Scores of patient-reported outcome measures, with the missing-item rule of each."""

from __future__ import annotations

from collections.abc import Mapping

from evalassist.clinical.result import Score
from evalassist.content.schema import Item, Measure
from evalassist.evaluation import Answer, Answers


def points(item: Item, answer: Answer | None) -> float | None:
    """The points of one answered item: those of the chosen option, or the number itself."""
    if isinstance(answer, int | float):
        return float(answer)
    if isinstance(answer, str):
        return next((option.points for option in item.options if option.id == answer), None)
    return None


def score(measure: Measure, answers: Answers, items: Mapping[str, Item]) -> Score:
    """Score a measure from its items, else take the total typed from paper; too many missing is not scored."""
    given = {
        item_id: points(items[item_id], answers[item_id]) if item_id in answers else None
        for item_id in measure.items
    }
    values = [value for value in given.values() if value is not None]
    missing = tuple(item_id for item_id, value in given.items() if value is None)
    if len(values) >= measure.min_answered:
        return Score(measure.id, _scored(measure, values), len(values), missing)
    if measure.total_item:
        typed = points(items[measure.total_item], answers.get(measure.total_item))
        if typed is not None:
            return Score(measure.id, typed, 0, ())
    return Score(measure.id, None, len(values), missing)


def _scored(measure: Measure, values: list[float]) -> float:
    if measure.scoring == "sum":
        return sum(values)
    mean = sum(values) / len(values)
    return mean if measure.scoring == "mean" else 100 - 25 * mean
