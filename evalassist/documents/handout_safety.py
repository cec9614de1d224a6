"""The last side: how much pain is all right, when to call, does it work, say it back, studies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
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
    heading,
    label,
    paragraphs,
    rule,
    upright,
    word_lines,
    words,
    write_in,
)
from evalassist.documents.handout_texts import NO_BREAK, Case
from evalassist.documents.icons import go_sign, slow_sign, stop_sign
from evalassist.documents.look import BAR, BOLD, INK, RULE, SECOND, WHITE
from evalassist.documents.tags import figure_tag, tag

_SIGN_WORDS = 94.0
"""The room for GO, SLOW DOWN and STOP and their numbers, between sign and sentence."""

Sign = Callable[[Canvas, float, float, float], None]

TRIALS = (("proof_none", 3.3, 1.1, 5.6), ("proof_knee", 1.5, 0.8, 2.3))
"""What the studies found against: its text, points less pain, and the likely range."""
STOP_OVER = 5
"""Pain over this stops a move, on every sheet (one pain rule)."""


def safety_blocks(case: Case, size: float, not_first: bool) -> list[Block]:
    """The blocks of the last side; `not_first` brings the sentence for which side 1 had no room."""
    return [
        Block("how much pain is OK", partial(_rules, case, size)),
        Block("when to call", partial(_call, case, size)),
        Block("does it work", partial(_proof, case, size, not_first)),
        Block("say it back", partial(_say_back, case, size)),
        Block("foot and studies", partial(_foot, case)),
    ]


def _rules(case: Case, size: float, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """One ruler from 0 to 10 and a row for GO, SLOW DOWN and STOP; SLOW DOWN only where it has numbers."""
    texts, go_to = case.texts, min(case.sheet.go_to, STOP_OVER)
    height = heading(canvas, x, y_top, texts.plain("rules_heading")) + 1
    each = width / 11
    with figure_tag(canvas, texts.plain("alt_pain"), x, y_top - height, width, 21):
        for pain in range(11):
            left, low = x + pain * each, y_top - height - 21
            stops, slows = pain > STOP_OVER, go_to < pain <= STOP_OVER
            cell(canvas, left, low, each, 21, BAR if stops else WHITE, hatched=slows)
            if slows:
                canvas.setFillColor(WHITE)
                canvas.rect(left + each / 2 - 9, low + 2.5, 18, 16, stroke=0, fill=1)
            label(canvas, left + each / 2, low + 5.7, str(pain), 14, BOLD, WHITE if stops else INK, "center")
    height += 21 + 4
    rows = pain_rows(case)
    said_left = x + 146
    word_size = _size_for([texts.plain(key) for key, _, _ in rows], BOLD, 16, _SIGN_WORDS)
    pain_size = _size_for([pain_words for _, _, pain_words in rows], look.REGULAR, 14, _SIGN_WORDS)
    with tag(canvas, "L"):
        for number, (key, sign, pain_words) in enumerate(rows):
            middle = y_top - height - 16.5
            sign(canvas, x + 16, middle, 30)
            says = texts(f"{key}_says")
            said = word_lines(says, x + width - said_left, size, size * 1.27) * size * 1.27
            tall = max(33.0, said + 1)
            with tag(canvas, "LI"), tag(canvas, "LBody"):
                label(canvas, x + 42, middle + 3.5, texts.plain(key), word_size, BOLD)
                label(canvas, x + 42, middle - 12.5, pain_words, pain_size)
                words(
                    canvas, says, said_left, middle + said / 2 + 1, x + width - said_left, size, size * 1.27
                )
            height += tall
            if number < len(rows) - 1:
                rule(canvas, x, x + width, y_top - height, 0.75, RULE)
                height += 2
    return height


def pain_rows(case: Case) -> list[tuple[str, Sign, str]]:
    """Key, sign and pain of GO, SLOW DOWN and STOP; SLOW DOWN only where it has numbers."""
    go_to = min(case.sheet.go_to, STOP_OVER)
    rows: list[tuple[str, Sign, str]] = [("go", go_sign, _pain_span(case, 0, go_to))]
    if go_to < STOP_OVER:
        rows.append(("slow", slow_sign, _pain_span(case, go_to + 1, STOP_OVER)))
    return [*rows, ("stop", stop_sign, case.texts.plain("pain_over", limit=STOP_OVER))]


def _size_for(lines: Iterable[str], font: str, size: float, width: float) -> float:
    """The one size at which each of the lines fits."""
    return min(fitted(line, font, size, width, 12)[1] for line in lines)


def _pain_span(case: Case, low: int, high: int) -> str:
    if low == high:
        return case.texts.plain("pain_only", to=high)
    return case.texts.plain("pain_range", low=low, to=high)


def _call(case: Case, size: float, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """Two boxes, the urgent one with the heavy line, and under them the emergency room and the number."""
    texts = case.texts
    height = heading(canvas, x, y_top, texts.plain("call_heading")) + 1
    top = y_top - height
    left_width = (width - 9) * 0.409
    right_width = width - 9 - left_width
    right_x = x + left_width + 9
    leading = size * 1.27
    calls, todays = call_texts(case)
    if case.phone:
        phone = case.phone.replace(" ", NO_BREAK)  # a long one stands whole on a second line
        with tag(canvas, "H3"):
            said = words(
                canvas, texts("call_us", phone=phone), x + 10, top - 2.5, left_width - 20, 13.5, 16.5, BOLD
            )
        lower = said - 16.5
    else:
        with tag(canvas, "H3"):
            label(canvas, x + 10, top - 16, texts.plain("call_us_open"), 13.5, BOLD)
        lower = 24.0
        room = label(canvas, x + 11, top - 36, texts.plain("phone_line"), 12)
        write_in(canvas, x + 11 + room + 4, x + left_width - 11, top - 38)
    left = bullets(canvas, calls, x + 10, top - 22 - lower, left_width - 14, size, leading) + lower
    with tag(canvas, "H3"):
        label(canvas, right_x + 10, top - 16, texts.plain("today"), 13.5, BOLD)
    right = bullets(canvas, todays, right_x + 10, top - 22, right_width - 14, size, leading)
    tall = 22 + max(left, right) + 5
    box(canvas, x, top, left_width, tall, 1)
    box(canvas, right_x, top, right_width, tall, 2.6)
    height += tall
    if case.teen:
        height += 4 + words(canvas, texts("today_teen"), x, y_top - height - 4, width, size, leading)
    for key in ("emergency_room", "emergency_number"):
        height += 4
        height += _tab(case, key, size, canvas, x, y_top - height, width)
    return height


def call_texts(case: Case) -> tuple[list[str], list[str]]:
    """When to call the clinic, and when to get care the same day."""
    calls, todays = ((f"call_{n}" for n in (1, 2, 3)), (f"today_{n}" for n in range(1, 6)))
    return [case.texts(case.form(key)) for key in calls], [case.texts(case.form(key)) for key in todays]


def _tab(case: Case, key: str, size: float, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """A black tab with where to go, and beside it when."""
    texts = case.texts
    tab_width = (
        max(look.text_width(texts.plain(each), BOLD, 14) for each in ("emergency_room", "emergency_number"))
        + 20
    )
    says, room, leading = texts(case.form(f"{key}_if")), width - tab_width - 10, size * 1.2
    height = max(23.0, word_lines(says, room, size, leading, BOLD) * leading + 4)
    canvas.setFillColor(INK)
    canvas.roundRect(x, y_top - height, tab_width, height, 3, stroke=0, fill=1)
    with tag(canvas, "P"):
        label(
            canvas, x + tab_width / 2, y_top - height / 2 - 4.8, texts.plain(key), 14, BOLD, WHITE, "center"
        )
        words(canvas, says, x + tab_width + 10, y_top - 3, room, size, leading, BOLD)
    return height


def _proof(
    case: Case, size: float, not_first: bool, canvas: Canvas, x: float, y_top: float, width: float
) -> float:
    texts = case.texts
    leading = size * 1.27
    column = (width - 20) / 2
    right_x = x + column + 20
    left = heading(canvas, x, y_top, texts.plain("proof_heading"))
    left += words(canvas, texts("proof"), x, y_top - left, column, size, leading) + 5
    for key, value, low, high in TRIALS:
        left += _ruler(case, key, value, low, high, canvas, x, y_top - left, column)
    right = heading(canvas, right_x, y_top, texts.plain("sure_heading"))
    sure = [*([texts("not_first")] if not_first else []), *sure_texts(case)]
    right += paragraphs(canvas, sure, right_x, y_top - right, column, size, leading)
    height = max(left, right)
    upright(canvas, x + column + 10, y_top - height + 2, y_top - 4, 0.75, RULE)
    return height


def sure_texts(case: Case) -> list[str]:
    """How sure the studies are, also for this age."""
    *first, last = case.texts.paragraphs("sure")
    age = "sure_teen" if case.teen else "sure_older" if case.older else ""
    return [*first, f"{last} {case.texts(age)}" if age else last]


def _ruler(
    case: Case,
    key: str,
    value: float,
    low: float,
    high: float,
    canvas: Canvas,
    x: float,
    y_top: float,
    width: float,
) -> float:
    """A ruler from 0 to 10 filled up to the difference, with the likely range as a bracket under it."""
    texts = case.texts
    words(canvas, texts(key), x, y_top, width, 12, 15)
    likely = texts.plain("proof_range", low=low, high=high)
    with figure_tag(canvas, texts.plain("alt_proof", value=value, range=likely), x, y_top - 15, width, 43.5):
        _marked_ruler(value, low, high, likely, canvas, x, y_top, width)
    return 58.5


def _marked_ruler(
    value: float, low: float, high: float, likely: str, canvas: Canvas, x: float, y_top: float, width: float
) -> None:
    left, point = x + 4, (width - 8) / 10
    for number in range(11):
        label(canvas, left + number * point, y_top - 25, str(number), 10, align="center")
    bottom = y_top - 45.5
    for number in range(10):
        cell(canvas, left + number * point, bottom, point, 17)
    cell(canvas, left, bottom, value * point, 17, BAR)
    label(canvas, left + value * point - 4, bottom + 4, f"{value}", 13, BOLD, WHITE, "right")
    bracket(canvas, left + low * point, left + high * point, bottom - 6)
    label(canvas, left + high * point + 6, bottom - 10.2, likely, 11)


def questions(case: Case) -> tuple[str, ...]:
    """What the patient says back: why, when, and what to do about pain."""
    texts = case.texts
    return (
        texts(case.form("say_why") if case.combined else case.number_form("say_why_neutral")),
        *([] if case.moves_later else [texts(case.number_form("say_when"))]),
        texts("say_pain", limit=STOP_OVER),
    )


def _say_back(case: Case, size: float, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    texts = case.texts
    leading = size * 1.27
    column = (width - 20) / 2
    right_x = x + column + 20
    left = heading(canvas, x, y_top, texts.plain("say_heading"))
    with tag(canvas, "L"):
        for question in questions(case):
            canvas.setStrokeColor(INK)
            canvas.setLineWidth(1)
            canvas.rect(x, y_top - left - 13.5, 11, 11, stroke=1, fill=0)
            with tag(canvas, "LI"), tag(canvas, "LBody"):
                left += words(canvas, question, x + 18, y_top - left, column - 12, size, leading)
            left += 1.5
    if case.moves_later:
        return left
    right = 18.0
    label(canvas, right_x, y_top - 13, texts.plain("confidence"), 13, BOLD)
    each = column / 11
    low, high = texts.plain("not_sure"), texts.plain("very_sure")
    with figure_tag(canvas, texts.plain("alt_sure", low=low, high=high), right_x, y_top - right, column, 34):
        for number in range(11):
            cell(canvas, right_x + number * each, y_top - right - 21, each, 21)
            middle = right_x + (number + 0.5) * each
            label(canvas, middle, y_top - right - 15.2, str(number), 13, align="center")
        right += 21
        label(canvas, right_x, y_top - right - 10.5, low, 10.5, color=SECOND)
        label(canvas, right_x + column, y_top - right - 10.5, high, 10.5, color=SECOND, align="right")
    right += 13
    right += words(canvas, texts("under_7"), right_x, y_top - right, column, 12, 15)
    return max(left, right)


def _foot(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """What the sheet is, how to get it in another form, and the studies the text leans on."""
    texts = case.texts
    rule(canvas, x, x + width, y_top, 0.75)
    height = 3 + words(canvas, texts(case.foot), x, y_top - 3, width, 12, 14.6)
    listed = texts("studies", list=studies(case))
    checked = texts("checked", date=checked_day(case))
    height += 3
    with tag(canvas, "P", running=False):
        return height + words(canvas, f"{listed} {checked}", x, y_top - height, width, 9, 10.8, color=SECOND)


def studies(case: Case) -> str:
    """The studies that the text leans on, numbered."""
    cites = [
        study.cite
        for study in case.texts.studies
        if not study.only or (study.only == "ladder" and case.sheet.activity_ladder)
    ]
    return ". ".join(f"{n} {cite}" for n, cite in enumerate(cites, start=1))


def checked_day(case: Case) -> str:
    """When the evidence was last checked: a day, or a month as the content states it (2026-11)."""
    stated = case.note.evidence_checked
    if len(stated) == len("2026-11"):
        return case.texts.month(date.fromisoformat(f"{stated}-01"))
    return case.texts.full_day(date.fromisoformat(stated))
