"""The clinical content as a clinician looks through it: what it holds, on which sources, and what the clinic set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from evalassist.clinical.schedule import day_in_words
from evalassist.content.entries import TRUST, Entry, entries
from evalassist.content.loader import Content
from evalassist.content.schema import Default, Reference
from evalassist.records.rows import DefaultChange

UNUSED = "No rule, question or exercise names it; it stands behind the whole."


@dataclass(frozen=True)
class Row:
    """One line of a list, with all that is known of it."""

    title: str
    line: str = ""
    """What stands below the title."""
    value: str = ""
    """What stands at the end of the line."""
    group: str = ""
    details: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    """Every change of a limit, the latest first."""
    default: Default | None = None
    """The limit this line shows, when it shows one."""
    look: bool = False
    """It is to be looked at: something is wrong."""

    @cached_property
    def text(self) -> str:
        """All of it as words to copy, to read aloud and to search in."""
        title = f"{self.title}: {self.value}" if self.value else self.title
        return "\n".join((title, *(self.details or filter(None, (self.group, self.line)))))

    @cached_property
    def searched(self) -> str:
        name = self.default.id.replace("-", " ") if self.default else ""
        return f"{self.group}\n{self.text}\n{name}".casefold()


@dataclass(frozen=True, slots=True)
class Part:
    """One of the lists: its name, what it is, its rows."""

    id: str
    title: str
    says: str
    rows: tuple[Row, ...]


def overview(content: Content, changes: Sequence[DefaultChange]) -> tuple[Part, ...]:
    """The whole content in five lists; `changes` are the clinic's own of its limits, the earliest first."""
    found = entries(content)
    return (
        Part(
            "release",
            "Release",
            "Which state of the clinical content this is, and what its marks mean.",
            tuple(_release(content, found)),
        ),
        Part(
            "limits",
            "Limits",
            "Numbers without a checked source. A clinic may set each within its range; a change is kept with name and "
            "reason, and printed in the note.",
            tuple(limit_row(content, default, changes) for default in content.defaults.values()),
        ),
        Part(
            "sources",
            "Sources",
            "Every source, how far it was read, and how much of the content names it.",
            tuple(_sources(content, found)),
        ),
        Part(
            "to-check",
            "To be checked",
            "General knowledge, not checked against a source: for a clinician to check. "
            "Papers that were not retrieved stand under Sources.",
            tuple(_to_check(content, found)),
        ),
        Part(
            "app-rules",
            "App rules",
            "Rules of our own: app default, not from a guideline. Numbers that can be changed stand under Limits.",
            tuple(_row(entry) for entry in found if entry.mark == "P" and entry.kind != "questions"),
        ),
    )


def fitting(rows: Iterable[Row], typed: str) -> tuple[Row, ...]:
    """The rows in which every typed word stands somewhere."""
    words = typed.casefold().split()
    return tuple(row for row in rows if all(word in row.searched for word in words))


def limit_row(content: Content, default: Default, changes: Sequence[DefaultChange]) -> Row:
    """A limit: its value here, as shipped, its range, and who changed it when and why."""
    now, shipped = default.words(content.numbers[default.id]), default.words(default.value)
    history = tuple(_told(default, change) for change in reversed(changes) if change.default_id == default.id)
    details = (
        f"Here {now}. As shipped {shipped}. {allowed(default)}",
        TRUST[default.mark],
        *(f"Last change: {line}" for line in history[:1]),
    )
    line = f"{f'As shipped {shipped}. ' if now != shipped else ''}{allowed(default)} {TRUST[default.mark]}"
    return Row(default.title, line, now, default.group, details, history, default)


def allowed(default: Default) -> str:
    """The range a clinic may choose from, as a sentence."""
    if default.switch:
        return "It can be on or off."
    return f"From {default.allowed.low:g} to {default.words(default.allowed.high)} can be set."


def _told(default: Default, change: DefaultChange) -> str:
    day = day_in_words(change.changed_at.astimezone().date())
    what = "back to the shipped value" if change.value is None else f"set to {default.words(change.value)}"
    return f"{day}, {change.changed_by}: {what}. {change.reason}"


def _release(content: Content, found: Sequence[Entry]) -> Iterator[Row]:
    release = content.release
    for title, value in (
        ("Version", release.version),
        ("Date", release.date),
        ("Evidence checked", release.evidence_checked),
    ):
        yield Row(title, value=value, group="Clinical content")
    kinds = Counter(entry.kind for entry in found)
    counts = {
        **kinds,
        "limits that can be changed": len(content.defaults),
        "sources": len(content.references),
    }
    for kind, count in counts.items():
        yield Row(f"{kind[:1].upper()}{kind[1:]}", value=f"{count}", group="What it holds")
    marks = Counter(entry.mark for entry in found)
    marks.update(default.mark for default in content.defaults.values())
    for mark, words in TRUST.items():
        yield Row(
            f"{mark}  {words}", value=f"{marks[mark]}", group="What the marks mean, and how many carry it"
        )


def _sources(content: Content, found: Sequence[Entry]) -> Iterator[Row]:
    used: dict[str, Counter[str]] = {key: Counter() for key in content.references}
    for entry in found:
        for key in entry.cites:
            if key in used:  # an exercise tells its evidence in words, which may name others
                used[key][entry.kind] += 1
    for reference in content.references.values():
        where = used[reference.id]
        named = f"Named by {', '.join(_counted(kind, count) for kind, count in where.items())}."
        details = (
            reference.citation,
            *_doi(reference),
            f"What was read: {reference.read}." if reference.read else "What was read is not recorded.",
            TRUST[reference.mark],
            named if where else UNUSED,
        )
        count = where.total()
        value = f"named {_counted('times', count)}" if count else ""
        yield Row(reference.id, reference.citation, value, "", details)


def _counted(things: str, count: int) -> str:
    return f"{count} {things.removesuffix('s') if count == 1 else things}"


def _doi(reference: Reference) -> Iterator[str]:
    if reference.doi:
        note = " (from memory: to be checked)" if reference.doi_from_memory else ""
        yield f"DOI {reference.doi}{note}"


def _to_check(content: Content, found: Sequence[Entry]) -> Iterator[Row]:
    yield from (_row(entry) for entry in found if entry.mark == "K")
    for default in content.defaults.values():
        if default.mark == "K":
            says = f"App default {default.words(default.value)}. It can be changed under Limits."
            yield _row(Entry("limits", f"Limits: {default.group}", default.title, says, "K"))


def _row(entry: Entry) -> Row:
    """Content without a source behind it: it is shown without a citation."""
    details = (*((entry.says,) if entry.says else ()), f"{entry.where}. {TRUST[entry.mark]}")
    return Row(entry.title, entry.says, group=entry.where, details=details)
