"""A program on a real display, heard over the real bus by a screen reader (`screen_reader.py`)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def heard_of(folder: Path, *told: str, patience_s: float = 120) -> list[str]:
    """The lines the reader printed; `told` is what it is told, the program last. The bus speaks in lines before."""
    environment = os.environ | {
        "QT_QPA_PLATFORM": "xcb",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "XDG_RUNTIME_DIR": str(folder),
        "XDG_CACHE_HOME": str(folder),
        "EVALASSIST_HOME": str(folder),
        "PYTHONPATH": str(ROOT),
    }
    # By default the server resets when its last client leaves, and refuses who comes then: the registry of the bus did.
    screen = ["xvfb-run", "-a", "-s", "-noreset -screen 0 1280x1024x24 -nolisten tcp"]
    reader = ["/usr/bin/python3", str(ROOT / "tests/screen_reader.py"), *told]
    done = subprocess.run(
        [*screen, "dbus-run-session", "--", *reader],
        env=environment,
        capture_output=True,
        text=True,
        timeout=patience_s,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
