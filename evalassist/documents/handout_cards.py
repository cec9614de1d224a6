"""An exercise on a card: pictures left; name, dose, steps, where to feel it and what is easier or harder right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from reportlab.pdfgen.canvas import Canvas

from evalassist import resources
from evalassist.documents import look
from evalassist.documents.blocks import (
    Block,
    box,
    fitted,
    label,
    numbered_disc,
    paragraphs,
    rule,
    upright,
    word_lines,
    words,
)
from evalassist.documents.handout_texts import Case, Texts
from evalassist.documents.look import BOLD, INK, REGULAR, RULE, SECOND, WHITE
from evalassist.documents.pictures import draw_missing, draw_picture, picture
from evalassist.note import NoteExercise

_CARD_HEIGHT = 167.0
_PICTURES_WIDTH = 142.0
_PAD = 10.0


@dataclass(frozen=True)
class Card:
    case: Case
    number: int
    exercise: NoteExercise
    with_harder: bool = True
    least_height: float = _CARD_HEIGHT


def card_block(card: Card) -> Block:
    return Block(f"card {card.number} ({card.exercise.id})", partial(_card, card))


def _card(card: Card, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    left = x + _PICTURES_WIDTH + _PAD
    text_width = width - _PICTURES_WIDTH - 2 * _PAD
    height = _head(card, canvas, left, y_top, text_width)
    height += _dose(card, canvas, left, y_top - height, text_width)
    height += _steps(card, canvas, left, y_top - height, text_width)
    height += _foot(card, canvas, left, y_top - height, text_width) + 6
    height = max(height, card.least_height)
    box(canvas, x, y_top, width, height)
    upright(canvas, x + _PICTURES_WIDTH, y_top - height, y_top, 0.75)
    _pictures(card, canvas, x, y_top, height)
    return height


def _head(card: Card, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    texts, chip = card.case.texts, card.exercise.chip
    hip = chip == "HIP"
    numbered_disc(canvas, x + 9, y_top - 15.5, 11, card.number, hip)
    word = texts.plain(f"chip_{chip.lower()}")
    chip_width = look.text_width(word, BOLD, 10.5) + 16
    canvas.setFillColor(INK if hip else WHITE)
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1.2)
    canvas.roundRect(x + width - chip_width, y_top - 23, chip_width, 16, 3, stroke=1, fill=1)
    label(canvas, x + width - chip_width / 2, y_top - 18.7, word, 10.5, BOLD, WHITE if hip else INK, "center")
    name, size = fitted(card.case.name_of(card.exercise), BOLD, 17, width - chip_width - 36, 13)
    label(canvas, x + 28, y_top - 21, name, size, BOLD)
    return 29


def _count_in_words(card: Card) -> str:
    """A count that is no number of times, such as 10 steps each way; after a comma it speaks to the therapist."""
    return card.case.texts.count(card.exercise.reps_text.partition(",")[0])


def _dose_parts(card: Card) -> list[tuple[str, str, str]]:
    """The dose as word, number, unit; what was not dosed is left out, never printed as 0."""
    texts, dose = card.case.texts, card.exercise
    sets, times, in_words = dose.sets, dose.reps, _count_in_words(card)
    if times == 1 and not in_words:  # 3 sets of 1 time is said as 3 times
        sets, times = 0, sets
    parts = []
    if sets > (1 if in_words else 0):
        parts.append(("", str(sets), texts.counted("sets", sets)))
    if times and not in_words:
        parts.append(("", str(times), texts.counted("times", times)))
    if dose.hold_s >= 2:
        parts.append((texts.plain("hold"), str(dose.hold_s), texts.counted("hold_unit", dose.hold_s)))
    return parts


def _dose_extras(card: Card) -> list[str]:
    """What differs from the rest of the sheet: a count in words, other days, another rest."""
    case, dose, in_words = card.case, card.exercise, _count_in_words(card)
    extras = [in_words] if in_words else []
    if dose.days_per_week != case.sheet.days_per_week:
        extras.append(case.texts.counted("days", dose.days_per_week))
    if dose.sets > 1 and dose.rest_s and dose.rest_s != case.shared_rest_s:
        extras.append(case.texts.plain("card_rest", rest=case.texts.duration(dose.rest_s)))
    return extras


def _dose(card: Card, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """The band under the name: how many sets and times, how long to hold, which leg."""
    side = {"right": "leg_right", "left": "leg_left", "both": "legs_both"}[card.exercise.side]
    side_word = card.case.texts.plain(side)
    parts, extras = _dose_parts(card), _dose_extras(card)
    widths = [
        (look.text_width(word, REGULAR, 12.5) + 4 if word else 0)
        + look.text_width(number, BOLD, 19)
        + 5
        + look.text_width(unit, REGULAR, 12.5)
        for word, number, unit in parts
    ]
    extra_widths = [look.text_width(extra, REGULAR, 12.5) for extra in extras]
    free = width - look.text_width(side_word, BOLD, 13) - sum(widths) - sum(extra_widths)
    inline = not extras or free >= 10 * (len(parts) + len(extras))
    between = min(
        26.0, (free if inline else free + sum(extra_widths)) / (len(parts) + len(extras) * inline or 1)
    )
    rule(canvas, x, x + width, y_top, 0.9)
    base, at = y_top - 19, x
    for (word, number, unit), part_width in zip(parts, widths, strict=True):
        inner = at
        if word:
            inner += label(canvas, inner, base, word, 12.5) + 4
        inner += label(canvas, inner, base, number, 19, BOLD) + 5
        label(canvas, inner, base, unit, 12.5)
        at += part_width + between
    label(canvas, x + width, base, side_word, 13, BOLD, align="right")
    height = 25.0
    if inline:
        for extra, extra_width in zip(extras, extra_widths, strict=True):
            label(canvas, at, base, extra, 12.5)
            at += extra_width + between
    else:
        height += words(canvas, look.escaped(" · ".join(extras)), x, y_top - height + 1, width, 12.5, 15)
    rule(canvas, x, x + width, y_top - height, 0.9)
    return height


def step_texts(texts: Texts, exercise: NoteExercise) -> list[str]:
    """The steps with the dose filled in; a sentence about a hold that was not dosed is left out."""
    hold, seconds = exercise.hold_s, texts.plain("hold_unit")
    steps = []
    for step in exercise.steps[texts.language]:
        if not hold:
            step = " ".join(each for each in re.split(r"(?<=[.!?]) ", step) if "{hold}" not in each)
        step = step.replace(f"{{hold}} {seconds}", f"{hold} {texts.counted('hold_unit', hold)}")
        step = step.replace("{hold}", str(hold)).replace("{times}", str(exercise.reps))
        if step:
            steps.append(step)
    return steps


def _steps(card: Card, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    height = 1.5
    for number, step in enumerate(step_texts(card.case.texts, card.exercise), start=1):
        label(canvas, x, y_top - height - 13, str(number), 13, BOLD)
        height += words(canvas, look.escaped(step), x + 16, y_top - height, width - 16, 13, 16.5) + 1.2
    return height


def _foot(card: Card, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """Where to feel it, and under it what is easier and harder; run on where that saves a third line."""
    case, exercise, language = card.case, card.exercise, card.case.texts.language
    feel = case.texts("feel", feel=exercise.feel[language].rstrip("."))
    ways = []
    if exercise.easier.get(language):
        ways.append(case.texts("easier", name=exercise.easier[language]))
    if card.with_harder and exercise.harder.get(language):
        ways.append(case.texts("harder", name=exercise.harder[language]))
    parted = [feel, *([" ".join(ways)] if ways else [])]
    joined = [" ".join([feel, *ways])]
    lines = [sum(word_lines(each, width, 12, 15) for each in said) for said in (parted, joined)]
    return paragraphs(canvas, joined if lines[1] < lines[0] > 2 else parted, x, y_top, width, 12, 15, 0)


def _pictures(card: Card, canvas: Canvas, x: float, y_top: float, height: float) -> None:
    """Start above move for who lies; side by side, on one floor line, for who stands."""
    texts, exercise = card.case.texts, card.exercise
    shown = [picture(f"{exercise.id}-{pose}") for pose in ("start", "end")]
    widest = max((each.width for each in shown if each), default=0)
    half = (_PICTURES_WIDTH - 8) / 2
    stacked = widest > half + 1 if widest else exercise.lying
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.75)
    canvas.setLineCap(1)
    canvas.setDash(0.5, 2.6)
    if stacked:
        canvas.line(x + 8, y_top - height / 2, x + _PICTURES_WIDTH - 8, y_top - height / 2)
        frames = [(x + 4, y_top - row * height / 2, 2 * half, height / 2) for row in (0, 1)]
    else:
        canvas.line(x + 4 + half, y_top - 8, x + 4 + half, y_top - height + 8)
        frames = [(x + 4 + column * half, y_top, half, height) for column in (0, 1)]
    canvas.setDash()
    canvas.setLineCap(0)
    wide, high = frames[0][2], frames[0][3]
    room = high - (4 if stacked else 22)  # beside each other, the words stand above the heads
    scale = min([1.0, *(min(wide / art.width, room / art.height) for art in shown if art)])
    mirrored = exercise.side not in ("both", resources.drawn_leg(exercise.id))
    titles = (texts.plain("start"), texts.plain("move"))
    for art, title, (left, top, _, _) in zip(shown, titles, frames, strict=True):
        label(canvas, left + 3, top - 13, title, 10.5, color=SECOND)
        if art is None:
            draw_missing(canvas, left + 3, top - 18, wide - 6, high - 24, texts("draw_yourself"))
        else:
            draw_picture(canvas, art, left + (wide - art.width * scale) / 2, top - high + 4, scale, mirrored)
