"""The shape of what tells causes apart: signs for and against each one, and how accurate each test is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from evalassist.content.schema import Condition, Mark, Model

PFP = "pfp"
"""The condition a test is accurate for, where it is patellofemoral pain itself and not another cause."""


class Sign(Model):
    """A finding that speaks for or against a cause when its condition is met; `{side}` asks it on each sore side."""

    speaks: Literal["for", "against"]
    when: Condition
    says: str = ""
    """How it reads; empty where the finding's own words are enough."""
    mark: Mark
    cites: tuple[str, ...] = ()

    @property
    def each_side(self) -> bool:
        return any("{side}" in (part.fact or "") for part in self.when.walk())


class Differential(Model):
    """Another cause of anterior knee pain, ruled out or not by the therapist (item `ddx-<id>`)."""

    id: str
    title: str
    effect: Literal["rule-out", "may-coexist", "refer"]
    history: str
    tests: str
    signs: tuple[Sign, ...]
    mark: Mark
    cites: tuple[str, ...] = ()

    @property
    def item_id(self) -> str:
        """The item that holds the therapist's word on it."""
        return f"ddx-{self.id}"

    @model_validator(mode="after")
    def _has_a_sign(self) -> Differential:
        if not any(sign.speaks == "for" for sign in self.signs):
            raise ValueError("a cause needs a sign that speaks for it")
        return self


class Figure(Model):
    """One accuracy figure with its own mark: a value, or the lowest and highest of the studies."""

    value: float | None = None
    range: tuple[float, float] | None = None
    """Lowest and highest value of the studies, where no single one is given."""
    interval: tuple[float, float] | None = None
    """Confidence interval, where it was printed."""
    formula: str = ""
    """How a figure marked D was calculated."""
    mark: Mark
    cites: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_one_figure(self) -> Figure:
        if (self.value is None) == (self.range is None):
            raise ValueError("a figure is one value or one range")
        for pair in (self.range, self.interval):
            if pair is not None and pair[0] > pair[1]:
                raise ValueError(f"{pair[0]:g} is above {pair[1]:g}")
        if self.mark in ("V", "V2") and not self.cites:
            raise ValueError("a figure marked V or V2 needs its source")
        if self.mark not in ("V", "V2") and self.cites:
            raise ValueError("only a figure marked V or V2 is cited")
        return self


class Accuracy(Model):
    """How far one test tells a condition from others: percent for sensitivity and specificity, plain ratios for LR."""

    id: str
    test: str
    items: tuple[str, ...] = ()
    """The items that hold its answer; none where the app does not ask it."""
    condition: str
    """`pfp`, or the id of a differential."""
    variant: str = ""
    """What sets these figures apart from others of the same test: "long-standing", "another study"."""
    sensitivity: Figure | None = None
    specificity: Figure | None = None
    lr_plus: Annotated[Figure | None, Field(alias="lr-plus")] = None
    lr_minus: Annotated[Figure | None, Field(alias="lr-minus")] = None
    note: str = ""

    def figures(self) -> Iterator[tuple[str, Figure]]:
        """What is known, each with its name."""
        named = (
            ("sensitivity", self.sensitivity),
            ("specificity", self.specificity),
            ("LR+", self.lr_plus),
            ("LR−", self.lr_minus),
        )
        return ((name, figure) for name, figure in named if figure is not None)

    @model_validator(mode="after")
    def _tells_something(self) -> Accuracy:
        if not any(True for _ in self.figures()):
            raise ValueError("a test without any figure says nothing")
        return self
