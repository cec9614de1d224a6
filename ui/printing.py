"""Paper from a PDF: handed to the print system as it is where that is possible, else drawn page by page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from evalassist.errors import EvalAssistError

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF, QSizeF
    from PySide6.QtPrintSupport import QPrinter
    from PySide6.QtWidgets import QWidget

    from ui.session import EvaluationSession

MOST_DPI = 600
"""Finer than this nobody sees, and a page would not fit into the memory."""
PATIENCE_S = 30
MEDIA = {"letter": "Letter", "a4": "A4"}

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


class PrintError(EvalAssistError):
    """The paper was not printed."""


class SaveError(EvalAssistError):
    """The file was not written."""


def ask_printer(parent: QWidget, title: str, pages: int, paper: str) -> QPrinter | None:
    """Let the therapist choose the printer; None when the dialog was left. `PrintError` where there is none."""
    from PySide6.QtGui import QPageLayout, QPageSize
    from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo

    if not QPrinterInfo.availablePrinterNames():
        raise PrintError(
            "No printer is set up on this computer. Nothing was printed. "
            "Save the sheet as PDF, or set up a printer and try again."
        )
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    size = QPageSize.PageSizeId.A4 if paper == "a4" else QPageSize.PageSizeId.Letter
    printer.setPageSize(QPageSize(size))
    printer.setPageOrientation(QPageLayout.Orientation.Portrait)
    printer.setFullPage(True)
    if pages > 1:
        printer.setDuplex(QPrinter.DuplexMode.DuplexLongSide)
    dialog = QPrintDialog(printer, parent)
    dialog.setMinMax(1, pages)
    dialog.setWindowTitle(title)
    return printer if dialog.exec() == QPrintDialog.DialogCode.Accepted else None


def give_out(
    session: EvaluationSession,
    parent: QWidget,
    pdf: bytes,
    *,
    kind: str,
    title: str,
    pages: int,
    paper: str,
    language: str = "en",
) -> str:
    """Print a paper after keeping its bytes; a sentence on what happened, or "" when the dialog was left."""
    printer = ask_printer(parent, title, pages, paper)
    if printer is None:
        return ""
    keep_first(session)
    session.keep_document(kind, language, paper, pdf, "printed")
    print_pdf(pdf, printer, paper)
    return f"Sent to {printer.printerName() or 'the file you chose'}. What was printed is kept."


def keep_first(session: EvaluationSession) -> None:
    """What a paper was drawn from is on the disk before the paper leaves the house."""
    if not session.keep():
        raise EvalAssistError(
            "The last changes are not kept yet, so nothing was printed or saved. The header says why; try again then."
        )


def print_pdf(pdf: bytes, printer: QPrinter, paper: str, *, run: Run = subprocess.run) -> None:
    """Print these bytes as they are where the printer is a queue that takes PDF, else as pictures of the pages."""
    from PySide6.QtPrintSupport import QPrinter

    if printer.outputFormat() == QPrinter.OutputFormat.PdfFormat and printer.outputFileName():
        write_atomically(Path(printer.outputFileName()), pdf)
    elif is_cups_queue(printer.printerName(), run=run):
        _hand_to_cups(pdf, printer, paper, run)
    else:
        _draw(pdf, printer)


def is_cups_queue(name: str, *, run: Run = subprocess.run) -> bool:
    """Whether `lp` knows this printer: Linux and macOS."""
    if sys.platform == "win32" or not name or shutil.which("lp") is None or shutil.which("lpstat") is None:
        return False
    try:
        known = run(["lpstat", "-e"], capture_output=True, timeout=PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return name in known.stdout.decode("utf-8", "replace").splitlines()


def lp_command(printer: QPrinter, paper: str) -> list[str]:
    """The `lp` command for what was chosen in the dialog: queue, copies, pages, both sides, paper."""
    from PySide6.QtPrintSupport import QPrinter

    command = [
        "lp",
        "-d",
        printer.printerName(),
        "-n",
        str(printer.copyCount()),
        "-t",
        printer.docName() or "EvalAssist",
    ]
    command += ["-o", f"media={MEDIA[paper]}", "-o", "print-scaling=fit"]
    sides = {
        QPrinter.DuplexMode.DuplexNone: "one-sided",
        QPrinter.DuplexMode.DuplexLongSide: "two-sided-long-edge",
        QPrinter.DuplexMode.DuplexShortSide: "two-sided-short-edge",
    }
    if printer.duplex() in sides:
        command += ["-o", f"sides={sides[printer.duplex()]}"]
    if printer.colorMode() == QPrinter.ColorMode.GrayScale:
        command += ["-o", "print-color-mode=monochrome"]
    if printer.fromPage():
        command += ["-P", f"{printer.fromPage()}-{printer.toPage() or printer.fromPage()}"]
    return [*command, "--", "-"]


def _hand_to_cups(pdf: bytes, printer: QPrinter, paper: str, run: Run) -> None:
    try:
        done = run(
            lp_command(printer, paper), input=pdf, capture_output=True, timeout=PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        raise PrintError(
            "The print system does not answer. The sheet is kept under Documents; print it again from there."
        ) from None
    if done.returncode != 0:
        raise PrintError(
            f"The printer {printer.printerName()} did not take the sheet. "
            "It is kept under Documents; look at the printer, then print it again from there."
        )


def _draw(pdf: bytes, printer: QPrinter) -> None:
    """Draw the pages at the printer's own resolution, edge to edge."""
    from PySide6.QtCore import QRectF, QSize
    from PySide6.QtGui import QPainter

    from ui.widgets.pdf_view import open_pdf

    document = open_pdf(pdf)
    painter = QPainter()
    if not painter.begin(printer):
        raise PrintError(
            f"The printer {printer.printerName()} could not be opened. "
            "The sheet is kept under Documents; print it again from there."
        )
    try:
        first = max(1, printer.fromPage()) - 1
        last = min(document.pageCount(), printer.toPage() or document.pageCount())
        dpi = min(printer.resolution(), MOST_DPI)
        for page in range(first, last):
            if page > first and not printer.newPage():
                raise PrintError(
                    f"The printer stopped after page {page}. The sheet is kept under Documents; "
                    "print the rest from there."
                )
            points = document.pagePointSize(page)
            size = QSize(round(points.width() / 72 * dpi), round(points.height() / 72 * dpi))
            image = document.render(page, size)
            whole = printer.paperRect(printer.Unit.DevicePixel)
            painter.drawImage(_fitted(QRectF(0, 0, whole.width(), whole.height()), points), image)
    finally:
        painter.end()


def _fitted(paper: QRectF, points: QSizeF) -> QRectF:
    """Where a page goes on the sheet: in the middle, as large as it fits."""
    from PySide6.QtCore import QRectF

    factor = min(paper.width() / points.width(), paper.height() / points.height())
    made = QRectF(0, 0, points.width() * factor, points.height() * factor)
    made.moveCenter(paper.center())
    return made


def write_atomically(path: Path, content: bytes) -> None:
    """Write the file whole or not at all; what stood there before stays when it fails."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    except OSError as error:
        raise _not_saved(path, error) from error
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(content)
            written.flush()
            os.fsync(written.fileno())
        part.replace(path)
    except OSError as error:
        raise _not_saved(path, error) from error
    finally:
        part.unlink(missing_ok=True)


def _not_saved(path: Path, error: OSError) -> SaveError:
    return SaveError(
        f"The file could not be written to {path.parent}: {error.strerror}. Nothing there was changed. "
        "Choose another folder."
    )
