"""The log in which the patient ticks each move, and lines to write on."""

from __future__ import annotations

from functools import partial

from reportlab.pdfgen.canvas import Canvas

from evalassist.documents import look
from evalassist.documents.blocks import (
    Block,
    fitted,
    heading,
    label,
    numbered_disc,
    rule,
    upright,
    words,
    write_in,
)
from evalassist.documents.handout_texts import Case
from evalassist.documents.icons import icon
from evalassist.documents.look import BOLD, INK, RULE, SEMIBOLD
from evalassist.documents.tags import tag

_NAMES = 143.0
_DAYS = 14
_BETWEEN = 10.0
_SMALLEST = 10.0
"""The smallest letters of a name: two lines of them stand in one row."""


def log_block(case: Case, weeks: range, row: float = 20.2, *, whole: bool = False) -> Block:
    """The log of these weeks; where it is the `whole` log and ends before the plan does, it says so."""
    ends_early = whole and weeks.stop <= case.log_weeks
    return Block(
        f"log of weeks {weeks.start} to {weeks.stop - 1}", partial(_log, case, weeks, row, ends_early)
    )


def lines_block(case: Case, key: str, lines: int) -> Block:
    """Lines to write on under a word: questions, or the therapist's notes."""
    return Block(key, partial(_lines, case, key, lines))


def note_blocks(case: Case) -> list[Block]:
    """What the therapist writes to the patient."""
    return [Block("note", partial(_note, case))] if case.therapist_note else []


def _note(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    return words(canvas, case.texts("note", note=case.therapist_note), x, y_top, width, 13, 16.5)


def _log(
    case: Case,
    weeks: range,
    row: float,
    ends_early: bool,
    canvas: Canvas,
    x: float,
    y_top: float,
    width: float,
) -> float:
    texts = case.texts
    right = x + width
    later = weeks.start > case.log_weeks
    height = heading(canvas, x, y_top, texts.plain("log_heading_later" if later else "log_heading"))
    if not case.ends:
        line_left = right - 170
        write_in(canvas, line_left, right, y_top - 17)
        said = label(canvas, line_left - 6, y_top - 14.5, texts.plain("next_visit"), 13, BOLD, align="right")
        icon(canvas, "calendar", line_left - 6 - said - 21, y_top - 16.5, 14)
    height += 3
    for line in case.log_how.strip().splitlines():
        shown, size = fitted(line, look.REGULAR, 13, width, 12)
        label(canvas, x, y_top - height - 13, shown, size)
        height += 16.5
    height += 5
    for number, week in enumerate(range(weeks.start, weeks.stop, 2)):
        height += _BETWEEN if number else 0
        more = ends_early and week + 2 >= weeks.stop
        with tag(canvas, "Table"):
            height += _strip(case, week, row, canvas, x, y_top - height, width, week == 1, more)
    return height


def _strip(
    case: Case,
    week: int,
    row: float,
    canvas: Canvas,
    x: float,
    y_top: float,
    width: float,
    first: bool,
    more: bool,
) -> float:
    """Two weeks: a row for each move and one for the worst pain, a column for each day."""
    texts = case.texts
    grid = x + _NAMES
    day = (width - _NAMES) / _DAYS
    names = texts.plain("week_days").split()
    with tag(canvas, "TR"):
        with tag(canvas, "TD"):
            if first and case.sheet.start_date:
                starts = texts.plain("log_start_on", date=case.day(case.sheet.start_date))
                label(canvas, x, y_top - 11, starts, 12, SEMIBOLD)
            elif first:
                said = label(canvas, x, y_top - 11, texts.plain("log_start"), 12)
                write_in(canvas, x + said + 4, grid - 8, y_top - 13)
            elif more:
                label(canvas, x, y_top - 11, texts.plain("log_more_after" if case.ends else "log_more"), 12)
        for half in (0, 1):
            left = grid + half * 7 * day
            with tag(canvas, "TH", Scope="Column"):
                label(canvas, left + 2, y_top - 10.5, texts.plain("week", n=week + half), 12, SEMIBOLD)
                for column, name in enumerate(names):
                    label(canvas, left + (column + 0.5) * day, y_top - 21.5, name, 10, align="center")
    top = y_top - 25
    y = top
    for number, exercise in enumerate(case.exercises, start=1):
        with tag(canvas, "TR"):
            with tag(canvas, "TH", Scope="Row"):
                numbered_disc(canvas, x + 8, y - row / 2, 7.7, number, exercise.chip == "HIP")
                _name(case.name_of(exercise), canvas, x + 20, y - row / 2, _NAMES - 24)
            _empty_weeks(canvas)
        y -= row
        rule(canvas, x, x + width, y, 0.75, RULE)
        rule(canvas, grid, x + width, y, 0.75)
    rule(canvas, x, x + width, y, 1.6)
    pain, size = fitted(texts.plain("log_pain"), BOLD, 12, _NAMES - 6, 10)
    with tag(canvas, "TR"):
        with tag(canvas, "TH", Scope="Row"):
            label(canvas, x, y - row / 2 - 4, pain, size, BOLD)
        _empty_weeks(canvas)
    y -= row
    rule(canvas, x, x + width, y, 0.75)
    for column in range(_DAYS + 1):
        upright(canvas, grid + column * day, y, top, 1.6 if column % 7 == 0 else 0.75)
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(0.75)
    rule(canvas, grid, x + width, top, 0.75)
    return y_top - y


def _empty_weeks(canvas: Canvas) -> None:
    """To who listens, a week of a move is one empty cell, not seven."""
    for _ in (0, 1):
        with tag(canvas, "TD"):
            pass


def _name(name: str, canvas: Canvas, x: float, middle: float, width: float) -> None:
    """The name of a move on one line, or on two where it is too long for one."""
    if look.text_width(name, look.REGULAR, _SMALLEST) > width:
        words(canvas, look.escaped(name), x, middle + 11.8, width, _SMALLEST, 9.2)
    else:
        name, size = fitted(name, look.REGULAR, 12, width, _SMALLEST)
        label(canvas, x, middle - 4, name, size)


def _lines(case: Case, key: str, lines: int, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    icon(canvas, "pencil", x, y_top - 16, 14)
    said = label(canvas, x + 20, y_top - 14, case.texts.plain(key), 13, BOLD)
    write_in(canvas, x + 20 + said + 8, x + width, y_top - 17)
    for line in range(1, lines):
        write_in(canvas, x, x + width, y_top - 17 - 24 * line)
    return 17 + 24 * (lines - 1) + 1
