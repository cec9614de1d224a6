"""The manual for therapists and for IT: its chapters in their order, as Markdown beside the code."""

from __future__ import annotations

from dataclasses import dataclass

from evalassist import resources

FOLDER = "manual"
CHAPTERS = (
    *("first-start", "practice", "first-patient", "steps", "strength", "plan", "handout", "show"),
    *("sign", "later", "accounts", "backups", "limits", "it"),
)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One page of the manual."""

    id: str
    """Its file without the ending, by which other chapters link to it."""
    title: str
    text: str
    """Markdown; pictures are named from the manual's folder."""


def chapter(chapter_id: str) -> Chapter:
    text = resources.read_text(f"{FOLDER}/{chapter_id}.md")
    return Chapter(chapter_id, text.partition("\n")[0].removeprefix("# ").strip(), text)


def chapters() -> tuple[Chapter, ...]:
    """All chapters, in the order in which they are read."""
    return tuple(chapter(chapter_id) for chapter_id in CHAPTERS)
