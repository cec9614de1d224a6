"""The paper key on paper: one side in black and white, to be locked away."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from evalassist.documents import look
from evalassist.documents.blocks import heading, label, rule, words
from evalassist.documents.look import BOLD, PAPER, PaperName
from evalassist.documents.tags import tag
from evalassist.wording.findings import day

GROUPS_IN_A_LINE = 3
SAYS = (
    "This key opens the records of EvalAssist on this computer and all their backups when nobody remembers a "
    "password, or when the computer is lost and a backup is put on another one.",
    "Whoever holds this paper can read every record. Keep it in a safe, away from the computer. "
    "Do not photograph it, do not send it, and do not keep it with the backups.",
    "It is needed on the page that asks for name and password: choose “Use the paper key…” and type it. Small and "
    "capital letters are the same, and hyphens can be left out. It has no 0, 1, 8 or 9: what looks so is a letter.",
    "When a new paper key is made, this one opens nothing that is changed from then on. Destroy this paper then; "
    "backups made before still open with it.",
)


def paper_key_pdf(key: str, clinic: str, made_on: date, paper: PaperName) -> bytes:
    """The page with the key in groups of four, whose it is, and what it is for."""
    buffer, size = BytesIO(), PAPER[paper]
    canvas = look.new_canvas(buffer, size, "en")
    canvas.setTitle("EvalAssist paper key")
    x, y, width = size.left(1), size.height - size.top, size.live_width
    with tag(canvas, "H1"):
        label(canvas, x, y - 20, "Paper key", 26, BOLD)
    y -= 34
    about = " · ".join(filter(None, (look.escaped(clinic), f"made on {day(made_on)}")))
    y -= words(canvas, about, x, y, width, 12, 16) + 10
    rule(canvas, x, x + width, y, 1.2)
    y -= 16
    groups = key.split("-")
    for at in range(0, len(groups), GROUPS_IN_A_LINE):
        line = groups[at : at + GROUPS_IN_A_LINE]
        for column, group in enumerate(line):
            label(canvas, x + column * width / GROUPS_IN_A_LINE, y - 24, group, 28, BOLD)
        y -= 42
    y -= 4
    rule(canvas, x, x + width, y, 1.2)
    y -= 20
    y -= heading(canvas, x, y, "What it is for") + 2
    for say in SAYS:
        y -= words(canvas, say, x, y, width, 12, 16) + 8
    y -= 18
    for asked in ("Kept at", "By whom"):
        label(canvas, x, y, asked, 12)
        rule(canvas, x + 60, x + width, y - 2, 0.75)
        y -= 30
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()
