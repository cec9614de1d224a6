"""Where a file goes: the person's documents first, then where the last one went in this run."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from evalassist.translate import tr
from ui.dialogs.asking import asked

_last: list[Path] = []


def ask_where(parent: QWidget, title: str, name: str, kinds: str = "") -> Path | None:
    """Ask where a file of this name is to be written, a PDF unless `kinds` says otherwise; None when nowhere."""
    documents = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))
    places = (
        *_last,
        documents,
        Path.home(),
    )  # of a folder that is not there the dialog makes the program's own
    folder = next((place for place in places if place.is_dir()), Path.home())
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(folder / name), kinds or tr("PDF (*.pdf)"))
    if not chosen:
        return None
    path, ending = Path(chosen), Path(name).suffix
    if path.suffix.lower() != ending:
        path = path.with_name(f"{path.name}{ending}")
        if path.exists() and not _may_replace(
            parent, path
        ):  # the dialog asked about the name without its ending
            return None
    _last[:] = [path.parent]
    return path


def _may_replace(parent: QWidget, path: Path) -> bool:
    return asked(
        parent,
        tr("{name} is there already.").format(name=path.name),
        tr("What is in that file is lost when you go on."),
        tr("Replace it"),
    )


def folder_of(path: Path) -> str:
    """The folder as it is told: its name, for the whole way to it would fill the line."""
    return path.resolve().parent.name or str(path.parent)
