"""The practice patient in the window: begun, opened, begun again and removed, apart from the records."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from evalassist.errors import EvalAssistError
from evalassist.translate import tr

if TYPE_CHECKING:
    from evalassist.records.store import Store
    from ui.main_window import MainWindow
    from ui.pages.start import StartPage

AGAIN = tr("The practice patient cannot be opened. Begin again: nothing real is lost.")


class Practice:
    """What the window does with the practice patient; its file is open only while it is shown."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.store: Store | None = None

    def serve(self, start: StartPage) -> None:
        """Listen to the start page's small place."""
        card = start.practice
        card.begin_wanted.connect(lambda filled: self.begin(filled=filled))
        card.open_wanted.connect(self.open)
        card.remove_wanted.connect(self.remove)
        self.tell()

    def tell(self) -> None:
        """Show on the start page whether there is a practice patient."""
        from evalassist.records.doorstep import practice_file

        folder = self._folder
        if (start := self._window.start) is not None and folder is not None:
            begun = False
            with suppress(OSError):  # a folder that cannot be asked holds none that could be opened
                begun = practice_file(folder).exists()
            start.practice.show_state(begun=begun)

    def begin(self, *, filled: bool) -> None:
        """Begin anew; what was tried before is gone, which is asked first."""
        from evalassist.practice import begin_practice, practice_evaluation
        from evalassist.records.doorstep import practice_file

        window, folder = self._window, self._folder
        if folder is None or (practice_file(folder).exists() and not self._asked(tr("Begin again"))):
            return
        self.close()
        try:
            made = practice_evaluation(window.clinical_content, filled=filled)
            begin_practice(folder, window.records.keys, window.records.account, made)
            window.records.note_practice("begun")
        except (EvalAssistError, OSError) as fault:
            self._say(tr("The practice patient could not be begun. {fault}").format(fault=fault))
            return
        self.open()

    def open(self) -> None:
        """Show the practice visit where it was left."""
        from evalassist.evaluation import PRACTICE

        self._window.open_evaluation(PRACTICE)

    def opened(self) -> Store:
        """Its file, opened for the account that is signed in."""
        from evalassist.practice import open_practice

        window, folder = self._window, self._folder
        if folder is None:
            raise EvalAssistError(AGAIN)
        self.close()
        try:
            self.store = open_practice(folder, window.records.keys, window.records.account)
        except EvalAssistError as fault:
            raise EvalAssistError(AGAIN) from fault
        return self.store

    def remove(self) -> None:
        """Take it away, once that is confirmed."""
        from evalassist.practice import remove_practice

        folder = self._folder
        if folder is not None and self._asked(tr("Remove it")):
            self.close()
            remove_practice(folder)
            self._window.records.note_practice("removed")
            self.tell()

    def close(self) -> None:
        """Its file is closed whenever it is not shown."""
        store, self.store = self.store, None
        if store is not None:
            store.close()

    @property
    def _folder(self) -> Path | None:
        """The folder of the records on this computer."""
        return self._window.folder

    def _asked(self, act: str) -> bool:
        from ui.dialogs.asking import asked

        says, means = tr("All that was tried with it is removed."), tr("No record is touched.")
        return asked(self._window, says, means, act, stay=tr("Keep it"))

    def _say(self, words: str) -> None:
        if self._window.start is not None:
            self._window.start.practice.say(words)
