"""A short tone through the system's own player; the system's bell where there is none."""

from __future__ import annotations

import atexit
import math
import shutil
import struct
import sys
import wave
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Literal

from PySide6.QtCore import QProcess
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

Tone = Literal["tick", "end"]

RATE_HZ, LOUD = 22_050, 0.6
TONES: dict[Tone, tuple[float, float]] = {"tick": (880, 0.07), "end": (1320, 0.35)}
"""Pitch in Hz and length in seconds: each second of the count, and its end."""
PLAYERS = (("pw-play",), ("paplay",), ("aplay", "-q"), ("afplay",))
"""Of Linux and macOS, the first that is installed; Windows plays by itself."""


def play(tone: Tone) -> None:
    """Begin to play and come back at once."""
    if QGuiApplication.platformName() == "offscreen":  # nobody is there to hear it
        return
    if sys.platform == "win32":
        import winsound

        flags = winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT
        winsound.PlaySound(str(sound_file(tone)), flags)
        return
    player = _player()
    if not player or not QProcess.startDetached(player[0], [*player[1:], str(sound_file(tone))])[0]:
        QApplication.beep()


@cache
def sound_file(tone: Tone) -> Path:
    """The tone as a WAV file, written when it is first wanted."""
    pitch_hz, length_s = TONES[tone]
    count = round(RATE_HZ * length_s)
    fade = RATE_HZ // 100  # else it begins and ends with a crack

    def level(at: int) -> int:
        swell = min(1.0, at / fade, (count - at) / fade)
        return round(32_767 * LOUD * swell * math.sin(2 * math.pi * pitch_hz * at / RATE_HZ))

    file = _folder() / f"{tone}.wav"
    with wave.open(str(file), "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE_HZ)
        written.writeframes(b"".join(struct.pack("<h", level(at)) for at in range(count)))
    return file


@cache
def _player() -> tuple[str, ...]:
    return next((player for player in PLAYERS if shutil.which(player[0])), ())


@cache
def _folder() -> Path:
    folder = mkdtemp(prefix="evalassist-sounds-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
