"""The pages of an evaluation, one a step; each is built when it is first looked at."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.pages.base import Page
    from ui.session import EvaluationSession

_OWN_PAGES = {
    "safety": ("ui.pages.safety", "SafetyPage"),
    "strength": ("ui.pages.strength", "StrengthPage"),
    "assessment": ("ui.pages.assessment", "AssessmentPage"),
    "plan": ("ui.pages.plan", "PlanPage"),
    "handout": ("ui.pages.handout", "HandoutPage"),
    "sign": ("ui.pages.review", "SignPage"),
}
"""Steps whose page is more than a list of questions."""


def load_page(step_id: str) -> None:
    """Load what the page of a step is made with; it is not made yet."""
    import_module(_OWN_PAGES[step_id][0] if step_id in _OWN_PAGES else "ui.pages.step")


def page_for(step_id: str, session: EvaluationSession, parent: QWidget | None = None) -> Page:
    """The page of a step, drawn from content unless the step has a page of its own."""
    if step_id in _OWN_PAGES:
        module, name = _OWN_PAGES[step_id]
        return cast("Page", getattr(import_module(module), name)(session, parent))
    from ui.pages.step import StepPage  # a page is loaded when it is first opened

    return StepPage(session.content.steps[step_id], session, parent)
