"""The head of side 2: my plan, what to do each time, and what is added for teens, runners and older people."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from reportlab.pdfgen.canvas import Canvas

from evalassist.documents import look
from evalassist.documents.blocks import Block, box, bullets, heading, label, word_lines, words, write_in
from evalassist.documents.handout_texts import Case
from evalassist.documents.icons import icon
from evalassist.documents.look import BOLD, RULE
from evalassist.documents.tags import tag
from evalassist.sheet_checks import letters_of
from evalassist.words import seen, shortened

_EACH_WIDTH = 212.0
_GOAL_LINES = 3
"""A goal of 80 characters is printed whole, which takes three lines with its date."""


def plan_block(case: Case) -> Block:
    return Block("my plan", partial(_plan, case))


def addon_blocks(case: Case) -> list[Block]:
    """What is added for this person: sport and parents, running, age, the activity ladder."""
    addons = []
    if case.teen and not case.ends:  # it begins care: do less for a few weeks
        addons.append(Block("for teens", partial(_addon, case, "teen")))
    if case.sheet.running:
        addons.append(Block("for runners", partial(_runner, case)))
    if case.older:
        addons.append(Block("for older people", partial(_addon, case, "older")))
    if case.sheet.activity_ladder:
        addons.append(Block("activity ladder", partial(_ladder, case)))
    return addons


def _plan(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    height = heading(canvas, x, y_top, case.texts.plain("plan_heading"))
    height += words(canvas, plan_call(case), x, y_top - height, width, 13.5, 17.6, BOLD) + 4
    if case.ask_first:
        height += words(canvas, case.ask_first, x, y_top - height, width, 13, 16.5) + 4
    left = _mine(case, canvas, x, y_top - height, width - _EACH_WIDTH - 18)
    right = _each_time(case, canvas, x + width - _EACH_WIDTH, y_top - height, _EACH_WIDTH)
    return height + max(left, right)


def plan_call(case: Case) -> str:
    """How many moves, how often, how long, for how many weeks, and with which band where latex is not allowed."""
    texts, sheet = case.texts, case.sheet
    call = texts(
        "plan_call",
        moves=texts.counted("moves", len(case.exercises)),
        days=texts.counted("days", case.days_a_week),
        minutes=texts.counted("minute", sheet.minutes),
    )
    if sheet.weeks is not None:
        call = f"{call} {texts('plan_weeks', weeks=texts.counted('weeks', sheet.weeks))}"
    if sheet.start_date:
        call = f"{texts(case.number_form('plan_start'), date=case.day(sheet.start_date))} {call}"
    return f"{call} {texts('latex_free')}" if sheet.latex_free else call


def _mine(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """Goal, time and place, and what happens after a missed day: the patient's own part."""
    texts = case.texts
    text_x, right = x + 22, x + width
    icon(canvas, "flag", x, y_top - 14.5, 14)
    goal = goal_text(case, partial(word_lines, width=width - 22, size=13, leading=17))
    if goal:
        height = words(canvas, goal, text_x, y_top, width - 22, 13, 17)
    else:
        said_width = label(canvas, text_x, y_top - 13, texts.plain("goal_open"), 13, BOLD)
        write_in(canvas, text_x + said_width + 5, right, y_top - 15.5)
        height = 17
    height += 4
    for name, key in (("clock", "time"), ("house", "place")):
        baseline = y_top - height - 17
        icon(canvas, name, x, baseline - 2.5, 14)
        said_width = label(canvas, text_x, baseline, texts.plain(key), 13, BOLD)
        write_in(canvas, text_x + said_width + 5, right, baseline - 2.5)
        height += 26
    icon(canvas, "again", x, y_top - height - 18, 14)
    return (
        height
        + 4
        + words(canvas, texts(case.number_form("missed")), text_x, y_top - height - 4, width - 22, 13, 17)
    )


def goal_text(case: Case, lines_of: Callable[[str], int] = lambda _said: 1) -> str:
    """The goal in the patient's words, and apart from it when the plan ends.

    A goal longer than the sheet takes ends in an ellipsis at a word. Empty where there is none, or none that the font
    can show: then it is written in by hand.
    """
    goal = seen(case.sheet.goal).rstrip(".")
    if not goal or look.lacks(goal):
        return ""
    longest = most = letters_of("goal-text")
    while True:
        shown = shortened(goal, most)
        said = case.texts("goal", goal=shown) + ("" if shown.endswith(("…", "!", "?")) else ".")
        if case.sheet.goal_date:
            said += " " + case.texts("goal_date", date=case.day(case.sheet.goal_date))
        if most <= longest // 4 or lines_of(said) <= _GOAL_LINES:
            return said
        most -= 4


def _each_time(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    with tag(canvas, "H3"):
        label(canvas, x + 11, y_top - 16, case.texts.plain("each_time"), 13, BOLD)
    height = 23 + bullets(canvas, each_time_texts(case), x + 12, y_top - 23, width - 20, 13, 16.5, 1.8) + 5
    box(canvas, x, y_top, width, height)
    return height


def each_time_texts(case: Case) -> list[str]:
    """What holds for every move."""
    texts, rest = case.texts, case.shared_rest_s
    return [
        texts("each_walk"),
        texts("each_slow"),
        *([texts("each_rest", rest=texts.duration(rest))] if rest else []),
        texts("each_tired"),
        texts("each_sharp", page=case.safety_page),
    ]


def _addon(case: Case, key: str, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    height = heading(canvas, x, y_top, case.texts.plain(f"{key}_heading"))
    return height + words(canvas, case.texts(key), x, y_top - height, width, 13, 16.5)


def _runner(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    height = heading(canvas, x, y_top, case.texts.plain("runner_heading"))
    return height + words(canvas, runner_text(case), x, y_top - height, width, 13, 16.5)


def runner_text(case: Case) -> str:
    """For who runs, how to go on; for who stopped, that running comes back with the therapist."""
    texts = case.texts
    said = [
        texts("runner" if case.sheet.running == "keeps" else "runner_stopped"),
        *([texts("runner_hip")] if case.hips else []),
        texts("runner_load"),
    ]
    return " ".join(said)


def ladder_title(case: Case) -> str:
    starts = case.sheet.start_date
    if starts:
        return case.texts.plain("ladder_heading_until", date=case.day(starts))
    return case.texts.plain("ladder_heading")


def ladder_text(case: Case) -> str:
    """How to climb; its weeks are counted from the first day of the plan, not from the first of the log."""
    return case.texts("ladder", date=case.day(case.plan.starts))


def _ladder(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """The first weeks, from easy upwards; the rungs above the lowest are agreed with the therapist and written in."""
    texts = case.texts
    height = heading(canvas, x, y_top, ladder_title(case))
    height += words(canvas, ladder_text(case), x, y_top - height, width, 13, 16.5) + 4
    rungs = ("", "", "", texts("ladder_low"))
    with tag(canvas, "L", ListNumbering="Decimal"):
        for number, rung in zip(range(len(rungs), 0, -1), rungs, strict=True):
            base = y_top - height - 15
            left = x + 30
            canvas.setStrokeColor(RULE)
            canvas.setLineWidth(0.75)
            canvas.line(left, base - 5.5, x + width, base - 5.5)
            with tag(canvas, "LI"):
                with tag(canvas, "Lbl"):
                    label(canvas, left, base, str(number), 13, BOLD)
                if rung and word_lines(rung, width - 52, 13, 16.5) == 1:
                    with tag(canvas, "LBody"):
                        words(canvas, rung, left + 20, base + 13, width - 52, 13, 16.5)
            height += 21
    top, foot = y_top - height + 4 * 21, y_top - height
    canvas.setLineWidth(1.9)
    canvas.setLineCap(1)
    for rail in (x + 5, x + 19):
        canvas.line(rail, top, rail, foot)
    for number in range(4):
        canvas.line(x + 5, foot + 9.5 + 21 * number, x + 19, foot + 9.5 + 21 * number)
    canvas.setLineCap(0)
    return height + 1
