"""The assessment part of the note on paper: a sentence, then a table of what was concluded and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reportlab.platypus import Flowable, Spacer

from evalassist.documents import look
from evalassist.documents.flow import FURNITURE, bold, cell, heading, labelled, table, text
from evalassist.documents.look import REGULAR, SEMIBOLD
from evalassist.note import Note
from evalassist.wording.assessment import (
    OURS,
    Band,
    Opinion,
    Row,
    bands,
    irritability,
    still_open,
    summary,
    unfitting,
)
from evalassist.wording.findings import marked

OURS_SIGN = "‡"
"""In the table the sign stands for the words, which are told below it once."""
IN_A_ROW = {OURS: OURS_SIGN, "guideline grade": "grade", "reference ": "ref.\u00a0"}
"""How a source reads in a row, where there is little room; a band has it in full."""


def assessment(note: Note, width: float) -> Iterator[Flowable]:
    """Summary, the criteria and subcategories with reasons, what else matters, what is open, the impression."""
    yield from heading("Assessment")
    yield text(_summary(note))
    if note.impression:
        yield from labelled([("Impression", note.impression)])
    rows: list[list[Any]] = []
    heads: list[int] = []
    told = list(bands(note))
    for band in told:
        heads.append(len(rows))
        rows.append([cell(_head(band)), "", ""])
        rows += [_row(row) for row in band.rows]
    if rows:
        yield Spacer(0, 2)
        yield table(rows, (164, 46, width - 210), head=False, bands=heads)
        if any(OURS in row.source for band in told for row in band.rows):
            yield text(f"{OURS_SIGN} {OURS}", FURNITURE, 11)
        yield Spacer(0, 2)
    if left := still_open(note):
        yield from labelled([("Not decided, because something is missing", ". ".join(left))])
    if words := unfitting(note):
        yield from labelled([("Does not fit together", words)])


def _summary(note: Note) -> str:
    markup = bold(summary(note))
    level, why = irritability(note)
    if level:
        markup += f" {bold(level)}" + (f" {look.escaped(why)}" if why else "") + "."
    return markup


def _head(band: Band) -> str:
    told = bold(band.name) + (f"&nbsp; {look.escaped(band.source)}" if band.source else "")
    return told + (f"&nbsp; {_opinion(band.opinion)}" if band.opinion else "")


def _row(row: Row) -> list[Any]:
    font = SEMIBOLD if row.met else REGULAR
    because, source = look.escaped(marked(row.because)), row.source
    for words, short in IN_A_ROW.items():
        source = source.replace(words, short)
    if source:
        because += f" [{look.escaped(source)}]"
    if row.opinion:
        because += f" {_opinion(row.opinion)}"
    return [cell(look.escaped(row.title), font), cell(row.verdict, font), cell(because)]


def _opinion(opinion: Opinion) -> str:
    return bold(opinion.says) + (f" {look.escaped(opinion.why)}" if opinion.why else "")
