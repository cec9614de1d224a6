"""What is said beside the exercises: education, load, running, adjuncts, and what is not advised."""

from __future__ import annotations

from evalassist.clinical.case import Case
from evalassist.clinical.result import Advice
from evalassist.content.plan_schema import AdviceRow, Place


def advice(case: Case, place: Place) -> tuple[Advice, ...]:
    """The rows of one place that hold for this patient; those that come first for them lead."""
    rows = [row for row in case.rules.advice_at.get(place, ()) if case.holds(row.when)]
    rows.sort(key=lambda row: not (row.first_when is not None and case.holds(row.first_when)))
    return tuple(found for row in rows if (found := _advice(case, row)) is not None)


def _advice(case: Case, row: AdviceRow) -> Advice | None:
    numbers: dict[str, str] = {}
    for name, scaled in row.values.items():
        number = case.number(scaled.fact)
        if number is None:
            return None
        numbers[name] = f"{int(number * scaled.times + 0.5)}" if scaled.times != 1 else f"{number:g}"
    reached = row.reached
    stands = reached is not None and float(numbers[reached.value]) >= float(numbers[reached.least])
    title = reached.title if reached is not None and stands else row.title
    return Advice(
        row.id, title.format(**numbers), row.because.format(**numbers), row.recommendation, row.limit
    )
