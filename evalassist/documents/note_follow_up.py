"""The part of the note that only later visits have: what changed, how the exercises went, which criteria are met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reportlab.platypus import Flowable, Spacer, Table

from evalassist.clinical.trends import Trend
from evalassist.documents import look
from evalassist.documents.flow import FURNITURE, bold, cell, details, heading, table, text
from evalassist.documents.look import BOLD, REGULAR
from evalassist.documents.trend_chart import KEY, trend_drawing
from evalassist.note import NoteChanges, NoteCriterion, NoteExerciseCourse, NoteFollowUp
from evalassist.wording import follow_up as words


def follow_up(found: NoteFollowUp, width: float) -> Iterator[Flowable]:
    """The tables of change, the course, the exercises of the last plan, and the criteria."""
    yield from heading(words.head(found))
    for since in found.changes:
        yield from _changes(since, width)
    yield from _trends([trend for trend in found.trends if trend.moved], width)
    yield from details(words.course(found), width)
    if found.exercises:
        yield Spacer(0, 3)
        yield _exercises(found.exercises, width)
    for title, criteria in words.criteria(found):
        yield Spacer(0, 3)
        yield _criteria(title, criteria, width)
    yield text(look.escaped(words.APP_DEFAULTS), FURNITURE, 11)


def _changes(since: NoteChanges, width: float) -> Iterator[Flowable]:
    heads = (words.since(since), "Then", "Now", "Change", "What it means", "Limits")
    rows: list[list[Any]] = [[cell(head, BOLD) for head in heads]]
    for row in since.rows:
        parts = (*words.values(row), row.by, row.verdict, row.limits)
        rows.append([cell(bold(row.name)), *(cell(look.escaped(part)) for part in parts)])
    if since.rows:
        yield table(rows, (112, 58, 58, 42, width - 388, 118))
    for name, told in words.rests(since):
        if told:
            yield text(look.escaped(f"{name}: {told}."))
    yield Spacer(0, 3)


def _trends(trends: Sequence[Trend], width: float) -> Iterator[Flowable]:
    """The drawings of what moved, three in a row; what stayed the same is told in words above."""
    if not trends:
        return
    drawings: list[Any] = [trend_drawing(trend) for trend in trends]
    rows = [[*drawings[at : at + 3], "", ""][:3] for at in range(0, len(drawings), 3)]
    plain = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    yield Spacer(0, 4)
    yield Table(rows, colWidths=[width / 3] * 3, style=[*plain, ("FONTNAME", (0, 0), (-1, -1), REGULAR)])
    yield text(look.escaped(KEY), FURNITURE, 11)


def _exercises(exercises: Sequence[NoteExerciseCourse], width: float) -> Flowable:
    rows: list[list[Any]] = [
        [cell(head, BOLD) for head in ("Exercise so far", "Advised by the log", "Because")]
    ]
    for one in exercises:
        move = f"{bold(one.move)}. {look.escaped(one.says)}"
        rows.append([cell(bold(one.name)), cell(move), cell(look.escaped(words.exercise_why(one)))])
    return table(rows, (138, 150, width - 288))


def _criteria(title: str, criteria: Sequence[NoteCriterion], width: float) -> Flowable:
    rows: list[list[Any]] = [[cell(head, BOLD) for head in (title, "State", "Because")]]
    for one in criteria:
        rows.append([cell(look.escaped(one.says)), cell(bold(one.state)), cell(look.escaped(one.because))])
    return table(rows, (210, 70, width - 280))
