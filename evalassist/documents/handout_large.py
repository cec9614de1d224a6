"""The sheet in large print: one column of 18-point letters, one thing under the other, on as many sides as it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from reportlab.pdfgen.canvas import Canvas

from evalassist.documents import look
from evalassist.documents.blocks import (
    Block,
    box,
    bracket,
    bullets,
    cell,
    fitted,
    kept,
    label,
    numbered_disc,
    paragraphs,
    rule,
    upright,
    word_lines,
    words,
    write_in,
)
from evalassist.documents.figure_hip_knee import figure
from evalassist.documents.handout_cards import (
    Card,
    dose_texts,
    draw_poses,
    foot_texts,
    poses_height,
    step_texts,
)
from evalassist.documents.handout_plan import (
    each_time_texts,
    goal_text,
    ladder_text,
    ladder_title,
    plan_call,
    runner_text,
)
from evalassist.documents.handout_safety import (
    STOP_OVER,
    TRIALS,
    call_texts,
    checked_day,
    pain_rows,
    questions,
    studies,
    sure_texts,
)
from evalassist.documents.handout_sides import Ruler, Side, refuse
from evalassist.documents.handout_texts import Case
from evalassist.documents.handout_why import bars_in_words, found_texts, message_text, strip_cells, why_texts
from evalassist.documents.icons import icon
from evalassist.documents.look import BAR, BOLD, INK, RULE, SECOND, SEMIBOLD, WHITE
from evalassist.documents.tags import figure_tag, tag

SIZE, LEADING, HEAD = 18.0, 23.0, 22.0
GAP = 9.0
_MARGIN = 72.0
"""An inch on every side; head and foot line stand in it."""
_SMALL = 14.0
"""The studies and the foot line, which alone are smaller than the text."""
_FIGURE = 1.715
"""The hip-knee figure is drawn so much larger than on the standard sheet: its smallest words have 18 points."""
_FIGURE_WIDTH = 261.0
_LARGEST_POSE, _TALLEST_POSES = 1.5, 215.0
"""How much a picture may be enlarged, and the most room that the two of a move take."""
_ROW, _NAMES = 25.0, 0.42
"""Height of a row of the log, and the share of its width that the names take."""
_FEW_WEEKS = 4
_LINE = 44.0
"""From one line for questions to the next."""


def large_sides(case: Case) -> tuple[Case, list[Side]]:
    """Every side, filled from the top; no block is split. The case returned knows on which sides its parts stand.

    The log is of four weeks where a longer one would take a leaf more.
    """
    weeks = case.log_weeks
    return min(
        (_laid_out(case, each) for each in (weeks, min(weeks, _FEW_WEEKS))), key=lambda made: len(made[1])
    )


def _laid_out(case: Case, weeks: int) -> tuple[Case, list[Side]]:
    paper = replace(case.paper, inner=_MARGIN, outer=_MARGIN, top_first=_MARGIN, top=_MARGIN, bottom=_MARGIN)
    case = replace(case, paper=paper)
    for _ in range(3):  # a page number in the text is as wide as another, so this settles at once
        made = _filled(case, weeks)
        pages = _page_of(made, "move 1"), _page_of(made, "how much pain is OK")
        if pages == (case.moves_page, case.safety_page):
            break
        case = replace(case, moves_page=pages[0], safety_page=pages[1])
    refuse(dict(enumerate(made, start=1)))
    return case, made


def _filled(case: Case, weeks: int) -> list[Side]:
    ruler = Ruler(case)
    sides: list[Side] = []
    now: list[Block] = []
    for together in _units(case, weeks):
        tried = ruler.side([*now, *together], len(sides) + 1)
        if now and tried.gap < GAP:
            sides.append(ruler.side(now, len(sides) + 1))
            now = []
        now += together
    number = len(sides) + 1
    last = ruler.side(now, number)
    if number % 2:  # the leaf has a second side, and it is never blank
        return [*sides, last, large_question_side(case, number + 1)]
    *before, foot = now
    return [*sides, ruler.side([*before, *_to_write_on(case, last), foot], number)]


def large_question_side(case: Case, number: int) -> Side:
    """A side of lines to write on."""
    ruler = Ruler(case)
    return ruler.side(_to_write_on(case, ruler.side([], number)), number)


def _to_write_on(case: Case, side: Side) -> list[Block]:
    """Lines for questions, where this side has room for some."""
    room = side.live - sum(side.heights) - GAP * len(side.blocks)
    lines = min(int((room - 31) // _LINE), 10)
    return [Block("questions", partial(_lines, case, lines))] if lines > 1 else []


def _page_of(sides: Sequence[Side], name: str) -> int:
    return next(n for n, side in enumerate(sides, start=1) if any(b.name == name for b in side.blocks))


def _units(case: Case, weeks: int) -> Iterator[list[Block]]:
    """What stands on one side together: a heading with what it heads, the weeks of the log one by one."""
    yield [Block("title", partial(_title, case)), Block("message", partial(_message, case))]
    yield [Block("what we found", partial(_found, case))]
    if _percent(case) is not None:
        yield [Block("bars", partial(_bars, case))]
    first, *others = case.texts("deck"), *why_texts(case)
    key = case.form("why_heading" if case.hips else "why_heading_neutral")
    yield [_text("how the hip helps", case.texts.plain(key), (first, others.pop(0)))]
    yield [Block("figure", partial(_figure, case))]
    for said in others:
        yield [_text("how the hip helps", "", (said,))]
    yield [Block("my plan", partial(_plan, case))]
    yield [Block("each time", partial(_each_time, case))]
    yield from ([each] for each in _addons(case))
    for number in range(1, len(case.exercises) + 1):
        yield [Block(f"move {number}", partial(_move, case, number))]
    yield [Block("log", partial(_log_head, case)), Block("week 1", partial(_week, case, 1))]
    for week in range(2, weeks + 1):
        yield [Block(f"week {week}", partial(_week, case, week))]
    if case.therapist_note:
        yield [_text("note", case.texts.plain("note_heading"), (look.escaped(case.therapist_note),))]
    yield [Block("how much pain is OK", partial(_rules, case))]
    yield [Block("when to call", partial(_call, case))]
    yield [_text("does it work", case.texts.plain("proof_heading"), (case.texts("proof"),))]
    for trial in range(len(TRIALS)):
        yield [Block("studies in numbers", partial(_trial, case, trial))]
    yield [_text("how sure", case.texts.plain("sure_heading"), tuple(sure_texts(case)))]
    yield [Block("say it back", partial(_say_back, case))]
    yield [Block("confidence", partial(_confidence, case))]
    yield [Block("foot and studies", partial(_foot, case))]


# ---------------------------------------------------------------- pieces


def _heading(canvas: Canvas, x: float, y_top: float, width: float, text: str) -> float:
    with tag(canvas, "H2"):
        return words(canvas, look.escaped(text), x, y_top, width, HEAD, 27, BOLD) + 2


def _text(name: str, title: str, said: tuple[str, ...]) -> Block:
    return Block(name, partial(_paragraphs, title, said))


def _paragraphs(
    title: str, said: tuple[str, ...], canvas: Canvas, x: float, y_top: float, width: float
) -> float:
    height = _heading(canvas, x, y_top, width, title) if title else 0.0
    return height + paragraphs(canvas, said, x, y_top - height, width, SIZE, LEADING, 8)


def _list(canvas: Canvas, said: Sequence[str], x: float, y_top: float, width: float) -> float:
    return bullets(canvas, said, x, y_top, width, SIZE, LEADING, 4)


def _line(canvas: Canvas, x: float, y_top: float, width: float, word: str, name: str) -> float:
    """A word and a line to write on."""
    icon(canvas, name, x, y_top - 19, 18)
    said = label(canvas, x + 28, y_top - 18, word, SIZE, BOLD)
    write_in(canvas, x + 28 + said + 6, x + width, y_top - 21)
    return 32


def _digits(
    canvas: Canvas, x: float, y_top: float, width: float, go_to: int = 10, stop_over: int = 10
) -> None:
    """The boxes 0 to 10: hatched over `go_to`, dark over `stop_over`."""
    each = width / 11
    for number in range(11):
        dark, middle = number > stop_over, x + (number + 0.5) * each
        slow = go_to < number <= stop_over
        cell(canvas, x + number * each, y_top - 32, each, 32, BAR if dark else WHITE, hatched=slow)
        if slow:
            canvas.setFillColor(WHITE)
            canvas.rect(middle - 11, y_top - 28, 22, 24, stroke=0, fill=1)
        label(canvas, middle, y_top - 22.5, str(number), SIZE, BOLD, WHITE if dark else INK, "center")


# ---------------------------------------------------------------- why


def _title(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    lines = case.texts.lines(case.form("title" if case.combined else "title_neutral"))
    size = min(fitted(line, BOLD, 30, width, 22)[1] for line in lines)
    with tag(canvas, "H1"):
        for number, line in enumerate(lines):
            label(canvas, x - 1.5, y_top - 27 - 35 * number, line, size, BOLD)
    return 35.0 * len(lines) + 6


def _message(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    texts, inside = case.texts, width - 32
    height = 12 + words(canvas, message_text(case), x + 16, y_top - 12, inside, 20, 25, BOLD)
    middle = y_top - height - 16
    home = look.text_width(texts.plain("do_at_home"), BOLD, SIZE)
    rule(canvas, x, x + 10, middle, 1.6)
    rule(canvas, x + 22 + home, x + width, middle, 1.6)
    label(canvas, x + 16, middle - 6, texts.plain("do_at_home"), SIZE, BOLD)
    cells = strip_cells(case)
    with tag(canvas, "L"):
        for number, (name, count, unit) in enumerate(cells):
            left = x + 16 + (number % 2) * inside / 2
            base = middle - 48 - number // 2 * 48
            icon(canvas, name, left, base - 2, 25)
            with tag(canvas, "LI"), tag(canvas, "LBody"):
                said = label(canvas, left + 35, base, count, 30, BOLD)
                whole = unit.replace("\n", " ")
                fits = look.text_width(whole, SEMIBOLD, SIZE) <= inside / 2 - 47 - said
                lines = [whole] if fits else unit.split("\n")
                for row, line in enumerate(lines):
                    label(
                        canvas, left + 42 + said, base + 9 * (len(lines) - 1) - 19 * row, line, SIZE, SEMIBOLD
                    )
    height = y_top - middle + 48 * ((len(cells) + 1) // 2) + 22
    box(canvas, x, y_top, width, height, 1.8)
    return height


def _percent(case: Case) -> int | None:
    found = case.sheet.found
    return found.percent


def _found(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    said = tuple(found_texts(case))
    return _paragraphs(case.texts.plain("found_heading"), said, canvas, x, y_top, width)


def _bars(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """Two bars from 0: the stronger hip hatched and full, the weaker one as long as its force."""
    percent = _percent(case) or 0
    weaker = case.sheet.found.weaker or case.note.sore_knee
    stronger = "left" if weaker == "right" else "right"
    texts, length = case.texts, width * (100 - percent) / 100
    with figure_tag(canvas, bars_in_words(case, percent), x, y_top, width, 142):
        label(canvas, x, y_top - 17, texts.plain(f"bar_{stronger}"), SIZE)
        cell(canvas, x, y_top - 53, width, 30, hatched=True)
        canvas.setFillColor(WHITE)
        canvas.rect(x + width - 50, y_top - 50, 46, 24, stroke=0, fill=1)
        label(canvas, x + width - 9, y_top - 45, "100", 21, BOLD, align="right")
        label(canvas, x, y_top - 75, texts.plain(f"bar_{weaker}"), SIZE, BOLD)
        cell(canvas, x, y_top - 111, width, 30)
        cell(canvas, x, y_top - 111, length, 30, BAR)
        inside = length >= 44
        at, color = (x + length - 9, WHITE) if inside else (x + length + 7, INK)
        label(canvas, at, y_top - 103, str(100 - percent), 21, BOLD, color, "right" if inside else "left")
        bracket(canvas, x + length, x + width, y_top - 118)
        label(
            canvas,
            x + width,
            y_top - 139,
            texts.plain("bar_less", percent=percent),
            SIZE,
            BOLD,
            align="right",
        )
    return 142


def _figure(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    scale = min(_FIGURE, width / _FIGURE_WIDTH)
    with kept(canvas):
        canvas.translate(x, y_top)
        canvas.scale(scale, scale)
        return figure(case, canvas, 0, 0, _FIGURE_WIDTH) * scale


# ---------------------------------------------------------------- plan and moves


def _plan(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    texts = case.texts
    height = _heading(canvas, x, y_top, width, texts.plain("plan_heading"))
    height += words(canvas, plan_call(case), x, y_top - height, width, SIZE, LEADING, BOLD) + 10
    if case.ask_first:
        height += words(canvas, case.ask_first, x, y_top - height, width, SIZE, LEADING) + 9
    goal = goal_text(case)
    if goal:
        icon(canvas, "flag", x, y_top - height - 19, 18)
        height += words(canvas, goal, x + 28, y_top - height, width - 28, SIZE, LEADING) + 9
    else:
        height += _line(canvas, x, y_top - height, width, texts.plain("goal_open"), "flag")
    for name, key in (("clock", "time"), ("house", "place")):
        height += _line(canvas, x, y_top - height, width, texts.plain(key), name)
    icon(canvas, "again", x, y_top - height - 19, 18)
    missed = texts(case.number_form("missed"))
    return height + words(canvas, missed, x + 28, y_top - height, width - 28, SIZE, LEADING)


def _each_time(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    height = _heading(canvas, x, y_top, width, case.texts.plain("each_time"))
    return height + _list(canvas, each_time_texts(case), x, y_top - height, width)


def _addons(case: Case) -> Iterator[Block]:
    texts = case.texts
    if case.teen and not case.ends:  # it begins care: do less for a few weeks
        yield _text("for teens", texts.plain("teen_heading"), (texts("teen"),))
    if case.sheet.running:
        yield _text("for runners", texts.plain("runner_heading"), (runner_text(case),))
    if case.older:
        yield _text("for older people", texts.plain("older_heading"), (texts("older"),))
    if case.sheet.activity_ladder:
        yield Block("activity ladder", partial(_ladder, case))


def _ladder(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    texts = case.texts
    height = _paragraphs(ladder_title(case), (ladder_text(case),), canvas, x, y_top, width) + 8
    with tag(canvas, "L", ListNumbering="Decimal"):
        for number in (4, 3, 2, 1):
            with tag(canvas, "LI"):
                with tag(canvas, "Lbl"):
                    label(canvas, x, y_top - height - 18, str(number), SIZE, BOLD)
                with tag(canvas, "LBody"):
                    low = texts("ladder_low") if number == 1 else ""
                    said = words(canvas, low, x + 28, y_top - height, width - 28, SIZE, LEADING) if low else 0
            height += max(said, LEADING) + 7
            rule(canvas, x + 28, x + width, y_top - height + 4, 0.75, RULE)
    return height


def _move(case: Case, number: int, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """A move on a card as wide as the page: name, two pictures, dose, steps, where to feel it, other ways."""
    exercise, texts = case.exercises[number - 1], case.texts
    card, left, inside = Card(case, number, exercise), x + 14, width - 28
    hip = exercise.chip == "HIP"
    with tag(canvas, "H3"):
        numbered_disc(canvas, left + 14, y_top - 26, 14, number, hip)
        name, chip = look.escaped(case.name_of(exercise)), texts.plain(f"chip_{exercise.chip.lower()}")
        room = inside - 38 - look.text_width(chip, BOLD, SIZE) - 10
        height = 10 + words(canvas, name, left + 38, y_top - 10, room, HEAD, 27, BOLD)
    label(canvas, left + inside, y_top - 32, chip, SIZE, BOLD, align="right")
    height += 6
    poses = min(poses_height(card, inside, SIZE, _LARGEST_POSE), _TALLEST_POSES)
    draw_poses(card, canvas, left, y_top - height, inside, poses, SIZE, _LARGEST_POSE)
    height += poses + 8
    rule(canvas, left, left + inside, y_top - height, 0.9)
    dose = look.escaped(" · ".join(dose_texts(card)))
    height += 4 + words(canvas, dose, left, y_top - height - 4, inside, SIZE, LEADING, BOLD) + 5
    rule(canvas, left, left + inside, y_top - height, 0.9)
    height += 5
    with tag(canvas, "L", ListNumbering="Decimal"):
        for step_number, step in enumerate(step_texts(texts, exercise), start=1):
            with tag(canvas, "LI"):
                with tag(canvas, "Lbl"):
                    label(canvas, left, y_top - height - 18, str(step_number), SIZE, BOLD)
                with tag(canvas, "LBody"):
                    shown = look.escaped(step)
                    height += words(canvas, shown, left + 24, y_top - height, inside - 24, SIZE, LEADING)
            height += 3
    height += (
        4 + paragraphs(canvas, foot_texts(card), left, y_top - height - 4, inside, SIZE, LEADING, 2) + 12
    )
    box(canvas, x, y_top, width, height, 1.6)
    return height


# ---------------------------------------------------------------- log


def _log_head(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    texts = case.texts
    how = " ".join(case.log_how.split())
    height = _paragraphs(texts.plain("log_heading"), (how,), canvas, x, y_top, width) + 8
    if case.sheet.start_date:
        starts = texts("log_start_on", date=case.day(case.sheet.start_date))
        height += words(canvas, starts, x, y_top - height, width, SIZE, LEADING, SEMIBOLD)
    else:
        height += _line(canvas, x, y_top - height, width, texts.plain("log_start"), "calendar")
    if case.ends:
        return height
    return height + _line(canvas, x, y_top - height, width, texts.plain("next_visit"), "calendar")


def _week(case: Case, week: int, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """A row for each move and one for the worst pain, a column for each day; long names take two lines."""
    texts, names = case.texts, width * _NAMES
    grid, day = x + names, width * (1 - _NAMES) / 7
    with tag(canvas, "Table"):
        with tag(canvas, "TR"):
            with tag(canvas, "TH", Scope="Column"):
                label(canvas, x, y_top - 19, texts.plain("week", n=week), SIZE, BOLD)
            with tag(canvas, "TH", Scope="Column"):
                for column, word in enumerate(texts.plain("week_days").split()):
                    shown, size = fitted(word, look.REGULAR, SIZE, day, _SMALL)
                    label(canvas, grid + (column + 0.5) * day, y_top - 19, shown, size, align="center")
        top = y = y_top - 26
        rule(canvas, x, x + width, top, 1.2)
        said = [(look.escaped(case.name_of(each)), look.REGULAR) for each in case.exercises]
        for name, font in [*said, (texts("log_pain"), BOLD)]:
            tall = max(_ROW, word_lines(name, names - 6, SIZE, 20, font) * 20 + 6)
            with tag(canvas, "TR"):
                with tag(canvas, "TH", Scope="Row"):
                    words(canvas, name, x, y - (3 if tall > _ROW else 4), names - 6, SIZE, 20, font)
                with tag(canvas, "TD"):
                    pass
            y -= tall
            rule(canvas, x, x + width, y, 0.9)
    for column in range(8):
        upright(canvas, grid + column * day, y, top, 0.9)
    return y_top - y


def _lines(case: Case, lines: int, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    height = _heading(canvas, x, y_top, width, case.texts.plain(case.questions))
    for line in range(1, lines + 1):
        write_in(canvas, x, x + width, y_top - height - _LINE * line)
    return height + _LINE * lines + 2


# ---------------------------------------------------------------- safety, proof, say it back


def _rules(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    texts = case.texts
    height = _heading(canvas, x, y_top, width, texts.plain("rules_heading"))
    with figure_tag(canvas, texts.plain("alt_pain"), x, y_top - height, width, 32):
        _digits(canvas, x, y_top - height, width, min(case.sheet.go_to, STOP_OVER), STOP_OVER)
    height += 42
    with tag(canvas, "L"):
        for key, sign, pain in pain_rows(case):
            sign(canvas, x + 18, y_top - height - 20, 36)
            with tag(canvas, "LI"), tag(canvas, "LBody"):
                lead = f"<b>{texts(key)}. {pain}.</b> {texts(f'{key}_says')}"
                height += max(words(canvas, lead, x + 50, y_top - height, width - 50, SIZE, LEADING), 40) + 9
    return height - 9


def _call(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """Three boxes, the more urgent one under the other, with a heavier line each."""
    texts = case.texts
    height = _heading(canvas, x, y_top, width, texts.plain("call_heading"))
    calls, todays = call_texts(case)
    call = texts.plain("call_us", phone=case.phone) if case.phone else texts.plain("call_us_open")
    boxes = [
        (call, calls, 1.0),
        (texts.plain("today"), todays, 2.2),
    ]
    for title, cases, line in boxes:
        top, inner = y_top - height, 10.0
        with tag(canvas, "H3"):
            inner += (
                words(canvas, look.escaped(title), x + 14, top - inner, width - 28, SIZE, LEADING, BOLD) + 4
            )
        if title == call and not case.phone:
            inner += _line(canvas, x + 14, top - inner, width - 28, texts.plain("phone_line"), "phone")
        inner += _list(canvas, cases, x + 14, top - inner, width - 28) + 10
        box(canvas, x, top, width, inner, line)
        height += inner + 10
    top, inner = y_top - height, 10.0
    where = [
        f"<b>{texts(key)}</b> {texts(case.form(f'{key}_if'))}"
        for key in ("emergency_room", "emergency_number")
    ]
    for said in [*([texts("today_teen")] if case.teen else []), *where]:
        inner += words(canvas, said, x + 14, top - inner, width - 28, SIZE, LEADING) + 8
    box(canvas, x, top, width, inner + 2, 3.6)
    return height + inner + 2


def _trial(case: Case, number: int, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """A ruler from 0 to 10 filled up to the difference, with the likely range as a bracket under it."""
    key, value, low, high = TRIALS[number]
    texts, likely = case.texts, case.texts.plain("proof_range", low=low, high=high)
    height = words(canvas, texts(key), x, y_top, width, SIZE, LEADING) + 24
    left, point = x + 8, (width - 16) / 10
    alt = texts.plain("alt_proof", value=value, range=likely)
    with figure_tag(canvas, alt, x, y_top - height + 24, width, 90):
        for at in range(11):
            label(canvas, left + at * point, y_top - height + 4, str(at), SIZE, align="center")
        bottom = y_top - height - 28
        for at in range(10):
            cell(canvas, left + at * point, bottom, point, 26)
        cell(canvas, left, bottom, value * point, 26, BAR)
        label(canvas, left + value * point - 5, bottom + 7, f"{value}", SIZE, BOLD, WHITE, "right")
        bracket(canvas, left + low * point, left + high * point, bottom - 9)
        label(canvas, left + low * point, bottom - 32, likely, SIZE)
    return height + 64


def _say_back(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    height = _heading(canvas, x, y_top, width, case.texts.plain("say_heading"))
    with tag(canvas, "L"):
        for question in questions(case):
            canvas.setStrokeColor(INK)
            canvas.setLineWidth(1.3)
            canvas.rect(x, y_top - height - 19, 15, 15, stroke=1, fill=0)
            with tag(canvas, "LI"), tag(canvas, "LBody"):
                height += words(canvas, question, x + 26, y_top - height, width - 26, SIZE, LEADING) + 6
    return height


def _confidence(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    texts = case.texts
    low, high = texts.plain("not_sure"), texts.plain("very_sure")
    height = words(canvas, texts("confidence"), x, y_top, width, SIZE, LEADING, BOLD) + 6
    with figure_tag(canvas, texts.plain("alt_sure", low=low, high=high), x, y_top - height, width, 56):
        _digits(canvas, x, y_top - height, width)
        label(canvas, x, y_top - height - 52, low, SIZE, color=SECOND)
        label(canvas, x + width, y_top - height - 52, high, SIZE, color=SECOND, align="right")
    height += 62
    return height + words(canvas, texts("under_7"), x, y_top - height, width, SIZE, LEADING)


def _foot(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    texts = case.texts
    height = words(canvas, texts(case.foot), x, y_top, width, SIZE, LEADING) + 8
    listed = f"{texts('studies', list=studies(case))} {texts('checked', date=checked_day(case))}"
    with tag(canvas, "P", running=False):
        return height + words(canvas, listed, x, y_top - height, width, _SMALL, 17.5, color=SECOND)


# ---------------------------------------------------------------- around a side


def large_furniture(case: Case, canvas: Canvas, number: int, of: int) -> None:
    """The clinic and its phone over every side, the date and the page under it."""
    x, width = case.paper.left(number), case.paper.live_width
    right, base = x + width, case.paper.height - 48
    if case.phone:
        phone, size = fitted(case.phone, BOLD, 20, width * 0.5, SIZE)
        taken = label(canvas, right, base, phone, size, BOLD, align="right") + 26
        icon(canvas, "phone", right - taken, base - 1, 17)
    else:
        write_in(canvas, right - 120, right, base - 3)
        said = label(canvas, right - 126, base, case.texts.plain("phone_line"), SIZE, align="right")
        taken = 126 + said
    clinic, size = fitted(case.clinic, BOLD, SIZE, width - taken - 12, _SMALL)
    label(canvas, x, base, clinic, size, BOLD)
    rule(canvas, x, right, base - 12, 1)
    rule(canvas, x, right, 58, 0.75, RULE)
    page = case.texts.plain("page", page=number, pages=of)
    said = label(canvas, right, 38, page, SIZE, BOLD, align="right")
    day = case.texts.full_day
    replaced = case.texts.plain("replaces", date=day(case.replaces)) if case.replaces else ""
    parts = (replaced or case.texts.plain("sheet", release=case.note.release), day(case.note.visit_date))
    line, size = fitted(" · ".join(parts), look.REGULAR, _SMALL, width - said - 12, _SMALL)
    label(canvas, x, 38, line, size, color=SECOND)
