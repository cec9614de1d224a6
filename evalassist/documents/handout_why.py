"""Side 1 of the sheet: the question, the message, what was found, how the hip helps the knee."""

from __future__ import annotations

from functools import partial

from reportlab.pdfgen.canvas import Canvas

from evalassist.documents import look
from evalassist.documents.blocks import (
    Block,
    arrow_right,
    box,
    bracket,
    cell,
    fitted,
    heading,
    label,
    paragraphs,
    rule,
    upright,
    words,
    write_in,
)
from evalassist.documents.figure_hip_knee import figure
from evalassist.documents.handout_texts import Case
from evalassist.documents.icons import icon
from evalassist.documents.logo import MOST_WIDTH, draw_logo
from evalassist.documents.look import BAR, BOLD, RULE, SECOND, SEMIBOLD, WHITE
from evalassist.documents.tags import figure_tag, tag
from evalassist.errors import DocumentError
from evalassist.translate import tr

_FIGURE_WIDTH, _FIGURE_GAP = 261.0, 16.0


def why_blocks(case: Case, size: float, step_down: bool, not_first: bool) -> list[Block]:
    """The blocks of side 1 with body text of a size; what does not fit is left out as the overflow order says."""
    return [
        header_block(case),
        Block("title", partial(_title, case)),
        Block("message", partial(_message, case)),
        Block("what we found", partial(_found, case, size, step_down)),
        Block("how the hip helps", partial(_why, case, size, not_first)),
        Block("other forms", partial(_other_forms, case)),
    ]


def header_block(case: Case) -> Block:
    return Block("header", partial(_header, case))


def _header(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    right = x + width
    if case.phone:
        phone, size = fitted(case.phone, BOLD, 19, width * 0.45, 12)
        said = label(canvas, right, y_top - 15, phone, size, BOLD, align="right")
        icon(canvas, "phone", right - said - 20, y_top - 15.5, 15)
        taken = said + 30
    else:
        write_in(canvas, right - 110, right, y_top - 16)
        said = label(canvas, right - 115, y_top - 15, case.texts.plain("phone_line"), 13, BOLD, align="right")
        taken = 125 + said
    if case.clinic:
        name, size = fitted(case.clinic, BOLD, 15, width - taken - 12, 11)
        label(canvas, x, y_top - 14, name, size, BOLD)
    else:
        said = label(canvas, x, y_top - 14, case.texts.plain("clinic_line"), 13, BOLD)
        write_in(canvas, x + said + 5, right - taken - 16, y_top - 16)
    line_left = right - 140
    said = label(
        canvas, line_left - 5, y_top - 31, case.texts.plain("name_line"), 10.5, color=SECOND, align="right"
    )
    if case.name_on_sheet:
        name, size = fitted(case.name_on_sheet, SEMIBOLD, 13, 136, 10)
        label(canvas, line_left + 4, y_top - 30.5, name, size, SEMIBOLD)
    else:
        write_in(canvas, line_left, right, y_top - 33)
    address, size = fitted(case.address, look.REGULAR, 9.5, width - 140 - said - 20, 9)
    label(canvas, x, y_top - 31, address, size, color=SECOND)
    rule(canvas, x, right, y_top - 39, 1.2)
    return 39


def _title(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    key = case.form("title" if case.combined else "title_neutral")
    lines = case.texts.lines(key)
    with tag(canvas, "H1"):
        for number, line in enumerate(lines):
            label(canvas, x - 1.5, y_top - 26 - 33 * number, line, 30, BOLD)
    if case.logo:
        room = width - max(look.text_width(line, BOLD, 30) for line in lines) - 12
        draw_logo(canvas, case.logo, x + width, y_top - 6, min(room, MOST_WIDTH))
    words(canvas, case.texts("deck"), x, y_top - 66, width, 13.5, 17.6, color=SECOND)
    return 82


def message_text(case: Case) -> str:
    return case.texts(case.form("message") if case.combined else case.number_form("message_neutral"))


def _message(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    texts = case.texts
    said = words(canvas, message_text(case), x + 14, y_top - 9, width - 28, 17, 22, BOLD)
    if case.moves_later:
        height = 9 + said + 4
        if not case.ends:
            height += words(canvas, texts("moves_later"), x + 14, y_top - height, width - 28, 13.5, 17.6)
        height += 10
        box(canvas, x, y_top, width, height, 1.6)
        return height
    middle = y_top - 9 - said - 13
    starts = case.sheet.start_date
    right_words = (
        texts.plain("start_on_date", date=case.day(starts), page=case.moves_page)
        if starts
        else texts.plain("start_on_page", page=case.moves_page)
    )
    left_width = look.text_width(texts.plain("do_at_home"), BOLD, 13.5)
    right_width = look.text_width(right_words, BOLD, 12.5) + 24
    rule(canvas, x, x + 9, middle, 1.6)
    rule(canvas, x + 14 + left_width + 6, x + width - 14 - right_width - 5, middle, 1.6)
    rule(canvas, x + width - 9, x + width, middle, 1.6)
    label(canvas, x + 14, middle - 4.5, texts.plain("do_at_home"), 13.5, BOLD)
    _strip(case, canvas, x + 14, middle - 12, width - 28)
    label(canvas, x + width - 14 - right_width, middle - 4.2, right_words, 12.5, BOLD)
    arrow_right(canvas, x + width - 32, middle)
    height = y_top - middle + 56
    box(canvas, x, y_top, width, height, 1.6)
    return height


def strip_cells(case: Case) -> list[tuple[str, str, str]]:
    """Icon, number and unit of what to do at home."""
    sheet = case.sheet
    cells = [
        ("person", str(len(case.exercises)), "strip_moves"),
        ("calendar", case.days_a_week, "strip_days"),
        ("clock", str(sheet.minutes), "strip_minutes"),
    ]
    if sheet.weeks is not None:
        cells.append(("weeks", str(sheet.weeks), "strip_weeks"))
    return [(name, number, case.texts.counted(key, number)) for name, number, key in cells]


def _strip(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> None:
    """Moves, days, minutes and weeks as numbers, each with its icon and unit."""
    shown = []
    for name, number, said in strip_cells(case):
        unit = said.split("\n")
        digits = look.text_width(number, BOLD, 27)
        shown.append((name, number, unit, digits, max(look.text_width(u, SEMIBOLD, 12.5) for u in unit)))
    natural = [29 + digits + 6 + unit_width for _, _, _, digits, unit_width in shown]
    between = (width - sum(natural)) / (len(shown) - 1)
    base = y_top - 28
    with tag(canvas, "L"):
        for position, (name, said, unit, digits, unit_width) in enumerate(shown):
            icon(canvas, name, x, base - 1, 21)
            with tag(canvas, "LI"), tag(canvas, "LBody"):
                label(canvas, x + 29, base, said, 27, BOLD)
                first = base + 9.5 if len(unit) == 2 else base + 3
                for line, text in enumerate(unit):
                    label(canvas, x + 29 + digits + 6, first - 13.5 * line, text, 12.5, SEMIBOLD)
            x += 29 + digits + 6 + unit_width + between
            if position < len(shown) - 1:
                upright(canvas, x - between / 2, base - 9, base + 23, 0.75, RULE)


def found_texts(case: Case, step_down: bool = True) -> list[str]:
    """What the sheet says was found at the hip, one paragraph a part."""
    texts, found = case.texts, case.sheet.found
    sore = case.note.sore_knee
    weaker = found.weaker or (sore if sore != "both" and found.variant != "V5" else None)
    if found.variant in ("V1", "V2", "V5") and weaker is None:
        raise DocumentError(
            tr("The note does not say which hip made less force, so the sheet cannot be printed.")
        )
    said: list[list[str]] = []
    again, starts = case.sheet.retest_date, case.sheet.start_date
    if again and starts and again <= starts:  # before any practice there is nothing new to find
        again = None
    retest = [texts("found_retest", date=case.day(again)) if again else texts("found_retest_open")]
    if case.ends:
        retest = []
    side = case.side_words(weaker or "right")
    percent = found.percent
    hurt = [texts("found_hurt")] if found.hurt else []
    common = texts("found_common")
    if not case.both:
        same_side = [texts("found_same_side"), common]
    elif _trains_both(case):
        same_side = [texts("found_both_knees"), common]
    else:
        same_side = [texts("found_both_knees_only"), common, *_trained(case)]
    match found.variant:
        case "V1":
            little = percent is not None and percent < 15
            lead = [texts("found_v1_little" if little else "found_v1", **side)]
            if percent is not None:
                lead.append(texts("found_number", **side, percent=percent, rest=100 - percent))
            off = [texts("found_off")] if percent is not None else []
            said = [lead + hurt, same_side, [*off, *retest]]
        case "V2":
            said = [[texts("found_by_hand"), texts("found_v2", **side), *hurt], same_side, retest]
        case "V3":
            alike = [texts("found_v3_alike")] if found.alike else []
            train = [texts("found_v3_train"), common] if _trains_both(case) else [common, *_trained(case)]
            said = [[texts("found_v3"), *alike, *hurt], [*train, *retest]]
        case "V4" | "same":
            same = "found_same" if found.variant == "same" else "found_v4_alike"
            lead = [texts("found_v4" if found.strong else same)]
            said = [lead]
            if case.hips:
                lead.append(texts(_one("found_still", len(case.hips))))
                said.append([texts("found_still_why")])
            said[-1] += retest
        case "V5":
            said = [[texts("found_v5", **side), *_trained(case), *hurt], retest]
        case "mixed":
            said = [[texts("found_by_hand"), *retest]]
        case "V6" | "one-side" | "part":
            keys = {"one-side": "found_one_side", "part": "found_part"}
            told = texts(keys.get(found.variant, "found_v6_hurt" if found.hurt else "found_v6"))
            # its second sentence is what is done at the next visit
            said = [[told.partition(". ")[0] + "." if case.ends else told]]
            first = case.note.follow_up is None  # later the patient does them already
            if first and case.sheet.start_date is None and case.hips:
                said.append([texts(_one("found_start", len(case.hips)), page=case.moves_page)])
    if step_down and found.step_down:
        both = found.step_down == "both"
        knee = {} if both else case.side_words(found.step_down)
        said.append([texts("found_step_down_both" if both else "found_step_down", **knee)])
    return [" ".join(sentences) for sentences in said if sentences]


def _one(key: str, number: int) -> str:
    """The key of the form for one thing."""
    return f"{key}_one" if number == 1 else key


def _trains_both(case: Case) -> bool:
    """Every hip move trains both sides, or there is one for each side."""
    return {each.side for each in case.hips} in ({"both"}, {"right", "left"})


def _trained(case: Case) -> list[str]:
    """Which sides the hip moves of this very sheet train; nothing is promised that is not on a card."""
    sides = {each.side for each in case.hips}
    if not sides:
        return []
    if _trains_both(case):
        return [case.texts("found_train_both")]
    if len(sides) > 1:
        return [case.texts("found_train_some")]
    side = case.texts.plain(f"side_{sides.pop()}")
    return [case.texts(_one("found_train_one_side", len(case.hips)), side=side)]


def _found(
    case: Case, size: float, step_down: bool, canvas: Canvas, x: float, y_top: float, width: float
) -> float:
    found = case.sheet.found
    height = heading(canvas, x, y_top, case.texts.plain("found_heading"))
    has_bars = found.percent is not None
    text_width = width * 0.6 if has_bars else width
    said = paragraphs(canvas, found_texts(case, step_down), x, y_top - height, text_width, size, size * 1.304)
    bars = 0.0
    if found.percent is not None:
        percent, left, bars_width = found.percent, x + text_width + 20, width - text_width - 20
        with figure_tag(canvas, bars_in_words(case, percent), left, y_top - height, bars_width, 130):
            bars = _bars(case, percent, canvas, left, y_top - height, bars_width)
    return height + max(said, bars)


def bars_in_words(case: Case, percent: int) -> str:
    weaker = case.sheet.found.weaker or case.note.sore_knee
    return case.texts.plain(
        "alt_bars",
        heading=case.texts.plain("bars_heading"),
        stronger=case.texts.plain("bar_left" if weaker == "right" else "bar_right"),
        weaker=case.texts.plain(f"bar_{weaker}"),
        rest=100 - percent,
        less=case.texts.plain("bar_less", percent=percent),
    )


def _bars(case: Case, percent: int, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """Two bars from 0: the stronger hip hatched and full, the weaker one as long as its force."""
    texts = case.texts
    weaker = case.sheet.found.weaker or case.note.sore_knee
    stronger = "left" if weaker == "right" else "right"
    title, size = fitted(texts.plain("bars_heading"), SEMIBOLD, 12, width, 10)
    label(canvas, x, y_top - 11, title, size, SEMIBOLD)
    label(canvas, x, y_top - 30, texts.plain(f"bar_{stronger}"), 12)
    cell(canvas, x, y_top - 60, width, 25, hatched=True)
    canvas.setFillColor(WHITE)
    canvas.rect(x + width - 38, y_top - 57.5, 34, 20, stroke=0, fill=1)
    label(canvas, x + width - 8, y_top - 53, "100", 17, BOLD, align="right")
    label(canvas, x, y_top - 76, texts.plain(f"bar_{weaker}"), 12, BOLD)
    length = width * (100 - percent) / 100
    cell(canvas, x, y_top - 106, width, 25)
    cell(canvas, x, y_top - 106, length, 25, BAR)
    if length >= 34:
        label(canvas, x + length - 8, y_top - 99, str(100 - percent), 17, BOLD, WHITE, "right")
    else:
        label(canvas, x + length + 6, y_top - 99, str(100 - percent), 17, BOLD)
    bracket(canvas, x + length, x + width, y_top - 112.5)
    label(canvas, x, y_top - 117, "0", 10, color=SECOND)
    label(
        canvas, x + width, y_top - 126.5, texts.plain("bar_less", percent=percent), 13.5, BOLD, align="right"
    )
    return 130


def why_texts(case: Case, not_first: bool = True) -> list[str]:
    """How the hip helps the knee, and with `not_first` that a weak hip was not shown to come first."""
    training = "why_training" if case.of_hips else "why_training_neutral"
    parts = [("why_steady", "why_groove"), ("why_tired", "why_drifts", "why_load"), (training, "why_pain")]
    last = [("not_first",)] if not_first else []
    return [" ".join(case.texts(case.form(key)) for key in keys) for keys in (*parts, *last)]


def _why(
    case: Case, size: float, not_first: bool, canvas: Canvas, x: float, y_top: float, width: float
) -> float:
    texts = case.texts
    title = texts.plain(case.form("why_heading" if case.of_hips else "why_heading_neutral"))
    height = heading(canvas, x, y_top, title)
    column = width - _FIGURE_WIDTH - _FIGURE_GAP
    said = why_texts(case, not_first)
    left = paragraphs(canvas, said, x, y_top - height, column, size, size * 1.304, 5.5)
    beside = (
        look.text_width(title, BOLD, 17) < column
    )  # else the titles of the figure stand under the heading
    raised = 6 if beside else -2
    right = figure(case, canvas, x + width - _FIGURE_WIDTH, y_top - height + raised, _FIGURE_WIDTH)
    return height + max(left, right - raised)


def _other_forms(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    """On the first side, where who needs large print or another language still sees it."""
    return words(canvas, case.texts("other_forms"), x, y_top, width, 12, 15)
