"""The moves alone, to hang up: pictures, dose and steps, with how much pain is all right under them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from reportlab.pdfgen.canvas import Canvas

from evalassist.documents.blocks import Block, fitted, label, paragraphs, words
from evalassist.documents.handout_cards import Card, card_block
from evalassist.documents.handout_plan import plan_call
from evalassist.documents.handout_safety import pain_rows
from evalassist.documents.handout_sides import LEAST_GAP, Ruler, Side, refuse
from evalassist.documents.handout_texts import Case
from evalassist.documents.handout_why import header_block
from evalassist.documents.look import BOLD
from evalassist.documents.tags import tag

_MOST_ON_ONE_SIDE = 6
_LOWEST, _TALLEST = 66.0, 150.0
"""Between these heights a card grows with the room there is."""


def moves_sides(case: Case) -> tuple[Case, list[Side]]:
    """One side, or two for more moves than it holds; each says how much pain is all right, whichever hangs in front."""
    ruler, count = Ruler(case), len(case.exercises)
    half = (count + 1) // 2
    over = [header_block(case), Block("do this at home", partial(_title, case))]
    made = [_side(case, ruler, 1, over, range(count))]
    if count > 1 and (count > _MOST_ON_ONE_SIDE or made[0].gap < LEAST_GAP):
        made = [_side(case, ruler, 1, over, range(half)), _side(case, ruler, 2, [], range(half, count))]
    refuse(dict(enumerate(made, start=1)))
    return case, made


def _side(case: Case, ruler: Ruler, number: int, over: Sequence[Block], moves: range) -> Side:
    """Where the steps of these moves have no room, their pictures and doses stand alone."""
    under = Block("pain", partial(_pain, case))
    bare = ruler.side([*over, under], number)
    room = (bare.live - sum(bare.heights) - LEAST_GAP * (len(moves) + 2)) / len(moves)
    for steps in (True, False):
        cards = [
            Card(
                case,
                n + 1,
                case.exercises[n],
                steps=steps,
                foot=False,
                least_height=min(max(room, _LOWEST), _TALLEST),
            )
            for n in moves
        ]
        side = ruler.side([*over, *map(card_block, cards), under], number)
        if side.gap >= LEAST_GAP:
            break
    return side


def _title(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    title, size = fitted(case.texts.plain("do_at_home"), BOLD, 24, width, 18)
    with tag(canvas, "H1"):
        label(canvas, x - 1, y_top - 21, title, size, BOLD)
    said = [plan_call(case), *([case.ask_first] if case.ask_first else [])]
    return 29 + paragraphs(canvas, said, x, y_top - 29, width, 13.5, 17.6, 2)


def _pain(case: Case, canvas: Canvas, x: float, y_top: float, width: float) -> float:
    height = 0.0
    with tag(canvas, "L"):
        for key, sign, pain in pain_rows(case):
            sign(canvas, x + 11, y_top - height - 13, 22)
            said = f"<b>{case.texts(key)}. {pain}.</b> {case.texts(f'{key}_says')}"
            with tag(canvas, "LI"), tag(canvas, "LBody"):
                height += max(words(canvas, said, x + 30, y_top - height, width - 30, 12, 14.5), 24) + 3
    return height
