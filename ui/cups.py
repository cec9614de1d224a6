"""The print system of Linux and macOS: a PDF handed to a queue as it is, and what the queue says of it."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from time import monotonic, sleep

from evalassist.errors import EvalAssistError
from evalassist.translate import tr

log = logging.getLogger(__name__)

TAKING_S, ANSWER_S = 30, 4
"""So long `lp` may take over a sheet, and a question may wait for its answer; the window stands still meanwhile."""
WATCH_S, LOOK_AGAIN_S = 3.0, 0.2
"""So long a printer is watched after it got a sheet: what is wrong at once is told at once."""
TROUBLES = {
    "media-empty": (tr("is out of paper"), tr("Put paper in")),
    "media-needed": (tr("is out of paper"), tr("Put paper in")),
    "media-jam": (tr("has a paper jam"), tr("Take the stuck paper out")),
    "cover-open": (tr("is open"), tr("Close its cover")),
    "door-open": (tr("is open"), tr("Close its door")),
    "toner-empty": (tr("is out of toner"), tr("Change the toner")),
    "marker-supply-empty": (tr("is out of ink"), tr("Change the ink")),
    "offline": (tr("is off line"), tr("Switch it on, and look at its cable or network")),
    "shutdown": (tr("is off line"), tr("Switch it on")),
}
"""What a printer reports, what that means, and what to do."""
MILD = ("-warning", "-report")
"""Of these a printer goes on: another tray is empty. Only being off line is reported this way and stops it."""
FAILED = re.compile("completed-with-errors|aborted")


class PrintError(EvalAssistError):
    """The paper was not printed."""


class _NoAnswerError(PrintError):
    """The print system of this computer does not answer."""


def is_here() -> bool:
    """Whether this computer prints through CUPS."""
    return sys.platform != "win32" and bool(shutil.which("lp") and shutil.which("lpstat"))


def send(pdf: bytes, queue: str, options: list[str]) -> None:
    """Hand these bytes to a queue and see it go on; `PrintError` says what is wrong and what to do."""
    _refuse_what_cannot_print(queue)
    done = _run(["lp", "-d", queue, *options, "--", "-"], pdf, TAKING_S)
    job = re.search(rf"{re.escape(queue)}-\d+", done.stdout.decode("utf-8", "replace"))
    if done.returncode != 0 or job is None:
        raise PrintError(
            tr("{queue} did not take the sheet, so nothing was printed. Look at the printer.").format(
                queue=queue
            )
        )
    try:
        _watch(queue, job[0])
    except _NoAnswerError:  # it has the sheet: printed again, the patient might get two
        log.warning("The print system took a sheet and then did not answer.")


def _refuse_what_cannot_print(queue: str) -> None:
    """A queue that is gone, paused or closed would lose the sheet, or print it when nobody stands there."""
    if queue not in _said("-e").splitlines():
        raise PrintError(
            tr(
                "{queue} is no longer set up on this computer, so nothing was printed. Choose another printer."
            ).format(queue=queue)
        )
    if _is_paused(queue):
        raise PrintError(_paused(queue))
    if f"{queue} not accepting requests" in _said("-a", queue):
        raise PrintError(
            tr(
                "{queue} takes no print jobs now, so nothing was printed. Let it accept jobs again in the printer "
                "settings of this computer, or choose another printer."
            ).format(queue=queue)
        )


def _watch(queue: str, job: str) -> None:
    """Wait until the job is through, or a moment for what hinders it; a hindered job is taken back.

    Else it would come out when nobody stands at the printer, beside the one that was printed again.
    """
    until = monotonic() + WATCH_S
    while (waiting := _state_of(job, queue, "not-completed")) and monotonic() < until:
        if FAILED.search(waiting):  # it would be tried again and again
            break
        sleep(LOOK_AGAIN_S)
    failed = FAILED.search(waiting or _state_of(job, queue, "completed"))
    trouble = next(_troubles(queue), None)
    paused = _is_paused(queue)
    if not failed and not (waiting and (trouble or paused)):
        return
    _run(["cancel", job])
    if trouble:
        what, act = trouble
        raise PrintError(
            tr("{queue} {what}, and the print job was taken back. {act}.").format(
                queue=queue, what=what, act=act
            )
        )
    if paused:
        raise PrintError(_paused(queue))
    raise PrintError(tr("{queue} could not print the sheet. Look at the printer.").format(queue=queue))


def _is_paused(queue: str) -> bool:
    return f"printer {queue} disabled" in _said("-p", queue)


def _paused(queue: str) -> str:
    return tr(
        "{queue} is paused, so nothing was printed. Look at the printer and resume it in the printer settings "
        "of this computer, or choose another one."
    ).format(queue=queue)


def _troubles(queue: str) -> Iterator[tuple[str, str]]:
    """What the printer reports that keeps it from printing."""
    alerts = re.search(r"^\s*Alerts: (.*)$", _said("-l", "-p", queue), re.MULTILINE)
    for alert in re.split(r"[\s,]+", alerts[1]) if alerts else ():
        for word, trouble in TROUBLES.items():
            if alert.startswith(word) and (word == "offline" or not alert.endswith(MILD)):
                yield trouble


def _state_of(job: str, queue: str, which: str) -> str:
    """What is said of a job among those that are through or not: its line and the indented ones below it."""
    listing = _said("-W", which, "-l", "-o", queue)
    found = re.search(rf"^{re.escape(job)}\s.*\n?(?:[ \t].*\n?)*", listing, re.MULTILINE)
    return found[0] if found else ""


def _said(*question: str) -> str:
    return _run(["lpstat", *question]).stdout.decode("utf-8", "replace")


def _run(
    command: list[str], given: bytes = b"", patience_s: int = ANSWER_S
) -> subprocess.CompletedProcess[bytes]:
    english = {**os.environ, "LC_ALL": "C"}  # its answers are read here
    try:
        return subprocess.run(
            command, input=given, capture_output=True, timeout=patience_s, check=False, env=english
        )
    except (OSError, subprocess.TimeoutExpired):
        raise _NoAnswerError from None
