"""The steps that an urgent safety action closes, and the one way to open them: a reason that stands in the note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalassist.clinical.progress import TESTING_STEPS
from evalassist.clinical.result import TEST_ANYWAY
from evalassist.translate import tr
from ui.pages.base import Page

if TYPE_CHECKING:
    from ui.half_filled import HalfFilled


class LockablePage(Page):
    """A step that may be closed by the safety screen; its banner says so, also after it was opened all the same."""

    @property
    def blocked(self) -> bool:
        """The safety screen forbids to test this now, and nobody said why to test it anyway."""
        return self.session.progress[self.step_id].state == "blocked"

    def show_lock(self) -> None:
        """Say above the page that it is closed, or that it was opened and why."""
        assessment = self.session.assessment
        if self.blocked:
            why = self.session.progress[self.step_id].why
            self.show_banner("danger", tr("Not tested now."), why, act=tr("Test anyway…"))
        elif self.step_id in TESTING_STEPS and assessment.tested_anyway:
            flags = ", ".join(flag.rule.title for flag in assessment.red_flags)
            said = tr("{flags}. Reason: {tested_anyway}").format(
                flags=flags, tested_anyway=assessment.tested_anyway
            )
            self.show_banner(
                "danger", tr("Tested although the safety screen forbids it."), said, act=tr("Close again")
            )
        else:
            self.hide_banner()

    def banner_acted(self) -> None:
        """Ask for the reason, or take it back."""
        if self.blocked:
            self.ask_to_test()
        else:
            self.session.answer(TEST_ANYWAY, None)

    def ask_to_test(self, again: HalfFilled | None = None) -> None:
        """Ask why to test although the safety screen forbids it."""
        from ui.dialogs.open_testing import OpenTestingDialog

        dialog = OpenTestingDialog(self.session, self.window())
        if again is not None:
            again.put_into(dialog)
        dialog.exec()
