"""Whether each mark is borne out: what was read in a source cites it, what was never checked cites nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from evalassist.errors import ContentError

if TYPE_CHECKING:
    from evalassist.content.loader import Content


class Sourced(Protocol):
    """Whatever says how far it may be trusted."""

    @property
    def id(self) -> str: ...
    @property
    def mark(self) -> str: ...
    @property
    def cites(self) -> tuple[str, ...]: ...


STRENGTH_OF = {"V": 0, "V2": 1, "D": 2, "K": 3, "P": 4}
"""The marks from what was read in the source to our own default."""
READ = ("V", "V2")
"""What may be cited."""


def citation_faults(content: Content) -> Iterator[ContentError]:
    """A citation of nothing; a mark that no cited source bears out; a citation beside what was never checked."""
    for file, key, mark, cites in _sourced(content):
        for reference in cites:
            if reference not in content.references:
                yield ContentError(f"content/{file}", key, f"no reference {reference} in references.toml")
        known = [content.references[reference] for reference in cites if reference in content.references]
        if mark in READ and not any(STRENGTH_OF[one.mark] <= STRENGTH_OF[mark] for one in known):
            yield ContentError(
                f"content/{file}", key, f"marked {mark}, and no cited source is read as well as that"
            )
        if mark not in READ and file not in CITED_WITHOUT_BEING_PRINTED and cites:
            yield ContentError(
                f"content/{file}", key, f"marked {mark}, which is never cited: leave the citation out"
            )


CITED_WITHOUT_BEING_PRINTED = ("evidence.toml",)
"""Statements about studies name their study whatever the mark; it is printed only when it was read."""


def _sourced(content: Content) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """Everything that carries a mark: its file, its id, the mark and what it cites."""
    items = {f"steps/{step.id}.toml": tuple(step.items) for step in content.steps.values()}
    files: dict[str, Iterable[Sourced]] = {
        **items,
        "rules": content.rules.values(),
        "measures/measures.toml": (*content.measures.values(), *content.ratings.values()),
        "strength_groups.toml": (*content.strength_groups.values(), content.pace),
        "differentials.toml": content.differentials.values(),
        "derived.toml": content.derived.values(),
        "rules/follow_up.toml": (
            *content.follow_up.colours,
            *content.follow_up.courses,
            *content.follow_up.discharge,
        ),
        "information.toml": content.information.values(),
        "evidence.toml": (
            *content.evidence.values(),
            *content.recommendations.values(),
            *content.disagreements.values(),
        ),
    }
    for file, entries in files.items():
        for entry in entries:
            yield file, entry.id, entry.mark, entry.cites
    for step in content.follow_up.steps:
        yield "rules/follow_up.toml", step.title, step.mark, step.cites
    for compared in content.follow_up.comparisons:
        yield "rules/follow_up.toml", compared.fact, compared.mark, compared.cites
    for asked in content.follow_up.again:
        yield "rules/follow_up.toml", asked.title, asked.mark, asked.cites
    for norm in content.norms:
        yield "strength_groups.toml", f"norm of {norm.group}", norm.mark, norm.cites
    for broken in content.break_norms:
        yield "strength_groups.toml", f"break norm of {broken.group}", broken.mark, broken.cites
    for group in content.strength_groups.values():
        for position in group.other_positions:
            yield "strength_groups.toml", f"{group.id} > {position.id}", position.mark, position.cites
    for default in content.defaults.values():
        yield "defaults.toml", default.id, default.mark, ()
    for cause in content.differentials.values():
        for sign in cause.signs:
            yield "differentials.toml", cause.id, sign.mark, sign.cites
    for row in content.accuracy.values():
        for name, figure in row.figures():
            yield "accuracy.toml", f"{row.id} > {name}", figure.mark, figure.cites
    for derived in content.derived.values():
        for limit in derived.limits:
            yield "derived.toml", derived.id, limit.mark, limit.cites
