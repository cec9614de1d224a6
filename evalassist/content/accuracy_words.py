"""How the accuracy of a test reads: its figures, and after them how far they may be trusted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from evalassist.content.cause_schema import PFP, Accuracy, Figure
from evalassist.content.schema import Item
from evalassist.words import upper_first

if TYPE_CHECKING:
    from evalassist.content.loader import Content


def accuracy_of(item: Item, content: Content) -> str:
    """How accurate the test is where the table knows it, a line for each condition it speaks of."""
    rows = content.accuracy_of.get(item.id, ())
    return "\n".join(accuracy_words(row, content, _whom(row, content)) for row in rows)


def _whom(row: Accuracy, content: Content) -> str:
    return "patellofemoral pain" if row.condition == PFP else content.differentials[row.condition].title


def accuracy_of_tests(condition: str, content: Content) -> tuple[str, ...]:
    """Every test that tells this condition (`pfp` or a differential) from others, with its figures."""
    return tuple(
        f"{row.test}: {accuracy_words(row, content)}"
        for row in content.accuracy.values()
        if row.condition == condition
    )


def accuracy_words(row: Accuracy, content: Content, whom: str = "") -> str:
    """`Meniscal tear: sensitivity 61 %, specificity 84 % (reported in a secondary source).`"""
    before = ", ".join(part for part in (whom, row.variant) if part)
    figures = _figures(row.figures(), content)
    note = f" {row.note}" if row.note else ""
    return f"{upper_first(f'{before}: {figures}' if before else figures)}.{note}"


def _figures(figures: Iterable[tuple[str, Figure]], content: Content) -> str:
    """Figures of the same trust are told together, so that each bracket holds for what stands before it."""
    by_trust = groupby(figures, key=lambda named: _trust(named[1], content))
    return "; ".join(
        f"{', '.join(f'{name} {_value(name, figure)}' for name, figure in told)} ({trust})"
        for trust, told in by_trust
    )


def _value(name: str, figure: Figure) -> str:
    percent = "" if name.startswith("LR") else " %"
    value = (
        f"{figure.range[0]:g} to {figure.range[1]:g}{percent}"
        if figure.range is not None
        else f"{figure.value:g}{percent}"
    )
    return value + (f" [{figure.interval[0]:g} to {figure.interval[1]:g}]" if figure.interval else "")


def _trust(figure: Figure, content: Content) -> str:
    if figure.mark == "D" and figure.formula:
        return f"calculated, {figure.formula}"
    return {
        "V": ", ".join(_short(content.references[key].citation) for key in figure.cites),
        "V2": "reported in a secondary source",
        "K": "not checked against a source",
        "D": "calculated",
        "P": "app default",
    }[figure.mark]


def _short(citation: str) -> str:
    """Whose study it is, and its year: the citation up to the first year in it."""
    year = re.search(r"\b(19|20)\d\d\b", citation)
    return citation[: year.end()] if year else citation
