"""An exercise on a card: pictures left; name, dose, steps, where to feel it and what is easier or harder right."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import dataclass, field
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
from evalassist.documents.pictures import draw_missing, draw_picture, picture, reach
from evalassist.documents.tags import figure_tag, tag
from evalassist.note import NoteExercise

_CARD_HEIGHT = 167.0
_PICTURES_WIDTH = 142.0
_WIDE_PICTURES = 176.0
"""On a low card, where start and move stand side by side."""
_POSE_WORDS = 11.5
"""Room around the word over a picture, besides its size."""
_BESIDE_WORD, _UNDER_WORD = 1.5, 3.5
"""From the word over a picture that lies to its lines."""
_PAD = 10.0
_LEG = {"right": "leg_right", "left": "leg_left", "both": "legs_both"}


@dataclass(frozen=True)
class Card:
    case: Case
    number: int
    exercise: NoteExercise = field(compare=False)
    with_harder: bool = True
    least_height: float = _CARD_HEIGHT
    steps: bool = True
    foot: bool = True
    """Where it is felt, and what is easier or harder."""


def card_block(card: Card) -> Block:
    return Block(f"card {card.number} ({card.exercise.id})", partial(_card, card))


def _card(card: Card, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    pictures = _PICTURES_WIDTH if card.foot else _WIDE_PICTURES
    left = x + pictures + _PAD
    text_width = width - pictures - 2 * _PAD
    height = _head(card, canvas, left, y_top, text_width)
    height += _dose(card, canvas, left, y_top - height, text_width)
    if card.steps:
        height += _steps(card, canvas, left, y_top - height, text_width)
    if card.foot:
        height += _foot(card, canvas, left, y_top - height, text_width)
    height = max(height + (6 if card.foot else 4), card.least_height)
    box(canvas, x, y_top, width, height)
    upright(canvas, x + pictures, y_top - height, y_top, 0.75)
    draw_poses(card, canvas, x, y_top, pictures, height)
    return height


def _head(card: Card, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    texts, chip = card.case.texts, card.exercise.chip
    hip = chip == "HIP"
    word = texts.plain(f"chip_{chip.lower()}")
    chip_width = look.text_width(word, BOLD, 10.5) + 16
    name, size = fitted(card.case.name_of(card.exercise), BOLD, 17, width - chip_width - 36, 13)
    with tag(canvas, "H3"):
        numbered_disc(canvas, x + 9, y_top - 15.5, 11, card.number, hip)
        label(canvas, x + 28, y_top - 21, name, size, BOLD)
    canvas.setFillColor(INK if hip else WHITE)
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(1.2)
    canvas.roundRect(x + width - chip_width, y_top - 23, chip_width, 16, 3, stroke=1, fill=1)
    label(canvas, x + width - chip_width / 2, y_top - 18.7, word, 10.5, BOLD, WHITE if hip else INK, "center")
    return 29


def _count_in_words(card: Card) -> str:
    """A count that is no number of times, such as 10 steps each way; after a comma it speaks to the therapist."""
    return card.case.texts.said(card.exercise.reps_text.partition(",")[0])


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
    """What is not the same on the whole sheet: a count in words, a step of load, the days, another rest."""
    case, dose, in_words = card.case, card.exercise, _count_in_words(card)
    extras = [in_words] if in_words else []
    if dose.load_step:
        extras.append(case.texts.plain("card_load", step=case.texts.said(dose.load_step)))
    if case.days_differ:
        extras.append(case.texts.counted("days", dose.days_per_week))
    if dose.sets > 1 and dose.rest_s and dose.rest_s != case.shared_rest_s:
        extras.append(case.texts.plain("card_rest", rest=case.texts.duration(dose.rest_s)))
    return extras


def dose_texts(card: Card) -> list[str]:
    """The whole dose in words, and for which leg."""
    parts = [" ".join(filter(None, part)) for part in _dose_parts(card)]
    return [*parts, *_dose_extras(card), card.case.texts.plain(_LEG[card.exercise.side])]


def _dose(card: Card, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """The band under the name: how many sets and times, how long to hold, which leg."""
    side_word = card.case.texts.plain(_LEG[card.exercise.side])
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
    base, at, height = y_top - 19, x, 25.0
    with tag(canvas, "L"):
        for (word, number, unit), part_width in zip(parts, widths, strict=True):
            inner = at
            with tag(canvas, "LI"), tag(canvas, "LBody"):
                if word:
                    inner += label(canvas, inner, base, word, 12.5) + 4
                inner += label(canvas, inner, base, number, 19, BOLD) + 5
                label(canvas, inner, base, unit, 12.5)
            at += part_width + between
        with tag(canvas, "LI"), tag(canvas, "LBody"):
            label(canvas, x + width, base, side_word, 13, BOLD, align="right")
        if inline:
            for extra, extra_width in zip(extras, extra_widths, strict=True):
                with tag(canvas, "LI"), tag(canvas, "LBody"):
                    label(canvas, at, base, extra, 12.5)
                at += extra_width + between
        else:
            said = look.escaped(" · ".join(extras))
            with tag(canvas, "LI"), tag(canvas, "LBody"):
                height += words(canvas, said, x, y_top - height + 1, width, 12.5, 15)
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
    size, leading = (13.0, 16.5) if card.foot else (12.0, 14.6)
    with tag(canvas, "L", ListNumbering="Decimal"):
        for number, step in enumerate(step_texts(card.case.texts, card.exercise), start=1):
            with tag(canvas, "LI"):
                with tag(canvas, "Lbl"):
                    label(canvas, x, y_top - height - size, str(number), size, BOLD)
                with tag(canvas, "LBody"):
                    said = look.escaped(step)
                    height += words(canvas, said, x + 16, y_top - height, width - 16, size, leading)
            height += 1.2
    return height


def foot_texts(card: Card) -> list[str]:
    """Where to feel it, what is easier and what is harder; the clinic answers where the library names no move."""
    texts, exercise = card.case.texts, card.exercise
    ways = {"easier": exercise.easier, **({"harder": exercise.harder} if card.with_harder else {})}
    return [
        texts("feel", feel=exercise.feel[texts.language].rstrip(".")),
        *(texts(way, name=name.get(texts.language) or texts.plain("ask_us")) for way, name in ways.items()),
    ]


def _foot(card: Card, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """Where to feel it, and under it what is easier and harder; run on where that saves a third line.

    Where no move is named, one line is enough too.
    """
    feel, *ways = foot_texts(card)
    parted, joined = [feel, " ".join(ways)], [" ".join([feel, *ways])]
    lines = [sum(word_lines(each, width, 12, 15) for each in said) for said in (parted, joined)]
    named = card.exercise.easier or card.exercise.harder
    return paragraphs(
        canvas, joined if lines[1] < lines[0] > (2 if named else 1) else parted, x, y_top, width, 12, 15, 0
    )


def poses_height(card: Card, width: float, size: float, largest: float) -> float:
    """The height at which both pictures, beside each other, are enlarged as far as they may be."""
    shown = [picture(f"{card.exercise.id}-{pose}") for pose in ("start", "end")]
    half = (width - 8) / 2
    tallest = max(
        (each.height * min(largest, (half - 2) / each.width) for each in shown if each), default=100
    )
    return tallest + _POSE_WORDS + size


def draw_poses(
    card: Card,
    canvas: Canvas,
    x: float,
    y_top: float,
    width: float,
    height: float,
    size: float = 10.5,
    largest: float = 1.0,
) -> None:
    """Start above move, or side by side on one floor line: whichever shows them larger.

    `size` is that of their words, `largest` how much a picture may be enlarged.
    """
    texts, exercise = card.case.texts, card.exercise
    shown = [picture(f"{exercise.id}-{pose}") for pose in ("start", "end")]
    arts = [art for art in shown if art]
    half = (width - 8) / 2
    tall = any(art.height > 0.7 * art.width for art in arts)  # words beside who lies would lie on a head
    words_high = _POSE_WORDS + size
    room_above, room_beside = height / 2 - (words_high if tall else 4), height - words_high
    said = {pose: texts.plain(pose) for pose in ("start", "move")}
    above = min([largest, *(min(2 * half / art.width, room_above / art.height) for art in arts)])
    if not tall:  # a word may stand over a low corner, but never on the drawing
        word = 3 + max(look.text_width(each, REGULAR, size) for each in said.values()) + _BESIDE_WORD
        corners = [reach(art, (word - half) / above + art.width / 2) for art in arts]
        above = min([above, *((room_above - size - _UNDER_WORD) / each for each in corners if each)])
    beside = min([largest, *(min((half - 2) / art.width, room_beside / art.height) for art in arts)])
    stacked = card.foot and (above > beside if arts else exercise.lying)
    scale = above if stacked else beside
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.75)
    canvas.setLineCap(1)
    canvas.setDash(0.5, 2.6)
    if stacked:
        canvas.line(x + 8, y_top - height / 2, x + width - 8, y_top - height / 2)
        frames = [(x + 4, y_top - row * height / 2, 2 * half, height / 2) for row in (0, 1)]
    else:
        canvas.line(x + 4 + half, y_top - 8, x + 4 + half, y_top - height + 8)
        frames = [(x + 4 + column * half, y_top, half, height) for column in (0, 1)]
    canvas.setDash()
    canvas.setLineCap(0)
    wide, high = frames[0][2], frames[0][3]
    mirrored = exercise.side not in ("both", resources.drawn_leg(exercise.id))
    over_the_head = stacked and mirrored and not tall  # on the other side a lifted foot would touch the word
    name, leg = card.case.name_of(exercise), texts.plain(_LEG[exercise.side])
    for art, pose, (left, top, _, _) in zip(shown, ("start", "move"), frames, strict=True):
        alt = texts.plain(f"alt_{pose}", name=name, leg=leg)
        with figure_tag(canvas, alt, left, top, wide, high) if art else nullcontext():
            if over_the_head:
                label(
                    canvas, left + wide - 3, top - 2.5 - size, said[pose], size, color=SECOND, align="right"
                )
            else:
                label(canvas, left + 3, top - 2.5 - size, said[pose], size, color=SECOND)
            if art is None:
                draw_missing(canvas, left + 3, top - 18, wide - 6, high - 24, texts("draw_yourself"))
            else:
                spare = wide - art.width * scale
                # Someone who sits is tall: beside the word, not under it.
                middle = left + (spare - 4 if stacked and art.height > 0.7 * art.width else spare / 2)
                draw_picture(canvas, art, middle, top - high + 4, scale, mirrored)
