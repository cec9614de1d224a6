"""Which block stands on which side: measured, spread evenly, refused rather than squeezed.

Four sides hold up to five moves; more moves, or five with an add-on, take one leaf more. The last side is
always the one with the pain rules and when to call.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from evalassist.documents.blocks import Block, Unseen
from evalassist.documents.handout_cards import Card, card_block
from evalassist.documents.handout_log import lines_block, log_block, note_blocks
from evalassist.documents.handout_plan import addon_blocks, plan_block
from evalassist.documents.handout_safety import safety_blocks
from evalassist.documents.handout_texts import Case
from evalassist.documents.handout_why import why_blocks
from evalassist.errors import DocumentError
from evalassist.translate import tr

LEAST_GAP, GOOD_GAP, WIDEST_GAP = 5.0, 9.0, 20.0
_BODY_SIZES = (13.5, 13.0, 12.75, 12.5)
_LAST_SIDE_SIZES = (13.0, 12.75, 12.5, 12.25, 12.0)
_CARD_SHAPES = ((True, 167.0), (True, 164.0), (False, 164.0))
"""With what is harder or without, and the least height of a card: tried in turn until the cards fit."""
_ROW, _TIGHT_ROW, _TALL_ROW, _TALLEST_ROW = 20.2, 19.9, 26.0, 32.0
"""Heights of a row of the log; 7 mm take a tick."""
_TALLEST_CARD = 186.0
_LOOSE = 150.0
"""So much empty at the foot is better given to the rows of the log."""


@dataclass(frozen=True)
class Side:
    """The blocks of a side from top to bottom, with their heights."""

    blocks: tuple[Block, ...]
    heights: tuple[float, ...]
    live: float

    @property
    def gap(self) -> float:
        """The air between two blocks if the side is filled to its foot."""
        return (self.live - sum(self.heights)) / max(len(self.blocks) - 1, 1)

    @property
    def spare(self) -> float:
        """What stays empty at the foot when the gaps are as wide as they may be."""
        return self.live - sum(self.heights) - WIDEST_GAP * (len(self.blocks) - 1)

    def complaint(self) -> str:
        listed = ", ".join(f"{b.name} {h:.0f}" for b, h in zip(self.blocks, self.heights, strict=True))
        return f"{sum(self.heights):.0f} points of {self.live:.0f}: {listed}"


class Ruler:
    """Measures blocks for the paper of the sheet, each of them once."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._known: dict[Hashable, float] = {}

    def side(self, blocks: Iterable[Block], number: int) -> Side:
        paper, blocks = self._case.paper, tuple(blocks)
        return Side(blocks, tuple(map(self._height, blocks)), paper.live_height(number))

    def _height(self, block: Block) -> float:
        drawn = block.draw.func, block.draw.args, tuple(block.draw.keywords.items())
        if drawn not in self._known:
            paper = self._case.paper
            self._known[drawn] = block.draw(Unseen(), paper.left(1), paper.height, paper.live_width)
        return self._known[drawn]


def sides(case: Case) -> tuple[Case, list[Side]]:
    """Every side of the sheet, and the case that knows its last page; or a refusal that lists the blocks."""
    ruler = Ruler(case)
    middle = _middle(case, ruler)
    if len(middle) > 2:  # "see page 4" has become another page
        case = replace(case, safety_page=2 + len(middle))
        middle = _middle(case, ruler)
    return case, _between_first_and_last(case, ruler, middle)


def why_sides(case: Case) -> tuple[Case, list[Side]]:
    """Two sides without moves: why, and how much pain is all right and when to call."""
    case = replace(case, safety_page=2)
    return case, _between_first_and_last(case, Ruler(case), [])


def question_side(case: Case, number: int) -> Side:
    """A side of lines to write on."""
    live = case.paper.live_height(number)
    return Ruler(case).side([lines_block(case, case.questions, int((live - 18) // 24) + 1)], number)


def _between_first_and_last(case: Case, ruler: Ruler, middle: Sequence[Side]) -> list[Side]:
    first, not_first_moved = _first_side(case, ruler)
    last = _best(
        ruler.side(safety_blocks(case, size, not_first_moved), case.safety_page) for size in _LAST_SIDE_SIZES
    )
    made = [first, *middle, last]
    refuse(dict(enumerate(made, start=1)))
    return made


def refuse(made: Mapping[int, Side]) -> None:
    """Say which side is too full and with what; shrinking further would make it unreadable."""
    full = [f"side {number}: {side.complaint()}" for number, side in made.items() if side.gap < LEAST_GAP]
    if full:
        raise DocumentError(tr("The sheet does not fit on its pages. ") + "; ".join(full))


def _best(candidates: Iterator[Side]) -> Side:
    """The first side with good air, else the first that fits, else the last tried."""
    tried = []
    for side in candidates:
        if side.gap >= GOOD_GAP:
            return side
        tried.append(side)
    return next((side for side in tried if side.gap >= LEAST_GAP), tried[-1])


def _first_side(case: Case, ruler: Ruler) -> tuple[Side, bool]:
    """Side 1, and whether "studies have not shown ..." had to move to the last side (it is never dropped).

    Smaller words come first, then the step-down line goes, then that paragraph moves.
    """
    has_step_down = case.sheet.found.step_down is not None
    shapes = [(True, True), *([(False, True)] if has_step_down else []), (False, False)]
    for step_down, not_first in shapes:
        side = _best(ruler.side(why_blocks(case, size, step_down, not_first), 1) for size in _BODY_SIZES)
        if side.gap >= LEAST_GAP:
            break
    return side, not not_first


def _middle(case: Case, ruler: Ruler) -> list[Side]:
    """The sides with plan, cards and log: two if they fit, else four, which is a leaf more."""
    for arrange in (_one_leaf, _two_leaves):
        for with_harder, least in _CARD_SHAPES:
            cards = [
                Card(case, n, each, with_harder, least) for n, each in enumerate(case.exercises, start=1)
            ]
            for on_side_2 in range(min(3, len(cards)), 0, -1):
                blocks = [plan_block(case), *addon_blocks(case), *map(card_block, cards[:on_side_2])]
                side_2 = ruler.side(blocks, 2)
                later = arrange(case, ruler, cards[on_side_2:]) if side_2.gap >= LEAST_GAP else None
                if later:
                    return [_filled(case, ruler, side_2, 2, cards[:on_side_2], "notes"), *later]
    refuse({2: side_2})
    raise DocumentError(
        tr("The sheet does not fit on its pages: the cards are too tall for the sides after page 2.")
    )


def _one_leaf(case: Case, ruler: Ruler, cards: Sequence[Card]) -> list[Side] | None:
    """Side 3: the other cards and the log, of six weeks or of four."""
    for weeks, row in ((range(1, 7), _ROW), (range(1, 5), _ROW), (range(1, 5), _TIGHT_ROW)):
        log = log_block(case, weeks, row, whole=True)
        side = ruler.side([*map(card_block, cards), *note_blocks(case), log], 3)
        if side.gap >= LEAST_GAP:
            if side.spare > _LOOSE:
                side = _tall_log(case, ruler, side, 3, weeks, _TALL_ROW, whole=True)
            return [_filled(case, ruler, side, 3, cards, case.questions)]
    return None


def _two_leaves(case: Case, ruler: Ruler, cards: Sequence[Card]) -> list[Side] | None:
    """Sides 3 to 5: cards, the log of the first weeks (with a card that is left), and that of the later ones."""
    for on_side_3 in (4, 3):
        now, left_over = cards[:on_side_3], cards[on_side_3:]
        side_3 = ruler.side(map(card_block, now), 3)
        if not now or side_3.gap < LEAST_GAP:
            continue
        for weeks in (6, 4):
            first, later = range(1, weeks + 1), range(weeks + 1, 2 * weeks + 1)
            side_4 = ruler.side([*map(card_block, left_over), log_block(case, first)], 4)
            side_5 = ruler.side([*note_blocks(case), log_block(case, later)], 5)
            if min(side_4.gap, side_5.gap) >= LEAST_GAP:
                return [
                    _filled(case, ruler, side_3, 3, now, case.questions),
                    _tall_log(case, ruler, side_4, 4, first),
                    _tall_log(case, ruler, side_5, 5, later),
                ]
    return None


def _tall_log(
    case: Case,
    ruler: Ruler,
    side: Side,
    number: int,
    weeks: range,
    tallest: float = _TALLEST_ROW,
    *,
    whole: bool = False,
) -> Side:
    """A side whose log, its last block, has rows as tall as the side allows."""
    rows = len(weeks) // 2 * (len(case.exercises) + 1)
    row = min(tallest, _ROW + max(side.live - sum(side.heights) - GOOD_GAP * len(side.blocks), 0) / rows)
    return ruler.side([*side.blocks[:-1], log_block(case, weeks, row, whole=whole)], number)


def _filled(case: Case, ruler: Ruler, side: Side, number: int, cards: Sequence[Card], key: str) -> Side:
    """A side with room left gets taller cards, then lines to write on, so that it is not loose at its foot."""
    if cards and side.spare > 0:
        tall = min(_TALLEST_CARD, 167 + side.spare / len(cards))
        grown = {card_block(card).name: card_block(replace(card, least_height=tall)) for card in cards}
        side = ruler.side([grown.get(block.name, block) for block in side.blocks], number)
    left = side.live - sum(side.heights) - GOOD_GAP * len(side.blocks)
    lines = int((left - 18) // 24) + 1
    if lines >= 1 and (number != 2 or side.spare > 45):
        side = ruler.side([*side.blocks, lines_block(case, key, min(lines, 2 if lines < 5 else 12))], number)
    return side
