"""The end of care as tables, shared by note and summary: goals with their values, and what goes on at home."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reportlab.platypus import Flowable, Spacer

from evalassist.documents import look
from evalassist.documents.flow import bold, cell, details, heading, table, text
from evalassist.documents.look import BOLD
from evalassist.note import NoteDischarge
from evalassist.wording import discharge as words


def discharge(found: NoteDischarge, width: float, phone: str = "") -> Iterator[Flowable]:
    """All of it, as a part of the evaluation note."""
    yield from heading(words.HEAD)
    yield from details(words.care(found), width)
    yield Spacer(0, 3)
    yield from goals(found, width)
    yield Spacer(0, 3)
    yield from at_home(found, width)
    yield from details(words.back(found, phone), width)


def goals(found: NoteDischarge, width: float) -> Iterator[Flowable]:
    """How many were reached, and each with its values."""
    yield text(look.escaped(words.counted(found)))
    if not found.goals:
        return
    rows: list[list[Any]] = [[cell(head, BOLD) for head in words.GOALS]]
    for goal in found.goals:
        title, start, aims, now, state = words.goal_row(goal)
        rows.append(
            [cell(bold(title)), *(cell(look.escaped(p)) for p in (start, aims, now)), cell(bold(state))]
        )
    yield table(rows, (132, 58, width - 314, 62, 62))


def at_home(found: NoteDischarge, width: float) -> Iterator[Flowable]:
    """The exercises with their doses, and what was agreed."""
    yield from details(words.home(found), width)
    if found.home:
        rows: list[list[Any]] = [[cell(head, BOLD) for head in ("Home exercise", "Dose")]]
        rows += [[cell(bold(one.label)), cell(look.escaped(one.value))] for one in found.home]
        yield table(rows, (200, width - 200))
